package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Sessions is what the job `sessions` needs: after an outage, whoever was in
// the middle of a question is asked it again, because Telegram forgets a press
// after 150 seconds.
type Sessions struct {
	Store interface {
		// AskAgain lets those be asked who touched a form in a gap, or within
		// before of it, and returns their lanes.
		AskAgain(ctx context.Context, botID int64, now time.Time, before time.Duration) ([]int64, error)
	}
	BotID int64
	Wake  func(lanes []int64)
	Now   func() time.Time
}

const (
	interruptedFor = 30 * time.Minute // before the gap
	serviceFrom    = 6                // o'clock: what the bot starts by itself comes by day
	serviceUntil   = 21
)

// run asks again, unless it is night: then the job does it in the morning.
func (j Sessions) run(ctx context.Context, now time.Time, log *slog.Logger) error {
	if h := now.Hour(); h < serviceFrom || h >= serviceUntil {
		return nil
	}
	lanes, err := j.Store.AskAgain(ctx, j.BotID, now, interruptedFor)
	if err != nil {
		return fmt.Errorf("ask again: %w", err)
	}
	if len(lanes) > 0 {
		log.Info("asked again after an outage", "people", len(lanes))
		j.Wake(lanes)
	}
	return nil
}
