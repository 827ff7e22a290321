package proof

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

// updateLimit is more than one update of Telegram can have.
const updateLimit = 1 << 20

// balancer is the one public address before several replicas in webhook mode.
// It gives each its turn, passes over those that nobody listens on, and answers
// 502 when there is none, or when one ends in the middle of a request.
type balancer struct {
	transport http.RoundTripper
	mu        sync.Mutex
	backends  []string
	turn      int
}

// newBalancer makes a balancer over the listeners of the replicas, HOST:PORT.
func newBalancer(backends []string) *balancer {
	return &balancer{backends: backends, transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: time.Second}).DialContext,
		MaxIdleConnsPerHost: 100,
		IdleConnTimeout:     time.Minute,
	}}
}

// handler is what listens on the public address.
func (b *balancer) handler() http.Handler {
	return &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", "replica" },
		Transport: b,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.WriteHeader(http.StatusBadGateway)
		},
	}
}

// order is the list of backends, each time beginning with another one.
func (b *balancer) order() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn = (b.turn + 1) % len(b.backends)
	return append(append([]string(nil), b.backends[b.turn:]...), b.backends[:b.turn]...)
}

// RoundTrip sends a request to the backend whose turn it is, or to the next one
// if nobody listens there: nothing was sent then.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, updateLimit))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	_ = r.Body.Close()
	var failed error
	for _, backend := range b.order() {
		out := r.Clone(r.Context())
		out.URL.Host, out.Body, out.ContentLength = backend, io.NopCloser(bytes.NewReader(body)), int64(len(body))
		res, err := b.transport.RoundTrip(out)
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" {
			failed = err
			continue
		}
		return res, err
	}
	return nil, fmt.Errorf("no replica listens: %w", failed)
}
