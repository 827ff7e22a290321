package bot

import (
	"context"
	"slices"
	"time"

	"bangkom/internal/dialog"
)

// A row that was made at its claim (Outgoing.Compose) is true of that moment. So it is
// never kept for long: it goes back to the table, where it is claimed and made again.

// freshFor is for how long what was made at its claim may wait in memory: after that it
// is looked at again in the table.
const freshFor = 2 * time.Second

// stale tells whether the row must be made again before it is sent.
func (j *job) stale(now time.Time) bool { return j.row.Compose != nil && now.Sub(j.came) > freshFor }

// outdate removes the waiting edits of a message that were made before j: whatever their
// lane and their place in it, each was made of what was true when it was claimed.
func (q *queue) outdate(c *chat, newest *job) (out []*job) {
	for lane, rows := range c.rows {
		kept := rows[:0]
		for _, j := range rows {
			if j != newest && j.row.Compose != nil && j.row.EditOf == newest.row.EditOf {
				out = append(out, j)
				q.gone(j)
				continue
			}
			kept = append(kept, j)
		}
		clear(rows[len(kept):])
		c.rows[lane] = kept
	}
	return out
}

// newer tells whether an edit of the same message waits that was made later than j, which
// was in flight.
func (q *queue) newer(c *chat, j *job) bool {
	for _, rows := range c.rows {
		if slices.ContainsFunc(rows, func(o *job) bool { return o.row.Compose != nil && o.row.EditOf == j.row.EditOf }) {
			return true
		}
	}
	return false
}

// takeComposed removes the waiting rows that were made at their claim.
func (q *queue) takeComposed() (out []*job) {
	for _, c := range q.chats {
		for lane, rows := range c.rows {
			kept := rows[:0]
			for _, j := range rows {
				if j.row.Compose != nil {
					q.gone(j)
					out = append(out, j)
					continue
				}
				kept = append(kept, j)
			}
			clear(rows[len(kept):])
			c.rows[lane] = kept
		}
	}
	return out
}

// takeBack returns the row in flight to the table, from which it is claimed, and made,
// again.
func (s *Sender) takeBack(ctx context.Context, j *job, in time.Duration, done chan struct{}) {
	s.mu.Lock()
	s.more = true
	s.mu.Unlock()
	s.stats.givenBack.Add(1)
	s.end(ctx, j, dialog.Mark{ID: j.row.ID, State: dialog.StateNew, RetryIn: in}, done)
}
