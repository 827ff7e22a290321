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
	floodLate   = 30 * time.Second // after which a message comes out of a backlog
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
	late   time.Time // when the last message of a backlog was written
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

// pass takes one update of a lane out of its bucket. Lane 0 is nobody's. A
// message out of a backlog counts as at the time when it was sent, if that is
// known: what was written in an hour without the bot is no flood after it.
func (f *flood) pass(lane int64, now, sent time.Time) passage {
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
	f.fill(b, now, sent)
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

// fill adds what has flowed into a bucket since its last update, by the clock or,
// in a backlog, by the times of its messages.
func (f *flood) fill(b *bucket, now, sent time.Time) {
	last := &b.at
	if !sent.IsZero() && now.Sub(sent) > floodLate {
		now, last = sent, &b.late
	}
	if d := now.Sub(*last); d > 0 && !last.IsZero() {
		b.level = min(f.size, b.level+d.Seconds()*f.size/floodSpan.Seconds())
	}
	if last == &b.at || now.After(*last) {
		*last = now
	}
}

// back gives back what an update took that could not be stored: its place, or
// the warning that it was.
func (f *flood) back(lane int64, warning bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch b := f.buckets[lane]; {
	case b == nil:
	case warning:
		b.warned = time.Time{}
	default:
		b.level = min(f.size, b.level+1)
	}
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
