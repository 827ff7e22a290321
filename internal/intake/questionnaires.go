package intake

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

// Questionnaires is the kind whose file is one thing on several sheets: a questionnaire,
// in one of the forms of package workbook.
const Questionnaires = "questionnaires"

// Version is what an import makes of a questionnaire.
type Version struct {
	Code, Title string
	Former, New int // numbers of versions; Former 0 = it is the first; New = Former when nothing changes
	Differences []questionnaire.Difference
	Ignored     []workbook.Ignored // rows and columns that ask nothing, left out
	// Draft is what the version would ask, so that it can be tried before it is applied.
	Draft *questionnaire.Definition
}

// CellHeading is the first of the columns of what is refused in a questionnaire, in which
// a refusal names its cell.
const CellHeading = "SEL"

// faultHeadings are these columns.
var faultHeadings = []string{CellHeading, "ISI"}

// readQuestionnaire reads a workbook, and compares it with the versions that there are. It
// becomes the next version when it says something else than the newest; nothing of it is
// accepted while anything is refused.
func readQuestionnaire(tables []sheet.Table, l Lists) (Batch, error) {
	if !workbook.Fits(tables) {
		return Batch{}, register.ErrNoHeader
	}
	r, err := workbook.Read(tables, l.File)
	if err != nil {
		return Batch{}, err
	}
	if len(r.Faults) == 0 {
		r.Definition = newestOf(l.Questionnaires, r)
		for _, c := range questionnaire.Follows(l.Questionnaires, r.Definition, l.Competencies) {
			r.Faults = append(r.Faults, r.At(c.Item, workbook.Code(c.Code), string(c.Code)))
		}
	}
	b := Batch{Kind: Questionnaires, report: Report{Headings: faultHeadings}}
	for _, f := range r.Faults {
		b.report.Refused = append(b.report.Refused, register.Refusal{Row: f.Row, Code: string(f.Code), Cells: []string{f.Cell(), f.Value}})
	}
	if len(r.Faults) > 0 {
		b.store = func(context.Context, Store, time.Time) (done register.Imported, err error) { return done, nil }
		return b, nil
	}
	next, version, err := numbered(l.Questionnaires, r)
	if err != nil {
		return Batch{}, err
	}
	version.Draft = &next
	b.report.Accepted, b.report.Version = 1, &version
	b.store = func(ctx context.Context, tx Store, now time.Time) (register.Imported, error) {
		if version.New == version.Former {
			return register.Imported{Unchanged: 1}, nil
		}
		return register.Imported{Changed: 1}, tx.ImportQuestionnaire(ctx, next, now)
	}
	return b, nil
}

// newestOf is what was read, as a draft made from the newest version where the file was
// drafted elsewhere and cannot say from which.
func newestOf(all []questionnaire.Definition, r workbook.Reading) questionnaire.Definition {
	for _, d := range all {
		if r.Foreign && d.Code == r.Definition.Code && d.Version > r.Definition.Version {
			r.Definition.Version = d.Version
		}
	}
	return r.Definition
}

// numbered gives what was read the next number, unless it is the newest version itself.
func numbered(all []questionnaire.Definition, r workbook.Reading) (questionnaire.Definition, Version, error) {
	next := r.Definition
	at := slices.IndexFunc(all, func(d questionnaire.Definition) bool { return d.Code == next.Code && d.Version == next.Version })
	if at < 0 { // the first of its code
		next.Version = 1
		return next, Version{Code: next.Code, Title: next.Title, New: 1, Ignored: r.Ignored}, nil
	}
	latest := all[at]
	v := Version{Code: next.Code, Title: next.Title, Former: latest.Version, New: latest.Version, Ignored: r.Ignored}
	former, err := latest.Hash()
	if err != nil {
		return next, v, err
	}
	hash, err := next.Hash()
	if err != nil {
		return next, v, err
	}
	if hash != former {
		next.Version++
		v.New, v.Differences = next.Version, questionnaire.Diff(latest, next)
	}
	return next, v, nil
}

// sampleQuestionnaire writes the shipped self-assessment in the plain form.
func sampleQuestionnaire(w io.Writer) error {
	all, err := questionnaire.Shipped()
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Kind == questionnaire.SelfAssessment {
			return workbook.Write(w, d, workbook.Plain)
		}
	}
	return fmt.Errorf("no questionnaire of kind %s ships", questionnaire.SelfAssessment)
}
