package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
)

// Table is a list to print: a list to sign (daftar hadir), or the people of a letter
// (lampiran surat tugas). All texts come from the caller, plain but for <b> in Head.
type Table struct {
	Title   string   // of the file
	Letter  []string // letterhead (kop surat), in the middle; the last line stands above a rule
	Head    []string // below it, from the left
	Columns []Column
	Rows    [][]string // as many cells as there are columns
	Empty   int        // numbered rows for people who are added by hand
	Foot    []string   // where somebody signs, at the right; the second line stands above the room to sign
	Page    string     // the word before the number of a page
}

// Column is a column of a Table. The first one is numbered for empty rows too.
type Column struct {
	Name string
	Wide float64 // millimetres; all together tableWide
}

// TableWide is how wide the columns of a table are together, in millimetres: A4, turned.
const TableWide = 273.0

const (
	tableMargin = 12.0
	tableLow    = 188.0 // below this no row begins
	tableFont   = 9.0   // points
	tableLine   = 4.2   // millimetres
	tableRow    = 9.0   // the least height of a row: room to sign
	tableSign   = 18.0  // room to sign below the list
	cellInset   = 1.5
)

// WriteTable writes a PDF on A4, turned. The headings stand on every page, a row is not
// broken over two.
func WriteTable(w io.Writer, t Table) error {
	pdf := newPDF(t.Title, turned)
	pdf.SetMargins(tableMargin, tableMargin, tableMargin)
	pdf.AddPage()
	t.Letter = slices.DeleteFunc(slices.Clone(t.Letter), func(line string) bool { return line == "" }) // what the agency has not told
	for i, line := range t.Letter {
		style := ""
		if i == 0 {
			style = "B"
		}
		pdf.SetFont(slipFace, style, slipFont+2)
		pdf.CellFormat(TableWide, slipLine+1, line, "", 1, "C", false, 0, "")
	}
	if len(t.Letter) > 0 {
		pdf.Line(tableMargin, pdf.GetY()+1, tableMargin+TableWide, pdf.GetY()+1)
		pdf.Ln(4)
	}
	for _, line := range t.Head {
		writeMarked(pdf, line)
		pdf.Ln(slipLine + 0.6)
	}
	pdf.Ln(2)
	t.heading(pdf)
	for _, row := range t.Rows {
		t.row(pdf, row)
	}
	for i := range t.Empty {
		row := make([]string, len(t.Columns))
		row[0] = strconv.Itoa(len(t.Rows) + i + 1)
		t.row(pdf, row)
	}
	t.signs(pdf)
	t.number(pdf)
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// heading writes the names of the columns.
func (t Table) heading(pdf *fpdf.Fpdf) {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	t.cells(pdf, names, "B")
}

func (t Table) row(pdf *fpdf.Fpdf, row []string) {
	pdf.SetFont(slipFace, "", tableFont)
	if pdf.GetY()+t.high(pdf, row) > tableLow {
		t.number(pdf)
		pdf.AddPage()
		t.heading(pdf)
	}
	t.cells(pdf, row, "")
}

// high is how much room a row takes.
func (t Table) high(pdf *fpdf.Fpdf, row []string) float64 {
	lines := 1
	for i, c := range t.Columns {
		lines = max(lines, len(pdf.SplitText(row[i], c.Wide-2*cellInset)))
	}
	return max(tableRow, float64(lines)*tableLine+2*cellInset)
}

func (t Table) cells(pdf *fpdf.Fpdf, row []string, style string) {
	pdf.SetFont(slipFace, style, tableFont)
	x, y, high := tableMargin, pdf.GetY(), t.high(pdf, row)
	for i, c := range t.Columns {
		pdf.Rect(x, y, c.Wide, high, "D")
		for n, line := range pdf.SplitText(row[i], c.Wide-2*cellInset) {
			pdf.SetXY(x+cellInset, y+cellInset+float64(n)*tableLine)
			pdf.CellFormat(c.Wide-2*cellInset, tableLine, line, "", 0, "L", false, 0, "")
		}
		x += c.Wide
	}
	pdf.SetXY(tableMargin, y+high)
}

// signs writes where somebody signs for the whole list, all of it on one page.
func (t Table) signs(pdf *fpdf.Fpdf) {
	if len(t.Foot) == 0 {
		return
	}
	if pdf.GetY()+tableSign+float64(len(t.Foot)+1)*slipLine > tableLow+8 {
		t.number(pdf)
		pdf.AddPage()
	}
	pdf.Ln(4)
	pdf.SetFont(slipFace, "", tableFont)
	for i, line := range t.Foot {
		pdf.SetX(tableMargin + TableWide*2/3)
		pdf.CellFormat(TableWide/3, slipLine, line, "", 1, "L", false, 0, "")
		if i == 1 {
			pdf.Ln(tableSign)
		}
	}
}

// number writes the number of the page at its foot.
func (t Table) number(pdf *fpdf.Fpdf) {
	x, y := pdf.GetXY()
	pdf.SetFont(slipFace, "", tableFont-1)
	pdf.SetXY(tableMargin, 200)
	pdf.CellFormat(TableWide, tableLine, t.Page+" "+strconv.Itoa(pdf.PageNo()), "", 0, "R", false, 0, "")
	pdf.SetXY(x, y)
}
