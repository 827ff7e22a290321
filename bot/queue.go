package bot

import (
	"container/heap"
	"slices"
	"time"

	"bangkom/internal/dialog"
)

// job is a row in the sender's memory.
type job struct {
	row    dialog.Outgoing
	term   int64     // the term under which the row is being sent
	since  time.Time // when the row, or this process's knowledge of it, began
	remedy [RemedyAgain + 1]bool
	drawn  *drawing // of a picture, once it is made
}

// drawing is a picture or file that is ready to be sent.
type drawing struct {
	name string
	body []byte
}

// edits tells whether the job changes a message instead of sending one.
func (j *job) edits() bool { return j.row.EditOf != 0 }

// chat holds the waiting rows of one chat, in row order per lane.
type chat struct {
	id     int64
	rows   [2][]*job
	flying *job      // the one call in flight
	wakeAt time.Time // not before
	fails  int       // calls in a row that had no effect
	listed [2]bool   // stands in queue.ready
	asleep bool      // stands in queue.asleep
}

func (c *chat) empty() bool { return len(c.rows[0])+len(c.rows[1]) == 0 }

// lane is the lane of the row to be sent next: replies overtake bulk.
func (c *chat) lane() dialog.Lane {
	if len(c.rows[dialog.LaneReply]) > 0 {
		return dialog.LaneReply
	}
	return dialog.LaneBulk
}

// queue decides what is sent next: one call at a time per chat, in row order,
// replies before bulk, chats in turn. It is not safe for concurrent use.
type queue struct {
	limit  *limiter
	chats  map[int64]*chat
	ready  [2]fifo[*chat]
	asleep sleepers
	n      int // rows waiting and in flight
	bulk   int // those of the bulk lane
}

func newQueue(limit *limiter) *queue {
	return &queue{limit: limit, chats: map[int64]*chat{}}
}

// add takes a row in. It returns the rows that need not be sent any more,
// because a newer edit of the same message waits. A row that is here already
// only gets the new term.
func (q *queue) add(j *job, now time.Time) (superseded []*job) {
	c := q.chats[j.row.ChatID]
	if c == nil {
		c = &chat{id: j.row.ChatID}
		q.chats[c.id] = c
	}
	lane := j.row.Lane & 1
	rows := c.rows[lane]
	at := len(rows)
	for at > 0 && rows[at-1].row.ID >= j.row.ID {
		at--
	}
	if c.flying != nil && c.flying.row.ID == j.row.ID {
		c.flying.term = j.term
		return nil
	}
	if at < len(rows) && rows[at].row.ID == j.row.ID {
		rows[at].term = j.term
		return nil
	}
	c.rows[lane] = slices.Insert(rows, at, j)
	q.count(j, 1)
	if lane == dialog.LaneReply && j.edits() {
		superseded = q.supersede(c, j.row.EditOf)
	}
	q.list(c, now)
	return superseded
}

// supersede keeps only the newest edit of a message among the waiting replies.
func (q *queue) supersede(c *chat, message int) (out []*job) {
	rows := c.rows[dialog.LaneReply]
	last := -1
	for i, j := range rows {
		if j.row.EditOf == message {
			last = i
		}
	}
	kept := rows[:0]
	for i, j := range rows {
		if i < last && j.row.EditOf == message {
			out = append(out, j)
			q.count(j, -1)
			continue
		}
		kept = append(kept, j)
	}
	clear(rows[len(kept):])
	c.rows[dialog.LaneReply] = kept
	return out
}

func (q *queue) count(j *job, by int) {
	q.n += by
	if j.row.Lane == dialog.LaneBulk {
		q.bulk += by
	}
}

// list puts a chat where next finds it, or forgets it.
func (q *queue) list(c *chat, now time.Time) {
	switch {
	case c.flying != nil || c.asleep:
	case c.wakeAt.After(now):
		c.asleep = true
		heap.Push(&q.asleep, c)
	case c.empty():
		delete(q.chats, c.id)
	case !c.listed[c.lane()]:
		c.listed[c.lane()] = true
		q.ready[c.lane()].push(c)
	}
}

