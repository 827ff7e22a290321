package scheduler

import (
	"context"
	"time"

	"bangkom/internal/followup"
)

// FollowUps is the job that asks participants and superiors what is used of a training,
// reminds them once, and closes what is over. What is due is found by its day, so one run
// does for all that were missed.
func FollowUps(r *followup.Runner) Job {
	return Job{Name: "follow-ups", Spec: "20 7 * * *", Window: 12 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx followup.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := r.Run(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}
