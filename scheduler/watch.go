package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
)

// UnitPauses is the job that stops sending to units in which too many have muted
// or blocked within a week. It looks back a week by itself, so one run does for
// all that were missed.
func UnitPauses(r *reminder.Reminder) Job {
	return Job{Name: "unit-pauses", Spec: "10 * * * *", Window: 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx reminder.WatchTx, _ Slot, now time.Time) (Result, error) {
			n, err := r.Watch(ctx, tx, now)
			return Result{Done: n}, err
		})}
}
