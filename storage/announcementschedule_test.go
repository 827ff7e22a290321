package storage

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/training"
)

// move gives the first session of a batch another day and place, at the present.
func (o *mailroom) move(batch int64, later int, place string) {
	o.t.Helper()
	o.tx(func(ctx context.Context, tx *Tx) error {
		b, err := tx.Batch(ctx, batch)
		if err != nil {
			return err
		}
		s := &b.Sessions[0]
		s.Starts, s.Ends, s.Place = s.Starts.AddDate(0, 0, later), s.Ends.AddDate(0, 0, later), place
		out, _, _, err := tx.ChangeBatch(ctx, b, o.people[0], o.now)
		if out.Verdict != training.Accepted {
			o.t.Errorf("the batch was not moved: %+v", out)
		}
		return err
	})
}

// A batch that moves is right in every announcement of it: in what was delivered, which is
// edited in silence, in what was on its way at that moment, and in what is sent afterwards.
// What changes nothing that it says edits nothing.
func TestMovedBatchInItsAnnouncements(t *testing.T) {
	o := newMailroom(t, 4)
	batch := o.angkatan(training.InOrder)
	o.approve(carrying(batch))
	o.exec(`UPDATE announcement_recipient SET state = 'held', hold_until = $1 WHERE employee_id = $2`, o.now.Add(time.Hour), o.people[3])
	o.work()
	rows := o.take(dialog.LaneBulk)
	if len(rows) != 3 || !strings.Contains(rows[0].Params["text"], "Jumat, 22 Januari 2027, pukul 08.00-15.00 WIB, Aula.") {
		t.Fatalf("%d announcements go: %v", len(rows), texts(rows))
	}
	o.end(rows[:2], dialog.StateSent, "")
	o.work()
	o.move(batch, 3, "Pendopo") // while the third is on its way
	o.end(rows[2:], dialog.StateSent, "")
	o.now = o.now.Add(time.Hour)
	edits, fresh := 0, 0
	for _, r := range o.deliver() {
		switch {
		case !strings.Contains(r.Params["text"], "Senin, 25 Januari 2027, pukul 08.00-15.00 WIB, Pendopo.") || strings.Contains(r.Params["text"], "22 Januari 2027, pukul"):
			t.Errorf("after the move somebody reads %q", r.Params["text"])
		case r.EditOf != 0:
			edits++
		default:
			fresh++
		}
	}
	if edits != 3 || fresh != 1 {
		t.Errorf("%d messages were edited and %d sent, want 3 and 1", edits, fresh)
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		b, err := tx.Batch(ctx, batch)
		if err != nil {
			return err
		}
		b.Dress = "Batik"
		_, _, _, err = tx.ChangeBatch(ctx, b, o.people[0], o.now)
		return err
	})
	if sent := o.deliver(); len(sent) != 0 {
		t.Errorf("a change of the dress sends %v", texts(sent))
	}
}

// Whoever approves an announcement holds it and then its batch; whoever moves the batch
// waits for the announcement, so that neither waits for the other.
func TestMoveWaitsForWhoApproves(t *testing.T) {
	devdbtest.Long(t, "two that wait for each other")
	o := newMailroom(t, 2)
	batch := o.angkatan(training.InOrder)
	o.approve(carrying(batch))
	moved := make(chan error, 1)
	if err := o.once(func(ctx context.Context, tx *Tx) error {
		if _, err := tx.LockAnnouncement(ctx, o.id); err != nil {
			return err
		}
		go func() {
			moved <- o.once(func(ctx context.Context, tx *Tx) error {
				b, err := tx.Batch(ctx, batch)
				if err != nil {
					return err
				}
				b.Sessions[0].Place = "Pendopo"
				_, _, _, err = tx.ChangeBatch(ctx, b, o.people[0], o.now)
				return err
			})
		}()
		o.await(1, waitingForLock)
		return tx.DelayRegistration(ctx, o.id, batch, o.day(13), o.people[0], o.now)
	}); err != nil {
		t.Errorf("who approves: %v", err)
	}
	if err := <-moved; err != nil {
		t.Errorf("who moves: %v", err)
	}
}

// A batch that is cancelled is cancelled in what was delivered too, also in what was on its
// way at that moment.
func TestCancelledBatchInItsAnnouncements(t *testing.T) {
	o := newMailroom(t, 3)
	batch := o.angkatan(training.InOrder)
	o.approve(carrying(batch))
	o.work()
	rows := o.take(dialog.LaneBulk)
	o.end(rows[:2], dialog.StateSent, "")
	o.work()
	o.tx(func(ctx context.Context, tx *Tx) error {
		b, err := tx.Batch(ctx, batch)
		if err != nil {
			return err
		}
		_, _, err = tx.CancelBatch(ctx, batch, b.Revision, "sakit", o.people[0], o.now)
		return err
	})
	o.end(rows[2:], dialog.StateSent, "")
	edits := 0
	for _, r := range o.deliver() {
		if r.EditOf == 0 {
			continue
		}
		edits++
		if got := r.Params["text"]; !strings.Contains(got, "Angkatan ini dibatalkan.") || strings.Contains(got, "Jadwal yang berlaku") {
			t.Errorf("after the cancellation somebody reads %q", got)
		}
	}
	if edits != 3 {
		t.Errorf("%d messages were edited, want 3", edits)
	}
}

// Another way to win seats stands in what was delivered; another title edits nothing.
func TestOtherWayInItsAnnouncements(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 2)
	batch := o.angkatan(training.InOrder)
	o.approve(carrying(batch))
	o.work()
	o.deliver()
	edit := func(change func(*training.Programme)) []dialog.Outgoing {
		o.tx(func(ctx context.Context, tx *Tx) error {
			b, err := tx.Batch(ctx, batch)
			if err != nil {
				return err
			}
			was, err := tx.Programme(ctx, b.Programme.ID)
			if err != nil {
				return err
			}
			next := was
			change(&next)
			out, err := tx.EditProgramme(ctx, next, was, o.people[0], o.now)
			if out.Verdict != training.Accepted {
				t.Errorf("the programme was not changed: %+v", out)
			}
			return err
		})
		return o.deliver()
	}
	if sent := edit(func(p *training.Programme) { p.Title = "Arsip" }); len(sent) != 0 {
		t.Errorf("another title sends %v", texts(sent))
	}
	sent := edit(func(p *training.Programme) { p.WayIn = training.Ranked })
	for _, r := range sent {
		if got := r.Params["text"]; r.EditOf == 0 || !strings.Contains(got, "Tempat dibagikan setelah itu.") {
			t.Errorf("with another way somebody reads %q", got)
		}
	}
	if len(sent) != 2 {
		t.Errorf("%d messages were edited, want 2", len(sent))
	}
}
