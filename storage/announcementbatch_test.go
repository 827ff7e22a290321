package storage

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/training"
)

// angkatan makes a batch of the office that people register for from now on, in the given
// way, with its first session in ten days.
func (o *mailroom) angkatan(way training.WayIn) (id int64) {
	o.t.Helper()
	day := time.Date(o.now.Year(), o.now.Month(), o.now.Day(), 0, 0, 0, 0, zone)
	o.tx(func(ctx context.Context, tx *Tx) error {
		p, err := tx.AddProgramme(ctx, training.Programme{Code: "P-" + string(way), Title: "Arsip digital", Form: "Bimbingan teknis", JP: 8, WayIn: way, Share: 100}, o.people[0], o.now)
		if err != nil {
			return err
		}
		b := training.Batch{Programme: training.Programme{ID: p}, Seats: 2, Opens: day, Closes: day.AddDate(0, 0, 8), PermissionUntil: day.AddDate(0, 0, 9),
			Funding: training.ByOffice, Journey: training.UnitPays,
			Sessions: []training.Session{{N: 1, Starts: day.AddDate(0, 0, 10).Add(8 * time.Hour), Ends: day.AddDate(0, 0, 10).Add(15 * time.Hour), Place: "Aula"}}}
		if id, err = tx.AddBatch(ctx, b, o.people[0], o.now); err != nil {
			return err
		}
		_, err = tx.OpenBatch(ctx, id, 1, o.people[0], o.now)
		return err
	})
	return id
}

// carrying makes an announcement carry a batch.
func carrying(batch int64) func(*announcement.Announcement) {
	return func(a *announcement.Announcement) { a.Batch.ID = batch }
}

// A batch that is cancelled ends the announcements that carry it: who has it reads so, who
// waits in the outbox or for a later hour does not get it, and the author is told once.
func TestBatchIsCancelledMeanwhile(t *testing.T) {
	o := newMailroom(t, 4)
	batch := o.angkatan(training.InOrder)
	o.approve(carrying(batch))
	o.exec(`UPDATE announcement_recipient SET state = 'held', hold_until = $1 WHERE employee_id = $2`, o.now.Add(time.Hour), o.people[3])
	o.work()
	rows := o.take(dialog.LaneBulk)
	o.end(rows[:1], dialog.StateSent, "")
	o.end(rows[1:], dialog.StateNew, "")
	o.tx(func(ctx context.Context, tx *Tx) error {
		b, err := tx.Batch(ctx, batch)
		if err != nil {
			return err
		}
		_, _, err = tx.CancelBatch(ctx, batch, b.Revision, "sakit", o.people[0], o.now)
		return err
	})
	for range 2 { // what is claimed before the worker has looked goes nowhere either
		for _, r := range o.take(dialog.LaneBulk) {
			if r.Template == announcement.MessageTemplate && r.EditOf == 0 {
				t.Errorf("sent after the cancellation: %s", r.Key)
			}
		}
		o.work()
	}
	if got := o.states(); got != "cancelled 3, sent 1" {
		t.Errorf("the ledger is %q", got)
	}
	if n := o.count(`SELECT count(*) FROM notice WHERE key LIKE 'announcement-overtaken:%' AND employee_id = $1`, o.people[0]); n != 1 {
		t.Errorf("the author was told %d times", n)
	}
}

