package courier

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
)

// Telegram's limits of a text and of a caption, with room for the numbers.
const (
	longestText    = 3900
	longestCaption = 1000
	longestLabel   = 20
)

// join puts a message into one of the same day that waits to be sent: one message
// with the main button of each. ok is false when that is not possible.
func (r *round) join(ctx context.Context, n *Notification, p Recipient, m Message, d outreach.Decision) (ok bool, err error) {
	first, err := r.partner(ctx, d.With)
	if errors.Is(err, dialog.ErrNotFound) {
		return false, nil
	}
	if err != nil || m.Reply.Picture != nil || first.Reply == nil {
		return false, err
	}
	both, ok := joined(*first.Reply, m.Reply)
	if !ok {
		return false, nil
	}
	row, err := r.render(p.Chat, first, both, first.ID)
	if err != nil {
		return false, err
	}
	if i, mine := r.fresh[first.ID]; mine {
		row.NotBefore, row.ExpiresAt = r.rows[i].NotBefore, r.rows[i].ExpiresAt
		r.rows[i] = row
	} else if ok, err = r.tx.ReplaceQueued(ctx, row); err != nil || !ok {
		return false, err
	}
	n.OutboxKey = first.OutboxKey
	return true, nil
}

// partner returns the notification that is to carry another message.
func (r *round) partner(ctx context.Context, id int64) (Notification, error) {
	for _, n := range r.notifications {
		if n.ID == id {
			return n, nil
		}
	}
	for _, p := range r.people {
		for _, m := range p.Messages {
			if m.ID != id {
				continue
			}
			reply, err := r.tx.NotificationReply(ctx, id)
			return Notification{ID: id, Class: m.Class, Reply: &reply, OutboxKey: p.Keys[id]}, err
		}
	}
	return Notification{}, dialog.ErrNotFound
}

// joined is one message of two: both texts, then the first row of the first one and
// the main button of the other, then what else the first one offers. Equal labels
// are told apart by a number.
func joined(a, b dialog.Reply) (dialog.Reply, bool) {
	limit := longestText
	if a.Picture != nil {
		limit = longestCaption
	}
	if len([]rune(a.Text))+len([]rune(b.Text))+8 > limit {
		return dialog.Reply{}, false
	}
	out := a
	out.Text = "1. " + a.Text + "\n\n2. " + b.Text
	out.Silent = a.Silent && b.Silent
	out.Rows = nil
	for i, rows := range [][][]dialog.Button{a.Rows, b.Rows} {
		if len(rows) == 0 {
			continue
		}
		row := slices.Clone(rows[0])
		if i > 0 {
			row = row[:1]
		}
		if label := strconv.Itoa(i+1) + " " + row[0].Label; len([]rune(label)) <= longestLabel {
			row[0].Label = label
		}
		out.Rows = append(out.Rows, row)
	}
	if len(a.Rows) > 1 {
		out.Rows = append(out.Rows, a.Rows[1:]...)
	}
	return out, true
}
