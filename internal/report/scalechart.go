package report

import (
	"errors"
	"fmt"
)

// ScaleChart is a picture of means, each on its own scale from 1: what participants said
// of a training. All texts come from the caller. What it draws is what is written: the
// caller gives rounded values only.
type ScaleChart struct {
	Title    string
	Subtitle string // may be empty
	Rows     []ScaleRow
	Footer   string // may be empty
}

// ScaleRow is one mean.
type ScaleRow struct {
	Name  string
	Text  string  // the value in words, beside the name
	Value float64 // from 1 to Top
	Top   int     // end of the scale
	Low   bool    // the value is only known to lie at the lower end: drawn hatched
	From  float64 // the value is only known to lie between this and Value: drawn hatched; 0 = it is Value
}

// ErrNoScale is returned for a chart without rows.
var ErrNoScale = errors.New("scale chart has no rows")

// Validate refuses no rows (ErrNoScale), too many, a row without a name, and a value
// outside its scale.
func (c ScaleChart) Validate() error {
	if len(c.Rows) == 0 {
		return ErrNoScale
	}
	if len(c.Rows) > maxRows {
		return fmt.Errorf("scale chart has %d rows, at most %d", len(c.Rows), maxRows)
	}
	for n, r := range c.Rows {
		if r.Name == "" || r.Text == "" || r.Top < 2 {
			return fmt.Errorf("scale chart row %d has no name, no text or no scale", n+1)
		}
		if r.Value < 1 || r.Value > float64(r.Top) {
			return fmt.Errorf("scale chart row %d has the value %g of 1 to %d", n+1, r.Value, r.Top)
		}
		if r.From != 0 && (r.From < 1 || r.From > r.Value) {
			return fmt.Errorf("scale chart row %d lies between %g and %g", n+1, r.From, r.Value)
		}
	}
	return nil
}

// PNG draws the chart, 800 pixels wide and as high as its rows need. Equal charts give
// equal bytes. It is safe for concurrent use.
func (c ScaleChart) PNG() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := newCanvas()
	defer p.release()
	var l layout
	y := l.paragraph(p, c.Title, margin, margin, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle) + 14
	for _, r := range c.Rows {
		y = l.bar(p, r.Name, r.Text, y+rowGap)
		y += barHigh
	}
	if c.Footer != "" {
		y = l.paragraph(p, c.Footer, margin, y+24, footerStyle)
	}
	p.open(y + margin)
	for i, r := range c.Rows {
		p.scaleRow(r, l.bars[i])
	}
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw scale chart: %w", err)
	}
	return raw, nil
}

// scaleRow draws a bar on its track, with a thin line at each whole value. A low value
// fills the first part of the track with stripes, and one of which two ends are known the
// part between them: where in it the mean lies is not told.
func (c *canvas) scaleRow(r ScaleRow, top int) {
	at := func(v float64) int { return margin + int((v-1)/float64(r.Top-1)*(width-2*margin)) }
	c.rect(margin, top, width-margin, top+barHigh, track)
	const hatched = 3
	switch {
	case r.Low:
		c.part(hatched, margin, at(2), top, barHigh)
	case r.From != 0:
		c.rect(margin, top, at(r.From), top+barHigh, bar)
		c.part(hatched, at(r.From), at(r.Value), top, barHigh)
	default:
		c.rect(margin, top, at(r.Value), top+barHigh, bar)
	}
	for n := 2; n < r.Top; n++ {
		c.rect(at(float64(n))-1, top, at(float64(n))+1, top+barHigh, paper)
	}
}
