package bot

import (
	"context"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

const (
	sweepEvery = 5 * time.Second
	sweepAgain = 250 * time.Millisecond // when the last sweep found more than it could list
	sweepLimit = 1000
	sweepTime  = 10 * time.Second
	laneRetry  = 200 * time.Millisecond
	laneLimit  = 5 * time.Second // an outage of the database is felt no longer than this after its end
)

// LanesConfig is what Lanes need.
type LanesConfig struct {
	Inbox     Inbox
	Processor Processor
	BotID     int64
	Workers   int                             // lanes handled at a time, or batches of them
	Together  int                             // lanes of a batch at most; below 2, or where the processor decides none together, there are no batches
	Known     int                             // lanes in memory; more are left to the next sweep
	Grace     time.Duration                   // for running work at the end
	Gate      func(ctx context.Context) error // waits while too much waits to be sent; nil = never
	Meter     Meter                           // nil = nothing is measured
	Log       *slog.Logger
}

// Lanes lets updates be handled: those of one lane one after the other, many
// lanes at once, each in turn. A lane whose update fails rests a little and
// holds up nobody else.
type Lanes struct {
	cfg  LanesConfig
	many Together // nil = each lane is handled alone

	mu      sync.Mutex
	lanes   map[int64]*lane
	queue   fifo[*lane]
	alone   fifo[*lane]   // have left a batch and come before the others
	work    chan struct{} // a permit per queued lane, at most one per worker
	stopped bool
	room    chan struct{} // closed when few lanes wait; nil = nobody waits for it
}

// lane is a lane with something to do.
type lane struct {
	id    int64
	again bool // woken while it ran or rested
	fails int  // in a row
	alone bool // what failed last is its own fault, or its update is not plain: it spoils a batch
}

// NewLanes makes them; Run starts them.
func NewLanes(cfg LanesConfig) *Lanes {
	if cfg.Meter == nil {
		cfg.Meter = unmeasured{}
	}
	l := &Lanes{cfg: cfg, lanes: map[int64]*lane{}, work: make(chan struct{}, cfg.Workers)}
	if cfg.Together > 1 {
		l.many, _ = cfg.Processor.(Together)
	}
	return l
}

// Wake says that lanes have something to do. It does not wait.
func (l *Lanes) Wake(ids []int64) { l.wake(ids, nil) }

// wake is Wake for lanes of which some are known to have to be decided alone.
func (l *Lanes) wake(ids, alone []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		if known := l.lanes[id]; known != nil {
			known.again = true
			continue
		}
		if len(l.lanes) >= l.cfg.Known || l.stopped {
			continue // the sweep finds it
		}
		n := &lane{id: id, alone: slices.Contains(alone, id)}
		l.lanes[id] = n
		l.push(n)
	}
}

func (l *Lanes) push(n *lane) {
	l.queue.push(n)
	poke(l.work)
}

// WaitRoom waits while most of the room for lanes is used, but no longer than
// limit: updates are safer here than at Telegram, where a press is forgotten
// after 150 seconds.
func (l *Lanes) WaitRoom(ctx context.Context, limit time.Duration) {
	l.mu.Lock()
	if l.queue.len() <= l.cfg.Known/2 {
		l.mu.Unlock()
		return
	}
	if l.room == nil {
		l.room = make(chan struct{})
	}
	room := l.room
	l.mu.Unlock()
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-room:
	case <-t.C:
	case <-ctx.Done():
	}
}

// Run handles updates until ctx ends, then lets running work finish.
func (l *Lanes) Run(ctx context.Context) error {
	calls, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var workers sync.WaitGroup
	for range l.cfg.Workers {
		workers.Go(func() { l.worker(ctx, calls) })
	}
	workers.Go(func() { l.sweep(ctx) })
	<-ctx.Done()
	l.mu.Lock()
	l.stopped = true
	l.mu.Unlock()
	grace := time.AfterFunc(l.cfg.Grace, cut)
	defer grace.Stop()
	workers.Wait()
	return nil
}

func (l *Lanes) worker(ctx, calls context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.work:
		}
		for batch := l.next(); len(batch) > 0; batch = l.next() {
			if l.cfg.Gate != nil && l.cfg.Gate(ctx) != nil || ctx.Err() != nil {
				return
			}
			if len(batch) > 1 {
				l.together(calls, batch)
				continue
			}
			more, err := l.process(calls, batch[0].id)
			l.done(batch[0], more, err)
		}
	}
}

// next takes the lanes whose turn it is, one ordinarily; none = none waits.
func (l *Lanes) next() []*lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.room != nil && l.queue.len() <= l.cfg.Known/4 {
		close(l.room)
		l.room = nil
	}
	var batch []*lane
	if l.alone.len() > 0 {
		batch = append(batch, l.alone.pop())
	} else {
		batch = l.batch()
	}
	for _, n := range batch {
		n.again = false // what came until now, this run sees
	}
	if len(batch) > 0 && l.alone.len()+l.queue.len() > 0 {
		poke(l.work) // another worker may be idle
	}
	return batch
}

func (l *Lanes) process(ctx context.Context, id int64) (more bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicError(r)
			l.cfg.Log.Error("panic while handling an update", "err", err, "stack", string(debug.Stack()))
		}
	}()
	start := time.Now()
	more, err = l.cfg.Processor.Process(ctx, id)
	l.cfg.Meter.Handled(time.Since(start))
	return more, err
}

// done puts a lane with more to do behind the others, lets one that failed
// rest, and forgets one that is empty.
func (l *Lanes) done(n *lane, more bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		rest := backoff(n.fails, laneRetry, laneLimit)
		n.fails++
		n.alone = l.many == nil || !l.many.Away(err)
		if n.fails == 1 { // an outage would fill the log
			l.cfg.Log.Warn("update not handled", "err", err)
		}
		time.AfterFunc(rest, func() { l.rested(n) })
	case more || n.again:
		n.fails, n.alone = 0, false
		l.push(n)
	default:
		delete(l.lanes, n.id)
	}
}

func (l *Lanes) rested(n *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.push(n)
	}
}

// sweep wakes lanes that nobody woke: after a start, or when another process
// stored the updates and died.
func (l *Lanes) sweep(ctx context.Context) {
	age, wait := time.Duration(0), time.Duration(0)
	for pause(ctx, wait) {
		call, cancel := context.WithTimeout(ctx, sweepTime)
		ids, err := l.cfg.Inbox.PendingLanes(call, l.cfg.BotID, age, sweepLimit)
		cancel()
		wait = sweepEvery
		switch {
		case err != nil && ctx.Err() == nil:
			l.cfg.Log.Warn("inbox not searched", "err", err)
			continue
		case len(ids) >= sweepLimit:
			wait = sweepAgain
		default:
			age = sweepEvery
		}
		l.Wake(ids)
	}
}