// next returns the row to send now and counts it as in flight. Without one,
// wait says when to ask again; 0 = when something changes.
func (q *queue) next(now time.Time) (j *job, wait time.Duration) {
	for len(q.asleep) > 0 && !q.asleep[0].wakeAt.After(now) {
		c, _ := heap.Pop(&q.asleep).(*chat)
		c.asleep = false
		q.list(c, now)
	}
	for lane := range q.ready {
		for q.ready[lane].len() > 0 {
			c := q.ready[lane].peek()
			if c.flying != nil || c.asleep || c.empty() || int(c.lane()) != lane {
				q.unlist(c, lane)
				continue
			}
			head := c.rows[lane][0]
			if d := q.chatWait(now, head); d > 0 {
				q.unlist(c, lane)
				c.wakeAt = now.Add(d)
				q.list(c, now)
				continue
			}
			if d := q.limit.take(now); d > 0 {
				return nil, d
			}
			q.unlist(c, lane)
			c.rows[lane][0] = nil
			c.rows[lane] = c.rows[lane][1:]
			c.flying = head
			return head, 0
		}
	}
	if len(q.asleep) > 0 {
		return nil, q.asleep[0].wakeAt.Sub(now)
	}
	return nil, 0
}

func (q *queue) chatWait(now time.Time, j *job) time.Duration {
	if j.edits() {
		return 0
	}
	return q.limit.chatWait(now, j.row.ChatID)
}

func (q *queue) unlist(c *chat, lane int) {
	q.ready[lane].pop()
	c.listed[lane] = false
}

// done ends the call in flight of j's chat; the row is gone.
func (q *queue) done(j *job, now time.Time) {
	c := q.land(j, now)
	q.count(j, -1)
	q.list(c, now)
}

// again puts the row in flight back in front; it is not sent before at. Like
// add it returns what need not be sent any more, which may be j itself.
func (q *queue) again(j *job, at, now time.Time) (superseded []*job) {
	c := q.land(j, now)
	lane := j.row.Lane & 1
	c.rows[lane] = slices.Insert(c.rows[lane], 0, j)
	if lane == dialog.LaneReply && j.edits() {
		superseded = q.supersede(c, j.row.EditOf)
	}
	c.wakeAt = at
	q.list(c, now)
	return superseded
}

// fail counts a call without effect and returns how many there were before.
func (q *queue) fail(j *job) int {
	c := q.chats[j.row.ChatID]
	c.fails++
	return c.fails - 1
}

// well ends the count of calls without effect.
func (q *queue) well(j *job) { q.chats[j.row.ChatID].fails = 0 }

// land ends the call in flight and charges it to the chat's limit.
func (q *queue) land(j *job, now time.Time) *chat {
	c := q.chats[j.row.ChatID]
	c.flying = nil
	if !j.edits() {
		q.limit.charge(now, c.id)
	}
	return c
}

// takeChat removes the waiting rows of a chat and lets it rest until at.
func (q *queue) takeChat(id int64, at time.Time) (out []*job) {
	c := q.chats[id]
	if c == nil {
		return nil
	}
	for lane, rows := range c.rows {
		for _, j := range rows {
			q.count(j, -1)
			out = append(out, j)
		}
		c.rows[lane] = nil
	}
	if at.After(c.wakeAt) {
		c.wakeAt = at
	}
	return out
}

// takeAll removes every waiting row; those in flight stay.
func (q *queue) takeAll() (out []*job) {
	for id, c := range q.chats {
		out = append(out, q.takeChat(id, time.Time{})...)
		c.asleep, c.wakeAt, c.listed = false, time.Time{}, [2]bool{}
		if c.flying == nil {
			delete(q.chats, id)
		}
	}
	q.ready = [2]fifo[*chat]{}
	q.asleep = nil
	return out
}

// sleepers is a heap of chats by the time they wake at.
type sleepers []*chat

func (s sleepers) Len() int           { return len(s) }
func (s sleepers) Less(i, j int) bool { return s[i].wakeAt.Before(s[j].wakeAt) }
func (s sleepers) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

// Push is for package heap.
func (s *sleepers) Push(x any) {
	if c, ok := x.(*chat); ok {
		*s = append(*s, c)
	}
}

// Pop is for package heap.
func (s *sleepers) Pop() any {
	old := *s
	c := old[len(old)-1]
	old[len(old)-1] = nil
	*s = old[:len(old)-1]
	return c
}

// fifo is a first-in, first-out list whose memory follows its length.
type fifo[T any] struct {
	items []T
	head  int
}

func (f *fifo[T]) len() int { return len(f.items) - f.head }
func (f *fifo[T]) push(x T) { f.items = append(f.items, x) }
func (f *fifo[T]) peek() T  { return f.items[f.head] }

func (f *fifo[T]) pop() T {
	var zero T
	x := f.items[f.head]
	f.items[f.head] = zero
	f.head++
	if f.head == len(f.items) {
		f.items, f.head = f.items[:0], 0
		if cap(f.items) > 4096 {
			f.items = nil
		}
	} else if f.head > 1024 && f.head > len(f.items)/2 {
		n := copy(f.items, f.items[f.head:])
		clear(f.items[n:])
		f.items, f.head = f.items[:n], 0
	}
	return x
}
