package handlers_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"time"
)

// fairClock tells how much of a while this process was held up because other
// programs had the processors: of the processor time that its threads wanted,
// the share that they waited for instead of having it. An answer of the bot is
// measured without that, so that a busy machine proves nothing against it, and
// what the bot itself takes long for counts in full. Where the system does not
// tell, nothing is taken off.
type fairClock struct {
	mu   sync.Mutex
	at   []time.Time
	lost []time.Duration // until then
}

const fairEvery = 25 * time.Millisecond

// run measures until ctx ends.
func (f *fairClock) run(ctx context.Context) {
	tick := time.NewTicker(fairEvery)
	defer tick.Stop()
	last := time.Now()
	had, waited := threadTimes()
	var lost time.Duration
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		h, w := threadTimes()
		if wanted := h - had + w - waited; wanted > 0 {
			lost += time.Duration(float64(now.Sub(last)) * float64(max(0, w-waited)) / float64(wanted))
		}
		last, had, waited = now, max(had, h), max(waited, w)
		f.mu.Lock()
		f.at, f.lost = append(f.at, now), append(f.lost, lost)
		f.mu.Unlock()
	}
}

// between is the time from a to b in which the process was not held up.
func (f *fairClock) between(a, b time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	until := func(t time.Time) time.Duration {
		i := sort.Search(len(f.at), func(i int) bool { return f.at[i].After(t) })
		if i == 0 {
			return 0
		}
		return f.lost[i-1]
	}
	return b.Sub(a) - (until(b) - until(a))
}

// total is what was lost so far.
func (f *fairClock) total() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.lost) == 0 {
		return 0
	}
	return f.lost[len(f.lost)-1]
}

// threadTimes is how long the threads of this process have run, and how long
// they have waited for a processor, in nanoseconds.
func threadTimes() (had, waited int64) {
	files, _ := filepath.Glob("/proc/self/task/*/schedstat") // the pattern is well formed
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		var h, w int64
		if _, err := fmt.Sscan(string(line), &h, &w); err == nil {
			had, waited = had+h, waited+w
		}
	}
	return had, waited
}
