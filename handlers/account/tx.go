package account

import (
	"context"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/personnel"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	feature.Tx
	CodeByHash(ctx context.Context, hash []byte, now time.Time) (personnel.Code, error)
	CodeByID(ctx context.Context, id int64, now time.Time) (personnel.Code, error)
	CloseCode(ctx context.Context, id int64, now time.Time) error
	EmployeeByNIP(ctx context.Context, nip personnel.NIP) (int64, error)
	PhoneBelongs(ctx context.Context, employeeID int64, phone string) (bool, error)
	ChatOf(ctx context.Context, employeeID int64) (int64, error)
	Link(ctx context.Context, c personnel.Claim, chatID int64, now time.Time) (personnel.Employee, error)
	Unlink(ctx context.Context, employeeID, actor int64, detail string, now time.Time) (int64, error)
	AskTakeover(ctx context.Context, c personnel.Claim, chatID int64, now, expires time.Time, l personnel.TakeoverLimits) (personnel.TakeoverAsked, error)
	AddFailedProof(ctx context.Context, chatID, serial int64, now time.Time) (int, error)
	AddLockedOutProof(ctx context.Context, chatID, serial int64, now time.Time) (int, error)
	FailedProofs(ctx context.Context, chatID int64, nth int, now time.Time) (last, nthLast time.Time, err error)
	Takeover(ctx context.Context, id, employeeID int64, now time.Time) (personnel.Takeover, error)
	AcceptTakeover(ctx context.Context, r personnel.Takeover, from int64, forms []string, now time.Time) error
	RefuseTakeover(ctx context.Context, r personnel.Takeover, now time.Time) error
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
	Copy(ctx context.Context, chatID int64, ofTask []string) (personnel.Copy, error)
	Consent(ctx context.Context, employeeID, chatID int64) (notice string, at time.Time, err error)
	FormerAccount(ctx context.Context, chatID int64) (former bool, asked time.Time, err error)
	Openings(ctx context.Context, employeeID int64, limit int) (list []personnel.Opening, total int, err error)
}
