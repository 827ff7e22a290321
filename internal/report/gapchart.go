// Package report draws what people would rather look at than read. A picture
// always repeats what a text beside it says; it never carries a number alone.
package report

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// maxRows keeps a picture inside the size that Telegram accepts for a photo.
const maxRows = 40

// scaleMax is the end of the axis: the five levels of Permenpan RB 38/2017.
const scaleMax = 5

// GapChart is the picture of one person: the level in each competency beside
// the level that the position requires. All texts come from the caller; a text
// that is too long is broken into lines, never cut.
type GapChart struct {
	Title    string
	Subtitle string // may be empty
	Rows     []GapRow
	Legend   GapLegend
	Footer   string // may be empty
}

// GapRow is one competency. Rows are drawn from top to bottom.
type GapRow struct {
	Name     string
	Level    float64 // 0 to 5; ignored when Skipped
	Required int     // 1 to 5; 0 = no standard, no mark
	Skipped  bool    // left out on purpose: no bar and no mark
}

// marked tells whether the row is compared with a standard.
func (r GapRow) marked() bool { return r.Required > 0 && !r.Skipped }

// GapLegend holds the words of the picture.
type GapLegend struct {
	Level    string // what the bar is: "Tingkat menurut Bapak"
	Standard string // what the mark is; left out when no row has a standard
	Zero     string // stands for level 0: "Belum"
	Skipped  string // stands for a row that was left out: "Dilewati"
}

// ErrNoRows is returned for a chart without rows.
var ErrNoRows = errors.New("gap chart has no rows")

// Measures in pixels of a picture that a phone shows at about half its size.
const (
	width    = 800
	margin   = 32
	rowGap   = 22 // above a name
	nameGap  = 12 // between a name and its bar; more than markOver
	barHigh  = 34
	markWide = 8
	markOver = 9 // how far the mark reaches beyond the bar, up and down
)

// Validate refuses no rows (ErrNoRows), too many, a row without a name, and
// numbers outside their range.
func (c GapChart) Validate() error {
	if len(c.Rows) == 0 {
		return ErrNoRows
	}
	if len(c.Rows) > maxRows {
		return fmt.Errorf("gap chart has %d rows, at most %d", len(c.Rows), maxRows)
	}
	for n, r := range c.Rows {
		switch {
		case r.Name == "":
			return fmt.Errorf("gap chart row %d has no name", n+1)
		case !r.Skipped && !(r.Level >= 0 && r.Level <= scaleMax): // NaN is neither
			return fmt.Errorf("gap chart row %d has level %v, want 0 to %d", n+1, r.Level, scaleMax)
		case r.Required < 0 || r.Required > scaleMax:
			return fmt.Errorf("gap chart row %d requires level %d, want 0 to %d", n+1, r.Required, scaleMax)
		}
	}
	return nil
}

// PNG draws the chart, 800 pixels wide and as high as its rows need. Equal
// charts give equal bytes. It is safe for concurrent use.
func (c GapChart) PNG() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	// The horizontal bar chart of the library puts the names beside the bars.
	// On a phone that leaves half of the width to the bars, breaks or shrinks
	// the long names, and it has no mark per bar (its mark line is one line for
	// all). Here the name stands above its bar, and the picture has a palette:
	// a third of the library's file size and a fraction of its time.
	p := newCanvas()
	defer p.release()
	l := c.plan(p)
	p.open(l.height)
	for i, top := range l.bars {
		p.row(c.Rows[i], top)
	}
	l.drawLegend(p)
	p.scale(l.scale)
	for _, t := range l.texts {
		p.text(t)
	}
	raw, err := p.bytes()
	if err != nil {
		return nil, fmt.Errorf("draw gap chart: %w", err)
	}
	return raw, nil
}

// valueText is the level as a person reads it: "3", "2,35", "Belum".
func (c GapChart) valueText(r GapRow) string {
	switch {
	case r.Skipped:
		return c.Legend.Skipped
	case r.Level == 0 && c.Legend.Zero != "":
		return c.Legend.Zero
	}
	s := fmt.Sprintf("%.2f", r.Level)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	return strings.Replace(s, ".", ",", 1)
}

// levelX is the pixel column where a level ends.
func levelX(level float64) int {
	return margin + int(math.Round(level/scaleMax*(width-2*margin)))
}
