package report

import (
	"errors"
	"fmt"
	"math"
)

// TeamChart is the picture of a team: of each task, how many people have
// finished, are at it, have not begun, or cannot be reached. All texts come from
// the caller, the counts too, so that the picture carries no number alone.
type TeamChart struct {
	Title    string
	Subtitle string // may be empty
	Rows     []TeamRow
	Legend   TeamLegend
	Footer   string // may be empty
}

// TeamRow is one task of the team.
type TeamRow struct {
	Name                              string
	Done, Running, Fresh, Unreachable int
	Before                            int    // done a week ago: a mark on the bar; 0 = none
	Text                              string // the counts in words, below the bar
}

// TeamLegend holds the words of the four parts of a bar and of the mark. An empty
// one is left out.
type TeamLegend struct{ Done, Running, Fresh, Unreachable, Before string }

// ErrNoTeam is returned for a chart without rows.
var ErrNoTeam = errors.New("team chart has no rows")

// parts are the counts of a row from left to right.
func (r TeamRow) parts() []int { return []int{r.Done, r.Running, r.Fresh, r.Unreachable} }

func (r TeamRow) sum() (n int) {
	for _, p := range r.parts() {
		n += p
	}
	return n
}

// Validate refuses no rows (ErrNoTeam), too many, a row without a name or people,
// and numbers outside their range.
func (c TeamChart) Validate() error {
	if len(c.Rows) == 0 {
		return ErrNoTeam
	}
	if len(c.Rows) > maxRows {
		return fmt.Errorf("team chart has %d rows, at most %d", len(c.Rows), maxRows)
	}
	for n, r := range c.Rows {
		if r.Name == "" || r.sum() == 0 {
			return fmt.Errorf("team chart row %d has no name or nobody", n+1)
		}
		for _, p := range append(r.parts(), r.Before) {
			if p < 0 || p > r.sum() {
				return fmt.Errorf("team chart row %d holds %d of %d", n+1, p, r.sum())
			}
		}
	}
	return nil
}

// teamBar is how high a bar of a TeamChart is.
const teamBar = 52

// PNG draws the chart, 800 pixels wide and as high as its rows need. Equal charts
// give equal bytes. It is safe for concurrent use.
func (c TeamChart) PNG() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := newCanvas()
	defer p.release()
	var l layout
	y := l.paragraph(p, c.Title, margin, margin, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle) + 14
	swatches, y := l.legend(p, []string{c.Legend.Done, c.Legend.Running, c.Legend.Fresh, c.Legend.Unreachable, c.Legend.Before}, y, 6)
	for _, r := range c.Rows {
		y = l.paragraph(p, r.Name, margin, y+rowGap, titleStyle) + nameGap
		l.bars = append(l.bars, y)
		y = l.paragraph(p, r.Text, margin, y+teamBar+markOver+4, textStyle)
	}
	if c.Footer != "" {
		y = l.paragraph(p, c.Footer, margin, y+18, footerStyle)
	}
	p.open(y + margin)
	for _, s := range swatches {
		const high = 26
		top := s.top + (lineHigh(textStyle)-high)/2
		p.part(s.part, margin, margin+swatchWide, top, high)
	}
	for i, r := range c.Rows {
		p.shares(r, l.bars[i], teamBar)
	}
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw team chart: %w", err)
	}
	return raw, nil
}

// swatch is a sample of a part of a bar in the legend.
type swatch struct{ part, top int }

// legend adds the words of a legend below each other, with so much room between them, and
// returns their swatches and where the next thing begins. A part without a word is left out.
func (l *layout) legend(p *canvas, words []string, y, room int) (swatches []swatch, next int) {
	for part, word := range words {
		if word != "" {
			swatches = append(swatches, swatch{part, y})
			y = l.paragraph(p, word, margin+swatchWide+swatchGap, y, textStyle) + room
		}
	}
	return swatches, y
}

// shares draws a bar of four parts with thin gaps between them.
func (c *canvas) shares(r TeamRow, top, high int) {
	sum, so := r.sum(), 0
	edge := func(n int) int { return margin + int(math.Round(float64(n)/float64(sum)*(width-2*margin))) }
	for part, n := range r.parts() {
		if n > 0 {
			c.part(part, edge(so), edge(so+n), top, high)
		}
		if so += n; n > 0 && so < sum {
			c.rect(edge(so)-2, top, edge(so)+2, top+high, paper)
		}
	}
	if r.Before > 0 {
		c.mark(edge(r.Before), top, high, markOver)
	}
}

// part fills a part of a bar; they differ in lightness and, the last, in pattern,
// so that no colour is needed to tell them apart.
func (c *canvas) part(part, left, right, top, high int) {
	const stripe = 8
	switch part {
	case 0:
		c.rect(left, top, right, top+high, bar)
	case 1:
		c.rect(left, top, right, top+high, half)
	case 2:
		c.rect(left, top, right, top+high, track)
	case 3:
		for y := range high {
			for x := left; x < right; x++ {
				shade := track
				if (x+y)%(2*stripe) < stripe {
					shade = muted + rampSteps - 1
				}
				c.rect(x, top+y, x+1, top+y+1, shade)
			}
		}
	case 4:
		c.rect(left, top, right, top+high, track)
		c.mark((left+right)/2, top, high, 5)
	}
}
