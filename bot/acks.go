package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"bangkom/internal/measure"
)

const (
	ackAfter   = time.Second // unless Config.AckAfter says otherwise
	ackTimeout = 5 * time.Second
	ackWorkers = 4
	ackKnown   = 10_000
	// ackLife is for how long a press may be answered: Telegram takes it for ten
	// to thirty seconds, and says only afterwards that it was too late.
	ackLife  = 30 * time.Second
	ackRest  = time.Second // after a call that did not arrive
	maxToast = 200         // characters
)

// Acks answers button presses, so that the button stops turning. A press that
// cannot be answered now, because Telegram has asked for a pause or is away,
// waits for as long as Telegram would still take its answer. The newest goes
// first: whoever pressed last is looking. Nothing else depends on it, and a late
// answer is no error.
type Acks struct {
	client caller
	log    *slog.Logger
	quiet  func() time.Time // when a pause ends that holds for every call
	after  time.Duration    // a press that nobody answered by then is answered without words
	out    chan *press
	wake   chan struct{}

	mu      sync.Mutex
	until   time.Time         // no answer before
	known   map[string]*press // those of the last ackLife
	last    int64             // number given
	order   fifo[*press]      // the same, as they came
	due     fifo[*press]      // that may have to be answered without words
	waiting []*press          // newest last
}

// press is one press of a button.
type press struct {
	query, toast string
	since        time.Time
	number       int64 // in the order in which they came
	state        pressState
}

type pressState int

const (
	pressOpen    pressState = iota // nobody has answered it
	pressWaiting                   // the answer is to be sent
	pressOver                      // it is on its way, or too late
)

// NewAcks makes it; Run starts it.
func NewAcks(client caller, log *slog.Logger) *Acks {
	return &Acks{
		client: client, log: log, quiet: func() time.Time { return time.Time{} }, after: ackAfter,
		out: make(chan *press), wake: make(chan struct{}, 1), known: map[string]*press{},
	}
}

// Expect sees to it that the press is answered without words unless Answer
// comes within a second.
func (a *Acks) Expect(queryID string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.know(queryID, time.Now())
}

// Answer answers a press once, with a short text or none. It does not wait. Words
// that come while an answer without any still waits go with it.
func (a *Acks) Answer(queryID, toast string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.know(queryID, time.Now())
	switch {
	case p == nil || p.state == pressOver:
	case p.state == pressWaiting && p.toast != "":
	case p.state == pressWaiting:
		p.toast = measure.First(toast, maxToast)
	default:
		p.toast = measure.First(toast, maxToast)
		a.queue(p)
	}
}

// know returns a press; nil = it has no number. When too many are known, the
// oldest one is given up. The caller holds a.mu.
func (a *Acks) know(query string, now time.Time) *press {
	if query == "" || a.known[query] != nil {
		return a.known[query]
	}
	if len(a.known) >= ackKnown {
		a.forgetOldest()
	}
	a.last++
	p := &press{query: query, since: now, number: a.last}
	a.known[query] = p
	a.order.push(p)
	a.due.push(p)
	poke(a.wake)
	return p
}

func (a *Acks) forgetOldest() {
	p := a.order.pop()
	p.state = pressOver
	delete(a.known, p.query)
	if len(a.waiting) > 0 && a.waiting[0] == p { // it is the oldest there too
		a.waiting[0] = nil
		a.waiting = a.waiting[1:]
	}
}

// queue puts a press among those that are to be answered. The caller holds a.mu.
func (a *Acks) queue(p *press) {
	p.state = pressWaiting
	at, _ := slices.BinarySearchFunc(a.waiting, p.number, func(o *press, n int64) int { return cmp.Compare(o.number, n) })
	a.waiting = slices.Insert(a.waiting, at, p)
	poke(a.wake)
}

// Run answers until ctx ends. Answers still waiting then are left out.
func (a *Acks) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range ackWorkers {
		workers.Go(func() {
			for {
				select {
				case p := <-a.out:
					a.send(ctx, p)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	defer workers.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		p, wait := a.next(time.Now())
		if p != nil {
			select {
			case a.out <- p:
				continue
			case <-ctx.Done():
				return nil
			}
		}
		if wait > 0 {
			timer.Reset(wait)
		}
		select {
		case <-a.wake:
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// next takes the press to answer now. Without one, wait says when to ask again;
// 0 = when something changes.
func (a *Acks) next(now time.Time) (p *press, wait time.Duration) {
	pause := a.quiet().Sub(now)
	a.mu.Lock()
	defer a.mu.Unlock()
	wait = a.pass(now)
	if pause = max(pause, a.until.Sub(now)); pause > 0 {
		if len(a.waiting) > 0 && (wait == 0 || pause < wait) {
			wait = pause
		}
		return nil, wait
	}
	if last := len(a.waiting) - 1; last >= 0 {
		p = a.waiting[last]
		a.waiting[last] = nil
		a.waiting = a.waiting[:last]
		p.state = pressOver
		return p, 0
	}
	return nil, wait
}

// pass deals with the time that has passed: a press that nobody has answered
// within a second is to be answered without words, and one that is too old is
// forgotten. wait is how long nothing of the kind happens; 0 = no press waits.
func (a *Acks) pass(now time.Time) (wait time.Duration) {
	for a.due.len() > 0 {
		p := a.due.peek()
		if wait = p.since.Add(a.after).Sub(now); wait > 0 {
			return wait
		}
		a.due.pop()
		if p.state == pressOpen {
			a.queue(p)
		}
	}
	for a.order.len() > 0 {
		if wait = a.order.peek().since.Add(ackLife).Sub(now); wait > 0 {
			return wait
		}
		a.forgetOldest()
	}
	return 0
}

// send answers one press, unless a pause has begun meanwhile.
func (a *Acks) send(ctx context.Context, p *press) {
	if a.paused() {
		a.back(p, time.Time{})
		return
	}
	call, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	params := map[string]string{"callback_query_id": p.query}
	if p.toast != "" {
		params["text"] = p.toast
	}
	_, err := a.client.Call(call, "answerCallbackQuery", params)
	var refused *APIError
	switch now := time.Now(); {
	case err == nil || ctx.Err() != nil:
	case errors.As(err, &refused) && refused.Code == http.StatusBadRequest: // late
	case askedPause(err) > 0:
		a.log.Warn("telegram asks for a pause of the answers to buttons", "seconds", askedPause(err).Seconds())
		a.back(p, now.Add(askedPause(err)))
	case errors.As(err, &refused):
		a.log.Debug("button press not answered", "err", err)
	default: // a second answer does no harm
		a.log.Debug("button press not answered yet", "err", err)
		a.back(p, now.Add(ackRest))
	}
}

func (a *Acks) paused() bool {
	now := time.Now()
	if a.quiet().After(now) {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.until.After(now)
}

// back lets a press wait again, and makes every answer wait until then.
func (a *Acks) back(p *press, until time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if until.After(a.until) {
		a.until = until
	}
	if a.known[p.query] == p {
		a.queue(p)
	}
}
