package training

import "time"

// Verdict is what came of a wish about a seat. Every wish has exactly one, and each is
// said to the person.
type Verdict string

// The verdicts.
const (
	Accepted      Verdict = "accepted"       // done: Outcome.Now tells where the person stands
	Unchanged     Verdict = "unchanged"      // it was so before: the second phone, the second tap
	NotOpen       Verdict = "not_open"       // registration has not begun
	AfterClose    Verdict = "after_close"    // registration has ended
	Gone          Verdict = "gone"           // the batch was cancelled, or is over
	NoNomination  Verdict = "by_nomination"  // seats are won by nomination only
	Overlaps      Verdict = "overlaps"       // another batch at that time: Outcome.Other
	OnLeave       Verdict = "on_leave"       // is recorded as away then, and was not asked yet
	OfferEnded    Verdict = "offer_ended"    // an offer came to its end before the tap
	Full          Verdict = "full"           // no seat is left for a nomination
	QuotaFull     Verdict = "quota_full"     // no seat is left for that unit
	NotAllowed    Verdict = "not_allowed"    // the asker may not do this
	Stale         Verdict = "stale"          // baru saja diubah oleh: Outcome.By
	NotInService  Verdict = "not_in_service" // has left the register
	AlreadyInside Verdict = "already_inside" // the one who is to come in takes part already
	Attended      Verdict = "attended"       // a change leaves out a session in which somebody was: Outcome.At
	OwnClaim      Verdict = "own_claim"      // one's own Saya hadir is for others to decide
	CodeTaken     Verdict = "code_taken"     // another programme has that code
	WayInUse      Verdict = "way_in_use"     // people take part in a batch that is open: its rule stays
)

// Outcome is what came of a wish about a seat.
type Outcome struct {
	Verdict Verdict
	Now     Enrolment // where the person stands now; zero when there is nothing
	Other   string    // name of the batch that overlaps
	By      string    // of Stale: who has changed it
	At      time.Time // of Stale and OfferEnded: when; of NotOpen: from when; of Attended: of which session
	// PPPKHours is how many JP a PPPK comes to this year with this batch, when that is
	// near or beyond the limit; 0 = nothing to tell.
	PPPKHours int
	// Freed is what becomes of the seat that was given back with it.
	Freed Freed
}

// Freed is what becomes of a seat that somebody gives back.
type Freed string

// What a seat that is given back comes to.
const (
	NoSeat   Freed = ""         // none was given back, or nobody can take it by themselves any more
	ToQueue  Freed = "to_queue" // somebody waits, to whom it is offered
	Reopened Freed = "reopened" // nobody waits
)

// Frees tells what becomes of the seat that somebody gives back at now who stood so in
// the batch. b is counted with that seat.
func (b Batch) Frees(was Standing, now time.Time) Freed {
	switch {
	case was != Seated && was != Offered, b.shut(now), b.Free() < 0:
		return NoSeat
	case b.Counts.Waiting > 0:
		return ToQueue
	}
	return Reopened
}
