package progress

import (
	"context"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	UnitProgress(ctx context.Context, a personnel.Area) (task.Progress, error)
	NotFilled(ctx context.Context, a personnel.Area, unit int64, skip, limit int, now time.Time) ([]personnel.Member, error)
	OfficeChat(ctx context.Context, chat int64) (bool, error)
	HeldBy(ctx context.Context, chat, employee int64) (bool, error)
}
