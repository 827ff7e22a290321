package scheduler

import (
	"context"
	"time"

	"bangkom/internal/survey"
)

// Surveys is the job that asks people what the personnel office wants to know, reminds them
// once, closes surveys, and tells what was done. What is due is found by what was not sent
// yet, so one run does for all that were missed.
func Surveys(r *survey.Runner) Job {
	return Job{Name: "surveys", Spec: "*/5 * * * *", Window: 12 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx survey.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := r.Run(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}
