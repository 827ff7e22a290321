package bot

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
	"bangkom/internal/loopback"
)

func itoa(n int) string { return strconv.Itoa(n) }

const (
	hookSecret = "secret-of-the-webhook-0123456789"
	oldSecret  = "secret-of-the-webhook-before-that"
)

// hooked is a house to which Telegram delivers.
func hooked(t *testing.T) *house {
	t.Helper()
	address, err := loopback.Free()
	if err != nil {
		t.Fatal(err)
	}
	return newHouse(t, func(c *Config) {
		c.Webhook = &WebhookConfig{URL: "http://" + address + "/telegram/x", Listen: address, Secrets: []string{hookSecret, oldSecret}}
		c.Facts = c.Inbox.(*house)
		c.NotStored = "belum tersimpan"
	})
}

func TestWebhookDelivers(t *testing.T) {
	h := hooked(t)
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.AddUser(faketelegram.User{ID: 12, FirstName: "B"})
	for i := range 20 {
		h.fake.SendText(11, "a"+itoa(i))
		h.fake.SendText(12, "b"+itoa(i))
	}
	h.await(t, "all answered", h.settled(40))
	h.await(t, "the webhook is confirmed", func() bool { return len(h.alive) > 0 })
	profile := h.fake.Profile()
	if profile.Webhook.URL != h.cfg.Webhook.URL || profile.Webhook.MaxConnections != hookConns {
		t.Errorf("registered %+v", profile.Webhook)
	}
	if n := h.requests.Load(); n != 0 {
		t.Errorf("%d polls beside the webhook", n)
	}
	if err := h.tg.Ready(); err != nil {
		t.Errorf("Ready = %v", err)
	}
	if err := h.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
}

func TestWebhookRefuses(t *testing.T) {
	h := hooked(t)
	h.await(t, "the webhook is registered", func() bool { return len(h.alive) > 0 })
	const update = `{"update_id":5,"message":{"message_id":1,"text":"x","chat":{"id":7,"type":"private"},"from":{"id":7}}}`
	url := h.cfg.Webhook.URL
	tests := []struct {
		name, method, url string
		secrets           []string
		body              string
		want              int
		stored            bool
	}{
		{"no secret", "POST", url, nil, update, 401, false},
		{"an empty one", "POST", url, []string{""}, update, 401, false},
		{"a wrong one", "POST", url, []string{hookSecret + "x"}, update, 401, false},
		{"part of it", "POST", url, []string{hookSecret[:10]}, update, 401, false},
		{"twice the right one", "POST", url, []string{hookSecret, hookSecret}, update, 401, false},
		{"another path", "POST", strings.TrimSuffix(url, "x"), []string{hookSecret}, update, 404, false},
		{"not POST", "GET", url, []string{hookSecret}, "", 405, false},
		{"too large", "POST", url, []string{hookSecret}, strings.Repeat("x", 2<<20), 413, false},
		{"no JSON is set aside", "POST", url, []string{hookSecret}, "x", 200, true},
		{"the right one", "POST", url, []string{hookSecret}, update, 200, true},
		{"again", "POST", url, []string{hookSecret}, update, 200, false},
		{"the former one", "POST", url, []string{oldSecret}, strings.Replace(update, "5", "6", 1), 200, true},
	}
	for _, tt := range tests {
		before := h.stored()
		req, err := http.NewRequestWithContext(t.Context(), tt.method, tt.url, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header[secretHeader] = tt.secrets
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tt.want || (h.stored() > before) != tt.stored {
			t.Errorf("%s: status %d, %d stored; want %d, stored %t", tt.name, resp.StatusCode, h.stored()-before, tt.want, tt.stored)
		}
	}
	h.await(t, "the updates are done", func() bool { return len(h.done) == 2 && h.count(dialog.StateSending) == 0 })
}

// stored counts the inbox.
func (h *house) stored() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.inbox)
}

func TestWebhookWhileTheDatabaseIsAway(t *testing.T) {
	devdbtest.Long(t, "waits for terms and pauses to pass")
	t.Parallel() // it mostly waits
	h := hooked(t)
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.setAway(true)
	last, _ := h.fake.Last(11)
	query, err := h.fake.Press(11, last.ID, last.Inline[0][0].Data)
	if err != nil {
		t.Fatal(err)
	}
	limit := time.After(patience)
	for {
		changed := h.fake.Changed()
		if a, ok := h.fake.Answered(query); ok {
			if a.Text != "belum tersimpan" {
				t.Errorf("answered %q", a.Text)
			}
			break
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatal("a press that could not be stored was not answered")
		}
	}
	h.setAway(false)
	h.await(t, "the press is done later", h.settled(2))
}

// Many deliveries at once share few commits, and each is answered after its own.
func TestGather(t *testing.T) {
	m := newMemory()
	log := (&logged{}).logger()
	in := &intake{inbox: m, lanes: NewLanes(LanesConfig{Workers: 1, Known: 10_000}), acks: NewAcks(nil, log),
		flood: newFlood(0, nil), now: time.Now, log: log}
	w, err := newWebhook(WebhookConfig{URL: "http://x/y", Secrets: []string{hookSecret}}, nil, m, NewLease(m, leaseName, "a", time.Second, log), in, log)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { w.gather.run(t.Context()); close(done) }()
	var posts sync.WaitGroup
	for i := range 300 {
		posts.Go(func() {
			body := `{"update_id":` + itoa(i+1) + `,"message":{"text":"x","chat":{"id":` + itoa(i+1) + `}}}`
			rec := &answer{header: http.Header{}}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x/y", bytes.NewReader([]byte(body)))
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set(secretHeader, hookSecret)
			w.ServeHTTP(rec, req)
			m.mu.Lock()
			_, stored := m.inbox[int64(i+1)]
			m.mu.Unlock()
			if rec.status != http.StatusOK || !stored {
				t.Errorf("update %d: status %d, stored %t", i+1, rec.status, stored)
			}
		})
	}
	posts.Wait()
}

type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (a *answer) WriteHeader(status int)      { a.status = status }
