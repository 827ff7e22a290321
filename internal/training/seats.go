package training

import (
	"cmp"
	"slices"
	"time"
)

// ByHandFrom is how long before the end of registration no more offers are made: from
// then on the committee fills free seats by hand, in the order of the queue.
const ByHandFrom = 48 * time.Hour

// ByHand tells whether free seats are filled by hand at now: in the last two days of
// registration and after it, and always where seats are given at its end.
func (b Batch) ByHand(now time.Time) bool {
	return b.Closes.IsZero() || b.Programme.WayIn != InOrder || !now.Before(b.Closes.Add(-ByHandFrom)) || b.shut(now)
}

// shut tells whether nobody can register or take an offer any more at now: registration
// has ended, or the batch has begun.
func (b Batch) shut(now time.Time) bool {
	return !b.Closes.IsZero() && !now.Before(b.Closes) || !b.Starts().IsZero() && !now.Before(b.Starts())
}

// Free is how many seats may be given. Lowering the seats takes nobody's, so it may be
// negative.
func (b Batch) Free() int { return b.Seats - b.Counts.Seated - b.Counts.Offered }

// Candidate is somebody who waits for a seat, as the queue sees it.
type Candidate struct {
	Enrolment int64
	Employee  int64
	Standing  Standing // Applied, Waiting or Offered
	Place     int64    // in the queue; the smaller comes first
	AppliedAt time.Time
	Reached   bool    // an account that can be written to, and a day of work ahead: nobody on leave
	Units     []int64 // of Batch.Quotas, in which the person is counted
	// Of Offered.
	Lost      bool      // the offer cannot reach the person any more
	Delivered time.Time // zero = not yet
	Until     time.Time // end of the offer; zero = not delivered yet
	// Of Applied, for Rank.
	Left    bool // is not in service any more
	Gap     int  // levels that are lacking; 0 = none, or not known
	Trained bool // took part in another training this year
}

// Rank is the order in which seats are given at the close: who lacks more levels first,
// then who had no training this year, then who registered earlier.
func Rank(a, b Candidate) int {
	trained := func(c Candidate) int {
		if c.Trained {
			return 1
		}
		return 0
	}
	return cmp.Or(b.Gap-a.Gap, trained(a)-trained(b), a.AppliedAt.Compare(b.AppliedAt), cmp.Compare(a.Enrolment, b.Enrolment))
}

// Move is one step of somebody in a batch that time brings.
type Move struct {
	Candidate
	To Standing
	// Passed says of Waiting that an open offer could not reach the person, who keeps
	// the place.
	Passed bool
}

// Settle says what becomes of everybody who waits for a seat in b at now: the seats of
// a ranked registration at its close, offers that are over, offers to the next in the
// queue. People who cannot be reached keep their place and are passed over; whoever
// left an offer unanswered leaves the queue. Together with the seats that are given and
// the offers that are open, the moves never make more than the seats.
func Settle(b Batch, waiting []Candidate, now time.Time) []Move {
	l := &ledger{free: b.Free(), left: map[int64]int{}}
	for _, q := range b.Quotas {
		l.left[q.Unit] = q.Seats - q.Taken
	}
	closed := b.shut(now)
	if closed && b.Programme.WayIn == Ranked {
		l.rank(waiting)
	}
	for _, c := range waiting {
		if c.Standing != Offered {
			continue
		}
		switch {
		case closed || !c.Until.IsZero() && !now.Before(c.Until):
			l.end(c, Move{Candidate: c, To: Lapsed})
		case c.Lost:
			l.end(c, Move{Candidate: c, To: Waiting, Passed: true})
		}
	}
	if !b.ByHand(now) {
		l.offer(waiting)
	}
	return l.moves
}

// ledger keeps account of the seats while moves are made.
type ledger struct {
	free  int
	left  map[int64]int // by unit with a quota
	moves []Move
}

// end frees the seat of an open offer.
func (l *ledger) end(c Candidate, m Move) {
	l.free++
	for _, u := range c.Units {
		l.left[u]++
	}
	l.moves = append(l.moves, m)
}

// fits tells whether the person may have a seat.
func (l *ledger) fits(c Candidate) bool {
	full := func(u int64) bool { return l.left[u] <= 0 }
	return l.free > 0 && !slices.ContainsFunc(c.Units, full)
}

func (l *ledger) give(c Candidate, to Standing) {
	l.free--
	for _, u := range c.Units {
		l.left[u]--
	}
	l.moves = append(l.moves, Move{Candidate: c, To: to})
}

// rank gives the seats of a registration that has closed; the queue is in the same order.
func (l *ledger) rank(waiting []Candidate) {
	for i, c := range slices.SortedFunc(slices.Values(waiting), Rank) {
		if c.Standing != Applied {
			continue
		}
		switch c.Place = int64(i + 1); {
		case !c.Left && l.fits(c):
			l.give(c, Seated)
		default:
			l.moves = append(l.moves, Move{Candidate: c, To: Waiting})
		}
	}
}

// offer makes offers to the next in the queue while seats are free.
func (l *ledger) offer(waiting []Candidate) {
	for _, c := range slices.SortedFunc(slices.Values(waiting), byPlace) {
		if l.free <= 0 {
			return
		}
		if c.Standing == Waiting && c.Reached && l.fits(c) {
			l.give(c, Offered)
		}
	}
}

func byPlace(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Enrolment, b.Enrolment))
}

// OfferEnd is when an offer ends: with the person's next working day after its
// delivery, of which nextDay is the first moment of the day behind it, and with the
// registration at the latest.
func (b Batch) OfferEnd(nextDay time.Time) time.Time {
	if !b.Closes.IsZero() && b.Closes.Before(nextDay) {
		return b.Closes
	}
	return nextDay
}
