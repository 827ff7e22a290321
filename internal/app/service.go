// Package app is the running service: it connects the parts of Bangkom with each
// other and with one database. `serve`, the demo and the benchmarks run the same service.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/handlers/feature"
	"bangkom/internal/config"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/mailing"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

// stopLimit is how long the whole program may take to stop.
const stopLimit = 25 * time.Second

// FactUsername is the stored name of the bot, for links.
const FactUsername = "bot_username"

// FactBotID is the stored number of the bot, for commands that have no token.
const FactBotID = "bot_id"

// BotID is the number of the bot: that of the token, or the one that the last `serve`
// stored; 0 = none has run yet, so there is nothing that belongs to a bot.
func BotID(ctx context.Context, db *storage.DB, cfg config.Config) (int64, error) {
	number, _, _ := strings.Cut(cfg.Telegram.Token.Reveal(), ":")
	if number == "" {
		stored, err := db.Fact(ctx, FactBotID)
		if err != nil || stored == "" {
			return 0, err
		}
		number = stored
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, errors.Join(cfg.ValidateServe(), errors.New("the number of the bot is not known")) // never the token
	}
	return id, nil
}

// NewLog writes at least one line per event, never a text, a name or a number
// of a person.
func NewLog(w io.Writer, cfg config.Log) *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(cfg.Level)) // config knows the four words
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// Service is the running bot: everything that `serve` and `demo` share.
type Service struct {
	Telegram  *bot.Telegram
	Processor *handlers.Processor
	Scheduler *scheduler.Scheduler
	db        *storage.DB
	reports   *storage.DB
	listen    string // of /healthz, /readyz and /metrics; "" = off
	meter     *meter
	JobsAfter <-chan struct{} // jobs begin when it is closed; nil = at once
	outdated  *outdated
	log       *slog.Logger
}

// New checks the schema, the kinds of tasks and the key of the codes, and connects the
// parts. It does not call Telegram. now is the clock of all decisions.
func New(ctx context.Context, cfg config.Config, db *storage.DB, log *slog.Logger, now func() time.Time) (*Service, error) {
	if err := db.CheckSchema(ctx); err != nil {
		return nil, err
	}
	if err := db.CheckGrants(ctx); err != nil { // else what people send would fail, update by update
		return nil, err
	}
	if err := db.CheckKinds(ctx); err != nil {
		return nil, err
	}
	k, err := ClaimKey(ctx, db, cfg)
	if err != nil {
		return nil, err
	}
	catalogue, err := text.Indonesian()
	if err != nil {
		return nil, err
	}
	drawer := &lateDrawer{}
	settings := botConfig(cfg, db, catalogue, drawer, log)
	measured, watch := newMeter(), newOutdated(log)
	settings.Leases = currentLeases{settings.Leases, watch}
	settings.Webhook, settings.Meter, settings.Now = webhookConfig(cfg, k), measured, now
	telegram, err := bot.New(settings)
	if err != nil {
		return nil, err
	}
	reports, err := storage.Open(reportOptions(cfg.Database)) // it connects with the first report
	if err != nil {
		return nil, err
	}
	processor, err := newProcessor(ctx, parts{cfg: cfg, db: db, reports: reports, keys: k, text: catalogue, telegram: telegram, log: log, now: now})
	if err != nil {
		return nil, err
	}
	drawer.processor = processor
	db.ComposeWith(mailing.Writer{Text: catalogue, Location: cfg.Location(), Agency: cmp.Or(cfg.Agency.ShortName, cfg.Agency.Name)}.Compose(bot.NewRenderer(bot.NewCodec(k.buttons)).Render))
	send := NewCourier(k, catalogue, cfg.Location())
	return &Service{
		Telegram: telegram, Processor: processor, db: db, reports: reports, listen: cfg.HTTP.Listen, meter: measured, log: log, outdated: watch,
		Scheduler: scheduler.New(scheduler.Config{Jobs: Jobs(telegram.BotID(), NewReminder(send, catalogue, cfg.Location()), NewMailer(send, catalogue, cfg.Location()), FollowUpRules(cfg.FollowUps)),
			Store: Slots{db}, Now: now, Location: cfg.Location(), Log: log}),
	}, nil
}

// lateDrawer makes pictures and files with a processor that does not exist yet
// when the sender is made.
type lateDrawer struct{ processor *handlers.Processor }

// Draw makes a picture or a file.
func (l *lateDrawer) Draw(ctx context.Context, p dialog.Picture) (string, []byte, error) {
	return l.processor.Draw(ctx, p)
}

