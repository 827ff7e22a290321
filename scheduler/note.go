package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
	"bangkom/internal/summary"
)

// noteTx is what the weekly note asks of the open transaction: a superior's note
// comes after the summary of the day.
type noteTx interface {
	reminder.NoteTx
	summary.Tx
}

// WeeklyNote is the job that sends everybody who owes something three lines at
// the hour of their own Monday. Missed runs are merged into one, up to Sunday:
// the note holds for the week, and one note is enough (product.md 2.3, rule 2). A
// superior whose summary of today is not decided yet gets the note in a later
// run.
func WeeklyNote(r *reminder.Reminder, m *summary.Mailer) Job {
	return Job{Name: "weekly-note", Spec: "*/15 6-20 * * *", Window: 6 * 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx noteTx, _ Slot, now time.Time) (Result, error) {
			later, err := m.Waits(ctx, tx, now)
			if err != nil {
				return Result{}, err
			}
			t, err := r.Notes(ctx, tx, now, later)
			return Result{Done: t.Sent, Skipped: t.Kept}, err
		})}
}
