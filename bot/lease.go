package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bangkom/internal/dialog"
)

// Lease is the right to poll and to send for a bot, which one process at a
// time has. It trusts itself for two thirds of its life time after each
// renewal, by the local clock, so that it stops before anybody else begins.
type Lease struct {
	store        Leases
	name, holder string
	ttl          time.Duration
	log          *slog.Logger

	mu      sync.Mutex
	term    int64
	until   time.Time   // when the trust ends
	told    int64       // the term at the last announcement
	toldWhy dialog.Hold // why sending was held at the last announcement
	changed chan struct{}
	err     error         // of the last attempt to take it
	others  int           // other processes seen at the last attempt that succeeded
	known   bool          // an attempt succeeded
	newTerm bool          // the next renewal begins a new term
	why     dialog.Hold   // nothing is sent; "" = it may be
	since   time.Time     // since when nothing is sent
	allowed chan struct{} // closed while it is known that nothing is held
}

// NewLease makes a lease that nobody holds yet; Run takes it. holder must be
// unique to this process.
func NewLease(store Leases, name, holder string, ttl time.Duration, log *slog.Logger) *Lease {
	return &Lease{store: store, name: name, holder: holder, ttl: ttl, log: log, changed: make(chan struct{}), allowed: make(chan struct{})}
}

// Term is the term under which the lease is held now; 0 = it is not.
func (l *Lease) Term() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current()
}

func (l *Lease) current() int64 {
	// The wall clock is asked too: the monotonic one stands still while a
	// machine is suspended.
	if now := time.Now(); now.Before(l.until) && now.Round(0).Before(l.until.Round(0)) {
		return l.term
	}
	return 0
}

// NewTerm makes the next renewal begin a new term, without giving the lease away.
// Rows that were stored under the old term belong to nobody then, and are claimed
// again.
func (l *Lease) NewTerm() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.newTerm = true
}

// Changed returns a channel that is closed at the next change of Term or of Hold.
func (l *Lease) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// Err is why the last attempt to take the lease failed; nil also while another
// process holds it.
func (l *Lease) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Hold is why sending is held in this database, and since when; "" = it is not.
// While it is, nobody gets the lease: nothing is sent, and nobody polls, because
// whatever a copy takes from Telegram is missing where people's answers belong.
func (l *Lease) Hold() (why dialog.Hold, since time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why, l.since
}

// awaitAllowed waits until it is known that sending is not held; its error is that
// of ctx.
func (l *Lease) awaitAllowed(ctx context.Context) error {
	l.mu.Lock()
	allowed := l.allowed
	l.mu.Unlock()
	select {
	case <-allowed:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// isAllowed tells whether it is known that sending is not held.
func (l *Lease) isAllowed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.allowed:
		return true
	default:
		return false
	}
}

// whileAllowed runs fn as long as sending is not held, again after each hold, until
// ctx ends. The context of fn ends with a hold.
func (l *Lease) whileAllowed(ctx context.Context, fn func(context.Context) error) error {
	for l.awaitAllowed(ctx) == nil {
		work, stop := l.untilHeld(ctx)
		err := fn(work)
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// untilHeld returns a context that ends with ctx, or as soon as it is known that sending
// is held.
func (l *Lease) untilHeld(ctx context.Context) (context.Context, context.CancelFunc) {
	work, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		for {
			changed := l.Changed()
			if why, _ := l.Hold(); why != "" {
				return
			}
			select {
			case <-changed:
			case <-work.Done():
				return
			}
		}
	}()
	return work, stop
}

// Others is how many other processes of this bot were seen lately.
func (l *Lease) Others() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.others
}

// CutOff tells that the database is away and that no other process was seen when
// it last answered, so that nobody else polls. Where sending was held then it is false:
// somebody does poll, for the original.
func (l *Lease) CutOff() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err != nil && l.known && l.others == 0 && l.why == "" && l.current() == 0
}

// standbyPace is how much more often than its holder the other processes try to
// take the lease. So a process that dies is replaced soon after the time for
// which it trusted itself.
const standbyPace = 3

// Run takes and renews the lease until ctx ends, then releases it.
func (l *Lease) Run(ctx context.Context) error {
	expiry := time.AfterFunc(time.Hour, l.announce)
	defer expiry.Stop()
	for {
		start := time.Now()
		l.attempt(ctx, start, expiry)
		next := l.ttl / 3
		if l.Term() == 0 && l.Err() == nil {
			next /= standbyPace
		}
		if !pause(ctx, time.Until(start.Add(next))) {
			l.release(ctx)
			return nil
		}
	}
}

func (l *Lease) attempt(ctx context.Context, start time.Time, expiry *time.Timer) {
	call, cancel := context.WithTimeout(ctx, l.trust())
	defer cancel()
	l.mu.Lock()
	newTerm := l.newTerm
	l.newTerm = false
	l.mu.Unlock()
	got, err := l.store.Take(call, l.name, l.holder, l.ttl, newTerm)
	l.mu.Lock()
	l.newTerm = l.newTerm || newTerm && err != nil
	if err != nil && l.err == nil && ctx.Err() == nil {
		l.log.Warn("lease not renewed", "err", err)
	}
	l.err = err
	if err == nil {
		l.others, l.known = got.Others, true
		l.judge(got)
	}
	switch {
	case err != nil: // what is held stays held until its trust ends
	case got.Term != 0:
		l.term, l.until = got.Term, start.Add(l.trust())
		expiry.Reset(time.Until(l.until))
	default:
		l.until = time.Time{}
	}
	l.mu.Unlock()
	l.announce()
}

// judge notes, under the lock, whether sending is held, and tells what is new.
func (l *Lease) judge(got dialog.Holding) {
	open := false
	select {
	case <-l.allowed:
		open = true
	default:
	}
	was := l.why
	l.why, l.since = got.Hold, got.Since
	switch {
	case got.Hold == "" && !open:
		close(l.allowed)
	case got.Hold != "" && open:
		l.allowed = make(chan struct{})
	}
	switch {
	case got.Hold != "" && was != got.Hold:
		l.log.Error("sending is held until `bangkom resume`", "reason", string(got.Hold), "because", got.Hold.String(), "since", got.Since)
	case got.Hold == "" && was != "":
		l.log.Info("sending is allowed again")
	}
}

func (l *Lease) trust() time.Duration { return l.ttl * 2 / 3 }

// announce wakes those who wait for a change, if there is one.
func (l *Lease) announce() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, why := l.current(), l.why
	if now == l.told && why == l.toldWhy {
		return
	}
	if now != l.told {
		l.log.Info("lease changed", "term", now)
	}
	l.told, l.toldWhy = now, why
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *Lease) release(ctx context.Context) {
	l.mu.Lock()
	l.until = time.Time{}
	l.mu.Unlock()
	l.announce()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.trust())
	defer cancel()
	if err := l.store.Release(ctx, l.name, l.holder); err != nil {
		l.log.Warn("lease not released", "err", err)
	}
}

// hold waits until the lease is held and returns a context that ends with the
// term or with ctx. ok is false when ctx ended first.
func (l *Lease) hold(ctx context.Context) (held context.Context, done context.CancelFunc, ok bool) {
	for {
		changed, term := l.Changed(), l.Term()
		if term == 0 {
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return nil, nil, false
			}
		}
		held, done = context.WithCancel(ctx)
		go func() {
			defer done()
			for l.Term() == term {
				select {
				case <-changed:
					changed = l.Changed()
				case <-held.Done():
					return
				}
			}
		}()
		return held, done, true
	}
}

// pause waits for d; false = ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
