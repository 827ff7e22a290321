package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is one registered job. What it does must follow from now and the database
// alone: it is run for the past after an outage, and for a year in a simulation.
type Job struct {
	Name string // as in `bangkom job list`
	Spec string // five fields of cron in Config.Location
	// Window is how old a missed slot may be that is still made up (reliability.md
	// E3: reminders 6 h, weekly summary 6 days).
	Window time.Duration
	Policy Policy
	// Run does the work of one slot with tx, in which the slot has been claimed, so
	// that all of it is there afterwards or nothing. An error undoes it, and the
	// slot comes again with the next tick until the window has passed.
	Run func(ctx context.Context, tx Tx, slot Slot, now time.Time) (Result, error)
}

// Slot is one planned run of a job.
type Slot struct {
	Job          string
	ScheduledFor time.Time // together with Job the unique key
	// Since is the slot that was done before; zero = none. With Merge a run stands
	// for everything between the two.
	Since time.Time
	// Manual marks a run by hand (`job run`), which must not count as the last one
	// that was done: it may lie in the future.
	Manual bool
}

// Result is what a run reports about itself. It is recorded with the slot.
type Result struct {
	Done    int // things done, for example messages queued
	Skipped int // things that were due and left out with a reason
	Failed  int // parts that were undone and left out; why stands in job_failure
}

// Tx is a transaction in which a slot is claimed and its work is done.
type Tx interface {
	// ClaimSlot writes the row of the slot; claimed is false, and nothing is
	// written, when there is one already (unique key Job, ScheduledFor). Another
	// transaction that is claiming the same slot is waited for.
	ClaimSlot(ctx context.Context, slot Slot, now time.Time) (claimed bool, err error)
	// FinishSlot records what a claimed slot did.
	FinishSlot(ctx context.Context, slot Slot, result Result, now time.Time) error
}

// Store is where slots are kept. It is the exclusion between replicas; there is
// no lock.
type Store interface {
	// LastSlot returns the newest slot of a job up to now that was claimed and not
	// by hand, and the newest one after now; each is zero when there is none.
	LastSlot(ctx context.Context, job string, now time.Time) (last, ahead time.Time, err error)
	// InTx commits what fn did, or nothing when fn returns an error or panics.
	InTx(ctx context.Context, fn func(Tx) error) error
	// SlotFailed records in a transaction of its own that a run was undone, with a
	// cause for the operator. It must not make the slot count as claimed.
	SlotFailed(ctx context.Context, slot Slot, cause string, now time.Time) error
}

// The errors of RunJob.
var (
	ErrUnknownJob = errors.New("there is no job of that name")
	ErrSlotDone   = errors.New("this slot has been run already")
)

// job is a registered job with its parsed schedule.
type job struct {
	Job
	schedule cron.Schedule
}

// register checks the jobs: names that are given once, specifications that fire,
// a policy, something to run.
func register(jobs []Job) ([]job, error) {
	var all []job
	var problems []error
	seen := map[string]bool{}
	for _, j := range jobs {
		schedule, err := parse(j.Spec)
		switch {
		case err != nil:
		case j.Name == "" || seen[j.Name]:
			err = errors.New("the name is empty or given twice")
		case !j.Policy.Valid():
			err = fmt.Errorf("no policy is called %q", j.Policy)
		case j.Run == nil:
			err = errors.New("it has nothing to run")
		}
		seen[j.Name] = true
		if err != nil {
			problems = append(problems, fmt.Errorf("job %s: %w", j.Name, err))
			continue
		}
		all = append(all, job{j, schedule})
	}
	return all, errors.Join(problems...)
}

// tick makes up what is due of one job. A slot that fails stops the tick, so that
// the order is kept; the next tick begins with it again.
func (s *Scheduler) tick(ctx context.Context, j job) error {
	now := s.now().In(s.location)
	last, ahead, err := s.store.LastSlot(ctx, j.Name, now)
	if err != nil {
		return fmt.Errorf("last slot: %w", err)
	}
	s.warnAhead(j.Name, ahead, now)
	if last.IsZero() {
		if last, err = s.begin(ctx, j, now); err != nil {
			return err
		}
	}
	for _, at := range Slots(j.schedule, last, now, j.Window, j.Policy) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, _, err := s.runSlot(ctx, j, Slot{Job: j.Name, ScheduledFor: at, Since: last}, now); err != nil {
			return fmt.Errorf("slot %s: %w", at.Format(time.RFC3339), err)
		}
		last = at
	}
	return nil
}

