// Package intake brings spreadsheets in, for the command line and for the chat
// alike: it reads a table of one kind, stores what is accepted and reports.
// Whoever only wants to look gives the transaction up afterwards.
package intake

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"bangkom/internal/needs"
	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/training"
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
	// StandardLists returns what a list of required levels may name.
	StandardLists(ctx context.Context) (register.StandardLists, error)
	ImportStandards(ctx context.Context, list []register.StandardRow, now time.Time) (register.Imported, error)
	// TrainingCodes returns the codes of all partners and of all competencies.
	TrainingCodes(ctx context.Context) (partners, competencies map[string]bool, err error)
	ImportPartners(ctx context.Context, list []training.Partner, now time.Time) (register.Imported, error)
	// PartnerAgreements returns all partners by code, with their agreements.
	PartnerAgreements(ctx context.Context) (register.Agreements, error)
	ImportOffers(ctx context.Context, list []register.OfferRow, now time.Time) (register.Imported, error)
	ImportTrainings(ctx context.Context, list []register.Plan, now time.Time) (register.Imported, error)
	ImportNominees(ctx context.Context, list []register.Nominee, now time.Time) (register.Imported, error)
	ImportProposals(ctx context.Context, list []needs.Proposal, now time.Time) (register.Imported, error)
	ImportSurveys(ctx context.Context, list []register.SurveyRow, now time.Time) (register.Imported, error)
	Questionnaires(ctx context.Context) ([]questionnaire.Definition, error)
	ImportQuestionnaire(ctx context.Context, d questionnaire.Definition, now time.Time) error
	// ImportFor says whose import it is; without it, that of the command line.
	ImportFor(employeeID int64)
}

// Report is what became of a table. Accepted = new + changed + unchanged; of
// employees, accepted, refused, inactive and repeated add up to the rows with
// anything in the NIP column.
type Report struct {
	Accepted     int                `json:"accepted"` // rows, as all the counts here that say nothing else
	New          int                `json:"new"`
	Changed      int                `json:"changed"`
	Unchanged    int                `json:"unchanged"`
	Refused      []register.Refusal `json:"refused"`  // never nil
	Inactive     int                `json:"inactive"` // people who have left
	Repeated     int                `json:"repeated"` // further rows of one thing
	UnknownClass int                `json:"unknown_class"`
	NoSupervisor int                `json:"no_supervisor"`
	NoPhone      int                `json:"no_phone"`
	Missing      *int               `json:"missing,omitempty"` // in Bangkom and not in the file; nil = not told
	InactiveRows []int              `json:"-"`                 // rows of people who have left
	SharedPhone  int                `json:"-"`                 // people whose phone number others have too
	Headings     []string           `json:"-"`                 // of Refusal.Cells
	RemarkRows   []int              `json:"-"`                 // rows of accepted people whose remark sounds as if they had left
	Rounded      bool               `json:"-"`                 // the few NIPs of the file may have lost their last digits
	Choices      []register.Choice  `json:"-"`                 // where several columns mean the same
	Hidden       int                `json:"-"`                 // rows that were read and that the spreadsheet does not show
	// Superiors are the people who were known before and get another superior.
	Superiors []register.NewSuperior `json:"-"`
	// Losses are those who leave the service by it, and those who lose their superior.
	Losses register.Losses `json:"-"`
	// Levels are the required levels that change, Bare the positions without a technical
	// standard; nil = not told.
	Levels []register.LevelChange `json:"-"`
	Bare   *register.Bare         `json:"-"`
	// Programmes is how many programmes the accepted batches of trainings belong to.
	Programmes int `json:"-"`
	// Shown is a mark of the preview that was made of it; "" = none was.
	Shown string `json:"shown,omitempty"`
	// Version is what becomes of a questionnaire; nil = it is none, or it was refused.
	Version *Version `json:"-"`
}

// Lists are what a table is compared with while it is read.
type Lists struct {
	Titles  map[string]string // position titles: key to class
	Classes map[string]string // classes: code to name
	Known   map[string]bool   // NIPs of everybody in service; nil for kinds that need none
	Units   map[string]bool   // codes and names of units as register.UnitKey makes them
	Country int               // code of the agency's country, for phone numbers
	Office  string            // the personnel office in short, as who pays for a training is written
	// Partners and Competencies are codes, for lists of trainings.
	Partners, Competencies map[string]bool
	Agreements             register.Agreements // of partners, for offers
	Standards              register.StandardLists
	Questionnaires         []questionnaire.Definition // all versions of all of them
	// File is the name of the file without its ending; "" = is not known. A questionnaire
	// that has no title is called after it.
	File string
}

