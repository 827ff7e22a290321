package storage

import (
	"context"
	"testing"

	"github.com/lib/pq"

	"bangkom/internal/devdb/devdbtest"
)

// once runs a transaction that is not repeated, so that a deadlock is seen.
func (o *mailroom) once(fn func(context.Context, *Tx) error) error {
	return once(o.t.Context(), o.db, func(tx *Tx) error { return fn(o.t.Context(), tx) })
}

// Somebody asks while the worker has the announcement and comes to that person: the worker
// waits for the question, and the question does not wait for the worker.
func TestQuestionAndWorker(t *testing.T) {
	devdbtest.Long(t, "two that wait for each other")
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.deliver()
	asker := o.people[1]
	worker := make(chan error, 1)
	err := o.once(func(ctx context.Context, tx *Tx) error {
		if err := tx.LockPeople(ctx, []int64{asker}); err != nil {
			return err
		}
		go func() {
			worker <- o.once(func(ctx context.Context, tx *Tx) error {
				if _, err := tx.TakeAnnouncement(ctx, o.id); err != nil {
					return err
				}
				return tx.LockPeople(ctx, []int64{asker})
			})
		}()
		o.await(1, waitingForLock)
		_, _, err := tx.AskQuestion(ctx, o.id, asker, "Di mana?", o.now)
		return err
	})
	if other := <-worker; err != nil || other != nil {
		t.Errorf("the question: %v; the worker: %v", err, other)
	}
}

// An officer notes that all were told while the worker changes the same rows: one of them
// waits for the other, whichever row comes first.
func TestTellRestAndWorker(t *testing.T) {
	devdbtest.Long(t, "two that wait for each other")
	o := newMailroom(t, 3)
	officer := o.unit("U-2", o.people[1], o.people[2])
	o.approve(nil)
	o.work()
	o.deliver()
	for _, order := range [][]int64{{o.people[1], o.people[2]}, {o.people[2], o.people[1]}} {
		o.exec(`UPDATE announcement_recipient SET told_by = NULL, told_at = NULL`)
		press := make(chan error, 1)
		err := o.once(func(ctx context.Context, tx *Tx) error {
			if _, err := tx.TakeAnnouncement(ctx, o.id); err != nil {
				return err
			}
			for i, who := range order {
				if _, err := tx.tx.ExecContext(ctx, `UPDATE announcement_recipient SET reason = reason WHERE employee_id = $1`, who); err != nil {
					return err
				}
				if i > 0 {
					continue
				}
				go func() {
					press <- o.once(func(ctx context.Context, tx *Tx) error {
						n, err := tx.TellRest(ctx, officer, o.id, o.now)
						if err == nil && n != 2 {
							t.Errorf("%d people were told, want 2", n)
						}
						return err
					})
				}()
				o.await(1, waitingForLock)
			}
			return nil
		})
		if other := <-press; err != nil || other != nil {
			t.Errorf("the worker: %v; the officer: %v", err, other)
		}
	}
}

// Who gives permission for several people holds all rows before the first is changed, those
// of their superiors too.
func TestSeatsAreLockedWithSuperiors(t *testing.T) {
	devdbtest.Long(t, "two that wait for each other")
	o := newMailroom(t, 3)
	o.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, o.people[0], o.people[2])
	o.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.LockSeats(ctx, nil, o.people[2:]); err != nil {
			return err
		}
		free := o.count(`SELECT count(*) FROM (SELECT id FROM employee WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED) e`, pq.Array(o.people))
		if free != 1 {
			t.Errorf("%d rows are not locked, want 1", free)
		}
		return nil
	})
}
