package storage

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/announcement"
)

const approvedSince = `
	SELECT COALESCE(sum(frozen), 0) FROM announcement
	WHERE author_id = $1 AND approved_at >= $2 AND NOT (state = 'cancelled' AND started_at IS NULL)`

// ApprovedSince counts the recipients of what an author has had approved since a moment;
// what was cancelled before it began reached nobody and does not count.
func (t *Tx) ApprovedSince(ctx context.Context, author int64, since time.Time) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, approvedSince, author, since)
	return n, safe("count recipients", err)
}

const (
	askAnnouncement = `
		UPDATE announcement SET state = 'asked', asked_at = $5, asked_until = $4, changed_at = $5
		WHERE id = $1 AND author_id = $2 AND revision = $3 AND state = 'draft' RETURNING id`
	returnAnnouncement = `
		UPDATE announcement SET state = 'draft', asked_at = NULL, asked_until = NULL, changed_at = $2, revision = revision + 1
		WHERE id = $1 AND state = 'asked' RETURNING id`
)

// AskAnnouncement gives a draft to a second person until a moment.
func (t *Tx) AskAnnouncement(ctx context.Context, id, author int64, revision int, until, now time.Time) error {
	if err := t.one(ctx, &id, askAnnouncement, id, author, revision, until, now); err != nil {
		return err
	}
	return t.auditAnnouncement(ctx, id, author, "asked", now)
}

// ReturnAnnouncement takes an asked one back to its author as a draft.
func (t *Tx) ReturnAnnouncement(ctx context.Context, id int64, now time.Time) error {
	return t.one(ctx, &id, returnAnnouncement, id, now)
}

// auditAnnouncement notes who did what with an announcement; by 0 is the program.
func (t *Tx) auditAnnouncement(ctx context.Context, id, by int64, what string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "announcement."+what, nil, announcementDetail(id))
	return safe("audit", err)
}

const (
	approveAnnouncement = `
		UPDATE announcement SET state = 'approved', approved_by = $3, approved_at = $4, changed_at = $4
		WHERE id = $1 AND revision = $2 AND CASE WHEN $3::bigint IS NULL THEN state = 'draft'
		      ELSE state = 'asked' AND author_id <> $3 AND asked_until > $4 END RETURNING id`
	firstVersion = `
		INSERT INTO announcement_version (announcement_id, version, kind, body, entities, by_id, at)
		SELECT id, version, 'first', body, entities, author_id, $2 FROM announcement WHERE id = $1`
	freezeAnnouncement = `UPDATE announcement SET frozen = $2 WHERE id = $1`
)

var freezeAudience = audience + `
	INSERT INTO announcement_recipient (announcement_id, employee_id) SELECT $14::bigint, id FROM audience`

// ApproveAnnouncement freezes the audience at now: a row for each person of it, also of
// those without an account. by is the second person, never the author; 0 = none was
// needed. Another revision, another state, or a request that has expired gives
// ErrNotFound. It only commits; the worker sends.
func (t *Tx) ApproveAnnouncement(ctx context.Context, id, by int64, revision int, now time.Time) (announcement.Announcement, error) {
	if err := t.one(ctx, &id, approveAnnouncement, id, revision, nullID(by), now); err != nil {
		return announcement.Announcement{}, err
	}
	if _, err := t.tx.ExecContext(ctx, firstVersion, id, now); err != nil {
		return announcement.Announcement{}, safe("store a version", err)
	}
	a, err := t.Announcement(ctx, id)
	if err != nil {
		return a, err
	}
	r, err := t.tx.ExecContext(ctx, freezeAudience, append(audienceArgs(a.Audience, now), id)...)
	if err != nil {
		return a, safe("freeze audience", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return a, safe("freeze audience", err)
	}
	if _, err := t.tx.ExecContext(ctx, freezeAnnouncement, id, n); err != nil {
		return a, safe("freeze audience", err)
	}
	a.Frozen = int(n)
	who := by
	if who == 0 {
		who = a.Author
	}
	return a, t.auditAnnouncement(ctx, id, who, "approved", now)
}

// UnscheduleAnnouncement cancels what was approved and has not begun, and returns a new
// draft of its author with the same content. ErrNotFound when it has begun.
func (t *Tx) UnscheduleAnnouncement(ctx context.Context, id, by int64, now time.Time) (int64, error) {
	a, err := t.LockAnnouncement(ctx, id)
	if err != nil {
		return 0, err
	}
	if a.State != announcement.Approved {
		return 0, ErrNotFound
	}
	if err := t.endAnnouncement(ctx, id, by, now); err != nil {
		return 0, err
	}
	return t.CopyAnnouncement(ctx, id, a.Author, now)
}

const expireRequests = `
	UPDATE announcement SET state = 'draft', asked_at = NULL, asked_until = NULL, changed_at = $1, revision = revision + 1
	WHERE state = 'asked' AND asked_until <= $1 RETURNING id, author_id`

// ExpireRequests takes requests back to their authors that nobody has answered in time.
func (t *Tx) ExpireRequests(ctx context.Context, now time.Time) ([]announcement.Announcement, error) {
	var rows []struct {
		ID     int64 `db:"id"`
		Author int64 `db:"author_id"`
	}
	if err := t.tx.SelectContext(ctx, &rows, expireRequests, now); err != nil {
		return nil, safe("expire requests", err)
	}
	out := make([]announcement.Announcement, len(rows))
	for i, r := range rows {
		out[i] = announcement.Announcement{ID: r.ID, Author: r.Author}
	}
	return out, nil
}

// announcementDetail names an announcement in the audit log, without its content.
func announcementDetail(id int64) string {
	return fmt.Sprintf("announcement %d", id)
}
