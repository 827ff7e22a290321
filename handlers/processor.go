package handlers

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// Store opens transactions and remembers updates that could not be handled.
type Store interface {
	InTx(ctx context.Context, fn func(Tx) error) error
	// CountFailure notes a failed attempt; aside = it was the last one.
	CountFailure(ctx context.Context, botID, updateID int64, cause string) (aside bool, err error)
	// Unavailable tells whether an error is the database's absence.
	Unavailable(err error) bool
}

// Sender takes over what was committed.
type Sender interface {
	Accepting() int64 // the term under which rows may be stored as claimed; 0 = none
	Offer(rows []dialog.Outgoing)
	Doubt() // rows may be stored as claimed by a commit whose reply was lost
	Wake()
	Answer(queryID, toast string)
}

// Agency is what the texts say about the agency.
type Agency struct {
	Name, ShortName string
	Promise         string // printed only if the agency signed it
	Helpdesk        string
	Recognition     string // words that the first message must hold
}

// Config holds everything that a Processor needs; all fields are required.
type Config struct {
	BotID          int64
	Store          Store
	Decode         func(body string) (dialog.Update, error)
	Render         func(chatID int64, r dialog.Reply) (dialog.Outgoing, error)
	RenderMenu     func(chatID int64, menu []MenuEntry) (dialog.Outgoing, error)
	Fetch          func(ctx context.Context, fileID string) ([]byte, error) // a file that a person sent
	Sender         Sender
	Courier        *courier.Courier
	Text           *text.Catalogue
	Questionnaires []questionnaire.Definition
	Agency         Agency
	HashCode       func(code string) []byte // keyed hash of a normalised one-time code
	Now            func() time.Time
	Location       *time.Location
	BotUsername    func() string
	CodeDays       int // how long a one-time code lives
	Log            *slog.Logger
}

// Processor decides one update after the other. It is safe for concurrent use.
type Processor struct {
	cfg   Config
	defs  library
	flows map[string]dialog.Flow[*env]
	// uploads wakes the worker when a spreadsheet has come or is to be applied.
	uploads chan struct{}
	menus   menuCursor
}

// New checks the configuration and the registry.
func New(cfg Config) (*Processor, error) {
	p := &Processor{cfg: cfg, flows: map[string]dialog.Flow[*env]{},
		uploads: make(chan struct{}, 1)}
	p.defs.replace(cfg.Questionnaires)
	for _, c := range conversations(p) {
		if _, twice := p.flows[c.flow.Name()]; twice {
			return nil, fmt.Errorf("conversation %q is registered twice", c.flow.Name())
		}
		p.flows[c.flow.Name()] = c.flow
	}
	return p, nil
}

// env is what a conversation works with while one update is decided.
type env struct {
	*Processor
	tx       Tx
	now      time.Time
	session  dialog.Session
	employee personnel.Employee
	tasks    []task.Task
	out      outcome
}

// outcome is what the update changes.
type outcome struct {
	replies    []dialog.Reply
	toast      string
	draft      *dialog.Record
	activeForm string
	activeRef  int64
	forget     bool
	loose      []posted          // at most once per key, outside the decision
	started    []courier.Message // what the gate decides about
	upload     bool              // the worker has something to do
}

// posted is a message outside the decision of an update, to any chat.
type posted struct {
	chatID int64
	key    string
	reply  dialog.Reply
}

// Process decides the oldest waiting update of a chat in one transaction. more
// tells whether to call again. An update that fails three times while the
// database is well is set aside with an apology, and nobody waits for it.
func (p *Processor) Process(ctx context.Context, lane int64) (more bool, err error) {
	var (
		e  *env
		u  dialog.Update
		id int64
		d  dialog.Decision
	)
	begin := time.Now()
	err = p.guarded(func() error {
		return p.cfg.Store.InTx(ctx, func(tx Tx) error {
			e, id = nil, 0
			next, waiting, err := p.load(ctx, tx, lane)
			id = next.session.Update.ID
			if err != nil || !waiting {
				return err
			}
			if u, err = p.cfg.Decode(next.session.Update.Body); err != nil {
				return fmt.Errorf("decode: %w", err)
			}
			if err := next.decide(ctx, u); err != nil {
				return err
			}
			if d, err = next.decision(); err != nil {
				return err
			}
			e = next
			if err := tx.Save(ctx, d); err != nil {
				return err
			}
			if err := e.enqueueLoose(ctx); err != nil {
				return err
			}
			_, err = p.cfg.Courier.SendAll(ctx, tx, e.now, e.out.started)
			return err
		})
	})
	if err != nil {
		if d.Term != 0 && p.cfg.Store.Unavailable(err) {
			p.cfg.Sender.Doubt()
		}
		return p.failed(ctx, lane, id, err)
	}
	if e == nil {
		return false, nil
	}
	p.handOver(u, e, d.Rows)
	p.logDecided(ctx, id, lane, u.Kind, time.Since(begin), len(d.Rows)+len(e.out.loose))
	return e.session.More, nil
}

// logDecided writes one line per decided update: nothing of what the person
// wrote, and of the chat only what tells lines of one chat from others.
func (p *Processor) logDecided(ctx context.Context, id, lane int64, kind dialog.Kind, took time.Duration, rows int) {
	if !p.cfg.Log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	mark := p.cfg.HashCode("chat " + strconv.FormatInt(lane, 10))
	p.cfg.Log.Debug("update decided", "update_id", id, "chat", hex.EncodeToString(mark[:min(4, len(mark))]), "kind", kind,
		"duration", took, "rows", rows)
}

