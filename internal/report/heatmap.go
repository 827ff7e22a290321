package report

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// HeatMap is a picture of groups by properties: each row has a cell in each column, which
// is darker the more is lacking, with the value below it. What is hidden is hatched. All
// texts come from the caller; columns are numbered here.
type HeatMap struct {
	Title    string
	Subtitle string   // may be empty
	Columns  []string // names, from left to right
	Rows     []HeatRow
	Legend   HeatLegend
	Footer   string // may be empty
}

// HeatRow is one group.
type HeatRow struct {
	Mark  string // what it is called on its button
	Name  string
	Text  string // beside the name; may be empty
	Cells []HeatCell
}

// HeatCell is one value. Hidden cells have no text: the picture holds nothing of them.
type HeatCell struct {
	Text   string
	Step   int // how dark, from 0 to HeatSteps-1
	Hidden bool
}

// HeatSteps is how many shades there are.
const HeatSteps = 5

// HeatLegend holds the words of the shades, from light to dark, and of what is hatched.
type HeatLegend struct {
	Steps  [HeatSteps]string
	Hidden string // "" = nothing is hatched
}

// MostColumns is how many columns a phone can show beside each other.
const MostColumns = 9

// ErrNoHeat is returned for a map without rows or columns.
var ErrNoHeat = errors.New("heat map has no rows or columns")

// Validate refuses no rows or columns (ErrNoHeat), too many, rows of another length, and
// a hidden cell that says something.
func (c HeatMap) Validate() error {
	if len(c.Rows) == 0 || len(c.Columns) == 0 {
		return ErrNoHeat
	}
	if len(c.Rows) > maxRows || len(c.Columns) > MostColumns {
		return fmt.Errorf("heat map has %d rows and %d columns, at most %d and %d", len(c.Rows), len(c.Columns), maxRows, MostColumns)
	}
	for n, r := range c.Rows {
		if r.Name == "" || len(r.Cells) != len(c.Columns) {
			return fmt.Errorf("heat map row %d has no name, or %d cells in %d columns", n+1, len(r.Cells), len(c.Columns))
		}
		for _, cell := range r.Cells {
			if cell.Step < 0 || cell.Step >= HeatSteps || cell.Hidden && (cell.Text != "" || cell.Step != 0) {
				return fmt.Errorf("heat map row %d has a cell outside its scale, or a hidden one that says something", n+1)
			}
		}
	}
	return nil
}

const (
	heatHigh  = 34 // how high a cell is
	heatGap   = 6  // between cells
	heatFrame = 2  // around the lightest
)

// cellX is where a cell of a column begins, and where it ends.
func (c HeatMap) cellX(column int) (left, right int) {
	const all = width - 2*margin
	return margin + column*all/len(c.Columns), margin + (column+1)*all/len(c.Columns) - heatGap
}

// PNG draws the map, 800 pixels wide and as high as its rows need. Equal maps give equal
// bytes. It is safe for concurrent use.
func (c HeatMap) PNG() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	p := newCanvas()
	defer p.release()
	var l layout
	y := l.paragraph(p, c.Title, margin, margin, titleStyle)
	y = l.paragraph(p, c.Subtitle, margin, y, subtitleStyle) + 14
	swatches, y := l.legend(p, append(c.Legend.Steps[:len(c.Legend.Steps):len(c.Legend.Steps)], c.Legend.Hidden), y, 4)
	y += rowGap
	for i, name := range c.Columns {
		y = l.paragraph(p, strconv.Itoa(i+1)+". "+name, margin, y, textStyle)
	}
	y = c.centred(&l, p, y+10, func(i int) string { return strconv.Itoa(i + 1) })
	for _, r := range c.Rows {
		y += rowGap - 8
		x := width - margin - p.wide(r.Text, subtitleStyle)
		l.texts = append(l.texts, line{r.Text, x, y + baseline(subtitleStyle), subtitleStyle})
		y = l.wrapped(p, r.Mark+". "+r.Name, margin, y, x-margin-swatchGap, nameStyle) + 4
		l.bars = append(l.bars, y)
		if y += heatHigh; slices.ContainsFunc(r.Cells, func(cell HeatCell) bool { return !cell.Hidden }) {
			y = c.centred(&l, p, y, func(i int) string { return r.Cells[i].Text })
		} else {
			y += 8
		}
	}
	if c.Footer != "" {
		y = l.paragraph(p, c.Footer, margin, y+18, footerStyle)
	}
	p.open(y + margin)
	for _, s := range swatches {
		const high = 26
		p.heat(s.part, margin, margin+swatchWide, s.top+(lineHigh(textStyle)-high)/2, high)
	}
	c.cells(p, l.bars)
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw heat map: %w", err)
	}
	return raw, nil
}

// cells draws the cells of all rows, whose tops are given.
func (c HeatMap) cells(p *canvas, tops []int) {
	for n, r := range c.Rows {
		for i, cell := range r.Cells {
			left, right := c.cellX(i)
			step := cell.Step
			if cell.Hidden {
				step = HeatSteps
			}
			p.heat(step, left, right, tops[n], heatHigh)
		}
	}
}

// centred writes a text below each column, and returns where the next thing begins.
func (c HeatMap) centred(l *layout, p *canvas, y int, of func(column int) string) int {
	for i := range c.Columns {
		left, right := c.cellX(i)
		text := of(i)
		l.texts = append(l.texts, line{text, (left + right - p.wide(text, textStyle)) / 2, y + baseline(textStyle), textStyle})
	}
	return y + lineHigh(textStyle)
}

// heat fills a cell. The shades differ in lightness, so that no colour is needed to tell
// them apart, and what is hidden has a pattern.
func (c *canvas) heat(step, left, right, top, high int) {
	const hatched = 3
	if step == HeatSteps {
		c.part(hatched, left, right, top, high)
		return
	}
	c.rect(left, top, right, top+high, [HeatSteps]uint8{ink + rampSteps/3, track, half, bar, ink + rampSteps - 1}[step])
	if step == 0 {
		c.rect(left+heatFrame, top+heatFrame, right-heatFrame, top+high-heatFrame, paper)
	}
}
