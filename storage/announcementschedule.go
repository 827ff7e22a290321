package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/training"
)

const (
	// Whoever approves an announcement holds it before its batch.
	lockCarriers = `SELECT id FROM announcement WHERE batch_id = ANY($1) AND state <> 'deleted' ORDER BY id FOR NO KEY UPDATE`
	// A change by the command line is nobody's: then the author stands for it.
	renewCarriers = `
		WITH renewed AS (
			UPDATE announcement SET version = version + 1, changed_at = $2
			WHERE batch_id = $1 AND started_at IS NOT NULL AND withdrawn_at IS NULL AND state IN ('approved', 'sending', 'paused', 'done', 'cancelled')
			RETURNING id, version, body, entities, author_id
		)
		INSERT INTO announcement_version (announcement_id, version, kind, body, entities, by_id, at)
		SELECT id, version, $4, body, entities, COALESCE(nullif($3::bigint, 0), author_id), $2 FROM renewed ORDER BY id
		RETURNING announcement_id`
)

// lockCarriers locks the announcements that carry batches, before the batches.
func (t *Tx) lockCarriers(ctx context.Context, batches []int64) error {
	_, err := t.tx.ExecContext(ctx, lockCarriers, pq.Array(batches))
	return safe("lock announcements", err)
}

// renewCarriers lets every message that has told of a batch be edited, because what it says
// of the days, the place or the registration is another thing now. What has not begun is
// made when it goes.
func (t *Tx) renewCarriers(ctx context.Context, batch, by int64, now time.Time) error {
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, renewCarriers, batch, now, by, string(announcement.Small)); err != nil {
		return safe("renew announcements", err)
	}
	for _, id := range ids {
		if _, err := t.PatchOutdated(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// saysAnother tells whether an announcement of a batch would say another thing of it.
func saysAnother(old, next training.Batch, moved, room bool) bool {
	return moved || room || !old.Opens.Equal(next.Opens) || !old.Closes.Equal(next.Closes)
}
