package bot

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	ackAfter   = time.Second // a press that nobody answered by then is answered without words
	ackTimeout = 5 * time.Second
	ackWorkers = 4
	ackQueue   = 1024
	ackKnown   = 10_000
	maxToast   = 200 // characters
)

// Acks answers button presses, so that the button stops turning. It is best
// effort: nothing depends on it, and a late answer is no error.
type Acks struct {
	client caller
	log    *slog.Logger
	out    chan ack
	wake   chan struct{}
	until  atomic.Int64 // no answer before, in Unix nanoseconds

	mu    sync.Mutex
	known map[string]bool // presses of the last second; true = answered
	due   fifo[dueAck]
}

type ack struct{ query, toast string }

type dueAck struct {
	query string
	at    time.Time
}

// NewAcks makes it; Run starts it.
func NewAcks(client caller, log *slog.Logger) *Acks {
	return &Acks{
		client: client, log: log, out: make(chan ack, ackQueue), wake: make(chan struct{}, 1), known: map[string]bool{},
	}
}

// Expect sees to it that the press is answered without words unless Answer
// comes within a second.
func (a *Acks) Expect(queryID string) { a.know(queryID, false) }

// Answer answers a press once, with a short text or none. It does not wait;
// when too many wait already the answer is left out.
func (a *Acks) Answer(queryID, toast string) {
	if a.know(queryID, true) {
		a.push(ack{queryID, cutUnits(toast, maxToast)})
	}
}

// know notes a press; first tells whether answered became true.
func (a *Acks) know(query string, answered bool) (first bool) {
	if query == "" {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	was, ok := a.known[query]
	if !ok {
		if len(a.known) >= ackKnown {
			return answered
		}
		a.due.push(dueAck{query, time.Now().Add(ackAfter)})
		if a.due.len() == 1 {
			poke(a.wake)
		}
	}
	a.known[query] = was || answered
	return answered && !was
}

func (a *Acks) push(k ack) {
	select {
	case a.out <- k:
	default: // the person sees the button turn a little longer
	}
}

// Run answers until ctx ends. Answers still waiting then are left out.
func (a *Acks) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range ackWorkers {
		workers.Go(func() {
			for {
				select {
				case k := <-a.out:
					a.send(ctx, k)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	defer workers.Wait()
	for {
		wait := a.expire(time.Now())
		if wait == 0 {
			select {
			case <-a.wake:
			case <-ctx.Done():
				return nil
			}
		} else if !pause(ctx, wait) {
			return nil
		}
	}
}

// expire answers the presses whose second is over and returns how long the
// next one still has; 0 = there is none.
func (a *Acks) expire(now time.Time) (wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.due.len() > 0 {
		d := a.due.peek()
		if wait := d.at.Sub(now); wait > 0 {
			return wait
		}
		a.due.pop()
		if !a.known[d.query] {
			a.push(ack{query: d.query})
		}
		delete(a.known, d.query)
	}
	return 0
}

func (a *Acks) send(ctx context.Context, k ack) {
	if time.Now().UnixNano() < a.until.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	params := map[string]string{"callback_query_id": k.query}
	if k.toast != "" {
		params["text"] = k.toast
	}
	_, err := a.client.Call(ctx, "answerCallbackQuery", params)
	var refused *APIError
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.As(err, &refused) && refused.Code == http.StatusBadRequest: // late
	case errors.As(err, &refused) && refused.Code == http.StatusTooManyRequests:
		a.until.Store(time.Now().Add(max(refused.RetryAfter, time.Second)).UnixNano())
	default:
		a.log.Debug("button press not answered", "err", err)
	}
}
