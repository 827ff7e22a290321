package bot

import (
	"testing"
	"testing/synctest"
	"time"

	"bangkom/internal/dialog"
)

// Outcomes for which nobody waits are written together.
func TestOutcomesTravelTogether(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		for chat := range 3 {
			s.offer(message(int64(chat+1), "x"))
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		if n := s.count(dialog.StateSent); n != 3 || s.markWrites != 1 {
			t.Errorf("%d sent in %d writes, want 3 in 1", n, s.markWrites)
		}
	})
}

// Whoever needs the place of an outcome that waits for others gets it at once: the next
// message of the same chat, whether it is there already or comes, and that of anybody
// when no place is left.
func TestNobodyWaitsForOutcomesToGather(t *testing.T) {
	const call = 10 * time.Millisecond // see newStage
	for name, next := range map[string]struct {
		chat   int64
		slots  int
		during time.Duration // after the first
	}{
		"behind it":      {chat: 1, slots: 4},
		"while it waits": {chat: 1, slots: 4, during: call + 5*time.Millisecond},
		"no place left":  {chat: 2, slots: 1, during: 5 * time.Millisecond},
		"one place left": {chat: 2, slots: 2},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(c *SenderConfig) { c.InFlight = next.slots })
				synctest.Wait()
				s.offer(message(1, "a"))
				time.Sleep(next.during)
				s.offer(message(next.chat, "b"))
				time.Sleep(time.Second)
				s.api.mu.Lock()
				defer s.api.mu.Unlock()
				want := max(call, next.during)
				if next.slots > 1 && next.chat != 1 {
					want = 0
				}
				if got := s.api.calls[1].at.Sub(s.api.calls[0].at); got != want {
					t.Errorf("the second call came %v after the first, want %v", got, want)
				}
			})
		})
	}
}
