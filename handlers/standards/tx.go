package standards

import (
	"context"

	"bangkom/handlers/feature"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/standard"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	Standard(ctx context.Context, employee int64) (standard.Standard, error)
	BareTitles(ctx context.Context) (register.Bare, error)
	feature.Holders
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
}
