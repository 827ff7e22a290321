package faketelegram

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	firstRetry    = 2 * time.Second // after a second failure; then twice as long each time
	longestRetry  = time.Minute
	longestObeyed = time.Hour // of a Retry-After
)

// startWebhook begins to deliver. The caller holds s.mu.
func (s *Server) startWebhook(info WebhookInfo, secret string) {
	h := &webhook{info: info, secret: secret, wake: make(chan struct{}, 1), busy: map[int64]bool{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	s.hook = h
	s.touch()
	go s.runWebhook(h)
}

// endWebhook stops delivering; what was not confirmed stays in the queue. The
// caller holds s.mu.
func (s *Server) endWebhook() {
	if s.hook != nil {
		s.hook.stop()
		s.hook = nil
		s.touch()
	}
}

// runWebhook starts a delivery whenever a lane is free.
func (s *Server) runWebhook(h *webhook) {
	for {
		s.mu.Lock()
		s.expire()
		for _, u := range s.queue.pending {
			if h.flying >= h.info.MaxConnections {
				break
			}
			if h.busy[u.lane] {
				continue
			}
			h.busy[u.lane] = true
			h.flying++
			u.fetched = true
			go s.deliverUpdate(h, u)
		}
		arrived := s.queue.arrived
		s.mu.Unlock()
		select {
		case <-arrived:
		case <-h.wake:
		case <-h.ctx.Done():
			return
		}
	}
}

// deliverUpdate posts one update until it is taken, expires or the webhook
// ends, and then frees its lane.
func (s *Server) deliverUpdate(h *webhook, u *update) {
	for attempt := 0; ; attempt++ {
		wait, err := s.postUpdate(h, u)
		s.mu.Lock()
		h.flying--
		if err != "" {
			h.info.LastError, h.info.LastErrorDate = err, s.now().Unix()
		}
		again := err == "" && s.chance(s.faults.DuplicateUpdates)
		if again {
			s.counts["duplicate"]++
		}
		s.mu.Unlock()
		if err == "" && again {
			wait = 0
		} else if err == "" {
			break
		} else if wait == 0 && attempt > 0 {
			wait = min(longestRetry, firstRetry<<min(attempt-1, 5))
		}
		select {
		case <-time.After(wait):
		case <-h.ctx.Done():
			return
		}
		if !s.waiting(h, u) {
			break
		}
	}
	s.mu.Lock()
	delete(h.busy, u.lane)
	if h.ctx.Err() == nil {
		s.queue.pending = slices.DeleteFunc(s.queue.pending, func(o *update) bool { return o == u })
	}
	s.touch()
	s.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// waiting takes a connection for another attempt, unless the update is gone.
func (s *Server) waiting(h *webhook, u *update) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	if h.ctx.Err() != nil || !slices.Contains(s.queue.pending, u) {
		return false
	}
	h.flying++
	return true
}

// postUpdate sends one update. It returns why that failed, empty if it did not,
// and how long the receiver asked to wait.
func (s *Server) postUpdate(h *webhook, u *update) (wait time.Duration, failure string) {
	r, err := http.NewRequestWithContext(h.ctx, http.MethodPost, h.info.URL, bytes.NewReader(u.appendJSON(nil)))
	if err != nil {
		return 0, err.Error()
	}
	r.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	res, err := s.cfg.HTTP.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	_ = res.Body.Close()
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return 0, ""
	}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds > 0 {
		wait = min(longestObeyed, time.Duration(seconds)*time.Second)
	}
	return wait, "Wrong response from the webhook: " + res.Status
}
