package bot

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bangkom/internal/dialog"
)

// frozen is a database that answers nothing for a while, whatever the context
// says.
type frozen struct {
	*memory
	takes *atomic.Int64 // nanoseconds
}

func (f frozen) StoreUpdates(ctx context.Context, bot int64, rows []dialog.RawUpdate) ([]int64, error) {
	time.Sleep(time.Duration(f.takes.Load()))
	return f.memory.StoreUpdates(ctx, bot, rows)
}

// While the database is frozen Telegram is told in time to come again; what is
// committed late is no loss, because what comes again is known.
func TestFrozenDatabaseIsRefusedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, log := newMemory(), &logged{}
		in := intakeAlone(m, NewAcks(nil, log.logger()), log)
		takes := &atomic.Int64{}
		takes.Store(int64(15 * time.Second))
		in.inbox = frozen{m, takes}
		w, err := newWebhook(WebhookConfig{URL: "http://x/y", Secrets: []string{hookSecret}}, nil, m, NewLease(m, leaseName, "a", time.Second, log.logger()), in, log.logger())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { w.gather.run(ctx); close(done) }()
		deliver := func() (*httptest.ResponseRecorder, time.Duration) {
			rec, begin := httptest.NewRecorder(), time.Now()
			req := httptest.NewRequest(http.MethodPost, "http://x/y", strings.NewReader(`{"update_id":5,"message":{"text":"x","chat":{"id":7,"type":"private"},"from":{"id":7}}}`))
			req.Header.Set(secretHeader, hookSecret)
			w.ServeHTTP(rec, req)
			return rec, time.Since(begin)
		}
		for range 2 { // the second waits behind the commit of the first
			rec, took := deliver()
			if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" || took > gatherTime+time.Second {
				t.Errorf("after %s: status %d, Retry-After %q", took, rec.Code, rec.Header().Get("Retry-After"))
			}
		}
		time.Sleep(time.Minute)
		takes.Store(0)
		if rec, took := deliver(); rec.Code != http.StatusOK || len(m.received) != 1 || took > 0 {
			t.Errorf("then status %d after %s, stored %v", rec.Code, took, m.received)
		}
		cancel()
		<-done
	})
}

// Telegram tries a failing delivery again after two and a half minutes at most:
// until then updates that wait mean that none arrive, unless one did.
func TestNoSignOfLifeInTheMiddleOfAnOutage(t *testing.T) {
	tests := []struct {
		name    string
		pending int
		failed  time.Duration // since the last failed delivery
		stored  time.Duration // since something was stored; 0 = never
		beats   bool
	}{
		{"just failed", 5, time.Second, 0, false},
		{"between two tries", 5, 140 * time.Second, 0, false},
		{"stored before it failed", 5, 70 * time.Second, 80 * time.Second, false},
		{"stored after it failed", 5, 70 * time.Second, 10 * time.Second, true},
		{"long ago", 5, 10 * time.Minute, 0, true},
		{"nothing waits", 0, time.Second, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"ok":true,"result":{"url":"http://x/y","pending_update_count":%d,"last_error_date":%d,"max_connections":40}}`,
					tt.pending, time.Now().Add(-tt.failed).Unix())
			}))
			defer srv.Close()
			m, log := newMemory(), &logged{}
			in := intakeAlone(m, NewAcks(nil, log.logger()), log)
			c, err := NewClient(testToken, srv.URL+"/bot%s/%s", 2)
			if err != nil {
				t.Fatal(err)
			}
			w, err := newWebhook(WebhookConfig{URL: "http://x/y", Secrets: []string{hookSecret}}, c, m, NewLease(m, leaseName, "a", time.Second, log.logger()), in, log.logger())
			if err != nil {
				t.Fatal(err)
			}
			m.facts[hookFact] = w.fingerprint()
			if tt.stored > 0 {
				w.gather.stored.Store(time.Now().Add(-tt.stored).UnixNano())
			}
			if err := w.look(t.Context()); (err == nil) != tt.beats || (len(m.alive) > 0) != tt.beats {
				t.Errorf("look = %v, %d signs of life; want one = %t", err, len(m.alive), tt.beats)
			}
		})
	}
}
