package storage

import (
	"context"
	"fmt"
	"time"

	"bangkom/storage/pg"
)

// Part runs a part of the transaction that may fail without the rest: what it has written
// is undone then, and failed says why. Locks that were taken before it stay. err = the
// transaction as a whole is of no use any more, or is to be run again.
func (t *Tx) Part(ctx context.Context, fn func() error) (failed, err error) {
	writes := t.tx.writes
	if _, err := t.tx.ExecContext(ctx, `SAVEPOINT part`); err != nil {
		return nil, safe("begin a part", err)
	}
	failed = fn()
	switch {
	case failed != nil && (ctx.Err() != nil || pg.Unavailable(failed) || pg.Retryable(failed)):
		return nil, failed
	case failed != nil:
		if _, err := t.tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT part`); err != nil {
			return nil, safe("undo a part", err)
		}
		t.tx.writes = writes
	}
	_, err = t.tx.ExecContext(ctx, `RELEASE SAVEPOINT part`)
	return failed, safe("end a part", err)
}

// PartFailed records with the slot that this transaction has claimed that a part of its
// work was left out. Without a slot nobody would know what it belongs to: then the failure
// is returned as an error.
func (t *Tx) PartFailed(ctx context.Context, what string, failed error, now time.Time) error {
	if t.slot.Job == "" {
		return fmt.Errorf("%s: %w", what, failed)
	}
	_, err := t.tx.ExecContext(ctx, failSlot, t.slot.Job, t.slot.ScheduledFor, now, what+": "+failed.Error())
	return safe("record a failed part", err)
}
