package scheduler

import (
	"context"
	"time"

	"bangkom/internal/courier"
)

// WeeklyNote is the job that sends everybody who owes something three lines at
// the hour of their own Monday. Missed runs are merged into one, up to Sunday:
// the note holds for the week, and one note is enough (product.md 2.3, rule 2).
func WeeklyNote(c *courier.Courier) Job {
	return Job{Name: "weekly-note", Spec: "*/15 6-20 * * *", Window: 6 * 24 * time.Hour, Policy: Merge,
		Run: with(func(ctx context.Context, tx courier.NoteTx, _ Slot, now time.Time) (Result, error) {
			t, err := c.Notes(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept}, err
		})}
}
