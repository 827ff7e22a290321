package followup

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/outreach"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// Tx is what follow-ups ask of the open transaction.
type Tx interface {
	courier.Tx
	courier.PartTx
	// BatchesEnded lists the batches that have ended between two moments.
	BatchesEnded(ctx context.Context, from, until time.Time) ([]Ended, error)
	// AttendedOf lists who attended some batches, with their direct superiors at now.
	AttendedOf(ctx context.Context, batches []int64, now time.Time) ([]Attended, error)
	// AskedAbout counts about how many people each superior was asked in follow-ups that have
	// opened between two moments.
	AskedAbout(ctx context.Context, from, until time.Time) (map[int64]int, error)
	// OpenFollowUps stores follow-ups with their tasks.
	OpenFollowUps(ctx context.Context, list []Opening) error
	// FollowUpsAsked lists who is asked and was not told yet, by a message of this sort.
	FollowUpsAsked(ctx context.Context, f AskedFilter) ([]Asked, error)
	// FollowUpsClosing locks the first follow-ups that are to be closed.
	FollowUpsClosing(ctx context.Context, now time.Time, limit int) ([]FollowUp, error)
	// FollowUpHeld reads what was answered for a follow-up, and what waits of others of its
	// programme and day that were closed since a moment.
	FollowUpHeld(ctx context.Context, f FollowUp, since time.Time) (own, pool []disclosure.Held, err error)
	// CloseFollowUp ends the tasks, stores how each pair stands and what is shown.
	CloseFollowUp(ctx context.Context, f FollowUp, o Outcome, now time.Time) error
	// FollowUpForms are the newest versions of both questionnaires.
	FollowUpForms(ctx context.Context) (own, superior questionnaire.Definition, err error)
}

// AskedFilter says who is looked for: of follow-ups that opened before a moment and are open at
// now, who has not answered and got no message of the key before.
type AskedFilter struct {
	Now, OpenedBefore time.Time
	Superiors         bool   // superiors, else participants
	Prefix            string // of the key: Prefix and the task, of a superior Prefix, the follow-up and the person
}

// The beginnings of the keys of messages.
const (
	ownKey              = "followup:"
	superiorKey         = "followup-superior:"
	ownReminderKey      = "followup-reminder:"
	superiorReminderKey = "followup-superior-reminder:"
)

// Runner opens, asks, reminds and closes. It is safe for concurrent use.
type Runner struct {
	Courier *courier.Courier
	Writer  Writer
	Rules   Rules
}

// Run does what is due at now. A step that fails stops none of the others.
func (r *Runner) Run(ctx context.Context, tx Tx, now time.Time) (all courier.Tally, err error) {
	now = now.In(r.Writer.Location)
	for _, step := range []struct {
		what string
		do   func(context.Context, Tx, time.Time) (courier.Tally, error)
	}{{"closing", r.close}, {"opening", r.open}, {"invitations", r.invite}, {"reminders", r.remind}} {
		t, err := courier.Alone(ctx, tx, now, step.what, func() (courier.Tally, error) { return step.do(ctx, tx, now) })
		if err != nil {
			return all, fmt.Errorf("follow-ups: %w", err)
		}
		all.Add(t)
	}
	return all, nil
}

// open opens what is due today.
func (r *Runner) open(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	gate, err := r.Courier.Gate(ctx, tx)
	if err != nil {
		return t, err
	}
	from, until := r.Rules.Span()
	if from == 0 {
		return t, nil
	}
	ended, err := tx.BatchesEnded(ctx, now.AddDate(0, 0, -from), now.AddDate(0, 0, 1-until))
	if err != nil {
		return t, err
	}
	var due []Due
	var batches []int64
	for _, b := range ended {
		if some := r.Rules.DueOn(b, now, gate.Calendar); len(some) > 0 {
			due, batches = append(due, some...), append(batches, b.Batch)
		}
	}
	if len(due) == 0 {
		return t, nil
	}
	people, err := tx.AttendedOf(ctx, batches, now)
	if err != nil {
		return t, err
	}
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	asked, err := tx.AskedAbout(ctx, month, month.AddDate(0, 1, 0))
	if err != nil {
		return t, err
	}
	return t, tx.OpenFollowUps(ctx, r.Rules.Plan(due, people, asked))
}

