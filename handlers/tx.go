package handlers

import (
	"context"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// Tx is what a conversation may ask of the open transaction.
type Tx interface {
	Load(ctx context.Context, botID, chatID int64, now time.Time) (dialog.Session, personnel.Employee, []task.Task, bool, error)
	Save(ctx context.Context, d dialog.Decision) error
	Enqueue(ctx context.Context, rows []dialog.Outgoing) error
	identityTx
	taskTx
	areaTx
	uploadTx
	attentionTx
}

// identityTx is about who an account belongs to.
type identityTx interface {
	CodeByHash(ctx context.Context, hash []byte, now time.Time) (personnel.Code, error)
	CodeByID(ctx context.Context, id int64, now time.Time) (personnel.Code, error)
	CloseCode(ctx context.Context, id int64, now time.Time) error
	EmployeeByNIP(ctx context.Context, nip personnel.NIP) (int64, error)
	PhoneBelongs(ctx context.Context, employeeID int64, phone string) (bool, error)
	ChatOf(ctx context.Context, employeeID int64) (int64, error)
	Link(ctx context.Context, c personnel.Claim, chatID int64, now time.Time) (personnel.Employee, error)
	Unlink(ctx context.Context, employeeID, actor int64, detail string, now time.Time) (int64, error)
	AskTakeover(ctx context.Context, c personnel.Claim, chatID int64, now, expires time.Time) (int64, error)
	Takeover(ctx context.Context, id, employeeID int64, now time.Time) (personnel.Takeover, error)
	AcceptTakeover(ctx context.Context, r personnel.Takeover, from int64, now time.Time) error
	RefuseTakeover(ctx context.Context, r personnel.Takeover, now time.Time) error
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
	Copy(ctx context.Context, chatID int64) (personnel.Copy, error)
	AddTicket(ctx context.Context, employeeID int64, kind personnel.TicketKind, body string, now time.Time) error
	StaleMenus(ctx context.Context, today time.Time, limit int) ([]personnel.ChatMenu, error)
	SetMenu(ctx context.Context, chatID int64, key string) error
}

// taskTx is about what a person owes and answered.
type taskTx interface {
	Task(ctx context.Context, id, employeeID int64) (task.Task, error)
	Tasks(ctx context.Context, employeeID int64, kinds []task.Kind) ([]task.Task, error)
	StartTask(ctx context.Context, id int64, now time.Time) error
	OfferTask(ctx context.Context, of int64, kind task.Kind) (int64, error)
	Submit(ctx context.Context, of task.Task, answers questionnaire.Answers, now time.Time) error
	SubmitPaper(ctx context.Context, of task.Task, answers questionnaire.Answers, by int64, now time.Time) error
	PaperTask(ctx context.Context, employeeID int64) (task.Task, error)
	Answers(ctx context.Context, taskID int64) (questionnaire.Answers, error)
	Standard(ctx context.Context, class string) (map[string]int, error)
	QuestionnaireCount(ctx context.Context) (int, error)
	Questionnaires(ctx context.Context) ([]questionnaire.Definition, error)
	PeriodBoard(ctx context.Context) (task.Board, error)
	StartPeriod(ctx context.Context, name string, opens, due, rating time.Time) (int64, error)
	EndPeriod(ctx context.Context, now time.Time) (string, error)
}

// attentionTx is about what the bot starts by itself.
type attentionTx interface {
	courier.NoteTx
	AddSnooze(ctx context.Context, taskID, employeeID int64, now, until time.Time) error
	Wishes(ctx context.Context, employeeID int64) (courier.Wishes, error)
	SetWishes(ctx context.Context, employeeID int64, w courier.Wishes, now time.Time) error
	Pauses(ctx context.Context, limit int) ([]courier.Pause, error)
	ResumeUnit(ctx context.Context, id, by int64, now time.Time) error
	NoticeOf(ctx context.Context, id, employeeID int64) (courier.Notice, error)
	MarkRead(ctx context.Context, id, employeeID int64, now time.Time) error
}

// areaTx is about the people whom somebody looks after.
type areaTx interface {
	Team(ctx context.Context, superior int64, now time.Time) ([]personnel.Member, error)
	TeamMember(ctx context.Context, superior, employee int64, now time.Time) (personnel.Member, error)
	Board(ctx context.Context, a personnel.Area) (personnel.Board, error)
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
	FindPeople(ctx context.Context, a personnel.Area, name string, nip personnel.NIP, limit int) ([]personnel.Member, error)
	Lacking(ctx context.Context, a personnel.Area, what personnel.Lack, limit int) ([]personnel.Member, error)
	AddAbsence(ctx context.Context, id int64, from, to time.Time, kind string, by int64, now time.Time) error
	HoldsRole(ctx context.Context, id int64) (bool, error)
	Classes(ctx context.Context) ([]personnel.ClassName, error)
	SetClass(ctx context.Context, id int64, class string, by int64, now time.Time) error
	SetSuperior(ctx context.Context, id, superior, by int64, now time.Time) error
	SetSelfOnly(ctx context.Context, id int64, yes bool, by int64, now time.Time) error
	NewCode(ctx context.Context, employeeID int64, hash []byte, by int64, now, expires time.Time) error
	OpenTickets(ctx context.Context, limit int) ([]personnel.Ticket, int, error)
	CloseTicket(ctx context.Context, id, by int64, now time.Time) (int64, error)
	AddDelegation(ctx context.Context, d personnel.Delegation, now time.Time) error
	Delegations(ctx context.Context, a personnel.Area, today time.Time) ([]personnel.Delegation, error)
	DelegationsOf(ctx context.Context, employeeID int64, today time.Time) ([]personnel.Delegation, error)
	CheckDelegation(ctx context.Context, a personnel.Area, id, by int64, accept bool, now time.Time) (personnel.Delegation, error)
	EndDelegation(ctx context.Context, id, forID int64, now time.Time) error
}

// uploadTx is about spreadsheets that come through the chat.
type uploadTx interface {
	intake.Store
	AddUpload(ctx context.Context, u intake.Upload, now time.Time) (int64, error)
	NextUpload(ctx context.Context) (intake.Upload, error)
	LockUpload(ctx context.Context, id int64) (intake.Upload, error)
	SetUpload(ctx context.Context, id int64, state intake.UploadState, report *intake.Report, now time.Time) error
	PutOffUpload(ctx context.Context, id int64, now time.Time) error
}
