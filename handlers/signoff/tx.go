package signoff

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/needs"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	SignoffRounds(ctx context.Context) ([]needs.Round, error)
	Signoffs(ctx context.Context, year int, office bool, person int64, today time.Time) ([]needs.Signoff, error)
	Signoff(ctx context.Context, id int64, office bool, person int64, today time.Time) (needs.Signoff, error)
	SignedContent(ctx context.Context, s needs.Signoff) (needs.Content, error)
	Signatory(ctx context.Context, id int64) (needs.Signatory, error)
	SignoffKnown(ctx context.Context, id, period, person int64, today time.Time) ([]map[int64]int, error)
	OwnSignoffs(ctx context.Context, person int64, today time.Time) ([]needs.Signoff, error)
	StoodIn(ctx context.Context, id, person int64, today time.Time) (unit string, err error)
	SignoffHeads(ctx context.Context, unit int64, today time.Time) ([]int64, error)
	OpenSignoff(ctx context.Context, r needs.Round, units []int64, now time.Time) (needs.Stored, error)
	MoveSignoffDue(ctx context.Context, r needs.Round, by int64, now time.Time) (needs.Stored, error)
	PrepareSignoff(ctx context.Context, s needs.Signoff, c needs.Content, by int64, now time.Time) (needs.Stored, error)
	CorrectSignoff(ctx context.Context, s needs.Signoff, list []needs.SignedNeed, code string, by int64, now time.Time) (needs.Stored, error)
	StepSignoff(ctx context.Context, s needs.Signoff, d needs.Deed, more string, by int64, now time.Time) (needs.Stored, error)
	UnitAbove(ctx context.Context, unit int64) (int64, error)
	CopySignoffs(ctx context.Context, chatID int64) (json.RawMessage, error)
	NeedPeriods(ctx context.Context) ([]needs.Period, error)
	Needs(ctx context.Context, period, reader int64) (needs.Frozen, error)
	Proposals(ctx context.Context, year int) ([]needs.Proposal, error)
	RecordExport(ctx context.Context, what, partner string, by int64, now time.Time) error
	feature.Holders
}
