package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

const (
	cutOffAfter = 500 * time.Millisecond
	// cutOffFor is how long a process without the database goes on to look for
	// presses: by then somebody may have started another one elsewhere.
	cutOffFor = 10 * time.Minute
	// pressSure is for how long Telegram surely keeps a press, which it forgets
	// after 150 seconds.
	pressSure = 2 * time.Minute
)

// waitForLease waits until the lease changes. While the database is away and no
// other process was seen, it goes on looking for presses, to tell people that
// they are not stored yet, and keeps them. Whichever process has the lease next
// stores them: Telegram repeats whatever was not acknowledged.
func (r *Receiver) waitForLease(ctx context.Context) {
	changed := r.cfg.Lease.Changed()
	t := time.NewTimer(cutOffAfter)
	defer t.Stop()
	select {
	case <-changed:
		return
	case <-ctx.Done():
		return
	case <-t.C:
	}
	if !r.cfg.Lease.CutOff() {
		if r.cfg.Lease.Err() == nil && r.cfg.Lease.Term() == 0 {
			r.forget()
		}
		r.alone, r.quiet = time.Time{}, false
		return
	}
	if r.alone.IsZero() {
		r.alone = time.Now()
	}
	if r.quiet || time.Since(r.alone) > cutOffFor {
		return
	}
	listening, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer stop()
		select {
		case <-changed:
		case <-listening.Done():
		}
	}()
	r.listen(listening)
}

// listen reads what waits at Telegram, or comes soon, without acknowledging
// anything. When somebody else polls, the database is away for this process
// only, and it falls silent, because two pollers cut each other off. It waits
// for updates so that it is the next one to be cut off.
func (r *Receiver) listen(ctx context.Context) {
	batch, err := r.fetch(ctx, 0, r.cfg.Wait)
	var refused *APIError
	switch {
	case errors.As(err, &refused) && refused.Code == http.StatusConflict:
		r.fallSilent("another one asks for updates")
	case err != nil: // Telegram is away too: there is nobody to tell
	case r.taken(batch):
		r.fallSilent("another one acknowledged what is kept here")
	default:
		r.read(batch)
		r.apologise()
	}
}

func (r *Receiver) fallSilent(cause string) {
	r.quiet = true
	r.cfg.Log.Warn("another process receives this bot's updates: this one waits for its database", "cause", cause)
}

// lead begins a term. Terms rise by one with each holder: when one was left out,
// somebody else had the lease meanwhile and has long done what is kept here.
func (r *Receiver) lead(term int64) {
	r.alone, r.quiet = time.Time{}, false
	if term == 0 { // lost again already
		return
	}
	if term != r.term && term != r.term+1 {
		r.forget()
	}
	r.term = term
}

// forget drops what is kept.
func (r *Receiver) forget() {
	clear(r.kept)
	r.order = r.order[:0]
}

// age drops what has been kept for longer than Telegram would have kept it.
func (r *Receiver) age() {
	n := 0
	for n < len(r.order) && time.Since(r.kept[r.order[n]].at) > holdLife {
		delete(r.kept, r.order[n])
		n++
	}
	if n > 0 {
		r.order = r.order[n:]
		r.cfg.Log.Error("updates could not be stored for a day and are given up", "updates", n)
	}
}

// taken tells whether something that is kept is no longer at Telegram although
// this process did not acknowledge it. A batch is the head of what waits there;
// one alone may be all that Telegram gives to a poll that comes too soon.
func (r *Receiver) taken(batch []json.RawMessage) bool {
	there := make(map[int64]bool, len(batch))
	known := false
	for _, raw := range batch {
		a, _ := envelope(raw)
		there[a.row.ID] = true
		if _, kept := r.kept[a.row.ID]; kept {
			known = true
		}
	}
	if len(batch) == 1 && known {
		return false
	}
	for id, a := range r.kept {
		forgotten := time.Since(cmp.Or(a.sent, a.at)) > holdLife/2
		if a.press {
			forgotten = time.Since(a.since) > pressSure
		}
		if !there[id] && !forgotten {
			return true
		}
	}
	return false
}
