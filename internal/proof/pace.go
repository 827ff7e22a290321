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
}

// gatedPace lets people press only as often as grant allows.
func gatedPace(room int) *pace {
	return &pace{steps: make(chan struct{}, room), stop: make(chan struct{})}
}

// steadyPace gives a fixed number of turns a second, whatever became of the
// earlier ones: an open loop. A turn that nobody takes is missed.
func steadyPace(perSecond float64) *pace {
	p := gatedPace(0)
	go func() {
		begin := time.Now()
		timer := time.NewTimer(0)
		defer timer.Stop()
		for n := 1; ; n++ {
			timer.Reset(time.Until(begin.Add(time.Duration(float64(n) / perSecond * float64(time.Second)))))
			select {
			case <-timer.C:
			case <-p.stop:
				return
			}
			select {
			case p.steps <- struct{}{}:
			default:
				p.missed.Add(1)
			}
		}
	}()
	return p
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
