package seating

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/training"
)

// queue reads who waits, finds out who can be reached, and notes from when offers live.
func (r *round) queue(ctx context.Context, b training.Batch) ([]Queued, error) {
	queue, err := r.tx.Queue(ctx, b)
	if err != nil || len(queue) == 0 {
		return nil, err
	}
	ids := make([]int64, len(queue))
	for i, q := range queue {
		ids[i] = q.Employee
	}
	people, err := r.tx.Recipients(ctx, ids, nil, r.now)
	if err != nil {
		return nil, err
	}
	var delivered []training.Candidate
	for i := range queue {
		q := &queue[i]
		p := people[q.Employee]
		q.Diary = p.Diary
		q.Reached = p.Linked && p.Reachable && !r.away(p.Diary)
		if q.Standing != training.Offered {
			continue
		}
		q.Lost = !p.Linked || !p.Reachable || q.Sent == Lost
		if q.Sent == Arrived && q.Delivered.IsZero() {
			q.Delivered, q.Until = q.SentAt, b.OfferEnd(r.endOfNext(q.SentAt, p.Diary))
			delivered = append(delivered, q.Candidate)
		}
	}
	if len(delivered) > 0 {
		err = r.tx.DeliverOffers(ctx, delivered)
	}
	return queue, err
}

// endOfNext is the end of the next working day after t of somebody with that diary; days
// of recorded leave are none.
func (r *round) endOfNext(t time.Time, diary outreach.Diary) time.Time {
	day := r.workdayAfter(r.calendar.Day(t), diary)
	return (day + 1).Start(r.calendar.Location())
}

// farthest is how many days ahead a working day is looked for: nobody's leave is longer
// than the year for which it may be recorded.
const farthest = 400

// workdayAfter is the first day after d that somebody works.
func (r *round) workdayAfter(d outreach.Day, diary outreach.Diary) outreach.Day {
	for next, last := d, d+farthest; next < last; {
		if next = r.calendar.NextWorkingDay(next, diary.Week); !away(next, diary) {
			return next
		}
	}
	return d + farthest
}

func away(d outreach.Day, diary outreach.Diary) bool {
	for _, l := range diary.Leave {
		if l.Has(d) {
			return true
		}
	}
	return false
}

// away tells whether somebody is on recorded leave on the next working day: an offer would
// keep the seat empty until after the leave.
func (r *round) away(diary outreach.Diary) bool {
	return away(r.calendar.NextWorkingDay(r.calendar.Day(r.now), diary.Week), diary)
}

// OfferKey is the key of the notification of the n-th offer to an enrolment.
func OfferKey(enrolment int64, n int) string { return fmt.Sprintf("seat:%d:%d", enrolment, n) }

// tell writes to those whom moves concern.
func (r *round) tell(b training.Batch, queue []Queued, moves []training.Move) {
	of := make(map[int64]Queued, len(queue))
	for _, q := range queue {
		of[q.Enrolment] = q
	}
	for _, m := range moves {
		q := of[m.Enrolment]
		switch {
		case m.To == training.Offered:
			r.messages = append(r.messages, courier.Message{Employee: q.Employee, Key: OfferKey(q.Enrolment, q.Offer+1), Reply: r.offerReply(b, q),
				Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.SeatOffer, Expires: b.Closes}})
		case m.To == training.Lapsed && !q.Delivered.IsZero():
			r.say(b, q, "lapsed", r.lapsedReply(b, q))
		case m.To == training.Seated:
			r.say(b, q, "seated", r.rankedReply(b, q, true))
		case m.To == training.Waiting && m.Standing == training.Applied:
			r.say(b, q, "ranked", r.rankedReply(b, q, false))
		}
	}
}
