package report

import (
	"errors"
	"fmt"
	"strconv"
)

// EffectChart is the picture of what citizens said before and after a training: a bar for
// the later figure of each side, a mark for the earlier one, and below them the sentence
// that says what follows from it. All texts come from the caller.
type EffectChart struct {
	Title    string
	Subtitle string // may be empty
	Legend   EffectLegend
	Rows     []EffectRow
	Sentence string
	Footer   string // may be empty
}

// EffectRow is one side.
type EffectRow struct {
	Name          string
	Value         string // beside the name: how much it moved
	Text          string // both figures in words, below the bar
	Before, After float64
}

// EffectLegend holds the words of the bar and of the mark.
type EffectLegend struct{ After, Before string }

// The scale of the index of satisfaction.
const (
	effectLeast = 25
	effectMost  = 100
)

// ErrNoEffect is returned for a chart without rows or without its sentence.
var ErrNoEffect = errors.New("effect chart has no rows or no sentence")

// Validate refuses no rows or no sentence (ErrNoEffect), too many rows, a row without a
// name, and a figure outside the scale.
func (c EffectChart) Validate() error {
	if len(c.Rows) == 0 || c.Sentence == "" {
		return ErrNoEffect
	}
	if len(c.Rows) > maxRows {
		return fmt.Errorf("effect chart has %d rows, at most %d", len(c.Rows), maxRows)
	}
	for n, r := range c.Rows {
		if r.Name == "" || min(r.Before, r.After) < effectLeast || max(r.Before, r.After) > effectMost {
			return fmt.Errorf("effect chart row %d has no name, or figures outside %d to %d", n+1, effectLeast, effectMost)
		}
	}
	return nil
}

// PNG draws the chart, 800 pixels wide and as high as its texts need. Equal charts give
// equal bytes. It is safe for concurrent use.
func (c EffectChart) PNG() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := newCanvas()
	defer p.release()
	var l layout
	y := l.paragraph(p, c.Title, margin, margin, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle) + 14
	l.level = y
	y = l.paragraph(p, c.Legend.After, margin+swatchWide+swatchGap, y, textStyle) + 6
	l.mark = y
	y = l.paragraph(p, c.Legend.Before, margin+swatchWide+swatchGap, y, textStyle) + 6
	for _, r := range c.Rows {
		y = l.bar(p, r.Name, r.Value, y+rowGap)
		y = l.paragraph(p, r.Text, margin, y+barHigh+markOver, subtitleStyle)
	}
	l.scale = y + 10 + baseline(textStyle)
	y += 10 + lineHigh(textStyle)
	y = l.paragraph(p, c.Sentence, margin, y+22, valueStyle)
	if c.Footer != "" {
		y = l.paragraph(p, c.Footer, margin, y+18, footerStyle)
	}
	p.open(y + margin)
	l.drawLegend(p)
	for i, r := range c.Rows {
		p.effectRow(r, l.bars[i])
	}
	for n := effectLeast; n <= effectMost; n += effectLeast {
		text := strconv.Itoa(n)
		x := min(max(effectX(float64(n))-p.wide(text, textStyle)/2, margin), width-margin-p.wide(text, textStyle))
		p.text(line{text, x, l.scale, textStyle})
	}
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw effect chart: %w", err)
	}
	return raw, nil
}

// effectX is where a figure stands on the scale.
func effectX(v float64) int {
	return margin + int((v-effectLeast)/(effectMost-effectLeast)*(width-2*margin))
}

// effectRow draws the bar of the later figure on its track, and the mark of the earlier one.
func (c *canvas) effectRow(r EffectRow, top int) {
	c.rect(margin, top, width-margin, top+barHigh, track)
	c.rect(margin, top, effectX(r.After), top+barHigh, bar)
	for n := 2 * effectLeast; n < effectMost; n += effectLeast {
		c.rect(effectX(float64(n))-1, top, effectX(float64(n))+1, top+barHigh, paper)
	}
	c.mark(effectX(r.Before), top, barHigh, markOver)
}
