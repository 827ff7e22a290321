// Package scheduler wakes jobs at their times. The clock only ticks: what is
// due, a query with the present time decides, so a missed tick heals.
package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// Config sets up a Scheduler. The zero value works: UTC, nothing logged.
type Config struct {
	Location *time.Location // of the specifications; nil = UTC
	Log      *slog.Logger   // nil = nothing is logged
	Grace    time.Duration  // for jobs that run at the end; 0 = 20 s
	Sessions Sessions
}

// entry is one job. Its context ends when the scheduler stops.
type entry struct {
	name string
	spec string // five fields of cron, or "@every 1m"
	run  func(context.Context, *Scheduler) error
}

// Scheduler runs the registered jobs. Make it with New.
type Scheduler struct {
	entries  []entry
	location *time.Location
	log      *slog.Logger
	grace    time.Duration
	sessions Sessions
}

// defaultGrace fits into the 25 s in which the whole program stops.
const defaultGrace = 20 * time.Second

// New makes a scheduler with the jobs of this version.
func New(cfg Config) *Scheduler { return newWith(cfg, registry()) }

// registry is the list of jobs; a new job is one line here.
func registry() []entry {
	return []entry{
		{"sessions", "@every 1m", func(ctx context.Context, s *Scheduler) error {
			return s.sessions.run(ctx, s.sessions.Now().In(s.location), s.log)
		}},
	}
}

func newWith(cfg Config, entries []entry) *Scheduler {
	s := &Scheduler{entries: entries, location: cfg.Location, log: cfg.Log, grace: cfg.Grace, sessions: cfg.Sessions}
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
// A wrong specification is an error at once. A panic or an error of a job is
// logged and stops nothing.
func (s *Scheduler) Run(ctx context.Context) error {
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
		if err := e.run(ctx, s); err != nil && ctx.Err() == nil {
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
