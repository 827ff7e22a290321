package handlers

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/reminder"
	"bangkom/internal/satisfaction"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// Processor decides one update after the other. It is safe for concurrent use.
type Processor struct {
	*feature.Desk
	cfg Config
	// wake lets the worker look at once whether there is something to do.
	wake    chan struct{}
	menus   menuCursor
	ignored atomic.Int64 // updates beyond the hour's limit
	failing atomic.Int64 // batches that failed in a row
}

// New checks the features and makes their conversations.
func New(cfg Config) (*Processor, error) {
	reg, err := registry()
	if err != nil {
		return nil, fmt.Errorf("features: %w", err)
	}
	desk, err := feature.NewDesk(feature.Config{BotID: cfg.BotID, Store: roomStore{cfg.Store}, Render: cfg.Render, Fetch: fetching(cfg.Fetch), Sender: cfg.Sender,
		Courier: cfg.Courier, Reminder: cfg.Reminder, Text: cfg.Text, Agency: cfg.Agency, HashCode: cfg.HashCode, Now: cfg.Now, Location: cfg.Location,
		BotUsername: cfg.BotUsername, CodeDays: cfg.CodeDays, PersonHour: cfg.PersonHour, DoublePress: cfg.DoublePress, ApprovalFrom: cfg.ApprovalFrom, Reasons: cfg.Reasons, Share: cfg.Share, Proposed: cfg.Proposed, Topics: cfg.Topics, Forms: cfg.Forms, Reports: reportStore(cfg), Log: cfg.Log}, reg, cfg.Questionnaires)
	if err != nil {
		return nil, fmt.Errorf("features: %w", err)
	}
	return &Processor{Desk: desk, cfg: cfg, wake: make(chan struct{}, 1)}, nil
}

// roomStore is the store as rooms see it.
type roomStore struct{ Store }

// fetching is how rooms get files, which no update that is decided with others does.
func fetching(fetch func(context.Context, string) ([]byte, error)) func(context.Context, string) ([]byte, error) {
	return func(ctx context.Context, fileID string) ([]byte, error) {
		noOtherWay(ctx)
		return fetch(ctx, fileID)
	}
}

// reportStore is where rooms read reports.
func reportStore(cfg Config) feature.Store {
	if cfg.Reports == nil {
		return roomStore{cfg.Store}
	}
	return roomStore{cfg.Reports}
}

// InTx runs fn in one transaction.
func (s roomStore) InTx(ctx context.Context, fn func(feature.Tx) error) error {
	noOtherWay(ctx)
	return s.Store.InTx(ctx, func(tx Tx) error { return fn(tx) })
}

// env is what the processor works with while one update is decided.
type env struct {
	*feature.Env
	tx      Tx
	reading reading
}

// on is the processor's view of an update.
func on(e *feature.Env) *env { return &env{Env: e, tx: e.Tx.(Tx)} }

// Store opens transactions and remembers updates that could not be handled.
type Store interface {
	InTx(ctx context.Context, fn func(Tx) error) error
	// InTxOnce is InTx that is never repeated.
	InTxOnce(ctx context.Context, fn func(Tx) error) error
	// Arriving calls fn with a connection on which updates that come are read and stored.
	Arriving(ctx context.Context, fn func(Arriving) error) error
	// CountFailure notes a failed attempt; aside = it was the last one.
	CountFailure(ctx context.Context, botID int64, u dialog.RawUpdate, cause string) (aside bool, err error)
	// Unavailable tells whether an error is the database's absence.
	Unavailable(err error) bool
}

// Config holds everything that a Processor needs; all fields are required.
type Config struct {
	BotID          int64
	Store          Store
	Decode         func(body string) (dialog.Update, error)
	Render         func(chatID int64, r dialog.Reply) (dialog.Outgoing, error)
	RenderMenu     func(chatID int64, menu []MenuEntry) (dialog.Outgoing, error)
	Fetch          func(ctx context.Context, fileID string) ([]byte, error) // a file that a person sent
	Sender         feature.Sender
	Courier        *courier.Courier
	Reminder       *reminder.Reminder
	Text           *text.Catalogue
	Questionnaires []questionnaire.Definition
	Agency         feature.Agency
	HashCode       func(code string) []byte // keyed hash of a normalised one-time code
	Now            func() time.Time
	Location       *time.Location
	BotUsername    func() string
	CodeDays       int                               // how long a one-time code lives
	PersonHour     int                               // updates of one person that are read in an hour; 0 = any number
	DoublePress    time.Duration                     // see dialog.Pressed.Hasty; 0 = nothing is a double tap
	ApprovalFrom   int                               // recipients of one author on one day from which a second person approves an announcement
	Reasons        []string                          // what may demand a training of a unit, as buttons
	Share          int                               // per cent of its people who attended that make a trained unit
	Proposed       map[satisfaction.Element][]string // competencies that are proposed where an element is low
	Topics         map[string]string                 // competencies that topics of the question about interests develop
	Reports        Store                             // for what takes long; nil = Store
	Forms          feature.Forms                     // the columns of files as the agency wants them
	Log            *slog.Logger
}

