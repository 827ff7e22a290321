package announcement

import (
	"time"

	"bangkom/internal/personnel"
)

const (
	// OfficerDays is for how long after its beginning an announcement stands in the list
	// of the officer of a unit (petugas kepegawaian unit).
	OfficerDays = 60
	// TellDays is for how long after its end the officer may still record that it was
	// told (Disampaikan langsung): who was rung up on the last day is noted the day after.
	TellDays = 7
)

// UnitEntry is a line in the officer's list: an announcement, and how many people of the
// officer's units it concerns.
type UnitEntry struct {
	ID     int64
	Title  string
	At     time.Time // when it began to go out
	Ack    bool      // asks for Sudah saya baca
	People int       // of the units
	Absent int       // have not received it
	Unread int       // have received it and not said that they read the present version
	Told   int       // are counted in neither: they were told directly
}

// Missing tells how many are left to be told.
func (u UnitEntry) Missing() int { return u.Absent + u.Unread }

// Pending is one person of a unit who has not received an announcement or not read it,
// or who was told.
type Pending struct {
	Person   personnel.Employee // id, name and sex
	Delivery Delivery
	Old      bool      // has read an older version
	ToldAt   time.Time // Disampaikan langsung; zero = not told
}

// UnitList is a page of them.
type UnitList struct {
	UnitEntry
	Pending []Pending
	Total   int // on all pages
}

// LedgerRow is a row of the spreadsheet of an announcement.
type LedgerRow struct {
	Name, Unit string
	Delivery   Delivery
	SentAt     time.Time // zero = it has not gone
	ReadAt     time.Time // zero = not pressed
	Old        bool      // what was read is an older version
	Shows      int       // the version that the message shows; 0 = there is no message
	Patch      Patch     // of the newest edit or deletion of the message
	ToldAt     time.Time // zero = not told
	ToldBy     string    // name of the officer
}

// Ledger is all of one announcement.
type Ledger struct {
	Title   string
	Version int // of the text by now
	Rows    []LedgerRow
	Silent  int // of those who were not reached: silent by own wish
}

// Deliveries are all states of a row of the ledger, in the order in which they are
// counted.
func Deliveries() []Delivery {
	return []Delivery{Sent, Unknown, Failed, Waiting, Queued, Held, Unlinked, Unreachable, Expired, Left, Stopped, Withdrawn}
}

// Board is what the personnel office should look at. The zero Board is nothing.
type Board struct {
	Failed    int // messages that Telegram refused, of announcements of the last seven days
	Unknown   int // messages of unknown outcome, of the same
	Overdue   int // announcements that stand still: see Overdue
	Questions int // questions that nobody has answered for longer than OverdueQuestion
}

// From when on the personnel office is told that something stands still: a request for
// approval, an announcement that should have begun to go or is paused; a question.
const (
	Overdue         = 24 * time.Hour
	OverdueQuestion = 3 * 24 * time.Hour
	BoardLooksBack  = 7 * 24 * time.Hour
)
