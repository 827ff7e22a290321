package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// Recap is a document of one unit that somebody signs: what it is about, a table of needs,
// a table of what is proposed, and the place to sign. All texts come from the caller.
type Recap struct {
	Letterhead    []string // kop surat, in the middle, from the configuration; the first line is bold
	Title, Unit   string
	Facts         [][2]string // what and how much: coverage, dates, where the figures come from
	NeedsTitle    string      // above the first table; may be empty
	Head          []string    // of the columns of the needs
	Needs         [][]string  // as many cells in each row as there are in Head
	ProposalTitle string      // above the second table; may be empty
	ProposalHead  []string
	Proposals     [][]string
	More          []RecapTable // below those two
	Notes         []string     // below the tables, in small type: sources and how to read it
	Sign          SignBlock
	Page          string // the word before the number of a page; "" = Unit alone
}

// RecapTable is a further table of a recap; without rows it is left out.
type RecapTable struct {
	Title string
	Head  []string
	Rows  [][]string // as many cells in each as there are in Head
}

// SignBlock is the place to sign (blok tanda tangan): lines below each other, with room for
// signature and stamp above the name. Lines that are empty are left out.
type SignBlock struct {
	Place     string // place and date
	Title     string // the office of who signs
	Name      string // "" = a line to write it on
	Rank, NIP string
}

const (
	recapFont   = 9.0  // points
	recapLine   = 4.2  // millimetres
	recapInset  = 1.1  // between a cell's border and its text
	recapFact   = 46.0 // how wide the names of facts are
	recapSign   = 76.0 // how wide the place to sign is
	recapRoom   = 20.0 // room for signature and stamp
	recapNarrow = 12.0 // no column is narrower
)

// WritePDF writes the recap on A4. The head of a table stands on each of its pages, a row is
// not broken over two, and the place to sign never stands on a page by itself where there
// are notes. Each page is numbered, with how many there are, because it is signed.
func (r Recap) WritePDF(w io.Writer) error {
	pdf := newPDF(r.Title+" "+r.Unit, upright)
	pdf.SetMargins(resultMargin, resultMargin-4, resultMargin)
	pdf.AddPage()
	letterhead(pdf, r.Letterhead, resultWide)
	pdf.SetFont(slipFace, "B", slipFont+2)
	pdf.MultiCell(resultWide, slipLine+1, r.Title, "", "C", false)
	pdf.SetFont(slipFace, "B", slipFont)
	pdf.MultiCell(resultWide, slipLine+1, r.Unit, "", "C", false)
	pdf.Ln(3)
	for _, f := range r.Facts {
		r.fact(pdf, f)
	}
	r.table(pdf, r.NeedsTitle, r.Head, r.Needs)
	r.table(pdf, r.ProposalTitle, r.ProposalHead, r.Proposals)
	for _, t := range r.More {
		r.table(pdf, t.Title, t.Head, t.Rows)
	}
	r.end(pdf)
	r.number(pdf)
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("write recap: %w", err)
	}
	return nil
}

// fact writes a name with what belongs to it at its right.
func (r Recap) fact(pdf *fpdf.Fpdf, f [2]string) {
	pdf.SetFont(slipFace, "", slipFont)
	name, value := pdf.SplitText(f[0], recapFact-2), pdf.SplitText(f[1], resultWide-recapFact-4)
	for i := range max(len(name), len(value)) {
		room(pdf, slipLine)
		y := pdf.GetY()
		for _, part := range []struct {
			x     float64
			lines []string
		}{{0, name}, {recapFact, value}} {
			if i < len(part.lines) {
				text := part.lines[i]
				if i == 0 && part.x > 0 {
					text = ": " + text
				} else if part.x > 0 {
					text = "  " + text
				}
				pdf.SetXY(resultMargin+part.x, y)
				pdf.CellFormat(resultWide-part.x, slipLine, text, "", 0, "L", false, 0, "")
			}
		}
		pdf.SetXY(resultMargin, y+slipLine)
	}
	pdf.Ln(0.6)
}

// room begins a page when less than high is left of this one, and tells so.
func room(pdf *fpdf.Fpdf, high float64) (turned bool) {
	if pdf.GetY()+high <= resultLow {
		return false
	}
	pdf.AddPage()
	return true
}

// table writes a table; without rows there is none.
func (r Recap) table(pdf *fpdf.Fpdf, title string, head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	wide := columnWidths(pdf, head, rows)
	pdf.Ln(4)
	room(pdf, slipLine+1+rowHigh(pdf, head, wide, "B")+rowHigh(pdf, rows[0], wide, ""))
	if title != "" {
		pdf.SetFont(slipFace, "B", slipFont)
		pdf.CellFormat(resultWide, slipLine+1.5, title, "", 1, "L", false, 0, "")
	}
	cells(pdf, head, wide, "B")
	for _, row := range rows {
		if room(pdf, rowHigh(pdf, row, wide, "")) {
			cells(pdf, head, wide, "B")
		}
		cells(pdf, row, wide, "")
	}
}

