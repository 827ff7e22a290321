package scheduler

import (
	"context"
	"fmt"
	"time"
)

// afterOutageTx is what the job after-outage asks of the open transaction.
type afterOutageTx interface {
	// AskAgain has everybody asked again who touched a form during an outage or
	// up to before ahead of it, and returns how many they are.
	AskAgain(ctx context.Context, botID int64, now time.Time, before time.Duration) (people int, err error)
}

const (
	interruptedFor = 30 * time.Minute // before the outage
	serviceFrom    = 6                // o'clock: what the bot starts by itself comes by day
	serviceUntil   = 21
)

// AfterOutage is the job that asks people again who were in the middle of a
// question when an outage began, because Telegram forgets a press after 150
// seconds. At night it waits for the morning.
func AfterOutage(botID int64) Job {
	return Job{Name: "after-outage", Spec: eachMinute, Window: time.Minute, Policy: Skip,
		Run: onTx(func(ctx context.Context, tx afterOutageTx, _ Slot, now time.Time) (Result, error) {
			if h := now.Hour(); h < serviceFrom || h >= serviceUntil {
				return Result{}, nil
			}
			people, err := tx.AskAgain(ctx, botID, now, interruptedFor)
			if err != nil {
				return Result{}, fmt.Errorf("ask again: %w", err)
			}
			return Result{Done: people}, nil
		})}
}

// onTx gives a job the open transaction as the interface that it needs; it is an
// error when the store does not have these methods.
func onTx[T any](run func(context.Context, T, Slot, time.Time) (Result, error)) func(context.Context, Tx, Slot, time.Time) (Result, error) {
	return func(ctx context.Context, tx Tx, slot Slot, now time.Time) (Result, error) {
		own, ok := tx.(T)
		if !ok {
			return Result{}, fmt.Errorf("the store does not do what job %s needs", slot.Job)
		}
		return run(ctx, own, slot, now)
	}
}
