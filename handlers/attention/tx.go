package attention

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/personnel"
	"bangkom/internal/persuasion"
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
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
	HelperOf(ctx context.Context, employee int64, now time.Time) (h persuasion.Helper, ok bool, err error)
	Helpers(ctx context.Context, skip, limit int) ([]persuasion.Helper, error)
	HelperUnits(ctx context.Context, employee int64, limit int) ([]persuasion.Helper, error)
	NameHelper(ctx context.Context, unit, employee, by int64, now time.Time) error
	DropHelper(ctx context.Context, unit, helper, by int64, now time.Time) error
	RequestOf(ctx context.Context, employee, task int64) (q persuasion.Request, ok bool, err error)
	AskHelp(ctx context.Context, employee, task, helper int64, now time.Time) (id int64, err error)
	RequestFor(ctx context.Context, id, viewer int64, hr bool, now time.Time) (persuasion.Request, error)
	ShowRequest(ctx context.Context, id, chat int64, message int) error
	HideRequest(ctx context.Context, chat int64, message int) error
	ContactRequest(ctx context.Context, id, by int64, now time.Time) error
	CopyHelp(ctx context.Context, chatID int64) (json.RawMessage, error)
	MarkRead(ctx context.Context, id, employeeID int64, now time.Time) error
}