// A training that is over calls nobody back: whoever links an account afterwards, or waited
// for the sender at that moment, is not invited, once and for all.
func TestOverAfterEverybodyWasTold(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 4)
	late, later := o.people[2], o.people[3]
	o.exec(`DELETE FROM chat WHERE employee_id IN ($1, $2)`, late, later)
	batch := o.angkatan(training.InOrder)
	o.approve(carrying(batch))
	o.work()
	o.deliver()
	link := func(who int64) {
		o.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES ($1, $1, now())`, who)
		o.tx(func(ctx context.Context, tx *Tx) error { return tx.awaited(ctx, who, o.now) })
	}
	if got := o.text(`SELECT state FROM announcement WHERE id = $1`, o.id); got != "done" {
		t.Fatalf("the announcement is %s", got)
	}
	link(late)
	o.exec(`UPDATE batch SET state = 'cancelled' WHERE id = $1`, batch)
	link(later)
	for range 3 {
		o.work()
		for _, r := range o.take(dialog.LaneBulk) {
			t.Errorf("sent: %s", r.Key)
		}
	}
	o.work()
	if got := o.states(); got != "cancelled 1, sent 2, unlinked 1" {
		t.Errorf("the ledger is %q", got)
	}
	if n := o.count(`SELECT count(*) FROM outbox WHERE template = $1 AND recipient_id IN ($2, $3)`, announcement.MessageTemplate, late, later); n != 1 {
		t.Errorf("%d rows were queued, want the one from before", n)
	}
}

// Nobody is invited to a registration that is over, also when it was made to end earlier
// after the approval.
func TestRegistrationEndsMeanwhile(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 3)
	batch := o.angkatan(training.Ranked)
	o.approve(carrying(batch))
	o.work()
	o.exec(`UPDATE batch SET closes_at = $1 WHERE id = $2`, o.now, batch)
	if rows := o.take(dialog.LaneBulk); len(rows) != 0 {
		t.Errorf("%d messages went", len(rows))
	}
	o.work()
	if got := o.states(); got != "expired 3" {
		t.Errorf("the ledger is %q", got)
	}
}

func TestRegistrationWaitsForWhoIsToldLast(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 2)
	batch := o.angkatan(training.InOrder)
	draft := announcement.Announcement{Author: o.people[0], Body: "Arsip", Batch: announcement.Carried{ID: batch}, Expires: o.now.AddDate(0, 0, 7)}
	prospect := func() (opens time.Time, ok bool) {
		o.tx(func(ctx context.Context, tx *Tx) error {
			a, err := tx.Announcement(ctx, o.id)
			if err != nil {
				return err
			}
			f, err := o.mailer.Forecast(ctx, tx, a, o.now)
			if err != nil {
				return err
			}
			fair, err := o.mailer.Fair(ctx, tx, a, f, o.now)
			opens, ok = a.Batch.Delay(fair)
			return err
		})
		return opens, ok
	}
	store := func() {
		o.tx(func(ctx context.Context, tx *Tx) (err error) {
			o.id, err = tx.AddAnnouncement(ctx, draft, o.now)
			return err
		})
	}
	store()
	if opens, ok := prospect(); !ok || !opens.Equal(o.day(13)) {
		t.Errorf("opens %v, %v; want Wednesday", opens, ok)
	}
	draft.SendAt = o.day(15).Add(8 * time.Hour) // Friday
	store()
	if opens, ok := prospect(); !ok || !opens.Equal(o.day(18)) {
		t.Errorf("opens %v, %v; want Monday", opens, ok)
	}
	draft.SendAt = o.day(19).Add(8 * time.Hour) // the last day of the registration
	store()
	if _, ok := prospect(); ok {
		t.Error("who is told last cannot register, and that is no obstacle")
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		return tx.DelayRegistration(ctx, o.id, batch, o.day(13), o.people[0], o.now)
	})
	o.approve(carrying(batch))
	draft.SendAt = o.day(15).Add(8 * time.Hour)
	store()
	if opens, ok := prospect(); !ok || !opens.IsZero() {
		t.Errorf("what people were told is moved again: %v, %v", opens, ok)
	}
	o.exec(`UPDATE batch SET state = 'closed' WHERE id = $1`, batch)
	o.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.DelayRegistration(ctx, o.id, batch, o.day(14), o.people[0], o.now); !errors.Is(err, ErrNotFound) {
			t.Errorf("a closed registration was moved: %v", err)
		}
		return nil
	})
}

func (o *mailroom) day(n int) time.Time { return time.Date(2027, 1, n, 0, 0, 0, 0, zone) }

// A registration that an announcement has delayed opens as before when the announcement is
// cancelled before it began; afterwards people know the later day, and it stays.
func TestDelayEndsWithAnnouncement(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 2)
	batch := o.angkatan(training.InOrder)
	approve := func() {
		o.approve(carrying(batch))
		o.tx(func(ctx context.Context, tx *Tx) error {
			return tx.DelayRegistration(ctx, o.id, batch, o.day(13), o.people[0], o.now)
		})
	}
	cancelled := func(want time.Time) {
		t.Helper()
		var opens time.Time
		o.tx(func(ctx context.Context, tx *Tx) error {
			if _, _, err := tx.CancelAnnouncement(ctx, o.id, o.people[0], o.now); err != nil {
				return err
			}
			b, err := tx.Batch(ctx, batch)
			opens = b.Opens
			return err
		})
		if !opens.Equal(want) {
			t.Errorf("the registration opens %v, want %v", opens, want)
		}
	}
	first := time.Date(o.now.Year(), o.now.Month(), o.now.Day(), 0, 0, 0, 0, zone)
	approve()
	cancelled(first)
	approve()
	o.exec(`UPDATE batch SET opens_at = $1 WHERE id = $2`, o.day(14), batch) // the office has moved it
	cancelled(o.day(14))
	o.exec(`UPDATE batch SET opens_at = $1 WHERE id = $2`, first, batch)
	approve()
	o.work()
	cancelled(o.day(13))
}

// Somebody about whom nothing can be decided, whatever is wrong, holds up nobody else.
func TestOneBrokenRecipient(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 9)
	broken := o.people[4]
	o.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`)
	o.exec(`CREATE TRIGGER refuse BEFORE INSERT ON notice FOR EACH ROW WHEN (NEW.key LIKE '%:` + strconv.FormatInt(broken, 10) + `') EXECUTE FUNCTION refuse()`)
	var told []int64
	o.mailer.Broken = func(_, who int64, _ error) { told = append(told, who) }
	o.approve(nil)
	o.work()
	o.deliver()
	if got := o.states(); got != "failed 1, sent 8" {
		t.Errorf("the ledger is %q", got)
	}
	if why := o.text(`SELECT reason FROM announcement_recipient WHERE employee_id = $1`, broken); why != "internal" || len(told) == 0 || told[0] != broken {
		t.Errorf("failed because of %q, told %v", why, told)
	}
	if got := o.text(`SELECT state FROM announcement WHERE id = $1`, o.id); got != "done" {
		t.Errorf("the announcement is %s", got)
	}
	if _, err := o.correct(announcement.Fact, 1, "Rapat di Aula B"); err != nil {
		t.Fatal(err)
	}
	o.work()
	if n := o.count(`SELECT count(*) FROM announcement_recipient WHERE fact_due`); n != 0 {
		t.Errorf("%d short replies are still to be decided", n)
	}
}

