package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode/qr"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Slip is a sheet for one person, to be cut off, folded and handed out. Lines
// are plain but for <b>, which must be closed on the same line.
type Slip struct {
	Lines []string
	QR    string // what the square code says; "" = there is none
}

// The layout of a page of slips, in millimetres. Three fit on A4 with lines to
// cut along.
const (
	slipsPerPage = 3
	slipHeight   = 97.0
	slipMargin   = 12.0
	slipQR       = 34.0
	pageWidth    = 210.0
	slipFont     = 10.0 // points
	slipLine     = 4.6
	slipGap      = 1.2 // between lines
)

const slipFace = "Go"

// WriteSlips writes a PDF with all slips in their order. Without slips the file
// has one empty page.
func WriteSlips(w io.Writer, title string, slips []Slip) error {
	pdf := newPDF(title, upright)
	for i, s := range slips {
		if i%slipsPerPage == 0 {
			pdf.AddPage()
		}
		top := float64(i%slipsPerPage) * slipHeight
		if i%slipsPerPage > 0 {
			pdf.SetDashPattern([]float64{1, 2}, 0)
			pdf.Line(0, top+2, pageWidth, top+2)
			pdf.SetDashPattern(nil, 0)
		}
		if err := drawSlip(pdf, i, top+slipMargin-2, s); err != nil {
			return err
		}
	}
	if len(slips) == 0 {
		pdf.AddPage()
	}
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("write slips: %w", err)
	}
	return nil
}

// How a page lies.
const (
	upright = "P"
	turned  = "L"
)

func newPDF(title, lies string) *fpdf.Fpdf {
	pdf := fpdf.New(lies, "mm", "A4", "")
	pdf.SetTitle(title, true)
	pdf.AddUTF8FontFromBytes(slipFace, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(slipFace, "B", gobold.TTF)
	pdf.SetFont(slipFace, "", slipFont)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetLineWidth(0.2)
	return pdf
}

func drawSlip(pdf *fpdf.Fpdf, number int, top float64, s Slip) error {
	right := slipMargin
	if s.QR != "" {
		right += slipQR + 6
		code, err := qrPNG(s.QR)
		if err != nil {
			return err
		}
		name := "qr" + strconv.Itoa(number)
		pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(code))
		pdf.ImageOptions(name, pageWidth-slipMargin-slipQR, top, slipQR, slipQR, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	}
	pdf.SetMargins(slipMargin, 0, right)
	pdf.SetXY(slipMargin, top)
	for _, line := range s.Lines {
		writeMarked(pdf, line)
		pdf.Ln(slipLine + slipGap)
	}
	return nil
}

// writeMarked writes a paragraph in which <b> is bold.
func writeMarked(pdf *fpdf.Fpdf, line string) {
	for i, part := range strings.Split(strings.ReplaceAll(line, "</b>", "<b>"), "<b>") {
		style := ""
		if i%2 == 1 {
			style = "B"
		}
		pdf.SetFont(slipFace, style, slipFont)
		pdf.Write(slipLine, part)
	}
}

// quiet is the white border of a square code, in modules (ISO/IEC 18004).
const quiet = 4

// qrPNG draws a square code of one pixel a module, black on white.
func qrPNG(content string) ([]byte, error) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	side := code.Bounds().Dx()
	img := image.NewPaletted(image.Rect(0, 0, side+2*quiet, side+2*quiet), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				img.SetColorIndex(x+quiet, y+quiet, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	return b.Bytes(), nil
}
