package reminder

import (
	"context"
	"fmt"
	"strconv"
	"strings"
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

// The keys of what is told about it: that there are units to prepare, and that the last day
// is near.
const (
	signOpen = "signoff-open:"
	signDue  = "signoff-due:"
)

func (s Signing) openKey() string { return fmt.Sprintf("%s%d:%d", signOpen, s.Year, s.Person) }

func (s Signing) dueKey() string {
	return fmt.Sprintf("%s%d:%s:%d", signDue, s.Year, outreach.NewDay(s.Due.Year(), s.Due.Month(), s.Due.Day()), s.Person)
}

// signing tells whether a key is of something that waits for somebody in a round.
func signing(key string) bool {
	return strings.HasPrefix(key, signOpen) || strings.HasPrefix(key, signDue) || strings.HasPrefix(key, outreach.ToldHead)
}

// openSignoffs returns which of the keys are of what still waits.
func openSignoffs(ctx context.Context, tx RewriteTx, keys []string, today time.Time) (map[string]bool, error) {
	holds, err := tx.OpenSignoffs(ctx, keys, today)
	if err != nil {
		return nil, err
	}
	list, err := tx.SignoffsWaiting(ctx, today)
	for _, s := range list {
		holds[s.openKey()], holds[s.dueKey()] = s.Prepare > 0, true
	}
	return holds, err
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
		key := s.openKey()
		switch {
		case last < today || !s.due(today) && s.Prepare == 0:
			continue
		case s.due(today):
			key = s.dueKey()
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
