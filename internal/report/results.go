package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
)

// Results is what participants said of a training, to hand to a partner or to file. All
// texts come from the caller, plain but for <b> in Head. A bar is as long as the number
// that is written beside it says: the caller gives rounded values only.
type Results struct {
	Title    string   // of the file
	Letter   []string // letterhead (kop surat), in the middle; a rule stands below it
	Head     []string
	Sections []ResultSection
	Foot     []string // how to read it, in small type
	Page     string   // the word before the number of a page
}

// ResultSection is a part below a heading: bars, then paragraphs.
type ResultSection struct {
	Title string
	Rows  []ScaleRow
	Lines []string
}

const (
	resultMargin = 20.0 // millimetres
	resultWide   = pageWidth - 2*resultMargin
	resultLow    = 276.0 // below this nothing begins
	resultBar    = 3.6
	resultGap    = 2.4
	resultSmall  = 8.5 // points
)

// WriteResults writes a PDF on A4. A heading is not left alone at the foot of a page.
func WriteResults(w io.Writer, r Results) error {
	pdf := newPDF(r.Title, upright)
	pdf.SetMargins(resultMargin, resultMargin-4, resultMargin)
	pdf.AddPage()
	letterhead(pdf, r.Letter, resultWide)
	for _, line := range r.Head {
		writeMarked(pdf, line)
		pdf.Ln(slipLine + 0.6)
	}
	for _, s := range r.Sections {
		r.section(pdf, s)
	}
	pdf.Ln(resultGap)
	for _, line := range r.Foot {
		r.paragraph(pdf, line, resultSmall)
	}
	r.number(pdf)
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// letterhead writes a kop surat with a rule below it; the first line is bold. What the
// agency has not told is left out.
func letterhead(pdf *fpdf.Fpdf, lines []string, wide float64) {
	lines = slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line == "" })
	for i, line := range lines {
		style, size := "", slipFont-1.0 // address, telephone
		switch {
		case i == 0: // the government
			style, size = "B", slipFont+2
		case i == 1 && len(lines) > 2: // the office, where more than its name follows
			style, size = "B", slipFont+3
		}
		pdf.SetFont(slipFace, style, size)
		pdf.MultiCell(wide, slipLine+0.6, line, "", "C", false)
	}
	if len(lines) > 0 {
		left, _, _, _ := pdf.GetMargins()
		pdf.SetLineWidth(0.6)
		pdf.Line(left, pdf.GetY()+1.5, left+wide, pdf.GetY()+1.5)
		pdf.SetLineWidth(0.2)
		pdf.Ln(7)
	}
}

// room begins a page when less than high is left of this one.
func (r Results) room(pdf *fpdf.Fpdf, high float64) {
	if pdf.GetY()+high > resultLow {
		r.number(pdf)
		pdf.AddPage()
	}
}

func (r Results) section(pdf *fpdf.Fpdf, s ResultSection) {
	r.room(pdf, 6*slipLine)
	pdf.Ln(resultGap + 1)
	pdf.SetFont(slipFace, "B", slipFont+1)
	pdf.MultiCell(resultWide, slipLine+0.6, s.Title, "", "L", false)
	pdf.Ln(1)
	for _, row := range s.Rows {
		r.row(pdf, row)
	}
	for _, line := range s.Lines {
		r.paragraph(pdf, line, slipFont)
	}
}

// row writes a name with its value at the right, and the bar below.
func (r Results) row(pdf *fpdf.Fpdf, row ScaleRow) {
	pdf.SetFont(slipFace, "", slipFont)
	const value = 38.0
	lines := pdf.SplitText(row.Name, resultWide-value)
	r.room(pdf, float64(len(lines))*slipLine+resultBar+resultGap)
	y := pdf.GetY()
	pdf.SetFont(slipFace, "B", slipFont)
	pdf.SetXY(pageWidth-resultMargin-value, y)
	pdf.CellFormat(value, slipLine, row.Text, "", 0, "R", false, 0, "")
	pdf.SetFont(slipFace, "", slipFont)
	for i, line := range lines {
		pdf.SetXY(resultMargin, y+float64(i)*slipLine)
		pdf.CellFormat(resultWide-value, slipLine, line, "", 0, "L", false, 0, "")
	}
	y += float64(len(lines))*slipLine + 0.6
	at := func(v float64) float64 { return (v - 1) / float64(row.Top-1) * resultWide }
	fill := func(x, wide float64, shade int) {
		pdf.SetFillColor(shade, shade, shade)
		pdf.Rect(x, y, wide, resultBar, "F")
	}
	fill(resultMargin, resultWide, 228)
	if row.Low { // where in the lowest part the mean lies is not told
		for x := 0.0; x < at(2)-0.8; x += 2 {
			fill(resultMargin+x, 0.8, 90)
		}
	} else {
		fill(resultMargin, at(row.Value), 90)
	}
	for n := 2; n < row.Top; n++ {
		fill(resultMargin+at(float64(n))-0.2, 0.4, 255)
	}
	pdf.SetXY(resultMargin, y+resultBar+resultGap)
}

// paragraph writes lines that may go over to the next page.
func (r Results) paragraph(pdf *fpdf.Fpdf, body string, size float64) {
	pdf.SetFont(slipFace, "", size)
	for _, line := range pdf.SplitText(body, resultWide-2) {
		r.room(pdf, slipLine)
		pdf.SetFont(slipFace, "", size)
		pdf.CellFormat(resultWide, slipLine, line, "", 1, "L", false, 0, "")
	}
	pdf.Ln(1)
}

// number writes the number of the page at its foot.
func (r Results) number(pdf *fpdf.Fpdf) {
	x, y := pdf.GetXY()
	pdf.SetFont(slipFace, "", resultSmall)
	pdf.SetXY(resultMargin, 283)
	pdf.CellFormat(resultWide, slipLine, r.Page+" "+strconv.Itoa(pdf.PageNo()), "", 0, "R", false, 0, "")
	pdf.SetXY(x, y)
}
