package bot

import (
	"time"

	"golang.org/x/time/rate"
)

const (
	globalBurst = 5    // far below the 30 that Telegram takes at once
	chatBurst   = 5    // Telegram's own
	minChats    = 1024 // limiters kept before any are cleared away
)

// limiter says when the next call may be made. It is not safe for concurrent
// use.
type limiter struct {
	all      *rate.Limiter // nil = no limit
	chatRate rate.Limit    // 0 = no limit
	chats    map[int64]*rate.Limiter
	sweepAt  int
	until    time.Time // no call before
}

// newLimiter makes a limiter of calls per second; 0 = unlimited.
func newLimiter(perSecond, perChat float64) *limiter {
	l := &limiter{chatRate: rate.Limit(perChat), chats: map[int64]*rate.Limiter{}, sweepAt: minChats}
	if perSecond > 0 {
		l.all = rate.NewLimiter(rate.Limit(perSecond), max(1, min(globalBurst, int(perSecond))))
	}
	return l
}

// pause stops every call until then; it never shortens a pause.
func (l *limiter) pause(until time.Time) {
	if until.After(l.until) {
		l.until = until
	}
}

// chatWait is how long a new message to the chat has to wait. It counts nothing:
// charge does, when the call has ended. So this count is never behind Telegram's,
// however long a call took to arrive.
func (l *limiter) chatWait(now time.Time, chat int64) time.Duration {
	c := l.chats[chat]
	if l.chatRate <= 0 || c == nil {
		return 0
	}
	missing := 1 - c.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(missing/float64(l.chatRate)*float64(time.Second)) + time.Millisecond
}

// charge counts a new message to the chat.
func (l *limiter) charge(now time.Time, chat int64) {
	if l.chatRate <= 0 {
		return
	}
	c := l.chats[chat]
	if c == nil {
		l.sweep(now)
		c = rate.NewLimiter(l.chatRate, chatBurst)
		l.chats[chat] = c
	}
	c.ReserveN(now, 1)
}

// sweep forgets the chats that have recovered, so that the map stays as small
// as the chats of the last seconds.
func (l *limiter) sweep(now time.Time) {
	if len(l.chats) < l.sweepAt {
		return
	}
	for id, c := range l.chats {
		if c.TokensAt(now) >= chatBurst {
			delete(l.chats, id)
		}
	}
	l.sweepAt = max(minChats, 2*len(l.chats))
}

// take takes the right to one call; wait > 0 says when to ask again, and then
// nothing was taken.
func (l *limiter) take(now time.Time) (wait time.Duration) {
	if d := l.until.Sub(now); d > 0 {
		return d
	}
	if l.all == nil {
		return 0
	}
	r := l.all.ReserveN(now, 1)
	if d := r.DelayFrom(now); d > 0 {
		r.CancelAt(now)
		return d
	}
	return 0
}
