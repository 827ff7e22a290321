package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"bangkom/internal/dialog"
)

const (
	// allowedUpdates is sent with every poll, because Telegram remembers the
	// list of the last one.
	allowedUpdates = `["message","edited_message","callback_query","my_chat_member"]`

	earlyPause   = 200 * time.Millisecond // after an empty answer that did not wait
	pollRetry    = time.Second
	pollRetryMax = 30 * time.Second
	storeTimeout = 15 * time.Second
	storeRetry   = 100 * time.Millisecond
	storeMax     = 10 * time.Second
	roomLimit    = 10 * time.Second
)

// poller is the part of Client that the receiver uses.
type poller interface {
	callWithin(ctx context.Context, limit time.Duration, method string, params map[string]string) (json.RawMessage, error)
}

// ReceiverConfig is what a Receiver needs.
type ReceiverConfig struct {
	Client poller
	Inbox  Inbox
	Lease  *Lease
	Lanes  *Lanes
	Acks   *Acks
	BotID  int64
	Wait   time.Duration // of a long poll, whole seconds
	Log    *slog.Logger
}

// Receiver polls for updates while the lease is held. An update is
// acknowledged, by asking for later ones, only after it was stored.
type Receiver struct {
	cfg ReceiverConfig

	mu  sync.Mutex
	err error // why updates do not arrive now; nil = they do
}

// NewReceiver makes a receiver; Run starts it.
func NewReceiver(cfg ReceiverConfig) *Receiver { return &Receiver{cfg: cfg} }

// Err is why updates do not arrive now; nil = they do, or another process
// polls.
func (r *Receiver) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *Receiver) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// Run receives until ctx ends. The error says why polling is impossible.
func (r *Receiver) Run(ctx context.Context) error {
	for {
		held, done, ok := r.cfg.Lease.hold(ctx)
		if !ok {
			return nil
		}
		err := r.poll(held)
		done()
		r.report(err)
		if err != nil {
			return err
		}
	}
}

// poll receives while held lasts. The offset is never kept for longer:
// Telegram keeps what was not acknowledged, and its numbers may begin anew.
func (r *Receiver) poll(held context.Context) error {
	offset, tries := int64(0), 0
	for held.Err() == nil {
		r.cfg.Lanes.WaitRoom(held, roomLimit)
		start := time.Now()
		batch, err := r.fetch(held, offset)
		switch {
		case held.Err() != nil:
			return nil
		case err != nil:
			wait, fatal := r.trouble(err, tries)
			if fatal != nil {
				return fatal
			}
			tries++
			pause(held, wait)
			continue
		case len(batch) == 0 && time.Since(start) < r.cfg.Wait/2:
			pause(held, earlyPause)
		}
		tries = 0
		r.report(nil)
		last, ok := r.take(held, batch)
		if ok {
			offset = last + 1
		} else if len(batch) > 0 { // nothing in it has a number to acknowledge
			pause(held, pollRetry)
		}
	}
	return nil
}

func (r *Receiver) fetch(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	params := map[string]string{
		"limit": "100", "timeout": strconv.Itoa(int(r.cfg.Wait / time.Second)), "allowed_updates": allowedUpdates,
	}
	if offset != 0 {
		params["offset"] = strconv.FormatInt(offset, 10)
	}
	result, err := r.cfg.Client.callWithin(ctx, r.cfg.Wait+pollMargin, "getUpdates", params)
	if err != nil {
		return nil, err
	}
	var batch []json.RawMessage
	if json.Unmarshal(result, &batch) != nil {
		return nil, errors.New("telegram getUpdates: the answer is no list")
	}
	return batch, nil
}

// trouble tells how long to wait after a failed poll, or that it is of no use.
func (r *Receiver) trouble(err error, tries int) (wait time.Duration, fatal error) {
	r.report(err)
	var refused *APIError
	if errors.As(err, &refused) {
		switch refused.Code {
		case http.StatusUnauthorized, http.StatusNotFound:
			r.cfg.Log.Error("telegram refuses the bot token", "err", err)
			return 0, fatalError(err)
		case http.StatusConflict:
			r.cfg.Log.Error("another program receives this bot's updates: stop it, or remove its webhook", "err", err)
			return backoff(tries, pollRetry*2, pollRetryMax), nil
		case http.StatusTooManyRequests:
			r.cfg.Log.Warn("telegram asks for a pause of polling", "seconds", refused.RetryAfter.Seconds())
			return max(refused.RetryAfter, pollRetry), nil
		}
	}
	r.cfg.Log.Warn("no updates", "tries", tries+1, "err", err)
	return backoff(tries, pollRetry, pollRetryMax), nil
}

// take stores a batch and hands it on. last is the number of its last update
// that has one; ok is false when nothing may be acknowledged. A batch without
// anything new is followed by a rest, so that repetitions make no busy loop.
func (r *Receiver) take(ctx context.Context, batch []json.RawMessage) (last int64, ok bool) {
	if len(batch) == 0 {
		return 0, false
	}
	rows := make([]dialog.RawUpdate, len(batch))
	var queries []string
	for i, raw := range batch {
		row, query, hasID := envelope(raw)
		rows[i] = row
		if hasID {
			last, ok = row.ID, true
		}
		if row.Failed != "" {
			r.cfg.Log.Error("update cannot be read and is set aside", "update_id", row.ID, "err", row.Failed)
		} else if query != "" {
			queries = append(queries, query)
		}
		if row.Failed == "" && row.Lane == 0 {
			r.cfg.Log.Debug("update of no chat is left alone", "update_id", row.ID)
		}
	}
	lanes, stored := r.store(ctx, rows)
	if !stored {
		return 0, false
	}
	for _, q := range queries {
		r.cfg.Acks.Expect(q)
	}
	r.cfg.Lanes.Wake(lanes)
	if len(lanes) == 0 {
		pause(ctx, earlyPause)
	}
	return last, ok
}

// store tries until the batch is committed; false = ctx ended before.
func (r *Receiver) store(ctx context.Context, rows []dialog.RawUpdate) (lanes []int64, ok bool) {
	for tries := 0; ; tries++ {
		call, cancel := context.WithTimeout(ctx, storeTimeout)
		lanes, err := r.cfg.Inbox.StoreUpdates(call, r.cfg.BotID, rows)
		cancel()
		if err == nil {
			r.report(nil)
			return lanes, true
		}
		if ctx.Err() != nil {
			return nil, false
		}
		r.report(fmt.Errorf("store updates: %w", err))
		r.cfg.Log.Error("updates not stored", "tries", tries+1, "updates", len(rows), "err", err)
		if !pause(ctx, backoff(tries, storeRetry, storeMax)) {
			return nil, false
		}
	}
}