// warnAhead says once of each slot ahead that the clock was wrong when it was run:
// jobs go on, and that slot will not run again when its time really comes.
func (s *Scheduler) warnAhead(job string, ahead, now time.Time) {
	if ahead.IsZero() {
		return
	}
	if before, seen := s.ahead.Swap(job, ahead); !seen || !ahead.Equal(before.(time.Time)) {
		s.log.Warn("a job has run for a time that has not come: the clock was ahead", "job", job, "slot", ahead, "now", now)
	}
}

// begin stores from when on a new job is known: just before now, so that what was
// due earlier is not made up, and what is due from now on never gets lost.
func (s *Scheduler) begin(ctx context.Context, j job, now time.Time) (time.Time, error) {
	slot := Slot{Job: j.Name, ScheduledFor: now.Truncate(time.Minute).Add(-onTime)}
	err := s.store.InTx(ctx, func(tx Tx) error {
		claimed, err := tx.ClaimSlot(ctx, slot, now)
		if err != nil || !claimed {
			return err
		}
		return tx.FinishSlot(ctx, slot, Result{}, now)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("first slot: %w", err)
	}
	return slot.ScheduledFor, nil
}

// runSlot claims a slot and does its work in one transaction; claimed is false
// when somebody else has it. A panic of the job undoes its work, is recorded like
// an error and goes on to the wrapper of cron.
func (s *Scheduler) runSlot(ctx context.Context, j job, slot Slot, now time.Time) (result Result, claimed bool, err error) {
	finished := false
	defer func() {
		if finished && err == nil {
			return
		}
		cause := "panic"
		if finished {
			cause = err.Error()
		}
		// The end of the program is no failure of the job.
		if ctx.Err() == nil {
			if failed := s.store.SlotFailed(ctx, slot, cause, now); failed != nil {
				s.log.Error("a failed slot was not recorded", "job", j.Name, "err", failed)
			}
		}
	}()
	err = s.store.InTx(ctx, func(tx Tx) error {
		var err error
		if claimed, err = tx.ClaimSlot(ctx, slot, now); err != nil || !claimed {
			return err
		}
		if result, err = j.Run(ctx, tx, slot, now); err != nil {
			return err
		}
		return tx.FinishSlot(ctx, slot, result, now)
	})
	finished = true
	if err != nil {
		return Result{}, false, err
	}
	if claimed {
		level := slog.LevelInfo
		if result == (Result{}) { // most minutes
			level = slog.LevelDebug
		}
		if result.Failed > 0 {
			s.log.Warn("parts of a job failed and were left out, see job_failure", "job", j.Name, "scheduled_for", slot.ScheduledFor, "failed", result.Failed)
		}
		s.log.Log(ctx, level, "job done", "job", j.Name, "scheduled_for", slot.ScheduledFor, "done", result.Done, "skipped", result.Skipped)
	}
	return result, claimed, nil
}

// RunJob runs one job by hand, for the slot at, which is also the job's now, and
// returns what the run recorded about itself. Its errors are ErrUnknownJob, or
// ErrSlotDone when this slot was claimed before. The clock goes on as if it had not
// run, except that the same slot is not run again.
func (s *Scheduler) RunJob(ctx context.Context, name string, at time.Time) (Result, error) {
	if s.invalid != nil {
		return Result{}, s.invalid
	}
	for _, j := range s.jobs {
		if j.Name != name {
			continue
		}
		at = at.In(s.location)
		result, claimed, err := s.runSlot(ctx, j, Slot{Job: name, ScheduledFor: at, Manual: true}, at)
		if err == nil && !claimed {
			err = ErrSlotDone
		}
		return result, err
	}
	return Result{}, fmt.Errorf("%s: %w", name, ErrUnknownJob)
}

// Tick does once what the clock does each minute: every job makes up what is due of
// it at now. A job that fails does not stop the others.
func (s *Scheduler) Tick(ctx context.Context) error {
	if s.invalid != nil {
		return s.invalid
	}
	var all []error
	for _, j := range s.jobs {
		if err := s.tick(ctx, j); err != nil {
			all = append(all, fmt.Errorf("job %s: %w", j.Name, err))
		}
	}
	return errors.Join(all...)
}

// Upcoming returns the next n slots of a job after now; none for a name that is
// not registered.
func (s *Scheduler) Upcoming(name string, now time.Time, n int) []time.Time {
	var all []time.Time
	for _, j := range s.jobs {
		for at := now.In(s.location); j.Name == name && len(all) < n; all = append(all, at) {
			at = j.schedule.Next(at)
		}
	}
	return all
}
