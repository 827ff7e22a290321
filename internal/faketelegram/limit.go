package faketelegram

import "time"

// groupPerMinute is Telegram's limit of messages to one group.
const groupPerMinute = 20

// bucket is a token bucket: size tokens at most, rate tokens a second. A rate
// of 0 never refuses. It starts full.
type bucket struct {
	rate, size, tokens float64
	last               time.Time
}

// fill adds what has accrued since the last look.
func (b *bucket) fill(now time.Time) {
	if b.last.IsZero() {
		b.tokens = b.size
	} else if passed := now.Sub(b.last).Seconds(); passed > 0 {
		b.tokens = min(b.size, b.tokens+passed*b.rate)
	}
	b.last = now
}

// wait returns how many seconds pass until a token is there, 0 if one is.
func (b *bucket) wait(now time.Time) float64 {
	if b.rate <= 0 {
		return 0
	}
	b.fill(now)
	if b.tokens >= 1 {
		return 0
	}
	return (1 - b.tokens) / b.rate
}

// take uses one token; call it only after wait returned 0.
func (b *bucket) take() {
	if b.rate > 0 {
		b.tokens--
	}
}

// spend charges a call to the limits it counts towards, to none of them if one
// refuses. The caller holds s.mu.
func (s *Server) spend(cost cost, chatID int64) *apiError {
	if cost == costNothing {
		return nil
	}
	now := s.now()
	wait := s.overall.wait(now)
	c := s.chats[chatID]
	if cost == costMessage && c != nil {
		wait = max(wait, c.limit.wait(now))
	}
	if wait > 0 {
		return tooMany(wait, ClassRate)
	}
	s.overall.take()
	if cost == costMessage && c != nil {
		c.limit.take()
	}
	return nil
}
