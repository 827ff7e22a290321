package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bangkom/internal/dialog"
)

// caller is the part of Client that the sender uses.
type caller interface {
	Call(ctx context.Context, method string, params map[string]string) (json.RawMessage, error)
	Upload(ctx context.Context, method string, params map[string]string, field, name string, body []byte) (json.RawMessage, error)
}

// SenderConfig is what a Sender needs.
type SenderConfig struct {
	Client   caller
	Outbox   Outbox
	Lease    *Lease
	Drawer   Drawer  // nil = pictures fall back to their caption
	Rate     float64 // calls a second; 0 = no limit
	ChatRate float64 // new messages a second to one chat; 0 = no limit
	InFlight int     // calls at a time; what one kill can repeat at most
	Queued   int     // rows in memory above which WaitRoom waits
	Grace    time.Duration
	Meter    Meter            // nil = nothing is measured
	Now      func() time.Time // the clock of people, by which messages expire; nil = time.Now
	Log      *slog.Logger
}

// Sender sends what stands in the outbox while it holds the lease. Rows reach
// it through Offer, right after the transaction that stored them, or by claims
// from the table, which are the safety net.
type Sender struct {
	cfg   SenderConfig
	log   *slog.Logger
	stats counters
	marks *marker
	jobs  chan *job
	wake  chan struct{} // rows wait in the table
	bulk  chan struct{} // slots for bulk are free
	fatal chan error
	draws chan struct{} // drawings at a time

	accepting atomic.Int64

	mu      sync.Mutex
	q       *queue
	free    int   // slots
	term    int64 // of the rows in memory
	open    bool  // calls may start
	more    bool  // the table has more bulk
	behind  bool  // the table has more replies than there was room for
	timer   *time.Timer
	room    chan struct{} // closed when there is room; nil = there is
	landing chan struct{} // closed when no call is in flight; nil = nobody waits
}

const maxDrawings = 2

