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
	Usable     bool      // not used, not revoked, not expired, of somebody in service
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

// TakeoverLimits are how often in a day a request to move an account may be
// made, so that nobody's phone is asked again and again until the wrong button is
// pressed.
type TakeoverLimits struct {
	PerPerson  int // questions to the account of one person
	PerAccount int // requests of one account, whoever they are about
}

// TakeoverAsked is what became of such a request.
type TakeoverAsked struct {
	ID int64 // of the question to put; 0 = none is put now
	// Until is from when on the asking account may ask again; zero = it has not
	// asked too often.
	Until time.Time
}

// ProofBoard counts a day of proofs for who looks after accounts.
type ProofBoard struct {
	Failed    int `db:"failed"`    // wrong codes and phone numbers
	Accounts  int `db:"accounts"`  // from so many Telegram accounts
	Hour      int `db:"hour"`      // of them in the last hour
	Takeovers int `db:"takeovers"` // requests to move somebody to another account
	Moved     int `db:"moved"`     // of them accepted
}

// UnlinkRequest is the request of a unit's officer to free the account of a
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
