package personnel

import "time"

// TicketKind says what a person asks of the personnel office.
type TicketKind string

// The kinds of tickets.
const (
	CorrectionTicket TicketKind = "correction" // data of the register are wrong
	TeamTicket       TicketKind = "team"       // a superior says that the team is wrong
	ErasureTicket    TicketKind = "erasure"    // withdrawal: erase what need not be kept
	ReplyTicket      TicketKind = "reply"      // read what the person says about the own rating
)

// Ticket is a request that waits for the personnel office.
type Ticket struct {
	ID         int64
	EmployeeID int64
	Kind       TicketKind
	Body       string // as typed
	At         time.Time
}

// Asker is whoever is told what became of a request.
type Asker struct {
	EmployeeID int64
	ChatID     int64 // 0 = nobody can be told
	Linked     bool  // the chat is the account of the person
}

// Erasure is a request for erasure that waits, with what would go and stay.
type Erasure struct {
	TicketID   int64
	EmployeeID int64
	At         time.Time
	ChatID     int64     // is told the outcome; 0 = nobody can be told
	LinkedAt   time.Time // the person has an account (again) since; zero = none
	Drafts     int       // filled in and not sent
	Answers    int       // sent without being asked for: interest, technical
	Kept       int       // sent because they were asked for
}
