package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/courier"
)

const addSnooze = `
	INSERT INTO snooze (task_id, at, employee_id, until) VALUES ($1, $2, $3, $4) ON CONFLICT (task_id, at) DO NOTHING`

// AddSnooze notes that a person put a task off; until is zero for who opens it
// without being reminded.
func (t *Tx) AddSnooze(ctx context.Context, taskID, employeeID int64, now, until time.Time) error {
	_, err := t.tx.ExecContext(ctx, addSnooze, taskID, now, employeeID, nullTime(until))
	return safe("put off a task", err)
}

// A choice without a time that comes again within a minute is the same tap.
const snoozedSo = `
	SELECT EXISTS (SELECT FROM snooze WHERE task_id = $1 AND until IS NOT DISTINCT FROM $2::timestamptz
	               AND (until > $3 OR at > $3::timestamptz - interval '1 minute'))`

// SnoozedSo tells whether a task is put off until that time already; zero for who
// opens it without being reminded.
func (t *Tx) SnoozedSo(ctx context.Context, taskID int64, until, now time.Time) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, snoozedSo, taskID, nullTime(until), now)
	return yes, safe("read a task put off", err)
}

const wishes = `SELECT hour, muted_until, mute_all FROM attention WHERE employee_id = $1`

// Wishes returns what a person has set about messages; the zero Wishes when
// nothing.
func (t *Tx) Wishes(ctx context.Context, employeeID int64) (w courier.Wishes, err error) {
	var row struct {
		Hour  int          `db:"hour"`
		Until sql.NullTime `db:"muted_until"`
		All   bool         `db:"mute_all"`
	}
	err = t.tx.GetContext(ctx, &row, wishes, employeeID)
	if errors.Is(err, sql.ErrNoRows) {
		return w, nil
	}
	return courier.Wishes{Hour: row.Hour, MutedUntil: row.Until.Time, MuteAll: row.All}, safe("read wishes", err)
}

// A silence that has run out is no longer open: the next one counts anew.
const endLapsed = `
	UPDATE silence s SET ended_at = a.muted_until FROM attention a
	WHERE s.employee_id = $1 AND s.kind = 'mute' AND s.ended_at IS NULL AND a.employee_id = $1 AND a.muted_until <= $2`

// A wish for silence is counted by the rule that stops sending to a unit.
const setWishes = `
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

// SetWishes stores what a person wants of messages. What waits to be sent to
// somebody who wants silence is withdrawn.
func (t *Tx) SetWishes(ctx context.Context, employeeID int64, w courier.Wishes, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, endLapsed, employeeID, now); err != nil {
		return safe("end a silence", err)
	}
	if _, err := t.tx.ExecContext(ctx, setWishes, employeeID, w.Hour, nullTime(w.MutedUntil), w.MuteAll, now); err != nil {
		return safe("store wishes", err)
	}
	if !w.MutedUntil.After(now) {
		return nil
	}
	return t.withdrawMuted(ctx, employeeID, w.MutedUntil, w.MuteAll, now)
}

const (
	noticeOf   = `SELECT ` + noticeColumns + ` FROM notice n WHERE n.id = $1 AND n.employee_id = $2`
	lastNotice = `
		SELECT ` + noticeColumns + ` FROM notice n LEFT JOIN outbox o ON o.key = n.outbox_key
		WHERE n.employee_id = $1 AND n.class <> 'list' AND n.action = 'send' AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `
		ORDER BY n.at DESC, n.id DESC LIMIT 1`
)

// NoticeOf returns a notice to the person; 0 = the last message that went.
// ErrNotFound when there is none, or it is somebody else's.
func (t *Tx) NoticeOf(ctx context.Context, id, employeeID int64) (courier.Notice, error) {
	query, args := noticeOf, []any{id, employeeID}
	if id == 0 {
		query, args = lastNotice, []any{employeeID}
	}
	list, err := t.notices(ctx, "read a notice", query, args...)
	if err != nil {
		return courier.Notice{}, err
	}
	if len(list) == 0 {
		return courier.Notice{}, ErrNotFound
	}
	return list[0], nil
}

const markRead = `UPDATE notice SET read_at = $3 WHERE id = $1 AND employee_id = $2 AND read_at IS NULL`

// MarkRead notes the first tap on a message that the bot started.
func (t *Tx) MarkRead(ctx context.Context, id, employeeID int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, markRead, id, employeeID, now)
	return safe("note a tap", err)
}
