package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/text"
	"bangkom/scheduler"
)

func (a *console) job(ctx context.Context, args []string) error {
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

func (a *console) jobFlags(what string) (fs *flag.FlagSet, path, at *string) {
	fs = a.flags("job " + what)
	return fs, fs.String("config", "", "configuration `FILE`"),
		fs.String("at", "", "run: the planned `TIME` (RFC 3339), which is also the job's present; default now")
}

// jobList prints each job with its next runs. It needs nothing.
func (a *console) jobList(path string) error {
	cfg, err := config.Load(path, a.env)
	if err != nil {
		return err
	}
	s := scheduler.New(scheduler.Config{Jobs: app.Jobs(0, nil, nil, app.FollowUpRules(cfg.FollowUps)), Location: cfg.Location()})
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

// jobRun runs one job once; what it queues, a running `serve` sends. It never calls
// Telegram, so it needs no token.
func (a *console) jobRun(ctx context.Context, path, name string, at time.Time) error {
	db, cfg, err := a.open(ctx, path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	botID, err := app.BotID(ctx, db, cfg)
	if err != nil {
		return err
	}
	k, err := app.ClaimKey(ctx, db, cfg)
	if err != nil {
		return err
	}
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	send := app.NewCourier(k, cat, cfg.Location())
	s := scheduler.New(scheduler.Config{Jobs: app.Jobs(botID, app.NewReminder(send, cat, cfg.Location()), app.NewMailer(send, cat, cfg.Location()), app.FollowUpRules(cfg.FollowUps)), Store: app.Slots{DB: db}, Location: cfg.Location(),
		Log: app.NewLog(a.stderr, cfg.Log)})
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
