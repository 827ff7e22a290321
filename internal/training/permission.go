package training

import "time"

// PPPKLimit is how many JP somebody with a work agreement (PPPK) may have in the time of
// the agreement (Peraturan LAN 15/2020). Near it, from PPPKNear on, the person is told,
// and not refused.
const (
	PPPKLimit = 24
	PPPKNear  = 20
)

// Silence is what the silence of a superior has come to.
type Silence string

// The stages of silence.
const (
	InTime Silence = "in_time"
	Late   Silence = "late" // person and officer are told; the officer may record an Izin tertulis
	Frees  Silence = "frees"
)

// Await is a permission that a superior has not given.
type Await struct {
	Enrolment int64
	Employee  int64
	Warned    bool      // person and officer were told
	Next      time.Time // the end of the working day after that on which the seat was given
}

// Deadline is until when a superior may answer: the deadline of the batch; for a seat
// that was given late the end of the next working day; the beginning of the batch at the
// latest. Zero = there is none, and the seat stays.
func (b Batch) Deadline(a Await) time.Time {
	due := b.PermissionUntil
	if due.IsZero() {
		return due
	}
	if a.Next.After(due) {
		due = a.Next
	}
	if starts := b.Starts(); !starts.IsZero() && starts.Before(due) {
		due = starts
	}
	return due
}

// Stage tells what the silence has come to at now; warn is when people are told, one
// working day before the deadline due.
func (a Await) Stage(due, warn, now time.Time) Silence {
	switch {
	case due.IsZero():
		return InTime
	case !now.Before(due):
		return Frees
	case !now.Before(warn) && !a.Warned:
		return Late
	}
	return InTime
}

// MayPermit tells why p cannot be said about n at now; "" = it can. Before the batch
// begins a permission that was given may be taken back (Cabut izin), and a written one
// takes the place of silence.
func (b Batch) MayPermit(n Enrolment, p Permission, now time.Time) Verdict {
	state := b.At(now)
	switch {
	case state.Over() || state == Running || n.Standing != Seated:
		return Gone
	case n.Way != Registered || n.Permission == p:
		return Unchanged
	case n.Permission == Asked, p == Denied && n.Permission == Given:
		return ""
	}
	return Unchanged
}
