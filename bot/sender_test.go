package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

// stage is a sender with its lease, over fakes, inside a synctest bubble.
type stage struct {
	*memory
	api    *fakeAPI
	sender *Sender
	stop   func() error
	log    *logged
}

func newStage(t *testing.T, change func(*SenderConfig)) *stage {
	t.Helper()
	s := &stage{memory: newMemory(), api: &fakeAPI{takes: 10 * time.Millisecond}, log: &logged{}}
	s.start(t, change)
	return s
}

func (s *stage) start(t *testing.T, change func(*SenderConfig)) {
	lease := NewLease(s.memory, "telegram", fmt.Sprintf("holder-%d", time.Now().UnixNano()), 3*time.Second, s.log.logger())
	cfg := SenderConfig{
		Client: s.api, Outbox: s.memory, Lease: lease, InFlight: 4, Queued: 100, Grace: 20 * time.Second, Log: s.log.logger(),
	}
	if change != nil {
		change(&cfg)
	}
	s.sender = NewSender(cfg)
	leading, stopLeading := context.WithCancel(context.Background())
	sending, stopSending := context.WithCancel(context.Background())
	leaseDone, senderDone := make(chan struct{}), make(chan error, 1)
	go func() { _ = lease.Run(leading); close(leaseDone) }()
	go func() { senderDone <- s.sender.Run(sending) }()
	stopped := false
	s.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		stopSending()
		err := <-senderDone
		stopLeading()
		<-leaseDone
		return err
	}
	t.Cleanup(func() { _ = s.stop() })
}

// offer stores rows as a handler's transaction does, and hands them over.
func (s *stage) offer(rows ...dialog.Outgoing) {
	for _, r := range rows {
		s.sender.Offer([]dialog.Outgoing{s.put(r, s.sender.Accepting())})
	}
}

func (s *stage) state(id int64) dialog.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outbox[id].state
}

func bubble(t *testing.T, f func(t *testing.T)) { t.Helper(); synctest.Test(t, f) }

func TestSenderKeepsRowOrderPerChat(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		if s.sender.Accepting() == 0 {
			t.Fatal("does not accept rows after the first claim")
		}
		for i := range 20 {
			s.offer(message(1, fmt.Sprint(i)), message(2, fmt.Sprint(i)))
		}
		time.Sleep(10 * time.Second)
		for chat := range []int{1, 2} {
			var got, want []string
			for _, text := range s.api.texts() {
				if prefix := fmt.Sprintf("%d:", chat+1); strings.HasPrefix(text, prefix) {
					got = append(got, text)
				}
			}
			for i := range 20 {
				want = append(want, fmt.Sprintf("%d:%d", chat+1, i))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("chat %d (-want +got):\n%s", chat+1, diff)
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if n := s.count(dialog.StateSent); n != 40 {
			t.Errorf("%d rows sent, want 40", n)
		}
		if s.outbox[1].message == 0 {
			t.Error("the message id was not stored")
		}
	})
}

func TestSenderBoundsCallsInFlight(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		for i := range 50 {
			s.offer(message(int64(i+1), "x"))
		}
		time.Sleep(10 * time.Second)
		if got := s.api.peak(); got != 4 {
			t.Errorf("%d calls at a time, want 4", got)
		}
	})
}

func TestSenderKeepsTheSlotUntilTheOutcomeIsStored(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		s.setAway(true)
		for i := range 50 {
			s.offer(message(int64(i+1), "x"))
		}
		time.Sleep(time.Second)
		if n := len(s.api.texts()); n != 4 {
			t.Errorf("%d calls while no outcome can be stored, want 4", n)
		}
		s.setAway(false)
		time.Sleep(20 * time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		if n := s.count(dialog.StateSent); n != 50 {
			t.Errorf("%d rows sent, want 50", n)
		}
	})
}