// Process decides the oldest waiting update of a chat in one transaction. more
// tells whether to call again. An update that fails three times while the
// database is well is set aside with an apology, and nobody waits for it.
func (p *Processor) Process(ctx context.Context, lane int64) (more bool, err error) {
	var d decided
	begin := time.Now()
	for as := asMeant; as < readings; as++ {
		d, err = p.decideAs(ctx, lane, as, d.raw)
		if !errors.Is(err, errGone) {
			break
		}
	}
	if err != nil {
		if d.rows.Term != 0 && p.cfg.Store.Unavailable(err) {
			p.cfg.Sender.CommitUnknown()
		}
		return p.failed(ctx, lane, d.raw, err)
	}
	if d.env == nil {
		return false, nil
	}
	p.offer(d.rows.Rows)
	p.settle(ctx, d, begin)
	return d.env.Session.More, nil
}

// settle does what follows the commit of a decision and the offer of its rows.
func (p *Processor) settle(ctx context.Context, d decided, begin time.Time) {
	p.handOver(d.update, d.env)
	if d.env.Out.Ignored {
		p.ignored.Add(1)
	}
	p.logDecided(ctx, d.raw.ID, d.env.Session.ChatID, d.update.Kind, time.Since(begin), len(d.rows.Rows)+len(d.env.Out.Loose))
}

// decided is what one attempt to decide came to.
type decided struct {
	env    *env // nil = nothing was decided
	raw    dialog.RawUpdate
	update dialog.Update
	rows   dialog.Decision
}

// decideAs makes one attempt in one transaction. A further attempt reads the same
// update as less than it meant (see reading). If another process has decided that
// update meanwhile, the next one is taken as it was meant.
func (p *Processor) decideAs(ctx context.Context, lane int64, as reading, before dialog.RawUpdate) (d decided, err error) {
	err = p.Guarded(func() error {
		return p.cfg.Store.InTx(ctx, func(tx Tx) error {
			d = decided{}
			e, waiting, err := p.load(ctx, tx, lane)
			d.raw = e.Session.Update
			if err != nil || !waiting {
				return err
			}
			if d.update, err = p.cfg.Decode(d.raw.Body); err != nil {
				return fmt.Errorf("decode: %w", err)
			}
			e.Update = d.update
			if d.raw.Serial == before.Serial {
				e.reading = as
			}
			if e.withinHour(d.update) && !e.hasty(d.update) {
				if err := e.decide(ctx, d.update); err != nil {
					return err
				}
			}
			if d.rows, err = e.decision(); err != nil {
				return err
			}
			d.env = e
			return e.store(ctx, d.rows)
		})
	})
	return d, err
}

// store writes what was decided.
func (e *env) store(ctx context.Context, d dialog.Decision) error {
	if err := e.tx.Save(ctx, d); err != nil {
		return err
	}
	if err := e.enqueueLoose(ctx); err != nil {
		return err
	}
	for _, o := range e.Out.Outside {
		if err := e.Cfg.Courier.SendOutside(ctx, e.tx, e.Now, o.ChatID, o.Key, o.Reply); err != nil {
			return err
		}
	}
	_, err := e.Cfg.Courier.SendAll(ctx, e.tx, e.Now, e.Out.Started)
	return err
}

// offer hands rows to the sender.
func (p *Processor) offer(rows []dialog.Outgoing) {
	if len(rows) > 0 {
		p.cfg.Sender.Offer(rows)
	}
}

// logDecided writes one line for each decided update: nothing of what the person
// wrote, and of the chat only enough to tell the lines of one chat from those of
// another.
func (p *Processor) logDecided(ctx context.Context, id, lane int64, kind dialog.Kind, took time.Duration, rows int) {
	if !p.cfg.Log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	mark := p.cfg.HashCode("chat " + strconv.FormatInt(lane, 10))
	p.cfg.Log.Debug("update decided", "update_id", id, "chat", hex.EncodeToString(mark[:min(4, len(mark))]), "kind", kind,
		"duration", took, "rows", rows)
}

// load reads what the oldest waiting update of a chat needs. If that cannot be
// understood, a draft for instance, the number of the update is returned all the
// same, so that it can be set aside.
func (p *Processor) load(ctx context.Context, tx Tx, lane int64) (*env, bool, error) {
	s, emp, tasks, ok, err := tx.Load(ctx, p.cfg.BotID, lane, p.clock(), p.Reg.OfTask)
	e := p.begin(tx, s, emp, tasks)
	return e, ok && err == nil, err
}

// clock is the time of the agency.
func (p *Processor) clock() time.Time { return p.cfg.Now().In(p.cfg.Location) }

// begin makes what an update that was read is decided with. The time is read again: the
// update may have come while the chat was being read, and nothing is decided at a time
// before it.
func (p *Processor) begin(tx Tx, s dialog.Session, emp personnel.Employee, tasks []task.Task) *env {
	e := on(&feature.Env{Desk: p.Desk, Tx: tx, Now: p.clock(), Session: s, Employee: emp, Tasks: tasks})
	e.onlyLinking()
	e.Out.ActiveForm, e.Out.ActiveRef = e.Session.ActiveForm, e.Session.ActiveRef
	return e
}

