package scheduler

import (
	"context"
	"time"

	"bangkom/internal/evaluation"
)

// Evaluations is the job that asks who attended a training about it, within half an hour
// after its end, and reminds them once. What is due is found by its time, so one run does
// for all that were missed.
func Evaluations(r *evaluation.Runner) Job {
	return Job{Name: "evaluations", Spec: "*/5 * * * *", Window: 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx evaluation.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := r.Ask(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}

// EvaluationClose is the job that closes what is asked about trainings: in one
// transaction it opens the sealed answers in memory, counts them, publishes what may be
// shown and deletes them. It is a job of its own, so that a close that fails holds up no
// question.
func EvaluationClose(r *evaluation.Runner) Job {
	return Job{Name: "evaluation-close", Spec: "*/5 * * * *", Window: 24 * time.Hour, Policy: Merge,
		Run: onTx(func(ctx context.Context, tx evaluation.Tx, _ Slot, now time.Time) (Result, error) {
			t, err := r.Close(ctx, tx, now)
			return Result{Done: t.Sent, Skipped: t.Kept, Failed: t.Failed}, err
		})}
}
