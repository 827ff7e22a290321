package imports

import (
	"context"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/intake"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	courier.Tx
	intake.Store
	ImportApprovers(ctx context.Context, by int64, at time.Time) ([]int64, error)
	AddUpload(ctx context.Context, u intake.Upload, now time.Time) (int64, error)
	TakeUpload(ctx context.Context, now time.Time) (intake.Upload, error)
	LockUpload(ctx context.Context, id int64) (intake.Upload, error)
	SetUpload(ctx context.Context, id int64, state intake.UploadState, report *intake.Report, now time.Time) error
	CountReading(ctx context.Context, id int64, by int) error
	PutOffUpload(ctx context.Context, id int64, failures int, now time.Time) error
}
