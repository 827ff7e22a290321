package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
)

// maxLadders is how many tasks one run of reminders looks at. What is left is
// due five minutes later.
const maxLadders = 20_000

// Reminders is the job that takes the ladder of every task that is due one step
// further: invitation, reminders, the supervisor's list, the board of the
// personnel office, closed. Held messages whose time has come are decided again
// before that. Missed runs are merged into one, because what is due
// is found by its time; after six hours the day is over and tomorrow's first run
// finds it (reliability.md E3).
func Reminders(r *reminder.Reminder) Job {
	return Job{Name: "reminders", Spec: "*/5 * * * *", Window: 6 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx reminder.RewriteTx, _ Slot, now time.Time) (Result, error) {
			held, err := r.Resume(ctx, tx, now, maxLadders)
			if err != nil {
				return Result{}, err
			}
			t, err := r.Climb(ctx, tx, now, maxLadders)
			return Result{Done: t.Sent + held.Sent, Skipped: t.Kept + held.Kept}, err
		})}
}
