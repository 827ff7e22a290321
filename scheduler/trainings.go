package scheduler

import (
	"context"
	"time"

	"bangkom/internal/seating"
)

// Seats is the job that keeps the seats of trainings: offers to the next in the queue and
// their ends, ranked registrations at their close, superiors who are silent, batches that
// begin and end. It looks at what is due by the clock, so one run does for all that were
// missed; whatever was due in an outage of days is due after it.
func Seats(c *seating.Clerk) Job {
	return Job{Name: "seats", Spec: "* * * * *", Window: 7 * 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx seating.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := c.Tick(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}

// TrainingSessions is the job that reminds of sessions an hour before they begin. What was
// missed is of use until then only.
func TrainingSessions(c *seating.Clerk) Job {
	return Job{Name: "training-sessions", Spec: "*/5 * * * *", Window: time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx seating.RemindTx, _ Slot, now time.Time) (Result, error) {
			t, err := c.Soon(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}

// TrainingDay is the job of every working day: it reminds of what begins on the next one,
// and gives superiors the list of permissions that wait.
func TrainingDay(c *seating.Clerk) Job {
	return Job{Name: "training-day", Spec: "0 9 * * *", Window: 8 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx seating.RemindTx, _ Slot, now time.Time) (Result, error) {
			t, err := c.Day(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}
