package personnel

import "errors"

// ErrLinkedElsewhere says that the person has another account already.
var ErrLinkedElsewhere = errors.New("the person is linked to another account")

// Code is what a one-time code (kode sekali pakai) stands for.
type Code struct {
	ID         int64
	EmployeeID int64
	Usable     bool // not used, not revoked, not expired
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
