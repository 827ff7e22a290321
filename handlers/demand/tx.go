package demand

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/coverage"
	"bangkom/internal/needs"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	ProposalUnits(ctx context.Context, officer int64) ([]needs.ProposalUnit, error)
	OfficerProposals(ctx context.Context, officer int64) ([]needs.Proposal, error)
	Proposal(ctx context.Context, officer, id int64) (needs.Proposal, error)
	ProposalYears(ctx context.Context) ([]int, error)
	AddProposal(ctx context.Context, p needs.Proposal, now time.Time) (needs.Stored, error)
	ChangeProposal(ctx context.Context, p needs.Proposal, now time.Time) (needs.Stored, error)
	WithdrawProposal(ctx context.Context, id int64, revision int, by int64, now time.Time) (needs.Stored, error)
	CopyProposals(ctx context.Context, chatID int64) (json.RawMessage, error)
	YearBatches(ctx context.Context, year int, place *time.Location) ([]training.Batch, error)
	RecordExport(ctx context.Context, what, partner string, by int64, now time.Time) error
	coverage.Market
	Partner(ctx context.Context, id int64) (training.Partner, error)
	feature.Holders
	Programmes(ctx context.Context) ([]training.Programme, error)
}
