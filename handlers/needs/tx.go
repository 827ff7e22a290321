package needs

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/needs"
	"bangkom/internal/task"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	NeedPeriods(ctx context.Context) ([]needs.Period, error)
	Needs(ctx context.Context, period, reader int64) (needs.Frozen, error)
	NeedWishes(ctx context.Context, period int64) ([]needs.Wish, error)
	NeedUnitWishes(ctx context.Context, period, reader int64) ([]needs.OwnWish, map[int64]int, error)
	NeedTeams(ctx context.Context, period int64) ([]needs.Team, error)
	ProposalYears(ctx context.Context) ([]int, error)
	Supplies(ctx context.Context, year int, place *time.Location) ([]needs.Supply, error)
	RecordExport(ctx context.Context, what, partner string, by int64, now time.Time) error
	SetImportance(ctx context.Context, code string, importance int, by int64, now time.Time) (bool, error)
	Developing(ctx context.Context, code string, now time.Time) ([]training.Developing, error)
	OpenPeople(ctx context.Context, o needs.Opening, now time.Time) (int, error)
	NeedPeople(ctx context.Context, o needs.Opening, each func(needs.Person) error) error
	CopyNeeds(ctx context.Context, chatID int64) (json.RawMessage, error)
	PeriodBoard(ctx context.Context) (task.Board, error)
	feature.Holders
}
