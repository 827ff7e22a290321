package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
)

// Agreements is the job that tells the personnel office that the agreement with a partner
// ends soon. A missed morning is made up for on the next one.
func Agreements(r *reminder.Reminder) Job {
	return Job{Name: "agreements", Spec: "25 8 * * *", Window: 12 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx reminder.AgreementTx, _ Slot, now time.Time) (Result, error) {
			n, err := r.Agreements(ctx, tx, now)
			return Result{Done: n}, err
		})}
}
