package bot

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bangkom/internal/dialog"
)

func (s *stage) sentTimes(text string) int {
	n := 0
	for _, x := range s.api.texts() {
		if x == text {
			n++
		}
	}
	return n
}

// A transaction that began under one term commits after this process has got
// the next one: its reply goes once.
func TestOfferOfAnEndedTerm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		old := s.sender.Accepting()
		s.mu.Lock()
		s.until = time.Time{} // the process stood still for longer than the lease
		s.mu.Unlock()
		time.Sleep(5 * time.Second)
		if now := s.sender.Accepting(); old == 0 || now == old || now == 0 {
			t.Fatalf("term %d, then %d", old, now)
		}
		s.sender.Offer([]dialog.Outgoing{s.put(message(7, "jawaban"), old)})
		time.Sleep(10 * time.Second)
		if n := s.sentTimes("7:jawaban"); n != 1 || s.sender.Stats().Lost != 0 {
			t.Errorf("sent %d times, %d outcomes lost", n, s.sender.Stats().Lost)
		}
	})
}

// The commit of a decision was done and its reply lost: the row is stored as
// being sent by this process, which does not know it.
func TestDoubtSendsWhatNobodyOffered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		s.offer(message(8, "lain"))
		s.put(message(7, "jawaban"), s.sender.Accepting())
		s.sender.CommitUnknown()
		time.Sleep(time.Minute)
		for _, text := range []string{"7:jawaban", "8:lain"} {
			if n := s.sentTimes(text); n != 1 {
				t.Errorf("%s went %d times", text, n)
			}
		}
	})
}

// lostClaim is a claim whose commit is done and whose reply is lost, once.
type lostClaim struct {
	*memory
	lost *bool
}

func (c lostClaim) Claim(ctx context.Context, term int64, lane dialog.Lane, limit int, now time.Time) ([]dialog.Outgoing, error) {
	rows, err := c.memory.Claim(ctx, term, lane, limit, now)
	if len(rows) > 0 && !*c.lost {
		*c.lost = true
		return nil, errAway
	}
	return rows, err
}

func TestLostReplyOfAClaim(t *testing.T) {
	bubble(t, func(t *testing.T) {
		lost := false
		s := newStage(t, func(c *SenderConfig) {
			if m, ok := c.Outbox.(*memory); ok {
				c.Outbox = lostClaim{m, &lost}
			}
		})
		synctest.Wait()
		s.put(message(7, "jawaban"), 0)
		s.sender.Wake()
		time.Sleep(time.Minute)
		if n := s.sentTimes("7:jawaban"); !lost || n != 1 {
			t.Errorf("reply lost: %t; sent %d times", lost, n)
		}
	})
}

// A process that loses the lease with a full memory goes on deciding updates.
func TestRoomAfterLosingTheLease(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) { c.Queued = 5 })
		synctest.Wait()
		s.api.set(14 * time.Second)
		for i := range 30 {
			s.offer(message(int64(i+1), "x"))
		}
		s.mu.Lock()
		s.holder, s.until, s.term = "other", time.Now().Add(1000*time.Hour), s.term+1
		for _, r := range s.outbox { // the other one sends it all
			r.state, r.term = dialog.StateSent, s.term
		}
		s.mu.Unlock()
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := s.sender.WaitRoom(ctx); err != nil {
			t.Errorf("without the lease there is no room: %+v", s.sender.Stats())
		}
	})
}

// A lease that lapses and comes back to the same process goes on under another
// term, because what was in memory is forgotten.
func TestLapseLosesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		s.api.set(20 * time.Second) // calls hang, so that rows wait in memory
		var want []string
		for i := range 3 {
			s.offer(message(7, string(rune('a'+i))))
			want = append(want, "7:"+string(rune('a'+i)))
		}
		s.mu.Lock()
		s.away = true
		s.mu.Unlock()
		time.Sleep(3 * time.Second)
		s.mu.Lock()
		s.away = false
		s.mu.Unlock()
		s.api.set(0)
		time.Sleep(5 * time.Minute)
		got := slices.Compact(s.api.texts())
		if !slices.Equal(got, want) {
			t.Errorf("went %q, want %q", got, want)
		}
	})
}

// pauseFails refuses to store a pause for some time.
type pauseFails struct {
	*memory
	until time.Time
}

func (p pauseFails) Pause(ctx context.Context, d time.Duration) error {
	if time.Now().Before(p.until) {
		return errAway
	}
	return p.memory.Pause(ctx, d)
}

// A pause that could not be stored at once ends when Telegram said.
func TestPauseStoredLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := pauseFails{newMemory(), time.Now().Add(8 * time.Minute)}
		m := newMarker(p, &counters{}, (&logged{}).logger())
		done := make(chan struct{})
		go func() { m.run(ctx); close(done) }()
		m.storePause(time.Now().Add(10 * time.Minute))
		time.Sleep(9 * time.Minute)
		if left, _ := p.Paused(ctx); left <= 0 || left > time.Minute {
			t.Errorf("a minute before the end of the pause %s are left", left)
		}
		time.Sleep(2 * time.Minute)
		if left, _ := p.Paused(ctx); left > 0 {
			t.Errorf("a minute after the end of the pause %s are left", left)
		}
		cancel()
		<-done
	})
}
