package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

// process is a Processor made of a function.
type process func(ctx context.Context, lane int64) (bool, error)

func (p process) Process(ctx context.Context, lane int64) (bool, error) { return p(ctx, lane) }

func startLanes(t *testing.T, m *memory, workers int, log *logged, p process) (*Lanes, func()) {
	t.Helper()
	l := NewLanes(LanesConfig{Inbox: m, Processor: p, Workers: workers, Known: 100, Grace: 5 * time.Second, Log: log.logger()})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { _ = l.Run(ctx); close(done) }()
	stop := func() { cancel(); <-done }
	t.Cleanup(stop)
	synctest.Wait()
	return l, stop
}

func TestLanesTakeTurns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		left := map[int64]int{1: 5, 2: 1, 3: 1}
		var got []int64
		l, _ := startLanes(t, newMemory(), 1, &logged{}, func(_ context.Context, lane int64) (bool, error) {
			time.Sleep(time.Millisecond)
			got = append(got, lane)
			left[lane]--
			return left[lane] > 0, nil
		})
		l.Wake([]int64{1, 2, 3})
		time.Sleep(time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]int64{1, 2, 3, 1, 1, 1, 1}, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		if n := len(l.lanes); n != 0 {
			t.Errorf("%d lanes are remembered, want none", n)
		}
	})
}

func TestLanesOneAtATimePerLane(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		running, most, runs := map[int64]int{}, 0, 0
		l, _ := startLanes(t, newMemory(), 8, &logged{}, func(_ context.Context, lane int64) (bool, error) {
			mu.Lock()
			running[lane]++
			runs++
			if running[lane] > 1 {
				t.Errorf("lane %d runs twice at a time", lane)
			}
			most = max(most, len(running))
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			if running[lane]--; running[lane] == 0 {
				delete(running, lane)
			}
			mu.Unlock()
			return false, nil
		})
		for i := range 200 {
			l.Wake([]int64{int64(i % 5), int64(i % 7)})
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if most < 2 {
			t.Errorf("%d lanes at a time, want several", most)
		}
		before := runs
		go l.Wake([]int64{1})
		time.Sleep(100 * time.Microsecond) // it runs now
		l.Wake([]int64{1})
		l.Wake([]int64{1})
		time.Sleep(time.Second)
		synctest.Wait()
		if got := runs - before; got != 2 {
			t.Errorf("a lane woken twice while it ran, ran %d times, want 2", got)
		}
	})
}

func TestLanesFailuresHoldNobodyUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var bad, good atomic.Int32
		log := &logged{}
		l, _ := startLanes(t, newMemory(), 1, log, func(_ context.Context, lane int64) (bool, error) {
			if lane == 2 {
				good.Add(1)
				return false, nil
			}
			n := bad.Add(1)
			if n == 1 {
				panic("nip 198501012010011001")
			}
			if n < 4 {
				return false, errors.New("no")
			}
			return false, nil
		})
		l.Wake([]int64{1, 2})
		synctest.Wait()
		if good.Load() != 1 {
			t.Errorf("the other lane ran %d times behind a failing one, want 1", good.Load())
		}
		l.Wake([]int64{1}) // resting: it does not run at once
		synctest.Wait()
		if bad.Load() != 1 {
			t.Errorf("the failing lane ran %d times at once, want 1", bad.Load())
		}
		time.Sleep(10 * time.Second)
		if n := bad.Load(); n != 4 && n != 5 {
			t.Errorf("the failing lane ran %d times, want until it succeeds", n)
		}
		if strings.Contains(log.String(), "1985") {
			t.Error("the value of a panic is in the log")
		}
	})
}

func TestLanesSweepFindsWhatNobodyWoke(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		m.inbox[5] = dialog.RawUpdate{ID: 5, Lane: 50}
		var mu sync.Mutex
		got := map[int64]int{}
		startLanes(t, m, 2, &logged{}, func(_ context.Context, lane int64) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			got[lane]++
			row, n := m.oldest(lane)
			m.mu.Lock()
			defer m.mu.Unlock()
			m.done[row.ID] = true
			return n > 1, nil
		})
		synctest.Wait()
		if got[50] != 1 {
			t.Errorf("lane 50 ran %d times at the start, want 1", got[50])
		}
		m.mu.Lock()
		m.inbox[6] = dialog.RawUpdate{ID: 6, Lane: 60}
		m.mu.Unlock()
		time.Sleep(6 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		if got[60] != 1 {
			t.Errorf("lane 60 ran %d times after a sweep, want 1", got[60])
		}
	})
}

