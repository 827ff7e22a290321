package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/summary"
)

const summaryPreference = `SELECT weekday, minute, muted_until FROM summary_wish WHERE employee_id = $1`

type preferenceRow struct {
	Weekday int          `db:"weekday"`
	Minute  int          `db:"minute"`
	Muted   sql.NullTime `db:"muted_until"`
}

func (r preferenceRow) preference() summary.Preference {
	return summary.Preference{Weekday: time.Weekday(r.Weekday % 7), Hour: outreach.Clock(r.Minute), MutedUntil: r.Muted.Time}
}

// SummaryPreference returns when a superior wants the summary; the zero Preference = as usual.
func (t *Tx) SummaryPreference(ctx context.Context, employeeID int64) (summary.Preference, error) {
	var r preferenceRow
	if err := t.one(ctx, &r, summaryPreference, employeeID); err != nil && !errors.Is(err, ErrNotFound) {
		return summary.Preference{}, err
	}
	return r.preference(), nil
}

const setSummaryPreference = `
	INSERT INTO summary_wish (employee_id, weekday, minute, muted_until, changed_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (employee_id) DO UPDATE SET weekday = excluded.weekday, minute = excluded.minute,
	       muted_until = excluded.muted_until, changed_at = excluded.changed_at`

// SetSummaryPreference stores when a superior wants the summary.
func (t *Tx) SetSummaryPreference(ctx context.Context, employeeID int64, w summary.Preference, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, setSummaryPreference, employeeID, int(w.Day()), int(w.Hour),
		sql.NullTime{Time: w.MutedUntil, Valid: !w.MutedUntil.IsZero()}, now)
	return safe("store the preference for the summary", err)
}

var (
	readSummaries = `UPDATE notice SET read_at = $2 WHERE employee_id = $1 AND ` + isSummary("notice") + ` AND read_at IS NULL`
	putCard       = `
		INSERT INTO summary_card (employee_id, message_id, picture, pressed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (employee_id) DO UPDATE SET message_id = excluded.message_id, picture = excluded.picture, pressed_at = excluded.pressed_at`
	// Numbers of messages belong to a chat: in an account that was linked
	// before, the same number is another message.
	summaryNotification = `
		SELECT n.id FROM notice n JOIN outbox o ON o.key = n.outbox_key JOIN chat c ON c.id = o.chat_id AND c.employee_id = n.employee_id
		WHERE n.employee_id = $1 AND ` + isSummary("n") + ` AND o.message_id = $2 ORDER BY n.id DESC LIMIT 1`
	summaryCard = `SELECT message_id, picture FROM summary_card WHERE employee_id = $1 AND pressed_at > $2`
)

// TouchSummary notes a tap on a summary: what was sent counts as read, and the
// message is the one that later changes are shown on. message 0 = no button.
func (t *Tx) TouchSummary(ctx context.Context, employeeID int64, message int, picture bool, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, readSummaries, employeeID, now); err != nil {
		return safe("note a tap", err)
	}
	if message == 0 {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, putCard, employeeID, message, picture, now)
	return safe("note a summary", err)
}

// SummaryCard returns the summary that was pressed last and whether it is the
// caption of a picture; ErrNotFound when that was before since.
func (t *Tx) SummaryCard(ctx context.Context, employeeID int64, since time.Time) (message int, picture bool, err error) {
	var r struct {
		Message int  `db:"message_id"`
		Picture bool `db:"picture"`
	}
	err = t.one(ctx, &r, summaryCard, employeeID, since)
	return r.Message, r.Picture, err
}

// SummaryNotification returns the notification by which a message came as
// somebody's summary; 0 = it came otherwise.
func (t *Tx) SummaryNotification(ctx context.Context, employeeID int64, message int) (id int64, err error) {
	if message == 0 {
		return 0, nil
	}
	if err = t.one(ctx, &id, summaryNotification, employeeID, message); errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return id, err
}
