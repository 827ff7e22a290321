package attention

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/reminder"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	reminder.NoteTx
	courier.Tx
	CopyReminders(ctx context.Context, chatID int64) (json.RawMessage, error)
	AddSnooze(ctx context.Context, taskID, employeeID int64, now, until time.Time, counted bool) error
	Reminded(ctx context.Context, taskID, employeeID int64) (bool, error)
	SnoozedSo(ctx context.Context, taskID int64, until, now time.Time) (yes, counted bool, err error)
	Preferences(ctx context.Context, employeeID int64) (courier.Preferences, error)
	SetPreferences(ctx context.Context, employeeID int64, w courier.Preferences, now time.Time) error
	Pauses(ctx context.Context, limit int) ([]reminder.Pause, error)
	ResumeUnit(ctx context.Context, id, by int64, now time.Time) error
	NotificationOf(ctx context.Context, id, employeeID int64) (courier.Notification, error)
	MarkRead(ctx context.Context, id, employeeID int64, now time.Time) error
}