// Who got no short reply because it could not be queued does not count as told, also when
// the message itself was edited; who was not reminded can be reminded again.
func TestOneBrokenErrand(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 9)
	broken := o.people[4]
	o.approve(nil)
	o.work()
	o.deliver()
	o.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`)
	o.exec(`CREATE TRIGGER refuse BEFORE INSERT ON notice FOR EACH ROW WHEN (NEW.key LIKE '%:` + strconv.FormatInt(broken, 10) + `') EXECUTE FUNCTION refuse()`)
	if _, err := o.correct(announcement.Fact, 1, "Rapat di Aula B"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.act((*Tx).RemindUnread); err != nil {
		t.Fatal(err)
	}
	o.work()
	o.deliver()
	row := o.text(`SELECT fact_due || ' ' || (fact_version IS NOT NULL) || ' ' || patch_state || ' ' || COALESCE(patch_cause, '') || ' ' || version || ' ' || remind_due || ' ' || (reminded_at IS NOT NULL)
		FROM announcement_recipient WHERE employee_id = $1`, broken)
	if row != "false false refused internal 2 false false" {
		t.Errorf("whoever could not be told: %s", row)
	}
	if n := o.count(`SELECT count(*) FROM announcement_recipient WHERE fact_version = 2 AND reminded_at IS NOT NULL AND patch_state = 'done'`); n != 8 {
		t.Errorf("%d others were told, want 8", n)
	}
}

// What fails for everybody is nobody's fault: all wait.
func TestEverybodyBroken(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 9)
	o.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`)
	o.exec(`CREATE TRIGGER refuse BEFORE INSERT ON notice FOR EACH ROW EXECUTE FUNCTION refuse()`)
	o.approve(nil)
	err := o.InTx(t.Context(), func(tx *Tx) error {
		_, err := o.mailer.Step(t.Context(), tx, o.id, o.now)
		return err
	})
	if got := o.states(); err == nil || got != "waiting 9" {
		t.Errorf("%v, and the ledger is %q", err, got)
	}
}