func TestLanesStop(t *testing.T) {
	for _, tt := range []struct {
		name       string
		work, want time.Duration
		cut        bool
	}{
		{"work finishes", time.Second, time.Second, false},
		{"work is cut after the grace", time.Hour, 5 * time.Second, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var result error
				l, stop := startLanes(t, newMemory(), 1, &logged{}, func(ctx context.Context, _ int64) (bool, error) {
					pause(ctx, tt.work)
					result = ctx.Err()
					return false, nil
				})
				l.Wake([]int64{1})
				synctest.Wait()
				begin := time.Now()
				stop()
				if got := time.Since(begin); got != tt.want {
					t.Errorf("stopping took %v, want %v", got, tt.want)
				}
				if (result != nil) != tt.cut {
					t.Errorf("the work saw %v, want cut = %t", result, tt.cut)
				}
			})
		})
	}
}

func TestLanesMemoryIsBounded(t *testing.T) {
	l := NewLanes(LanesConfig{Workers: 1, Known: 10})
	for i := range 1000 {
		l.Wake([]int64{int64(i)})
	}
	if len(l.lanes) != 10 || l.queue.len() != 10 {
		t.Errorf("%d lanes known, %d queued, want 10", len(l.lanes), l.queue.len())
	}
}

func TestAcks(t *testing.T) {
	tests := []struct {
		name string
		do   func(a *Acks)
		want []string // query, second, text
	}{
		{"nobody answers", func(a *Acks) { a.Expect("q") }, []string{"q 1s "}},
		{"answered at once", func(a *Acks) { a.Expect("q"); a.Answer("q", "Tersimpan") }, []string{"q 0s Tersimpan"}},
		{"answered twice", func(a *Acks) { a.Answer("q", "a"); a.Answer("q", "b") }, []string{"q 0s a"}},
		{"answered before it was expected", func(a *Acks) { a.Answer("q", "a"); a.Expect("q") }, []string{"q 0s a"}},
		{"expected twice", func(a *Acks) { a.Expect("q"); a.Expect("q") }, []string{"q 1s "}},
		{"answered late", func(a *Acks) { a.Expect("q"); time.Sleep(500 * time.Millisecond); a.Answer("q", "") }, []string{"q 500ms "}},
		{"too long", func(a *Acks) { a.Answer("q", strings.Repeat("x", 300)) }, []string{"q 0s " + strings.Repeat("x", 200)}},
		{"no query", func(a *Acks) { a.Expect(""); a.Answer("", "x") }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := &fakeAPI{}
				a := NewAcks(api, (&logged{}).logger())
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan struct{})
				go func() { _ = a.Run(ctx); close(done) }()
				begin := time.Now()
				tt.do(a)
				time.Sleep(2 * ackLife)
				cancel()
				<-done
				var got []string
				for _, c := range api.all() {
					got = append(got, c.params["callback_query_id"]+" "+c.at.Sub(begin).String()+" "+c.params["text"])
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("answers (-want +got):\n%s", diff)
				}
				if len(a.known) != 0 {
					t.Errorf("%d presses are remembered, want none", len(a.known))
				}
			})
		})
	}
}

func TestAcksNeverBlock(t *testing.T) {
	a := NewAcks(&fakeAPI{}, (&logged{}).logger()) // nobody runs it
	for i := range 3 * ackKnown {
		a.Expect("e" + strconv.Itoa(i))
		a.Answer("a"+strconv.Itoa(i), "x")
	}
	if n := len(a.known); n > ackKnown {
		t.Errorf("%d presses are remembered, want at most %d", n, ackKnown)
	}
}

func TestLeaseStepsDownAndReturns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		l := NewLease(m, "telegram", "a", 3*time.Second, (&logged{}).logger())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { _ = l.Run(ctx); close(done) }()
		synctest.Wait()
		if l.Term() != 1 {
			t.Fatalf("term %d, want 1", l.Term())
		}
		held, release, ok := l.hold(ctx)
		if !ok {
			t.Fatal("the lease cannot be held")
		}
		defer release()
		m.setAway(true)
		lost := time.Now()
		<-held.Done()
		if d := time.Since(lost); d > 2*time.Second || time.Until(m.until) < time.Second {
			t.Errorf("stepped down after %v, %v before the lease ends; want at most 2 s, at least 1 s before", d, time.Until(m.until))
		}
		if l.Err() == nil {
			t.Error("Err is nil while the database is away")
		}
		m.setAway(false)
		time.Sleep(2 * time.Second)
		if l.Term() == 0 || l.Err() != nil {
			t.Errorf("term %d, %v once the database is back", l.Term(), l.Err())
		}
		m.mu.Lock()
		m.holder, m.until, m.term = "b", time.Now().Add(time.Minute), 9
		m.mu.Unlock()
		time.Sleep(1100 * time.Millisecond)
		if l.Term() != 0 {
			t.Error("holds the lease that another took")
		}
		cancel()
		<-done
		if m.holder != "b" || !m.until.After(time.Now()) {
			t.Error("ended the lease of another")
		}
	})
}
