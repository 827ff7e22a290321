package report

import (
	"errors"
	"fmt"
)

// UnitChart is the picture of units: of each, how many people have sent something, are
// at it, have not begun, or have no account. It is denser than a TeamChart, because an
// agency has many units. All texts come from the caller, the counts too.
type UnitChart struct {
	Title    string
	Subtitle string // may be empty
	Rows     []UnitRow
	Legend   UnitLegend
	Footer   string // may be empty
}

// UnitRow is one unit.
type UnitRow struct {
	Name                           string
	Value                          string // beside the name: the count that matters
	Sent, Started, Fresh, Unlinked int
	Rated                          int    // a mark on the bar; 0 = none
	Text                           string // the other counts in words, below the bar; may be empty
}

// UnitLegend holds the words of the four parts of a bar and of the mark. An empty one is
// left out.
type UnitLegend struct{ Sent, Started, Fresh, Unlinked, Rated string }

// ErrNoUnits is returned for a chart without rows.
var ErrNoUnits = errors.New("unit chart has no rows")

// bar is the bar of a row as a TeamChart draws it.
func (r UnitRow) bar() TeamRow {
	return TeamRow{Name: r.Name, Done: r.Sent, Running: r.Started, Fresh: r.Fresh, Unreachable: r.Unlinked, Before: r.Rated}
}

// Validate refuses no rows (ErrNoUnits), too many, a row without a name or people, and
// numbers outside their range.
func (c UnitChart) Validate() error {
	if len(c.Rows) == 0 {
		return ErrNoUnits
	}
	bars := TeamChart{}
	for _, r := range c.Rows {
		bars.Rows = append(bars.Rows, r.bar())
	}
	return bars.Validate()
}

const unitBar = 36 // how high a bar of a UnitChart is

// PNG draws the chart, 800 pixels wide and as high as its rows need. Equal charts give
// equal bytes. It is safe for concurrent use.
func (c UnitChart) PNG() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := newCanvas()
	defer p.release()
	var l layout
	y := l.paragraph(p, c.Title, margin, margin, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle) + 14
	swatches, y := l.legend(p, []string{c.Legend.Sent, c.Legend.Started, c.Legend.Fresh, c.Legend.Unlinked, c.Legend.Rated}, y, 4)
	for _, r := range c.Rows {
		y = l.bar(p, r.Name, r.Value, y+rowGap)
		y = l.paragraph(p, r.Text, margin, y+unitBar+markOver, subtitleStyle)
	}
	if c.Footer != "" {
		y = l.paragraph(p, c.Footer, margin, y+18, footerStyle)
	}
	p.open(y + margin)
	for _, s := range swatches {
		const high = 26
		p.part(s.part, margin, margin+swatchWide, s.top+(lineHigh(textStyle)-high)/2, high)
	}
	for i, r := range c.Rows {
		p.shares(r.bar(), l.bars[i], unitBar)
	}
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw unit chart: %w", err)
	}
	return raw, nil
}
