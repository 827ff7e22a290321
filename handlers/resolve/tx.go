package resolve

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/resolve"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	Resolves(ctx context.Context, employee, batch int64, since, now time.Time) ([]resolve.Resolve, error)
	PutResolve(ctx context.Context, employee int64, r resolve.Resolve) error
	AnswerResolve(ctx context.Context, employee, batch int64, o resolve.Outcome, day time.Time) error
	DropResolve(ctx context.Context, employee, batch int64) error
	CopyResolves(ctx context.Context, chatID int64) (json.RawMessage, error)
}
