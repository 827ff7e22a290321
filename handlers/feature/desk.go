package feature

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/reminder"
	"bangkom/internal/satisfaction"
	"bangkom/internal/sheet"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	courier.Tx
	// Writes counts what was changed in this transaction since Load.
	Writes() int
	AddTicket(ctx context.Context, employeeID, chatID int64, kind personnel.TicketKind, body string, now time.Time) (int64, error)
	OfficeStaff(ctx context.Context, except int64) ([]int64, error)
	Task(ctx context.Context, id, employeeID int64) (task.Task, error)
	Tasks(ctx context.Context, employeeID int64, kinds []task.Kind) ([]task.Task, error)
	QuestionnaireCount(ctx context.Context) (int, error)
	Questionnaires(ctx context.Context) ([]questionnaire.Definition, error)
	ExcuseSelf(ctx context.Context, id int64, why personnel.AbsenceKind, by int64, now time.Time) error
	UnexcuseSelf(ctx context.Context, id, by int64, now time.Time) (due time.Time, err error)
	CodeOfficers(ctx context.Context, people []int64, asker int64) ([]personnel.CodeOfficer, error)
	AskCodes(ctx context.Context, people []int64, by int64, now time.Time) error
	FindPeople(ctx context.Context, a personnel.Area, name string, nip personnel.NIP, limit int) ([]personnel.Member, error)
	FindBelow(ctx context.Context, superior int64, name string, nip personnel.NIP, limit int) ([]personnel.Member, error)
}

// Store opens transactions.
type Store interface {
	InTx(ctx context.Context, fn func(Tx) error) error
	// Unavailable tells whether an error is the database's absence.
	Unavailable(err error) bool
}

// Config is what a Desk is made of; all fields are required.
type Config struct {
	BotID       int64
	Store       Store
	Reports     Store // for what takes long, with connections that no update waits for
	Render      func(chatID int64, r dialog.Reply) (dialog.Outgoing, error)
	Fetch       func(ctx context.Context, fileID string) ([]byte, error) // a file that a person sent
	Sender      Sender
	Courier     *courier.Courier
	Reminder    *reminder.Reminder
	Text        *text.Catalogue
	Agency      Agency
	HashCode    func(code string) []byte // keyed hash of a normalised one-time code
	Now         func() time.Time
	Location    *time.Location
	BotUsername func() string
	PersonHour  int           // updates of a person that are read in an hour; 0 = no limit
	DoublePress time.Duration // within which a press on a new card is a double tap; 0 = nothing is one
	CodeDays    int           // how long a one-time code lives
	// ApprovalFrom is from how many recipients of one author on one civil day a second
	// person approves an announcement.
	ApprovalFrom int
	// Reasons are what may demand a training of a unit, as buttons.
	Reasons []string
	// Share is the per cent of its people that make a trained unit, and Proposed what is
	// proposed where an element of satisfaction is low: codes of competencies.
	Share    int
	Proposed map[satisfaction.Element][]string
	Forms    Forms
	// Topics are the competencies that topics of the question about interests develop, by the
	// topic's value.
	Topics map[string]string
	Log    *slog.Logger
}

// Forms are the columns of files whose form the agency has said: each with the name that it
// has in the program and the title that it gets. nil = all columns under their names.
type Forms struct{ Needs, NeedsPeople [][2]string }

// Desk is what features work with when no update is being decided: to draw a
// file, to read a spreadsheet. It is safe for concurrent use.
type Desk struct {
	Cfg   Config
	Reg   *Registry
	Flows map[string]dialog.Flow[*Env] // by name
	// Alarmed is when the operator was told last of very many failed proofs, in Unix
	// seconds.
	Alarmed atomic.Int64
	// Reading is held while the bytes of a spreadsheet are made into rows: what that
	// may take of memory is counted for one at a time.
	Reading sync.Mutex
	// Ungiven holds, by their id, the uploads that could not be given back because the
	// database was away; each is as it was taken.
	Ungiven sync.Map
	defs    library
}

// NewDesk makes the conversations of the features.
func NewDesk(cfg Config, reg *Registry, all []questionnaire.Definition) (*Desk, error) {
	d := &Desk{Cfg: cfg, Reg: reg, Flows: map[string]dialog.Flow[*Env]{}}
	d.defs.replace(all)
	for name, c := range reg.Conversations {
		if d.Flows[name] = c.Form(d); d.Flows[name].Name() != name {
			return nil, fmt.Errorf("conversation %q calls itself %q", name, d.Flows[name].Name())
		}
	}
	return d, nil
}

