package standards

import (
	"context"

	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/standard"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	Standard(ctx context.Context, employee int64) (standard.Standard, error)
	BareTitles(ctx context.Context) (register.Bare, error)
	OfficeChat(ctx context.Context, chat int64) (bool, error)
	HeldBy(ctx context.Context, chat, employee int64) (bool, error)
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
}
