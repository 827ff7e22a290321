package bot

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// allowedUpdates is sent with every poll, because Telegram remembers the
	// list of the last one.
	allowedUpdates = `["message","edited_message","callback_query","my_chat_member"]`

	earlyPause   = 200 * time.Millisecond // after an empty answer that did not wait
	pollRetry    = time.Second
	pollRetryMax = 30 * time.Second
	roomLimit    = 10 * time.Second

	// While the database is away, updates are kept in memory and looked for
	// this often: a press is forgotten by Telegram after 150 seconds. Telegram
	// slows down a poll that is repeated within half a second.
	holdRetry = 600 * time.Millisecond
	holdMost  = 10_000
	holdToast = time.Second    // after which a press is answered with an apology
	holdLife  = 24 * time.Hour // as long as Telegram keeps an update
	beatEvery = 15 * time.Second
)

// poller is the part of Client that the receiver uses.
type poller interface {
	callWithin(ctx context.Context, limit time.Duration, method string, params map[string]string) (json.RawMessage, error)
}

// ReceiverConfig is what a Receiver needs.
type ReceiverConfig struct {
	Client poller
	Lease  *Lease
	Wait   time.Duration // of a long poll, whole seconds
	Log    *slog.Logger
}

// Receiver polls for updates while the lease is held. An update is
// acknowledged, by asking for later ones, only after it was stored.
type Receiver struct {
	cfg ReceiverConfig
	in  *intake

	kept   map[int64]arrival // read, not stored yet
	order  []int64           // their ids as they came
	term   int64             // under which they were read, or the last one
	looked time.Time         // when Telegram answered last
	before time.Time         // and the time before
	beats  time.Time         // when beat was called last
	until  time.Time         // no poll before, because Telegram asked for a pause
	top    int64             // last number of the last batch that was stored

	alone time.Time // since when this process has been cut off; zero = it is not
	quiet bool      // somebody else polls meanwhile

	mu  sync.Mutex
	err error // why updates do not arrive now; nil = they do
}

// newReceiver makes a receiver; Run starts it.
func newReceiver(cfg ReceiverConfig, in *intake) *Receiver {
	return &Receiver{cfg: cfg, in: in, kept: map[int64]arrival{}}
}

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
	for ctx.Err() == nil {
		if r.cfg.Lease.Term() == 0 {
			r.waitForLease(ctx)
			continue
		}
		held, done, ok := r.cfg.Lease.hold(ctx)
		if !ok {
			return nil
		}
		r.lead(r.cfg.Lease.Term())
		err := r.poll(held)
		done()
		r.report(err)
		if err != nil {
			return err
		}
	}
	return nil
}

// poll receives while held lasts. The offset is never kept for longer:
// Telegram keeps what was not acknowledged, and its numbers may begin again anywhere.
func (r *Receiver) poll(held context.Context) error {
	offset, tries := int64(0), 0
	for r.leads(held) {
		r.in.lanes.WaitRoom(held, roomLimit)
		if last, stored := r.flush(held); !stored {
			continue
		} else if last > 0 {
			offset = last + 1
		}
		if !r.leads(held) {
			return nil
		}
		start := time.Now()
		batch, err := r.fetch(held, offset, r.cfg.Wait)
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
		if last, ok := r.take(held, batch); ok {
			offset = last + 1
		} else if len(batch) > 0 { // not stored yet, or nothing in it has a number
			pause(held, holdRetry)
		}
		r.beat(held)
	}
	return nil
}

// leads tells whether the term goes on. The lease is asked too, which knows it by the
// clock: held is told, and that comes late on a busy machine. What is acknowledged after
// the term is missing where the next holder looks for it.
func (r *Receiver) leads(held context.Context) bool {
	return held.Err() == nil && r.cfg.Lease.Term() == r.term
}

