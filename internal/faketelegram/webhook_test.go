package faketelegram_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"bangkom/internal/faketelegram"
)

// receiver is a webhook that refuses the first delivery of some texts.
type receiver struct {
	mu     sync.Mutex
	refuse map[string]bool
	got    []string // texts taken, in order
	tries  int
	secret []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var u struct {
		Message struct{ Text string }
		Press   struct{ Data string } `json:"callback_query"`
	}
	err := json.NewDecoder(q.Body).Decode(&u)
	text := u.Message.Text + u.Press.Data
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	r.secret = append(r.secret, q.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
	if err != nil || r.refuse[text] {
		delete(r.refuse, text)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.got = append(r.got, text)
}

func (r *receiver) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func TestWebhook(t *testing.T) {
	b := started(t, faketelegram.Config{})
	rec := &receiver{refuse: map[string]bool{"one": true}}
	web := httptest.NewServer(rec)
	t.Cleanup(web.Close)
	b.srv.SendText(ani, "one") // waits for the webhook
	b.must("setWebhook", map[string]string{"url": web.URL, "secret_token": "s3cret", "max_connections": "2"})
	b.srv.SendText(ani, "two")
	b.srv.ForgePress(ani, 1, "press")
	b.srv.SendText(4002, "other")
	await(t, b.srv, "all updates delivered", func() bool { return b.srv.Pending() == 0 })

	got := rec.taken()
	if len(got) != 4 || slices.Index(got, "one") > slices.Index(got, "two") {
		t.Errorf("taken = %v, want four, one before two", got)
	}
	if rec.tries != 5 {
		t.Errorf("requests = %d, want 5: one was refused and came again", rec.tries)
	}
	for _, s := range rec.secret {
		if s != "s3cret" {
			t.Errorf("secret header = %q", s)
		}
	}
	info := b.srv.Profile().Webhook
	if info.URL != web.URL || info.LastError == "" || info.MaxConnections != 2 {
		t.Errorf("webhook info = %+v", info)
	}
	b.must("deleteWebhook", nil)
	b.srv.SendText(ani, "three")
	if got := b.updates(0); len(got) != 1 || len(rec.taken()) != 4 {
		t.Errorf("after deleteWebhook: poll %+v, webhook %v", got, rec.taken())
	}
}

// A receiver that refuses one chat for good keeps that chat back, no other.
func TestWebhookBlocksOnlyItsLane(t *testing.T) {
	b := started(t, faketelegram.Config{})
	rec := &receiver{refuse: map[string]bool{}}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec.mu.Lock()
		rec.refuse["poison"] = true
		rec.mu.Unlock()
		rec.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	b.must("setWebhook", map[string]string{"url": web.URL})
	b.srv.SendText(ani, "poison")
	b.srv.SendText(ani, "behind")
	b.srv.SendText(4002, "free")
	await(t, b.srv, "the other chat", func() bool { return b.srv.Pending() == 2 })
	if got := rec.taken(); len(got) != 1 || got[0] != "free" {
		t.Errorf("taken = %v, want only the other chat's", got)
	}
}
