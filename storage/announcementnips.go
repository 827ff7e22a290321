package storage

import (
	"context"
	"time"

	"bangkom/internal/announcement"
)

const awaitNIPs = `
	INSERT INTO announcement_nips (announcement_id, chat_id, file_id, asked_at, next_at) VALUES ($1, $2, $3, $4, $4)
	ON CONFLICT (announcement_id) DO UPDATE SET chat_id = excluded.chat_id, file_id = excluded.file_id, asked_at = excluded.asked_at,
	            next_at = excluded.next_at, tries = 0`

// AwaitNIPs lets a file of NIPs wait to be read for a draft; it takes the place of one
// that waits already.
func (t *Tx) AwaitNIPs(ctx context.Context, f announcement.NIPFile, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, awaitNIPs, f.Announcement, f.ChatID, f.FileID, now)
	return safe("await a file of numbers", err)
}

const lockOfficeChat = `
	SELECT c.id FROM chat c JOIN employee e ON e.id = c.employee_id JOIN role_grant g ON g.employee_id = e.id AND g.role = 'hr' AND g.revoked_at IS NULL
	WHERE c.id = $1 AND e.id = $2 AND e.active FOR UPDATE OF c`

// LockOfficeChat locks the chat of somebody of the personnel office; ErrNotFound when it
// is not that person's any more, or the person has left the office.
func (t *Tx) LockOfficeChat(ctx context.Context, chat, employee int64) error {
	return t.one(ctx, &chat, lockOfficeChat, chat, employee)
}

const takeNIPs = `
	UPDATE announcement_nips SET tries = tries + 1, next_at = $2
	WHERE announcement_id = (SELECT announcement_id FROM announcement_nips WHERE next_at <= $1 ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
	RETURNING announcement_id, chat_id, file_id, asked_at, tries`

// TakeNIPs takes the file of NIPs that has waited longest at now; nobody else gets it
// until a moment. ErrNotFound when there is none.
func (t *Tx) TakeNIPs(ctx context.Context, now, until time.Time) (announcement.NIPFile, error) {
	var r struct {
		ID      int64     `db:"announcement_id"`
		Chat    int64     `db:"chat_id"`
		FileID  string    `db:"file_id"`
		AskedAt time.Time `db:"asked_at"`
		Tries   int       `db:"tries"`
	}
	err := t.one(ctx, &r, takeNIPs, now, until)
	return announcement.NIPFile{Announcement: r.ID, ChatID: r.Chat, FileID: r.FileID, AskedAt: r.AskedAt, Tries: r.Tries}, err
}

const endNIPs = `DELETE FROM announcement_nips WHERE announcement_id = $1 AND asked_at = $2 RETURNING announcement_id`

// EndNIPs forgets a file of NIPs that was read; ErrNotFound when another one took its
// place meanwhile.
func (t *Tx) EndNIPs(ctx context.Context, f announcement.NIPFile) error {
	var id int64
	return t.one(ctx, &id, endNIPs, f.Announcement, f.AskedAt)
}