func TestSenderSupersedesUnsentEdits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		s.offer(edit(1, 7, "a"), edit(1, 7, "b"), message(1, "new"), edit(1, 7, "c"), edit(1, 8, "other"))
		time.Sleep(time.Second)
		want := []string{"1:a", "1:new", "1:c", "1:other"} // a was in flight already
		if diff := cmp.Diff(want, s.api.texts()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if got := s.state(2); got != dialog.StateSuperseded {
			t.Errorf("row 2 is %s, want superseded", got)
		}
		if got := s.sender.Stats().Superseded; got != 1 {
			t.Errorf("%d superseded, want 1", got)
		}
	})
}

func TestSenderRepliesOvertakeBulk(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) { c.Rate = 30 })
		for i := range 300 {
			row := message(int64(i+1), "bulk")
			row.Lane, row.Class = dialog.LaneBulk, dialog.ClassBroadcast
			s.put(row, 0)
		}
		time.Sleep(2 * time.Second)
		begin := time.Now()
		s.offer(message(999, "reply"))
		time.Sleep(time.Second)
		for _, c := range s.api.all() {
			if c.params["text"] == "reply" && c.at.Sub(begin) > 100*time.Millisecond {
				t.Errorf("the reply waited %v behind bulk", c.at.Sub(begin))
			}
		}
		time.Sleep(9 * time.Second)
		if n := len(s.api.texts()); n != 301 {
			t.Fatalf("%d calls, want 301", n)
		}
		calls := s.api.all()
		took := calls[300].at.Sub(calls[0].at)
		if low, high := 9800*time.Millisecond, 301*time.Second/30; took < low || took > high {
			t.Errorf("301 calls took %v, want %v to %v at 30 a second", took, low, high)
		}
	})
}

func TestSenderClaimsBulkOnlyForFreeSlots(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.set(time.Hour)
		for i := range 100 {
			row := message(int64(i+1), "bulk")
			row.Lane, row.Class = dialog.LaneBulk, dialog.ClassBroadcast
			s.put(row, 0)
		}
		time.Sleep(5 * time.Second)
		s.mu.Lock()
		n := s.count(dialog.StateSending)
		s.mu.Unlock()
		if n == 0 || n > 3 {
			t.Errorf("%d rows claimed with 4 slots, want 1 to 3", n)
		}
		s.offer(message(999, "reply"))
		synctest.Wait()
		if got := s.api.texts(); got[len(got)-1] != "999:reply" {
			t.Errorf("the reply found no slot: %v", got)
		}
	})
}

func TestSenderChatRate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) { c.ChatRate = 1 })
		synctest.Wait()
		for i := range 10 {
			s.offer(message(1, fmt.Sprint(i)))
		}
		s.offer(edit(2, 1, "a"), edit(2, 2, "b"), edit(2, 3, "c"), edit(2, 4, "d"), edit(2, 5, "e"), edit(2, 6, "f"), edit(2, 7, "g"))
		time.Sleep(500 * time.Millisecond)
		count := map[string]int{}
		for _, c := range s.api.all() {
			count[c.params["chat_id"]]++
		}
		if count["1"] != 5 || count["2"] != 7 {
			t.Errorf("calls at once %v, want 5 messages and all 7 edits", count)
		}
		time.Sleep(10 * time.Second)
		var times []time.Time
		for _, c := range s.api.all() {
			if c.params["chat_id"] == "1" {
				times = append(times, c.at)
			}
		}
		if len(times) != 10 || times[9].Sub(times[0]) < 5*time.Second {
			t.Errorf("%d messages within %v, want 10 within 5 s or more", len(times), times[len(times)-1].Sub(times[0]))
		}
	})
}

