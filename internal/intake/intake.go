// Package intake brings spreadsheets in, for the command line and for the chat
// alike: it reads a table of one kind, stores what is accepted and reports.
// Whoever only wants to look gives the transaction up afterwards.
package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

// Store is the part of an open transaction that an import needs.
type Store interface {
	PositionTitles(ctx context.Context) (map[string]string, error)
	PositionClasses(ctx context.Context) (map[string]string, error)
	ImportEmployees(ctx context.Context, r register.Register, now time.Time) (register.Imported, error)
	KnownNIPs(ctx context.Context) (map[string]bool, error)
	ImportSuperiors(ctx context.Context, list []register.Superior, now time.Time) (register.Imported, error)
	ImportDelegations(ctx context.Context, list []register.Delegation, now time.Time) (register.Imported, error)
	ImportLeave(ctx context.Context, list []register.Leave, now time.Time) (register.Imported, error)
	ImportHolidays(ctx context.Context, list []register.Holiday, now time.Time) (register.Imported, error)
	UnitKeys(ctx context.Context) (map[string]bool, error)
	ImportWeeks(ctx context.Context, list []register.Week, now time.Time) (register.Imported, error)
	ImportCompetencies(ctx context.Context, list []register.Competency, now time.Time) (register.Imported, error)
	ImportPositions(ctx context.Context, list []register.Title, now time.Time) (register.Imported, error)
}

// Report is what became of a table. Accepted = new + changed + unchanged; of
// employees, accepted, refused, inactive and repeated add up to the rows with
// anything in the NIP column.
type Report struct {
	Accepted     int                `json:"accepted"`
	New          int                `json:"new"`
	Changed      int                `json:"changed"`
	Unchanged    int                `json:"unchanged"`
	Refused      []register.Refusal `json:"refused"` // never nil
	Inactive     int                `json:"inactive"`
	Repeated     int                `json:"repeated"`
	UnknownClass int                `json:"unknown_class"`
	NoSupervisor int                `json:"no_supervisor"`
	NoPhone      int                `json:"no_phone"`
	Missing      *int               `json:"missing,omitempty"` // in Bangkom and not in the file; nil = not told
	InactiveRows []int              `json:"-"`                 // rows of people who have left
	Left         int                `json:"-"`                 // of them, who was in service until now
	SharedPhone  int                `json:"-"`                 // people whose phone number others have too
	Headings     []string           `json:"-"`                 // of Refusal.Cells
}

// Lists are what a table is compared with while it is read.
type Lists struct {
	Titles  map[string]string // position titles: key to class
	Classes map[string]string // classes: code to name
	Known   map[string]bool   // NIPs of everybody in service; nil for kinds that need none
	Units   map[string]bool   // codes and names of units as register.UnitKey makes them
}

// AnyKind stands for all kinds.
const AnyKind = ""

// LoadLists reads what the named kind needs, or AnyKind.
func LoadLists(ctx context.Context, tx Store, name string) (l Lists, err error) {
	if k, ok := find(name); ok && k.people || name == AnyKind {
		if l.Known, err = tx.KnownNIPs(ctx); err != nil || name != AnyKind {
			return l, err
		}
	}
	if l.Units, err = tx.UnitKeys(ctx); err != nil {
		return l, err
	}
	if l.Titles, err = tx.PositionTitles(ctx); err != nil {
		return l, err
	}
	l.Classes, err = tx.PositionClasses(ctx)
	return l, err
}

// Batch is a table that was read and is not stored yet.
type Batch struct {
	Kind   string
	report Report
	store  func(context.Context, Store, time.Time) (register.Imported, error)
}

// Store stores what was accepted, all of it or nothing, and reports.
func (b Batch) Store(ctx context.Context, tx Store, now time.Time) (Report, error) {
	done, err := b.store(ctx, tx, now)
	if err != nil {
		return Report{}, err
	}
	r := b.report
	r.New, r.Changed, r.Unchanged = done.New, done.Changed, done.Unchanged
	r.UnknownClass, r.NoSupervisor, r.NoPhone = done.UnknownClass, done.NoSupervisor, done.NoPhone
	r.Left, r.SharedPhone = done.Left, done.SharedPhone
	if r.Missing != nil {
		r.Missing = &done.Missing
	}
	if r.Refused == nil {
		r.Refused = []register.Refusal{} // [] in JSON
	}
	return r, nil
}

// Report returns what is known before anything is stored: what was read.
func (b Batch) Report() Report { return b.report }

// kind is one sort of spreadsheet.
type kind struct {
	name     string
	headings []string // of the template
	people   bool     // names people, who must be in the register
	read     func(sheet.Table, Lists, time.Time) (Batch, error)
}

