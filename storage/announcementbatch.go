package storage

import (
	"context"
	"errors"
	"time"

	"bangkom/internal/training"
)

const openBatches = `
	SELECT ` + batchColumns + `, count(*) OVER () AS total FROM ` + ofBatch + `
	WHERE b.state = 'open' AND COALESCE(b.closes_at, 'infinity') > $1 AND COALESCE(b.starts_at, 'infinity') > $1
	ORDER BY b.starts_at NULLS LAST, b.id OFFSET $2 LIMIT $3`

// OpenBatches lists the batches that an announcement may carry at now, nearest first:
// they are shown, have not begun, and their registration, where there is one, is not
// over. total is how many there are.
func (t *Tx) OpenBatches(ctx context.Context, now time.Time, skip, limit int) (list []training.Batch, total int, err error) {
	var rows []struct {
		batchRow
		Total int `db:"total"`
	}
	if err := t.tx.SelectContext(ctx, &rows, openBatches, now, skip, limit); err != nil {
		return nil, 0, safe("list open batches", err)
	}
	for _, r := range rows {
		list, total = append(list, r.batch()), r.Total
	}
	return list, total, nil
}

const delayRegistration = `
	UPDATE batch SET opens_at = $2, changed_by = $3, changed_at = $4, revision = revision + 1, look_at = $4
	WHERE id = $1 AND state = 'open' AND opens_at < $2 AND closes_at > $2 RETURNING id`
const noteDelay = `UPDATE announcement SET batch_opened = $2, batch_opens = $3 WHERE id = $1`

// DelayRegistration lets people register for a batch no earlier than at a moment, on
// behalf of by, because an announcement tells them of it now. Who has a seat keeps it.
// ErrNotFound when the batch has changed so that it cannot be.
func (t *Tx) DelayRegistration(ctx context.Context, id, batch int64, opens time.Time, by int64, now time.Time) error {
	old, err := t.lockBatch(ctx, batch)
	if err != nil {
		return err
	}
	if err := t.one(ctx, &batch, delayRegistration, batch, opens, by, now); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, noteDelay, id, moment(old.Opens), opens); err != nil {
		return safe("note the delay of a registration", err)
	}
	return t.auditBatch(ctx, now, by, "batch.delay", batch, "")
}

// Only what began has told somebody of the later day, and another announcement that is to
// go may name it.
const undelay = `
	UPDATE batch b SET opens_at = a.batch_opened, changed_by = $2, changed_at = $3, revision = b.revision + 1, look_at = $3 FROM announcement a
	WHERE a.id = $1 AND b.id = a.batch_id AND b.state = 'open' AND b.opens_at = a.batch_opens AND a.started_at IS NULL
	  AND NOT EXISTS (SELECT FROM announcement x WHERE x.batch_id = b.id AND x.id <> a.id AND x.approved_at IS NOT NULL
	                  AND (x.started_at IS NOT NULL OR x.state IN ('approved', 'paused'))) RETURNING b.id`

// undelayRegistration opens a registration when it would have opened without an
// announcement that was ended before anybody was told.
func (t *Tx) undelayRegistration(ctx context.Context, id, by int64, now time.Time) error {
	var batch int64
	err := t.one(ctx, &batch, undelay, id, nullID(by), now)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.auditBatch(ctx, now, by, "batch.undelay", batch, "")
}