// onlyLinking leaves a chat without a person only the conversations that link an
// account. What somebody who has left the service had begun is kept, in case the
// register brings them back.
func (e *env) onlyLinking() {
	if e.Linked() {
		return
	}
	linking := func(form string) bool { return e.Reg.Conversations[form].Unlinked }
	e.Session.Drafts = slices.DeleteFunc(e.Session.Drafts, func(r dialog.Record) bool { return !linking(r.Form) })
	if !linking(e.Session.ActiveForm) {
		e.Session.ActiveForm, e.Session.ActiveRef = "", 0
	}
}

func (p *Processor) handOver(u dialog.Update, e *env) {
	if e.Out.Wake || len(e.Out.Loose)+len(e.Out.Started)+len(e.Out.Outside) > 0 {
		p.cfg.Sender.Wake()
	}
	if e.Out.Work {
		p.wakeWorker()
	}
	if u.QueryID != "" {
		p.cfg.Sender.Answer(u.QueryID, e.Out.Toast)
	}
}

// decision renders the outcome into what the transaction stores.
func (e *env) decision() (dialog.Decision, error) {
	s := e.Session
	d := dialog.Decision{BotID: e.Cfg.BotID, UpdateID: s.Update.ID, Serial: s.Update.Serial, Came: s.Update.Came, Version: s.Version, ChatID: s.ChatID, Now: e.Now,
		ActiveForm: e.Out.ActiveForm, ActiveRef: e.Out.ActiveRef,
		WrongTries: s.WrongTries, TriesSince: s.TriesSince, HourUpdates: s.HourUpdates, HourSince: s.HourSince, Pressed: s.Pressed, Reachable: s.Reachable,
		Draft: e.Out.Draft, Forget: e.Out.Forget, Term: e.Cfg.Sender.Accepting()}
	for i, r := range e.Out.Replies {
		row, err := e.Cfg.Render(s.ChatID, r)
		if err != nil {
			return d, fmt.Errorf("render %s: %w", r.Template, err)
		}
		row.Key = feature.Here(s.Update, strconv.Itoa(i))
		row.Forget = row.Forget || e.Out.Forget
		d.Rows = append(d.Rows, row)
		if d.Draft != nil && d.Draft.Message == 0 && r.Edit == 0 && leadsOn(r, *d.Draft) {
			d.Draft.Card = row.Key
		}
	}
	if d.Draft != nil && dialog.Sealed(d.Draft.Form) {
		if old, _ := s.Draft(d.Draft.Form, d.Draft.Ref); old.Card != d.Draft.Card {
			d.Spent = old.Card
		}
	}
	return d, nil
}

// leadsOn tells whether a new message shows a form: it has a button of it.
func leadsOn(r dialog.Reply, rec dialog.Record) bool {
	return !rec.Done && slices.ContainsFunc(slices.Concat(r.Rows...), func(b dialog.Button) bool {
		return b.Action.Flow == rec.Form && b.Action.Ref == rec.Ref
	})
}

func (e *env) enqueueLoose(ctx context.Context) error {
	for _, p := range e.Out.Loose {
		row, err := e.Cfg.Render(p.ChatID, p.Reply)
		if err != nil {
			return fmt.Errorf("render %s: %w", p.Reply.Template, err)
		}
		row.Key, row.Way = p.Key, e.way(p)
		if err := e.tx.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
			return err
		}
	}
	return nil
}

// failed decides what a failure means for the update: a further attempt, or the
// end of it. It means nothing while the database is away, or when it is not known
// which update it was: a statement that fails would fail for everybody, and
// nobody's update may be lost by that.
func (p *Processor) failed(ctx context.Context, lane int64, u dialog.RawUpdate, cause error) (bool, error) {
	if u.Serial == 0 || p.cfg.Store.Unavailable(cause) {
		return true, cause
	}
	kind := "handler"
	if errors.Is(cause, feature.ErrPanic) {
		kind = "panic"
	}
	aside, err := p.cfg.Store.CountFailure(ctx, p.cfg.BotID, u, kind)
	if err != nil {
		return true, errors.Join(cause, err)
	}
	if !aside {
		return true, cause
	}
	p.cfg.Log.Error("update set aside", "update_id", u.ID, "err", cause)
	return true, p.apologise(ctx, lane, u)
}

func (p *Processor) apologise(ctx context.Context, lane int64, u dialog.RawUpdate) error {
	if lane < 0 {
		return nil
	}
	row, err := p.cfg.Render(lane, dialog.Reply{Template: "odd.failed",
		Text: p.cfg.Text.T("odd.failed", text.Args{"bantuan": p.cfg.Agency.Helpdesk})})
	if err != nil {
		return fmt.Errorf("render apology: %w", err)
	}
	row.Key, row.Way = feature.Here(u, "aside"), dialog.WayAnswer
	err = p.cfg.Store.InTx(ctx, func(tx Tx) error { return tx.Enqueue(ctx, []dialog.Outgoing{row}) })
	if err != nil {
		return fmt.Errorf("apologise: %w", err)
	}
	p.cfg.Sender.Wake()
	return nil
}
