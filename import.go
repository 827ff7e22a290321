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

	"bangkom/internal/config"
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

func (a *app) importFile(ctx context.Context, args []string) error {
	if len(args) < 2 || strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[1], "-") {
		return wrongUsage("want `bangkom import employees FILE [--apply] [--full] [--json]`")
	}
	kind, file := args[0], args[1]
	fs := a.flags("import " + kind + " FILE")
	path := fs.String("config", "", "configuration `FILE`")
	apply := fs.Bool("apply", false, "store it; without this nothing changes")
	full := fs.Bool("full", false, "the file holds everybody: count who is missing in it (nobody is removed)")
	refused := fs.String("refused", "", "new `FILE`.xlsx for the refused rows, to be mended and imported")
	asJSON := fs.Bool("json", false, "print the result as JSON on standard output")
	if err := a.parse(fs, args[2:]); err != nil {
		return err
	}
	if kind != "employees" {
		return wrongUsage("there is no kind %q; this version imports employees", kind)
	}
	cfg, err := a.databaseConfig(*path)
	if err != nil {
		return err
	}
	people, err := a.readRegister(cfg, file)
	if err != nil {
		return err
	}
	db, err := openCurrent(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	done, err := a.storeRegister(ctx, db, people, *apply)
	if err != nil {
		return err
	}
	if *refused != "" {
		if err := writeRefused(*refused, people); err != nil {
			return err
		}
	}
	return a.reportImport(newReport(people, done, *full), *asJSON, *apply)
}

// writeRefused gives the refused rows back with their cause. The file holds
// whole NIPs, so only its owner may read it.
func writeRefused(path string, r register.Register) error {
	cause, err := text.Indonesian()
	if err != nil {
		return err
	}
	rows := [][]string{append(slices.Clone(r.Headings), "BARIS", "SEBAB")}
	for _, f := range r.Refused {
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

func (a *app) readRegister(cfg config.Config, file string) (register.Register, error) {
	f, err := os.Open(file)
	if err != nil {
		return register.Register{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return register.Register{}, err
	}
	table, err := sheet.Open(f, info.Size())
	if err != nil {
		return register.Register{}, fmt.Errorf("%s: %w", file, err)
	}
	defer table.Close()
	r, err := register.Read(table.Rows(), a.now().In(cfg.Location()), nil)
	if err != nil {
		return r, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// errOnlyLooking gives up the transaction of a dry run.
var errOnlyLooking = errors.New("dry run")

// storeRegister stores everything in one transaction; a dry run does the same
// and gives it up, so that its numbers are those of the real one.
func (a *app) storeRegister(ctx context.Context, db *storage.DB, r register.Register, apply bool) (done storage.Imported, err error) {
	err = db.InTx(ctx, func(tx *storage.Tx) (err error) {
		if done, err = tx.ImportEmployees(ctx, r.People, a.now()); err == nil && !apply {
			err = errOnlyLooking
		}
		return err
	})
	if errors.Is(err, errOnlyLooking) {
		err = nil
	}
	return done, err
}

func newReport(r register.Register, done storage.Imported, full bool) importReport {
	out := importReport{Accepted: len(r.People), New: done.New, Changed: done.Changed, Unchanged: done.Unchanged,
		Refused: r.Refused, Inactive: r.Inactive, Repeated: r.Repeated, UnknownClass: done.UnknownClass,
		NoSupervisor: done.NoSupervisor, NoPhone: done.NoPhone}
	if out.Refused == nil {
		out.Refused = []register.Refusal{}
	}
	if full {
		out.Missing = &done.Missing
	}
	return out
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
