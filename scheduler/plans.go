package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
)

// Plans is the job that does to development plans what time does. It looks at what is due by the
// clock and does each thing once, so one run does for all that were missed.
func Plans(r *reminder.Reminder) Job {
	return Job{Name: "plans", Spec: "35 7-16 * * *", Window: 7 * 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx reminder.PlansTx, _ Slot, now time.Time) (Result, error) {
			t, err := r.Plans(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}