// AnyKind stands for all kinds.
const AnyKind = ""

// LoadLists reads what the named kind needs, or AnyKind; country is the code of
// the agency's country.
func LoadLists(ctx context.Context, tx Store, name string, country int) (l Lists, err error) {
	l.Country = country
	if k, ok := find(name); ok && k.people || name == AnyKind {
		if l.Known, err = tx.KnownNIPs(ctx); err != nil {
			return l, err
		}
	}
	if l.Units, err = tx.UnitKeys(ctx); err != nil {
		return l, err
	}
	if l.Partners, l.Competencies, err = tx.TrainingCodes(ctx); err != nil {
		return l, err
	}
	if l.Agreements, err = tx.PartnerAgreements(ctx); err != nil {
		return l, err
	}
	if l.Standards, err = tx.StandardLists(ctx); err != nil {
		return l, err
	}
	if l.Questionnaires, err = tx.Questionnaires(ctx); err != nil {
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
	Kind string
	// Late says that rows may be refused when they are stored, so that Report does not
	// know all refusals yet.
	Late   bool
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
	r.SharedPhone, r.Superiors, r.Losses = done.SharedPhone, done.Superiors, done.Losses
	r.Levels, r.Bare, r.Programmes = done.Levels, done.Bare, done.Programmes
	if r.Missing != nil {
		r.Missing = &done.Missing
	}
	r.Refused = slices.Concat(r.Refused, done.Refused)
	r.Accepted -= len(done.Refused)
	slices.SortStableFunc(r.Refused, func(a, b register.Refusal) int { return a.Row - b.Row })
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
	people   bool     // is compared with the people in the register
	read     func(sheet.Table, Lists, time.Time) (Batch, error)
}

// kinds are all of them, in the order in which a table is compared with their headings.
func kinds() []kind { return append(registerKinds(), trainingKinds()...) }

// registerKinds are those about people, positions and units.
func registerKinds() []kind {
	return []kind{
		{"employees", register.Template(), true, employees},
		{"offers", register.OffersTemplate(), false, func(t sheet.Table, l Lists, today time.Time) (Batch, error) { // before standards, of which it has all columns
			list, err := register.ReadOffers(t.Rows(), l.Agreements, register.Known{Competencies: l.Competencies, Today: today})
			return listed(list, err, register.OffersTemplate(), Store.ImportOffers)
		}},
		{"standards", register.StandardsTemplate(), false, func(t sheet.Table, l Lists, _ time.Time) (Batch, error) { // before positions, whose columns it may hold
			l.Standards.Classes = l.Classes
			list, err := register.ReadStandards(t.Rows(), l.Standards)
			return listed(list, err, register.StandardsTemplate(), Store.ImportStandards)
		}},
		{"positions", register.TitlesTemplate(), false, func(t sheet.Table, l Lists, _ time.Time) (Batch, error) {
			list, err := register.ReadTitles(t.Rows(), l.Classes)
			return listed(list, err, register.TitlesTemplate(), Store.ImportPositions)
		}},
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
		{"surveys", register.SurveysTemplate(), false, func(t sheet.Table, l Lists, _ time.Time) (Batch, error) { // before holidays: a list of respondents may look like one
			list, err := register.ReadSurveys(t.Rows(), l.Standards.Units)
			return listed(list, err, register.SurveysTemplate(), Store.ImportSurveys)
		}},
		{"holidays", register.HolidaysTemplate(), false, func(t sheet.Table, _ Lists, _ time.Time) (Batch, error) {
			list, err := register.ReadHolidays(t.Rows())
			return listed(list, err, register.HolidaysTemplate(), Store.ImportHolidays)
		}},
	}
}

// trainingKinds are those about trainings and who holds them, and about working days.
func trainingKinds() []kind {
	return []kind{
		{"partners", register.PartnersTemplate(), false, func(t sheet.Table, _ Lists, _ time.Time) (Batch, error) {
			list, err := register.ReadPartners(t.Rows())
			return listed(list, err, register.PartnersTemplate(), Store.ImportPartners)
		}},
		{"trainings", register.TrainingsTemplate(), false, func(t sheet.Table, l Lists, today time.Time) (Batch, error) {
			list, err := register.ReadTrainings(t.Rows(), register.Known{Partners: l.Partners, Competencies: l.Competencies, Units: l.Units, Office: l.Office, Today: today})
			return late(listed(list, err, register.TrainingsTemplate(), Store.ImportTrainings))
		}},
		{"participants", register.NomineesTemplate(), true, func(t sheet.Table, l Lists, today time.Time) (Batch, error) {
			list, err := register.ReadNominees(t.Rows(), l.Known, today)
			return late(listed(list, err, register.NomineesTemplate(), Store.ImportNominees))
		}},
		{"proposals", register.ProposalsTemplate(), false, func(t sheet.Table, l Lists, today time.Time) (Batch, error) {
			list, err := register.ReadProposals(t.Rows(), l.Standards.Units, today)
			return listed(list, err, register.ProposalsTemplate(), Store.ImportProposals)
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
	return append(names, Questionnaires)
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
	if name == Questionnaires {
		return true, sampleQuestionnaire(w)
	}
	k, ok := find(name)
	if !ok {
		return false, nil
	}
	return true, sheet.Write(w, "Bangkom", [][]string{k.headings})
}

// HasNIP tells whether the rows of a kind name people by their NIP.
func HasNIP(name string) bool {
	k, ok := find(name)
	return ok && slices.ContainsFunc(k.headings, func(h string) bool { return strings.Contains(h, "NIP") })
}

// Read reads the first of the tables of a file whose headings are those of the
// named kind. today is the civil date of the agency. Errors are about the file:
// those of packages register and sheet, of the first table when none fits.
func Read(name string, tables []sheet.Table, l Lists, today time.Time) (Batch, error) {
	if name == Questionnaires {
		return readQuestionnaire(tables, l)
	}
	k, ok := find(name)
	if !ok {
		return Batch{}, fmt.Errorf("import: unknown kind %q", name)
	}
	return firstThatFits([]kind{k}, tables, l, today)
}

// Recognise reads the bytes of a file of whatever kind its headings tell. Of a
// file that is of no kind, the error is the one about employees.
func Recognise(body []byte, l Lists, today time.Time) (Batch, error) {
	tables, err := sheet.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return Batch{}, err
	}
	if workbook.Fits(tables) {
		return readQuestionnaire(tables, l)
	}
	return firstThatFits(kinds(), tables, l, today)
}

// firstThatFits looks at table after table: before the data there may be a sheet
// that explains it.
func firstThatFits(kinds []kind, tables []sheet.Table, l Lists, today time.Time) (Batch, error) {
	var first error
	for _, table := range tables {
		for _, k := range kinds {
			b, err := k.read(table, l, today)
			if err == nil {
				b.Kind = k.name
				return b, nil
			}
			if !aboutHeadings(err) {
				return Batch{}, err
			}
			first = cmp.Or(first, err)
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
	r, err := register.Read(table.Rows(), register.Agency{Today: today, Titles: l.Titles, Known: l.Known, Country: l.Country})
	if err != nil {
		return Batch{}, err
	}
	report := Report{Accepted: len(r.People), Refused: r.Refused, Headings: r.Headings, Inactive: r.Inactive, Repeated: r.Repeated,
		InactiveRows: r.InactiveRows, Missing: new(int), RemarkRows: r.RemarkRows, Rounded: r.Rounded, Choices: r.Choices, Hidden: r.Hidden}
	return Batch{report: report, store: func(ctx context.Context, tx Store, now time.Time) (register.Imported, error) {
		return tx.ImportEmployees(ctx, r, now)
	}}, nil
}

// listed makes a batch of a list that was read.
func listed[T any](l register.List[T], err error, headings []string,
	store func(Store, context.Context, []T, time.Time) (register.Imported, error)) (Batch, error) {
	if err != nil {
		return Batch{}, err
	}
	report := Report{Accepted: len(l.Rows), Refused: l.Refused, Headings: headings, Repeated: l.Repeated,
		Rounded: l.Rounded, Choices: l.Choices, Hidden: l.Hidden}
	return Batch{report: report, store: func(ctx context.Context, tx Store, now time.Time) (register.Imported, error) {
		return store(tx, ctx, l.Rows, now)
	}}, nil
}

// late marks a batch whose rows may be refused when they are stored.
func late(b Batch, err error) (Batch, error) {
	b.Late = true
	return b, err
}