func botCommands(menu []handlers.MenuEntry) []bot.Command {
	var out []bot.Command
	for _, e := range menu {
		out = append(out, bot.Command{Name: e.Command, Description: e.Description})
	}
	return out
}

// fetch gets a file that a person sent; it tells apart what will never work.
func fetch(telegram *bot.Telegram) func(context.Context, string) ([]byte, error) {
	return func(ctx context.Context, fileID string) ([]byte, error) {
		body, err := telegram.Client().Download(ctx, fileID, intake.MaxBytes)
		refused := (*bot.APIError)(nil)
		switch {
		case errors.Is(err, bot.ErrTooLarge):
			return nil, feature.ErrFileTooLarge
		case errors.As(err, &refused) && refused.Code == http.StatusBadRequest:
			return nil, feature.ErrFileGone
		}
		return body, err
	}
}

func botConfig(cfg config.Config, db *storage.DB, cat *text.Catalogue, drawer bot.Drawer, log *slog.Logger) bot.Config {
	agency := text.Args{"badan": cfg.Agency.Name}
	profile := bot.Profile{
		Description:      cat.Plain("profile.about", agency),
		ShortDescription: cat.Plain("profile.short", agency),
	}
	profile.Commands = botCommands(handlers.Menu(cat, personnel.Rights{}))
	return bot.Config{
		Token: bot.Token(cfg.Telegram.Token.Reveal()), Endpoint: cfg.Telegram.APIEndpoint,
		Files: cfg.Telegram.FileEndpoint, Inbox: db, Outbox: db, Leases: newWatch(db, cfg.SeenPath(), log), Drawer: drawer,
		Profile: profile, Log: log,
		Rate: cfg.Telegram.RatePerSecond, ChatRate: cfg.Telegram.ChatRatePerSecond,
		InFlight: cfg.Telegram.InFlight, Workers: cfg.Limits.Workers, Together: cfg.Limits.DecideTogether, PersonRate: cfg.Limits.PersonUpdatesPer10s,
		NotStored: cat.Plain("odd.not_stored", nil), NotMade: cat.T("odd.not_made", nil), TooSlow: cat.T("odd.too_slow", nil), TooFast: cat.Plain("odd.flood", nil), Facts: db,
		PollWait: cfg.Telegram.PollTimeout, LeaseTTL: cfg.Telegram.Lease,
		OnUsername: func(ctx context.Context, name string) {
			log.Info("connected to Telegram", "username", name)
			number, _, _ := strings.Cut(cfg.Telegram.Token.Reveal(), ":")
			if err := errors.Join(db.SetFact(ctx, FactUsername, name), db.SetFact(ctx, FactBotID, number)); err != nil {
				log.Warn("the bot's user name was not stored", "err", err)
			}
		},
	}
}

// webhookConfig is where Telegram delivers; nil = it is polled.
func webhookConfig(cfg config.Config, k Keys) *bot.WebhookConfig {
	if cfg.Telegram.Mode != "webhook" {
		return nil
	}
	secrets := cfg.Telegram.Secrets()
	if len(secrets) == 0 {
		secrets = []string{k.Webhook}
	}
	return &bot.WebhookConfig{URL: cfg.Telegram.WebhookURL, Listen: cfg.Telegram.WebhookListen, Secrets: secrets}
}

// parts are what a processor is made of.
type parts struct {
	cfg      config.Config
	db       *storage.DB
	reports  *storage.DB // for what takes long
	keys     Keys
	text     *text.Catalogue
	telegram *bot.Telegram
	log      *slog.Logger
	now      func() time.Time // the clock of all decisions
}

// startTries is how often the questionnaires are read before the start is given up.
const startTries = 3