// load reads what the oldest waiting update of a chat needs. When that cannot be
// made sense of, a draft for instance, the number of the update is there all the
// same, so that it can be set aside.
func (p *Processor) load(ctx context.Context, tx Tx, lane int64) (*env, bool, error) {
	now := func() time.Time { return p.cfg.Now().In(p.cfg.Location) }
	s, emp, tasks, ok, err := tx.Load(ctx, p.cfg.BotID, lane, now())
	// The time is read again: the update may have come while the chat was being
	// read, and nothing is decided at a time before it.
	e := &env{Processor: p, tx: tx, now: now(), session: s, employee: emp, tasks: tasks}
	if err != nil || !ok {
		return e, false, err
	}
	e.onlyLinking()
	e.out.activeForm, e.out.activeRef = e.session.ActiveForm, e.session.ActiveRef
	return e, true, nil
}

// onlyLinking leaves a chat without a person nothing but the ways to an account.
// What somebody who has left had begun waits for the register.
func (e *env) onlyLinking() {
	if e.linked() {
		return
	}
	linking := func(form string) bool { return form == linkFlow || form == phoneFlow }
	e.session.Drafts = slices.DeleteFunc(e.session.Drafts, func(r dialog.Record) bool { return !linking(r.Form) })
	if !linking(e.session.ActiveForm) {
		e.session.ActiveForm, e.session.ActiveRef = "", 0
	}
}

// guarded turns a panic of a conversation into an error: one bad update must
// not end the program. The value is not kept, it may hold what a person wrote.
func (p *Processor) guarded(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			p.cfg.Log.Error("conversation panicked", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return fn()
}

var errPanic = errors.New("panic in a conversation")

func (p *Processor) handOver(u dialog.Update, e *env, rows []dialog.Outgoing) {
	if len(rows) > 0 {
		p.cfg.Sender.Offer(rows)
	}
	if len(e.out.loose)+len(e.out.started) > 0 {
		p.cfg.Sender.Wake()
	}
	if e.out.upload {
		p.wakeUploads()
	}
	if u.QueryID != "" {
		p.cfg.Sender.Answer(u.QueryID, e.out.toast)
	}
}

// decision renders the outcome into what the transaction stores.
func (e *env) decision() (dialog.Decision, error) {
	s := e.session
	d := dialog.Decision{BotID: e.cfg.BotID, UpdateID: s.Update.ID, ChatID: s.ChatID, Now: e.now,
		ActiveForm: e.out.activeForm, ActiveRef: e.out.activeRef,
		WrongTries: s.WrongTries, TriesSince: s.TriesSince, Reachable: s.Reachable,
		Draft: e.out.draft, Forget: e.out.forget, Term: e.cfg.Sender.Accepting()}
	for i, r := range e.out.replies {
		row, err := e.cfg.Render(s.ChatID, r)
		if err != nil {
			return d, fmt.Errorf("render %s: %w", r.Template, err)
		}
		row.Key = fmt.Sprintf("u:%d:%d:%d", e.cfg.BotID, s.Update.ID, i)
		row.Forget = e.out.forget
		d.Rows = append(d.Rows, row)
	}
	return d, nil
}

func (e *env) enqueueLoose(ctx context.Context) error {
	for _, p := range e.out.loose {
		row, err := e.cfg.Render(p.chatID, p.reply)
		if err != nil {
			return fmt.Errorf("render %s: %w", p.reply.Template, err)
		}
		row.Key = p.key
		if err := e.tx.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
			return err
		}
	}
	return nil
}

// failed decides what a failure means for the update: nothing while the
// database is away or before the update is known (a statement that fails fails
// for everybody, and nothing of theirs may be lost by that), a further attempt, or
// the end of it.
func (p *Processor) failed(ctx context.Context, lane, updateID int64, cause error) (bool, error) {
	if updateID == 0 || p.cfg.Store.Unavailable(cause) {
		return true, cause
	}
	kind := "handler"
	if errors.Is(cause, errPanic) {
		kind = "panic"
	}
	aside, err := p.cfg.Store.CountFailure(ctx, p.cfg.BotID, updateID, kind)
	if err != nil {
		return true, errors.Join(cause, err)
	}
	if !aside {
		return true, cause
	}
	p.cfg.Log.Error("update set aside", "update_id", updateID, "err", cause)
	return true, p.apologise(ctx, lane, updateID)
}

func (p *Processor) apologise(ctx context.Context, lane, updateID int64) error {
	if lane < 0 {
		return nil
	}
	row, err := p.cfg.Render(lane, dialog.Reply{Template: "odd.failed",
		Text: p.cfg.Text.T("odd.failed", text.Args{"bantuan": p.cfg.Agency.Helpdesk})})
	if err != nil {
		return fmt.Errorf("render apology: %w", err)
	}
	row.Key = fmt.Sprintf("aside:%d:%d", p.cfg.BotID, updateID)
	err = p.cfg.Store.InTx(ctx, func(tx Tx) error { return tx.Enqueue(ctx, []dialog.Outgoing{row}) })
	if err != nil {
		return fmt.Errorf("apologise: %w", err)
	}
	p.cfg.Sender.Wake()
	return nil
}
