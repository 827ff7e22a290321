package bot

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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
	t.Parallel() // it mostly waits
	h := newHouse(t, func(c *Config) { c.LeaseTTL = time.Second })
	person := func(id int64, text string) {
		h.fake.AddUser(faketelegram.User{ID: id, FirstName: "A"})
		h.fake.SendText(id, text)
	}
	person(5, "satu")
	h.see(t, "the first answer", h.shows(5, "Anda: satu"))
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
		before := h.fake.CallCount()
		h.fake.SendText(5, "dua")
		h.put(message(5, "menunggu"), 0)
		time.Sleep(2 * h.cfg.LeaseTTL)
		if calls := h.fake.CallsSince(before); len(calls) != 0 {
			t.Errorf("started anew %t: %d calls while sending is held, the first is %s", again, len(calls), calls[0].Method)
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