// NewSender makes a sender; Run starts it.
func NewSender(cfg SenderConfig) *Sender {
	if cfg.Meter == nil {
		cfg.Meter = unmeasured{}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Sender{
		cfg: cfg, log: cfg.Log, q: newQueue(newLimiter(cfg.Rate, cfg.ChatRate)), free: cfg.InFlight,
		jobs: make(chan *job, cfg.InFlight), wake: make(chan struct{}, 1), bulk: make(chan struct{}, 1),
		fatal: make(chan error, 1), draws: make(chan struct{}, maxDrawings),
	}
	s.marks = newMarker(cfg.Outbox, &s.stats, cfg.Log)
	s.timer = time.AfterFunc(time.Hour, s.pump)
	s.timer.Stop()
	return s
}

// Accepting is the term under which a transaction may store rows as being sent
// (and Offer them after its commit); 0 = it must store them as new and Wake.
func (s *Sender) Accepting() int64 {
	if t := s.accepting.Load(); t != 0 && t == s.cfg.Lease.Term() {
		return t
	}
	return 0
}

// Offer hands over rows that were committed as being sent under the term that
// Accepting returned. For rows that are not, it only wakes. Rows of a term that
// has ended meanwhile are left to the table, where they are nobody's; those of
// a term that goes on without this sender are made so. It does not wait.
func (s *Sender) Offer(rows []dialog.Outgoing) {
	mine := make([]dialog.Outgoing, 0, len(rows))
	s.mu.Lock()
	open, term := s.open, s.term
	s.mu.Unlock()
	for _, row := range rows {
		switch {
		case row.Term != 0 && row.Term == term && open:
			mine = append(mine, row)
		case row.Term != 0 && row.Term >= term:
			s.cfg.Lease.Anew()
		default:
			s.Wake()
		}
	}
	if len(mine) > 0 && !s.enqueue(mine, term) {
		s.cfg.Lease.Anew()
	}
}

// Doubt says that rows may be stored as claimed by this process without its
// knowing, because the reply to a commit was lost: they are claimed again under
// a new term.
func (s *Sender) Doubt() { s.cfg.Lease.Anew() }

// Wake says that new rows wait in the table.
func (s *Sender) Wake() { poke(s.wake) }

// WaitRoom waits while too many rows are in memory; its error is that of ctx.
func (s *Sender) WaitRoom(ctx context.Context) error {
	for {
		s.mu.Lock()
		if s.q.n <= s.cfg.Queued {
			s.mu.Unlock()
			return ctx.Err()
		}
		if s.room == nil {
			s.room = make(chan struct{})
		}
		room := s.room
		s.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Stats tells what was done so far.
func (s *Sender) Stats() Stats {
	out := s.stats.snapshot()
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Waiting, out.InFlight = int64(s.q.n), int64(s.cfg.InFlight-s.free)
	return out
}

// enqueue takes rows of a term into memory; false = the term has ended.
func (s *Sender) enqueue(rows []dialog.Outgoing, term int64) bool {
	now := time.Now()
	var old []*job
	s.mu.Lock()
	if term != s.term || !s.open {
		s.mu.Unlock()
		return false
	}
	for _, row := range rows {
		since := now
		if !row.NotBefore.IsZero() && row.NotBefore.Before(now) && row.NotBefore.Year() > 1 {
			since = row.NotBefore
		}
		old = append(old, s.q.add(&job{row: row, term: s.term, since: since}, now)...)
	}
	s.mu.Unlock()
	s.settle(old, dialog.StateSuperseded, "")
	s.pump()
	return true
}

// settle writes the same final state for rows that are no longer in memory.
func (s *Sender) settle(jobs []*job, state dialog.State, cause string) {
	if len(jobs) == 0 {
		return
	}
	out := make([]pending, len(jobs))
	for i, j := range jobs {
		out[i] = pending{term: j.term, mark: dialog.Mark{ID: j.row.ID, State: state, Cause: cause}}
	}
	if state == dialog.StateSuperseded {
		s.stats.superseded.Add(int64(len(jobs)))
	}
	s.marks.add(out...)
}

// pump starts as many calls as may start now.
func (s *Sender) pump() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room != nil && s.q.n <= s.cfg.Queued {
		close(s.room)
		s.room = nil
	}
	for s.free > 0 && s.open && s.cfg.Lease.Term() == s.term {
		j, wait := s.q.next(time.Now())
		if j == nil {
			if wait > 0 {
				s.timer.Reset(wait)
			}
			break
		}
		s.free--
		s.jobs <- j // has room for every slot
	}
	if s.more && s.bulkRoom() >= s.bulkStep() && !s.q.limit.until.After(time.Now()) {
		poke(s.bulk)
	}
	if s.behind && s.q.n <= s.cfg.Queued/2 {
		poke(s.wake)
	}
}

// bulkSlots is how many rows of bulk may be claimed at a time: so many that a
// kill leaves no more than the calls in flight, and a slot stays for replies.
func (s *Sender) bulkSlots() int { return max(1, s.cfg.InFlight*3/4) }
func (s *Sender) bulkRoom() int  { return s.bulkSlots() - s.q.bulk }
func (s *Sender) bulkStep() int  { return max(1, s.bulkSlots()/2) }

// release ends a call: the slot is free, and the row is gone, or goes again at
// a time that is not zero.
func (s *Sender) release(j *job, again time.Time) {
	now := time.Now()
	var old []*job
	s.mu.Lock()
	if again.IsZero() {
		s.q.done(j, now)
	} else {
		old = s.q.again(j, again, now)
	}
	s.free++
	if s.free == s.cfg.InFlight && s.landing != nil {
		close(s.landing)
		s.landing = nil
	}
	s.mu.Unlock()
	s.settle(old, dialog.StateSuperseded, "")
	s.pump()
}

// landed returns a channel that is closed when no call is in flight.
func (s *Sender) landed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.landing == nil {
		s.landing = make(chan struct{})
	}
	c := s.landing
	if s.free == s.cfg.InFlight {
		close(c)
		s.landing = nil
	}
	return c
}

// stopWith ends the sending for good.
func (s *Sender) stopWith(err error) {
	s.mu.Lock()
	s.open = false
	s.mu.Unlock()
	select {
	case s.fatal <- err:
	default:
	}
}
