package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/internal/announcement"
)

const (
	correctAnnouncement = `
		UPDATE announcement SET version = version + 1, body = $3, entities = $4, changed_at = $5
		WHERE id = $1 AND version = $2 AND state IN ('approved', 'sending', 'paused', 'done', 'cancelled') AND withdrawn_at IS NULL
		  AND (approved_by IS NULL OR started_at IS NOT NULL) RETURNING version`
	addVersion = `
		INSERT INTO announcement_version (announcement_id, version, kind, body, entities, fact, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	owesFact = `
		UPDATE announcement_recipient SET fact_due = true WHERE announcement_id = $1 AND state = 'sent' AND message_id IS NOT NULL`
	waitsForIt = `
		SELECT count(*) FROM announcement_recipient WHERE announcement_id = $1 AND state IN ('waiting', 'held', 'queued', 'unlinked')`
)

// CorrectAnnouncement stores a new version of what was approved: c.Body, c.Entities and
// c.Fact, of the sort c.Correction, by whoever saw version c.Version. Another version in
// between gives ErrNotFound, and so does one that a second person has approved and that has
// not begun: everybody would get a text that nobody else has seen. Messages that are there are edited, by rows that are made
// when they are claimed; who waits gets the new text; whose message is on its way at
// this moment is edited once its number is known.
func (t *Tx) CorrectAnnouncement(ctx context.Context, c announcement.Announcement, by int64, now time.Time) (announcement.Reach, error) {
	var out announcement.Reach
	entities, err := json.Marshal(append([]announcement.Entity{}, c.Entities...))
	if err != nil {
		return out, fmt.Errorf("encode entities: %w", err)
	}
	if err := t.one(ctx, &out.Version, correctAnnouncement, c.ID, c.Version, c.Body, string(entities), now); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, addVersion, c.ID, out.Version, c.Correction, c.Body, string(entities), some(c.Fact), by, now); err != nil {
		return out, safe("store a version", err)
	}
	if c.Correction == announcement.Fact {
		if _, err := t.tx.ExecContext(ctx, owesFact, c.ID); err != nil {
			return out, safe("note who is told", err)
		}
	}
	if out.Edits, err = t.PatchOutdated(ctx, c.ID); err != nil {
		return out, err
	}
	if err := t.tx.GetContext(ctx, &out.Waiting, waitsForIt, c.ID); err != nil {
		return out, safe("count who waits", err)
	}
	return out, t.auditAnnouncement(ctx, c.ID, by, "corrected", now)
}

// An edit is made when it is claimed, so one that waits shows whatever is true then. Its
// key holds the version for which it was queued: nothing is queued twice for one.
const (
	versionOf = `SELECT version FROM announcement WHERE id = $1`
	patch     = `
		WITH due AS (
			SELECT r.employee_id, r.chat_id, r.message_id, $2 || r.announcement_id || ':' || r.employee_id || $3::text AS key
			FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
			WHERE r.announcement_id = $1 AND r.state = 'sent' AND r.message_id IS NOT NULL`
	patchRows = `
		), added AS (
			INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, edit_of, state, announcement_id, recipient_id)
			SELECT d.key, d.chat_id, 1, 'service', $4, 0, '', '{"params":null}', d.message_id, 'new', $1, d.employee_id FROM due d
			ORDER BY d.employee_id ON CONFLICT (key) DO NOTHING RETURNING key, recipient_id
		), noted AS (
			UPDATE announcement_recipient r SET patch_key = a.key, patch_state = 'queued', patch_cause = NULL FROM added a
			WHERE r.announcement_id = $1 AND r.employee_id = a.recipient_id RETURNING 1
		)
		SELECT count(*) FROM noted`
	patchOutdated = patch + ` AND r.version < a.version AND a.withdrawn_at IS NULL` + patchRows
	patchAway     = patch + ` AND a.withdrawn_at IS NOT NULL AND r.sent_at > a.withdrawn_at - interval '48 hours'` + patchRows
)

// PatchOutdated queues an edit of every message that shows an older version, and returns
// how many.
func (t *Tx) PatchOutdated(ctx context.Context, id int64) (n int, err error) {
	var version int
	if err := t.one(ctx, &version, versionOf, id); err != nil {
		return 0, err
	}
	err = t.tx.GetContext(ctx, &n, patchOutdated, id, "announcement-edit:", fmt.Sprintf(":%d", version), announcement.MessageTemplate)
	return n, safe("queue edits", err)
}

// PatchAway queues the deletion of every message of an announcement that was taken back.
func (t *Tx) PatchAway(ctx context.Context, id int64) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, patchAway, id, "announcement-delete:", "", announcement.DeleteTemplate)
	return n, safe("queue deletions", err)
}

const (
	takeBackOf = `
		SELECT count(*) FILTER (WHERE state = 'sent' AND sent_at > $2::timestamptz - interval '48 hours') AS messages,
		       count(*) FILTER (WHERE state = 'sent' AND sent_at <= $2::timestamptz - interval '48 hours') AS too_old,
		       count(*) FILTER (WHERE state IN ('waiting', 'held', 'queued', 'unlinked')) AS waiting
		FROM announcement_recipient WHERE announcement_id = $1`
	takeBack = `
		UPDATE announcement SET withdrawn_at = $2, changed_at = $2 WHERE id = $1 AND withdrawn_at IS NULL
		  AND state IN ('sending', 'paused', 'done', 'cancelled') RETURNING id`
	owesNothing = `UPDATE announcement_recipient SET fact_due = false, remind_due = false WHERE announcement_id = $1 AND (fact_due OR remind_due)`
	dropPatches = `
		UPDATE outbox SET state = 'cancelled', payload = NULL, cause = 'withdrawn', ` + cutLoose + `
		WHERE announcement_id = $1 AND state = 'new' AND (edit_of <> 0 OR template = 'announcement.fact')`
)

// TakeBackOf counts what taking back would do at now.
func (t *Tx) TakeBackOf(ctx context.Context, id int64, now time.Time) (announcement.TakeBack, error) {
	var r struct {
		Messages int `db:"messages"`
		TooOld   int `db:"too_old"`
		Waiting  int `db:"waiting"`
	}
	err := t.one(ctx, &r, takeBackOf, id, now)
	return announcement.TakeBack{Messages: r.Messages, TooOld: r.TooOld, Waiting: r.Waiting}, err
}

// TakeBackAnnouncement ends it and deletes every message that is younger than 48 hours,
// also one that is on its way at this moment. ErrNotFound when it was taken back before,
// or nothing of it has gone.
func (t *Tx) TakeBackAnnouncement(ctx context.Context, id, by int64, now time.Time) (announcement.TakeBack, error) {
	out, err := t.TakeBackOf(ctx, id, now)
	if err != nil {
		return out, err
	}
	if err := t.one(ctx, &id, takeBack, id, now); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, cancelAnnouncement, id, now); err != nil {
		return out, safe("take back", err)
	}
	if err := t.holdBack(ctx, id, now); err != nil {
		return out, err
	}
	for _, q := range []string{owesNothing, dropPatches} {
		if _, err := t.tx.ExecContext(ctx, q, id); err != nil {
			return out, safe("take back", err)
		}
	}
	if _, err := t.PatchAway(ctx, id); err != nil {
		return out, err
	}
	return out, t.auditAnnouncement(ctx, id, by, "withdrawn", now)
}
