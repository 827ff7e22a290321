package training

import (
	"errors"
	"time"

	"bangkom/internal/personnel"
)

// ErrTaken says that a code or a name is in use already.
var ErrTaken = errors.New("taken")

// Reason is why a batch stands where it stands in the list of somebody (/pelatihan).
type Reason string

// The reasons, in the order of the list.
const (
	FitsGap  Reason = "gap"  // it develops what the person lacks
	FromUnit Reason = "unit" // people of the own unit take part
	AnyBody  Reason = "all"
)

// Offer is a batch as the list of somebody shows it.
type Offer struct {
	Batch    Batch // without sessions
	Why      Reason
	Lacking  string   // of FitsGap: name of the competency
	Standing Standing // where the person stands in it; "" = nowhere
	Position int      // in the queue
}

// Nomination is a seat that a unit asks for (usulan).
type Nomination struct {
	Batch    int64
	Employee int64
	Letter   string    // number of the unit head's letter
	Day      time.Time // of the letter
	By       int64
}

// Claim is a Saya hadir of somebody who was marked absent.
type Claim struct {
	Session int64
	N       int // of the session
	Starts  time.Time
	Person  personnel.Employee
	At      time.Time
}
