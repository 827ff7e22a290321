// Package seating keeps the seats of trainings as time passes: offers to the next in the
// queue and their ends, the seats of a ranked registration, superiors who are silent,
// batches that begin and end. What it has to say goes through the courier. The rules are
// those of package training; this package is pure but for the transaction that it is
// given.
package seating

import (
	"context"
	"slices"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// Tx is what the seats ask of the open transaction.
type Tx interface {
	courier.Tx
	courier.PartTx
	// DueBatches locks the batches that are to be looked at, at most limit, in the order
	// of their ids, and returns these.
	DueBatches(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// Batch reads a batch with sessions, quotas and counts.
	Batch(ctx context.Context, id int64) (training.Batch, error)
	// Queue returns who waits for a seat in a batch, also those who hold an offer.
	Queue(ctx context.Context, b training.Batch) ([]Queued, error)
	// Awaits returns the permissions that a batch waits for.
	Awaits(ctx context.Context, batch int64) ([]Awaited, error)
	// DeliverOffers stores from when to when offers live.
	DeliverOffers(ctx context.Context, list []training.Candidate) error
	// MoveSeats stores moves.
	MoveSeats(ctx context.Context, b training.Batch, moves []training.Move, now time.Time) error
	// SetAwaits stores deadlines, warnings, and whose seat is freed.
	SetAwaits(ctx context.Context, list []Awaited, now time.Time) error
	// SetBatchState stores where a batch stands and when it is looked at next; zero =
	// not by itself. closed = nothing of it can be changed any more.
	SetBatchState(ctx context.Context, batch int64, s training.State, next time.Time, closed bool, now time.Time) error
	// LookLater puts off when a batch is looked at, and changes nothing else.
	LookLater(ctx context.Context, batch int64, at time.Time) error
	// NewNominees returns who was nominated in a file and not told yet; ToldNominees notes
	// that they are.
	NewNominees(ctx context.Context, batch int64) ([]Nominated, error)
	ToldNominees(ctx context.Context, batch int64) error
	// OfficersOf returns the officers of the units of people, nearest unit first, else the
	// personnel office; only who has an account. By person.
	OfficersOf(ctx context.Context, people []int64) (map[int64][]int64, error)
}

// Queued is somebody who waits for a seat.
type Queued struct {
	training.Candidate
	Person personnel.Employee // name and sex
	Diary  outreach.Diary
	Offer  int       // number of the newest offer
	Sent   Delivery  // what became of its message
	SentAt time.Time // of Arrived
}

// Delivery is what became of the message of an offer.
type Delivery string

// The deliveries.
const (
	OnItsWay Delivery = ""        // waits for its hour, or for the sender
	Arrived  Delivery = "arrived" // Telegram has accepted it
	Lost     Delivery = "lost"    // it will not arrive
)

// Awaited is a permission that a batch waits for.
type Awaited struct {
	training.Await
	Person   personnel.Employee // name, sex and unit
	SeatedAt time.Time
	Until    time.Time // its deadline; zero = not set yet
	Stage    training.Silence
}

// Nominated is somebody whom a unit has nominated.
type Nominated struct {
	Enrolment int64
	Person    personnel.Employee // name and sex
	Superior  personnel.Employee // the same; zero = not known
}

// Config is what a Clerk needs.
type Config struct {
	Courier  *courier.Courier
	Text     *text.Catalogue
	Location *time.Location
}

// Clerk keeps the seats. It is safe for concurrent use.
type Clerk struct{ cfg Config }

// New makes a clerk.
func New(cfg Config) *Clerk { return &Clerk{cfg: cfg} }

// atATime is how many batches one run looks at.
const atATime = 200

// afterFailure is how long a batch is left alone that could not be looked at: many of them
// would else be all that a run looks at.
const afterFailure = 15 * time.Minute

// Tick looks at every batch that is due: once, whatever has happened meanwhile. A batch
// that fails stops no other one.
func (c *Clerk) Tick(ctx context.Context, tx Tx, now time.Time) (courier.Tally, error) {
	ids, err := tx.DueBatches(ctx, now, atATime)
	if err != nil || len(ids) == 0 {
		return courier.Tally{}, err
	}
	gate, err := c.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return courier.Tally{}, err
	}
	return courier.Each(ctx, tx, now, "seats of batch", ids,
		func(ids []int64) (courier.Tally, error) { return c.look(ctx, tx, now, gate.Calendar, ids) },
		func(id int64) error { return tx.LookLater(ctx, id, now.Add(afterFailure)) })
}

// look looks at some batches, and says what is to be said of all of them together: people
// are locked in one order.
func (c *Clerk) look(ctx context.Context, tx Tx, now time.Time, calendar *outreach.Calendar, ids []int64) (t courier.Tally, err error) {
	r := &round{Clerk: c, tx: tx, now: now, calendar: calendar}
	for _, id := range ids {
		if err := r.batch(ctx, id); err != nil {
			return t, err
		}
	}
	decisions, err := c.cfg.Courier.SendAll(ctx, tx, now, r.messages)
	t.Count(decisions)
	return t, err
}

// round is one run over some batches.
type round struct {
	*Clerk
	tx       Tx
	now      time.Time
	calendar *outreach.Calendar
	messages []courier.Message
}

// batch looks at one batch: what became of permissions, then of offers, then who is next.
func (r *round) batch(ctx context.Context, id int64) error {
	b, err := r.tx.Batch(ctx, id)
	if err != nil {
		return err
	}
	b.State = b.At(r.now)
	awaits, err := r.silence(ctx, b)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(awaits, func(a Awaited) bool { return a.Stage == training.Frees }) {
		if b, err = r.tx.Batch(ctx, id); err != nil { // its counts are other ones now
			return err
		}
		b.State = b.At(r.now)
	}
	queue, err := r.queue(ctx, b)
	if err != nil {
		return err
	}
	var moves []training.Move
	if !b.State.Over() {
		moves = training.Settle(b, candidates(queue), r.now)
	}
	if len(moves) > 0 {
		if err := r.tx.MoveSeats(ctx, b, moves, r.now); err != nil {
			return err
		}
	}
	r.tell(b, queue, moves)
	if err := r.tellNominees(ctx, b); err != nil {
		return err
	}
	closed := b.State.Over() && !b.CommitteeUntil().IsZero() && !r.now.Before(b.CommitteeUntil())
	return r.tx.SetBatchState(ctx, b.ID, b.State, r.next(b, queue, moves, awaits), closed, r.now)
}

func candidates(queue []Queued) []training.Candidate {
	out := make([]training.Candidate, len(queue))
	for i, q := range queue {
		out[i] = q.Candidate
	}
	return out
}