// newProcessor reads the questionnaires and makes what decides updates.
func newProcessor(ctx context.Context, p parts) (*handlers.Processor, error) {
	var versions []questionnaire.Definition
	var err error
	for tries := 0; tries < startTries; tries++ { // a reply that was lost is no reason to end: this only reads
		err = p.db.InTx(ctx, func(tx *storage.Tx) (err error) {
			versions, err = tx.Questionnaires(ctx)
			return err
		})
		if err == nil || !storage.Unavailable(err) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	cfg := p.cfg
	codec, send := bot.NewCodec(p.keys.buttons), NewCourier(p.keys, p.text, cfg.Location())
	return handlers.New(handlers.Config{
		BotID: p.telegram.BotID(), Store: store{p.db}, Reports: store{p.reports},
		Decode: func(body string) (dialog.Update, error) { return bot.Decode(body, codec) },
		Render: bot.NewRenderer(codec).Render, Fetch: fetch(p.telegram), CodeDays: cfg.Identity.CodeDays, PersonHour: cfg.Limits.PerHour(), DoublePress: cfg.Limits.DoublePress, ApprovalFrom: cfg.Announcements.ApprovalFrom, Reasons: cfg.Planning.List(), Share: cfg.Surveys.TrainedShare, Proposed: proposed(cfg.Surveys), Topics: topics(cfg.Planning), Forms: FormsOf(cfg.Exports),
		RenderMenu: func(chatID int64, menu []handlers.MenuEntry) (dialog.Outgoing, error) {
			return bot.RenderMenu(chatID, botCommands(menu))
		},
		Sender: p.telegram, Courier: send, Reminder: NewReminder(send, p.text, cfg.Location()), Text: p.text, Questionnaires: versions,
		Agency:   AgencyOf(cfg.Agency, p.text),
		HashCode: p.keys.HashCode, Now: p.now, Location: cfg.Location(),
		BotUsername: p.telegram.Username, Log: p.log,
	})
}

// FormsOf are the columns of files as the agency wants them.
func FormsOf(e config.Exports) feature.Forms {
	return feature.Forms{Needs: config.Form(e.Needs), NeedsPeople: config.Form(e.NeedsPeople)}
}

// AgencyOf is what the texts say about the agency. Who helps is the last line of every
// dead end, so somebody is named there even where the configuration names nobody; what
// else is empty its sentences leave out.
func AgencyOf(cfg config.Agency, cat *text.Catalogue) feature.Agency {
	return feature.Agency{
		Name: cfg.Name, ShortName: cmp.Or(cfg.ShortName, cfg.Name), Office: cfg.Office, Promise: cfg.Promise, Mandate: cfg.Mandate,
		Helpdesk: cmp.Or(cfg.Helpdesk, cat.Plain("help.unnamed", nil)), Recognition: cfg.Recognition, Country: cfg.CountryCode,
		Letter: cfg.Letter(), Place: cfg.Place,
	}
}

// store gives the handlers the database behind their own interfaces.
type store struct{ *storage.DB }

func (s store) InTx(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.DB.InTx(ctx, func(tx *storage.Tx) error { return fn(tx) })
}

func (s store) InTxOnce(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.DB.InTxOnce(ctx, func(tx *storage.Tx) error { return fn(tx) })
}

func (s store) Arriving(ctx context.Context, fn func(handlers.Arriving) error) error {
	return s.DB.Arriving(ctx, func(a *storage.Arriving) error { return fn(a) })
}

func (store) Unavailable(err error) bool { return storage.Unavailable(err) }

// Run works until ctx ends and everything has stopped, or stopLimit is over.
// The first part that fails stops the others. Once the schema is newer, everything
// but the listener stops in order, and the process stays to say so.
func (s *Service) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	working, stop := s.outdated.current(ctx)
	defer stop()
	g.Go(func() error { return s.Telegram.Run(working, s.Processor) })
	g.Go(func() error { return s.Telegram.WhileAllowed(working, s.runJobs) })
	g.Go(func() error { return s.Telegram.WhileAllowed(working, s.Processor.Work) })
	g.Go(func() error {
		<-ctx.Done()
		return nil
	})
	if s.listen != "" {
		listener, err := net.Listen("tcp", s.listen)
		if err != nil {
			g.Go(func() error { return fmt.Errorf("http.listen: %w", err) })
		} else {
			g.Go(func() error { return ServeHTTP(ctx, listener, s.health()) })
		}
	}
	done := make(chan error, 1)
	go func() { done <- g.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(stopLimit):
		return fmt.Errorf("not everything stopped within %s; nothing is lost, the rest is done at the next start", stopLimit)
	}
}

// runJobs runs the scheduler once jobs may begin.
func (s *Service) runJobs(ctx context.Context) error {
	if s.JobsAfter != nil {
		select {
		case <-s.JobsAfter:
		case <-ctx.Done():
			return nil
		}
	}
	return s.Scheduler.Run(ctx)
}

// health answers whether the process lives (/healthz), whether it works
// (/readyz), and how it does (/metrics). The reason for 503 is plain text without personal data.
func (s *Service) health() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics(s.Telegram, s.Processor, s.db, s.meter))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		err := s.outdated.Err()
		if err == nil {
			err = errors.Join(s.db.Ping(ctx), s.Telegram.Ready())
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux
}

// httpGrace is for requests in flight at the end.
const httpGrace = 2 * time.Second

// ServeHTTP serves until ctx ends.
func ServeHTTP(ctx context.Context, listener net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("http: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), httpGrace)
	defer cancel()
	if err := srv.Shutdown(last); err != nil {
		_ = srv.Close() // event streams of a browser do not end by themselves
	}
	return nil
}
