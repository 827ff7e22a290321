package planning

import (
	"context"
	"time"

	"bangkom/internal/needs"
	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction; what each method promises stands in
// the room training.
type Tx interface {
	Programmes(ctx context.Context) ([]training.Programme, error)
	Programme(ctx context.Context, id int64) (training.Programme, error)
	AddProgramme(ctx context.Context, p training.Programme, by int64, now time.Time) (int64, error)
	EditProgramme(ctx context.Context, p, was training.Programme, by int64, now time.Time) (training.Outcome, error)
	Units(ctx context.Context) ([]training.Unit, error)
	Partners(ctx context.Context) ([]training.Partner, error)
	Competencies(ctx context.Context) ([]training.Aim, error)
	Batch(ctx context.Context, id int64) (training.Batch, error)
	BatchesRun(ctx context.Context, who personnel.Employee, now time.Time, skip, limit int) ([]training.Batch, int, error)
	// LastBatch is the newest batch of a programme that has sessions and was not cancelled; found
	// is false when there is none.
	LastBatch(ctx context.Context, programme int64) (b training.Batch, found bool, err error)
	PartnerOffer(ctx context.Context, id int64) (training.PartnerOffer, error)
	NeedPeriods(ctx context.Context) ([]needs.Period, error)
	Needs(ctx context.Context, period, reader int64) (needs.Frozen, error)
	NeedTeams(ctx context.Context, period int64) ([]needs.Team, error)
	NeedLevels(ctx context.Context, period int64) ([]needs.OwnLevel, error)
	// LackingTrainings lists the batches that the office has to look at, nearest first, those
	// whose registration still runs before the others.
	LackingTrainings(ctx context.Context, now time.Time) ([]training.Lacking, error)
	AddBatch(ctx context.Context, b training.Batch, by int64, now time.Time) (int64, error)
	ChangeBatch(ctx context.Context, b training.Batch, by int64, now time.Time) (out training.Outcome, moved, room bool, err error)
	OpenBatch(ctx context.Context, batch int64, revision int, by int64, now time.Time) (training.Outcome, error)
	CopyBatch(ctx context.Context, batch int64, starts time.Time, by int64, now time.Time) (int64, error)
	CancelBatch(ctx context.Context, batch int64, revision int, reason string, by int64, now time.Time) (training.Outcome, []training.Participant, error)
	Committee(ctx context.Context, batch int64) ([]personnel.Employee, error)
	SetCommittee(ctx context.Context, batch, employee int64, in bool, by int64, now time.Time) error
	Participants(ctx context.Context, a personnel.Area, batch int64) ([]training.Participant, error)
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
}
