package storage

import (
	"context"
	"database/sql"
	"time"
)

// JobSlot names a planned run of a job.
type JobSlot struct {
	Job          string
	ScheduledFor time.Time
	Manual       bool // by hand: it does not count as the last one
}

// Each half reads one entry of the index job_run_last.
const lastSlot = `
	SELECT (SELECT max(scheduled_for) FROM job_run WHERE job = $1 AND NOT manual AND scheduled_for <= $2) AS last,
	       (SELECT max(scheduled_for) FROM job_run WHERE job = $1 AND NOT manual AND scheduled_for > $2) AS ahead`

// LastSlot returns the newest slot of a job up to now that was claimed and not by
// hand, and the newest one that lies ahead: it is from a time when the clock was
// wrong. Each is zero when there is none.
func (d *DB) LastSlot(ctx context.Context, job string, now time.Time) (last, ahead time.Time, err error) {
	var row struct {
		Last  sql.NullTime `db:"last"`
		Ahead sql.NullTime `db:"ahead"`
	}
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &row, lastSlot, job, now) })
	return row.Last.Time, row.Ahead.Time, safe("read the last slot", err)
}

const claimSlot = `
	INSERT INTO job_run (job, scheduled_for, manual, claimed_at) VALUES ($1, $2, $3, $4)
	ON CONFLICT (job, scheduled_for) DO NOTHING`

// ClaimSlot writes the row of a slot; false = there is one already. It waits
// for a transaction that is claiming the same slot.
func (t *Tx) ClaimSlot(ctx context.Context, s JobSlot, now time.Time) (claimed bool, err error) {
	r, err := t.tx.ExecContext(ctx, claimSlot, s.Job, s.ScheduledFor, s.Manual, now)
	if err != nil {
		return false, safe("claim slot", err)
	}
	n, err := r.RowsAffected()
	if n == 1 {
		t.slot = s
	}
	return n == 1, safe("claim slot", err)
}

const finishSlot = `UPDATE job_run SET finished_at = $3, done = $4, skipped = $5 WHERE job = $1 AND scheduled_for = $2`

// FinishSlot records what a claimed slot did.
func (t *Tx) FinishSlot(ctx context.Context, s JobSlot, done, skipped int, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, finishSlot, s.Job, s.ScheduledFor, now, done, skipped)
	return safe("finish slot", err)
}

// What fails again for the same cause within a day of the last time is counted in one row,
// however long that goes on, so that a job that runs every few minutes does not fill the
// table.
const failSlot = `
	WITH again AS (
		UPDATE job_failure SET times = times + 1, failed_at = greatest(failed_at, $3)
		WHERE id = (SELECT max(id) FROM job_failure WHERE job = $1 AND cause = $4 AND failed_at > $3::timestamptz - interval '1 day') RETURNING id
	)
	INSERT INTO job_failure (job, scheduled_for, failed_at, cause) SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM again)`

// SlotFailed records that a run was undone. The slot stays unclaimed.
func (d *DB) SlotFailed(ctx context.Context, s JobSlot, cause string, now time.Time) error {
	return d.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, failSlot, s.Job, s.ScheduledFor, now, cause)
		return safe("record a failed slot", err)
	})
}
