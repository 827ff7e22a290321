package scheduler

import (
	"context"
	"fmt"
	"time"
)

// sessionsTx is what the job sessions asks of the open transaction.
type sessionsTx interface {
	// AskAgain lets those be asked who touched a form in a gap, or within
	// before of it, and tells how many they are.
	AskAgain(ctx context.Context, botID int64, now time.Time, before time.Duration) (people int, err error)
}

const (
	interruptedFor = 30 * time.Minute // before the gap
	serviceFrom    = 6                // o'clock: what the bot starts by itself comes by day
	serviceUntil   = 21
)

// Sessions is the job that has whoever was in the middle of a question asked
// again after an outage, because Telegram forgets a press after 150 seconds. At
// night it waits for the morning.
func Sessions(botID int64) Job {
	return Job{Name: "sessions", Spec: eachMinute, Window: time.Minute, Policy: Skip,
		Run: with(func(ctx context.Context, tx sessionsTx, _ Slot, now time.Time) (Result, error) {
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

// with gives the work of a job the transaction as the interface that it needs.
func with[T any](run func(context.Context, T, Slot, time.Time) (Result, error)) func(context.Context, Tx, Slot, time.Time) (Result, error) {
	return func(ctx context.Context, tx Tx, slot Slot, now time.Time) (Result, error) {
		own, ok := tx.(T)
		if !ok {
			return Result{}, fmt.Errorf("the store does not do what job %s needs", slot.Job)
		}
		return run(ctx, own, slot, now)
	}
}