func TestSenderObeysPause(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.answer = func(_ fakeCall, n int) (json.RawMessage, error) {
			if n == 1 {
				return nil, &APIError{Code: 429, RetryAfter: 30 * time.Second}
			}
			return nil, nil
		}
		synctest.Wait()
		s.offer(message(1, "a"))
		time.Sleep(time.Second)
		s.offer(message(2, "b"))
		time.Sleep(20 * time.Second)
		if n := len(s.api.texts()); n != 1 {
			t.Fatalf("%d calls during the pause, want 1", n)
		}
		if d, _ := s.Paused(t.Context()); d < 8*time.Second {
			t.Errorf("stored pause lasts %v more, want 9 s", d)
		}
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		s.start(t, nil) // a new process obeys the pause too
		time.Sleep(5 * time.Second)
		if n := len(s.api.texts()); n != 1 {
			t.Errorf("%d calls by the new process during the pause, want 1", n)
		}
		time.Sleep(10 * time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		if n := s.count(dialog.StateSent); n != 2 {
			t.Errorf("%d rows sent after the pause, want 2", n)
		}
	})
}

func TestSenderUnknownOutcome(t *testing.T) {
	for _, tt := range []struct {
		class dialog.Class
		calls int
		state dialog.State
	}{
		{dialog.ClassReply, 2, dialog.StateSent},
		{dialog.ClassPrompt, 2, dialog.StateSent},
		{dialog.ClassBroadcast, 1, dialog.StateUnknown},
	} {
		t.Run(string(tt.class), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, nil)
				s.api.answer = func(_ fakeCall, n int) (json.RawMessage, error) {
					if n == 1 {
						return nil, fmt.Errorf("cut: %w", ErrUnknownOutcome)
					}
					return nil, nil
				}
				synctest.Wait()
				row := message(1, "a")
				row.Class = tt.class
				s.offer(row)
				time.Sleep(5 * time.Second)
				if n := len(s.api.texts()); n != tt.calls {
					t.Errorf("%d calls, want %d", n, tt.calls)
				}
				if got := s.state(1); got != tt.state {
					t.Errorf("row is %s, want %s", got, tt.state)
				}
				if got := s.sender.Stats(); got.Unknown != 1 || got.Resent != int64(tt.calls-1) {
					t.Errorf("stats %+v, want 1 unknown, %d resent", got, tt.calls-1)
				}
			})
		})
	}
}

func TestSenderTransientKeepsOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		var down atomic.Bool
		down.Store(true)
		s.api.answer = func(fakeCall, int) (json.RawMessage, error) {
			if down.Load() {
				return nil, &TransientError{Status: 502}
			}
			return nil, nil
		}
		synctest.Wait()
		s.offer(message(1, "a"), message(1, "b"))
		time.Sleep(10 * time.Minute) // long enough that both went back to the table
		s.offer(message(1, "c"))
		down.Store(false)
		before := len(s.api.texts())
		time.Sleep(10 * time.Minute)
		if diff := cmp.Diff([]string{"1:a", "1:b", "1:c"}, s.api.texts()[before:]); diff != "" {
			t.Errorf("order after the outage (-want +got):\n%s", diff)
		}
		if before > 20 {
			t.Errorf("%d calls within 10 minutes of outage, want at most 20", before)
		}
		if s.sender.Stats().GivenBack == 0 {
			t.Error("no row went back to the table")
		}
	})
}

func TestSenderUnreachable(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.answer = func(c fakeCall, _ int) (json.RawMessage, error) {
			if c.params["chat_id"] == "1" {
				return nil, &APIError{Code: 403, Description: "Forbidden: bot was blocked by the user"}
			}
			return nil, nil
		}
		synctest.Wait()
		s.offer(message(1, "a"), message(1, "b"), message(2, "c"), message(1, "d"))
		time.Sleep(time.Second)
		got := s.api.texts()
		slices.Sort(got)
		if diff := cmp.Diff([]string{"1:a", "2:c"}, got); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		states := []dialog.State{s.state(1), s.state(2), s.state(3), s.state(4)}
		want := []dialog.State{dialog.StateFailed, dialog.StateCancelled, dialog.StateSent, dialog.StateCancelled}
		if diff := cmp.Diff(want, states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, m := range s.marks {
			if m.ID == 1 && !m.Unreachable {
				t.Error("the mark does not say that the chat is unreachable")
			}
		}
	})
}
