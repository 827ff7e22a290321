package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/config"
	"bangkom/internal/rating"
	"bangkom/storage"
)

func (a *console) period(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return wrongUsage("want `bangkom period open` or `bangkom period close`")
	}
	if asksHelp(args[:1]) {
		_ = a.periodOpen(ctx, []string{"--help"}) // prints the options
		_ = a.periodClose(ctx, []string{"--help"})
		return flag.ErrHelp
	}
	switch args[0] {
	case "open":
		return a.periodOpen(ctx, args[1:])
	case "close":
		return a.periodClose(ctx, args[1:])
	default:
		return wrongUsage("want `bangkom period open` or `bangkom period close`, not %q", args[0])
	}
}

// periodArgs are the options of `period open` as they were typed.
type periodArgs struct {
	name, from, until, ratingUntil string
}

func (a *console) periodOpen(ctx context.Context, args []string) error {
	var p periodArgs
	fs := a.flags("period open")
	path := fs.String("config", "", "configuration `FILE`")
	fs.StringVar(&p.name, "name", "", "`NAME` of the period, as people will read it")
	fs.StringVar(&p.from, "from", "", "`DATE` [time] from which people may answer; default now")
	fs.StringVar(&p.until, "until", "", "last `DATE` for answers (2027-01-22), or the exact end (\"2027-01-22 15:30\")")
	fs.StringVar(&p.ratingUntil, "rating-until", "", "the same for superiors as a `DATE`; default 7 days later")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if strings.TrimSpace(p.name) == "" || p.until == "" {
		return wrongUsage("--name and --until are needed; see `%s --help`", fs.Name())
	}
	now := a.now()
	var period storage.Period
	db, cfg, err := a.open(ctx, *path, func(cfg config.Config) (err error) {
		period, err = p.period(now, cfg.Location())
		return err
	})
	if err != nil {
		return err
	}
	defer db.Close()
	asked := period.DueAt
	var tasks int64
	err = db.InTx(ctx, func(tx *storage.Tx) (err error) {
		if tasks, err = tx.OpenPeriod(ctx, period, now); err != nil {
			return err
		}
		period, err = tx.CurrentPeriod(ctx) // a deadline on a day off has moved
		return err
	})
	if err != nil {
		return err
	}
	moved := ""
	if !period.DueAt.Equal(asked) {
		moved = " (the day that was named is a day off)"
	}
	fmt.Fprintf(a.stderr, "period %q is open until %s%s, for superiors until %s; tasks made: %d\n", period.Name,
		endOf(period.DueAt.In(cfg.Location())), moved, endOf(period.RatingDueAt.In(cfg.Location())), tasks)
	return nil
}

// endOf writes an end as it is meant: midnight belongs to the day before.
func endOf(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 {
		return "the end of " + t.AddDate(0, 0, -1).Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04 MST")
}

// period works out the times of a new period in the agency's time zone.
func (p periodArgs) period(now time.Time, loc *time.Location) (storage.Period, error) {
	out := storage.Period{Name: strings.TrimSpace(p.name), OpensAt: now}
	var err error
	if p.from != "" {
		if out.OpensAt, _, err = parseWhen(p.from, loc); err != nil {
			return out, wrongUsage("--from: %v", err)
		}
	}
	if out.DueAt, err = parseEnd(p.until, loc); err != nil {
		return out, wrongUsage("--until: %v", err)
	}
	out.RatingDueAt = out.DueAt.AddDate(0, 0, rating.DaysAfter)
	if p.ratingUntil != "" {
		if out.RatingDueAt, err = parseEnd(p.ratingUntil, loc); err != nil {
			return out, wrongUsage("--rating-until: %v", err)
		}
	}
	switch {
	case !out.DueAt.After(now):
		return out, wrongUsage("--until has passed already")
	case !out.DueAt.After(out.OpensAt):
		return out, wrongUsage("--until is not after --from")
	case out.RatingDueAt.Before(out.DueAt):
		return out, wrongUsage("--rating-until is before --until")
	}
	return out, nil
}

// parseEnd reads an end: a date alone includes the whole day, so the end is
// the next midnight.
func parseEnd(text string, loc *time.Location) (time.Time, error) {
	at, wholeDay, err := parseWhen(text, loc)
	if err != nil || !wholeDay {
		return at, err
	}
	return time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, loc), nil
}

// parseWhen reads a date, with or without a time of day.
func parseWhen(text string, loc *time.Location) (at time.Time, wholeDay bool, err error) {
	text = strings.TrimSpace(text)
	if at, err = time.ParseInLocation(time.DateOnly, text, loc); err == nil {
		return at, true, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if at, err = time.ParseInLocation(layout, text, loc); err == nil {
			return at, false, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("%q is no date; write 2027-01-22 or \"2027-01-22 15:30\"", text)
}

func (a *console) periodClose(ctx context.Context, args []string) error {
	fs := a.flags("period close")
	path := fs.String("config", "", "configuration `FILE`")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	db, _, err := a.open(ctx, *path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	var (
		closed  storage.Period
		expired int64
	)
	err = db.InTx(ctx, func(tx *storage.Tx) (err error) {
		closed, expired, err = tx.ClosePeriod(ctx, a.now())
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return errors.New("no period is open")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "period %q is closed; tasks that were not done: %d\n", closed.Name, expired)
	return nil
}
