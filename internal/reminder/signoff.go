package reminder

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// SignoffTx is what the news about sign-offs asks of the open transaction.
type SignoffTx interface {
	courier.Tx
	// SignoffsWaiting lists who has something to do for a round, with how much.
	SignoffsWaiting(ctx context.Context, today time.Time) ([]Signing, error)
}

// Signing is how much waits for somebody in a round of sign-off: units to prepare, and to
// approve.
type Signing struct {
	Year             int
	Person           int64
	Due, Opened      time.Time
	Prepare, Approve int
}

// signSoon is how many days before the last day of a round whoever has something to do is
// told once more.
const signSoon = 7

// due tells on a civil date whether the last day is near.
func (s Signing) due(today outreach.Day) bool {
	left := outreach.NewDay(s.Due.Year(), s.Due.Month(), s.Due.Day()) - today
	return left >= 0 && left <= signSoon
}

// Signoffs tells officers once that a round has units for them to prepare, and everybody
// for whom something waits once more in the last days. Heads learn from whoever prepares
// that something waits for them. Nobody is told after the last day.
func (r *Reminder) Signoffs(ctx context.Context, tx SignoffTx, now time.Time) (told int, err error) {
	list, err := tx.SignoffsWaiting(ctx, now.In(r.cfg.Location))
	if err != nil {
		return 0, err
	}
	today := outreach.DayOf(now, r.cfg.Location)
	var messages []courier.Message
	for _, s := range list {
		last := outreach.NewDay(s.Due.Year(), s.Due.Month(), s.Due.Day())
		key := fmt.Sprintf("signoff-open:%d:%d", s.Year, s.Person)
		switch {
		case last < today || !s.due(today) && s.Prepare == 0:
			continue
		case s.due(today):
			key = fmt.Sprintf("signoff-due:%d:%s:%d", s.Year, last, s.Person)
		}
		reply := dialog.Reply{Template: "signoff.told_prepare", Rows: [][]dialog.Button{{r.button("signoff", "sahdaftar", int64(s.Year))}}}
		reply.Rows[0][0].Action.Value = "baru"
		for _, one := range []struct {
			n   int
			key string
		}{{s.Prepare, "signoff.told_prepare"}, {s.Approve, "signoff.told_approve"}} {
			if one.n > 0 {
				if reply.Text != "" {
					reply.Text += "\n"
				}
				reply.Text += r.cfg.Text.T(one.key, text.Args{"tahun": strconv.Itoa(s.Year), "n": one.n, "tenggat": r.cfg.Text.Date(s.Due)})
			}
		}
		messages = append(messages, courier.Message{Employee: s.Person, Key: key, Reply: reply,
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Signoff, Expires: (last + 1).Start(r.cfg.Location)}})
	}
	_, err = r.cfg.Courier.SendAll(ctx, tx, now, messages)
	return len(messages), err
}
