package prove

import (
	"context"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/proof"
	"bangkom/storage"
)

// announceFor is for how long the announcement of a drill is of use.
const announceFor = 72 * time.Hour

// person is the id of somebody by the place in the register.
func person(ctx context.Context, tx *storage.Tx, place int) (int64, error) {
	nip, err := proofNIP(place, time.Now())
	if err != nil {
		return 0, err
	}
	ids, err := tx.PeopleByNIP(ctx, []string{nip.Reveal()})
	return ids[nip.Reveal()], err
}

// Ask stores an announcement to everybody that waits for the approval of a second person.
func (l ledger) Ask(ctx context.Context, author int, body string) (id int64, err error) {
	now := time.Now()
	err = l.db.InTx(ctx, func(tx *storage.Tx) error {
		who, err := person(ctx, tx, author)
		if err != nil {
			return err
		}
		id, err = tx.AddAnnouncement(ctx, announcement.Announcement{Author: who, Body: body, Ack: true, Expires: now.Add(announceFor)}, now)
		if err != nil {
			return err
		}
		return tx.AskAnnouncement(ctx, id, who, 1, now.Add(announceFor/2), now)
	})
	return id, err
}

// Approve gives the approval of a second person.
func (l ledger) Approve(ctx context.Context, id int64, second int) error {
	return l.db.InTx(ctx, func(tx *storage.Tx) error {
		by, err := person(ctx, tx, second)
		if err != nil {
			return err
		}
		_, err = tx.ApproveAnnouncement(ctx, id, by, 1, time.Now())
		return err
	})
}

// Pause stops an announcement (Jeda).
func (l ledger) Pause(ctx context.Context, id int64) error {
	return l.steer(ctx, id, (*storage.Tx).PauseAnnouncement)
}

// Continue lets it go on (Lanjutkan).
func (l ledger) Continue(ctx context.Context, id int64) error {
	return l.steer(ctx, id, (*storage.Tx).ResumeAnnouncement)
}

func (l ledger) steer(ctx context.Context, id int64, do func(*storage.Tx, context.Context, int64, int64, time.Time) (bool, announcement.Announcement, error)) error {
	return l.db.InTx(ctx, func(tx *storage.Tx) error {
		a, err := tx.Announcement(ctx, id)
		if err != nil {
			return err
		}
		_, _, err = do(tx, ctx, id, a.Author, time.Now())
		return err
	})
}

// Correct puts a text in the place of the first one (Ralat).
func (l ledger) Correct(ctx context.Context, id int64, body, fact string) error {
	return l.db.InTx(ctx, func(tx *storage.Tx) error {
		a, err := tx.Announcement(ctx, id)
		if err != nil {
			return err
		}
		a.Body, a.Fact, a.Correction = body, fact, announcement.Fact
		_, err = tx.CorrectAnnouncement(ctx, a, a.Author, time.Now())
		return err
	})
}

// Receipts is the ledger of an announcement.
func (l ledger) Receipts(ctx context.Context, id int64) ([]proof.Receipt, error) {
	rows, err := l.DB.Receipts(ctx, id)
	out := make([]proof.Receipt, len(rows))
	for i, r := range rows {
		out[i] = proof.Receipt{Chat: r.Chat, State: r.State, Message: r.Message, Version: r.Version}
	}
	return out, err
}

// everybody is the announcement of a benchmark.
func everybody(now time.Time) announcement.Announcement {
	return announcement.Announcement{Author: 1, Body: "Rapat arsip, Kamis pukul 09.00, di aula.", Ack: true, Expires: now.Add(announceFor)}
}

// CountAudience counts everybody.
func (a *agency) CountAudience(ctx context.Context, now time.Time) (n int, err error) {
	err = a.db.InTx(ctx, func(tx *storage.Tx) (err error) {
		n, err = tx.CountAudience(ctx, announcement.Audience{}, now)
		return err
	})
	return n, err
}

// Forecast tells what would become of an announcement to everybody.
func (a *agency) Forecast(ctx context.Context, now time.Time) (n int, err error) {
	err = a.db.InTx(ctx, func(tx *storage.Tx) error {
		f, err := a.mailer.Forecast(ctx, tx, everybody(now), now)
		n = f.Total
		return err
	})
	return n, err
}

// Announce approves an announcement to everybody.
func (a *agency) Announce(ctx context.Context, now time.Time) (id int64, people int, err error) {
	err = a.db.InTx(ctx, func(tx *storage.Tx) (err error) {
		if id, err = tx.AddAnnouncement(ctx, everybody(now), now); err != nil {
			return err
		}
		done, err := tx.ApproveAnnouncement(ctx, id, 0, 1, now)
		people = done.Frozen
		return err
	})
	return id, people, err
}

// DecideAnnouncement does what the worker does until nothing is left to decide.
func (a *agency) DecideAnnouncement(ctx context.Context, id int64, now time.Time) (queued int, err error) {
	for more := true; more && err == nil; {
		err = a.db.InTx(ctx, func(tx *storage.Tx) (err error) {
			more, err = a.mailer.Step(ctx, tx, id, now)
			return err
		})
	}
	if err != nil {
		return 0, err
	}
	err = a.db.InTx(ctx, func(tx *storage.Tx) error {
		c, err := tx.AnnouncementCounts(ctx, id)
		queued = c.By[announcement.Queued]
		return err
	})
	return queued, err
}
