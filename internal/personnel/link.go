package personnel

import "errors"

// ErrLinkedElsewhere says that the person has another account already.
var ErrLinkedElsewhere = errors.New("the person is linked to another account")

// Code is what a one-time code (kode sekali pakai) stands for.
type Code struct {
	ID         int64
	EmployeeID int64
	Usable     bool // not used, not closed, not expired
}
