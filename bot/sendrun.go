package bot

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bangkom/internal/dialog"
)

const (
	pollEvery    = time.Second
	pollOthers   = 50 * time.Millisecond // while other processes write into the outbox too
	claimTimeout = 10 * time.Second
	claimBatch   = 500
	giveBack     = time.Millisecond // RetryIn of a row that is given back: at once
	settleTime   = 3 * time.Second  // for the last outcomes at the end
	defaultGrace = 20 * time.Second
)

// Run sends until ctx ends: then it starts no more calls, waits for those in
// flight, writes their outcomes and gives the other rows back. The error says
// why sending is impossible; nil after ctx ended.
func (s *Sender) Run(ctx context.Context) error {
	calls, stopCalls := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCalls()
	writes, stopWrites := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWrites()

	var workers, writer sync.WaitGroup
	writer.Go(func() { s.marks.run(writes) })
	writer.Go(func() { s.shop.run(writes) })
	for range s.cfg.InFlight {
		workers.Go(func() {
			done := make(chan struct{}, 1)
			for j := range s.jobs {
				s.deliver(calls, j, done)
			}
		})
	}
	err := s.govern(ctx)
	s.drain(stopCalls)
	stopWrites()
	writer.Wait()
	stopCalls()
	close(s.jobs)
	workers.Wait()
	return err
}

// govern follows the lease and claims rows until ctx ends or sending becomes
// impossible.
func (s *Sender) govern(ctx context.Context) error {
	pace := pollEvery
	tick := time.NewTicker(pace)
	defer tick.Stop()
	onlyBulk := false
	for {
		changed := s.cfg.Lease.Changed()
		s.round(ctx, onlyBulk)
		onlyBulk = false
		if next := s.pace(); next != pace {
			pace = next
			tick.Reset(pace)
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.fatal:
			return err
		case <-changed:
		case <-s.wake:
		case <-tick.C:
		case <-s.bulk:
			onlyBulk = true
		}
	}
}

// pace is how often the table is looked at. What this process decides it hands
// over in memory; what others decide is found only there.
func (s *Sender) pace() time.Duration {
	if s.cfg.Lease.Others() > 0 {
		return pollOthers
	}
	return pollEvery
}

// round looks once at the lease and the table.
func (s *Sender) round(ctx context.Context, onlyBulk bool) {
	term := s.cfg.Lease.Term()
	if term == 0 {
		s.letGo()
		return
	}
	if !s.takeOver(ctx, term) {
		return
	}
	if !onlyBulk {
		s.pump()
		if s.claimReplies(ctx, term) {
			s.accepting.Store(term)
		}
	}
	s.claimBulk(ctx, term)
}

// letGo forgets what waits in memory while the lease is not held: whoever holds
// it next claims those rows, and what this process decides meanwhile must not
// wait for room.
func (s *Sender) letGo() {
	s.accepting.Store(0)
	s.mu.Lock()
	dropped := s.open && s.q.n > 0
	s.open, s.more, s.behind = false, false, false
	s.q.takeAll()
	s.mu.Unlock()
	if dropped {
		s.cfg.Lease.NewTerm() // or the same term could go on, in which they count as being sent already
	}
	s.pump()
}

// takeOver prepares for a term: what was in memory belongs to an older one and
// will be claimed again. false = not possible now.
func (s *Sender) takeOver(ctx context.Context, term int64) bool {
	s.mu.Lock()
	same := s.open && s.term == term
	s.open = s.open && same
	s.mu.Unlock()
	if same {
		return true
	}
	s.accepting.Store(0)
	for _, quiet := range []func() <-chan struct{}{s.landed, s.marks.settled} {
		select {
		case <-quiet():
		case <-ctx.Done():
			return false
		}
	}
	call, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	paused, err := s.cfg.Outbox.Paused(call)
	if err != nil {
		s.warn(ctx, "pause not read", err)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.q.takeAll()
	s.q.shown.clear() // somebody else may have edited meanwhile
	s.q.limit.pause(time.Now().Add(paused))
	s.term, s.open = term, true
	return true
}

// claimReplies claims what waits in the table as far as there is room; true =
// nothing waits any more, so that the hand-over in memory keeps the row order.
func (s *Sender) claimReplies(ctx context.Context, term int64) (drained bool) {
	for {
		s.mu.Lock()
		limit := min(claimBatch, s.cfg.Queued+1-s.q.n)
		s.behind = limit <= 0
		s.mu.Unlock()
		if limit <= 0 {
			return false
		}
		n, ok := s.claim(ctx, term, dialog.LaneReply, limit)
		if !ok || n < limit {
			return ok
		}
	}
}

// claimBulk claims no more than there are slots, so that a kill leaves few
// broadcasts unknown.
func (s *Sender) claimBulk(ctx context.Context, term int64) {
	s.mu.Lock()
	limit := s.bulkRoom()
	wait := limit < s.bulkStep() || s.q.limit.until.After(time.Now())
	s.mu.Unlock()
	if wait {
		return
	}
	n, ok := s.claim(ctx, term, dialog.LaneBulk, limit)
	s.mu.Lock()
	s.more = ok && n >= limit
	s.mu.Unlock()
}

func (s *Sender) claim(ctx context.Context, term int64, lane dialog.Lane, limit int) (n int, ok bool) {
	if s.cfg.Lease.Term() != term {
		return 0, false
	}
	call, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	rows, err := s.cfg.Outbox.Claim(call, term, lane, limit, s.cfg.Now())
	if err != nil {
		s.warn(ctx, "outbox not claimed", err)
		s.CommitUnknown()
		return 0, false
	}
	if !s.enqueue(rows, term) {
		s.CommitUnknown()
		return 0, false
	}
	return len(rows), true
}

func (s *Sender) warn(ctx context.Context, msg string, err error) {
	if ctx.Err() == nil {
		s.log.Warn(msg, "err", err)
	}
}

// drain ends the sending: calls in flight have the grace, then they are cut
// and their rows stay as being sent, to be claimed under the next term.
func (s *Sender) drain(stopCalls context.CancelFunc) {
	s.accepting.Store(0)
	s.mu.Lock()
	s.open = false
	s.timer.Stop()
	s.mu.Unlock()
	grace := time.NewTimer(s.cfg.Grace)
	defer grace.Stop()
	select {
	case <-s.landed():
	case <-grace.C:
		stopCalls()
	}
	s.mu.Lock()
	rest := s.q.takeAll()
	s.mu.Unlock()
	s.giveBack(rest, giveBack)
	end := time.NewTimer(settleTime)
	defer end.Stop()
	for _, quiet := range []func() <-chan struct{}{s.landed, s.marks.settled} {
		select {
		case <-quiet():
		case <-end.C:
			s.log.Warn("stopped before every outcome was stored")
			return
		}
	}
}

// giveBack returns unsent rows to the table.
func (s *Sender) giveBack(jobs []*job, in time.Duration) {
	out := make([]pending, len(jobs))
	for i, j := range jobs {
		out[i] = pending{term: j.term, mark: dialog.Mark{ID: j.row.ID, State: dialog.StateNew, RetryIn: in}}
	}
	s.stats.givenBack.Add(int64(len(jobs)))
	s.marks.add(out...)
}

// fatalError explains why the bot cannot go on.
func fatalError(err error) error {
	return fmt.Errorf("telegram refuses the bot token or the address of the API; set telegram.token to the token that BotFather shows: %w", err)
}
