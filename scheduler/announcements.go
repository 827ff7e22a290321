package scheduler

import (
	"context"
	"time"

	"bangkom/internal/mailing"
)

// Announcements is the job that ends what nobody answered or nobody got in time: requests
// for a second person's approval, whose authors are told, and recipients for whom the end
// of an announcement has come. One run does for all that were missed. The sending itself
// is no job: a worker does it within seconds.
func Announcements(m *mailing.Mailer) Job {
	return Job{Name: "announcements", Spec: "* * * * *", Window: 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx mailing.ExpiryTx, _ Slot, now time.Time) (Result, error) {
			n, err := m.Expire(ctx, tx, now)
			return Result{Done: n}, err
		})}
}
