package bot

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"bangkom/internal/dialog"
)

// queueModel knows what a queue has to do with its rows.
type queueModel struct {
	*rapid.T
	q      *queue
	now    time.Time
	flying map[int64]*job
	last   map[[2]int64]int64 // row by chat and lane
	left   map[int64]bool
	next   int64
}

func (m *queueModel) add() {
	m.next++
	row := dialog.Outgoing{
		ID: m.next, ChatID: rapid.Int64Range(1, 4).Draw(m.T, "chat"),
		Lane: dialog.Lane(rapid.IntRange(0, 1).Draw(m.T, "lane")), EditOf: rapid.IntRange(0, 2).Draw(m.T, "edit"),
	}
	if rapid.Bool().Draw(m.T, "composed") {
		row.Compose = &dialog.Reference{Announcement: 1, Employee: row.ChatID}
	}
	m.left[m.next] = true
	m.drop(m.q.add(&job{row: row, came: m.now}, m.now))
	m.drop(m.q.add(&job{row: row, came: m.now}, m.now)) // the same row once more changes nothing
}

func (m *queueModel) drop(jobs []*job) {
	for _, j := range jobs {
		if !m.left[j.row.ID] || j.row.EditOf == 0 {
			m.Fatalf("row %d superseded", j.row.ID)
		}
		delete(m.left, j.row.ID)
	}
}

func (m *queueModel) call() (wait time.Duration, ok bool) {
	j, _, wait := m.q.next(m.now)
	for _, old := range m.q.old { // they go back to the table
		if !old.stale(m.now) || !m.left[old.row.ID] {
			m.Fatalf("row %d goes back", old.row.ID)
		}
		delete(m.left, old.row.ID)
	}
	m.q.old = nil
	if j == nil {
		return wait, false
	}
	chat, lane := j.row.ChatID, int64(j.row.Lane)
	if m.flying[chat] != nil || !m.left[j.row.ID] || m.last[[2]int64{chat, lane}] > j.row.ID {
		m.Fatalf("row %d out of turn", j.row.ID)
	}
	if j.stale(m.now) {
		m.Fatalf("row %d goes as it was made long ago", j.row.ID)
	}
	if lane == 1 && len(m.q.chats[chat].rows[0]) > 0 {
		m.Fatalf("bulk row %d before a reply", j.row.ID)
	}
	m.last[[2]int64{chat, lane}], m.flying[chat] = j.row.ID, j
	return 0, true
}

// end ends the call of the first chat that has one.
func (m *queueModel) end(again bool) {
	for chat := int64(1); chat <= 4; chat++ {
		j := m.flying[chat]
		if j == nil {
			continue
		}
		delete(m.flying, chat)
		if again {
			m.drop(m.q.again(j, m.now.Add(time.Second), m.now))
			return
		}
		delete(m.left, j.row.ID)
		m.q.done(j, m.now)
		return
	}
}

func (m *queueModel) finish() {
	for round := 0; len(m.left) > 0; round++ {
		if round > 10_000 {
			m.Fatalf("%d rows are never sent", len(m.left))
		}
		m.end(false)
		if wait, ok := m.call(); !ok && len(m.flying) == 0 && len(m.left) > 0 {
			if wait <= 0 {
				m.Fatalf("%d rows wait for nothing", len(m.left))
			}
			m.now = m.now.Add(wait)
		}
	}
}

// TestQueueProperties plays random arrivals, calls and outcomes: every row
// leaves the queue once, those of a chat and lane in row order, one at a time,
// replies first, and nothing stays behind.
func TestQueueProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := newLimiter(rapid.SampledFrom([]float64{0, 30}).Draw(t, "rate"), rapid.SampledFrom([]float64{0, 1}).Draw(t, "chat rate"))
		m := &queueModel{
			T: t, q: newQueue(limit), now: time.Unix(1_700_000_000, 0),
			flying: map[int64]*job{}, last: map[[2]int64]int64{}, left: map[int64]bool{},
		}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "op") {
			case 0, 1:
				m.add()
			case 2:
				m.call()
			case 3:
				m.end(rapid.Bool().Draw(t, "again"))
			case 4:
				m.now = m.now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
			}
			if m.q.n != len(m.left) {
				t.Fatalf("the queue counts %d rows, want %d", m.q.n, len(m.left))
			}
		}
		m.finish()
		j, _, _ := m.q.next(m.now.Add(time.Hour))
		if j != nil || m.q.n != 0 || m.q.bulk != 0 || len(m.q.chats) != 0 {
			t.Fatalf("left behind: %v, %d rows, %d bulk, %d chats", j, m.q.n, m.q.bulk, len(m.q.chats))
		}
	})
}

func TestLimiterForgetsChats(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	l := newLimiter(0, 1)
	for i := range int64(20_000) {
		l.charge(now, i)
		now = now.Add(time.Millisecond)
	}
	if n := len(l.chats); n > 4*minChats {
		t.Errorf("%d chats are remembered at 1,000 a second, want few more than the last seconds'", n)
	}
}

func TestLimiterNeverExceedsTelegram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_700_000_000, 0)
		l := newLimiter(30, 0)
		begin, n := now, 0
		for range 300 {
			if l.take(now) == 0 {
				n++
			}
			if most := globalBurst + 30*now.Sub(begin).Seconds() + 0.001; float64(n) > most {
				t.Fatalf("%d calls within %v", n, now.Sub(begin))
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "ms")) * time.Millisecond)
		}
	})
}

// An edit outdates one that waits in the other lane, whose list still names the chat when
// the chat has been forgotten and has begun anew: what is in flight then is not forgotten.
func TestOldEntryForgetsNoNewChat(t *testing.T) {
	q, now := newQueue(newLimiter(0, 0)), time.Unix(1_700_000_000, 0)
	row := func(id int64, lane dialog.Lane, edit int) *job {
		return &job{row: dialog.Outgoing{ID: id, ChatID: 1, Lane: lane, EditOf: edit, Compose: &dialog.Reference{Announcement: 1, Employee: 1}}, came: now}
	}
	q.add(row(1, dialog.LaneBulk, 7), now)
	q.add(row(2, dialog.LaneReply, 7), now) // takes the place of the first
	edit, _, _ := q.next(now)
	q.done(edit, now)
	q.add(row(3, dialog.LaneReply, 0), now)
	message, _, _ := q.next(now)
	if j, _, _ := q.next(now); j != nil { // comes upon the old entry
		t.Fatalf("row %d goes beside the call in flight", j.row.ID)
	}
	if message == nil || q.chats[1] == nil {
		t.Fatalf("the chat of row %v is forgotten while it is in flight", message)
	}
	q.done(message, now)
}