// invite asks participants and superiors who were not asked yet.
func (r *Runner) invite(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	return r.ask(ctx, tx, now, now, outreach.FollowUp, ownKey, superiorKey, func(a Asked, d questionnaire.Definition) dialog.Reply {
		if len(a.Subjects) > 0 {
			return dialog.Reply{Template: "followup.superior", Text: r.Writer.Superior(d, a),
				Rows: r.Writer.firstRows(SuperiorFlow, a.FollowUp, StepOf(Seen, a.Tasks[0]))}
		}
		return dialog.Reply{Template: "followup.own", Text: r.Writer.Own(d, a), Rows: r.Writer.firstRows(OwnFlow, a.Tasks[0], Ability)}
	})
}

// remindAfter is after how many days who has not answered is reminded, once.
const remindAfter = 7

func (r *Runner) remind(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	before := time.Date(now.Year(), now.Month(), now.Day()-remindAfter, 0, 0, 0, 0, now.Location())
	return r.ask(ctx, tx, now, before, outreach.FollowUpReminder, ownReminderKey, superiorReminderKey, func(a Asked, _ questionnaire.Definition) dialog.Reply {
		key, action := "followup.own_reminder", dialog.Action{Flow: OwnFlow, Ref: a.Tasks[0], Verb: dialog.Resume}
		if len(a.Subjects) > 0 {
			key, action = "followup.superior_reminder", dialog.Action{Flow: SuperiorFlow, Ref: a.FollowUp, Verb: dialog.Resume}
		}
		return dialog.Reply{Template: key, Text: r.Writer.head(key, a),
			Rows: [][]dialog.Button{{{Label: r.Writer.Text.Plain("label.start", nil), Action: action}}}}
	})
}

// ask sends one sort of message to participants and superiors.
func (r *Runner) ask(ctx context.Context, tx Tx, now, before time.Time, kind outreach.Kind, own, superior string,
	write func(Asked, questionnaire.Definition) dialog.Reply) (t courier.Tally, err error) {
	forms := map[bool]questionnaire.Definition{}
	if forms[false], forms[true], err = tx.FollowUpForms(ctx); err != nil {
		return t, err
	}
	var messages []courier.Message
	for _, side := range []AskedFilter{{Now: now, OpenedBefore: before, Prefix: own}, {Now: now, OpenedBefore: before, Prefix: superior, Superiors: true}} {
		asked, err := tx.FollowUpsAsked(ctx, side)
		if err != nil {
			return t, err
		}
		for _, a := range asked {
			m := courier.Message{Employee: a.Person.ID, Key: fmt.Sprintf("%s%d", side.Prefix, a.Tasks[0]), Tasks: a.Tasks, Reply: write(a, forms[side.Superiors]),
				Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: kind, Task: a.Tasks[0], Expires: a.Closes}}
			if side.Superiors {
				m.Key = fmt.Sprintf("%s%d:%d", side.Prefix, a.FollowUp, a.Person.ID)
			}
			messages = append(messages, m)
		}
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// closeAtOnce is how many follow-ups one run closes; the rest comes with the next run.
const closeAtOnce = 200

// close ends what is over. One that fails holds up no other.
func (r *Runner) close(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	due, err := tx.FollowUpsClosing(ctx, now, closeAtOnce)
	if err != nil {
		return t, err
	}
	for _, f := range due {
		part, err := courier.Alone(ctx, tx, now, fmt.Sprintf("follow-up %d", f.ID), func() (courier.Tally, error) {
			own, pool, err := tx.FollowUpHeld(ctx, f, now.AddDate(0, -disclosure.PoolMonths, 0))
			if err != nil {
				return courier.Tally{}, err
			}
			return courier.Tally{}, tx.CloseFollowUp(ctx, f, Close(own, pool), now)
		})
		if err != nil {
			return t, err
		}
		t.Add(part)
	}
	return t, nil
}

// News tells somebody of a pair, with the button that opens it. It names no level.
func (w Writer) News(key, label string, task int64, args text.Args) dialog.Reply {
	return dialog.Reply{Template: key, Text: w.Text.T(key, args), Rows: [][]dialog.Button{{{Label: w.Text.Plain("label."+label, nil),
		Action: dialog.Action{Flow: "m", Ref: task, Step: PairStep, Verb: dialog.Resume}}}}}
}
