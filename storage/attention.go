package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
)

const addSnooze = `
	INSERT INTO snooze (task_id, at, employee_id, until, counted) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (task_id, at) DO UPDATE SET until = excluded.until, counted = excluded.counted`

// What was planned by an earlier choice does not come: the newest one holds.
var replaceSnoozed = `
	UPDATE notice SET action = 'drop', reason = $2, reply = NULL, decided_at = $3, at = $3
	WHERE task_id = $1 AND action = 'hold' AND ` + isSnoozed("notice")

// AddSnooze notes that a person put a task off, in the place of an earlier choice;
// until is zero for who opens it without being reminded. counted says that a reminder
// was put off and not a pause taken.
func (t *Tx) AddSnooze(ctx context.Context, taskID, employeeID int64, now, until time.Time, counted bool) error {
	if _, err := t.tx.ExecContext(ctx, replaceSnoozed, taskID, string(outreach.Overtaken), now); err != nil {
		return safe("replace a choice", err)
	}
	_, err := t.tx.ExecContext(ctx, addSnooze, taskID, now, employeeID, nullTime(until), counted)
	return safe("put off a task", err)
}

// A reminder that was put off once is answered: the next counts anew.
const reminded = `
	SELECT EXISTS (
		SELECT FROM notice n LEFT JOIN outbox o ON o.key = n.outbox_key
		WHERE n.employee_id = $2 AND $1 = ANY(n.tasks) AND n.kind = ANY($3) AND n.action IN ('send', 'merge')
		  AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `
		  AND n.at > COALESCE((SELECT max(at) FROM snooze WHERE task_id = $1 AND counted), '-infinity'))`

// Reminded tells whether a message after the invitation has reminded a person of a
// task since a reminder of it was put off last.
func (t *Tx) Reminded(ctx context.Context, taskID, employeeID int64) (yes bool, err error) {
	kinds := messageKinds(func(k outreach.Traits) bool { return k.Asks && k.Kind != outreach.Invitation })
	err = t.tx.GetContext(ctx, &yes, reminded, taskID, employeeID, kinds)
	return yes, safe("read reminders of a task", err)
}

// A choice without a time that comes again within a minute is the same tap.
const snoozedSo = `
	SELECT count(*) > 0 AS yes, COALESCE(bool_or(counted), false) AS counted
	FROM (SELECT * FROM snooze WHERE task_id = $1 ORDER BY at DESC LIMIT 1) last
	WHERE until IS NOT DISTINCT FROM $2::timestamptz AND (until > $3 OR at > $3::timestamptz - interval '1 minute')`

// SnoozedSo tells whether a task is put off until that time as it is, and whether
// that was counted; zero for who opens it without being reminded.
func (t *Tx) SnoozedSo(ctx context.Context, taskID int64, until, now time.Time) (yes, counted bool, err error) {
	var row struct {
		Yes     bool `db:"yes"`
		Counted bool `db:"counted"`
	}
	err = t.tx.GetContext(ctx, &row, snoozedSo, taskID, nullTime(until), now)
	return row.Yes, row.Counted, safe("read a task put off", err)
}

const preferences = `SELECT hour, muted_until, mute_all FROM attention WHERE employee_id = $1`

// Preferences returns what a person has set about messages; the zero Preferences
// when nothing.
func (t *Tx) Preferences(ctx context.Context, employeeID int64) (w courier.Preferences, err error) {
	var row struct {
		Hour  int          `db:"hour"`
		Until sql.NullTime `db:"muted_until"`
		All   bool         `db:"mute_all"`
	}
	err = t.tx.GetContext(ctx, &row, preferences, employeeID)
	if errors.Is(err, sql.ErrNoRows) {
		return w, nil
	}
	return courier.Preferences{Hour: row.Hour, MutedUntil: row.Until.Time, MuteAll: row.All}, safe("read preferences", err)
}

// A silence that has run out is closed first, so that asking for silence again
// counts once more.
const endLapsed = `
	UPDATE silence s SET ended_at = a.muted_until FROM attention a
	WHERE s.employee_id = $1 AND s.kind = 'mute' AND s.ended_at IS NULL AND a.employee_id = $1 AND a.muted_until <= $2`

// Asking for silence is counted by the rule that stops sending to a unit.
const setPreferences = `
	WITH muted AS (
		INSERT INTO silence (employee_id, kind, at) SELECT $1, 'mute', $5 WHERE $3::timestamptz > $5
		ON CONFLICT DO NOTHING
	), heard AS (
		UPDATE silence SET ended_at = $5 WHERE employee_id = $1 AND kind = 'mute' AND ended_at IS NULL
		AND ($3::timestamptz IS NULL OR $3 <= $5)
	)
	INSERT INTO attention (employee_id, hour, muted_until, mute_all, changed_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (employee_id) DO UPDATE SET hour = excluded.hour, muted_until = excluded.muted_until,
	       mute_all = excluded.mute_all, changed_at = excluded.changed_at`

// SetPreferences stores what a person wants of messages. What waits to be sent to
// somebody who wants silence is withdrawn.
func (t *Tx) SetPreferences(ctx context.Context, employeeID int64, w courier.Preferences, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, endLapsed, employeeID, now); err != nil {
		return safe("end a silence", err)
	}
	if _, err := t.tx.ExecContext(ctx, setPreferences, employeeID, w.Hour, nullTime(w.MutedUntil), w.MuteAll, now); err != nil {
		return safe("store preferences", err)
	}
	if !w.MutedUntil.After(now) {
		return nil
	}
	return t.withdrawMuted(ctx, employeeID, w.MutedUntil, w.MuteAll, now)
}

const (
	notificationOf   = `SELECT ` + notificationColumns + ` FROM notice n WHERE n.id = $1 AND n.employee_id = $2`
	lastNotification = `
		SELECT ` + notificationColumns + ` FROM notice n LEFT JOIN outbox o ON o.key = n.outbox_key
		WHERE n.employee_id = $1 AND n.class <> 'list' AND n.action = 'send' AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `
		ORDER BY n.at DESC, n.id DESC LIMIT 1`
)

// NotificationOf returns a notification to the person; 0 = the last message that
// went. ErrNotFound when there is none, or it is somebody else's.
func (t *Tx) NotificationOf(ctx context.Context, id, employeeID int64) (courier.Notification, error) {
	query, args := notificationOf, []any{id, employeeID}
	if id == 0 {
		query, args = lastNotification, []any{employeeID}
	}
	list, err := t.notifications(ctx, "read a notification", query, args...)
	if err != nil {
		return courier.Notification{}, err
	}
	if len(list) == 0 {
		return courier.Notification{}, ErrNotFound
	}
	return list[0], nil
}

const markRead = `UPDATE notice SET read_at = $3 WHERE id = $1 AND employee_id = $2 AND read_at IS NULL`

// MarkRead notes the first tap on a message that the bot started.
func (t *Tx) MarkRead(ctx context.Context, id, employeeID int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, markRead, id, employeeID, now)
	return safe("note a tap", err)
}
