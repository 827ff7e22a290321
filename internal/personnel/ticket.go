package personnel

import "time"

// TicketKind says what a person asks of the personnel office.
type TicketKind string

// The kinds of tickets.
const (
	CorrectionTicket TicketKind = "correction" // data of the register are wrong
	TeamTicket       TicketKind = "team"       // a superior says that the team is wrong
	ErasureTicket    TicketKind = "erasure"    // withdrawal: erase what need not be kept
)

// Ticket is a request that waits for the personnel office.
type Ticket struct {
	ID         int64
	EmployeeID int64
	Kind       TicketKind
	Body       string // as typed
	At         time.Time
}
