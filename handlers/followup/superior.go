package followup

import (
	"context"
	"errors"
	"html"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// followedUp is what the messages about open pairs are.
const followedUp = outreach.FollowedUp

// seen is what a superior gives about the people of one follow-up before it is sent. Nothing
// of what they themselves have answered comes near it.
type seen struct {
	Answers map[int64]questionnaire.Answers `json:"answers"` // by the superior's task
	people  []followup.Rated                // of whom nothing was sent
	def     questionnaire.Definition
	who     personnel.Employee
}

// superiorForm asks a superior about all people of one follow-up on one card: two taps a
// person, and Kirim once.
func (p *desk) superiorForm() dialog.Form[seen, *env] {
	return dialog.Form[seen, *env]{
		FormName: followup.SuperiorFlow, Say: p.Wording("form.review_hint"), Load: loadSeen, Steps: p.seenSteps, Guard: p.seenGuard,
		Review: p.seenReview, Left: p.seenLeft, Finish: sendSeen,
	}
}

func loadSeen(ctx context.Context, e *env, r *dialog.Record) (s seen, err error) {
	all, err := e.tx.RatedFollowUps(ctx, e.Employee.ID, r.Ref, e.Now)
	if err != nil {
		return s, err
	}
	if err := feature.DecodeState(r, &s); err != nil {
		return s, err
	}
	kept := map[int64]questionnaire.Answers{}
	for _, one := range all {
		if !canSend(one.Task) {
			continue
		}
		if err := e.EnsureDefinitions(ctx, one.Task); err != nil {
			return s, err
		}
		answers := s.Answers[one.Task.ID]
		if answers == nil {
			answers = questionnaire.Answers{}
		}
		kept[one.Task.ID], s.people = answers, append(s.people, one)
		s.def = e.DefinitionOf(one.Task)
		if len(answers) > 0 && one.Task.State == task.Open {
			if err := e.tx.StartTask(ctx, one.Task.ID, e.Now); err != nil {
				return s, err
			}
		}
	}
	s.Answers, s.who = kept, e.Employee
	return s, nil
}

// superiorOneTap lets the first question be answered on the message that asks it.
func (e *env) superiorOneTap(ctx context.Context, ref int64) bool {
	if !e.Linked() {
		return false
	}
	all, err := e.tx.RatedFollowUps(ctx, e.Employee.ID, ref, e.Now)
	return err == nil && slices.ContainsFunc(all, func(r followup.Rated) bool { return canSend(r.Task) })
}

func (p *desk) seenGuard(e *env, s seen) (dialog.Prompt, bool) {
	if len(s.people) > 0 {
		return dialog.Prompt{}, false
	}
	return dialog.Prompt{Template: "followup.none_left", Text: p.Cfg.Text.T("followup.none_left", e.Helpdesk())}, true
}

func (p *desk) seenSteps(s seen) (steps []dialog.Step[seen]) {
	for i, one := range s.people {
		for _, item := range s.def.Items {
			steps = append(steps, dialog.Step[seen]{Key: followup.StepOf(item.Code, one.Task.ID),
				Ask: func(s seen, _ dialog.Place) dialog.Prompt { return p.askSeen(s, item, i) },
				Accept: func(s *seen, value string, typed bool) error {
					if item.Code == followup.Seen && (value == followup.Unseen || typed && strings.EqualFold(strings.Join(strings.Fields(value), " "), p.Cfg.Text.Plain("label.followup_unseen", nil))) {
						s.Answers[one.Task.ID][item.Code] = followup.Unseen
						return nil
					}
					given, err := p.accepted(item, value, typed)
					if err == nil {
						s.Answers[one.Task.ID][item.Code] = given
					}
					return err
				}})
		}
	}
	return steps
}

func (p *desk) askSeen(s seen, item questionnaire.Item, i int) dialog.Prompt {
	w, one := p.writer(), s.people[i]
	rows := p.Options(item)
	if item.Code == followup.Seen {
		rows = append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.followup_unseen", nil), Value: followup.Unseen}})
	}
	if item.Code == followup.Seen && i == 0 {
		return dialog.Prompt{Template: "followup.superior", Text: w.Superior(s.def, s.asked()), Rows: rows}
	}
	body := p.Cfg.Text.T("followup.header_superior", text.Args{"nama": one.Name}) + "\n" +
		w.Question(item, w.About(one.Subject, i+1, len(s.people)), one.Ability, s.who.Salutation(), one.Subject.Address())
	return dialog.Prompt{Template: "followup.header_superior", Text: body, Rows: rows}
}

// asked is the superior as the first card addresses them.
func (s seen) asked() followup.Asked {
	first := s.people[0]
	a := followup.Asked{FollowUp: first.ID, Person: s.who, Name: first.Name, Ability: first.Ability, Day: first.Day, Closes: first.Closes}
	for _, one := range s.people {
		a.Tasks, a.Subjects = append(a.Tasks, one.Task.ID), append(a.Subjects, one.Subject)
	}
	return a
}

// seenAs is how an answer of a superior is repeated.
func (p *desk) seenAs(item questionnaire.Item, value string) string {
	if value == followup.Unseen {
		return p.Cfg.Text.Plain("label.followup_unseen", nil)
	}
	return p.Shown(item, value)
}

func (p *desk) seenReview(s seen) dialog.Prompt {
	if len(s.people) == 0 {
		return dialog.Prompt{}
	}
	lines := []string{p.Cfg.Text.T("followup.review", text.Args{"sapaan": s.who.Salutation(), "nama": s.who.DisplayName()}), ""}
	var numbers []dialog.Choice
	for i, one := range s.people {
		values := make([]string, len(s.def.Items))
		for k, item := range s.def.Items {
			n := strconv.Itoa(i*len(s.def.Items) + k + 1)
			values[k] = n + " " + item.Title + ": " + p.seenAs(item, s.Answers[one.Task.ID][item.Code])
			numbers = append(numbers, dialog.Choice{Label: n, Verb: dialog.Change, Step: followup.StepOf(item.Code, one.Task.ID)})
		}
		lines = append(lines, "<b>"+html.EscapeString(feature.Clip(one.Subject.Address(), feature.LongName))+"</b>", html.EscapeString(strings.Join(values, " · ")))
	}
	lines = append(lines, "", p.Cfg.Text.T("followup.review_foot", nil))
	return dialog.Prompt{Template: "followup.review", Text: strings.Join(lines, "\n"), Rows: feature.Grid(feature.Numbers, numbers)}
}

func (p *desk) seenLeft(s seen, _ dialog.Place) dialog.Prompt { return p.left(s.people[0].FollowUp) }

// sendSeen stores what a superior has answered about all of them.
func sendSeen(ctx context.Context, e *env, s seen) (dialog.Ending, error) {
	slices.SortFunc(s.people, func(a, b followup.Rated) int { return int(a.Task.ID - b.Task.ID) }) // one order of locks
	var open []followup.Rated
	var rows [][]dialog.Button
	for _, one := range s.people {
		for _, item := range s.def.Items {
			if s.Answers[one.Task.ID][item.Code] == "" {
				return dialog.Ending{}, errors.New("answers are missing at the end of a follow-up")
			}
		}
		sent, err := e.tx.SendFollowUp(ctx, one.Task, s.Answers[one.Task.ID], e.Now)
		if err != nil {
			return dialog.Ending{}, err
		}
		if !sent.Both {
			continue
		}
		e.tellBoth(sent, one.Subject, sent.Subject, one.Name)
		if sent.Superior == e.Employee.ID {
			open = append(open, one)
			rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.followup_pair_n", text.Args{"n": len(open)}), Action: e.MenuAction(followup.PairStep, sent.Own)}})
		}
	}
	lines := []string{e.T("followup.sent_superior", e.Person(text.Args{"n": len(s.people)}))}
	if len(open) > 0 {
		lines = append(lines, "", e.T("followup.open_now", nil))
	}
	for i, one := range open {
		lines = append(lines, e.T("followup.open_line", text.Args{"k": i + 1, "alamat": one.Subject.Address()}))
	}
	if len(open) == 1 {
		rows[0][0].Label = e.Label("followup_pair")
	}
	fresh, err := e.Fresh(ctx)
	return dialog.Ending{Replies: append([]dialog.Reply{{Template: "followup.sent_superior", Text: strings.Join(lines, "\n"), Rows: rows}}, fresh...),
		Toast: e.Cfg.Text.Plain("toast.sent", nil)}, err
}

// superiorClosed says that nothing waits of a follow-up whose draft is gone.
func (e *env) superiorClosed(_ context.Context, _ int64) error {
	if !e.Linked() {
		return feature.ErrNoDraft
	}
	e.Out.Toast = e.Cfg.Text.Plain("form.stale", nil)
	e.Say("followup.none_left", e.Helpdesk())
	return nil
}
