package report

import (
	"fmt"
	"io"
	"strconv"
)

// PaperForm is a questionnaire to print. Head and Foot are paragraphs, plain
// but for <b>.
type PaperForm struct {
	Title     string
	Head      []string
	Questions []PaperQuestion
	Foot      string
}

// PaperQuestion is one question with a box before each option. Without options
// there is a line to write on.
type PaperQuestion struct {
	Title, Prompt string
	Options       []string
}

const (
	boxSize     = 3.2 // millimetres
	optionInset = 8.0
	pageBottom  = 282.0
	paragraph   = 2.0 // between paragraphs
)

// WriteForm writes a PDF on A4. A question is not broken over two pages.
func WriteForm(w io.Writer, f PaperForm) error {
	pdf := newPDF(f.Title, upright)
	pdf.SetMargins(slipMargin+4, slipMargin+4, slipMargin+4)
	pdf.AddPage()
	for _, line := range f.Head {
		if line == "" { // the agency has not told its name
			continue
		}
		writeMarked(pdf, line)
		pdf.Ln(slipLine + paragraph)
	}
	left, _, right, _ := pdf.GetMargins()
	width := pageWidth - left - right - optionInset
	for i, q := range f.Questions {
		height := 2*slipLine + paragraph
		for _, o := range q.Options {
			height += float64(len(pdf.SplitText(o, width))) * slipLine
		}
		if pdf.GetY()+height > pageBottom {
			pdf.AddPage()
		}
		pdf.Ln(paragraph)
		writeMarked(pdf, strconv.Itoa(i+1)+". <b>"+q.Title+"</b>")
		pdf.Ln(slipLine)
		writeMarked(pdf, q.Prompt)
		pdf.Ln(slipLine + 0.5)
		for _, o := range q.Options {
			y := pdf.GetY()
			pdf.Rect(left+2, y+0.7, boxSize, boxSize, "D")
			pdf.SetXY(left+optionInset, y)
			pdf.MultiCell(width, slipLine, o, "", "L", false)
		}
		if len(q.Options) == 0 {
			pdf.Ln(slipLine)
			pdf.Line(left, pdf.GetY(), pageWidth-right, pdf.GetY())
		}
	}
	pdf.Ln(2 * paragraph)
	writeMarked(pdf, f.Foot)
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	return nil
}
