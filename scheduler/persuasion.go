package scheduler

import (
	"context"
	"time"

	"bangkom/internal/reminder"
)

// Persuasion is the job that sends what campaigns have to send, counts those whose time has
// come, and tells the personnel office of requests for help to which no helper has answered.
// What is due is found by what was not sent yet, so one run does for all that were missed.
func Persuasion(r *reminder.Reminder) Job {
	return Job{Name: "persuasion", Spec: "*/5 * * * *", Window: 12 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx reminder.CampaignTx, _ Slot, now time.Time) (Result, error) {
			t, err := r.Persuade(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}