func kinds() []kind {
	return []kind{
		{"employees", register.Template(), false, employees},
		{"positions", register.TitlesTemplate(), false, positions},
		{"superiors", register.SuperiorsTemplate(), true, func(t sheet.Table, l Lists, today time.Time) (Batch, error) {
			list, err := register.ReadSuperiors(t.Rows(), l.Known, today)
			return listed(list, err, register.SuperiorsTemplate(), Store.ImportSuperiors)
		}},
		{"delegations", register.DelegationsTemplate(), true, func(t sheet.Table, l Lists, today time.Time) (Batch, error) {
			list, err := register.ReadDelegations(t.Rows(), l.Known, today)
			return listed(list, err, register.DelegationsTemplate(), Store.ImportDelegations)
		}},
		{"leave", register.LeaveTemplate(), true, func(t sheet.Table, l Lists, today time.Time) (Batch, error) {
			list, err := register.ReadLeave(t.Rows(), l.Known, today)
			return listed(list, err, register.LeaveTemplate(), Store.ImportLeave)
		}},
		{"competencies", register.CompetenciesTemplate(), false, func(t sheet.Table, l Lists, _ time.Time) (Batch, error) {
			list, headings, err := register.ReadCompetencies(t.Rows(), l.Classes)
			return listed(list, err, headings, Store.ImportCompetencies)
		}},
		{"holidays", register.HolidaysTemplate(), false, func(t sheet.Table, _ Lists, _ time.Time) (Batch, error) {
			list, err := register.ReadHolidays(t.Rows())
			return listed(list, err, register.HolidaysTemplate(), Store.ImportHolidays)
		}},
		{"weeks", register.WeeksTemplate(), false, func(t sheet.Table, l Lists, _ time.Time) (Batch, error) {
			list, err := register.ReadWeeks(t.Rows(), l.Units)
			return listed(list, err, register.WeeksTemplate(), Store.ImportWeeks)
		}},
	}
}

// Kinds lists the names of all kinds.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

func find(name string) (kind, bool) {
	i := slices.IndexFunc(kinds(), func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds()[i], true
}

// Template writes an empty spreadsheet of a kind, which can be imported; ok is
// false when there is no such kind.
func Template(w io.Writer, name string) (ok bool, err error) {
	k, ok := find(name)
	if !ok {
		return false, nil
	}
	return true, sheet.Write(w, "Bangkom", [][]string{k.headings})
}

// Read reads a whole table of the named kind. today is the civil date of the
// agency. Errors are about the file: those of packages register and sheet.
func Read(name string, table sheet.Table, l Lists, today time.Time) (Batch, error) {
	k, ok := find(name)
	if !ok {
		return Batch{}, fmt.Errorf("import: unknown kind %q", name)
	}
	b, err := k.read(table, l, today)
	b.Kind = name
	return b, err
}

// Recognise reads the bytes of a table of whatever kind its headings tell. Of a
// table that is of no kind, the error is the one about employees.
func Recognise(body []byte, l Lists, today time.Time) (Batch, error) {
	var first error
	for _, name := range Kinds() {
		table, err := sheet.Open(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			return Batch{}, err
		}
		b, err := Read(name, table, l, today)
		if err = errors.Join(err, table.Close()); err == nil {
			return b, nil
		}
		if first == nil {
			first = err
		}
		if !aboutHeadings(err) {
			break
		}
	}
	return Batch{}, first
}

// aboutHeadings tells whether a table was refused for its headings, so that it
// may be of another kind.
func aboutHeadings(err error) bool {
	for _, one := range []error{register.ErrNoHeader, register.ErrNoNIP, register.ErrNoColumn, register.ErrNoTitles, register.ErrNoHeading} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

func employees(table sheet.Table, l Lists, today time.Time) (Batch, error) {
	r, err := register.Read(table.Rows(), today, l.Titles)
	if err != nil {
		return Batch{}, err
	}
	report := Report{Accepted: len(r.People), Refused: r.Refused, Headings: r.Headings, Inactive: r.Inactive, Repeated: r.Repeated,
		InactiveRows: r.InactiveRows, Missing: new(int)}
	return Batch{report: report, store: func(ctx context.Context, tx Store, now time.Time) (register.Imported, error) {
		return tx.ImportEmployees(ctx, r, now)
	}}, nil
}

func positions(table sheet.Table, l Lists, _ time.Time) (Batch, error) {
	t, err := register.ReadTitles(table.Rows(), l.Classes)
	if err != nil {
		return Batch{}, err
	}
	report := Report{Accepted: len(t.List), Refused: t.Refused, Headings: register.TitlesTemplate(), Repeated: t.Repeated}
	return Batch{report: report, store: func(ctx context.Context, tx Store, now time.Time) (register.Imported, error) {
		return tx.ImportPositions(ctx, t.List, now)
	}}, nil
}

// listed makes a batch of a list that was read.
func listed[T any](l register.List[T], err error, headings []string,
	store func(Store, context.Context, []T, time.Time) (register.Imported, error)) (Batch, error) {
	if err != nil {
		return Batch{}, err
	}
	report := Report{Accepted: len(l.Rows), Refused: l.Refused, Headings: headings, Repeated: l.Repeated}
	return Batch{report: report, store: func(ctx context.Context, tx Store, now time.Time) (register.Imported, error) {
		return store(tx, ctx, l.Rows, now)
	}}, nil
}

// WriteRefused writes the refused rows as a spreadsheet that can be mended and
// imported. why tells the cause of a code in words. The file holds whole NIPs.
func WriteRefused(w io.Writer, r Report, why func(code string) string) error {
	rows := [][]string{append(slices.Clone(r.Headings), "BARIS", "SEBAB")}
	for _, f := range r.Refused {
		rows = append(rows, append(slices.Clone(f.Cells), strconv.Itoa(f.Row), why(strings.ToLower(f.Code))))
	}
	return sheet.Write(w, "Ditolak", rows)
}

// MaxBytes is how large a file may be.
const MaxBytes = sheet.MaxBytes
