package app

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bangkom/scheduler"
)

// noSlots is a database that does not answer.
type noSlots struct{}

func (noSlots) LastSlot(context.Context, string, time.Time) (last, ahead time.Time, err error) {
	return last, ahead, context.Canceled
}

func (noSlots) InTx(context.Context, func(scheduler.Tx) error) error { return context.Canceled }

func (noSlots) SlotFailed(context.Context, scheduler.Slot, string, time.Time) error {
	return context.Canceled
}

// No job runs while the sample people are still played: a summary would count them
// as people who are not there.
func TestJobsBeginAfterTheSample(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, after := range map[string]chan struct{}{"at once": nil, "later": make(chan struct{})} {
		var log bytes.Buffer
		s := &Service{JobsAfter: after, Scheduler: scheduler.New(scheduler.Config{Jobs: []scheduler.Job{{Name: "any", Spec: "* * * * *", Window: time.Hour, Policy: scheduler.Merge,
			Run: func(context.Context, scheduler.Tx, scheduler.Slot, time.Time) (scheduler.Result, error) {
				return scheduler.Result{}, nil
			}}},
			Store: noSlots{}, Location: time.UTC, Log: slog.New(slog.NewTextHandler(&log, nil))})}
		if err := s.runJobs(ctx); err != nil {
			t.Error(err)
		}
		if began := strings.Contains(log.String(), "job is scheduled"); began != (after == nil) {
			t.Errorf("%s: jobs have begun is %t: %s", name, began, &log)
		}
	}
}
