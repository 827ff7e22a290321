package reminder

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

// Nudged is what became of the reminders of a superior.
type Nudged struct {
	Sent int       // on their way
	Held int       // wait for the next hour of work
	Left int       // not sent: the reason is in their notifications
	From time.Time // when the first of those goes that wait; zero = none waits
	// Names are those who are or would be reminded, as they are addressed.
	Names []string
}

func (n *Nudged) count(l Climb, d outreach.Decision) {
	if d.Action == outreach.Send || d.Action == outreach.Merge || d.Action == outreach.Hold {
		n.Names = append(n.Names, l.Employee.Address())
	}
	switch d.Action {
	case outreach.Send, outreach.Merge:
		n.Sent++
	case outreach.Hold:
		n.Held++
		if n.From.IsZero() || d.At.Before(n.From) {
			n.From = d.At
		}
	default:
		n.Left++
	}
}

// Nudge reminds the people of tasks in the name of their superior. It is under the
// same rules as everything that the bot starts, and under the cool-down of a
// person and task whoever nudges (product.md 2.3, rule 7).
func (r *Reminder) Nudge(ctx context.Context, tx LadderTx, now time.Time, superior personnel.Employee, tasks []int64) (n Nudged, err error) {
	climbs, err := tx.Climbs(ctx, tasks, r.cfg.TaskForms)
	if err != nil {
		return n, fmt.Errorf("nudge: %w", err)
	}
	day := outreach.DayOf(now, r.cfg.Location)
	messages := make([]courier.Message, len(climbs))
	for i, l := range climbs {
		messages[i] = courier.Message{Employee: l.Employee.ID, Reply: r.nudgeReply(l, superior, now), Key: fmt.Sprintf("nudge:%d:%d:%s", superior.ID, l.Task, day),
			Candidate: nudgeOf(l)}
	}
	decisions, err := r.cfg.Courier.SendAll(ctx, tx, now, messages)
	for i, d := range decisions {
		n.count(climbs[i], d)
	}
	return n, err
}

func nudgeOf(l Climb) outreach.Candidate {
	return outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Nudge, Task: l.Task, Expires: l.Due}
}

// WouldNudge tells what Nudge would do at this moment, and does nothing.
func (r *Reminder) WouldNudge(ctx context.Context, tx LadderTx, now time.Time, tasks []int64) (n Nudged, err error) {
	climbs, err := tx.Climbs(ctx, tasks, r.cfg.TaskForms)
	if err != nil {
		return n, fmt.Errorf("would nudge: %w", err)
	}
	gate, err := r.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return n, fmt.Errorf("would nudge: %w", err)
	}
	ids := make([]int64, len(climbs))
	for i, l := range climbs {
		ids[i] = l.Employee.ID
	}
	people, err := tx.Recipients(ctx, ids, tasks, now)
	if err != nil {
		return n, fmt.Errorf("would nudge: %w", err)
	}
	for _, l := range climbs {
		n.count(l, r.cfg.Courier.Decider(gate).Decide(people[l.Employee.ID].Person, nudgeOf(l), now))
	}
	return n, nil
}

// nudgeReply reminds of a task in the name of a superior.
func (r *Reminder) nudgeReply(l Climb, superior personnel.Employee, now time.Time) dialog.Reply {
	reply := r.taskReply(l, sentences{"reminder.nudge", "reminder.nudge"}, now)
	args := r.taskArgs(l, now)
	args["atasan"] = superior.Address()
	reply.Text = r.cfg.Text.T("reminder.nudge", args)
	return reply
}

// Led names who leads whom, by their ids.
type Led struct{ Superior, Employee int64 }

// nudger is who nudged in a held notification, as its key says; false for any other.
func nudger(n courier.Notification) (l Led, ok bool) {
	l.Employee = n.Employee
	var id int64
	_, err := fmt.Sscanf(n.Key, "nudge:%d:%d:", &l.Superior, &id)
	return l, n.Kind == outreach.Nudge && err == nil && id == n.Task
}
