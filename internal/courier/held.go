package courier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/outreach"
)

// HeldTx is what deciding held notices again asks of the open transaction.
type HeldTx interface {
	LadderTx
	// HeldNotices returns held notices whose time has come, longest first: none of
	// a ladder and no digest, which their own jobs write anew.
	HeldNotices(ctx context.Context, now time.Time, limit int) ([]Notice, error)
}

// Resume decides held notices again whose time has come, at most limit of them.
// What a person put off with Nanti is written anew, and dropped when it is done.
func (c *Courier) Resume(ctx context.Context, tx HeldTx, now time.Time, limit int) (Tally, error) {
	var all Tally
	held, err := tx.HeldNotices(ctx, now, limit)
	if err != nil {
		return all, err
	}
	slices.SortFunc(held, func(a, b Notice) int { return int(a.Employee - b.Employee) })
	for part := range slices.Chunk(held, atATime) {
		t, err := c.resumePart(ctx, tx, now, part)
		if err != nil {
			return all, fmt.Errorf("held notices: %w", err)
		}
		all.Sent, all.Kept = all.Sent+t.Sent, all.Kept+t.Kept
	}
	return all, nil
}

func (c *Courier) resumePart(ctx context.Context, tx HeldTx, now time.Time, part []Notice) (t Tally, err error) {
	var people, tasks []int64
	for _, n := range part {
		people = append(people, n.Employee)
		if n.Kind == outreach.Snoozed {
			tasks = append(tasks, n.Task)
		}
	}
	slices.Sort(people)
	if err := tx.LockPeople(ctx, slices.Compact(people)); err != nil {
		return t, err
	}
	list, err := tx.Climbs(ctx, tasks)
	if err != nil {
		return t, err
	}
	climbs := make(map[int64]Climb, len(list))
	for _, l := range list {
		climbs[l.Task] = l
	}
	var messages []Message
	var dropped []Notice
	for _, n := range part {
		m := Message{Employee: n.Employee, Candidate: n.Candidate(), Tasks: n.Tasks, Key: n.Key}
		if n.Reply != nil {
			m.Reply = *n.Reply
		}
		if n.Kind == outreach.Snoozed {
			l := climbs[n.Task]
			if why := ended(l.State); why != outreach.Free {
				n.take(outreach.Decision{Action: outreach.Drop, Reason: why}, now)
				n.Reply = nil
				dropped = append(dropped, n)
				continue
			}
			m.Reply = c.taskReply(l, sentences{"reminder.snoozed", "reminder.snoozed_new"}, now)
		}
		messages = append(messages, m)
	}
	if len(dropped) > 0 {
		if err := tx.PutNotices(ctx, dropped); err != nil {
			return t, err
		}
	}
	decisions, err := c.SendAll(ctx, tx, now, messages)
	if err != nil {
		return t, err
	}
	t.Kept = len(dropped)
	for _, d := range decisions {
		if d.Action == outreach.Send || d.Action == outreach.Merge {
			t.Sent++
		} else {
			t.Kept++
		}
	}
	return t, nil
}

// ended tells why nothing is asked for any more; Free while a task is open.
func ended(s outreach.State) outreach.Reason {
	switch s {
	case outreach.TaskDone:
		return outreach.Finished
	case outreach.TaskExcused:
		return outreach.Released
	case outreach.TaskExpired:
		return outreach.Closed
	}
	return outreach.Free
}

// Snooze puts a task off: the person is reminded at the given time, because they
// asked for it.
func (c *Courier) Snooze(ctx context.Context, tx Tx, now time.Time, l Climb, until time.Time, key string) (outreach.Decision, error) {
	return c.Send(ctx, tx, now, Message{Employee: l.Employee.ID, Key: key,
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Snoozed, Task: l.Task, NotBefore: until, Expires: l.Due},
		Reply:     c.taskReply(l, sentences{"reminder.snoozed", "reminder.snoozed_new"}, until)})
}
