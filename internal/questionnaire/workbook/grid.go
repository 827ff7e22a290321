package workbook

import (
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/measure"
	"bangkom/internal/sheet"
)

// maxRows bounds a sheet: nine rated questions with six statements each, and room.
const maxRows = 500

// shownValue is how much of a cell a refusal repeats, in UTF-16 units.
const shownValue = 60

// grid is one sheet: its headings, and its rows by heading.
type grid struct {
	sheet   string
	columns map[string]int // normalised heading to column, from 0
	order   []string       // the headings as they stand, from the left
	rows    []gridRow
}

// gridRow is one row that holds something.
type gridRow struct {
	number int
	cells  []sheet.Cell
}

// at is the cell of a row under the first of the headings that the sheet has.
func (g *grid) at(r gridRow, headings ...string) (text string, column int) {
	for _, h := range headings {
		if c, ok := g.columns[h]; ok {
			if c < len(r.cells) {
				return r.cells[c].Text, c + 1
			}
			return "", c + 1
		}
	}
	return "", 0
}

// bound are the columns that old forms write as "bind:relevant", under the names of today.
var bound = map[string]string{"relevant": "relevant", "required": "required", "constraint": "constraint", "calculate": "calculation", "readonly": "read_only"}

// heading is how headings are compared: lower case, single spaces, none around "::".
func heading(s string) string {
	s = strings.Join(strings.Fields(strings.ToLower(s)), " ")
	// "label:english" is how languages were written before 2014, and how old forms still do.
	if before, after, two := strings.Cut(s, ":"); two {
		before, after = strings.TrimSpace(before), strings.TrimSpace(strings.TrimLeft(after, ":"))
		if word, ok := bound[after]; ok && before == "bind" {
			return word
		}
		s = before + "::" + after
	}
	return s
}

// readGrid reads a sheet; nil = there is none.
func (b *builder) readGrid(t sheet.Table, name string) (*grid, error) {
	if t == nil {
		return nil, nil
	}
	g := &grid{sheet: name, columns: map[string]int{}}
	for row, err := range t.Rows() {
		if err != nil {
			return nil, err
		}
		if len(g.order) == 0 {
			b.headings(g, row)
			continue
		}
		if len(g.rows) == maxRows {
			b.fault(Fault{Code: TooManyRows, Sheet: name, Row: row.Number, Detail: "more than " + strconv.Itoa(maxRows) + " rows"})
			break
		}
		r := gridRow{number: row.Number, cells: append([]sheet.Cell(nil), row.Cells...)}
		for c, cell := range r.cells {
			if (cell.Formula || cell.Error) && c < len(g.order) && b.reads(g.order[c]) {
				b.fault(Fault{Code: HasFormula, Sheet: name, Row: row.Number, Column: c + 1, Value: cell.Text, Detail: "a formula"})
			}
		}
		g.rows = append(g.rows, r)
	}
	return g, nil
}

// understood are the columns of XLSForm that are read; a formula elsewhere does no harm.
var understood = []string{"type", "name", "value", "label", "hint", "required", "relevant", "relevance", "list_name", "list name", "form_title", "form_id"}

// reads tells whether what stands under a heading is read.
func (b *builder) reads(h string) bool {
	word, _, _ := strings.Cut(h, "::")
	return b.form == Plain || slices.Contains(understood, word) || slices.Contains(refused, word) || strings.HasPrefix(word, "bangkom_")
}

func (b *builder) headings(g *grid, row sheet.Row) {
	for c, cell := range row.Cells {
		h := heading(cell.Text)
		g.order = append(g.order, h)
		if h == "" {
			continue
		}
		if _, twice := g.columns[h]; twice {
			b.fault(Fault{Code: TwoColumns, Sheet: g.sheet, Row: row.Number, Column: c + 1, Value: cell.Text, Detail: "the heading stands twice"})
			continue
		}
		g.columns[h] = c
	}
}

// needs refuses a sheet without one of the columns; a column may go by several headings.
func (b *builder) needs(g *grid, columns ...[]string) bool {
	whole := true
	for _, names := range columns {
		found := false
		for _, n := range names {
			_, ok := g.columns[n]
			found = found || ok
		}
		if !found {
			whole = false
			b.fault(Fault{Code: NoColumn, Sheet: g.sheet, Row: 1, Value: names[0], Detail: "no column " + names[0]})
		}
	}
	return whole
}

func (b *builder) fault(f Fault) {
	f.Value = measure.Cut(f.Value, shownValue)
	b.faults = append(b.faults, f)
}

func sheetRow(n int) string { return strconv.Itoa(n) }
