package courier

import (
	"context"
	"errors"
	"slices"

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
// the main button of the other, then what else the first one offers. Whose button it
// is, a number before it tells, as before the texts. Where one of them has numbered its
// own buttons, of people for example, it is a letter, and those numbers stay alone:
// otherwise "2" would be a person and the second message. A message whose buttons answer
// its question is not joined: one of them alone would be an answer that nobody has chosen.
func joined(a, b dialog.Reply) (dialog.Reply, bool) {
	if answers(a) || answers(b) {
		return dialog.Reply{}, false
	}
	limit := longestText
	if a.Picture != nil {
		limit = longestCaption
	}
	if len([]rune(a.Text))+len([]rune(b.Text))+8 > limit {
		return dialog.Reply{}, false
	}
	marks := [...]string{"1", "2"}
	if numbered(a) || numbered(b) {
		marks = [...]string{"A", "B"}
	}
	out := a
	out.Text = marks[0] + ". " + a.Text + "\n\n" + marks[1] + ". " + b.Text
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
		if label := marks[i] + " " + row[0].Label; !digitFirst(row[0].Label) && len([]rune(label)) <= longestLabel {
			row[0].Label = label
		}
		out.Rows = append(out.Rows, row)
	}
	if len(a.Rows) > 1 {
		out.Rows = append(out.Rows, a.Rows[1:]...)
	}
	return out, true
}

// numbered tells whether a message has buttons that begin with a number of its own.
func numbered(r dialog.Reply) bool {
	return slices.ContainsFunc(r.Rows, func(row []dialog.Button) bool {
		return slices.ContainsFunc(row, func(b dialog.Button) bool { return digitFirst(b.Label) })
	})
}

func digitFirst(label string) bool {
	return label != "" && label[0] >= '0' && label[0] <= '9'
}

// answers tells whether the buttons of a message answer a question.
func answers(r dialog.Reply) bool {
	return len(r.Rows) > 0 && r.Rows[0][0].Action.Verb == dialog.Answer
}
