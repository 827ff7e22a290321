package report

import (
	"errors"
	"fmt"
)

// YearChart is a picture of what is held in a year: months from above, below each what begins
// in it, with a bar on the days of the month. All texts come from the caller.
type YearChart struct {
	Title    string
	Subtitle string // may be empty
	Legend   [2]string
	Months   []YearMonth
	Footer   string // may be empty
}

// YearMonth is a month, or what has no day yet: then Days is 0 and there are no bars.
type YearMonth struct {
	Name, Text string // Text stands at the right; may be empty
	Days       int
	Events     []YearEvent
}

// YearEvent is one batch. From and To are days of its month; Firm ones are darker.
type YearEvent struct {
	Name, Text string
	From, To   int
	Firm       bool
}

// ErrNoYear is returned for a chart without months.
var ErrNoYear = errors.New("year chart has no months")

// Validate refuses no months (ErrNoYear), and days that are not those of their month.
func (c YearChart) Validate() error {
	if len(c.Months) == 0 {
		return ErrNoYear
	}
	for _, m := range c.Months {
		for _, e := range m.Events {
			if m.Days < 0 || m.Days > 31 || m.Days > 0 && (e.From < 1 || e.To < e.From || e.To > m.Days) {
				return fmt.Errorf("year chart: %s from %d to %d in a month of %d days", m.Name, e.From, e.To, m.Days)
			}
		}
	}
	return nil
}

const (
	yearBar  = 18 // how high a bar is
	yearRule = 3  // above a month
)

// yearBarOf is where a bar stands.
type yearBarOf struct{ month, event, top int }

// PNG draws the chart, 800 pixels wide and as high as it needs. Equal charts give equal
// bytes. It is safe for concurrent use.
func (c YearChart) PNG() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := newCanvas()
	defer p.release()
	var l layout
	y := l.paragraph(p, c.Title, margin, margin, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle) + 14
	swatches, y := l.legend(p, c.Legend[:], y, 4)
	var rules []int
	var bars []yearBarOf
	for i, m := range c.Months {
		y += 14
		rules = append(rules, y)
		y += yearRule + 6
		x := width - margin - p.wide(m.Text, subtitleStyle)
		l.texts = append(l.texts, line{m.Text, x, y + baseline(valueStyle), subtitleStyle})
		y = l.wrapped(p, m.Name, margin, y, x-margin-swatchGap, valueStyle)
		for k, e := range m.Events {
			y = l.wrapped(p, e.Name, margin, y+8, width-2*margin, nameStyle)
			y = l.wrapped(p, e.Text, margin, y, width-2*margin, subtitleStyle) + 4
			if m.Days > 0 {
				bars = append(bars, yearBarOf{i, k, y})
				y += yearBar
			}
			y += 6
		}
	}
	if c.Footer != "" {
		y = l.paragraph(p, c.Footer, margin, y+18, footerStyle)
	}
	p.open(y + margin)
	for _, s := range swatches {
		p.part(s.part, margin, margin+swatchWide, s.top+(lineHigh(textStyle)-yearBar)/2, yearBar)
	}
	for _, top := range rules {
		p.rect(margin, top, width-margin, top+yearRule, half)
	}
	for _, b := range bars {
		c.bar(p, b)
	}
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw year chart: %w", err)
	}
	return raw, nil
}

// bar draws the days of an event on those of its month.
func (c YearChart) bar(p *canvas, b yearBarOf) {
	m := c.Months[b.month]
	e := m.Events[b.event]
	at := func(day int) int { return margin + day*(width-2*margin)/m.Days }
	p.rect(margin, b.top, width-margin, b.top+yearBar, track)
	shade := 1
	if e.Firm {
		shade = 0
	}
	p.part(shade, at(e.From-1), at(e.To), b.top, yearBar)
	for day := 7; day < m.Days; day += 7 {
		p.rect(at(day)-1, b.top, at(day)+1, b.top+yearBar, paper)
	}
}
