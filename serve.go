package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/internal/config"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

// stopLimit is how long the whole program may take to stop.
const stopLimit = 25 * time.Second

// heapLimit keeps the program small beside its database on one small server.
// More is used where it must be, at the price of processor time; GOMEMLIMIT
// says otherwise.
const heapLimit = 44 << 20

// factUsername is the stored name of the bot, for links.
const factUsername = "bot_username"

func (a *app) serve(ctx context.Context, args []string) error {
	fs := a.flags("serve")
	path := fs.String("config", "", "configuration `FILE`")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	cfg, err := config.Load(*path, a.env)
	if err != nil {
		return err
	}
	if err := cfg.ValidateServe(); err != nil {
		return err
	}
	if !slices.ContainsFunc(a.env, func(line string) bool { return strings.HasPrefix(line, "GOMEMLIMIT=") }) {
		debug.SetMemoryLimit(heapLimit)
	}
	log := newLog(a.stderr, cfg.Log)
	for _, w := range cfg.Warnings() {
		log.Warn("configuration", "warning", w)
	}
	db, err := openServing(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	svc, err := newService(ctx, cfg, db, log, a.now)
	if err != nil {
		return err
	}
	if err := svc.run(ctx); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}

// newLog writes at least one line per event, never a text, a name or a number
// of a person.
func newLog(w io.Writer, cfg config.Log) *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(cfg.Level)) // config knows the four words
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// service is the running bot: everything that `serve` and `demo` share.
type service struct {
	telegram  *bot.Telegram
	processor *handlers.Processor
	scheduler *scheduler.Scheduler
	db        *storage.DB
	listen    string // of /healthz, /readyz and /metrics; "" = off
	meter     *meter
	jobsAfter <-chan struct{} // jobs begin when it is closed; nil = at once
	log       *slog.Logger
}

// newService checks the schema and the key of the codes, and connects the
// parts. It does not call Telegram. now is the clock of all decisions.
func newService(ctx context.Context, cfg config.Config, db *storage.DB, log *slog.Logger, now func() time.Time) (*service, error) {
	if err := db.CheckSchema(ctx); err != nil {
		return nil, err
	}
	k, err := claimKey(ctx, db, cfg)
	if err != nil {
		return nil, err
	}
	catalogue, err := text.Indonesian()
	if err != nil {
		return nil, err
	}
	drawer := &lateDrawer{}
	settings := botConfig(cfg, db, catalogue, drawer, log)
	measured := newMeter()
	settings.Webhook, settings.Meter, settings.Now = webhookConfig(cfg, k), measured, now
	telegram, err := bot.New(settings)
	if err != nil {
		return nil, err
	}
	processor, err := newProcessor(ctx, cfg, db, k, catalogue, telegram, log, now)
	if err != nil {
		return nil, err
	}
	drawer.processor = processor
	send := newCourier(k, catalogue, cfg.Location())
	return &service{
		telegram: telegram, processor: processor, db: db, listen: cfg.HTTP.Listen, meter: measured, log: log,
		scheduler: scheduler.New(scheduler.Config{Jobs: jobs(telegram.BotID(), send, newMailer(send, catalogue, cfg.Location())),
			Store: slots{db}, Now: now, Location: cfg.Location(), Log: log}),
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
			return nil, handlers.ErrFileTooLarge
		case errors.As(err, &refused) && refused.Code == http.StatusBadRequest:
			return nil, handlers.ErrFileGone
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
		Files: cfg.Telegram.FileEndpoint, Inbox: db, Outbox: db, Leases: db, Drawer: drawer,
		Profile: profile, Log: log,
		Rate: cfg.Telegram.RatePerSecond, ChatRate: cfg.Telegram.ChatRatePerSecond,
		InFlight: cfg.Telegram.InFlight, Workers: cfg.Limits.Workers, PersonRate: cfg.Limits.PersonUpdatesPer10s,
		NotStored: cat.Plain("odd.not_stored", nil), TooFast: cat.Plain("odd.flood", nil), Facts: db,
		PollWait: cfg.Telegram.PollTimeout, LeaseTTL: cfg.Telegram.Lease,
		OnUsername: func(ctx context.Context, name string) {
			log.Info("connected to Telegram", "username", name)
			if err := db.SetFact(ctx, factUsername, name); err != nil {
				log.Warn("the bot's user name was not stored", "err", err)
			}
		},
	}
}

