package summary

import (
	"context"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/reminder"
	"bangkom/internal/summary"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	reminder.LadderTx
	courier.Tx
	Teams(ctx context.Context, bosses []int64, now time.Time, caps outreach.Caps) (map[int64]*summary.Facts, error)
	SummaryPreference(ctx context.Context, employeeID int64) (summary.Preference, error)
	SummaryNotification(ctx context.Context, employeeID int64, message int) (int64, error)
	SetSummaryPreference(ctx context.Context, employeeID int64, w summary.Preference, now time.Time) error
	TouchSummary(ctx context.Context, employeeID int64, message int, picture bool, now time.Time) error
	SummaryCard(ctx context.Context, employeeID int64, since time.Time) (message int, picture bool, err error)
	Team(ctx context.Context, superior int64, now time.Time) ([]personnel.Member, error)
	CodeOfficers(ctx context.Context, people []int64, asker int64) ([]personnel.CodeOfficer, error)
	TeamMember(ctx context.Context, superior, employee int64, now time.Time) (personnel.Member, error)
}
