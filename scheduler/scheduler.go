// Package scheduler wakes jobs at their times. The clock only ticks: each minute
// the slots of each job that were not done yet are counted from what is stored,
// and each is claimed by its unique key in the transaction that does its work. So
// a missed tick heals, a job that is killed half-way has done nothing, and two
// replicas do everything once. What is due inside a job, a query with the present
// time decides.
package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Config sets up a Scheduler. The zero value works: no jobs, UTC, nothing logged.
type Config struct {
	Jobs     []Job            // a new job is one line in the list of main
	Store    Store            // keeps the slots; needed by Run when there are jobs
	Now      func() time.Time // nil = time.Now
	Location *time.Location   // of the specifications; nil = UTC
	Log      *slog.Logger     // nil = nothing is logged
	Grace    time.Duration    // for jobs that run at the end; 0 = 20 s
}

// entry is one thing that cron calls. Its context ends when the scheduler stops.
type entry struct {
	name string
	spec string // five fields of cron, or "@every 1m"
	run  func(context.Context) error
}

// Scheduler runs the registered jobs. Make it with New.
type Scheduler struct {
	entries  []entry
	jobs     []job
	invalid  error // of the registration
	store    Store
	now      func() time.Time
	location *time.Location
	log      *slog.Logger
	grace    time.Duration
	ahead    sync.Map // by job: the slot ahead of the clock that was warned of
}

const (
	// defaultGrace fits into the 25 s in which the whole program stops.
	defaultGrace = 20 * time.Second
	// eachMinute is how often every job looks for slots.
	eachMinute = "* * * * *"
)

// errNoStore is the error of Run without a place for the slots.
var errNoStore = errors.New("scheduler: jobs need a store")

// New makes a scheduler with the jobs of cfg. A job that cannot be registered is
// an error of Run; the others are listed.
func New(cfg Config) *Scheduler {
	s := newWith(cfg, nil)
	s.jobs, s.invalid = register(cfg.Jobs)
	for _, j := range s.jobs {
		s.entries = append(s.entries, entry{j.Name, eachMinute, func(ctx context.Context) error { return s.tick(ctx, j) }})
	}
	if s.invalid == nil && len(s.jobs) > 0 && s.store == nil {
		s.invalid = errNoStore
	}
	return s
}

func newWith(cfg Config, entries []entry) *Scheduler {
	s := &Scheduler{entries: entries, store: cfg.Store, now: cfg.Now, location: cfg.Location, log: cfg.Log, grace: cfg.Grace}
	if s.now == nil {
		s.now = time.Now
	}
	if s.location == nil {
		s.location = time.UTC
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.grace == 0 {
		s.grace = defaultGrace
	}
	return s
}

// Jobs returns the names of the jobs in the order of their registration; empty
// when there are none.
func (s *Scheduler) Jobs() []string {
	names := make([]string, 0, len(s.entries))
	for _, e := range s.entries {
		names = append(names, e.name)
	}
	return names
}

// Run wakes jobs until ctx ends. Jobs that run then have their context
// cancelled and get Config.Grace to return; a job that does not is an error.
// A wrong registration or specification is an error at once. A panic or an error
// of a job is logged and stops nothing.
func (s *Scheduler) Run(ctx context.Context) error {
	if s.invalid != nil {
		return s.invalid
	}
	jobs, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	log := cronLog{s.log}
	// This order: a recovered panic must also free the mark of a running job.
	c := cron.New(cron.WithLocation(s.location), cron.WithLogger(log),
		cron.WithChain(cron.SkipIfStillRunning(log), cron.Recover(log)))
	for _, e := range s.entries {
		if _, err := c.AddFunc(e.spec, s.job(jobs, e)); err != nil {
			return fmt.Errorf("job %s: %w", e.name, err)
		}
	}
	for _, j := range s.jobs {
		s.log.Info("job is scheduled", "job", j.Name, "next", s.Upcoming(j.Name, s.now(), 3))
	}
	c.Start()
	<-ctx.Done()
	cancel()
	select {
	case <-c.Stop().Done():
		return nil
	case <-time.After(s.grace):
		return fmt.Errorf("scheduler: jobs still run %s after the stop", s.grace)
	}
}

func (s *Scheduler) job(ctx context.Context, e entry) func() {
	return func() {
		if err := e.run(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("job failed", "job", e.name, "err", err)
		}
	}
}

// cronLog passes the errors of cron on; its chatter is left out.
type cronLog struct{ log *slog.Logger }

// Info is what cron says about every tick.
func (l cronLog) Info(string, ...any) {}

// Error is what cron says about panics.
func (l cronLog) Error(err error, msg string, args ...any) {
	l.log.Error(msg, append(args, "err", err)...)
}
