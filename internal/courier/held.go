package courier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
)

// HeldTx is what deciding held notifications again asks of the open transaction.
type HeldTx interface {
	Tx
	// HeldNotifications returns held notifications whose time has come, longest
	// first. Steps of a ladder and digests are left out: their own jobs write
	// them again.
	HeldNotifications(ctx context.Context, now time.Time, limit int) ([]Notification, error)
}

// Rewrite reads what some held notifications are about, and returns a function that
// writes the message of one of them as things stand. Its why is Free for a message
// about which the gate may decide again; otherwise the notification is dropped for
// that reason. The people are locked when it is called.
type Rewrite func(ctx context.Context, part []Notification) (func(n Notification) (reply dialog.Reply, why outreach.Reason), error)

// Tally counts what a run did: Sent are messages on their way, Kept are decisions
// to hold or to drop.
type Tally struct {
	Sent, Kept int
	Failed     int // parts that were undone and left out
}

// Count adds what was decided about some messages.
func (t *Tally) Count(decisions []outreach.Decision) {
	for _, d := range decisions {
		if d.Goes() {
			t.Sent++
		} else {
			t.Kept++
		}
	}
}

// Add adds what another part of the run did.
func (t *Tally) Add(part Tally) {
	t.Sent, t.Kept, t.Failed = t.Sent+part.Sent, t.Kept+part.Kept, t.Failed+part.Failed
}

// atATime is how many notifications are decided with one set of statements.
const atATime = 500

// Resume decides held notifications again whose time has come, at most limit of
// them. rewrite says what each of them says by now.
func (c *Courier) Resume(ctx context.Context, tx HeldTx, now time.Time, limit int, rewrite Rewrite) (Tally, error) {
	var all Tally
	held, err := tx.HeldNotifications(ctx, now, limit)
	if err != nil {
		return all, err
	}
	slices.SortFunc(held, func(a, b Notification) int { return int(a.Employee - b.Employee) })
	for part := range slices.Chunk(held, atATime) {
		t, err := c.resumePart(ctx, tx, now, part, rewrite)
		if err != nil {
			return all, fmt.Errorf("held notifications: %w", err)
		}
		all.Add(t)
	}
	return all, nil
}

func (c *Courier) resumePart(ctx context.Context, tx HeldTx, now time.Time, part []Notification, rewrite Rewrite) (t Tally, err error) {
	var people []int64
	for _, n := range part {
		people = append(people, n.Employee)
	}
	slices.Sort(people)
	if err := tx.LockPeople(ctx, slices.Compact(people)); err != nil {
		return t, err
	}
	write, err := rewrite(ctx, part)
	if err != nil {
		return t, err
	}
	var messages []Message
	var dropped []Notification
	for _, n := range part {
		m := Message{Employee: n.Employee, Candidate: n.Candidate(), Tasks: n.Tasks, Key: n.Key}
		var why outreach.Reason
		if m.Reply, why = write(n); why != outreach.Free {
			n.take(outreach.Decision{Action: outreach.Drop, Reason: why}, now)
			n.Reply = nil
			dropped = append(dropped, n)
			continue
		}
		messages = append(messages, m)
	}
	if len(dropped) > 0 {
		if err := tx.PutNotifications(ctx, dropped); err != nil {
			return t, err
		}
	}
	decisions, err := c.SendAll(ctx, tx, now, messages)
	if err != nil {
		return t, err
	}
	t.Kept = len(dropped)
	t.Count(decisions)
	return t, nil
}
