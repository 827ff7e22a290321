package training

import "time"

// State is where a batch stands.
type State string

// The states of a batch, in the order in which it goes through them. Planned becomes Open
// when somebody opens it; from then on time decides (Batch.At). Cancelled may follow on
// any but Done, and nothing follows on these two.
const (
	Planned   State = "planned"   // is being prepared; nobody sees it but the office and its committee
	Open      State = "open"      // is shown; registration runs where there is one
	Closed    State = "closed"    // registration has ended
	Running   State = "running"   // the first session has begun
	Done      State = "done"      // the last session has ended
	Cancelled State = "cancelled" // takes place no more
)

// Over tells whether nothing more takes place.
func (s State) Over() bool { return s == Done || s == Cancelled }

// Shown tells whether people see the batch in /pelatihan.
func (s State) Shown() bool { return s == Open || s == Closed || s == Running }

// At is the state that time alone gives a batch at now: what is planned stays so until
// somebody opens it, what is over stays over. A batch without sessions never runs.
func (b Batch) At(now time.Time) State {
	started := !b.Starts().IsZero() && !now.Before(b.Starts())
	switch {
	case b.State.Over() || b.State == Planned:
		return b.State
	case started && !now.Before(b.Ends()):
		return Done
	case started:
		return Running
	case !b.Closes.IsZero() && !now.Before(b.Closes):
		return Closed
	}
	return Open
}

// CommitteeDays is for how many days after the last session the committee (panitia) of
// a batch still sees it.
const CommitteeDays = 14

// CommitteeUntil is the first moment at which its committee does not see the batch any
// more; zero while it has no session.
func (b Batch) CommitteeUntil() time.Time {
	if b.Ends().IsZero() {
		return time.Time{}
	}
	return b.Ends().AddDate(0, 0, CommitteeDays)
}