// Env is what features work with while one update is decided.
type Env struct {
	*Desk
	Tx       Tx // a room asserts its own
	Now      time.Time
	Session  dialog.Session
	Update   dialog.Update      // what is decided
	Employee personnel.Employee // zero while the chat is not linked
	Tasks    []task.Task        // that have an open draft
	Out      Outcome
}

// Sender takes over what was committed.
type Sender interface {
	Accepting() int64 // the term under which rows may be stored as claimed; 0 = none
	Offer(rows []dialog.Outgoing)
	CommitUnknown() // rows may be stored as claimed by a commit whose reply was lost
	Wake()
	Answer(queryID, toast string)
}

// Agency is what the texts say about the agency.
type Agency struct {
	Name, ShortName string
	Office          string // the personnel office in short (BKD)
	Promise         string // printed only if the agency signed it
	Mandate         string // legal basis, on slips
	Helpdesk        string
	Recognition     string   // words that the first message must hold
	Country         int      // code of the country whose phone numbers count
	Letter          []string // letterhead (kop surat) of papers, line by line
	Place           string   // where papers are signed; "" = not told
}

// Outcome is what the update changes.
type Outcome struct {
	Replies    []dialog.Reply
	Toast      string
	Draft      *dialog.Record
	ActiveForm string
	ActiveRef  int64
	Forget     bool
	Loose      []Posted          // messages beside the decision, each key at most once
	Started    []courier.Message // messages about which the gate decides
	Outside    []Posted          // the same, to chats that are nobody's account
	Work       bool              // the worker has something to do
	Wake       bool              // the sender has: a row was stored beside the decision
	Ignored    bool              // the update was not read
}

// Posted is a message outside the decision of an update, to any chat.
type Posted struct {
	ChatID int64
	Key    string
	Reply  dialog.Reply
}

// Guarded turns a panic of a conversation into an error: one bad update must
// not end the program. The value is not kept, it may hold what a person wrote.
func (p *Desk) Guarded(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			p.Cfg.Log.Error("conversation panicked", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = ErrPanic
		}
	}()
	return fn()
}

// ErrPanic says that a conversation panicked.
var ErrPanic = errors.New("panic in a conversation")

// ManyProofs is from how many failed proofs in an hour, of all accounts together,
// the operator is alarmed. People who mistype do not come to so many, not even in
// the week of the invitations.
const ManyProofs = 200

// The reasons why it is of no use to try again to fetch a file; Config.Fetch
// wraps them.
var (
	ErrFileGone     = errors.New("the file cannot be fetched any more")
	ErrFileTooLarge = errors.New("the file is too large")
)

// Holders tells whose a chat is; part of a room's Tx.
type Holders interface {
	// HeldBy tells whether a chat is linked with a person.
	HeldBy(ctx context.Context, chat, employee int64) (bool, error)
	// OfficeChat tells whether a chat belongs to somebody of the personnel office.
	OfficeChat(ctx context.Context, chat int64) (bool, error)
}

// ForOffice checks, when a file is made, that it is still for whom it was asked for: somebody
// of the personnel office in a chat of their own. ErrNotFound when the right or the chat was
// lost meanwhile.
func ForOffice(ctx context.Context, tx Holders, chat, reader int64) error {
	held, err := tx.HeldBy(ctx, chat, reader)
	if err != nil {
		return err
	}
	office, err := tx.OfficeChat(ctx, chat)
	if err == nil && (!office || !held) {
		err = dialog.ErrNotFound
	}
	return err
}

// ReadForOffice reads what a file for somebody of the personnel office holds, if it still is for
// them (ForOffice). The file is written after it, so that no transaction is open meanwhile: what
// is read while it is written (sheet.Page.Each) needs a transaction of its own.
// read may run again.
func ReadForOffice[T Holders, V any](ctx context.Context, p *Desk, chat, reader int64, read func(tx T) (V, error)) (v V, err error) {
	err = p.Cfg.Reports.InTx(ctx, func(open Tx) error {
		tx := open.(T)
		if err := ForOffice(ctx, tx, chat, reader); err != nil {
			return err
		}
		var err error
		v, err = read(tx)
		return err
	})
	return v, err
}

// BookForOffice is ReadForOffice for a spreadsheet of these sheets.
func BookForOffice[T Holders](ctx context.Context, p *Desk, chat, reader int64, pages func(tx T) ([]sheet.Page, error)) ([]byte, error) {
	all, err := ReadForOffice(ctx, p, chat, reader, pages)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = sheet.WriteBook(&b, all...)
	return b.Bytes(), err
}
