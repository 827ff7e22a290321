package scheduler

import (
	"context"
	"time"

	"bangkom/internal/resolve"
)

// Resolves is the job that offers a resolve of one's own (niat) to everybody who attended a
// training, and brings it back thirty days later. It is a job of its own, so that no
// transaction is about a resolve and an evaluation. What is due is found by its day, so one
// run does for all that were missed.
func Resolves(r *resolve.Runner) Job {
	return Job{Name: "resolves", Spec: "25 * * * *", Window: 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx resolve.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := r.Run(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}
