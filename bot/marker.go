package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bangkom/internal/dialog"
)

const (
	markTimeout = 10 * time.Second
	markRetry   = 100 * time.Millisecond // first wait after a failed write
	markLimit   = 5 * time.Second
	markBatch   = 500
	// markWait is how long an outcome may wait for others where nobody waits for it, and
	// markEnough how many need no more: a write costs as much for one as for a few. Outcomes
	// that wait keep their places among the calls in flight, so that no more than those are
	// repeated after a kill.
	markWait   = 20 * time.Millisecond
	markEnough = 4
)

// pending is an outcome that is not committed yet.
type pending struct {
	term int64
	mark dialog.Mark
	done chan<- struct{} // told once it is committed; nil = nobody waits
}

// marker writes outcomes: a few together after a moment, and whatever has gathered while
// one write ran with the next.
type marker struct {
	outbox Outbox
	log    *slog.Logger
	stats  *counters
	wake   chan struct{}

	mu      sync.Mutex
	queue   []pending
	writing bool
	hurried bool          // somebody waits for what is in the queue
	idle    chan struct{} // closed when there is nothing to write
	pause   time.Time     // a pause to be stored; zero = none
}

func newMarker(outbox Outbox, stats *counters, log *slog.Logger) *marker {
	idle := make(chan struct{})
	close(idle)
	return &marker{outbox: outbox, log: log, stats: stats, wake: make(chan struct{}, 1), idle: idle}
}

// add hands an outcome over.
func (m *marker) add(p ...pending) {
	if len(p) == 0 {
		return
	}
	m.mu.Lock()
	m.queue = append(m.queue, p...)
	m.busy()
	m.mu.Unlock()
	poke(m.wake)
}

// hurry says that somebody waits for what was handed over.
func (m *marker) hurry() {
	m.mu.Lock()
	m.hurried = len(m.queue) > 0
	m.mu.Unlock()
	poke(m.wake) // also for nothing: that is seen at once
}

// storePause hands over that no call may be made before until.
func (m *marker) storePause(until time.Time) {
	m.mu.Lock()
	if until.After(m.pause) {
		m.pause = until
	}
	m.busy()
	m.mu.Unlock()
	poke(m.wake)
}

func (m *marker) busy() {
	if !m.writing {
		m.writing = true
		m.idle = make(chan struct{})
	}
}

// settled returns a channel that is closed once everything handed over so far
// is written.
func (m *marker) settled() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.idle
}

// run writes until ctx ends.
func (m *marker) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		}
		m.awaitMore(ctx)
		for m.step(ctx) {
		}
	}
}

// awaitMore waits a moment for other outcomes while there are few.
func (m *marker) awaitMore(ctx context.Context) {
	moment := time.NewTimer(markWait)
	defer moment.Stop()
	for m.few() {
		select {
		case <-m.wake:
		case <-moment.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// few tells whether what is to be written may wait a moment.
func (m *marker) few() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.queue) > 0 && len(m.queue) < markEnough && m.pause.IsZero() && !m.hurried
}

// step writes one batch; false = there is nothing left, or ctx ended.
func (m *marker) step(ctx context.Context) bool {
	m.mu.Lock()
	batch, until := m.queue, m.pause
	m.queue, m.pause, m.hurried = nil, time.Time{}, false
	if len(batch) == 0 && until.IsZero() {
		if m.writing { // else the wake was for what the last round wrote
			m.writing = false
			close(m.idle)
		}
		m.mu.Unlock()
		return false
	}
	m.mu.Unlock()
	if !until.IsZero() && !m.retry(ctx, func(ctx context.Context) error {
		if left := time.Until(until); left > 0 { // computed at each try: the pause ends when Telegram said that it does
			return m.outbox.Pause(ctx, left)
		}
		return nil
	}) {
		return false
	}
	for len(batch) > 0 {
		n := sameTerm(batch)
		if !m.write(ctx, batch[:n]) {
			return false
		}
		batch = batch[n:]
	}
	return true
}

// sameTerm is how many of the first outcomes go into one write.
func sameTerm(batch []pending) int {
	n := 1
	for n < len(batch) && n < markBatch && batch[n].term == batch[0].term {
		n++
	}
	return n
}

func (m *marker) write(ctx context.Context, batch []pending) bool {
	marks := make([]dialog.Mark, len(batch))
	for i, p := range batch {
		marks[i] = p.mark
	}
	changed := 0
	ok := m.retry(ctx, func(ctx context.Context) (err error) {
		changed, err = m.outbox.Mark(ctx, batch[0].term, marks)
		return err
	})
	if !ok {
		return false
	}
	if lost := len(marks) - changed; lost > 0 { // somebody else took them: possible duplicates
		m.stats.lost.Add(int64(lost))
		m.log.Warn("outcomes of rows that another term has", "rows", lost)
	}
	for _, p := range batch {
		if p.done != nil {
			p.done <- struct{}{}
		}
	}
	return true
}

// retry repeats a write until it succeeds; false = ctx ended before.
func (m *marker) retry(ctx context.Context, do func(context.Context) error) bool {
	for tries := 0; ; tries++ {
		call, cancel := context.WithTimeout(ctx, markTimeout)
		err := do(call)
		cancel()
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		if tries == 0 {
			m.log.Error("outcomes not stored", "err", err)
		}
		if !pause(ctx, backoff(tries, markRetry, markLimit)) {
			return false
		}
	}
}

// poke wakes whoever waits on a channel of capacity one.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
