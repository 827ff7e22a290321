package bot

import (
	"context"
	"runtime/debug"
	"time"
)

// While many lanes wait, a worker takes several of them and has them decided in one
// transaction. Nobody waits for a batch to form: it is made of what waits anyway, and a
// lane that waits alone is handled as if there were no batches.

// batchers is among how many batches what waits is divided: two processors are busy
// then, and the longer the queue, the larger its batches.
const batchers = 2

// batch takes the lanes that come next. A lane whose update has failed goes alone, but
// not after an outage, when the queue is longest. The caller holds l.mu.
func (l *Lanes) batch() (out []*lane) {
	most := 1
	if l.many != nil {
		most = min(l.cfg.Together, max(1, l.queue.len()/batchers))
	}
	for len(out) < most && l.queue.len() > 0 {
		if l.queue.peek().alone && len(out) > 0 {
			break
		}
		n := l.queue.pop()
		if out = append(out, n); n.alone {
			break
		}
	}
	return out
}

// together handles a batch. What leaves it goes before all that waits, each lane by
// itself, so that it waits no longer than for this attempt.
func (l *Lanes) together(ctx context.Context, batch []*lane) {
	ids := make([]int64, len(batch))
	for i, n := range batch {
		ids[i] = n.id
	}
	start := time.Now()
	more := l.processMany(ctx, ids)
	took := time.Since(start)
	for _, n := range batch {
		again, decided := more[n.id]
		if !decided {
			l.leave(n)
			continue
		}
		l.cfg.Meter.Handled(took)
		l.done(n, again, nil)
	}
}

func (l *Lanes) processMany(ctx context.Context, ids []int64) (more map[int64]bool) {
	defer func() {
		if r := recover(); r != nil {
			more = nil
			l.cfg.Log.Error("panic while handling updates together", "err", panicError(r), "stack", string(debug.Stack()))
		}
	}()
	return l.many.ProcessTogether(ctx, ids)
}

// leave puts a lane where the next free worker takes it alone.
func (l *Lanes) leave(n *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alone.push(n)
	poke(l.work)
}
