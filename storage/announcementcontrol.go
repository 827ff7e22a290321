package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/announcement"
)

const (
	pauseAnnouncement = `
		UPDATE announcement SET state = 'paused', changed_at = $2, stopped = $3
		WHERE id = $1 AND state IN ('approved', 'sending') RETURNING id`
	// What is held may have waited for longer than its announcement was paused: the worker
	// decides anew.
	resumeAnnouncement = `
		UPDATE announcement SET state = CASE WHEN started_at IS NULL THEN 'approved' ELSE 'sending' END, changed_at = $2, stopped = NULL
		WHERE id = $1 AND state = 'paused' RETURNING id`
)

// PauseAnnouncement holds everything of it that the sender has not begun. changed is
// false when it could not be paused any more, or was paused already; the announcement
// comes back as it is afterwards.
func (t *Tx) PauseAnnouncement(ctx context.Context, id, by int64, now time.Time) (changed bool, a announcement.Announcement, err error) {
	return t.control(ctx, "paused", pauseAnnouncement, id, by, now, nil)
}

// ResumeAnnouncement lets it go on.
func (t *Tx) ResumeAnnouncement(ctx context.Context, id, by int64, now time.Time) (changed bool, a announcement.Announcement, err error) {
	return t.control(ctx, "resumed", resumeAnnouncement, id, by, now)
}

// StopAnnouncement pauses it because of what the program has found out; why is told to
// the office.
func (t *Tx) StopAnnouncement(ctx context.Context, id int64, why string, now time.Time) (changed bool, err error) {
	changed, _, err = t.control(ctx, "stopped", pauseAnnouncement, id, 0, now, why)
	return changed, err
}

func (t *Tx) control(ctx context.Context, what, query string, id, by int64, now time.Time, more ...any) (changed bool, a announcement.Announcement, err error) {
	err = t.tx.GetContext(ctx, &id, query, append([]any{id, now}, more...)...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, a, safe("control announcement", err)
	default:
		changed = true
		if err := t.auditAnnouncement(ctx, id, by, what, now); err != nil {
			return false, a, err
		}
	}
	a, err = t.Announcement(ctx, id)
	return changed, a, err
}

const (
	cancelAnnouncement = `
		UPDATE announcement SET state = 'cancelled', changed_at = $2, ended_at = $2, stopped = NULL
		WHERE id = $1 AND state IN ('approved', 'sending', 'paused') RETURNING id`
	// Rows that the sender has taken are looked at again when their outcome is known.
	cancelRecipients = `
		UPDATE announcement_recipient SET state = 'cancelled', reason = NULL, hold_until = NULL
		WHERE announcement_id = $1 AND state IN ('waiting', 'held', 'unlinked')`
	// What corrects a message that somebody has goes on.
	cancelRows = `
		UPDATE outbox SET state = 'cancelled', payload = NULL, cause = 'cancelled', ` + cutLoose + `
		WHERE announcement_id = $1 AND state = 'new' AND template IN ('announcement.message', 'announcement.reminder') AND edit_of = 0`
	cancelNotices = `
		UPDATE notice n SET action = 'drop', reason = 'closed', at = $2, decided_at = $2, reply = NULL
		FROM announcement_recipient r
		WHERE r.announcement_id = $1 AND n.key = 'announcement:' || $1::bigint || ':' || r.employee_id AND n.action = 'hold'`
	dropReminders = `UPDATE announcement_recipient SET remind_due = false WHERE announcement_id = $1 AND remind_due`
)

// CancelAnnouncement ends it: who has not got it does not get it. What the sender is
// sending at this moment still arrives and stands as sent.
func (t *Tx) CancelAnnouncement(ctx context.Context, id, by int64, now time.Time) (changed bool, a announcement.Announcement, err error) {
	err = t.endAnnouncement(ctx, id, by, now)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, a, err
	}
	changed = err == nil
	a, err = t.Announcement(ctx, id)
	return changed, a, err
}

// endAnnouncement is CancelAnnouncement; ErrNotFound when there is nothing to end.
func (t *Tx) endAnnouncement(ctx context.Context, id, by int64, now time.Time) error {
	if err := t.one(ctx, &id, cancelAnnouncement, id, now); err != nil {
		return err
	}
	if err := t.holdBack(ctx, id, now); err != nil {
		return err
	}
	if err := t.undelayRegistration(ctx, id, by, now); err != nil {
		return err
	}
	return t.auditAnnouncement(ctx, id, by, "cancelled", now)
}

