package scheduler

import (
	"context"
	"time"

	"bangkom/internal/summary"
)

// quarterHours is when jobs look whose hour has come.
const quarterHours = "*/15 6-20 * * *"

// WeeklySummary is the job that sends superiors their Monday minute, each at the
// hour and on the day of their own. A missed Monday is made up until Sunday, once
// (reliability.md E3).
func WeeklySummary(m *summary.Mailer) Job {
	return Job{Name: "weekly-summary", Spec: quarterHours, Window: 6 * 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx summary.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := m.Weekly(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept}, err
		})}
}

// OfficeSummary is the job that sends the personnel office the week's roll-up.
func OfficeSummary(m *summary.Mailer) Job {
	return Job{Name: "office-summary", Spec: quarterHours, Window: 6 * 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx summary.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := m.Office(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept}, err
		})}
}

// MonthlySummary is the job that sends the agency's head one screen on the first
// day of a month on which anything may go.
func MonthlySummary(m *summary.Mailer) Job {
	return Job{Name: "monthly-summary", Spec: "*/15 6-20 1-14 * *", Window: 13 * 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx summary.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := m.Month(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept}, err
		})}
}
