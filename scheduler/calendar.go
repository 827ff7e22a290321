package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
)

// Calendar is the job that tells the personnel office what the calendar lacks,
// once a month. A missed morning is made up for on the next one.
func Calendar(r *reminder.Reminder) Job {
	return Job{Name: "calendar", Spec: "30 8 * * *", Window: 12 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx reminder.WatchTx, _ Slot, now time.Time) (Result, error) {
			n, err := r.WarnCalendar(ctx, tx, now)
			return Result{Done: n}, err
		})}
}
