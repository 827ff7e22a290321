package scheduler

import (
	"context"
	"time"
)

// retentionTx is what the job retention asks of the open transaction.
type retentionTx interface {
	Prune(ctx context.Context, now time.Time, limit int) (int, error)
}

const (
	pruneStep = 5_000 // rows of each sort in one statement
	maxPruned = 200_000
)

// Retention is the job that deletes at night what has been kept long enough, in
// bounded steps. A missed night is made up for by the next run, which finds
// everything; what one run leaves, the next night takes.
func Retention() Job {
	return Job{Name: "retention", Spec: "30 2 * * *", Window: 12 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx retentionTx, _ Slot, now time.Time) (Result, error) {
			total := 0
			for total < maxPruned {
				n, err := tx.Prune(ctx, now, pruneStep)
				if err != nil {
					return Result{}, err
				}
				total += n
				if n == 0 {
					break
				}
			}
			return Result{Done: total}, nil
		})}
}
