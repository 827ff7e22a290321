package personnel

import "time"

// SuperiorChange is that a person gets another direct superior (pergantian
// atasan langsung), and with it another reader of what is rated from then on.
type SuperiorChange struct {
	ID         int64     // of the request; 0 = it was made at once
	EmployeeID int64     // who gets another superior
	Old        int64     // 0 = had none
	New        int64     // id of the new superior
	By         int64     // who asked for it
	At         time.Time // when it was asked for
	Expires    time.Time // until when it may be approved
}

// ChangeDays is how many days a request for another superior waits for a decision.
const ChangeDays = 7

// ChangeOutcome is what became of a request for another superior.
type ChangeOutcome string

// The outcomes. Only Approved has changed anything.
const (
	ChangeApproved ChangeOutcome = "approved"
	ChangeReturned ChangeOutcome = "returned"
	ChangeExpired  ChangeOutcome = "expired"  // nobody decided in time
	ChangeLapsed   ChangeOutcome = "lapsed"   // the asker may not any more, or the register says otherwise by now
	ChangeReplaced ChangeOutcome = "replaced" // another change of the same person came after it
)