// holdBack gives up everything of an announcement that has not gone.
func (t *Tx) holdBack(ctx context.Context, id int64, now time.Time) error {
	for _, q := range []string{cancelNotices, cancelRecipients, cancelRows, dropReminders} {
		args := []any{id}
		if q == cancelNotices {
			args = append(args, now)
		}
		if _, err := t.tx.ExecContext(ctx, q, args...); err != nil {
			return safe("cancel announcement", err)
		}
	}
	return nil
}

const showProgressAt = `UPDATE announcement SET chat_id = $2, message_id = nullif($3, 0), told = NULL, told_at = NULL WHERE id = $1`

// ShowProgressAt makes a message the one that shows the progress and edits itself.
func (t *Tx) ShowProgressAt(ctx context.Context, id, chatID int64, message int) error {
	_, err := t.tx.ExecContext(ctx, showProgressAt, id, chatID, message)
	return safe("note where the progress is shown", err)
}

const ofOffice = `
	SELECT EXISTS (SELECT FROM chat c JOIN employee e ON e.id = c.employee_id JOIN role_grant g ON g.employee_id = e.id
	               WHERE c.id = $1 AND e.active AND g.role = 'hr' AND g.revoked_at IS NULL)`

// OfficeChat tells whether a chat belongs to somebody of the personnel office now.
func (t *Tx) OfficeChat(ctx context.Context, chat int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, ofOffice, chat)
	return yes, safe("read whose chat it is", err)
}

const noteProgress = `
	UPDATE announcement SET told_n = told_n + (told IS DISTINCT FROM $3)::int, told = $3, told_at = $4 WHERE id = $1 AND message_id = $2 AND told_n = $5`

// NoteProgress notes what that message shows now; false = somebody else has noted something
// since a was read.
func (t *Tx) NoteProgress(ctx context.Context, a announcement.Announcement, told string, now time.Time) (bool, error) {
	r, err := t.tx.ExecContext(ctx, noteProgress, a.ID, a.MessageID, told, now, a.ToldN)
	if err != nil {
		return false, safe("note the progress", err)
	}
	n, err := r.RowsAffected()
	return n == 1, safe("note the progress", err)
}

const (
	// again lets an announcement that has ended go on for those who wait again.
	again = `
		UPDATE announcement SET state = CASE WHEN state = 'done' THEN 'sending' ELSE state END, ended_at = CASE WHEN state = 'done' THEN NULL ELSE ended_at END,
		       changed_at = $2
		WHERE id = $1 AND state IN ('sending', 'paused', 'done') AND withdrawn_at IS NULL AND (expires_at IS NULL OR expires_at > $2) RETURNING id`
	// Who could not be written to goes again only after having come back.
	retryFailed = `
		UPDATE announcement_recipient r SET state = 'waiting', reason = NULL
		WHERE r.announcement_id = $1 AND (r.state = 'failed' OR r.state = 'unreachable' AND r.reason IS DISTINCT FROM 'muted' AND EXISTS (
		      SELECT FROM chat c WHERE c.employee_id = r.employee_id AND c.reachable))`
	resendUnknown = `
		UPDATE announcement_recipient SET state = 'waiting', reason = NULL WHERE announcement_id = $1 AND state = 'unknown'`
	remindUnread = `
		UPDATE announcement_recipient r SET remind_due = true FROM announcement a
		WHERE a.id = $1 AND r.announcement_id = a.id AND a.ack AND r.state = 'sent' AND r.reminded_at IS NULL AND NOT r.remind_due
		  AND r.told_by IS NULL AND (r.read_at IS NULL OR r.read_version < a.version)`
)

// RetryFailed lets those go again whose message Telegram refused, once they can be
// written to, and returns how many that is.
func (t *Tx) RetryFailed(ctx context.Context, id, by int64, now time.Time) (int, error) {
	return t.goAgain(ctx, "retried", retryFailed, id, by, now)
}

// ResendUnknown lets those go again of whom nobody knows whether they have it: they may
// see it twice.
func (t *Tx) ResendUnknown(ctx context.Context, id, by int64, now time.Time) (int, error) {
	return t.goAgain(ctx, "resent", resendUnknown, id, by, now)
}

// RemindUnread reminds each who has not read the newest version, once.
func (t *Tx) RemindUnread(ctx context.Context, id, by int64, now time.Time) (int, error) {
	return t.goAgain(ctx, "reminded", remindUnread, id, by, now)
}

// goAgain gives the worker something to do for some people; ErrNotFound when the
// announcement is over for good.
func (t *Tx) goAgain(ctx context.Context, what, query string, id, by int64, now time.Time) (int, error) {
	if err := t.one(ctx, &id, again, id, now); err != nil {
		return 0, err
	}
	r, err := t.tx.ExecContext(ctx, query, id)
	if err != nil {
		return 0, safe("send again", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, safe("send again", err)
	}
	return int(n), t.auditAnnouncement(ctx, id, by, what, now)
}
