package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// batches is a Processor that notes what it was given. Lanes above 100 are decided alone.
type batches struct {
	mu     sync.Mutex
	many   [][]int64
	single []int64
	fails  map[int64]int  // how often a lane still fails alone
	panics bool           // together
	slow   time.Duration  // an attempt
	more   map[int64]bool // there is more to do, once
}

func (b *batches) Process(_ context.Context, lane int64) (bool, error) {
	time.Sleep(b.slow)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.single = append(b.single, lane)
	if b.fails[lane] > 0 {
		b.fails[lane]--
		return true, errors.New("no")
	}
	return false, nil
}

func (b *batches) ProcessTogether(_ context.Context, lanes []int64) map[int64]bool {
	time.Sleep(b.slow)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.many = append(b.many, slices.Clone(lanes))
	if b.panics {
		panic("nip 198501012010011001")
	}
	more := map[int64]bool{}
	for _, id := range lanes {
		if id <= 100 {
			more[id] = b.more[id]
			delete(b.more, id)
		}
	}
	return more
}

// seen is what it was given until now: batches, and lanes alone.
func (b *batches) seen() (many [][]int64, single []int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.many), slices.Clone(b.single)
}

func startBatches(t *testing.T, workers, most int, p *batches) *Lanes {
	t.Helper()
	l := NewLanes(LanesConfig{Inbox: newMemory(), Processor: p, Workers: workers, Together: most, Known: 1000, Grace: 5 * time.Second, Log: (&logged{}).logger()})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { _ = l.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	synctest.Wait()
	return l
}

func upTo(n int64) (out []int64) {
	for id := int64(1); id <= n; id++ {
		out = append(out, id)
	}
	return out
}

func TestBatchesAreMadeOfWhatWaits(t *testing.T) {
	for name, c := range map[string]struct {
		most          int
		wake          []int64
		many          [][]int64
		single        []int64
		more          map[int64]bool
		panicsForOnce bool
	}{
		"one waits":             {most: 32, wake: []int64{7}, single: []int64{7}},
		"off":                   {most: 1, wake: upTo(6), single: upTo(6)},
		"half of what waits":    {most: 32, wake: upTo(6), many: [][]int64{{1, 2, 3}}, single: []int64{4, 5, 6}},
		"no more than the most": {most: 2, wake: upTo(8), many: [][]int64{{1, 2}, {3, 4}, {5, 6}}, single: []int64{7, 8}},
		"who leaves comes before who waits": {most: 32, wake: []int64{1, 101, 2, 102, 3, 4, 5, 6},
			many: [][]int64{{1, 101, 2, 102}, {3, 4}}, single: []int64{101, 102, 5, 6}},
		"more goes behind the others": {most: 32, wake: upTo(4), more: map[int64]bool{1: true}, many: [][]int64{{1, 2}}, single: []int64{3, 4, 1}},
		"a panic lets each go alone":  {most: 32, wake: upTo(4), panicsForOnce: true, many: [][]int64{{1, 2}}, single: []int64{1, 2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := &batches{slow: time.Millisecond, more: c.more, panics: c.panicsForOnce}
				startBatches(t, 1, c.most, p).Wake(c.wake)
				time.Sleep(10 * time.Second)
				synctest.Wait()
				many, single := p.seen()
				if diff := cmp.Diff([]any{c.many, c.single}, []any{many, single}); diff != "" {
					t.Errorf("batches and single ones (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A lane whose update has failed is tried alone, so that it spoils no second batch.
func TestWhoHasFailedGoesAlone(t *testing.T) {
	l := NewLanes(LanesConfig{Processor: &batches{}, Workers: 1, Together: 32})
	for id, fails := range map[int64]int{1: 0, 2: 0, 3: 0, 4: 1, 5: 0, 6: 0, 7: 0, 8: 0} {
		l.lanes[id] = &lane{id: id, fails: fails, alone: fails > 0}
	}
	for id := range int64(8) {
		l.push(l.lanes[id+1])
	}
	var got [][]int64
	for batch := l.next(); len(batch) > 0; batch = l.next() {
		var ids []int64
		for _, n := range batch {
			ids = append(ids, n.id)
		}
		got = append(got, ids)
	}
	if diff := cmp.Diff([][]int64{{1, 2, 3}, {4}, {5, 6}, {7}, {8}}, got); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}

// A lane whose update fails when it is alone again rests and comes back, and nobody waits
// for it.
func TestAFailureAfterABatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := &batches{slow: time.Millisecond, fails: map[int64]int{101: 2}}
		startBatches(t, 1, 32, p).Wake([]int64{101, 1, 2, 3})
		time.Sleep(10 * time.Millisecond)
		synctest.Wait()
		many, single := p.seen()
		if diff := cmp.Diff([]any{[][]int64{{101, 1}}, []int64{101, 2, 3}}, []any{many, single}); diff != "" {
			t.Errorf("batches and single ones (-want +got):\n%s", diff)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if _, single = p.seen(); !slices.Equal(single, []int64{101, 2, 3, 101, 101}) {
			t.Errorf("single ones: %v, want 101, 2, 3 and 101 twice more", single)
		}
	})
}

var errGone = errors.New("the database is away for all")

// outage is a processor whose database is away at first.
type outage struct {
	down           atomic.Bool
	alone, batched atomic.Int64
}

func (o *outage) Process(context.Context, int64) (bool, error) {
	if time.Sleep(time.Millisecond); o.down.Load() {
		return true, errGone
	}
	time.Sleep(time.Second) // slow, so that lanes wait although each comes back at its own time
	o.alone.Add(1)
	return false, nil
}

func (o *outage) ProcessTogether(_ context.Context, lanes []int64) map[int64]bool {
	if time.Sleep(time.Millisecond); o.down.Load() {
		return nil
	}
	time.Sleep(time.Second)
	o.batched.Add(int64(len(lanes)))
	more := map[int64]bool{}
	for _, id := range lanes {
		more[id] = false
	}
	return more
}

func (b *batches) Away(error) bool { return false }

func (o *outage) Away(err error) bool { return errors.Is(err, errGone) }

// After an outage the queue is longest: what failed for it alone is decided in batches again.
func TestBatchesAfterAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := &outage{}
		p.down.Store(true)
		l := NewLanes(LanesConfig{Inbox: newMemory(), Processor: p, Workers: 2, Together: 32, Known: 10_000, Grace: 5 * time.Second, Log: (&logged{}).logger()})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { _ = l.Run(ctx); close(done) }()
		t.Cleanup(func() { cancel(); <-done })
		synctest.Wait()
		l.Wake(upTo(500))
		time.Sleep(30 * time.Second)
		p.down.Store(false)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if alone, batched := p.alone.Load(), p.batched.Load(); alone+batched < 500 || batched < 250 {
			t.Errorf("after an outage %d were decided in batches and %d alone, want most of 500 in batches", batched, alone)
		}
	})
}
