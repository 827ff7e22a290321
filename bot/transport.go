package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

const (
	dialTimeout   = 5 * time.Second
	callTimeout   = 15 * time.Second
	uploadTimeout = 35 * time.Second
	pollMargin    = 10 * time.Second // a long poll may answer this much late
	idleTimeout   = 45 * time.Second // below what servers allow, so that a reused connection is alive
	maxAnswer     = 16 << 20         // an answer of getUpdates stays below 4 MiB
)

// newHTTPClient makes a client that keeps conns connections open. HTTP/2 is
// left out on purpose: one cut connection would make the outcome of every call
// in flight unknown.
func newHTTPClient(conns int) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: dialTimeout * 3}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer.DialContext,
			TLSHandshakeTimeout: dialTimeout,
			MaxIdleConns:        conns,
			MaxIdleConnsPerHost: conns,
			IdleConnTimeout:     idleTimeout,
			DisableCompression:  true,
		},
		// A followed redirect would carry the token in its Referer header.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// exchange is one call on its way. It carries the caller's context into the
// library, which knows none, and notes how far the call came.
type exchange struct {
	ctx    context.Context
	http   *http.Client
	method string
	wrote  atomic.Bool // Telegram may have seen the request
	status int         // of the answer; 0 = there was none
}

// Do sends the request and reads the whole answer, so that the connection can
// be used again. Its errors are typed and never hold the address.
func (e *exchange) Do(req *http.Request) (*http.Response, error) {
	if err := buffer(req); err != nil {
		return nil, &TransientError{Method: e.method, Err: err}
	}
	trace := &httptrace.ClientTrace{WroteHeaders: func() { e.wrote.Store(true) }}
	resp, err := e.http.Do(req.WithContext(httptrace.WithClientTrace(e.ctx, trace)))
	if err != nil {
		return nil, e.failure(err)
	}
	defer resp.Body.Close()
	e.status = resp.StatusCode
	body, err := readAnswer(resp)
	if e.status >= http.StatusInternalServerError {
		return nil, &TransientError{Method: e.method, Status: e.status}
	}
	if err != nil {
		return nil, e.failure(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// failure tells a call that never left from one whose outcome nobody knows.
func (e *exchange) failure(err error) error {
	err = withoutURL(err)
	switch {
	case e.status >= http.StatusBadRequest:
		return &TransientError{Method: e.method, Status: e.status, Err: err}
	case e.wrote.Load():
		return fmt.Errorf("telegram %s: %w: %w", e.method, ErrUnknownOutcome, err)
	}
	return &TransientError{Method: e.method, Err: err}
}

// withoutURL takes the address, which holds the token, off an error.
func withoutURL(err error) error {
	var ue *url.Error
	for errors.As(err, &ue) {
		err = ue.Err
	}
	return err
}

// buffer turns a streamed body into bytes: the request gets a length, and
// whoever writes into the stream ends even when the call never leaves.
func buffer(req *http.Request) error {
	if req.Body == nil || req.ContentLength > 0 {
		return nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return fmt.Errorf("read upload: %w", err)
	}
	_ = req.Body.Close()
	req.ContentLength = int64(len(body))
	req.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

var errTooLong = errors.New("answer too long")

func readAnswer(resp *http.Response) ([]byte, error) {
	if n := resp.ContentLength; n >= 0 && n <= maxAnswer {
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		if err == nil { // see the end, so that the connection is kept
			_, _ = resp.Body.Read(make([]byte, 1))
		}
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errTooLong
	}
	return body, err
}
