package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"bangkom/bot"
	"bangkom/internal/config"
	"bangkom/internal/courier"
	"bangkom/internal/summary"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

// jobs is the list of everything that the clock starts; a new job is one line.
func jobs(botID int64, c *courier.Courier, m *summary.Mailer) []scheduler.Job {
	return []scheduler.Job{
		scheduler.Sessions(botID),
		scheduler.Reminders(c),
		scheduler.WeeklySummary(m),
		scheduler.OfficeSummary(m),
		scheduler.MonthlySummary(m),
		scheduler.WeeklyNote(c, m),
		scheduler.UnitPauses(c),
		scheduler.Calendar(c),
		scheduler.Expiries(),
		scheduler.Retention(),
	}
}

// newMailer makes what writes summaries.
func newMailer(c *courier.Courier, cat *text.Catalogue, loc *time.Location) *summary.Mailer {
	return &summary.Mailer{Courier: c, Writer: summary.Writer{Text: cat, Location: loc}}
}

// newCourier makes what starts messages.
func newCourier(k keys, cat *text.Catalogue, loc *time.Location) *courier.Courier {
	return courier.New(courier.Config{Text: cat, Render: bot.NewRenderer(bot.NewCodec(k.buttons)).Render, Location: loc})
}

// slots gives the scheduler the database behind its own interfaces.
type slots struct{ db *storage.DB }

func (s slots) LastSlot(ctx context.Context, job string, now time.Time) (last, ahead time.Time, err error) {
	return s.db.LastSlot(ctx, job, now)
}

func (s slots) InTx(ctx context.Context, fn func(scheduler.Tx) error) error {
	return s.db.InLongTx(ctx, func(tx *storage.Tx) error { return fn(slotTx{tx}) })
}

func (s slots) SlotFailed(ctx context.Context, slot scheduler.Slot, cause string, now time.Time) error {
	return s.db.SlotFailed(ctx, stored(slot), cause, now)
}

// slotTx is an open transaction with everything that jobs ask of it.
type slotTx struct{ *storage.Tx }

// ClaimSlot claims a slot.
func (t slotTx) ClaimSlot(ctx context.Context, slot scheduler.Slot, now time.Time) (bool, error) {
	return t.Tx.ClaimSlot(ctx, stored(slot), now)
}

// FinishSlot records what a slot did.
func (t slotTx) FinishSlot(ctx context.Context, slot scheduler.Slot, r scheduler.Result, now time.Time) error {
	return t.Tx.FinishSlot(ctx, stored(slot), r.Done, r.Skipped, now)
}

func stored(s scheduler.Slot) storage.JobSlot {
	return storage.JobSlot{Job: s.Job, ScheduledFor: s.ScheduledFor, Manual: s.Manual}
}

func (a *app) job(ctx context.Context, args []string) error {
	if len(args) > 0 && asksHelp(args[:1]) {
		fs, _, _ := a.jobFlags("list|run NAME")
		return a.help(fs)
	}
	if len(args) == 0 || args[0] != "list" && args[0] != "run" {
		return wrongUsage("want `bangkom job list` or `bangkom job run NAME`")
	}
	fs, path, at := a.jobFlags(args[0])
	name, rest := "", args[1:]
	if args[0] == "run" && len(rest) > 0 && rest[0] != "" && rest[0][0] != '-' {
		name, rest = rest[0], rest[1:]
	}
	if err := a.parse(fs, rest); err != nil {
		return err
	}
	if args[0] == "list" {
		return a.jobList(*path)
	}
	if name == "" {
		return wrongUsage("want `bangkom job run NAME`; `bangkom job list` names them")
	}
	when := a.now()
	if *at != "" {
		var err error
		if when, err = time.Parse(time.RFC3339, *at); err != nil {
			return wrongUsage("--at: write a time such as 2027-01-18T09:00:00+07:00")
		}
	}
	return a.jobRun(ctx, *path, name, when)
}

func (a *app) jobFlags(what string) (fs *flag.FlagSet, path, at *string) {
	fs = a.flags("job " + what)
	return fs, fs.String("config", "", "configuration `FILE`"),
		fs.String("at", "", "run: the planned `TIME` (RFC 3339), which is also the job's present; default now")
}

// jobList prints each job with its next runs. It needs nothing.
func (a *app) jobList(path string) error {
	cfg, err := config.Load(path, a.env)
	if err != nil {
		return err
	}
	s := scheduler.New(scheduler.Config{Jobs: jobs(0, nil, nil), Location: cfg.Location()})
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, name := range s.Jobs() {
		fmt.Fprint(w, name)
		for _, at := range s.Upcoming(name, a.now().In(cfg.Location()), 3) {
			fmt.Fprint(w, "\t", at.Format("2006-01-02 15:04 MST"))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// jobRun runs one job once; what it queues, a running `serve` sends.
func (a *app) jobRun(ctx context.Context, path, name string, at time.Time) error {
	cfg, err := config.Load(path, a.env)
	if err != nil {
		return err
	}
	if err := cfg.ValidateServe(); err != nil {
		return err
	}
	db, err := openDatabase(ctx, cfg.Database, cfg.Database.URL)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.CheckSchema(ctx); err != nil {
		return err
	}
	client, err := bot.NewClient(bot.Token(cfg.Telegram.Token.Reveal()), cfg.Telegram.APIEndpoint, 1)
	if err != nil {
		return err
	}
	k, err := claimKey(ctx, db, cfg)
	if err != nil {
		return err
	}
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	send := newCourier(k, cat, cfg.Location())
	s := scheduler.New(scheduler.Config{Jobs: jobs(client.ID(), send, newMailer(send, cat, cfg.Location())), Store: slots{db}, Location: cfg.Location(),
		Log: newLog(a.stderr, cfg.Log)})
	switch result, err := s.RunJob(ctx, name, at.In(cfg.Location())); {
	case errors.Is(err, scheduler.ErrUnknownJob):
		return wrongUsage("there is no job %q; `bangkom job list` names them", name)
	case errors.Is(err, scheduler.ErrSlotDone):
		fmt.Fprintf(a.stderr, "bangkom: %s was run for %s before; nothing was done\n", name, at.Format(time.RFC3339))
		return nil
	case err != nil:
		return err
	default:
		fmt.Fprintf(a.stderr, "bangkom: %s was run for %s: %d done, %d skipped\n", name, at.Format(time.RFC3339), result.Done, result.Skipped)
		return nil
	}
}
