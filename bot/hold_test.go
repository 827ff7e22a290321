package bot

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
)

// setHold holds sending in the database of the memory, or allows it.
func (m *memory) setHold(why dialog.Hold) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.why = why
	m.touch()
}

// Where sending is held a process asks nothing of Telegram, not even for its own name
// or for updates, decides nothing, and says why. Allowed, it goes on; held in the
// middle of its work, it stops again.
func TestNothingGoesWhileSendingIsHeld(t *testing.T) {
	devdbtest.Long(t, "waits for terms and pauses to pass")
	t.Parallel() // it mostly waits
	h := newHouse(t, func(c *Config) { c.LeaseTTL = time.Second })
	person := func(id int64, text string) {
		h.fake.AddUser(faketelegram.User{ID: id, FirstName: "A"})
		h.fake.SendText(id, text)
	}
	person(5, "satu")
	h.see(t, "the first answer", h.shows(5, "Anda: satu"))
	h.see(t, "the profile", func() bool { return len(h.fake.Profile().Commands["all_private_chats"]) == 1 })
	h.setHold(dialog.HoldMoved)
	h.see(t, "the hold in the middle of its work", func() bool { return h.tg.Stats().Hold != "" && h.tg.Stats().Term == 0 })
	// An update of the backup that nobody has decided.
	if _, err := h.StoreUpdates(t.Context(), 0, []dialog.RawUpdate{{ID: 900, Lane: 5,
		Body: `{"update_id":900,"message":{"message_id":90,"text":"lama","chat":{"id":5,"type":"private"},"from":{"id":5}}}`}}); err != nil {
		t.Fatal(err)
	}
	for _, again := range []bool{false, true} {
		if again {
			_ = h.stop()
			h.start(t)
		}
		h.see(t, "why it does not work", func() bool {
			err := h.tg.Ready()
			return err != nil && strings.Contains(err.Error(), "a copy or was restored")
		})
		// Telegram learns a moment later that whoever asked for updates has hung up; until
		// then it would count what comes next as fetched.
		h.see(t, "the poll of before is over", func() bool { return h.polling.Load() == 0 })
		before, polls := h.fake.CallCount(), h.requests.Load()
		h.fake.SendText(5, "dua")
		h.put(message(5, "menunggu"), 0)
		time.Sleep(2 * h.cfg.LeaseTTL)
		if calls := h.fake.CallsSince(before); len(calls) != 0 {
			t.Errorf("started anew %t: %d calls while sending is held, the first is %s", again, len(calls), calls[0].Method)
		}
		if n := h.requests.Load() - polls; n != 0 { // those that were broken off too
			t.Errorf("started anew %t: %d polls while sending is held", again, n)
		}
		h.mu.Lock()
		if h.done[900] {
			t.Errorf("started anew %t: an update was decided while sending is held", again)
		}
		h.mu.Unlock()
	}
	h.setHold("")
	h.see(t, "what waited", h.shows(5, "Anda: dua"))
	h.memory.await(t, "both messages", func() bool { return h.memory.count(dialog.StateNew) == 0 })
	if h.tg.Ready() != nil || !strings.Contains(h.log.String(), "sending is allowed again") {
		t.Errorf("Ready: %v; log:\n%s", h.tg.Ready(), h.log)
	}
}

// Who is held and loses the database as well does not look for presses, as one does
// who may send: the original polls, and two pollers cut each other off.
func TestHeldAndCutOffPollsNothing(t *testing.T) {
	devdbtest.Long(t, "waits for terms and pauses to pass")
	t.Parallel() // it mostly waits
	h := newHouse(t, func(c *Config) { c.NotStored = "belum tersimpan" })
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.setHold(dialog.HoldMoved)
	h.see(t, "the hold", func() bool { why, _ := h.tg.lease.Hold(); return why != "" && h.tg.lease.Term() == 0 })
	h.setAway(true)
	h.see(t, "the database is away", func() bool { return h.tg.lease.Err() != nil })
	before := h.requests.Load()
	query := h.pressed(t, 11)
	time.Sleep(5 * cutOffAfter)
	if n := h.requests.Load() - before; n != 0 {
		t.Errorf("%d polls while sending is held", n)
	}
	if a, ok := h.fake.Answered(query); ok {
		t.Errorf("a press is answered with %q while sending is held", a.Text)
	}
}

// Who looks for presses without the database stops at once when it turns out that
// sending is held there.
func TestHeldWhileCutOffStopsPolling(t *testing.T) {
	devdbtest.Long(t, "waits for terms and pauses to pass")
	t.Parallel() // it mostly waits
	h := newHouse(t, func(c *Config) { c.PollWait = time.Minute })
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.setAway(true)
	h.see(t, "the lease is lost", func() bool { return h.tg.lease.Term() == 0 })
	before := h.requests.Load()
	h.see(t, "it looks for presses", func() bool { return h.requests.Load() > before })
	h.mu.Lock()
	h.away, h.why = false, dialog.HoldMoved
	h.mu.Unlock()
	h.see(t, "the hold", func() bool { why, _ := h.tg.lease.Hold(); return why != "" })
	limit := time.Now().Add(30 * time.Second) // by itself it would go on for a minute
	for h.polling.Load() != 0 && time.Now().Before(limit) {
		time.Sleep(10 * time.Millisecond)
	}
	if h.polling.Load() != 0 {
		t.Error("it goes on asking for updates while sending is held")
	}
}

// What Telegram delivers to a held place stays at Telegram, and no press is answered.
func TestAWebhookRefusesWhileSendingIsHeld(t *testing.T) {
	m, log := newMemory(), &logged{}
	m.setHold(dialog.HoldSetBack)
	lease := NewLease(m, leaseName, "a", time.Second, log.logger())
	lease.attempt(t.Context(), time.Now(), time.NewTimer(time.Hour))
	w, err := newWebhook(WebhookConfig{URL: "http://x/y", Secrets: []string{hookSecret}}, nil, m, lease, intakeAlone(m, NewAcks(nil, log.logger()), log), log.logger())
	if err != nil {
		t.Fatal(err)
	}
	go w.gather.run(t.Context())
	rec := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodPost, "http://x/y", strings.NewReader(`{"update_id":5,"message":{"text":"x","chat":{"id":7,"type":"private"},"from":{"id":7}}}`))
	req.Header.Set(secretHeader, hookSecret)
	w.ServeHTTP(rec, req)
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" || len(m.received) != 0 {
		t.Errorf("status %d, %d stored", rec.Code, len(m.received))
	}
}

// What may run while sending is allowed is ended by the look that finds it held, not some
// time after it.
func TestAHoldEndsWhatRunsAtOnce(t *testing.T) {
	m, log := newMemory(), &logged{}
	lease := NewLease(m, leaseName, "a", time.Hour, log.logger())
	lease.attempt(t.Context(), time.Now(), time.NewTimer(time.Hour))
	work, stop := lease.untilHeld(t.Context())
	defer stop()
	if work.Err() != nil {
		t.Fatal("it has ended before any hold")
	}
	m.setHold(dialog.HoldMoved)
	lease.attempt(t.Context(), time.Now(), time.NewTimer(time.Hour))
	select {
	case <-work.Done():
	case <-time.After(patience):
		t.Error("it goes on while sending is held")
	}
}
