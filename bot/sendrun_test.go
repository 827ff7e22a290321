package bot

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

func TestSenderStopsOnWrongToken(t *testing.T) {
	for _, code := range []int{401, 404} {
		bubble(t, func(t *testing.T) {
			m, api := newMemory(), &fakeAPI{}
			api.answer = func(fakeCall, int) (json.RawMessage, error) { return nil, &APIError{Code: code} }
			log := (&logged{}).logger()
			lease := NewLease(m, "telegram", "me", 3*time.Second, log)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() { _ = lease.Run(ctx) }()
			m.put(message(1, "a"), 0)
			m.put(message(2, "b"), 0)
			err := NewSender(SenderConfig{Client: api, Outbox: m, Lease: lease, InFlight: 1, Queued: 9, Grace: time.Second, Log: log}).Run(ctx)
			if err == nil {
				t.Errorf("code %d: Run = nil, want an error", code)
			}
			if n := m.count(dialog.StateNew); n != 2 {
				t.Errorf("code %d: %d rows wait in the table, want 2", code, n)
			}
		})
	}
}

func TestSenderStopGivesRowsBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.set(5 * time.Second)
		synctest.Wait()
		for i := range 10 {
			s.offer(message(int64(i+1), "x"))
		}
		time.Sleep(time.Second)
		begin := time.Now()
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d > 6*time.Second {
			t.Errorf("stopping took %v", d)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if sent, back := s.count(dialog.StateSent), s.count(dialog.StateNew); sent != 4 || back != 6 {
			t.Errorf("%d sent and %d given back, want 4 and 6", sent, back)
		}
		if time.Now().Before(s.until) {
			t.Error("the lease was not released")
		}
	})
}

func TestSenderStopCutsHangingCalls(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.set(time.Hour)
		synctest.Wait()
		s.offer(message(1, "x"))
		synctest.Wait()
		begin := time.Now()
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d > 25*time.Second {
			t.Errorf("stopping took %v, want at most 25 s", d)
		}
		if got := s.state(1); got != dialog.StateSending {
			t.Errorf("row is %s, want sending: the next term decides", got)
		}
	})
}

func TestSenderNewTermClaimsWhatWasInFlight(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		synctest.Wait()
		old := s.put(message(1, "a"), s.sender.Accepting()) // committed, and the process died before it was offered
		bulk := message(2, "b")
		bulk.Lane, bulk.Class = dialog.LaneBulk, dialog.ClassBroadcast
		s.put(bulk, s.sender.Accepting())
		_ = s.stop()
		if s.sender.Accepting() != 0 {
			t.Error("accepts rows after its end")
		}
		s.start(t, nil)
		time.Sleep(time.Second)
		if diff := cmp.Diff([]string{"1:a"}, s.api.texts()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if got := s.state(old.ID); got != dialog.StateSent {
			t.Errorf("row is %s, want sent", got)
		}
	})
}

func TestSenderWithoutLeaseDoesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := newMemory()
		m.holder, m.until, m.term = "other", time.Now().Add(time.Hour), 5
		s := &stage{memory: m, api: &fakeAPI{}, log: &logged{}}
		s.start(t, nil)
		m.put(message(1, "a"), 0)
		time.Sleep(time.Minute)
		if n := len(s.api.texts()); n != 0 || s.sender.Accepting() != 0 {
			t.Errorf("%d calls, accepting %d, want none", n, s.sender.Accepting())
		}
		m.mu.Lock()
		m.until = time.Now()
		m.mu.Unlock()
		time.Sleep(3 * time.Second)
		if n := len(s.api.texts()); n != 1 {
			t.Errorf("%d calls after the other one left, want 1", n)
		}
	})
}

func TestSenderWaitRoom(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) { c.Queued = 5 })
		s.api.set(time.Second)
		synctest.Wait()
		for i := range 10 {
			s.offer(message(int64(i+1), "x"))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if err := s.sender.WaitRoom(ctx); err == nil {
			t.Error("there is room beside 10 rows with 5 allowed")
		}
		if err := s.sender.WaitRoom(t.Context()); err != nil {
			t.Errorf("WaitRoom = %v, want nil once rows were sent", err)
		}
	})
}

func TestSenderExpiresAfterADay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.answer = func(fakeCall, int) (json.RawMessage, error) { return nil, &TransientError{Status: 502} }
		synctest.Wait()
		row := message(1, "a")
		row.NotBefore = time.Now()
		s.offer(row)
		time.Sleep(25 * time.Hour)
		if got := s.state(1); got != dialog.StateExpired {
			t.Errorf("row is %s, want expired", got)
		}
	})
}
