package faketelegram

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	messageLife  = 24 * time.Hour    // of an update nobody fetches
	callbackLife = 150 * time.Second // of a button press nobody fetches
	maxQueue     = 100_000
	maxBatch     = 100 // updates of one getUpdates
	maxPoll      = 50  // seconds of one getUpdates
	farAhead     = 10  // an offset further beyond the queue starts at its head
	quickRepeat  = 500 * time.Millisecond
)

// update waits to be fetched.
type update struct {
	id      int64
	kind    string
	body    json.RawMessage // the update's field named kind; the whole update if kind is empty
	expires time.Time
	user    int64
	lane    int64 // webhooks keep the order within a lane, see lane
	fetched bool
	query   string // of a press
}

// appendJSON writes the update as getUpdates and webhooks deliver it.
func (u *update) appendJSON(b []byte) []byte {
	if u.kind == "" {
		return append(b, u.body...)
	}
	b = fmt.Appendf(b, `{"update_id":%d,%q:`, u.id, u.kind)
	b = append(b, u.body...)
	return append(b, '}')
}

// queue holds the updates of the bot.
type queue struct {
	next       int64     // id of the next update
	pending    []*update // by rising id
	again      []*update // confirmed, to be delivered once more
	firstOut   time.Time // no update expires before; zero if none waits
	arrived    chan struct{}
	poll       *poller
	allowed    []string // nil is Telegram's default
	lastOffset int64
	lastPoll   time.Time
}

// poller is a getUpdates that waits; gone is closed when another one comes.
type poller struct{ gone chan struct{} }

// defaultOff are the updates that come only when asked for.
var defaultOff = []string{"chat_member", "message_reaction", "message_reaction_count"}

// lane is the queue in which webhooks deliver an update one after the other:
// one for the messages of a chat, another for the presses of a person, so these
// may overtake each other.
func lane(kind string, chatID, user int64) int64 {
	if kind == "callback_query" {
		return user + 3<<33
	}
	return chatID
}

// enqueue makes an update. The caller holds s.mu.
func (s *Server) enqueue(kind string, chatID, user int64, value any) {
	q := &s.queue
	if q.allowed == nil && slices.Contains(defaultOff, kind) ||
		q.allowed != nil && !slices.Contains(q.allowed, kind) {
		return
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return // cannot happen: the types are this package's
	}
	life := messageLife
	if kind == "callback_query" {
		life = callbackLife
	}
	press, _ := value.(apiCallback)
	u := &update{id: q.next, kind: kind, query: press.ID, body: raw, user: user, lane: lane(kind, chatID, user), expires: s.now().Add(life)}
	q.next++
	if pressed := s.queries[press.ID]; pressed != nil {
		pressed.update = u
	}
	s.push(u)
	s.reorder()
}

// push puts u into the queue at the place of its id. The caller holds s.mu.
func (s *Server) push(u *update) {
	q := &s.queue
	if len(q.pending) >= maxQueue {
		s.counts["overflow"]++
		return
	}
	at := len(q.pending)
	for at > 0 && q.pending[at-1].id > u.id {
		at--
	}
	q.pending = slices.Insert(q.pending, at, u)
	if q.firstOut.IsZero() || u.expires.Before(q.firstOut) {
		q.firstOut = u.expires
	}
	close(q.arrived)
	q.arrived = make(chan struct{})
	s.touch()
}

// reorder may swap the last two updates if they are a message and a press of
// one person. The caller holds s.mu.
func (s *Server) reorder() {
	p := s.queue.pending
	if s.faults.ReorderUpdates == 0 || len(p) < 2 {
		return
	}
	a, b := p[len(p)-2], p[len(p)-1]
	if a.user != b.user || a.fetched || (a.kind == "callback_query") == (b.kind == "callback_query") {
		return
	}
	if s.chance(s.faults.ReorderUpdates) {
		a.id, b.id = b.id, a.id
		p[len(p)-2], p[len(p)-1] = b, a
		s.counts["reorder"]++
	}
}

// expire drops what nobody fetched in time. The caller holds s.mu.
func (s *Server) expire() {
	q, now := &s.queue, s.now()
	if q.firstOut.IsZero() || now.Before(q.firstOut) {
		return
	}
	q.firstOut = time.Time{}
	q.pending = slices.DeleteFunc(q.pending, func(u *update) bool {
		if !now.Before(u.expires) {
			s.counts["expired"]++
			if press := s.queries[u.query]; press != nil {
				press.dropped = true
			}
			return true
		}
		if q.firstOut.IsZero() || u.expires.Before(q.firstOut) {
			q.firstOut = u.expires
		}
		return false
	})
}

// confirm forgets what comes before offset. An offset far beyond the queue is
// ignored, as Telegram does. The caller holds s.mu.
func (s *Server) confirm(offset int64) {
	q := &s.queue
	if offset > q.next+farAhead {
		return
	}
	n := 0
	for n < len(q.pending) && q.pending[n].id < offset {
		if u := q.pending[n]; u.fetched && s.chance(s.faults.DuplicateUpdates) {
			q.again = append(q.again, u)
			s.counts["duplicate"]++
		}
		q.pending[n] = nil
		n++
	}
	if n > 0 {
		q.pending = q.pending[n:]
		s.touch()
	}
}

