package scheduler

import (
	"context"
	"time"
)

// expiriesTx is what the job expiries asks of the open transaction.
type expiriesTx interface {
	Expire(ctx context.Context, now time.Time) (int, error)
}

// Expiries is the job that ends what has expired: messages that were not sent in
// their time, held messages, offers that nobody took, ratings that were not
// given. One run does for all that were missed.
func Expiries() Job {
	return Job{Name: "expiries", Spec: "*/5 * * * *", Window: 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx expiriesTx, _ Slot, now time.Time) (Result, error) {
			n, err := tx.Expire(ctx, now)
			return Result{Done: n}, err
		})}
}
