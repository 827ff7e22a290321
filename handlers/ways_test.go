package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/loopback"
)

// way is how updates come in.
type way string

const (
	polled way = "polling"
	shared way = "webhook, two replicas"
	// crowded is shared as the program does it: what waits is decided in batches.
	crowded way = "webhook, two replicas, what waits together"
	// batched is polled, with each update in a batch of its own; see together.
	batched way = "polling, in batches"
	// arrived is polled as the program does it: what is plain is decided as it is stored.
	arrived way = "polling, decided as it is stored"
)

// replicas is how many processes work at a time.
func (w way) replicas() int {
	if w.hooked() {
		return 2
	}
	return 1
}

// hooked tells whether updates come by webhook.
func (w way) hooked() bool { return w == shared || w == crowded }

// deciding is how updates are decided: with two replicas each is first tried as in a batch
// while many wait, so that every conversation is seen to go on equally in both.
func (w way) deciding(p *handlers.Processor) bot.Processor {
	if w == shared || w == batched {
		return together{p}
	}
	return p
}

// together is a processor to which every update comes in a batch of its own.
type together struct{ *handlers.Processor }

func (p together) Process(ctx context.Context, lane int64) (bool, error) {
	if more, decided := p.ProcessTogether(ctx, []int64{lane})[lane]; decided {
		return more, nil
	}
	return p.Processor.Process(ctx, lane)
}

// everyWay runs a test once for each way in which updates come in; under the race
// detector, where two whole processes take minutes more, and with -short in the simplest.
// .ci/run plays the others in its pass without the race detector. What two processes do at
// once is played under it by the explorer and the drills.
func everyWay(t *testing.T, test func(*testing.T, way)) {
	for _, by := range []way{polled, shared, arrived} {
		if by != polled && (devdbtest.RaceDetector || testing.Short()) {
			continue
		}
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			test(t, by)
		})
	}
}

// newWorldBy is newWorld with updates that come in that way.
func newWorldBy(t *testing.T, by way) *world {
	t.Helper()
	return newWorld(t, func(w *world) { w.way = by })
}

// balancer is the one public address of several replicas: each delivery goes to
// the next of them.
type balancer struct {
	url      string
	mu       sync.Mutex
	replicas []string
	turn     int
}

func newBalancer(t testing.TB) *balancer {
	t.Helper()
	b := &balancer{}
	proxy := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(b.next()) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	b.url = server.URL + "/telegram"
	return b
}

func (b *balancer) next() *url.URL {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn++
	return &url.URL{Scheme: "http", Host: b.replicas[b.turn%len(b.replicas)]}
}

// webhook gives a replica an address of its own behind the balancer; nil while
// updates are polled.
func (w *world) webhook() *bot.WebhookConfig {
	w.t.Helper()
	if !w.way.hooked() {
		return nil
	}
	address, err := loopback.Free()
	if err != nil {
		w.t.Fatal(err)
	}
	b := w.address
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.replicas = append(b.replicas, address); len(b.replicas) > w.way.replicas() {
		b.replicas = b.replicas[1:] // of a bot that was stopped
	}
	return &bot.WebhookConfig{URL: b.url, Listen: address, Secrets: []string{"secret-of-the-tests-0123456789"}}
}
