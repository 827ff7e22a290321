package bot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

const (
	secretHeader  = "X-Telegram-Bot-Api-Secret-Token"
	maxUpdate     = 1 << 20 // bytes; Telegram's own limit is half of it
	retryAfter    = "5"     // seconds, while the database is away
	hookConns     = 40      // deliveries at a time
	hookLook      = 15 * time.Second
	hookFresh     = 3 * time.Minute // how long a failed delivery counts: Telegram tries again after 150 s at most
	hookFact      = "webhook"       // what was registered last
	hookGrace     = 5 * time.Second
	hookSpare     = 5 * time.Second // for an answer that comes at the last moment
	hookHeader    = 5 * time.Second
	hookBody      = 10 * time.Second
	hookIdle      = 2 * time.Minute
	hookHeaderMax = 16 << 10
)

// WebhookConfig says where Telegram delivers updates.
type WebhookConfig struct {
	URL    string // public, https; its path is the only one that is served
	Listen string // address of this process, behind whatever ends TLS
	// Secrets are accepted, the first is told to Telegram: with the old and the
	// new one in it, a secret is changed without losing a delivery.
	Secrets []string
}

// webhook takes what Telegram delivers. Every replica serves; the one that
// holds the lease tells Telegram the address.
type webhook struct {
	cfg    WebhookConfig
	path   string
	sums   [][sha256.Size]byte
	client *Client
	facts  Facts
	lease  *Lease
	in     *intake
	gather *gather
	log    *slog.Logger

	mu  sync.Mutex
	err error // why updates do not arrive now; nil = they do
}

func newWebhook(cfg WebhookConfig, client *Client, f Facts, lease *Lease, in *intake, log *slog.Logger) (*webhook, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" {
		return nil, errors.New("telegram webhook: the address is none")
	}
	if len(cfg.Secrets) == 0 || cfg.Secrets[0] == "" {
		return nil, errors.New("telegram webhook: a secret is needed")
	}
	w := &webhook{cfg: cfg, path: u.Path, client: client, facts: f, lease: lease, in: in, gather: newGather(in), log: log,
		err: errors.New("telegram webhook: not started")}
	if w.path == "" {
		w.path = "/"
	}
	for _, s := range cfg.Secrets {
		w.sums = append(w.sums, sha256.Sum256([]byte(s)))
	}
	return w, nil
}

// Err is why updates do not arrive now; nil = they do.
func (w *webhook) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *webhook) report(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

// Run serves until ctx ends, then lets deliveries under way finish. The error
// says why serving is impossible.
func (w *webhook) Run(ctx context.Context) error {
	listener, err := net.Listen("tcp", w.cfg.Listen)
	if err != nil {
		return fmt.Errorf("telegram.webhook_listen: %w", err)
	}
	w.report(nil)
	commits, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var parts sync.WaitGroup
	defer parts.Wait()
	parts.Go(func() { w.gather.run(commits) })
	srv := &http.Server{Handler: w, ReadHeaderTimeout: hookHeader, ReadTimeout: hookBody, WriteTimeout: hookBody + gatherTime + hookSpare,
		IdleTimeout: hookIdle, MaxHeaderBytes: hookHeaderMax, ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug)}
	failed := make(chan error, 2)
	parts.Go(func() { failed <- srv.Serve(listener) })
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	parts.Go(func() {
		if err := w.watch(watching); err != nil {
			failed <- err
		}
	})
	select {
	case err = <-failed:
		err = fmt.Errorf("telegram webhook: %w", err)
	case <-ctx.Done():
		err = nil
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), hookGrace)
	defer cancel()
	if srv.Shutdown(last) != nil {
		_ = srv.Close()
	}
	stop()
	return err
}

// ServeHTTP takes one update: 200 only after it is committed. What cannot be
// read is stored as set aside and also answered with 200, or it would hold up
// the person's later updates for a day.
func (w *webhook) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path != w.path:
		http.NotFound(rw, r)
		return
	case r.Method != http.MethodPost:
		rw.Header().Set("Allow", http.MethodPost)
		http.Error(rw, "only POST", http.StatusMethodNotAllowed)
		return
	case !w.vouched(r.Header):
		http.Error(rw, "not for you", http.StatusUnauthorized)
		return
	}
	if why, _ := w.lease.Hold(); why != "" { // Telegram keeps it
		rw.Header().Set("Retry-After", retryAfter)
		http.Error(rw, "held", http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxUpdate))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(rw, "too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(rw, "not read", http.StatusBadRequest)
		return
	}
	a, _ := envelope(json.RawMessage(body))
	a = w.in.admit(a)
	if err := w.gather.store(r.Context(), a); err != nil {
		w.refuse(rw, a, err)
		return
	}
	rw.WriteHeader(http.StatusOK)
}

