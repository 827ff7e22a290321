package partners

import (
	"context"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/coverage"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	coverage.Market
	ProposalYears(ctx context.Context) ([]int, error)
	// Partners lists all partners by name.
	Partners(ctx context.Context) ([]training.Partner, error)
	Partner(ctx context.Context, id int64) (training.Partner, error)
	SetPartnerRemoved(ctx context.Context, partner int64, removed bool, by int64, now time.Time) error
	PartnerOffers(ctx context.Context, partner int64, now time.Time) ([]training.PartnerOffer, error)
	PartnerOffer(ctx context.Context, id int64) (training.PartnerOffer, error)
	WithdrawOffer(ctx context.Context, id, by int64, now time.Time) error
	// YearBatches lists the batches of a year in the order of their days.
	YearBatches(ctx context.Context, year int, place *time.Location) ([]training.Batch, error)
	RecordExport(ctx context.Context, what, partner string, by int64, now time.Time) error
	feature.Holders
}
