package scheduler

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a Store that behaves as Postgres does: slots are unique, and what a
// transaction did is there at the end or not at all.
type memory struct {
	mu      sync.Mutex
	slots   map[string]Slot // by job and time
	effects []string
	failed  []string
}

func newMemory() *memory { return &memory{slots: map[string]Slot{}} }

type memoryTx struct {
	m       *memory
	slots   []Slot
	effects []string
}

func slotKey(s Slot) string { return s.Job + " " + s.ScheduledFor.UTC().Format(time.RFC3339) }

func (m *memory) LastSlot(_ context.Context, job string, now time.Time) (last, ahead time.Time, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.slots {
		switch {
		case s.Job != job || s.Manual:
		case s.ScheduledFor.After(now):
			ahead = s.ScheduledFor
		case s.ScheduledFor.After(last):
			last = s.ScheduledFor
		}
	}
	return last, ahead, nil
}

func (m *memory) InTx(_ context.Context, fn func(Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	tx := &memoryTx{m: m}
	if err := fn(tx); err != nil {
		return err
	}
	for _, s := range tx.slots {
		m.slots[slotKey(s)] = s
	}
	m.effects = append(m.effects, tx.effects...)
	return nil
}

func (m *memory) SlotFailed(_ context.Context, slot Slot, cause string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed = append(m.failed, slot.ScheduledFor.In(jakarta).Format("15:04 ")+cause)
	return nil
}

func (tx *memoryTx) ClaimSlot(_ context.Context, slot Slot, _ time.Time) (bool, error) {
	if _, taken := tx.m.slots[slotKey(slot)]; taken {
		return false, nil
	}
	tx.slots = append(tx.slots, slot)
	return true, nil
}

func (tx *memoryTx) FinishSlot(context.Context, Slot, Result, time.Time) error { return nil }

// note is a job that writes down which slot it ran, and when.
func note(name, spec string, policy Policy, window time.Duration, then func() error) Job {
	return Job{Name: name, Spec: spec, Policy: policy, Window: window,
		Run: func(_ context.Context, tx Tx, slot Slot, now time.Time) (Result, error) {
			m := tx.(*memoryTx)
			m.effects = append(m.effects, slot.ScheduledFor.In(jakarta).Format("02 15:04"))
			if then != nil {
				return Result{}, then()
			}
			return Result{Done: 1}, nil
		}}
}

// during runs the schedulers for a while in a bubble of false time, which begins
// on Saturday, 1 January 2000, 07:00 WIB.
func during(t *testing.T, d time.Duration, all ...*Scheduler) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, len(all))
	for _, s := range all {
		go func() { done <- s.Run(ctx) }()
	}
	time.Sleep(d)
	synctest.Wait()
	cancel()
	for range all {
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
	}
}

func TestThreeReplicasRunEverySlotOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var replicas []*Scheduler
		for range 3 {
			replicas = append(replicas, New(Config{Store: m, Location: jakarta, Jobs: []Job{note("reminders", "*/10 * * * *", Late, time.Hour, nil)}}))
		}
		during(t, 35*time.Minute+time.Second, replicas...)
		if want := []string{"01 07:00", "01 07:10", "01 07:20", "01 07:30"}; !slices.Equal(m.effects, want) {
			t.Errorf("ran %v, want %v", m.effects, want)
		}
	})
}

// TestThreeDaysAsleep wakes on Saturday at 07:00; the last slot that was done is
// Wednesday's.
func TestThreeDaysAsleep(t *testing.T) {
	tests := []struct {
		policy Policy
		window time.Duration
		want   []string
	}{
		{Late, 100 * time.Hour, []string{"30 09:00", "31 09:00", "01 07:03"}},
		{Late, 24 * time.Hour, []string{"31 09:00", "01 07:03"}},
		{Merge, 100 * time.Hour, []string{"31 09:00", "01 07:03"}},
		{Skip, 100 * time.Hour, []string{"01 07:03"}},
	}
	for _, tt := range tests {
		t.Run(string(tt.policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				last := Slot{Job: "old", ScheduledFor: time.Now().Add(-70 * time.Hour)} // Wednesday 09:00
				fresh := Slot{Job: "fresh", ScheduledFor: last.ScheduledFor}
				m.slots[slotKey(last)], m.slots[slotKey(fresh)] = last, fresh
				during(t, 10*time.Minute, New(Config{Store: m, Location: jakarta, Jobs: []Job{
					note("old", "0 9 30,31 * *", tt.policy, tt.window, nil),
					note("fresh", "3 7 1 * *", tt.policy, tt.window, nil), // not missed at all
				}}))
				if !slices.Equal(m.effects, tt.want) {
					t.Errorf("%s with %v ran %v, want %v", tt.policy, tt.window, m.effects, tt.want)
				}
			})
		})
	}
}

func TestAJobThatFailsHalfWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, runs := newMemory(), 0
		s := New(Config{Store: m, Location: jakarta, Jobs: []Job{note("shaky", "5,7 7 * * *", Late, time.Hour, func() error {
			switch runs++; runs {
			case 1:
				return errors.New("the disk is full")
			case 2:
				panic("nil map")
			}
			return nil
		})}})
		during(t, 20*time.Minute, s)
		if want := []string{"01 07:05", "01 07:07"}; !slices.Equal(m.effects, want) {
			t.Errorf("what failed left %v, want %v", m.effects, want)
		}
		if len(m.failed) != 2 || !strings.Contains(m.failed[0], "07:05 the disk is full") || m.failed[1] != "07:05 panic" {
			t.Errorf("recorded %q", m.failed)
		}
	})
}

func TestTheEndOfTheProgramIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		slow := Job{Name: "slow", Spec: "0 7 * * *", Policy: Late, Window: time.Hour,
			Run: func(ctx context.Context, _ Tx, _ Slot, _ time.Time) (Result, error) {
				<-ctx.Done()
				return Result{}, ctx.Err()
			}}
		during(t, 2*time.Minute, New(Config{Store: m, Location: jakarta, Jobs: []Job{slow}}))
		if last, _, _ := m.LastSlot(t.Context(), "slow", time.Now()); len(m.failed) != 0 || last.Equal(time.Date(2000, 1, 1, 7, 0, 0, 0, jakarta)) {
			t.Errorf("a run that was cut short: recorded %q, last slot %v; want it to come again", m.failed, last)
		}
	})
}

func TestANewJobBeginsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, runs := newMemory(), 0
		// The first slot fails for longer than it would count as on time.
		s := New(Config{Store: m, Location: jakarta, Jobs: []Job{note("weekly", "3 7 * * *", Merge, 6*24*time.Hour, func() error {
			if runs++; runs <= 20 {
				return errors.New("not yet")
			}
			return nil
		})}})
		during(t, 30*time.Minute, s)
		if want := []string{"01 07:03"}; !slices.Equal(m.effects, want) {
			t.Errorf("ran %v, want %v and nothing of earlier days", m.effects, want)
		}
	})
}

// A job that has got another name, as after-outage, which was sessions, finds the
// rows of the old name in the table.
func TestARenamedJobMakesUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		for h := range 72 {
			old := Slot{Job: "sessions", ScheduledFor: time.Now().Add(-time.Duration(h+1) * time.Hour)}
			m.slots[slotKey(old)] = old
		}
		s := New(Config{Store: m, Location: jakarta, Jobs: []Job{note("after-outage", "30 * * * *", Late, 6*24*time.Hour, nil)}})
		during(t, time.Hour, s)
		if want := []string{"01 07:30"}; !slices.Equal(m.effects, want) {
			t.Errorf("ran %v, want %v and nothing of the hours under the old name", m.effects, want)
		}
	})
}

func TestTheClockIsSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, back := newMemory(), time.Duration(0)
		s := New(Config{Store: m, Location: jakarta, Now: func() time.Time { return time.Now().Add(-back) },
			Jobs: []Job{note("hourly", "0 * * * *", Late, 6*time.Hour, nil)}})
		during(t, 65*time.Minute, s) // 07:00 and 08:00
		back = 90 * time.Minute      // it is 06:35 again
		during(t, 3*time.Hour, s)
		if want := []string{"01 07:00", "01 08:00", "01 09:00"}; !slices.Equal(m.effects, want) {
			t.Errorf("ran %v, want %v", m.effects, want)
		}
	})
}

func TestRunJob(t *testing.T) {
	m := newMemory()
	s := New(Config{Store: m, Location: jakarta, Jobs: []Job{note("weekly-summary", "0 9 * * 1", Merge, time.Hour, nil)}})
	at := wib(time.January, 11, 9, 0)
	if r, err := s.RunJob(t.Context(), "weekly-summary", at); err != nil || r.Done != 1 {
		t.Errorf("RunJob() = %+v, %v, want one done", r, err)
	}
	if _, err := s.RunJob(t.Context(), "weekly-summary", at); !errors.Is(err, ErrSlotDone) {
		t.Errorf("RunJob() again = %v, want %v", err, ErrSlotDone)
	}
	if _, err := s.RunJob(t.Context(), "summary", at); !errors.Is(err, ErrUnknownJob) {
		t.Errorf("RunJob(summary) = %v, want %v", err, ErrUnknownJob)
	}
	if last, _, _ := m.LastSlot(t.Context(), "weekly-summary", time.Now().AddDate(50, 0, 0)); !last.IsZero() || len(m.effects) != 1 {
		t.Errorf("after a run by hand the last slot is %v, effects %v", last, m.effects)
	}
	if got := s.Upcoming("weekly-summary", at, 2); len(got) != 2 || !got[1].Equal(at.AddDate(0, 0, 14)) {
		t.Errorf("Upcoming() = %v", got)
	}
	if got := s.Upcoming("summary", at, 2); got != nil {
		t.Errorf("Upcoming() of an unknown job = %v, want none", got)
	}
}

func TestRegistration(t *testing.T) {
	good := note("good", "0 9 * * 1", Merge, time.Hour, nil)
	odd := good
	odd.Policy = "sometimes"
	idle := good
	idle.Run = nil
	tests := map[string]struct {
		cfg  Config
		want string
	}{
		"no store":     {Config{Jobs: []Job{good}}, "store"},
		"given twice":  {Config{Store: newMemory(), Jobs: []Job{good, good}}, "twice"},
		"bad spec":     {Config{Store: newMemory(), Jobs: []Job{note("x", "@every 1h", Late, 0, nil)}}, "@every"},
		"no policy":    {Config{Store: newMemory(), Jobs: []Job{odd}}, "sometimes"},
		"nothing done": {Config{Store: newMemory(), Jobs: []Job{idle}}, "nothing to run"},
	}
	for name, tt := range tests {
		s := New(tt.cfg)
		if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Run() = %v, want it to say %q", name, err, tt.want)
		}
		if _, err := s.RunJob(t.Context(), "good", time.Now()); err == nil {
			t.Errorf("%s: RunJob() = nil, want an error", name)
		}
	}
	if got := New(Config{Jobs: []Job{good}}).Jobs(); !slices.Equal(got, []string{"good"}) {
		t.Errorf("Jobs() without a store = %q, want [good]", got)
	}
}
