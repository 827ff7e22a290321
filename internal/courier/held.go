package courier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

// HeldTx is what deciding held notices again asks of the open transaction.
type HeldTx interface {
	LadderTx
	// HeldNotices returns held notices whose time has come, longest first: none of
	// a ladder and no digest, which their own jobs write anew.
	HeldNotices(ctx context.Context, now time.Time, limit int) ([]Notice, error)
	// Leading returns the superiors of those of the given pairs that hold on the
	// civil date of now, also by a delegation.
	Leading(ctx context.Context, pairs []Led, now time.Time) (map[Led]personnel.Employee, error)
	UnsharedTx
}

// Resume decides held notices again whose time has come, at most limit of them.
// What a person put off with Nanti is written anew, and dropped when it is done; so
// is a nudge, and dropped when its superior no longer leads the person. What the
// register has ended is written here for the first time.
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
	var people []int64
	for _, n := range part {
		people = append(people, n.Employee)
	}
	slices.Sort(people)
	if err := tx.LockPeople(ctx, slices.Compact(people)); err != nil {
		return t, err
	}
	today, err := standingOf(ctx, tx, now, part)
	if err != nil {
		return t, err
	}
	var messages []Message
	var dropped []Notice
	for _, n := range part {
		m := Message{Employee: n.Employee, Candidate: n.Candidate(), Tasks: n.Tasks, Key: n.Key}
		var why outreach.Reason
		if m.Reply, why = c.anew(n, today, now); why != outreach.Free {
			n.take(outreach.Decision{Action: outreach.Drop, Reason: why}, now)
			n.Reply = nil
			dropped = append(dropped, n)
			continue
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

// anew writes a held notice as things stand; why is set when it must not go.
func (c *Courier) anew(n Notice, today standing, now time.Time) (r dialog.Reply, why outreach.Reason) {
	if n.Reply != nil {
		r = *n.Reply
	}
	l, known := today.climbs[n.Task]
	led, nudge := nudger(n)
	superior, leads := today.superiors[led]
	switch {
	case n.Kind == outreach.Snoozed:
		return c.taskReply(l, sentences{"reminder.snoozed", "reminder.snoozed_new"}, now), ended(l.State)
	case n.Kind == outreach.Unshared:
		return c.unsharedReply(today.unshared, n)
	case nudge && !leads:
		return r, outreach.FormerBoss
	case nudge && known:
		return c.nudgeReply(l, superior, now), outreach.Free
	}
	return r, outreach.Free
}

// standing is what held notices speak of, as it is now.
type standing struct {
	climbs    map[int64]Climb
	superiors map[Led]personnel.Employee // of nudges, who still lead
	unshared  map[int64]Unshared
}

// standingOf reads what is put off and who nudged.
func standingOf(ctx context.Context, tx HeldTx, now time.Time, part []Notice) (s standing, err error) {
	var tasks, lost []int64
	var pairs []Led
	for _, n := range part {
		if id, ok := unsharedOf(n); ok {
			lost = append(lost, id)
		}
		led, nudge := nudger(n)
		if nudge {
			pairs = append(pairs, led)
		}
		if nudge || n.Kind == outreach.Snoozed {
			tasks = append(tasks, n.Task)
		}
	}
	list, err := tx.Climbs(ctx, tasks)
	if err != nil {
		return s, err
	}
	s.climbs = make(map[int64]Climb, len(list))
	for _, l := range list {
		s.climbs[l.Task] = l
	}
	if len(pairs) > 0 {
		if s.superiors, err = tx.Leading(ctx, pairs, now); err != nil {
			return s, err
		}
	}
	if len(lost) > 0 {
		s.unshared, err = tx.Unshared(ctx, lost)
	}
	return s, err
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
