package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
)

// Signoffs is the job that tells whoever prepares or approves what units need that something
// waits. A missed morning is made up for on the next one.
func Signoffs(r *reminder.Reminder) Job {
	return Job{Name: "signoffs", Spec: "20 8 * * *", Window: 12 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx reminder.SignoffTx, _ Slot, now time.Time) (Result, error) {
			n, err := r.Signoffs(ctx, tx, now)
			return Result{Done: n}, err
		})}
}
