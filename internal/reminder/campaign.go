package reminder

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/persuasion"
)

// CampaignTx is what campaigns and requests for help ask of the open transaction.
type CampaignTx interface {
	courier.PartTx
	LadderTx
	// CampaignPeople lists who is to get a message of a campaign that is open at now, has not
	// done the task and got none yet, at most limit of them, by campaign.
	CampaignPeople(ctx context.Context, prefix string, now time.Time, limit int) ([]persuasion.Invited, error)
	// CountCampaigns counts the campaigns whose time has come, and forgets who got what.
	CountCampaigns(ctx context.Context, prefix string, now time.Time) error
	// SilentRequests lists requests for help that wait, asked before a moment.
	SilentRequests(ctx context.Context, before time.Time) ([]persuasion.Request, error)
	// PassRequest notes that a request goes to the personnel office, and returns who of it does
	// not lead the person.
	PassRequest(ctx context.Context, id int64, now time.Time) (office []int64, err error)
	// EndedCards takes out messages that show a name although their request has ended.
	EndedCards(ctx context.Context, now time.Time, limit int) ([]persuasion.Card, error)
}

// campaignKey begins the keys of messages of campaigns; the campaign and the person follow.
const campaignKey = "campaign:"

// campaignsAtOnce is how many people of campaigns one run serves.
const campaignsAtOnce = 5_000

// cardsAtOnce is how many messages one run edits to a line without a name.
const cardsAtOnce = 500

// Persuade sends what campaigns have to send, counts those whose time has come, passes on
// requests for help to which no helper has answered, and takes name and number out of the
// messages of requests that have ended. A step that fails stops none of the others.
func (r *Reminder) Persuade(ctx context.Context, tx CampaignTx, now time.Time) (all courier.Tally, err error) {
	now = now.In(r.cfg.Location)
	for _, step := range []struct {
		what string
		do   func(context.Context, CampaignTx, time.Time) (courier.Tally, error)
	}{{"campaigns", r.campaigns}, {"counting", r.count}, {"requests for help", r.passOn}, {"cards of helpers", r.blank}} {
		t, err := courier.Alone(ctx, tx, now, step.what, func() (courier.Tally, error) { return step.do(ctx, tx, now) })
		if err != nil {
			return all, fmt.Errorf("persuasion: %w", err)
		}
		all.Add(t)
	}
	return all, nil
}

func (r *Reminder) count(ctx context.Context, tx CampaignTx, now time.Time) (courier.Tally, error) {
	return courier.Tally{}, tx.CountCampaigns(ctx, campaignKey, now)
}

// campaigns gives the courier a message for everybody who has got none yet.
func (r *Reminder) campaigns(ctx context.Context, tx CampaignTx, now time.Time) (t courier.Tally, err error) {
	people, err := tx.CampaignPeople(ctx, campaignKey, now, campaignsAtOnce)
	if err != nil || len(people) == 0 {
		return t, err
	}
	tasks := make([]int64, len(people))
	for i, p := range people {
		tasks[i] = p.Task
	}
	climbs, err := tx.Climbs(ctx, tasks, r.cfg.TaskForms)
	if err != nil {
		return t, err
	}
	facts, err := tx.PersuasionFacts(ctx, tasks, now)
	if err != nil {
		return t, err
	}
	messages := make([]courier.Message, len(people))
	for i, p := range people {
		f := r.about(facts[p.Task], climbs[i], climbs[i].Kind.Owed(), now)
		f.Plain = p.Plain
		messages[i] = courier.Message{Employee: p.Employee, Key: fmt.Sprintf("%s%d:%d", campaignKey, p.ID, p.Employee),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Campaign, Task: p.Task, Expires: p.Ends},
			Reply:     r.CampaignReply(climbs[i], f, p.Words, now)}
	}
	return r.cfg.Courier.SendInParts(ctx, tx, now, messages)
}

// CampaignReply is the message of a campaign to somebody: what is open, a sentence of the family
// of the stage where one fits, and always the button that ends reminders.
func (r *Reminder) CampaignReply(l Climb, f persuasion.Facts, w persuasion.Words, now time.Time) dialog.Reply {
	label, key := "resume_filling", "persuade.open"
	if l.Answered == 0 {
		label, key = "start", "persuade.open_new"
	}
	reply := dialog.Reply{Template: "persuade.open", Text: r.cfg.Text.T(key, r.taskArgs(l, now)), Rows: [][]dialog.Button{
		{{Label: r.cfg.Text.Plain("label."+label, nil), Action: dialog.Action{Flow: formOf(l.Kind), Ref: l.Task, Verb: dialog.Resume}}}}}
	if said := persuasion.Sentence(r.cfg.Text, persuasion.Choose(f, w, 0), f, w); said != "" {
		reply.Text += "\n\n" + said
	}
	if l.Kind.Owed() {
		reply.Rows = append(reply.Rows, []dialog.Button{r.button("barrier", BarrierStep, l.Task), r.button("later", SnoozeStep, l.Task)})
	}
	reply.Rows = append(reply.Rows, []dialog.Button{r.stopButton()})
	return reply
}

// passOn tells the personnel office of requests to which no helper has answered for so many
// working days. The message names nobody.
func (r *Reminder) passOn(ctx context.Context, tx CampaignTx, now time.Time) (t courier.Tally, err error) {
	gate, err := r.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return t, err
	}
	waiting, err := tx.SilentRequests(ctx, now.AddDate(0, 0, -persuasion.SilentDays))
	if err != nil {
		return t, err
	}
	today := outreach.DayOf(now, r.cfg.Location)
	var messages []courier.Message
	for _, q := range waiting {
		if gate.Calendar.WorkingDaysBetween(outreach.DayOf(q.Asked, r.cfg.Location), today, outreach.Week{}) <= persuasion.SilentDays {
			continue
		}
		office, err := tx.PassRequest(ctx, q.ID, now)
		if err != nil {
			return t, err
		}
		for _, id := range office {
			messages = append(messages, courier.Message{Employee: id, Key: fmt.Sprintf("help-passed:%d:%d", q.ID, id),
				Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Help},
				Reply: dialog.Reply{Template: "help.passed_news", Text: r.cfg.Text.T("help.passed_news", nil),
					Rows: [][]dialog.Button{{r.button("help_open", persuasion.RequestStep, q.ID)}}}})
		}
	}
	return r.cfg.Courier.SendInParts(ctx, tx, now, messages)
}

// blank edits what helpers and the personnel office still have of requests that have ended:
// many never press that they have called.
func (r *Reminder) blank(ctx context.Context, tx CampaignTx, now time.Time) (t courier.Tally, err error) {
	cards, err := tx.EndedCards(ctx, now, cardsAtOnce)
	if err != nil {
		return t, err
	}
	for _, c := range cards {
		reply := dialog.Reply{Template: "help.over", Edit: c.Message, Text: r.cfg.Text.T("help.over", nil), Forget: true}
		if err := r.cfg.Courier.Overwrite(ctx, tx, c.Chat, fmt.Sprintf("help-over:%d:%d", c.Chat, c.Message), reply); err != nil {
			return t, err
		}
	}
	return courier.Tally{Sent: len(cards)}, nil
}
