package bot

import (
	"cmp"
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
	came   time.Time // when it came into memory, soon after it was claimed
	remedy [RemedyAgain + 1]bool
	drawn  *drawing // of a picture, once it is made
	order  *order   // for it; nil = there is none
	holds  bool     // what stands behind it waits until it is made
}

// ready tells whether the row can be sent as it is.
func (j *job) ready() bool { return j.row.Picture == nil || j.drawn != nil }

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

// pick is the place of the row to be sent next. Replies overtake bulk, and what
// is ready overtakes a picture for which the rest has waited long enough. ok is
// false while everything is still being made.
func (c *chat) pick() (lane dialog.Lane, at int, ok bool) {
	for lane, rows := range c.rows {
		for at, j := range rows {
			if j.ready() {
				return dialog.Lane(lane), at, true
			}
			if j.holds {
				return 0, 0, false
			}
		}
	}
	return 0, 0, false
}

// place is where a row stands, or would stand, among the others of its lane.
func (c *chat) place(j *job) (at int, there bool) {
	return slices.BinarySearchFunc(c.rows[j.row.Lane&1], j.row.ID, func(o *job, id int64) int { return cmp.Compare(o.row.ID, id) })
}

// queue decides what is sent next: one call at a time per chat, in row order but
// for what is still being made, replies before bulk, chats in turn. It is not
// safe for concurrent use.
type queue struct {
	limit  *limiter
	shown  *shown
	begin  func(j *job) // has the picture of a row made
	making map[int64]*job
	// notMade is said below the words of a file that cannot be had, tooSlow below those of a
	// report that takes too long.
	notMade, tooSlow string
	chats            map[int64]*chat
	ready            [2]fifo[*chat]
	asleep           sleepers
	old              []*job // taken out by next, because they must be made again
	n                int    // rows waiting and in flight
	bulk             int    // those of the bulk lane
}

func newQueue(limit *limiter) *queue {
	return &queue{limit: limit, shown: newShown(), begin: func(*job) {}, making: map[int64]*job{}, chats: map[int64]*chat{}}
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
	if c.flying != nil && c.flying.row.ID == j.row.ID {
		c.flying.term = j.term
		return nil
	}
	at, there := c.place(j)
	if there {
		c.rows[lane][at].term = j.term
		return nil
	}
	c.rows[lane] = slices.Insert(c.rows[lane], at, j)
	q.count(j, 1)
	if !j.ready() {
		j.holds = true
		q.making[j.row.ID] = j
		q.begin(j)
	}
	switch {
	case j.row.Compose != nil && j.edits():
		superseded = q.outdate(c, j)
	case lane == dialog.LaneReply && j.edits():
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
			q.gone(j)
			continue
		}
		kept = append(kept, j)
	}
	clear(rows[len(kept):])
	c.rows[dialog.LaneReply] = kept
	return out
}

// behind tells whether rows of a chat wait for its call in flight.
func (q *queue) behind(id int64) bool {
	c := q.chats[id]
	return c != nil && c.flying != nil && !c.empty()
}

func (q *queue) count(j *job, by int) {
	q.n += by
	if j.row.Lane == dialog.LaneBulk {
		q.bulk += by
	}
}

// gone forgets a row and what was made for it.
func (q *queue) gone(j *job) {
	q.count(j, -1)
	if q.making[j.row.ID] == j {
		delete(q.making, j.row.ID)
	}
	if j.order != nil {
		j.order.drop()
		j.order, j.drawn = nil, nil
	}
}

// made notes that the picture of a row is ready, or cannot be had: d is nil.
func (q *queue) made(row int64, d *drawing, late bool, now time.Time) {
	j := q.making[row]
	if j == nil {
		return
	}
	delete(q.making, row)
	if j.drawn = d; d == nil {
		why := q.notMade
		if late {
			why = q.tooSlow
		}
		captionOnly(&j.row, why)
	}
	q.list(q.chats[j.row.ChatID], now)
}

// pass lets what stands behind a row go ahead of it.
func (q *queue) pass(j *job, now time.Time) {
	if j.holds = false; q.making[j.row.ID] == j {
		q.list(q.chats[j.row.ChatID], now)
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
		if q.chats[c.id] == c { // not the one that began anew while an old entry of this one stood in a list
			delete(q.chats, c.id)
		}
	default:
		if lane, _, ok := c.pick(); ok && !c.listed[lane] {
			c.listed[lane] = true
			q.ready[lane].push(c)
		}
	}
}

// next returns the row to send now and counts it as in flight. Without one,
// wait says when to ask again; 0 = when something changes. Edits that would
// change nothing are taken out on the way and cost no call; so are rows that
// must be made again, which are put into old.
func (q *queue) next(now time.Time) (j *job, same []*job, wait time.Duration) {
	for len(q.asleep) > 0 && !q.asleep[0].wakeAt.After(now) {
		c, _ := heap.Pop(&q.asleep).(*chat)
		c.asleep = false
		q.list(c, now)
	}
	for lane := range q.ready {
		for q.ready[lane].len() > 0 {
			c := q.ready[lane].peek()
			l, at, ok := c.pick()
			if c.flying != nil || c.asleep || !ok || int(l) != lane {
				q.unlist(c, lane)
				q.list(c, now) // all of it may have been taken away
				continue
			}
			head := c.rows[lane][at]
			if old, equal := head.stale(now), q.shown.same(head.row); old || equal {
				q.unlist(c, lane)
				q.remove(c, lane, at)
				q.gone(head)
				q.list(c, now)
				if old {
					q.old = append(q.old, head)
				} else {
					same = append(same, head)
				}
				continue
			}
			if d := q.chatWait(now, head); d > 0 {
				q.unlist(c, lane)
				c.wakeAt = now.Add(d)
				q.list(c, now)
				continue
			}
			if d := q.limit.take(now); d > 0 {
				return nil, same, d
			}
			q.unlist(c, lane)
			q.remove(c, lane, at)
			c.flying = head
			return head, same, 0
		}
	}
	if len(q.asleep) > 0 {
		return nil, same, q.asleep[0].wakeAt.Sub(now)
	}
	return nil, same, 0
}

func (q *queue) remove(c *chat, lane, at int) {
	if at == 0 { // nearly always: nothing has to be moved
		c.rows[lane][0] = nil
		c.rows[lane] = c.rows[lane][1:]
		return
	}
	c.rows[lane] = slices.Delete(c.rows[lane], at, at+1)
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
	q.gone(j)
	q.list(c, now)
}

// again puts the row in flight back in its place; it is not sent before at. Like
// add it returns what need not be sent any more, which may be j itself.
func (q *queue) again(j *job, at, now time.Time) (superseded []*job) {
	c := q.land(j, now)
	lane := j.row.Lane & 1
	if j.row.Compose != nil && j.edits() && q.newer(c, j) {
		q.gone(j)
		q.list(c, now)
		return []*job{j}
	}
	place, _ := c.place(j)
	c.rows[lane] = slices.Insert(c.rows[lane], place, j)
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
			q.gone(j)
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
