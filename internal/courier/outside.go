package courier

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
)

// SendOutside tells a chat that is nobody's account (any more) what became of a
// matter of theirs, once for each key. Nothing is known about such a chat, so the
// gate looks at the hours only, and no notification is kept, because there is
// nobody to explain it to. The message waits in the outbox until it may go.
func (c *Courier) SendOutside(ctx context.Context, tx Tx, now time.Time, chat int64, key string, r dialog.Reply) error {
	gate, err := c.Gate(ctx, tx)
	if err != nil {
		return fmt.Errorf("courier: %s: %w", key, err)
	}
	d := c.Decider(gate).Decide(outreach.Person{Linked: true, Reachable: true},
		outreach.Candidate{Class: outreach.Service, Kind: outreach.Answered}, now)
	if d.Action == outreach.Drop {
		return nil
	}
	r.Class = dialog.ClassService
	row, err := c.cfg.Render(chat, r)
	if err != nil {
		return fmt.Errorf("courier: %s: %w", key, err)
	}
	row.Key, row.Lane, row.Way, row.NotBefore = "n:"+key, dialog.LaneBulk, dialog.WayGate, now
	if d.Action == outreach.Hold {
		row.NotBefore = d.At
	}
	return tx.Enqueue(ctx, []dialog.Outgoing{row})
}

// Overwrite puts something else in the place of a message that a chat has, once for each key.
// An edit makes no sound and uses up nobody's budget, so it goes at any hour: it takes away
// what must not be read any longer.
func (c *Courier) Overwrite(ctx context.Context, tx Tx, chat int64, key string, r dialog.Reply) error {
	r.Class = dialog.ClassService
	row, err := c.cfg.Render(chat, r)
	if err != nil {
		return fmt.Errorf("courier: %s: %w", key, err)
	}
	row.Key, row.Lane, row.Way = "n:"+key, dialog.LaneBulk, dialog.WayGate
	return tx.Enqueue(ctx, []dialog.Outgoing{row})
}
