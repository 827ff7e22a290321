package reminder

import (
	"context"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/outreach"
	"bangkom/internal/persuasion"
	"bangkom/internal/task"
)

// PersuadeTx is what choosing a text asks of the open transaction.
type PersuadeTx interface {
	// PersuasionFacts returns what is known about the owners of tasks on the civil date of now: their unit, its stage,
	// and whether they were drawn for the neutral text. A task of a unit without a stage is
	// left out.
	PersuasionFacts(ctx context.Context, tasks []int64, now time.Time) (map[int64]persuasion.Facts, error)
}

// persuade adds to reminders a sentence of the family of the unit's stage, below what they must
// say. Nothing is added where no pattern fits, and for the quarter that was drawn. of are the
// tasks of the messages.
func (w *climbing) persuade(ctx context.Context, messages []courier.Message, of []Climb) error {
	var tasks []int64
	for i, m := range messages {
		if turnOf(m.Step) >= 0 && !of[i].Kind.Traits().Anonymous {
			tasks = append(tasks, of[i].Task)
		}
	}
	if len(tasks) == 0 {
		return nil
	}
	facts, err := w.tx.PersuasionFacts(ctx, tasks, w.now)
	if err != nil {
		return err
	}
	for i, l := range of {
		f, known := facts[l.Task]
		turn := turnOf(messages[i].Step)
		if !known || turn < 0 {
			continue
		}
		f = w.about(f, l, messages[i].Step == outreach.StepLast, w.now)
		reply := &messages[i].Reply
		if p := persuasion.Choose(f, persuasion.Automatic(), turn); p != "" {
			reply.Text += "\n\n" + persuasion.Sentence(w.cfg.Text, p, f, persuasion.Words{})
			reply.Rows = append(reply.Rows, []dialog.Button{w.stopButton()})
		}
	}
	return nil
}

// turnOf counts the reminders of a ladder from 0; -1 is no reminder.
func turnOf(s outreach.Step) int {
	switch s {
	case outreach.StepFirst:
		return 0
	case outreach.StepSecond:
		return 1
	case outreach.StepLast:
		return 2
	}
	return -1
}

// about adds what a task tells to what is known about its owner; barrier = the message has the
// button Ada kendala.
func (r *Reminder) about(f persuasion.Facts, l Climb, barrier bool, now time.Time) persuasion.Facts {
	f.Salutation, f.Items, f.Done, f.Minutes = l.Employee.Salutation(), l.Items, l.Answered, l.Minutes
	f.Barrier, f.Why = barrier, l.Kind == task.SelfAssessment
	last := outreach.DayOf(l.Due.Add(-1), r.cfg.Location)
	f.Later = l.Kind.Owed() && last-outreach.DayOf(now, r.cfg.Location) >= 2
	return f
}

// stopButton ends all reminders: it stands below every message that persuades.
func (r *Reminder) stopButton() dialog.Button {
	b := r.button("attention_stop", MuteStep, 0)
	b.Action.Value = Stop
	return b
}

// formOf is the conversation that fills in a task of a kind.
func formOf(k task.Kind) string {
	if k == task.FollowUp {
		return followup.OwnFlow
	}
	return TaskFlow
}
