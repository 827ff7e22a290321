// Package workbook reads and writes questionnaires as spreadsheets, so that the personnel
// office can change a question without a developer: in a plain form of its own (sheets
// PERTANYAAN, PILIHAN, PENGATURAN), and as a strict subset of XLSForm (survey, choices,
// settings; https://xlsform.org), in which a questionnaire can be drafted and previewed in
// KoboToolbox or ODK and shared with other agencies.
//
// What is written reads back as the same definition, with the same Hash. Whatever is
// outside of what is understood is refused with its cell; nothing is guessed.
package workbook

import (
	"cmp"
	"slices"
	"strings"

	"bangkom/internal/questionnaire"
	"bangkom/internal/sheet"

	"github.com/xuri/excelize/v2"
)

// Form is how a workbook is laid out.
type Form string

// The forms.
const (
	Plain   Form = "plain"   // the sheets PERTANYAAN, PILIHAN, PENGATURAN
	XLSForm Form = "xlsform" // the sheets survey, choices, settings
)

// Code names why something is refused; each has a sentence in the catalogue ("refused."
// and the code in lower case).
type Code string

// The codes of refusals.
const (
	TwoSheets     Code = "FORM_SHEETS"    // two sheets of one name, or of both forms
	NoSheet       Code = "FORM_EMPTY"     // a sheet that is needed is not there
	NoColumn      Code = "FORM_COLUMN"    // a column that is needed is not there
	TwoColumns    Code = "FORM_HEADING"   // a heading stands twice
	HasFormula    Code = "FORM_FORMULA"   // a formula where a text is due
	TooManyRows   Code = "FORM_ROWS"      // far more rows than a questionnaire has
	BadName       Code = "FORM_CODE"      // a code is missing or malformed
	BadValue      Code = "FORM_VALUE"     // a choice whose stored value is missing or malformed
	DoubleName    Code = "FORM_DOUBLE"    // a code is used twice
	BadType       Code = "FORM_TYPE"      // a type of question that is not understood
	NoList        Code = "FORM_LIST"      // a list of choices that is not there
	NoText        Code = "FORM_TEXT"      // a text is missing
	BadFlag       Code = "FORM_FLAG"      // neither yes nor no
	BadNumber     Code = "FORM_NUMBER"    // no whole number
	BadExpression Code = "FORM_CONDITION" // a condition that is not understood
	NoSuchItem    Code = "FORM_ITEM"      // a condition about a question that is not there
	LaterItem     Code = "FORM_LATER"     // a condition about this or a later question
	NoSuchValue   Code = "FORM_ANSWER"    // a condition about an answer that cannot be given
	Levels        Code = "FORM_LEVELS"    // statements that are not 1 to 5, or 0 to 5
	Reference     Code = "FORM_REFERENCE" // another answer inside a text
	TwoTexts      Code = "FORM_LAST"      // more than one free text, or not at the end
	TooManyRated  Code = "FORM_NINE"      // more than questionnaire.MaxRated
	BadSetting    Code = "FORM_SETTING"   // a setting is missing or malformed
	TooManyChoose Code = "FORM_CHOICES"   // fewer than two choices, or more than nine
	SurveyText    Code = "FORM_UNREAD"    // a free text in a survey, which nobody could read
	MustText      Code = "FORM_OPTIONAL"  // a free text that may not be left out
	TooLong       Code = "FORM_LONG"      // a choice that is longer than a line
	Unfit         Code = "FORM_UNFIT"     // anything else that package questionnaire refuses
)

// Fault is one thing that is refused.
type Fault struct {
	Code   Code
	Sheet  string
	Row    int    // as the spreadsheet shows it, from 1; 0 = the whole sheet
	Column int    // from 1; 0 = the whole row
	Value  string // what stands there
	Detail string // for the log and the command line, in English
}

