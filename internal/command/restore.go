package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/pgtools"
	"bangkom/storage"
)

// restore puts a backup into the database, holds sending there, and lists what came
// back with it.
func (a *console) restore(ctx context.Context, args []string) error {
	fs := a.flags("restore FILE")
	path := fs.String("config", "", "configuration `FILE`")
	replace := fs.Bool("replace", false, "delete what is in the database now")
	if asksHelp(args) {
		return a.help(fs)
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return wrongUsage("want `bangkom restore FILE [--replace]`; FILE comes from `bangkom backup`")
	}
	if err := a.parse(fs, args[1:]); err != nil {
		return err
	}
	cfg, err := a.databaseConfig(*path)
	if err != nil {
		return err
	}
	tools, err := findTools(ctx, cfg.Database)
	if err != nil {
		return err
	}
	if err := mustBeBackup(ctx, tools.restore, args[0]); err != nil {
		return err
	}
	if err := mayReceive(tools.target, *replace); err != nil {
		return err
	}
	back, err := a.putIn(ctx, cfg, tools, args[0])
	if err != nil {
		return err
	}
	tellReturned(a.stdout, back, a.now(), cfg.Location())
	fmt.Fprintln(a.stderr, "sending is held here: let the personnel office check the list, then `bangkom resume` shows what would go")
	return nil
}

// mustBeBackup refuses a file that does not hold the tables of Bangkom.
func mustBeBackup(ctx context.Context, program, file string) error {
	if _, err := os.Stat(file); err != nil {
		return err
	}
	entries, err := pgtools.Contents(ctx, program, file)
	if err != nil {
		return fmt.Errorf("%s cannot be read as a backup: %w", file, err)
	}
	for _, table := range []string{"outbox", "bot_state", "goose_db_version"} {
		if !slices.ContainsFunc(entries, func(e string) bool { return strings.Contains(e, " TABLE DATA public "+table+" ") }) {
			return fmt.Errorf("%s is no backup of Bangkom: it lacks the table %s", file, table)
		}
	}
	return nil
}

// mayReceive tells whether a backup may go into the database.
func mayReceive(t storage.Target, replace bool) error {
	switch {
	case t.Served:
		return errors.New("a `bangkom serve` works with this database: stop it, wait ten seconds, then try again")
	case t.Aside:
		return errors.New("a restore was cut off here: its former tables are in the schema bangkom_replaced; " +
			"look which of both is wanted, drop the other schema as an administrator, then try again")
	case t.Tables > 0 && !replace:
		return fmt.Errorf("the database %s is not empty, it has %d tables: name an empty one, or write --replace to delete them", t.Name, t.Tables)
	}
	return nil
}

// putIn restores and brings the schema up to date, with sending held. What was there comes back if
// anything fails.
func (a *console) putIn(ctx context.Context, cfg config.Config, t tools, file string) (back storage.Returned, err error) {
	patient := cfg.Database
	patient.StatementTimeout, patient.IOTimeout = app.MigrateLimit, app.MigrateLimit+time.Minute
	db, err := app.OpenDatabase(ctx, patient, cfg.Database.Owner())
	if err != nil {
		return back, err
	}
	defer db.Close()
	replaced := t.target.Tables > 0
	if replaced {
		if err := db.SetAside(ctx); err != nil {
			return back, err
		}
		defer func() {
			last := context.WithoutCancel(ctx)
			if err != nil {
				err = errors.Join(fmt.Errorf("the restore failed, what was in the database is as before: %w", err), db.PutBack(last))
				return
			}
			err = db.DropAside(last)
		}()
	}
	fmt.Fprintf(a.stderr, "restoring %s into the database %s\n", file, t.target.Name)
	if err := db.MarkRestoring(ctx); err != nil {
		return back, err
	}
	if err := pgtools.Restore(ctx, t.restore, t.url, file); err != nil {
		return back, errors.Join(err, db.UnmarkRestoring(context.WithoutCancel(ctx)))
	}
	if err := a.bringUp(ctx, db); err != nil {
		return back, err
	}
	err = db.InTx(ctx, func(tx *storage.Tx) (err error) {
		back, err = tx.Returned(ctx, replaced, a.now())
		return err
	})
	return back, err
}

// bringUp runs what a backup of an older version lacks; that of a newer one is
// refused.
func (a *console) bringUp(ctx context.Context, db *storage.DB) error {
	seed, err := app.ShippedSeed()
	if err != nil {
		return err
	}
	n, err := db.Migrate(ctx, seed)
	if err != nil {
		return err
	}
	if err := db.CheckSchema(ctx); errors.Is(err, storage.ErrOldSchema) {
		return errors.New("the backup comes from a newer version of Bangkom: restore it with that one")
	} else if err != nil {
		return err
	}
	fmt.Fprintln(a.stderr, migrated(n))
	return nil
}

// tellReturned lists what the personnel office has to check.
func tellReturned(w io.Writer, r storage.Returned, now time.Time, zone *time.Location) {
	when := func(t time.Time) string {
		if t.IsZero() {
			return "never"
		}
		return t.In(zone).Format("2006-01-02 15:04")
	}
	fmt.Fprintf(w, "Last entry of the audit log: %s; last answers: %s; last account: %s.\n", when(r.LastNote), when(r.LastSent), when(r.LastLink))
	fmt.Fprintln(w, "Everything after that is gone. To check, because it came back as it was then:")
	fmt.Fprintf(w, "- Roles: %d. What was taken away since works again (`bangkom grant ROLE NIP --revoke`), what was given since is gone.\n", len(r.Roles))
	for _, h := range r.Roles {
		note := ""
		if h.Unit != "" {
			note = ", " + h.Unit
		}
		if h.Back {
			note += " <- was taken away since"
		}
		fmt.Fprintf(w, "    %-8s %s (NIP ...%s)%s, since %s\n", h.Role, h.Name, h.Last4, note, when(h.Since))
	}
	fmt.Fprintf(w, "- One-time codes that work: %d. Codes that were used or closed since are open again%s: `bangkom invite --renew` makes all former ones worthless.\n",
		r.Codes, counted(r.Compared, r.CodesBack))
	fmt.Fprintf(w, "- Linked accounts: %d. Accounts that were freed since are linked again%s: free them again in /kelola.\n",
		r.Accounts, counted(r.Compared, r.AccountsBack))
	fmt.Fprintf(w, "- Requests for erasure that wait: %d. Those done since are to be done again.\n", r.Erasures)
	fmt.Fprint(w, "- Queued: ")
	tellQueued(w, r.Queued, now)
}

// counted is a number in brackets where it is known.
func counted(known bool, n int) string {
	if !known {
		return ""
	}
	return fmt.Sprintf(" (%d of them)", n)
}
