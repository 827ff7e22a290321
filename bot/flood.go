package bot

import (
	"sync"
	"time"
)

const (
	floodSpan   = 10 * time.Second // the limit is so many updates in this time
	floodWarn   = time.Minute      // between two warnings to one person
	floodForget = 2 * floodSpan    // a bucket is full again by then
	floodSweep  = 4096             // people in memory before any are forgotten
)

// flood keeps one person from being a burden to the others: a bucket of so many
// updates per lane, filled evenly. What is beyond it is stored as ignored. It
// is safe for concurrent use.
type flood struct {
	size    float64 // 0 = no limit
	ignored counterFunc

	mu      sync.Mutex
	buckets map[int64]*bucket
	sweepAt int
}

// counterFunc is told how many were ignored.
type counterFunc func(n int64)

type bucket struct {
	level  float64
	at     time.Time // when level was right
	warned time.Time
}

// passage is what becomes of an update.
type passage int

const (
	passes  passage = iota
	warns           // the person is told that some are not read
	ignores         // nothing happens
)

// newFlood allows perSpan updates of a person in ten seconds; 0 = any number.
func newFlood(perSpan int, ignored counterFunc) *flood {
	return &flood{size: float64(perSpan), ignored: ignored, buckets: map[int64]*bucket{}, sweepAt: floodSweep}
}

// pass takes one update of a lane out of its bucket. Lane 0 is nobody's.
func (f *flood) pass(lane int64, now time.Time) passage {
	if f.size <= 0 || lane == 0 {
		return passes
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.buckets[lane]
	if b == nil {
		f.sweep(now)
		b = &bucket{level: f.size, at: now}
		f.buckets[lane] = b
	}
	if d := now.Sub(b.at); d > 0 {
		b.level = min(f.size, b.level+d.Seconds()*f.size/floodSpan.Seconds())
	}
	b.at = now
	if b.level >= 1 {
		b.level--
		return passes
	}
	f.ignored(1)
	if now.Sub(b.warned) < floodWarn {
		return ignores
	}
	b.warned = now
	return warns
}

// sweep forgets people who have been quiet, when there are many.
func (f *flood) sweep(now time.Time) {
	if len(f.buckets) < f.sweepAt {
		return
	}
	for lane, b := range f.buckets {
		if now.Sub(b.at) > floodForget && now.Sub(b.warned) > floodWarn {
			delete(f.buckets, lane)
		}
	}
	f.sweepAt = max(floodSweep, 2*len(f.buckets))
}