// Cell is where it stands, as a spreadsheet names it ("survey!C7", "survey!7", "survey").
func (f Fault) Cell() string {
	if f.Row == 0 {
		return f.Sheet
	}
	if f.Column == 0 {
		return f.Sheet + "!" + sheetRow(f.Row)
	}
	name, err := excelize.CoordinatesToCellName(f.Column, f.Row)
	if err != nil {
		return f.Sheet
	}
	return f.Sheet + "!" + name
}

// Ignored is a row or a column that was left out on purpose, which is told.
type Ignored struct {
	Cell string // where it stands
	What string // what stands there, such as "start"
}

// Reading is what a workbook says. Definition is zero when there are faults.
type Reading struct {
	Form       Form
	Definition questionnaire.Definition
	Faults     []Fault // in the order of the sheets and rows
	Ignored    []Ignored
	// Foreign: it was drafted elsewhere, and says nothing of the version that it was made
	// from; Definition.Version is 1. It is a survey.
	Foreign bool
	cells   map[string]Fault // where each item stands
}

// At is a fault about an item of the definition, or with "" about the whole, at its cell.
func (r Reading) At(item string, code Code, detail string) Fault {
	f, ok := r.cells[item]
	if !ok {
		f = r.cells[""]
	}
	f.Code, f.Value, f.Detail = code, item, detail
	return f
}

// Fits tells whether a file with these tables is a questionnaire of one of the forms.
func Fits(tables []sheet.Table) bool {
	return named(tables, plainSheets[0]) != nil || named(tables, xlsSheets[0]) != nil
}

// The names of the sheets: questions, choices, settings.
var (
	plainSheets = [3]string{"PERTANYAAN", "PILIHAN", "PENGATURAN"}
	xlsSheets   = [3]string{"survey", "choices", "settings"}
)

// named is the first table of that name, nil when there is none. Spreadsheet programs
// hold names apart that differ in more than their case.
func named(tables []sheet.Table, name string) sheet.Table {
	for _, t := range tables {
		if strings.EqualFold(strings.TrimSpace(t.Name()), name) {
			return t
		}
	}
	return nil
}

// Read reads a workbook of either form. file is the name of the file without its ending,
// which names an XLSForm that has no name itself, as ODK does it; "" = is not known. An
// error is about the file (package sheet); what is wrong in it is in Faults, all at once.
func Read(tables []sheet.Table, file string) (Reading, error) {
	form, sheets := Plain, plainSheets
	if named(tables, xlsSheets[0]) != nil {
		form, sheets = XLSForm, xlsSheets
	}
	b := &builder{form: form, sheets: sheets, file: file}
	if form == XLSForm && named(tables, plainSheets[0]) != nil {
		b.fault(Fault{Code: TwoSheets, Sheet: plainSheets[0], Detail: "the workbook holds both forms"})
	}
	var grids [3]*grid
	for i, name := range sheets {
		if n := count(tables, name); n > 1 {
			b.fault(Fault{Code: TwoSheets, Sheet: name, Detail: "two sheets of one name"})
		}
		g, err := b.readGrid(named(tables, name), name)
		if err != nil {
			return Reading{}, err
		}
		grids[i] = g
	}
	if form == XLSForm {
		b.xlsform(grids)
	} else {
		b.plain(grids)
	}
	d := b.definition()
	r := Reading{Form: form, Faults: b.faults, Ignored: b.ignored, Foreign: b.foreign, cells: map[string]Fault{"": {Sheet: sheets[2]}}}
	for _, q := range b.questions {
		r.cells[q.code.value] = Fault{Sheet: sheets[0], Row: q.row, Column: q.code.column}
	}
	if len(r.Faults) == 0 {
		r.Definition = d
	}
	slices.SortStableFunc(r.Faults, func(x, y Fault) int {
		return cmp.Or(slices.Index(sheets[:], x.Sheet)-slices.Index(sheets[:], y.Sheet), x.Row-y.Row)
	})
	return r, nil
}

func count(tables []sheet.Table, name string) (n int) {
	for _, t := range tables {
		if strings.EqualFold(strings.TrimSpace(t.Name()), name) {
			n++
		}
	}
	return n
}
