package courier

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

// Nudged is what became of the reminders of a superior.
type Nudged struct {
	Sent int       // on their way
	Held int       // wait for the next hour of work
	Left int       // not sent: the reason is in their notices
	From time.Time // when the first of those goes that wait; zero = none waits
}

func (n *Nudged) count(d outreach.Decision) {
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
func (c *Courier) Nudge(ctx context.Context, tx LadderTx, now time.Time, superior personnel.Employee, tasks []int64) (n Nudged, err error) {
	climbs, err := tx.Climbs(ctx, tasks)
	if err != nil {
		return n, fmt.Errorf("nudge: %w", err)
	}
	day := outreach.DayOf(now, c.cfg.Location)
	messages := make([]Message, len(climbs))
	for i, l := range climbs {
		messages[i] = Message{Employee: l.Employee.ID, Reply: c.nudgeReply(l, superior, now), Key: fmt.Sprintf("nudge:%d:%d:%s", superior.ID, l.Task, day),
			Candidate: nudgeOf(l)}
	}
	decisions, err := c.SendAll(ctx, tx, now, messages)
	for _, d := range decisions {
		n.count(d)
	}
	return n, err
}

func nudgeOf(l Climb) outreach.Candidate {
	return outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Nudge, Task: l.Task, Expires: l.Due}
}

// WouldNudge tells what Nudge would do at this moment, and does nothing.
func (c *Courier) WouldNudge(ctx context.Context, tx LadderTx, now time.Time, tasks []int64) (n Nudged, err error) {
	climbs, err := tx.Climbs(ctx, tasks)
	if err != nil {
		return n, fmt.Errorf("would nudge: %w", err)
	}
	gate, err := c.Gate(ctx, tx)
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
		n.count(c.decider(gate).Decide(people[l.Employee.ID].Person, nudgeOf(l), now))
	}
	return n, nil
}

// nudgeReply reminds of a task in the name of a superior.
func (c *Courier) nudgeReply(l Climb, superior personnel.Employee, now time.Time) dialog.Reply {
	reply := c.taskReply(l, sentences{"reminder.nudge", "reminder.nudge"}, now)
	args := c.taskArgs(l, now)
	args["atasan"] = superior.Address()
	reply.Text = c.cfg.Text.T("reminder.nudge", args)
	return reply
}

// Led names who leads whom.
type Led struct{ Superior, Employee int64 }

// nudger is who nudged in a held notice, as its key says; false for any other.
func nudger(n Notice) (l Led, ok bool) {
	l.Employee = n.Employee
	var id int64
	_, err := fmt.Sscanf(n.Key, "nudge:%d:%d:", &l.Superior, &id)
	return l, n.Kind == outreach.Nudge && err == nil && id == n.Task
}
