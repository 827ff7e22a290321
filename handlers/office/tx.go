package office

import (
	"context"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	// AnyDuty tells whether the agency requires any technical competency of anybody.
	AnyDuty(ctx context.Context) (bool, error)
	LockPeople(ctx context.Context, ids []int64) error
	ChatOf(ctx context.Context, employeeID int64) (int64, error)
	Unlink(ctx context.Context, employeeID, actor int64, detail string, now time.Time) (int64, error)
	ProofBoard(ctx context.Context, now time.Time) (personnel.ProofBoard, error)
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
	UnlinkRequest(ctx context.Context, employeeID int64, since time.Time) (personnel.UnlinkRequest, error)
	AskUnlink(ctx context.Context, employeeID, by int64, now time.Time) (int64, error)
	ObjectUnlink(ctx context.Context, id, employeeID int64, now time.Time) (int64, error)
	PeriodBoard(ctx context.Context) (task.Board, error)
	Weights(ctx context.Context) (competency.Weights, error)
	StartPeriod(ctx context.Context, name string, opens, due, rating time.Time) (int64, error)
	EndPeriod(ctx context.Context, now time.Time) (string, error)
	ExtendPeriod(ctx context.Context, id int64, seen, until time.Time, by int64, now time.Time) (task.Extended, error)
	Team(ctx context.Context, superior int64, now time.Time) ([]personnel.Member, error)
	Board(ctx context.Context, a personnel.Area) (personnel.Board, error)
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
	Lacking(ctx context.Context, a personnel.Area, what personnel.Lack, skip, limit int) ([]personnel.Member, error)
	AddAbsence(ctx context.Context, id int64, from, to time.Time, kind personnel.AbsenceKind, by int64, now time.Time) error
	Guarded(ctx context.Context, id int64, now time.Time) (bool, error)
	Classes(ctx context.Context) ([]personnel.ClassName, error)
	SetClass(ctx context.Context, id int64, class string, by int64, now time.Time) error
	NeedsSecond(ctx context.Context, a personnel.Area, c personnel.SuperiorChange, now time.Time) (bool, error)
	ChangeSuperior(ctx context.Context, c personnel.SuperiorChange, by int64, now time.Time) (audit int64, err error)
	AskSuperior(ctx context.Context, c personnel.SuperiorChange) (int64, error)
	Approvers(ctx context.Context, c personnel.SuperiorChange, now time.Time) ([]int64, error)
	WaitingChanges(ctx context.Context, by int64, now time.Time) ([]personnel.SuperiorChange, error)
	WaitingChange(ctx context.Context, id, by int64, now time.Time) (personnel.SuperiorChange, error)
	DecideChange(ctx context.Context, id, by int64, accept bool, now time.Time) (out personnel.ChangeOutcome, audit int64, err error)
	SetSelfOnly(ctx context.Context, id int64, yes bool, by int64, now time.Time) error
	NewCode(ctx context.Context, employeeID int64, hash []byte, by int64, now, expires time.Time) error
	SlipUnits(ctx context.Context, a personnel.Area, unit int64, now time.Time) ([]personnel.SlipUnit, error)
	SlipPeople(ctx context.Context, a personnel.Area, unit int64, renew bool, limit int, now time.Time) ([]int64, error)
	PrintCodes(ctx context.Context, people []int64, hashes [][]byte, by int64, now, expires time.Time) error
	SlipCodes(ctx context.Context, a personnel.Area, unit int64, made, now time.Time) ([]personnel.SlipCode, error)
	OfficeChat(ctx context.Context, chat int64) (bool, error)
	HeldBy(ctx context.Context, chat, employee int64) (bool, error)
	OpenTickets(ctx context.Context, limit int) ([]personnel.Ticket, int, error)
	OpenTicket(ctx context.Context, id int64) (personnel.Ticket, error)
	CloseTicket(ctx context.Context, id, by int64, answer string, now time.Time) (personnel.Asker, error)
	Erasure(ctx context.Context, ticketID int64) (personnel.Erasure, error)
	Erase(ctx context.Context, r personnel.Erasure, by int64, now time.Time) error
	StandIns(ctx context.Context, official int64, limit int) ([]personnel.Member, error)
	AddDelegation(ctx context.Context, d personnel.Delegation, now time.Time) error
	Delegations(ctx context.Context, a personnel.Area, today time.Time) ([]personnel.Delegation, error)
	DelegationsOf(ctx context.Context, employeeID int64, today time.Time) ([]personnel.Delegation, error)
	CheckDelegation(ctx context.Context, a personnel.Area, id int64, version int, by int64, accept bool, now time.Time) (personnel.Delegation, error)
	EndDelegation(ctx context.Context, id, forID int64, now time.Time) error
}
