package seating

import (
	"context"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/training"
)

// silence finds out what the silence of superiors has come to in a batch: deadlines that
// are not set yet, who is to be warned, whose seat is freed. The beginning of the batch is
// the last deadline, so this is looked at then too.
func (r *round) silence(ctx context.Context, b training.Batch) ([]Awaited, error) {
	if b.State.Over() {
		return nil, nil
	}
	awaits, err := r.tx.Awaits(ctx, b.ID)
	if err != nil || len(awaits) == 0 {
		return nil, err
	}
	var changed []Awaited
	for i := range awaits {
		a := &awaits[i]
		fresh := a.Until.IsZero()
		if fresh {
			a.Next = r.endOfNext(a.SeatedAt, outreach.Diary{})
			a.Until = b.Deadline(a.Await)
		}
		a.Stage = a.Await.Stage(a.Until, r.warnAt(*a), r.now)
		if fresh && !a.Until.IsZero() || a.Stage != training.InTime {
			changed = append(changed, *a)
		}
	}
	if err := r.tx.SetAwaits(ctx, changed, r.now); err != nil {
		return nil, err
	}
	return awaits, r.tellSilence(ctx, b, awaits)
}

// timeToAnswer is how long a superior has at least before anybody is told of the silence.
const timeToAnswer = 2 * time.Hour

// warnAt is the beginning of the working day before the last day of a deadline, but not
// sooner than a superior could have answered.
func (r *round) warnAt(a Awaited) time.Time {
	if a.Until.IsZero() {
		return a.Until
	}
	last := r.calendar.Day(a.Until.Add(-1))
	warn := r.calendar.PreviousWorkingDay(last, outreach.Week{}).Start(r.calendar.Location())
	if first := a.SeatedAt.Add(timeToAnswer); first.After(warn) {
		return first
	}
	return warn
}

// tellSilence writes to the people whose superior is silent, and to their officers.
func (r *round) tellSilence(ctx context.Context, b training.Batch, awaits []Awaited) error {
	var people []int64
	for _, a := range awaits {
		if a.Stage != training.InTime {
			people = append(people, a.Employee)
		}
	}
	if len(people) == 0 {
		return nil
	}
	officers, err := r.tx.OfficersOf(ctx, people)
	if err != nil {
		return err
	}
	for _, a := range awaits {
		if a.Stage == training.InTime {
			continue
		}
		r.sayAwaited(b, a, len(officers[a.Employee]) > 0)
		for _, o := range officers[a.Employee] {
			r.sayOfficer(b, a, o)
		}
	}
	return nil
}

// The hours after which a batch is looked at again when nothing else tells when.
const (
	watchOffers = time.Minute      // an offer that was not delivered yet
	watchQueue  = 15 * time.Minute // free seats, and nobody in the queue who can be reached
)

// next is when a batch is looked at again; zero = when something happens.
func (r *round) next(b training.Batch, queue []Queued, moves []training.Move, awaits []Awaited) (next time.Time) {
	at := func(t time.Time) {
		if !t.IsZero() && t.After(r.now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if b.State == training.Cancelled {
		return next
	}
	at(b.Closes)
	at(b.Starts())
	at(b.Ends())
	at(b.CommitteeUntil())
	for _, a := range awaits {
		if a.Stage != training.Frees {
			at(r.warnAt(a))
			at(a.Until)
		}
	}
	stands := map[int64]training.Standing{}
	for _, m := range moves {
		stands[m.Enrolment] = m.To
	}
	for _, q := range queue {
		to, moved := stands[q.Enrolment]
		switch {
		case to == training.Offered, !moved && q.Standing == training.Offered && q.Until.IsZero():
			at(r.now.Add(watchOffers))
		case !moved && q.Standing == training.Offered:
			at(q.Until)
		case !moved && q.Standing == training.Waiting && !b.ByHand(r.now):
			at(r.now.Add(watchQueue))
		}
	}
	return next
}