// webhookConfig is where Telegram delivers; nil = it is polled.
func webhookConfig(cfg config.Config, k keys) *bot.WebhookConfig {
	if cfg.Telegram.Mode != "webhook" {
		return nil
	}
	secrets := cfg.Telegram.Secrets()
	if len(secrets) == 0 {
		secrets = []string{k.webhook}
	}
	return &bot.WebhookConfig{URL: cfg.Telegram.WebhookURL, Listen: cfg.Telegram.WebhookListen, Secrets: secrets}
}

func newProcessor(ctx context.Context, cfg config.Config, db *storage.DB, k keys, cat *text.Catalogue,
	telegram *bot.Telegram, log *slog.Logger, now func() time.Time) (*handlers.Processor, error) {
	var versions []questionnaire.Definition
	err := db.InTx(ctx, func(tx *storage.Tx) (err error) {
		versions, err = tx.Questionnaires(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	codec := bot.NewCodec(k.buttons)
	return handlers.New(handlers.Config{
		BotID: telegram.BotID(), Store: store{db},
		Decode: func(body string) (dialog.Update, error) { return bot.Decode(body, codec) },
		Render: bot.NewRenderer(codec).Render, Fetch: fetch(telegram), CodeDays: cfg.Identity.CodeDays,
		RenderMenu: func(chatID int64, menu []handlers.MenuEntry) (dialog.Outgoing, error) {
			return bot.RenderMenu(chatID, botCommands(menu))
		},
		Sender: telegram, Courier: newCourier(k, cat, cfg.Location()), Text: cat, Questionnaires: versions,
		Agency: handlers.Agency{
			Name: cfg.Agency.Name, ShortName: cfg.Agency.ShortName, Promise: cfg.Agency.Promise,
			Helpdesk: cfg.Agency.Helpdesk, Recognition: cfg.Agency.Recognition,
		},
		HashCode: k.hashCode, Now: now, Location: cfg.Location(),
		BotUsername: telegram.Username, Log: log,
	})
}

// store gives the handlers the database behind their own interfaces.
type store struct{ db *storage.DB }

func (s store) InTx(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.db.InTx(ctx, func(tx *storage.Tx) error { return fn(tx) })
}

func (s store) CountFailure(ctx context.Context, botID, updateID int64, cause string) (bool, error) {
	return s.db.CountFailure(ctx, botID, updateID, cause)
}

func (store) Unavailable(err error) bool { return storage.Unavailable(err) }

// run works until ctx ends and everything has stopped, or stopLimit is over.
// The first part that fails stops the others.
func (s *service) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.telegram.Run(ctx, s.processor) })
	g.Go(func() error { return s.runJobs(ctx) })
	g.Go(func() error { return s.processor.Work(ctx) })
	if s.listen != "" {
		listener, err := net.Listen("tcp", s.listen)
		if err != nil {
			g.Go(func() error { return fmt.Errorf("http.listen: %w", err) })
		} else {
			g.Go(func() error { return serveHTTP(ctx, listener, s.health()) })
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
func (s *service) runJobs(ctx context.Context) error {
	if s.jobsAfter != nil {
		select {
		case <-s.jobsAfter:
		case <-ctx.Done():
			return nil
		}
	}
	return s.scheduler.Run(ctx)
}

// health answers whether the process lives (/healthz), whether it works
// (/readyz), and how it does (/metrics). The reason for 503 is plain text without personal data.
func (s *service) health() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics(s.telegram, s.db, s.meter))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := errors.Join(s.db.Ping(ctx), s.telegram.Ready()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux
}

// httpGrace is for requests in flight at the end.
const httpGrace = 2 * time.Second

// serveHTTP serves until ctx ends.
func serveHTTP(ctx context.Context, listener net.Listener, h http.Handler) error {
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