func (r *Receiver) fetch(ctx context.Context, offset int64, wait time.Duration) ([]json.RawMessage, error) {
	params := map[string]string{
		"limit": "100", "timeout": strconv.Itoa(int(wait / time.Second)), "allowed_updates": allowedUpdates,
	}
	if offset != 0 {
		params["offset"] = strconv.FormatInt(offset, 10)
	}
	if !pause(ctx, time.Until(r.until)) {
		return nil, ctx.Err()
	}
	result, err := r.cfg.Client.callWithin(ctx, wait+pollMargin, "getUpdates", params)
	if err != nil {
		r.until = time.Now().Add(askedPause(err))
		return nil, err
	}
	var batch []json.RawMessage
	if json.Unmarshal(result, &batch) != nil {
		return nil, errors.New("telegram getUpdates: the answer is no list")
	}
	r.before, r.looked = r.looked, time.Now()
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

// read keeps what is new in a batch. last is the number of its last update
// that has one.
func (r *Receiver) read(batch []json.RawMessage) (last int64, ok bool) {
	for _, raw := range batch {
		if len(r.kept) >= holdMost {
			break // Telegram keeps the rest: it must not be acknowledged
		}
		a, hasID := envelope(raw)
		id := a.row.ID
		if hasID {
			last, ok = id, true
		}
		if _, known := r.kept[id]; known {
			continue
		}
		a.since = r.before
		r.kept[id] = r.in.admit(a)
		r.order = append(r.order, id)
	}
	return last, ok
}

// take stores a batch and hands it on. ok is false when nothing of it may be
// acknowledged. After a batch that holds nothing new and acknowledges nothing
// either it waits a little, so that repeated updates do not make it go round and
// round. After a batch of nothing but ignored updates it does not, because the
// updates of others stand behind them.
func (r *Receiver) take(ctx context.Context, batch []json.RawMessage) (last int64, ok bool) {
	if len(batch) == 0 {
		return 0, false
	}
	last, ok = r.read(batch)
	fresh, err := r.storeKept(ctx)
	if err != nil {
		return 0, false
	}
	if !fresh && last <= r.top {
		pause(ctx, earlyPause)
	}
	r.top = last
	return last, ok
}

// flush stores what an outage has left in memory. last is the number up to which
// it may be acknowledged then, 0 = none. When stored is false, it is still in
// memory, and new presses were looked for and answered with an apology.
func (r *Receiver) flush(ctx context.Context) (last int64, stored bool) {
	r.age()
	if len(r.order) == 0 {
		return 0, true
	}
	last = max(0, r.order[len(r.order)-1])
	if _, err := r.storeKept(ctx); err == nil {
		return last, true
	}
	if pause(ctx, holdRetry) {
		if batch, err := r.fetch(ctx, 0, 0); err == nil { // if Telegram is away too, there is nobody to tell
			r.read(batch)
			r.apologise()
		}
	}
	return 0, false
}

// storeKept makes one attempt to store what is kept.
func (r *Receiver) storeKept(ctx context.Context) (fresh bool, err error) {
	batch := make([]arrival, len(r.order))
	for i, id := range r.order {
		batch[i] = r.kept[id]
	}
	if fresh, err = r.in.store(ctx, batch); err != nil {
		if ctx.Err() == nil {
			if r.Err() == nil { // an outage would fill the log
				r.cfg.Log.Error("updates not stored", "updates", len(batch), "err", err)
			}
			r.report(err)
			r.apologise()
		}
		return false, err
	}
	r.report(nil)
	r.forget()
	return fresh, nil
}

// apologise answers the presses that wait for the database.
func (r *Receiver) apologise() {
	for id, a := range r.kept {
		one := []arrival{a}
		r.in.apologise(one, holdToast)
		r.kept[id] = one[0]
	}
}

// beat notes now and then that updates arrive.
func (r *Receiver) beat(ctx context.Context) {
	if time.Since(r.beats) < beatEvery {
		return
	}
	r.beats = time.Now()
	r.in.beat(ctx)
}