// columnWidths shares the width of a page: no column is narrower than its longest word, short
// columns get what they need, and long ones share the rest by their length.
func columnWidths(pdf *fpdf.Fpdf, head []string, rows [][]string) []float64 {
	least, full := make([]float64, len(head)), make([]float64, len(head))
	around := 2*recapInset + 2*pdf.GetCellMargin() + 0.1 // lines are split as inside a cell
	measure := func(row []string, style string) {
		pdf.SetFont(slipFace, style, recapFont)
		for i := range head {
			full[i] = max(full[i], pdf.GetStringWidth(row[i])+around)
			for word := range strings.FieldsSeq(row[i]) {
				least[i] = max(least[i], recapNarrow, pdf.GetStringWidth(word)+around)
			}
		}
	}
	measure(head, "B")
	for _, row := range rows {
		measure(row, "")
	}
	level(least)
	left, wanted := resultWide, 0.0
	for i := range head {
		left -= least[i]
		wanted += max(0, full[i]-least[i])
	}
	for i := range head {
		if wanted > 0 {
			least[i] += left * max(0, full[i]-least[i]) / wanted
		} else {
			least[i] += left / float64(len(head))
		}
	}
	return least
}

// level cuts the widest columns down until all of them fit: words that are longer are broken.
func level(wide []float64) {
	for most := resultWide; ; most -= 1 {
		sum := 0.0
		for i := range wide {
			wide[i] = min(wide[i], most)
			sum += wide[i]
		}
		if sum <= resultWide {
			return
		}
	}
}

// rowHigh is how much room a row takes.
func rowHigh(pdf *fpdf.Fpdf, row []string, wide []float64, style string) float64 {
	pdf.SetFont(slipFace, style, recapFont)
	lines := 1
	for i, w := range wide {
		lines = max(lines, len(pdf.SplitText(row[i], w-2*recapInset)))
	}
	return float64(lines)*recapLine + 2*recapInset
}

// cells writes a row; the one in bold has a ground.
func cells(pdf *fpdf.Fpdf, row []string, wide []float64, style string) {
	high := rowHigh(pdf, row, wide, style)
	x, y := resultMargin, pdf.GetY()
	drawn := map[bool]string{true: "FD", false: "D"}[style != ""]
	pdf.SetFillColor(228, 228, 228)
	for i, w := range wide {
		pdf.Rect(x, y, w, high, drawn)
		for n, line := range pdf.SplitText(row[i], w-2*recapInset) {
			pdf.SetXY(x+recapInset, y+recapInset+float64(n)*recapLine)
			pdf.CellFormat(w-2*recapInset, recapLine, line, "", 0, "L", false, 0, "")
		}
		x += w
	}
	pdf.SetXY(resultMargin, y+high)
}

// end writes the notes and the place to sign, all of it on one page.
func (r Recap) end(pdf *fpdf.Fpdf) {
	pdf.SetFont(slipFace, "", resultSmall)
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, pdf.SplitText(n, resultWide-2)...)
	}
	pdf.Ln(4)
	room(pdf, float64(len(notes))*recapLine+recapRoom+7*slipLine+2)
	for _, line := range notes {
		room(pdf, recapLine)
		pdf.CellFormat(resultWide, recapLine, line, "", 1, "L", false, 0, "")
	}
	pdf.Ln(4)
	room(pdf, recapRoom+5*slipLine)
	left := pageWidth - resultMargin - recapSign
	write := func(text, style string) {
		pdf.SetFont(slipFace, style, slipFont)
		pdf.SetX(left)
		if text != "" {
			pdf.MultiCell(recapSign, slipLine, text, "", "L", false)
		}
	}
	write(r.Sign.Place, "")
	write(r.Sign.Title, "")
	pdf.Ln(recapRoom)
	if r.Sign.Name == "" {
		pdf.Line(left+pdf.GetCellMargin(), pdf.GetY(), left+recapSign-10, pdf.GetY())
		pdf.Ln(1)
	} else {
		write(r.Sign.Name, "BU")
	}
	write(r.Sign.Rank, "")
	write(r.Sign.NIP, "")
}

// number writes the unit, and the number of the page and how many there are, at each foot.
func (r Recap) number(pdf *fpdf.Fpdf) {
	pdf.SetFont(slipFace, "", resultSmall)
	all := pdf.PageNo()
	unit := r.Unit
	if lines := pdf.SplitText(unit, resultWide-40); len(lines) > 1 {
		unit = lines[0] + "..."
	}
	for n := 1; n <= all; n++ {
		pdf.SetPage(n)
		pdf.SetFont(slipFace, "", resultSmall)
		pdf.SetXY(resultMargin, 283)
		pdf.CellFormat(resultWide-40, slipLine, unit, "", 0, "L", false, 0, "")
		pdf.CellFormat(40, slipLine, strings.TrimSpace(r.Page+" "+strconv.Itoa(n)+"/"+strconv.Itoa(all)), "", 0, "R", false, 0, "")
	}
}
