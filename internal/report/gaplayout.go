package report

import (
	"math"
	"strings"
)

// line is one line of text on the picture; y is its baseline.
type line struct {
	text string
	x, y int
	style
}

// layout is where everything goes, from top to bottom.
type layout struct {
	texts  []line
	bars   []int // top of each bar
	scale  int   // baseline of the axis numbers
	level  int   // top of the legend's sample of a bar
	mark   int   // top of the legend's sample of a mark; 0 = left out
	height int
}

// swatchWide is the width of a sample, swatchGap the space before its text.
const (
	swatchWide = 64
	swatchGap  = 16
)

// plan lays the chart out; p measures texts.
func (c GapChart) plan(p *canvas) layout {
	var l layout
	y := margin
	y = l.paragraph(p, c.Title, margin, y, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle)
	y += 14
	l.level = y
	y = l.paragraph(p, c.Legend.Level, margin+swatchWide+swatchGap, y, textStyle) + 6
	if c.hasStandard() {
		l.mark = y
		y = l.paragraph(p, c.Legend.Standard, margin+swatchWide+swatchGap, y, textStyle) + 6
	}
	for _, r := range c.Rows {
		y += rowGap
		value := c.valueText(r)
		valueX := width - margin - p.wide(value, valueStyle)
		l.texts = append(l.texts, line{value, valueX, y + baseline(valueStyle), valueStyle})
		y = l.wrapped(p, r.Name, margin, y, valueX-margin-swatchGap, nameStyle) + nameGap
		l.bars = append(l.bars, y)
		y += barHigh
	}
	y += markOver + 6
	l.scale = y + baseline(textStyle)
	y += lineHigh(textStyle)
	if c.Footer != "" {
		y += 18
		y = l.paragraph(p, c.Footer, margin, y, footerStyle)
	}
	l.height = y + margin
	return l
}

func (c GapChart) hasStandard() bool {
	for _, r := range c.Rows {
		if r.marked() {
			return true
		}
	}
	return false
}

// paragraph adds a text that may use the width up to the right margin and
// returns where the next thing begins.
func (l *layout) paragraph(p *canvas, text string, x, y int, s style) int {
	if text == "" {
		return y
	}
	return l.wrapped(p, text, x, y, width-margin-x, s)
}

// wrapped breaks a text between words; a single word that is too wide stays
// whole.
func (l *layout) wrapped(p *canvas, text string, x, y, room int, s style) int {
	add := func(t string) {
		l.texts = append(l.texts, line{t, x, y + baseline(s), s})
		y += lineHigh(s)
	}
	current := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(current + " " + word)
		if current != "" && p.wide(longer, s) > room {
			add(current)
			longer = word
		}
		current = longer
	}
	if current != "" {
		add(current)
	}
	return y
}

// bar lays out the name of a bar, with a value at its right, from y on. The bar begins at
// what is returned, which is noted.
func (l *layout) bar(p *canvas, name, value string, y int) (top int) {
	x := width - margin - p.wide(value, valueStyle)
	l.texts = append(l.texts, line{value, x, y + baseline(valueStyle), valueStyle})
	top = l.wrapped(p, name, margin, y, x-margin-swatchGap, nameStyle) + nameGap
	l.bars = append(l.bars, top)
	return top
}

// baseline is how far below the top of a line its letters stand.
func baseline(s style) int { return int(s.size) }

// lineHigh is the distance of two lines.
func lineHigh(s style) int { return int(math.Round(s.size * 1.3)) }

// drawLegend draws the samples beside the texts of the legend.
func (l layout) drawLegend(p *canvas) {
	const high = 22
	inset := (lineHigh(textStyle) - high) / 2
	top := l.level + inset
	p.rect(margin, top, margin+swatchWide, top+high, bar)
	if l.mark > 0 {
		top = l.mark + inset
		p.rect(margin, top, margin+swatchWide, top+high, track)
		p.mark(margin+swatchWide/2, top, high, 5)
	}
}
