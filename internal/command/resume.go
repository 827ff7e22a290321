package command

import (
	"context"
	"fmt"
	"io"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/dialog"
	"bangkom/storage"
)

// resume shows what would go, and with --apply allows sending again.
func (a *console) resume(ctx context.Context, args []string) error {
	fs := a.flags("resume")
	path := fs.String("config", "", "configuration `FILE`")
	apply := fs.Bool("apply", false, "allow sending; without it nothing changes")
	drop := fs.Bool("drop-waiting", false, "give up what waits, because it has gone out already elsewhere")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	db, cfg, err := a.open(ctx, *path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	r := resumption{now: a.now(), apply: *apply, drop: *drop}
	if err := db.InTx(ctx, func(tx *storage.Tx) error { return r.do(ctx, tx, cfg.SeenPath()) }); err != nil {
		return err
	}
	r.tell(a.stdout, a.stderr, cfg.Location())
	return nil
}

// resumption is one look at a held database, or the end of the hold.
type resumption struct {
	now         time.Time
	apply, drop bool

	standing  storage.Standing
	stopped   time.Time // since when all that the bot starts by itself is stopped; zero = it is not
	queued    []storage.Queued
	undecided int
	dropped   int
}

// do reads and, when it shall, changes. seen is the file that may tell that the
// database was set back before `serve` has noticed.
func (r *resumption) do(ctx context.Context, tx *storage.Tx, seen string) (err error) {
	if r.standing, err = standing(ctx, tx, seen); err != nil {
		return err
	}
	if _, r.stopped, err = tx.Stopped(ctx); err != nil {
		return err
	}
	if r.queued, err = tx.Queued(ctx, r.now); err != nil {
		return err
	}
	if r.undecided, err = tx.Undecided(ctx); err != nil || !r.apply || r.free() {
		return err
	}
	if r.drop {
		if r.dropped, err = tx.DropQueued(ctx); err != nil {
			return err
		}
	}
	if _, err := tx.Restart(ctx, byCommand, r.now); err != nil || r.standing.Hold == "" {
		return err
	}
	return tx.Resume(ctx, r.standing.Hold, r.now)
}

// free tells whether nothing is held and nothing is stopped.
func (r *resumption) free() bool { return r.standing.Hold == "" && r.stopped.IsZero() }

// standing is whether sending is allowed, as `serve` with the same key file would
// find it.
func standing(ctx context.Context, tx *storage.Tx, path string) (storage.Standing, error) {
	s, err := tx.Standing(ctx)
	if err != nil {
		return s, err
	}
	seen, err := app.ReadSeen(path)
	if err == nil && s.Hold == "" && s.Seen.Behind(seen) {
		s.Hold = dialog.HoldSetBack
	}
	return s, nil
}

func (r *resumption) tell(data, messages io.Writer, zone *time.Location) {
	if r.free() {
		fmt.Fprintln(messages, "sending is allowed; there is nothing to resume")
		return
	}
	is := map[bool]string{false: "is", true: "was"}[r.apply]
	if r.standing.Hold != "" {
		fmt.Fprintf(messages, "sending %s held%s because %s\n", is, sinceWhen(r.standing.Since, zone), r.standing.Hold)
	}
	if !r.stopped.IsZero() {
		fmt.Fprintf(messages, "what the bot starts by itself %s stopped%s\n", is, sinceWhen(r.stopped, zone))
	}
	tellQueued(data, r.queued, r.now)
	if r.undecided > 0 {
		fmt.Fprintf(data, "%6d updates of people that are not decided yet; each may be answered\n", r.undecided)
	}
	switch {
	case r.apply && r.drop:
		fmt.Fprintf(messages, "given up: %d messages; sending is allowed from now on\n", r.dropped)
	case r.apply:
		fmt.Fprintln(messages, "sending is allowed from now on; what waits goes within seconds, where `bangkom serve` runs")
	case r.standing.Hold == "":
		fmt.Fprintln(messages, "nothing was changed: `bangkom resume --apply` lets it go on")
	default:
		fmt.Fprintln(messages, "nothing was changed: make sure that no other Bangkom uses this bot, then `bangkom resume --apply`, "+
			"or `bangkom resume --apply --drop-waiting` if the messages above have gone out already")
	}
}

func sinceWhen(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return " since " + t.In(zone).Format("2006-01-02 15:04")
}

// tellQueued lists messages by class, kind and age, a line each; a sentence when
// there are none.
func tellQueued(w io.Writer, queued []storage.Queued, now time.Time) {
	if len(queued) == 0 {
		fmt.Fprintln(w, "no messages wait")
		return
	}
	fmt.Fprintln(w, "messages that wait:")
	for _, q := range queued {
		fmt.Fprintf(w, "%6d %-10s %-26s %s old\n", q.Count, q.Class, q.Kind, ages(now.Sub(q.Newest), now.Sub(q.Oldest)))
	}
}

// ages is a span of ages in the unit that fits the older one.
func ages(newest, oldest time.Duration) string {
	unit, name := time.Minute, "minutes"
	switch {
	case oldest >= 48*time.Hour:
		unit, name = 24*time.Hour, "days"
	case oldest >= 2*time.Hour:
		unit, name = time.Hour, "hours"
	}
	from, to := max(0, newest/unit), max(0, oldest/unit)
	if from == to {
		return fmt.Sprintf("%d %s", to, name)
	}
	return fmt.Sprintf("%d to %d %s", from, to, name)
}
