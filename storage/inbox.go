package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/dialog"
)

// Rows that nobody has to answer (lane 0, undecodable) are done at once.
const storeUpdates = `
	INSERT INTO inbox (bot_id, update_id, lane, body, done_at, failed)
	SELECT $1, u.id, nullif(u.lane, 0), CASE WHEN u.lane <> 0 AND u.failed = '' THEN u.body END,
	       CASE WHEN u.lane = 0 OR u.failed <> '' THEN now() END, nullif(u.failed, '')
	FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS u (id, lane, body, failed)
	ON CONFLICT (bot_id, update_id) DO NOTHING
	RETURNING COALESCE(lane, 0) AS lane, done_at IS NULL AS pending`

const stillPending = `
	SELECT DISTINCT lane FROM inbox WHERE bot_id = $1 AND update_id = ANY($2) AND done_at IS NULL AND lane IS NOT NULL`

// StoreUpdates stores a batch, all or nothing; repeated ids are ignored.
// It returns the lanes that have something to do: also those of repeated ids
// that nobody has finished, because the reply to the first commit may be lost.
func (d *DB) StoreUpdates(ctx context.Context, botID int64, rows []dialog.RawUpdate) ([]int64, error) {
	ids, lanes := make([]int64, len(rows)), make([]int64, len(rows))
	bodies, failed := make([]string, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ids[i], lanes[i], bodies[i], failed[i] = r.ID, r.Lane, storable(r.Body), storable(r.Failed)
	}
	var stored []struct {
		Lane    int64
		Pending bool
	}
	err := d.alone(ctx, func(db sqlx.QueryerContext) error {
		stored = stored[:0]
		return sqlx.SelectContext(ctx, db, &stored, storeUpdates,
			botID, pq.Array(ids), pq.Array(lanes), pq.Array(bodies), pq.Array(failed))
	})
	if err != nil {
		return nil, safe("store updates", err)
	}
	wake := make([]int64, 0, len(stored))
	for _, s := range stored {
		if s.Pending && !slices.Contains(wake, s.Lane) {
			wake = append(wake, s.Lane)
		}
	}
	if len(stored) == len(rows) {
		return wake, nil
	}
	var repeated []int64
	err = d.alone(ctx, func(db sqlx.QueryerContext) error {
		repeated = repeated[:0]
		return sqlx.SelectContext(ctx, db, &repeated, stillPending, botID, pq.Array(ids))
	})
	if err != nil { // they are stored all the same, and found by the next sweep
		return wake, nil
	}
	for _, lane := range repeated {
		if !slices.Contains(wake, lane) {
			wake = append(wake, lane)
		}
	}
	return wake, nil
}

// storable replaces what Postgres refuses in a text, NUL and broken UTF-8: one
// such update would keep its whole batch, and all later ones, from being stored.
func storable(text string) string {
	const unreadable = "\uFFFD"
	return strings.ReplaceAll(strings.ToValidUTF8(text, unreadable), "\x00", unreadable)
}

const pendingLanes = `
	SELECT lane FROM inbox
	WHERE done_at IS NULL AND lane IS NOT NULL AND bot_id = $1
	  AND received_at <= clock_timestamp() - make_interval(secs => $2)
	GROUP BY lane ORDER BY min(update_id) LIMIT $3`

// PendingLanes lists lanes with updates that nobody has finished for age.
func (d *DB) PendingLanes(ctx context.Context, botID int64, age time.Duration, limit int) ([]int64, error) {
	var lanes []int64
	err := d.alone(ctx, func(db sqlx.QueryerContext) error {
		lanes = lanes[:0]
		return sqlx.SelectContext(ctx, db, &lanes, pendingLanes, botID, age.Seconds(), limit)
	})
	return lanes, safe("list pending lanes", err)
}

// maxAttempts is after how many failures an update is set aside.
const maxAttempts = 3

const countFailure = `
	UPDATE inbox SET attempts = attempts + 1,
	       failed = CASE WHEN attempts + 1 >= $4 THEN $3 END,
	       done_at = CASE WHEN attempts + 1 >= $4 THEN now() END,
	       body = CASE WHEN attempts + 1 >= $4 THEN NULL ELSE body END
	WHERE bot_id = $1 AND update_id = $2 AND done_at IS NULL
	RETURNING attempts >= $4`

// CountFailure notes that an update could not be handled, with the class of
// the cause. The third time it is set aside and aside is true: its body is
// gone, nobody else waits for it. An update that is done already is left alone.
func (d *DB) CountFailure(ctx context.Context, botID, updateID int64, cause string) (aside bool, err error) {
	err = d.InTx(ctx, func(tx *Tx) error {
		var rows []bool
		if err := tx.tx.SelectContext(ctx, &rows, countFailure, botID, updateID, cause, maxAttempts); err != nil {
			return err
		}
		aside = len(rows) == 1 && rows[0]
		return nil
	})
	if err != nil {
		return false, safe(fmt.Sprintf("count failure of update %d", updateID), err)
	}
	return aside, nil
}
