package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bangkom/internal/announcement"
)

// The edit goes before everything that waits in bulk, and is made when it is claimed.
const (
	lockReceived = `
		SELECT a.version, COALESCE(r.read_version, 0) AS read_version, r.chat_id, r.message_id
		FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
		WHERE a.id = $1 AND r.employee_id = $2 AND a.ack AND ` + isShown + ` FOR UPDATE OF r`
	readReceived = `
		UPDATE announcement_recipient SET read_at = $4, read_version = $3
		WHERE announcement_id = $1 AND employee_id = $2`
	patchRead = `
		WITH added AS (
			INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, edit_of, state, announcement_id, recipient_id)
			VALUES ($1, $2, 0, 'reply', $6, 0, '', '{"params":null}', $3, 'new', $4, $5) ON CONFLICT (key) DO NOTHING RETURNING key
		)
		UPDATE announcement_recipient r SET patch_key = a.key, patch_state = 'queued', patch_cause = NULL FROM added a
		WHERE r.announcement_id = $4 AND r.employee_id = $5`
)

// ReadAnnouncement stores that somebody has read the version that was on show (Sudah
// saya baca), and queues an edit that is made when it is claimed: the button leaves the
// message, or the newest version comes into it. A version that was read stays read, so
// that an older message that is pressed later takes nothing back. ErrNotFound when the
// announcement does not ask for it, or is not in the archive of this person.
func (t *Tx) ReadAnnouncement(ctx context.Context, id, employee int64, version int, now time.Time) (announcement.Read, error) {
	var r struct {
		Version int           `db:"version"`
		Read    int           `db:"read_version"`
		Chat    sql.NullInt64 `db:"chat_id"`
		Message sql.NullInt64 `db:"message_id"`
	}
	if err := t.one(ctx, &r, lockReceived, id, employee); err != nil {
		return announcement.Read{}, err
	}
	if version < 1 || version > r.Version {
		return announcement.Read{}, ErrNotFound
	}
	out := announcement.Read{Version: r.Version, Old: version < r.Version && r.Read < r.Version, Again: version <= r.Read, Message: int(r.Message.Int64)}
	if out.Again {
		return out, nil
	}
	if _, err := t.tx.ExecContext(ctx, readReceived, id, employee, version, now); err != nil {
		return out, safe("note that it was read", err)
	}
	if r.Message.Valid {
		key := fmt.Sprintf("announcement-read:%d:%d:%d", id, employee, version)
		if _, err := t.tx.ExecContext(ctx, patchRead, key, r.Chat, r.Message, id, employee, announcement.MessageTemplate); err != nil {
			return out, safe("queue an edit", err)
		}
	}
	return out, nil
}
