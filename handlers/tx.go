package handlers

import (
	"context"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/summary"
	"bangkom/internal/task"
)

// Tx is what a conversation may ask of the open transaction.
type Tx interface {
	Load(ctx context.Context, botID, chatID int64, now time.Time) (dialog.Session, personnel.Employee, []task.Task, bool, error)
	Save(ctx context.Context, d dialog.Decision) error
	Enqueue(ctx context.Context, rows []dialog.Outgoing) error
	identityTx
	taskTx
	ratingTx
	areaTx
	uploadTx
	summaryTx
	attentionTx
}

// summaryTx is about a superior's summary and what follows from it.
type summaryTx interface {
	courier.LadderTx
	Teams(ctx context.Context, bosses []int64, now time.Time, caps outreach.Caps) (map[int64]*summary.Facts, error)
	SummaryWish(ctx context.Context, employeeID int64) (summary.Wish, error)
	SummaryNotice(ctx context.Context, employeeID int64, message int) (int64, error)
	SetSummaryWish(ctx context.Context, employeeID int64, w summary.Wish, now time.Time) error
	TouchSummary(ctx context.Context, employeeID int64, message int, picture bool, now time.Time) error
	SummaryCard(ctx context.Context, employeeID int64, since time.Time) (message int, picture bool, err error)
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
	AddTicket(ctx context.Context, employeeID, chatID int64, kind personnel.TicketKind, body string, now time.Time) (int64, error)
	OfficeChats(ctx context.Context, except int64) ([]int64, error)
	FormerAccount(ctx context.Context, chatID int64) (former bool, asked time.Time, err error)
	UnlinkRequest(ctx context.Context, employeeID int64, since time.Time) (personnel.UnlinkRequest, error)
	AskUnlink(ctx context.Context, employeeID, by int64, now time.Time) (int64, error)
	ObjectUnlink(ctx context.Context, id, employeeID int64, now time.Time) (int64, error)
	Untold(ctx context.Context, limit int) ([]personnel.Departure, error)
	Tell(ctx context.Context, d personnel.Departure) (bool, error)
	StaleMenus(ctx context.Context, today time.Time, after int64, slice int) (stale []personnel.ChatMenu, last int64, read int, err error)
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
	Weights(ctx context.Context) (competency.Weights, error)
	StartPeriod(ctx context.Context, name string, opens, due, rating time.Time) (int64, error)
	EndPeriod(ctx context.Context, now time.Time) (string, error)
}

// ratingTx is about what superiors say of their teams. Nothing of it gives one
// side to the other before both were sent.
type ratingTx interface {
	Ratings(ctx context.Context, rater int64, now time.Time) ([]rating.Ratable, error)
	StartRating(ctx context.Context, id int64, now time.Time) error
	SubmitRating(ctx context.Context, id, rater int64, answers questionnaire.Answers, now time.Time) (opened bool, err error)
	TeamChecked(ctx context.Context, employeeID int64) (bool, error)
	CheckTeam(ctx context.Context, employeeID int64, now time.Time) error
	ExcuseSelf(ctx context.Context, id int64, why string, by int64, now time.Time) error
	Pair(ctx context.Context, id, viewer int64, now time.Time) (rating.Pair, error)
	PairForHR(ctx context.Context, subject, by int64, reason string, now time.Time) (rating.Pair, error)
	OpenPair(ctx context.Context, subject, period, viewer int64, now time.Time) (int64, error)
	RatedBy(ctx context.Context, id int64) (int64, error)
	MissingSelves(ctx context.Context, ratings []int64, viewer int64, now time.Time) (awaited, closed int, err error)
	AddTalk(ctx context.Context, id int64, k rating.Talk, by int64, now time.Time) error
	CoRaters(ctx context.Context, official int64) ([]rating.CoRater, error)
	NameCoRater(ctx context.Context, official, subject, rater int64, now time.Time) error
	Leads(ctx context.Context, superior, employee int64) (bool, error)
	RevokeCoRater(ctx context.Context, official, subject int64, now time.Time) error
}

// attentionTx is about what the bot starts by itself.
type attentionTx interface {
	courier.NoteTx
	AddSnooze(ctx context.Context, taskID, employeeID int64, now, until time.Time) error
	SnoozedSo(ctx context.Context, taskID int64, until, now time.Time) (bool, error)
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
	FindBelow(ctx context.Context, superior int64, name string, nip personnel.NIP, limit int) ([]personnel.Member, error)
	Lacking(ctx context.Context, a personnel.Area, what personnel.Lack, skip, limit int) ([]personnel.Member, error)
	AddAbsence(ctx context.Context, id int64, from, to time.Time, kind string, by int64, now time.Time) error
	Guarded(ctx context.Context, id int64, now time.Time) (bool, error)
	Classes(ctx context.Context) ([]personnel.ClassName, error)
	SetClass(ctx context.Context, id int64, class string, by int64, now time.Time) error
	SetSuperior(ctx context.Context, id, superior, by int64, now time.Time) error
	SetSelfOnly(ctx context.Context, id int64, yes bool, by int64, now time.Time) error
	NewCode(ctx context.Context, employeeID int64, hash []byte, by int64, now, expires time.Time) error
	OpenTickets(ctx context.Context, limit int) ([]personnel.Ticket, int, error)
	CloseTicket(ctx context.Context, id, by int64, now time.Time) (int64, error)
	Erasure(ctx context.Context, ticketID int64) (personnel.Erasure, error)
	Erase(ctx context.Context, r personnel.Erasure, by int64, now time.Time) error
	AddDelegation(ctx context.Context, d personnel.Delegation, now time.Time) error
	Delegations(ctx context.Context, a personnel.Area, today time.Time) ([]personnel.Delegation, error)
	DelegationsOf(ctx context.Context, employeeID int64, today time.Time) ([]personnel.Delegation, error)
	CheckDelegation(ctx context.Context, a personnel.Area, id int64, version int, by int64, accept bool, now time.Time) (personnel.Delegation, error)
	EndDelegation(ctx context.Context, id, forID int64, now time.Time) error
}

// uploadTx is about spreadsheets that come through the chat.
type uploadTx interface {
	intake.Store
	AddUpload(ctx context.Context, u intake.Upload, now time.Time) (int64, error)
	NextUpload(ctx context.Context) (intake.Upload, error)
	LockUpload(ctx context.Context, id int64) (intake.Upload, error)
	SetUpload(ctx context.Context, id int64, state intake.UploadState, report *intake.Report, now time.Time) error
	PutOffUpload(ctx context.Context, id int64, failures int, now time.Time) error
}
