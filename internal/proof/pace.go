package proof

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// pace says when people may press. The zero value never lets them wait.
type pace struct {
	steps  chan struct{} // one for each press that may be made; nil = no limit
	missed atomic.Int64  // turns that nobody was there to take
	end    sync.Once
	stop   chan struct{}
	every  time.Duration // between two turns that come by themselves; 0 = they are granted
}

// gatedPace lets people press only as often as grant allows.
func gatedPace(room int) *pace {
	return &pace{steps: make(chan struct{}, room), stop: make(chan struct{})}
}

// steadyPace gives a fixed number of turns a second, whatever became of the
// earlier ones: an open loop.
func steadyPace(perSecond float64) *pace {
	p := gatedPace(0)
	p.every = time.Duration(float64(time.Second) / perSecond)
	return p
}

// run gives the turns. When nobody waits for one, invite brings somebody who
// will; when it cannot, the turn is missed.
func (p *pace) run(invite func() bool) {
	begin := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 1; ; n++ {
		timer.Reset(time.Until(begin.Add(time.Duration(n) * p.every)))
		select {
		case <-timer.C:
		case <-p.stop:
			return
		}
		select {
		case p.steps <- struct{}{}:
			continue
		default:
		}
		if !invite() {
			p.missed.Add(1)
			continue
		}
		select {
		case p.steps <- struct{}{}:
		case <-p.stop:
			return
		}
	}
}

// grant allows n more presses.
func (p *pace) grant(n int) {
	for range n {
		select {
		case p.steps <- struct{}{}:
		case <-p.stop:
			return
		}
	}
}

// free lets nobody wait any more.
func (p *pace) free() {
	if p != nil && p.stop != nil {
		p.end.Do(func() { close(p.stop) })
	}
}

// wait waits for a turn; false = ctx ended before.
func (p *pace) wait(ctx context.Context) bool {
	if p == nil || p.steps == nil {
		return ctx.Err() == nil
	}
	select {
	case <-p.steps:
	case <-p.stop:
	case <-ctx.Done():
		return false
	}
	return true
}

// late is how many turns nobody was there to take.
func (p *pace) late() int64 {
	if p == nil {
		return 0
	}
	return p.missed.Load()
}
