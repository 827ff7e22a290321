package bot

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	gatherMost = 500  // updates of one commit
	gatherRoom = 5000 // that may wait; more are refused and come again
	// gatherTime is how long a commit may take before its updates are refused:
	// Telegram sends them again, to this process or another.
	gatherTime = 5 * time.Second
)

var errCrowded = errors.New("too many updates wait to be stored")

// gather stores updates that arrive one by one. Whatever has come while one
// commit ran goes with the next, so that many at once cost few commits.
type gather struct {
	in   *intake
	wake chan struct{}

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
	select {
	case err := <-done:
		return err
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
		for batch := g.take(gatherMost); len(batch) > 0; batch = g.take(gatherMost) {
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
	g.answer(batch, err)
}

func (g *gather) answer(batch []waiting, err error) {
	for _, w := range batch {
		w.done <- err
	}
}