// take returns what a poll delivers now. The caller holds s.mu.
func (s *Server) take(limit int) []*update {
	s.expire()
	q := &s.queue
	n := min(limit, len(q.again))
	batch := slices.Clone(q.again[:n])
	if n > 0 {
		q.again = q.again[n:]
		s.touch()
	}
	for _, u := range q.pending[:min(limit-n, len(q.pending))] {
		u.fetched = true
		batch = append(batch, u)
	}
	return batch
}

// Pending returns how many updates are not yet confirmed, those included that
// are to be delivered once more.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	return len(s.queue.pending) + len(s.queue.again)
}

// PendingFrom is Pending for what one person did.
func (s *Server) PendingFrom(userID int64) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	for _, u := range slices.Concat(s.queue.pending, s.queue.again) {
		if u.user == userID {
			n++
		}
	}
	return n
}

// RestartUpdateIDs lets the next update have the given id, lower or higher, as
// after a quiet week. Updates that wait keep theirs.
func (s *Server) RestartUpdateIDs(next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.next = next
}

// checkPoll reads the parameters of getUpdates.
func checkPoll(q *request) (offset int64, limit int, wait time.Duration, err *apiError) {
	offset = q.number("offset", 0)
	limit = int(q.number("limit", maxBatch))
	seconds := q.number("timeout", 0)
	switch {
	case offset < 0:
		err = badRequest("a negative offset forgets updates")
	case limit < 1 || limit > maxBatch:
		err = badRequest("limit must be between 1 and %d", maxBatch)
	case seconds < 0 || seconds > maxPoll:
		err = badRequest("timeout must be between 0 and %d", maxPoll)
	}
	return offset, limit, time.Duration(seconds) * time.Second, err
}

// allowedUpdates reads the parameter of that name; ok is false if it is absent.
func allowedUpdates(q *request) (kinds []string, ok bool, err *apiError) {
	raw, ok := q.params["allowed_updates"]
	if !ok {
		return nil, false, nil
	}
	if e := json.Unmarshal([]byte(raw), &kinds); e != nil {
		return nil, false, badRequest("can't parse allowed_updates JSON array")
	}
	if len(kinds) == 0 {
		kinds = nil
	}
	return kinds, true, nil
}

// serveUpdates answers getUpdates.
func (s *Server) serveUpdates(w http.ResponseWriter, r *http.Request, q *request, call Call, f fault) {
	offset, limit, wait, err := checkPoll(q)
	kinds, set, bad := allowedUpdates(q)
	if err == nil {
		err = bad
	}
	var batch []*update
	if err == nil {
		var gone bool
		if batch, gone, err = s.poll(r, offset, limit, wait, func() {
			if set {
				s.queue.allowed = kinds
			}
		}); gone {
			cut(w)
		}
	}
	s.mu.Lock()
	if err == nil {
		call.OK, call.Accepted, call.Code = true, true, http.StatusOK
	} else {
		call.Code, call.Description, call.Class = err.code, err.desc, err.class
	}
	if f.kind == faultResetAfter {
		call.OK, call.Code, call.Class = false, 0, ClassInjected
	}
	s.record(call)
	s.mu.Unlock()
	if f.slow > 0 {
		s.pause(r, f.slow)
	}
	if f.kind == faultResetAfter {
		cut(w)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeUpdates(w, batch)
}

// writeUpdates answers with the updates as they are.
func writeUpdates(w http.ResponseWriter, batch []*update) {
	out := []byte(`{"ok":true,"result":[`)
	for i, u := range batch {
		if i > 0 {
			out = append(out, ',')
		}
		out = u.appendJSON(out)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(out, "]}"...))
}

// poll confirms what comes before offset and waits for updates; gone tells that
// caller or server went away. begin runs under the lock before the first look.
func (s *Server) poll(r *http.Request, offset int64, limit int, wait time.Duration, begin func()) (batch []*update, gone bool, err *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook != nil {
		return nil, false, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if s.queue.poll != nil {
		close(s.queue.poll.gone)
	}
	me := &poller{gone: make(chan struct{})}
	s.queue.poll = me
	defer func() {
		if s.queue.poll == me {
			s.queue.poll = nil
		}
	}()
	begin()
	if start := time.Now(); offset == s.queue.lastOffset && start.Sub(s.queue.lastPoll) < quickRepeat {
		limit = 1 // Telegram's brake on a poll that is repeated at once
	} else {
		s.queue.lastPoll = start
	}
	s.queue.lastOffset = offset
	s.confirm(offset)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		if batch = s.take(limit); len(batch) > 0 || wait == 0 {
			return batch, false, nil
		}
		arrived := s.queue.arrived
		s.mu.Unlock()
		select {
		case <-arrived:
		case <-me.gone:
			err = conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
		case <-r.Context().Done():
			gone = true
		case <-s.done:
			gone = true
		case <-timer.C:
			wait = 0
		}
		s.mu.Lock()
		if gone || err != nil {
			return nil, gone, err
		}
	}
}
