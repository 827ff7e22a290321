package bot

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

// polls answers getUpdates from a function; it notes the offsets.
type polls struct {
	mu      sync.Mutex
	offsets []string
	answer  func(n int) (string, error)
}

func (p *polls) callWithin(ctx context.Context, limit time.Duration, _ string, params map[string]string) (json.RawMessage, error) {
	p.mu.Lock()
	p.offsets = append(p.offsets, params["offset"])
	n := len(p.offsets)
	p.mu.Unlock()
	if params["allowed_updates"] != allowedUpdates {
		panic("a poll without the list of updates")
	}
	result, err := p.answer(n)
	if result == "wait" {
		if !pause(ctx, limit-pollMargin) {
			return nil, ctx.Err()
		}
		result = "[]"
	}
	return json.RawMessage(result), err
}

func (p *polls) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.offsets...)
}

func startReceiver(t *testing.T, m *memory, log *logged, answer func(n int) (string, error)) (*polls, *Receiver, <-chan error) {
	t.Helper()
	p := &polls{answer: answer}
	lease := NewLease(m, "telegram", "me", 3*time.Second, log.logger())
	in := &intake{inbox: m, lanes: NewLanes(LanesConfig{Workers: 1, Known: 10}), acks: NewAcks(nil, log.logger()),
		flood: newFlood(0, nil), now: time.Now, toast: "not stored", slow: "too fast", log: log.logger()}
	r := newReceiver(ReceiverConfig{Client: p, Lease: lease, Wait: 30 * time.Second, Log: log.logger()}, in)
	ctx, cancel := context.WithCancel(t.Context())
	done, leaseDone := make(chan error, 1), make(chan struct{})
	go func() { _ = lease.Run(ctx); close(leaseDone) }()
	go func() { done <- r.Run(ctx); cancel() }()
	t.Cleanup(func() { cancel(); <-leaseDone })
	synctest.Wait()
	return p, r, done
}

const one = `[{"update_id":5,"message":{"chat":{"id":7,"type":"private"}}}]`

func TestReceiverAcknowledgesOnlyWhatIsStored(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		m.mu.Lock()
		m.failStore = 3
		m.mu.Unlock()
		p, r, _ := startReceiver(t, m, &logged{}, func(n int) (string, error) {
			if n == 1 {
				return one, nil
			}
			return "wait", nil
		})
		if got := p.seen(); len(got) != 1 || r.Err() == nil {
			t.Errorf("polls %q, Err %v before the store succeeded; want one poll and an error", got, r.Err())
		}
		time.Sleep(10 * time.Second)
		if diff := cmp.Diff([]string{"", "", "", "6"}, p.seen()); diff != "" {
			t.Errorf("offsets (-want +got):\n%s", diff)
		}
		if r.Err() != nil || len(m.received) != 1 {
			t.Errorf("Err %v, stored %v after the store succeeded", r.Err(), m.received)
		}
		if got, want := m.inbox[5].Age, 3*holdRetry; got != want { // when it came, not when it could be stored
			t.Errorf("stored as %s old, want %s", got, want)
		}
	})
}

func TestReceiverErrors(t *testing.T) {
	tests := []struct {
		name     string
		err      error
		min, max int // polls in a minute
		stops    bool
	}{
		{"401", &APIError{Code: 401}, 1, 1, true},
		{"404", &APIError{Code: 404}, 1, 1, true},
		{"409", &APIError{Code: 409}, 3, 8, false},
		{"429", &APIError{Code: 429, RetryAfter: 20 * time.Second}, 3, 4, false},
		{"502", &TransientError{Status: 502}, 4, 8, false},
		{"cut", ErrUnknownOutcome, 4, 8, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p, r, done := startReceiver(t, newMemory(), &logged{}, func(int) (string, error) { return "", tt.err })
				time.Sleep(time.Minute)
				if got := len(p.seen()); got < tt.min || got > tt.max {
					t.Errorf("%d polls in a minute, want %d to %d", got, tt.min, tt.max)
				}
				if r.Err() == nil {
					t.Error("Err = nil")
				}
				select {
				case err := <-done:
					if !tt.stops || err == nil {
						t.Errorf("Run = %v, want stop = %t", err, tt.stops)
					}
				default:
					if tt.stops {
						t.Error("goes on")
					}
				}
			})
		})
	}
}

func TestReceiverMakesNoBusyLoop(t *testing.T) {
	for _, answer := range []string{`[]`, one, `["no id"]`} {
		bubble(t, func(t *testing.T) {
			p, _, _ := startReceiver(t, newMemory(), &logged{}, func(int) (string, error) { return answer, nil })
			time.Sleep(10 * time.Second)
			if n := len(p.seen()); n > 60 || n < 5 {
				t.Errorf("%s at once: %d polls in 10 s, want 5 to 60", answer, n)
			}
		})
	}
}

// Somebody waits behind a flood: batches of ignored updates follow one another
// without a rest.
func TestReceiverDoesNotRestAmongIgnoredUpdates(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		startReceiver(t, m, &logged{}, func(n int) (string, error) {
			if n > 10 {
				return "wait", nil
			}
			return `[{"update_id":` + itoa(n) + `,"poll":{}}]`, nil
		})
		if n := len(m.received); n != 10 {
			t.Errorf("%d of 10 are stored at once", n)
		}
	})
}

func TestReceiverStopsAtOnceAndOnLossOfTheLease(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		p, r, _ := startReceiver(t, m, &logged{}, func(int) (string, error) { return "wait", nil })
		m.mu.Lock()
		m.holder, m.until, m.term = "other", time.Now().Add(10*time.Second), 9
		m.mu.Unlock()
		time.Sleep(9 * time.Second)
		if got := p.seen(); len(got) != 1 || r.Err() != nil {
			t.Errorf("polls %q, Err %v without the lease", got, r.Err())
		}
		time.Sleep(5 * time.Second)
		if diff := cmp.Diff([]string{"", ""}, p.seen()); diff != "" {
			t.Errorf("offsets after the lease came back (-want +got):\n%s", diff)
		}
	})
}

func TestReceiverExpectsAnswersToPresses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		_, r, _ := startReceiver(t, m, &logged{}, func(n int) (string, error) {
			if n == 1 {
				return `[{"update_id":5,"callback_query":{"id":"q","from":{"id":7}}}]`, nil
			}
			return "wait", nil
		})
		a := r.in.acks
		a.mu.Lock()
		defer a.mu.Unlock()
		if p := a.known["q"]; p == nil || p.state != pressOpen {
			t.Errorf("press = %+v, want one that nobody has answered", p)
		}
		got := m.inbox[5]
		got.Age = 0 // by the clock
		if want := (dialog.RawUpdate{ID: 5, Lane: 7, Body: `{"update_id":5,"callback_query":{"id":"q","from":{"id":7}}}`}); got != want {
			t.Errorf("stored %+v, want %+v", got, want)
		}
	})
}
