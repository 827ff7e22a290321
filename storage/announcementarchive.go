package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/announcement"
)

// isShown is true of a row r of the ledger of an announcement a that its person may
// open in the archive: it has gone to the person, or goes out and the person belongs to
// the audience. What was taken back or cancelled before it went is not there.
const isShown = `(r.state NOT IN ('left', 'cancelled', 'withdrawn') AND a.withdrawn_at IS NULL AND a.started_at IS NOT NULL AND (r.sent_at IS NOT NULL OR a.state IN ('sending', 'done')))`

// isUnread is true where the person is still asked for Sudah saya baca.
const isUnread = `(a.ack AND NOT ` + isRead + `)`

const (
	archiveOf = `
		SELECT a.id, a.body, COALESCE(r.sent_at, a.started_at) AS at, ` + isUnread + ` AS unread
		FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
		WHERE r.employee_id = $1 AND ` + isShown + ` AND a.body ILIKE '%' || $2 || '%'
		ORDER BY ` + isUnread + ` DESC, COALESCE(r.sent_at, a.started_at) DESC, a.id DESC OFFSET $3 LIMIT $4`
	archiveCounts = `
		SELECT count(*) AS total, count(*) FILTER (WHERE ` + isUnread + `) AS unread
		FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
		WHERE r.employee_id = $1 AND ` + isShown + ` AND a.body ILIKE '%' || $2 || '%'`
)

// Archive returns a page of the announcements that went to somebody: first those that
// ask for Sudah saya baca, then the newest. typed is a part of the text, "" = all.
func (t *Tx) Archive(ctx context.Context, employee int64, typed string, skip, limit int) (out announcement.Archive, err error) {
	var rows []struct {
		ID     int64     `db:"id"`
		Body   string    `db:"body"`
		At     time.Time `db:"at"`
		Unread bool      `db:"unread"`
	}
	part := likeLiteral(typed)
	if err := t.tx.SelectContext(ctx, &rows, archiveOf, employee, part, skip, limit); err != nil {
		return out, safe("list announcements of somebody", err)
	}
	for _, r := range rows {
		out.Entries = append(out.Entries, announcement.Entry{ID: r.ID, Title: announcement.Opening(r.Body), At: r.At, Unread: r.Unread})
	}
	var n struct {
		Total  int `db:"total"`
		Unread int `db:"unread"`
	}
	err = t.tx.GetContext(ctx, &n, archiveCounts, employee, part)
	out.Total, out.Unread = n.Total, n.Unread
	return out, safe("count announcements of somebody", err)
}

const receivedBy = `
	SELECT r.state, r.sent_at, r.read_at, COALESCE(r.read_version, 0) AS read_version,
	       (SELECT count(*) FROM announcement_question q WHERE q.announcement_id = a.id AND q.published) AS answers
	FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
	WHERE a.id = $1 AND r.employee_id = $2 AND ` + isShown

// Received returns an announcement as somebody of its audience has it, or ErrNotFound
// when it was not for that person, or was taken back.
func (t *Tx) Received(ctx context.Context, id, employee int64) (out announcement.Received, err error) {
	var r struct {
		State   string       `db:"state"`
		Sent    sql.NullTime `db:"sent_at"`
		Read    sql.NullTime `db:"read_at"`
		Version int          `db:"read_version"`
		Answers int          `db:"answers"`
	}
	if err := t.one(ctx, &r, receivedBy, id, employee); err != nil {
		return out, err
	}
	if out.Announcement, err = t.Announcement(ctx, id); err != nil {
		return out, err
	}
	out.Delivery, out.SentAt, out.ReadAt, out.ReadVersion, out.Answers = announcement.Delivery(r.State), r.Sent.Time, r.Read.Time, r.Version, r.Answers
	return out, nil
}

const arrived = `
	UPDATE announcement_recipient r SET state = 'sent', reason = NULL, chat_id = $3, message_id = $4, sent_at = COALESCE(sent_at, $5)
	WHERE announcement_id = $1 AND employee_id = $2 AND state = 'unknown' AND EXISTS (SELECT FROM outbox o WHERE o.key = r.outbox_key AND o.chat_id = $3)`

// AnnouncementArrived notes that a message whose call was cut off has arrived after
// all: somebody has pressed a button of it. Of any other row nothing is changed.
func (t *Tx) AnnouncementArrived(ctx context.Context, id, employee, chat int64, message int, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, arrived, id, employee, chat, message, now)
	return safe("note that an announcement has arrived", err)
}

const repliedTo = `
	SELECT a.id FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
	WHERE r.employee_id = $1 AND r.chat_id = $2 AND ` + isShown + ` AND r.message_id = $3
	ORDER BY a.id DESC LIMIT 1`

// RepliedTo finds the announcement that a message in somebody's chat is; 0 = none.
func (t *Tx) RepliedTo(ctx context.Context, employee, chat int64, message int) (id int64, err error) {
	if err = t.one(ctx, &id, repliedTo, employee, chat, message); errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return id, err
}
