package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"bangkom/internal/intake"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/storage"
)

// importOptions are what every kind of import understands.
type importOptions struct {
	file, config, refused string
	apply, full, json     bool
}

func (a *app) importFile(ctx context.Context, args []string) error {
	if asksHelp(args) {
		fs, _ := a.importFlags("KIND")
		return a.help(fs, "KIND is "+importKinds())
	}
	if len(args) < 2 || strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[1], "-") {
		return wrongUsage("want `bangkom import KIND FILE [--apply] [--full] [--json]`; KIND is %s", importKinds())
	}
	kind := args[0]
	fs, o := a.importFlags(kind)
	o.file = args[1]
	if err := a.parse(fs, args[2:]); err != nil {
		return err
	}
	if kind == kindQuestionnaires {
		return a.importQuestionnaire(ctx, *o)
	}
	if !slices.Contains(intake.Kinds(), kind) {
		return wrongUsage("there is no kind %q; this version imports %s", kind, importKinds())
	}
	return a.importTable(ctx, kind, *o)
}

// importFlags are the options of an import and where their values go.
func (a *app) importFlags(kind string) (*flag.FlagSet, *importOptions) {
	o := &importOptions{}
	fs := a.flags("import " + kind + " FILE")
	fs.StringVar(&o.config, "config", "", "configuration `FILE`")
	fs.BoolVar(&o.apply, "apply", false, "store it; without this nothing changes")
	fs.BoolVar(&o.full, "full", false, "employees: the file holds everybody: count who is missing in it (nobody is removed)")
	fs.StringVar(&o.refused, "refused", "", "new `FILE`.xlsx for the refused rows, to be mended and imported")
	fs.BoolVar(&o.json, "json", false, "print the result as JSON on standard output")
	return fs, o
}

// importTable reads a spreadsheet and stores it, or only looks.
func (a *app) importTable(ctx context.Context, kind string, o importOptions) error {
	cfg, err := a.databaseConfig(o.config)
	if err != nil {
		return err
	}
	table, done, err := openTable(o.file)
	if err != nil {
		return err
	}
	defer done()
	db, err := openCurrent(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	var lists intake.Lists
	if err := db.InTx(ctx, func(tx *storage.Tx) (err error) {
		lists, err = intake.LoadLists(ctx, tx, kind)
		return err
	}); err != nil {
		return err
	}
	batch, err := intake.Read(kind, table, lists, a.now().In(cfg.Location()))
	if err != nil {
		return fmt.Errorf("%s: %w", o.file, err)
	}
	var report intake.Report
	err = inImport(ctx, db, o.apply, func(tx *storage.Tx) (err error) {
		report, err = batch.Store(ctx, tx, a.now().In(cfg.Location()))
		return err
	})
	if err != nil {
		return err
	}
	if !o.full {
		report.Missing = nil
	}
	if o.refused != "" {
		if err := writeRefused(o.refused, report); err != nil {
			return err
		}
	}
	return a.reportImport(report, o.json, o.apply, kind == "employees")
}

func importKinds() string {
	return strings.Join(append(intake.Kinds(), kindQuestionnaires), ", ")
}

// openTable opens a file as a table; done closes both.
func openTable(path string) (t sheet.Table, done func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	if t, err = sheet.Open(f, info.Size()); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return t, func() { _, _ = t.Close(), f.Close() }, nil
}

// errOnlyLooking gives up the transaction of a dry run.
var errOnlyLooking = errors.New("dry run")

// inImport runs fn in one transaction; a dry run does the same and gives it up,
// so that its numbers are those of the real one.
func inImport(ctx context.Context, db *storage.DB, apply bool, fn func(*storage.Tx) error) error {
	err := db.InTx(ctx, func(tx *storage.Tx) error {
		if err := fn(tx); err != nil || apply {
			return err
		}
		return errOnlyLooking
	})
	if errors.Is(err, errOnlyLooking) {
		return nil
	}
	return err
}

// writeRefused gives the refused rows back with their cause. The file holds
// whole NIPs, so only its owner may read it.
func writeRefused(path string, r intake.Report) error {
	cause, err := text.Indonesian()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--refused: %w", err)
	}
	err = intake.WriteRefused(file, r, func(code string) string { return cause.Plain("refused."+code, nil) })
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (a *app) reportImport(r intake.Report, asJSON, applied, people bool) error {
	if asJSON {
		if err := json.NewEncoder(a.stdout).Encode(r); err != nil {
			return fmt.Errorf("print result: %w", err)
		}
	}
	inactive := ""
	if people { // only the register tells who has left
		inactive = fmt.Sprintf(" inactive %d,", r.Inactive)
	}
	fmt.Fprintf(a.stderr, "accepted %d: %d new, %d changed, %d unchanged; refused %d,%s repeated %d\n",
		r.Accepted, r.New, r.Changed, r.Unchanged, len(r.Refused), inactive, r.Repeated)
	if r.Inactive > 0 {
		fmt.Fprintf(a.stderr, "inactive rows: %s; became inactive: %d\n", strings.Trim(fmt.Sprint(r.InactiveRows), "[]"), r.Left)
	}
	fmt.Fprintf(a.stderr, "class unknown %d, superior unknown %d, phone missing %d, phone shared %d\n", r.UnknownClass, r.NoSupervisor, r.NoPhone,
		r.SharedPhone)
	if r.Missing != nil {
		fmt.Fprintf(a.stderr, "known and not in the file: %d (they stay)\n", *r.Missing)
	}
	if !asJSON {
		for _, f := range r.Refused {
			fmt.Fprintf(a.stderr, "row %d: %s\n", f.Row, f.Code)
		}
	}
	if !applied {
		fmt.Fprintln(a.stderr, "nothing was changed; add --apply to store it")
	}
	return nil
}
