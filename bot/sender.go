package bot

import (
	"cmp"
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
	Drawer   Drawer        // nil = pictures fall back to their caption
	Rate     float64       // calls a second; 0 = no limit
	ChatRate float64       // new messages a second to one chat; 0 = no limit
	InFlight int           // calls at a time; what one kill can repeat at most
	Queued   int           // rows in memory above which WaitRoom waits
	HoldText time.Duration // what stands behind a picture or file of its chat waits for it; 0 = 1 s
	Grace    time.Duration
	NotMade  string           // HTML below the words of a file that could not be made
	TooSlow  string           // HTML below the words of a report that was given up
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
	shop  *workshop

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

// NewSender makes a sender; Run starts it.
func NewSender(cfg SenderConfig) *Sender {
	if cfg.Meter == nil {
		cfg.Meter = unmeasured{}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.HoldText = cmp.Or(cfg.HoldText, holdText)
	s := &Sender{
		cfg: cfg, log: cfg.Log, q: newQueue(newLimiter(cfg.Rate, cfg.ChatRate)), free: cfg.InFlight,
		jobs: make(chan *job, cfg.InFlight), wake: make(chan struct{}, 1), bulk: make(chan struct{}, 1),
		fatal: make(chan error, 1),
	}
	s.shop = newWorkshop(cfg.Drawer, cfg.Log, s.made)
	s.q.begin, s.q.notMade, s.q.tooSlow = s.begin, cfg.NotMade, cfg.TooSlow
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
// Accepting returned. It does not wait. For any other row it only wakes the
// sender. Rows of a term that has ended meanwhile stay in the table, where the
// next term claims them. If the term goes on but this sender does not accept
// them, it asks for a new term, so that they are claimed too.
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
			s.cfg.Lease.NewTerm()
		default:
			s.Wake()
		}
	}
	if len(mine) > 0 && !s.enqueue(mine, term) {
		s.cfg.Lease.NewTerm()
	}
}

// CommitUnknown says that the reply to a commit was lost: rows may be stored as
// claimed by this process, which does not have them. A new term claims them
// again.
func (s *Sender) CommitUnknown() { s.cfg.Lease.NewTerm() }

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

// hasRoom tells whether WaitRoom would not wait.
func (s *Sender) hasRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.q.n <= s.cfg.Queued
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
	awaited := false
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
		old = append(old, s.q.add(&job{row: row, term: s.term, since: since, came: now}, now)...)
		awaited = awaited || s.q.behind(row.ChatID)
	}
	s.mu.Unlock()
	if awaited {
		s.marks.hurry()
	}
	s.settle(old, dialog.StateSuperseded, "")
	s.pump()
	return true
}

// begin has the picture or file of a row made. The caller holds s.mu.
func (s *Sender) begin(j *job) {
	j.order = s.shop.order(j.row)
	time.AfterFunc(s.cfg.HoldText, func() {
		s.mu.Lock()
		s.q.pass(j, time.Now())
		s.mu.Unlock()
		s.pump()
	})
}

// made takes a picture or file that is ready; nil = it cannot be had.
func (s *Sender) made(row int64, d *drawing, late bool) {
	s.mu.Lock()
	s.q.made(row, d, late, time.Now())
	s.mu.Unlock()
	s.pump()
}

// quietUntil is when the pause that Telegram has asked for ends.
func (s *Sender) quietUntil() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.q.limit.until
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
	same, old := s.start()
	s.settle(same, dialog.StateSuperseded, causeSame)
	if len(old) > 0 {
		s.giveBack(old, giveBack)
	}
}

// causeSame is noted of an edit that would have changed nothing.
const causeSame = "same"

// start gives the free slots work; same are the edits that need no call, old the rows
// that must be made again.
func (s *Sender) start() (same, old []*job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room != nil && s.q.n <= s.cfg.Queued {
		close(s.room)
		s.room = nil
	}
	for s.free > 0 && s.open && s.cfg.Lease.Term() == s.term {
		j, equal, wait := s.q.next(time.Now())
		same = append(same, equal...)
		if j == nil {
			if wait > 0 {
				s.timer.Reset(wait)
			}
			break
		}
		s.free--
		s.jobs <- j // has room for every slot
	}
	if s.free == 0 {
		s.marks.hurry()
	}
	old, s.q.old = s.q.old, nil
	s.more = s.more || len(old) > 0
	if s.more && s.bulkRoom() >= s.bulkStep() && !s.q.limit.until.After(time.Now()) {
		poke(s.bulk)
	}
	if s.behind && s.q.n <= s.cfg.Queued/2 {
		poke(s.wake)
	}
	return same, old
}

// bulkSlots is how many rows of bulk may be claimed at a time: no more than there
// are calls at a time, so that a kill leaves few of them unknown, and less, so
// that a slot stays for replies.
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
	s.mu.Unlock()
	s.settle(old, dialog.StateSuperseded, "")
	s.vacate()
}

// vacate frees a slot.
func (s *Sender) vacate() {
	s.mu.Lock()
	s.free++
	if s.free == s.cfg.InFlight && s.landing != nil {
		close(s.landing)
		s.landing = nil
	}
	s.mu.Unlock()
	s.pump()
}

// landed returns a channel that is closed when no call is in flight.
func (s *Sender) landed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.landing == nil {
		s.landing = make(chan struct{})
		s.marks.hurry()
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
