package personnel

import (
	"errors"
	"time"
)

// ErrLinkedElsewhere says that the person has another account already.
var ErrLinkedElsewhere = errors.New("the person is linked to another account")

// Code is what a one-time code (kode sekali pakai) stands for.
type Code struct {
	ID         int64
	EmployeeID int64
	At         time.Time // when it was made
	Usable     bool      // not used, not revoked, not expired
}

// Claim is a proven right to link an account to a person.
type Claim struct {
	EmployeeID int64
	CodeID     int64  // the code that proves it; 0 = NIP and own phone number
	Notice     string // version of the privacy notice that was accepted
}

// Takeover is a request of a proven person to move to another account. The
// account that is linked now decides.
type Takeover struct {
	ID     int64
	Claim  Claim
	ChatID int64 // the account that asks
	Open   bool  // neither decided nor expired
}

// UnlinkRequest is the wish of the officer of a unit to free the account of a
// person. The account may object for a while.
type UnlinkRequest struct {
	ID         int64
	EmployeeID int64 // whose account
	By         int64 // the officer
	At         time.Time
	Objected   bool // by the account
}

// Departure is a chat whose person has left the service, or has come back.
type Departure struct {
	ChatID int64 `db:"chat_id"`
	Gone   bool  `db:"gone"`
}
