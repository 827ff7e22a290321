package scheduler

import (
	"context"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/summary"
)

// noteTx is what the weekly note asks of the open transaction: a superior's note
// comes after the summary of the day.
type noteTx interface {
	courier.NoteTx
	summary.Tx
}

// WeeklyNote is the job that sends everybody who owes something three lines at
// the hour of their own Monday. Missed runs are merged into one, up to Sunday:
// the note holds for the week, and one note is enough (product.md 2.3, rule 2).
// Whose summary of today is not decided gets a turn after that.
func WeeklyNote(c *courier.Courier, m *summary.Mailer) Job {
	return Job{Name: "weekly-note", Spec: "*/15 6-20 * * *", Window: 6 * 24 * time.Hour, Policy: Merge,
		Run: with(func(ctx context.Context, tx noteTx, _ Slot, now time.Time) (Result, error) {
			later, err := m.Waits(ctx, tx, now)
			if err != nil {
				return Result{}, err
			}
			t, err := c.Notes(ctx, tx, now, later)
			return Result{Done: t.Sent, Skipped: t.Kept}, err
		})}
}
