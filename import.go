package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/storage"
)

// importReport is what `import employees --json` prints. accepted = new +
// changed + unchanged; accepted, refused, inactive and repeated add up to the
// rows with anything in the NIP column.
type importReport struct {
	Accepted     int                `json:"accepted"`
	New          int                `json:"new"`
	Changed      int                `json:"changed"`
	Unchanged    int                `json:"unchanged"`
	Refused      []register.Refusal `json:"refused"`
	Inactive     int                `json:"inactive"`
	Repeated     int                `json:"repeated"`
	UnknownClass int                `json:"unknown_class"`
	NoSupervisor int                `json:"no_supervisor"`
	NoPhone      int                `json:"no_phone"`
	Missing      *int               `json:"missing,omitempty"` // only with --full
}

// importOptions are what every kind of import understands.
type importOptions struct {
	file, config, refused string
	apply, full, json     bool
}

func (a *app) importFile(ctx context.Context, args []string) error {
	if len(args) < 2 || strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[1], "-") {
		return wrongUsage("want `bangkom import KIND FILE [--apply] [--full] [--json]`; KIND is employees or positions")
	}
	kind, o := args[0], importOptions{file: args[1]}
	fs := a.flags("import " + kind + " FILE")
	fs.StringVar(&o.config, "config", "", "configuration `FILE`")
	fs.BoolVar(&o.apply, "apply", false, "store it; without this nothing changes")
	fs.BoolVar(&o.full, "full", false, "the file holds everybody: count who is missing in it (nobody is removed)")
	fs.StringVar(&o.refused, "refused", "", "new `FILE`.xlsx for the refused rows, to be mended and imported")
	fs.BoolVar(&o.json, "json", false, "print the result as JSON on standard output")
	if err := a.parse(fs, args[2:]); err != nil {
		return err
	}
	kinds := map[string]importer{"employees": a.importEmployees, "positions": a.importPositions}
	run, ok := kinds[kind]
	if !ok {
		return wrongUsage("there is no kind %q; this version imports employees and positions", kind)
	}
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
	report, headings, err := run(ctx, db, table, cfg.Location(), o)
	if err != nil {
		return err
	}
	if o.refused != "" {
		if err := writeRefused(o.refused, headings, report.Refused); err != nil {
			return err
		}
	}
	return a.reportImport(report, o.json, o.apply)
}

// importer is one kind of import: it returns its report and the headings of
// what was refused.
type importer func(context.Context, *storage.DB, sheet.Table, *time.Location, importOptions) (importReport, []string, error)

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

func (a *app) importEmployees(ctx context.Context, db *storage.DB, table sheet.Table, loc *time.Location, o importOptions) (importReport, []string, error) {
	var titles map[string]string
	if err := db.InTx(ctx, func(tx *storage.Tx) (err error) {
		titles, err = tx.PositionTitles(ctx)
		return err
	}); err != nil {
		return importReport{}, nil, err
	}
	r, err := register.Read(table.Rows(), a.now().In(loc), titles)
	if err != nil {
		return importReport{}, nil, fmt.Errorf("%s: %w", o.file, err)
	}
	var stored storage.Imported
	err = inImport(ctx, db, o.apply, func(tx *storage.Tx) (err error) {
		stored, err = tx.ImportEmployees(ctx, r.People, a.now())
		return err
	})
	report := newReport(len(r.People), r.Refused, stored)
	report.Inactive, report.Repeated = r.Inactive, r.Repeated
	if o.full {
		report.Missing = &stored.Missing
	}
	return report, r.Headings, err
}

func (a *app) importPositions(ctx context.Context, db *storage.DB, table sheet.Table, _ *time.Location, o importOptions) (importReport, []string, error) {
	var classes map[string]string
	if err := db.InTx(ctx, func(tx *storage.Tx) (err error) {
		classes, err = tx.PositionClasses(ctx)
		return err
	}); err != nil {
		return importReport{}, nil, err
	}
	t, err := register.ReadTitles(table.Rows(), classes)
	if err != nil {
		return importReport{}, nil, fmt.Errorf("%s: %w", o.file, err)
	}
	var stored storage.Imported
	err = inImport(ctx, db, o.apply, func(tx *storage.Tx) (err error) {
		stored, err = tx.ImportPositions(ctx, t.List, a.now())
		return err
	})
	report := newReport(len(t.List), t.Refused, stored)
	report.Repeated = t.Repeated
	return report, register.TitlesTemplate(), err
}

// writeRefused gives the refused rows back with their cause. The file holds
// whole NIPs, so only its owner may read it.
func writeRefused(path string, headings []string, refused []register.Refusal) error {
	cause, err := text.Indonesian()
	if err != nil {
		return err
	}
	rows := [][]string{append(slices.Clone(headings), "BARIS", "SEBAB")}
	for _, f := range refused {
		why := cause.Plain("refused."+strings.ToLower(f.Code), nil)
		rows = append(rows, append(slices.Clone(f.Cells), strconv.Itoa(f.Row), why))
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--refused: %w", err)
	}
	if err := errors.Join(sheet.Write(file, "Ditolak", rows), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func newReport(accepted int, refused []register.Refusal, done storage.Imported) importReport {
	if refused == nil {
		refused = []register.Refusal{} // [] in JSON
	}
	return importReport{Accepted: accepted, New: done.New, Changed: done.Changed, Unchanged: done.Unchanged,
		Refused: refused, UnknownClass: done.UnknownClass, NoSupervisor: done.NoSupervisor, NoPhone: done.NoPhone}
}

func (a *app) reportImport(r importReport, asJSON, applied bool) error {
	if asJSON {
		if err := json.NewEncoder(a.stdout).Encode(r); err != nil {
			return fmt.Errorf("print result: %w", err)
		}
	}
	fmt.Fprintf(a.stderr, "accepted %d: %d new, %d changed, %d unchanged; refused %d, inactive %d, repeated %d\n",
		r.Accepted, r.New, r.Changed, r.Unchanged, len(r.Refused), r.Inactive, r.Repeated)
	fmt.Fprintf(a.stderr, "class unknown %d, superior unknown %d, phone missing %d\n", r.UnknownClass, r.NoSupervisor, r.NoPhone)
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
