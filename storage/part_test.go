package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/training"
)

// slot runs a job in a slot that it has claimed, and demands how many parts failed.
func (f *fixture) slot(job string, now time.Time, run func(context.Context, *Tx, time.Time) (courier.Tally, error), failed int) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		if _, err := tx.ClaimSlot(ctx, JobSlot{Job: job, ScheduledFor: now}, now); err != nil {
			return err
		}
		t, err := run(ctx, tx, now.In(jakarta))
		if t.Failed != failed {
			f.t.Errorf("%s at %s: %d parts failed, want %d", job, now, t.Failed, failed)
		}
		return err
	})
}

// refuseMoves lets the database refuse what the jobs write about a batch, as it refuses
// what a constraint forbids.
func (f *fixture) refuseMoves(batch int64, table, column string) {
	f.t.Helper()
	f.exec(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '23514'; END $$`)
	f.exec(`CREATE TRIGGER refuse BEFORE UPDATE OF ` + column + ` ON ` + table + ` FOR EACH ROW WHEN (NEW.batch_id = ` + fmt.Sprint(batch) + `) EXECUTE FUNCTION refuse()`)
}

// A batch whose look fails stops no other one, not with what it had written by then and
// not with its messages; it is looked at again in a while, and the operator sees why.
func TestFailedBatchStopsNoOther(t *testing.T) {
	devdbtest.Long(t, "parts of a job that fail")
	f := newFixture(t)
	ids := f.employees(4)
	f.linked(ids...)
	before, broken, behind := f.openSeats("A", training.InOrder, 0, 0), f.openSeats("B", training.InOrder, 0, 1), f.openSeats("C", training.InOrder, 0, 2)
	for _, batch := range []int64{before, broken, behind} {
		f.apply(batch, ids[0], start)
		f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.SetSeats(ctx, batch, 2, 1, ids[3], start)
		})
	}
	f.refuseMoves(broken, "enrolment", "offers")
	clerk, now := f.clerk(), start.Add(time.Minute)
	seats := func(ctx context.Context, tx *Tx, now time.Time) (courier.Tally, error) {
		return clerk.Tick(ctx, tx, now)
	}
	f.slot("seats", now, seats, 1)
	f.stands("of the first batch", before, ids[0], training.Offered)
	f.stands("of the broken batch", broken, ids[0], training.Waiting)
	f.stands("of the last batch", behind, ids[0], training.Offered)
	if n := f.count(`SELECT count(*) FROM notice WHERE kind = 'seat_offer'`); n != 2 {
		t.Errorf("%d offers were written, want two", n)
	}
	if got := f.text(`SELECT cause FROM job_failure`); !strings.Contains(got, "batch "+fmt.Sprint(broken)) || !strings.Contains(got, "23514") {
		t.Errorf("the operator is told %q", got)
	}
	f.slot("seats", now.Add(time.Minute), seats, 0) // it is not due
	f.exec(`DROP TRIGGER refuse ON enrolment`)
	f.slot("seats", now.Add(20*time.Minute), seats, 0)
	f.stands("when it works again", broken, ids[0], training.Offered)
}

// A session whose reminders fail keeps back those of no other one, and its own are tried
// again with the next run.
func TestFailedSessionStopsNoOther(t *testing.T) {
	devdbtest.Long(t, "parts of a job that fail")
	f := newFixture(t)
	ids := f.employees(2)
	f.linked(ids...)
	broken, other := f.openSeats("A", training.InOrder, 1, 0), f.openSeats("B", training.InOrder, 1, 0)
	f.apply(broken, ids[0], start)
	f.apply(other, ids[1], start)
	f.exec(`UPDATE enrolment SET permission = 'given'`)
	f.refuseMoves(broken, "training_session", "hour_told")
	clerk, now := f.clerk(), start.AddDate(0, 0, 21).Add(-30*time.Minute)
	soon := func(ctx context.Context, tx *Tx, now time.Time) (courier.Tally, error) {
		return clerk.Soon(ctx, tx, now)
	}
	f.slot("training-sessions", now, soon, 1)
	if got := f.text(`SELECT string_agg(employee_id::text, ' ') FROM notice WHERE kind = 'training_session'`); got != fmt.Sprint(ids[1]) {
		t.Errorf("reminded: %q, want person %d", got, ids[1])
	}
	f.exec(`DROP TRIGGER refuse ON training_session`)
	f.slot("training-sessions", now.Add(5*time.Minute), soon, 0)
	if n := f.count(`SELECT count(*) FROM notice WHERE kind = 'training_session'`); n != 2 {
		t.Errorf("%d reminders, want both", n)
	}
}

// What a part has written is undone with it alone; what the database wants repeated is no
// failure of a part.
func TestPart(t *testing.T) {
	f := newFixture(t)
	why := errors.New("why")
	f.tx(func(ctx context.Context, tx *Tx) error {
		put := func(name string) func() error {
			return func() error {
				_, err := tx.tx.ExecContext(ctx, `INSERT INTO bot_state (name, text) VALUES ($1, '')`, name)
				return err
			}
		}
		for _, part := range []struct {
			name string
			fn   func() error
			want error
		}{
			{"kept", put("one"), nil},
			{"its own error", func() error { return errors.Join(put("two")(), why) }, why},
			{"refused", func() error { return errors.Join(put("one")()) }, errRefused},
		} {
			failed, err := tx.Part(ctx, part.fn)
			if err != nil || (failed == nil) != (part.want == nil) {
				t.Errorf("%s: failed %v, error %v", part.name, failed, err)
			}
		}
		if tx.Writes() != 1 {
			t.Errorf("%d statements count as written, want one", tx.Writes())
		}
		return nil
	})
	if got := f.text(`SELECT string_agg(name, ' ') FROM bot_state WHERE name IN ('one', 'two')`); got != "one" {
		t.Errorf("stored: %q", got)
	}
	tries := 0
	f.tx(func(ctx context.Context, tx *Tx) error {
		failed, err := tx.Part(ctx, func() error {
			if tries++; tries > 1 {
				return nil
			}
			_, err := tx.tx.ExecContext(ctx, `DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`)
			return safe("try", err)
		})
		return errors.Join(failed, err)
	})
	if tries != 2 {
		t.Errorf("%d tries of what Postgres wants repeated, want two", tries)
	}
}

// A failure that belongs to no slot is an error: nobody would read of it.
func TestPartWithoutASlot(t *testing.T) {
	f := newFixture(t)
	err := f.try(func(ctx context.Context, tx *Tx) error { return tx.PartFailed(ctx, "part", errRefused, start) })
	if !errors.Is(err, errRefused) {
		t.Errorf("PartFailed = %v", err)
	}
}

var errRefused = errors.New("refused")
