package command

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/loopback"
	"bangkom/internal/proof"
)

// serving is `bangkom serve` in this process, with the operator's listener.
type serving struct {
	t    *testing.T
	base string // address of the listener
	env  []string
	sql  *sql.DB // of the owner
	fake *faketelegram.Server
	log  lockedBuffer
}

func newServing(t *testing.T, env ...string) *serving {
	t.Helper()
	url, owner := devdbtest.Database(t, migrateForTests)
	s := &serving{t: t, fake: faketelegram.New(faketelegram.Config{Seed: 1}), base: "http://" + unused(t)}
	server := httptest.NewServer(s.fake.APIHandler())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan int, 1)
	env = append(env, "BANGKOM_DATABASE_URL="+url, "BANGKOM_TELEGRAM_TOKEN="+faketelegram.DefaultToken,
		"BANGKOM_TELEGRAM_API_ENDPOINT="+server.URL+"/bot%s/%s", "BANGKOM_IDENTITY_CODE_KEY="+proof.CodeKey,
		"BANGKOM_HTTP_LISTEN="+strings.TrimPrefix(s.base, "http://"))
	s.env = append(env, "BANGKOM_DATABASE_OWNER_URL="+owner)
	var err error
	if s.sql, err = sql.Open("postgres", owner); err != nil {
		t.Fatal(err)
	}
	go func() { done <- Run(ctx, []string{"serve"}, env, io.Discard, &s.log) }()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != exitOK {
			t.Errorf("serve ended with %d: %s", code, s.log.tail(1<<20))
		}
		s.fake.Close()
		server.Close()
		_ = s.sql.Close()
	})
	return s
}

// unused is an address for a listener of the program.
func unused(t *testing.T) string {
	t.Helper()
	address, err := loopback.Free()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// get asks the listener; status 0 = it does not answer.
func (s *serving) get(path string) (status int, body string) {
	resp, err := http.Get(s.base + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Error(err)
	}
	return resp.StatusCode, string(raw)
}

// await waits until a page shows what is wanted.
func (s *serving) await(path string, status int, want *regexp.Regexp) string {
	s.t.Helper()
	limit := time.Now().Add(time.Minute)
	for {
		got, body := s.get(path)
		if got == status && want.MatchString(body) {
			return body
		}
		if time.Now().After(limit) {
			s.t.Fatalf("%s: %d %s, want %d and %s; log:\n%s", path, got, body, status, want, s.log.tail(3000))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	s := newServing(t, "BANGKOM_TELEGRAM_POLL_TIMEOUT=1s")
	s.await("/healthz", http.StatusOK, regexp.MustCompile("ok"))
	s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
	s.fake.AddUser(faketelegram.User{ID: 11, FirstName: "Rahasia"})
	s.fake.SendText(11, "198703152010011999")
	s.await("/metrics", http.StatusOK, // these three are counted one after the other; a lane may be looked at twice
		regexp.MustCompile(`(?s)message_seconds_count\{lane="reply"\} 1.*calls_total\{outcome="sent"\} [1-9].*handling_seconds_count [1-9]`))
	body := ""
	// A machine that is busy may cost the lease a term, and readiness a moment.
	for _, want := range []string{"bangkom_database_up 1", "bangkom_ready 1", "bangkom_lease_term [1-9]", "bangkom_replicas_others 0",
		"bangkom_inbox_waiting 0", "bangkom_inbox_set_aside 0", `bangkom_outbox_open\{lane="bulk"\} 0`, "bangkom_paused_seconds 0",
		`bangkom_message_seconds_count\{lane="reply"\} 1`, "process_resident_memory_bytes",
		`bangkom_database_connections\{state="idle"\}`} {
		body = s.await("/metrics", http.StatusOK, regexp.MustCompile(want))
	}
	for _, secret := range []string{"Rahasia", "198703152010011999", faketelegram.DefaultToken, "7000000001:"} {
		if strings.Contains(body, secret) || strings.Contains(s.log.tail(1<<20), secret) {
			t.Errorf("metrics or log hold %q", secret)
		}
	}
	s.fake.SetFaults(faketelegram.Faults{Unavailable: true})
	s.await("/readyz", http.StatusServiceUnavailable, regexp.MustCompile("telegram"))
	s.fake.SetFaults(faketelegram.Faults{})
	s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
	if status, _ := s.get("/debug/pprof/"); status != http.StatusNotFound {
		t.Errorf("the listener has more than it should: %d", status)
	}
}

// Telegram delivers to a replica that it was told of, and nobody polls.
func TestServeWithAWebhook(t *testing.T) {
	hook := unused(t)
	s := newServing(t, "BANGKOM_TELEGRAM_MODE=webhook", "BANGKOM_TELEGRAM_WEBHOOK_URL=http://"+hook+"/telegram",
		"BANGKOM_TELEGRAM_WEBHOOK_LISTEN="+hook)
	s.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	s.fake.SendText(11, "/bantuan")
	s.await("/metrics", http.StatusOK, regexp.MustCompile(`bangkom_telegram_calls_total\{outcome="sent"\} [1-9]`))
	for _, c := range s.fake.Calls() {
		if c.Method == "getUpdates" || c.Method == "deleteWebhook" {
			t.Errorf("%s beside the webhook", c.Method)
		}
	}
	if strings.Contains(s.log.tail(1<<20), app.DeriveKeys([]byte(proof.CodeKey)).Webhook) {
		t.Error("the log holds the secret of the webhook")
	}
}
