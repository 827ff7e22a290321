package handlers_test

import (
	"bytes"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/sheet"
)

// sendQuestionnaire sends what ships as a spreadsheet, with other cells: "CODE: SHEET!CELL =
// text | …". Cells of the sheets survey, choices and settings make it an XLSForm.
func (p *play) sendQuestionnaire(who int64, what string) {
	p.t.Helper()
	code, changes, _ := strings.Cut(what, ": ")
	all, err := questionnaire.Shipped()
	if err != nil {
		p.t.Fatal(err)
	}
	form := workbook.Plain
	if strings.Contains(changes, "survey!") {
		form = workbook.XLSForm
	}
	at := slices.IndexFunc(all, func(d questionnaire.Definition) bool { return d.Code == code })
	if at < 0 {
		p.t.Fatalf("no questionnaire %q ships", code)
	}
	var file bytes.Buffer
	if err := workbook.Write(&file, all[at], form); err != nil {
		p.t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		p.t.Fatal(err)
	}
	defer book.Close()
	for change := range strings.SplitSeq(changes, " | ") {
		place, value, _ := strings.Cut(change, " = ")
		sheet, cell, ok := strings.Cut(place, "!")
		if !ok {
			continue
		}
		if err := book.SetCellValue(sheet, cell, value); err != nil {
			p.t.Fatal(err)
		}
	}
	file.Reset()
	if err := book.Write(&file); err != nil {
		p.t.Fatal(err)
	}
	p.fake.SendDocument(who, "kuesioner.xlsx", file.Bytes())
}

// sendForm sends an XLSForm as other tools write it: "FILE: row ; row // row ; row" are the
// rows of the sheets survey and choices, with their cells parted by bars.
func (p *play) sendForm(who int64, what string) {
	p.t.Helper()
	name, rows, _ := strings.Cut(what, ": ")
	survey, choices, _ := strings.Cut(rows, " // ")
	page := func(name, rows string, heads ...string) sheet.Page {
		out := sheet.Page{Name: name, Rows: [][]string{heads}}
		for row := range strings.SplitSeq(rows, " ; ") {
			out.Rows = append(out.Rows, strings.Split(row, " | "))
		}
		return out
	}
	var file bytes.Buffer
	if err := sheet.WriteBook(&file, page("survey", survey, "type", "name", "label", "relevant"), page("choices", choices, "list_name", "name", "label")); err != nil {
		p.t.Fatal(err)
	}
	p.fake.SendDocument(who, name+".xlsx", file.Bytes())
}
