package report

import (
	"fmt"

	"github.com/boombuler/barcode/qr"
	"github.com/go-analyze/charts"
)

// CodeCard is the picture of a code of attendance (kode hadir), for a projector: the
// digits to type and a square code to scan. All texts come from the caller.
type CodeCard struct {
	Title    string // of the training
	Subtitle string // of the session
	Code     string // digits, in groups
	Until    string // how long it works
	QR       string // what the square code says
}

// The look of a code card, in pixels.
const (
	codeQR  = 480 // side of the square code, at most
	codeGap = 20
)

var codeStyle = style{120, ink, charts.FontFamilyNotoSansBold}

// PNG draws the card, 800 pixels wide. It is safe for concurrent use.
func (c CodeCard) PNG() ([]byte, error) {
	code, err := qr.Encode(c.QR, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("draw code card: %w", err)
	}
	modules := code.Bounds().Dx()
	module := codeQR / (modules + 2*quiet)
	side := module * (modules + 2*quiet)
	p := newCanvas()
	defer p.release()
	var l layout
	y := l.paragraph(p, c.Title, margin, margin, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle) + codeGap
	l.texts = append(l.texts, line{c.Code, (width - p.wide(c.Code, codeStyle)) / 2, y + baseline(codeStyle), codeStyle})
	y += lineHigh(codeStyle)
	l.texts = append(l.texts, line{c.Until, (width - p.wide(c.Until, textStyle)) / 2, y + baseline(textStyle), textStyle})
	y += lineHigh(textStyle)
	p.open(y + side + margin)
	left := (width - side) / 2
	for row := range modules {
		for column := range modules {
			if r, _, _, _ := code.At(column, row).RGBA(); r == 0 {
				x, top := left+(column+quiet)*module, y+(row+quiet)*module
				p.rect(x, top, x+module, top+module, ink+rampSteps-1)
			}
		}
	}
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw code card: %w", err)
	}
	return raw, nil
}