// vouched tells whether the header holds one of the secrets, once, in a time
// that does not depend on how much of it is right.
func (w *webhook) vouched(h http.Header) bool {
	values := h.Values(secretHeader)
	if len(values) != 1 {
		return false
	}
	sum, ok := sha256.Sum256([]byte(values[0])), 0
	for _, want := range w.sums {
		ok |= subtle.ConstantTimeCompare(sum[:], want[:])
	}
	return ok == 1
}

// refuse has Telegram send the update again, and tells who pressed a button.
func (w *webhook) refuse(rw http.ResponseWriter, a arrival, err error) {
	w.log.Warn("update not stored", "update_id", a.row.ID, "err", err)
	w.in.refuse(a)
	if a.query != "" {
		w.in.acks.Answer(a.query, w.in.toast)
	}
	rw.Header().Set("Retry-After", retryAfter)
	http.Error(rw, "not stored", http.StatusServiceUnavailable)
}

// watch keeps the address registered while the lease is held. The error says
// that Telegram refuses the token.
func (w *webhook) watch(ctx context.Context) error {
	for {
		held, done, ok := w.lease.hold(ctx)
		if !ok {
			return nil
		}
		err := w.keep(held)
		done()
		if err != nil {
			return err
		}
	}
}

func (w *webhook) keep(held context.Context) error {
	for tries := 0; held.Err() == nil; {
		wait, err := hookLook, w.look(held)
		var refused *APIError
		switch {
		case held.Err() != nil:
			return nil
		case errors.As(err, &refused) && (refused.Code == http.StatusUnauthorized || refused.Code == http.StatusNotFound):
			w.report(err)
			return fatalError(err)
		case err != nil:
			w.log.Warn("webhook not confirmed", "tries", tries+1, "err", err)
			wait = max(backoff(tries, pollRetry, pollRetryMax), askedPause(err))
			tries++
		default:
			tries = 0
		}
		pause(held, wait)
	}
	return nil
}

// hookInfo is what Telegram knows of the webhook.
type hookInfo struct {
	URL         string `json:"url"`
	Pending     int    `json:"pending_update_count"`
	LastError   int64  `json:"last_error_date"`
	Connections int    `json:"max_connections"`
}

// look compares what is registered with what should be. It notes a sign of life,
// unless deliveries fail.
func (w *webhook) look(ctx context.Context) error {
	var info hookInfo
	if err := w.client.ask(ctx, "getWebhookInfo", nil, &info); err != nil {
		return err
	}
	known, err := w.facts.Fact(ctx, hookFact)
	if err != nil {
		return err
	}
	if info.URL != w.cfg.URL || known != w.fingerprint() {
		return w.register(ctx)
	}
	failed := time.Unix(info.LastError, 0)
	if info.Pending > 0 && time.Since(failed) < hookFresh && !w.gather.storedAfter(failed.Add(time.Second)) {
		return fmt.Errorf("telegram webhook: deliveries fail, %d updates wait", info.Pending)
	}
	w.in.beat(ctx)
	return nil
}

func (w *webhook) register(ctx context.Context) error {
	params := map[string]string{"url": w.cfg.URL, "secret_token": w.cfg.Secrets[0],
		"allowed_updates": allowedUpdates, "max_connections": strconv.Itoa(hookConns)}
	if err := w.client.ask(ctx, "setWebhook", params, nil); err != nil {
		return err
	}
	w.log.Info("webhook registered", "host", hostOf(w.cfg.URL))
	if err := w.facts.SetFact(ctx, hookFact, w.fingerprint()); err != nil {
		return err
	}
	w.in.beat(ctx)
	return nil
}

// fingerprint tells one registration from another without holding the secret.
func (w *webhook) fingerprint() string {
	h := hmac.New(sha256.New, []byte(w.client.api.Token))
	for _, part := range []string{w.cfg.URL, w.cfg.Secrets[0], allowedUpdates} {
		_, _ = io.WriteString(h, part+"\n")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
