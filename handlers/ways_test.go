package handlers_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"bangkom/bot"
	"bangkom/internal/devdb/devdbtest"
)

// way is how updates come in.
type way string

const (
	polled way = "polling"
	hooked way = "webhook"
	shared way = "webhook, two replicas"
)

// replicas is how many processes work at a time.
func (w way) replicas() int {
	if w == shared {
		return 2
	}
	return 1
}

// everyWay runs a test once for each way in which updates come in: under the race
// detector in the one where most happens at once, with -short in the simplest.
// .ci/run plays the first and, in its pass without the race detector, the others.
func everyWay(t *testing.T, test func(*testing.T, way)) {
	for _, by := range []way{polled, hooked, shared} {
		if by != shared && devdbtest.RaceDetector || by != polled && testing.Short() {
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

func newBalancer(t *testing.T) *balancer {
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
	if w.way == polled {
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	defer l.Close()
	b := w.address
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.replicas = append(b.replicas, l.Addr().String()); len(b.replicas) > w.way.replicas() {
		b.replicas = b.replicas[1:] // of a bot that was stopped
	}
	return &bot.WebhookConfig{URL: b.url, Listen: l.Addr().String(), Secrets: []string{"secret-of-the-tests-0123456789"}}
}
