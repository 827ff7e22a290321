package bot

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxGathered = 500  // updates of one commit
	gatherRoom  = 5000 // that may wait; more are refused and come again
	// gatherTime is how long an update may wait for its commit before it is
	// refused: Telegram sends it again, to this process or another. If the commit
	// comes later all the same, what comes again is known.
	gatherTime = 5 * time.Second
)

var (
	errCrowded = errors.New("too many updates wait to be stored")
	errLate    = errors.New("the database does not answer")
)

// gather stores updates that arrive one by one. Whatever has come while one
// commit ran goes with the next, so that many at once cost few commits.
type gather struct {
	in     *intake
	wake   chan struct{}
	stored atomic.Int64 // when something was committed last, in Unix nanoseconds

	mu    sync.Mutex
	queue []waiting
}

// waiting is an update whose sender wants to know whether it is stored.
type waiting struct {
	arrival
	done chan<- error
}

func newGather(in *intake) *gather { return &gather{in: in, wake: make(chan struct{}, 1)} }

// store returns nil once the update is committed.
func (g *gather) store(ctx context.Context, a arrival) error {
	done := make(chan error, 1)
	g.mu.Lock()
	if len(g.queue) >= gatherRoom {
		g.mu.Unlock()
		return errCrowded
	}
	g.queue = append(g.queue, waiting{a, done})
	g.mu.Unlock()
	poke(g.wake)
	limit := time.NewTimer(gatherTime)
	defer limit.Stop()
	select {
	case err := <-done:
		return err
	case <-limit.C:
		return errLate
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run commits until ctx ends; what waits then is refused.
func (g *gather) run(ctx context.Context) {
	for {
		select {
		case <-g.wake:
		case <-ctx.Done():
			g.answer(g.take(gatherRoom), ctx.Err())
			return
		}
		for batch := g.take(maxGathered); len(batch) > 0; batch = g.take(maxGathered) {
			g.commit(ctx, batch)
		}
	}
}

func (g *gather) take(most int) []waiting {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(most, len(g.queue))
	batch := g.queue[:n:n]
	if g.queue = g.queue[n:]; len(g.queue) == 0 {
		g.queue = nil
	}
	return batch
}

func (g *gather) commit(ctx context.Context, batch []waiting) {
	call, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	rows := make([]arrival, len(batch))
	for i, w := range batch {
		rows[i] = w.arrival
	}
	_, err := g.in.store(call, rows)
	if err == nil {
		g.stored.Store(time.Now().UnixNano())
	}
	g.answer(batch, err)
}

// storedAfter tells whether anything was committed after that moment.
func (g *gather) storedAfter(t time.Time) bool { return g.stored.Load() > t.UnixNano() }

func (g *gather) answer(batch []waiting, err error) {
	for _, w := range batch {
		w.done <- err
	}
}
