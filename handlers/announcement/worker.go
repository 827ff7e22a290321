package announcement

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
)

// progressEvery is how often the message with the progress is looked at while something
// happens. Its edits count towards Telegram's limit of all calls.
const progressEvery = 3 * time.Second

// work does what announcements have to have done: it settles, decides about the next
// recipients of each, and shows how far they are. more tells whether there is more to do
// at once. One that fails holds up none of the others: its error comes when nothing else
// is left to do.
func (p *desk) work(ctx context.Context) (more bool, err error) {
	var open []int64
	err = p.inTx(ctx, func(tx Tx) (err error) {
		open, err = tx.OpenAnnouncements(ctx, p.now())
		return err
	})
	if err != nil {
		return false, err
	}
	var failed []error
	for _, id := range open {
		busy := false
		err := p.inTx(ctx, func(tx Tx) (err error) {
			busy, err = p.mailer().Step(ctx, tx, id, p.now())
			return err
		})
		if err == nil {
			p.Cfg.Sender.Wake()
			err = p.showProgress(ctx, id, busy)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("announcement %d: %w", id, err))
		}
		more = more || busy && err == nil
	}
	if more && ctx.Err() == nil {
		return true, nil
	}
	return false, errors.Join(failed...)
}

func (p *desk) now() time.Time { return p.Cfg.Now().In(p.Cfg.Location) }

// showProgress edits the message that shows how far an announcement is, when that has
// changed; busy = more is decided at once. Two processes may do so at a time: who comes
// second looks again, or what was counted first would stay on show.
func (p *desk) showProgress(ctx context.Context, id int64, busy bool) error {
	for {
		overtaken, err := p.showCounts(ctx, id, busy)
		if !overtaken || err != nil {
			return err
		}
	}
}

// showCounts shows the progress once; overtaken = somebody else has shown it meanwhile, and
// nothing was done. It has a transaction of its own, because a chat is locked before
// anything that is decided in it. A chat that is not the office's any more is shown nothing.
// Figures are shown every progressEvery; another first line (begun, all held) is shown at once.
func (p *desk) showCounts(ctx context.Context, id int64, busy bool) (overtaken bool, err error) {
	err = p.inTx(ctx, func(tx Tx) error {
		overtaken = false
		a, err := tx.Announcement(ctx, id)
		recent := err == nil && a.State == announcement.Sending && p.now().Sub(a.ToldAt) < progressEvery
		if errors.Is(err, dialog.ErrNotFound) || err == nil && a.MessageID == 0 || recent && busy {
			return nil
		}
		if err != nil {
			return err
		}
		if office, err := tx.OfficeChat(ctx, a.ChatID); err != nil || !office {
			if err == nil {
				err = tx.ShowProgressAt(ctx, id, a.ChatID, 0)
			}
			return err
		}
		c, err := tx.AnnouncementCounts(ctx, id)
		if err != nil {
			return err
		}
		reply := p.writer().Progress(a, c)
		if recent && firstLine(reply.Text) == firstLine(a.Told) {
			return nil
		}
		noted, err := tx.NoteProgress(ctx, a, reply.Text, p.now())
		if overtaken = !noted; overtaken || err != nil || reply.Text == a.Told {
			return err
		}
		row, err := p.Cfg.Render(a.ChatID, reply)
		if err != nil {
			return fmt.Errorf("render %s: %w", reply.Template, err)
		}
		row.Key, row.Way = fmt.Sprintf("announcement-progress:%d:%d:%d", id, a.MessageID, a.ToldN+1), dialog.WayAnswer
		return tx.Enqueue(ctx, []dialog.Outgoing{row})
	})
	return overtaken, err
}

// firstLine is a text up to its first line break.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
