package command

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bangkom/internal/config"
	"bangkom/internal/intake"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/storage"
)

// importOptions are what every kind of import understands.
type importOptions struct {
	file, config, refused string
	apply, full, json     bool
}

func (a *console) importFile(ctx context.Context, args []string) error {
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
	if kind == intake.Questionnaires && !isWorkbook(o.file) {
		return a.importQuestionnaire(ctx, *o)
	}
	if !slices.Contains(intake.Kinds(), kind) {
		return wrongUsage("there is no kind %q; this version imports %s", kind, importKinds())
	}
	return a.importTable(ctx, kind, *o)
}

// importFlags are the options of an import and where their values go.
func (a *console) importFlags(kind string) (*flag.FlagSet, *importOptions) {
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
func (a *console) importTable(ctx context.Context, kind string, o importOptions) error {
	var tables []sheet.Table
	done := func() {}
	defer func() { done() }()
	db, cfg, err := a.open(ctx, o.config, func(config.Config) (err error) {
		tables, done, err = openTables(o.file)
		return err
	})
	if err != nil {
		return err
	}
	defer db.Close()
	var lists intake.Lists
	if err := db.InTx(ctx, func(tx *storage.Tx) (err error) {
		lists, err = intake.LoadLists(ctx, tx, kind, cfg.Agency.CountryCode)
		return err
	}); err != nil {
		return err
	}
	lists.Office = cfg.Agency.Office
	lists.File = strings.TrimSuffix(filepath.Base(o.file), filepath.Ext(o.file))
	batch, err := intake.Read(kind, tables, lists, a.now().In(cfg.Location()))
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
		if err := writeRefused(o.refused, cfg.Agency.Office, report); err != nil {
			return err
		}
	}
	return a.reportImport(report, o.json, o.apply, kind == "employees")
}

func importKinds() string {
	return strings.Join(intake.Kinds(), ", ")
}

// openTables opens the tables of a file; done closes it, and may be called after an
// error too.
func openTables(path string) (tables []sheet.Table, done func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, func() {}, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, func() {}, errors.Join(err, f.Close())
	}
	if tables, err = sheet.Open(f, info.Size()); err != nil {
		return nil, func() {}, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return tables, func() { _ = f.Close() }, nil // it was only read
}

// inImport runs fn in one transaction; a dry run does the same and gives it up,
// so that its numbers are those of the real one.
func inImport(ctx context.Context, db *storage.DB, apply bool, fn func(*storage.Tx) error) error {
	if apply {
		return db.InTx(ctx, fn)
	}
	return intake.Rehearse(ctx, db.InTx, fn)
}

// writeRefused gives the refused rows back with their cause. The file holds
// whole NIPs, so only its owner may read it.
func writeRefused(path, office string, r intake.Report) error {
	cause, err := text.Indonesian()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--refused: %w", err)
	}
	err = intake.WriteRefused(file, r, func(code string) string { return cause.Plain("refused."+code, text.Args{"kantor": office}) })
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (a *console) reportImport(r intake.Report, asJSON, applied, people bool) error {
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
		fmt.Fprintf(a.stderr, "inactive rows: %s; became inactive: %d\n", strings.Trim(fmt.Sprint(r.InactiveRows), "[]"), len(r.Losses.Left))
	}
	a.reportLosses(r.Losses)
	a.reportLevels(r)
	a.reportVersion(r.Version)
	switch {
	case r.Programmes > 0: // of trainings nobody looks for what the register lacks
		fmt.Fprintf(a.stderr, "batches %d, of %d programmes\n", r.Accepted, r.Programmes)
	case r.Version == nil:
		fmt.Fprintf(a.stderr, "class unknown %d, superior unknown %d, phone missing %d, phone shared %d\n", r.UnknownClass, r.NoSupervisor, r.NoPhone,
			r.SharedPhone)
	}
	for _, c := range r.Choices {
		fmt.Fprintf(a.stderr, "column %s was read, not %s\n", c.Taken, strings.Join(c.Left, ", "))
	}
	if len(r.RemarkRows) > 0 {
		fmt.Fprintf(a.stderr, "remarks that sound as if somebody has left, and change nothing: rows %s\n", strings.Trim(fmt.Sprint(r.RemarkRows), "[]"))
	}
	if r.Hidden > 0 {
		fmt.Fprintf(a.stderr, "rows that the spreadsheet does not show (a filter, for example) and that were read too: %d\n", r.Hidden)
	}
	if r.Rounded {
		fmt.Fprintln(a.stderr, "the NIPs of this file look as if a program had rounded them: compare them with their source")
	}
	if r.Missing != nil {
		fmt.Fprintf(a.stderr, "known and not in the file: %d (they stay)\n", *r.Missing)
	}
	if !asJSON {
		for _, f := range r.Refused {
			fmt.Fprintf(a.stderr, "row %d: %s%s\n", f.Row, f.Code, where(r, f))
		}
	}
	if !applied {
		fmt.Fprintln(a.stderr, "nothing was changed; add --apply to store it")
	}
	return nil
}

// reportLosses names who leaves the service and who loses the superior, before
// anything is stored and after it.
func (a *console) reportLosses(l register.Losses) {
	for _, one := range l.Left {
		fmt.Fprintf(a.stderr, "out of service: %s (NIP ends in %s), %s\n", one.Name, one.NIP4, one.Unit)
	}
	for _, one := range l.Bereft {
		fmt.Fprintf(a.stderr, "without a superior: %s (NIP ends in %s), %s; was led by %s\n", one.Name, one.NIP4, one.Unit, one.Superior)
	}
}

// reportLevels names the required levels that change, and the positions of which no
// technical competency is required.
func (a *console) reportLevels(r intake.Report) {
	for _, l := range r.Levels {
		fmt.Fprintf(a.stderr, "level of %s, %s: %d, was %d\n", l.Name, l.Competency, l.New, l.Old)
	}
	if r.Bare == nil {
		return
	}
	fmt.Fprintf(a.stderr, "without a technical standard: %d positions with %d people\n", len(r.Bare.Titles), r.Bare.People)
	for _, one := range r.Bare.Titles {
		fmt.Fprintf(a.stderr, "  %s: %d\n", one.Title, one.People)
	}
}
