package report

import (
	"fmt"
	"io"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
)

// OnePage is all of an analysis that fits on one page of A4, turned, for those who decide: the
// coverage, a bar for each property with what is planned against it, a small map of groups,
// and what has to be said in words. It is one page whatever it holds; what does not fit is
// cut, and the caller says where the rest is. All texts come from the caller. A bar is as
// long as the number beside it says.
type OnePage struct {
	Title    string   // of the file
	Letter   []string // kop surat; the first line is bold
	Heading  string
	Subtitle string
	Tiles    []Tile
	BarsHead [4]string // above names, bars, shares and plans
	Bars     []PageBar
	MapHead  string
	Map      []HeatRow // Mark and Text are not drawn; as many cells as there are bars, or fewer
	MapNote  string    // below the map, or instead of it
	Boxes    []PageBox
	Foot     []string // small: sources and how to read it
}

// Tile is a figure with what it counts.
type Tile struct{ Figure, Label string }

// PageBar is one property.
type PageBar struct {
	Name, Text  string
	Fill        float64 // of the track, 0 to 1
	Hidden      bool    // there is no value, and no bar
	Share, Plan string
	Lacking     bool // nothing is planned: Plan stands in bold
}

// PageBox is a heading with a few lines below it.
type PageBox struct{ Title, Text string }

// MostBars is how many bars there is room for.
const MostBars = 17

// The places on the page, in millimetres.
const (
	oneMargin  = 14.0
	oneWide    = 297 - 2*oneMargin
	oneLeft    = 162.0 // how wide the bars are
	oneRight   = oneWide - oneLeft - oneGutter
	oneGutter  = 9.0
	oneLow     = 188.0 // the foot begins here
	oneName    = 58.0
	oneTrack   = 34.0
	oneValue   = 14.0
	oneShare   = 27.0
	mostBoxed  = 4 // lines of text in a box
	oneSmall   = 8.0
	oneMapRow  = 7.2
	oneMapName = 42.0
	mostFoot   = 4 // lines
)

// rgb are the colours of the pictures, for print.
type rgb [3]int

var (
	printInk   = rgb{22, 27, 34}
	printMuted = rgb{70, 78, 88}
	printTrack = rgb{226, 231, 237}
	printBar   = rgb{43, 116, 196}
	printHalf  = rgb{150, 194, 236}
	printPaper = rgb{255, 255, 255}
)

// WritePDF writes the page.
func (o OnePage) WritePDF(w io.Writer) error {
	p := onePage{newPDF(o.Title, turned)}
	p.SetMargins(oneMargin, oneMargin, oneMargin)
	p.SetCellMargin(0)
	p.AddPage()
	y := p.tiles(o.Tiles, p.head(o))
	p.bars(o, y)
	p.right(o, y)
	p.foot(o.Foot)
	if err := p.Output(w); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// onePage is the page while it is drawn.
type onePage struct{ *fpdf.Fpdf }

func (p onePage) fill(c rgb, x, y, wide, high float64) {
	p.SetFillColor(c[0], c[1], c[2])
	p.Rect(x, y, wide, high, "F")
}

// write writes a text of at most so many lines, and returns where the next thing begins.
func (p onePage) write(text string, x, y, wide, size float64, style string, c rgb, most int) float64 {
	p.SetFont(slipFace, style, size)
	p.SetTextColor(c[0], c[1], c[2])
	high := size * 0.45
	lines := p.SplitText(text, wide)
	if len(lines) > most {
		lines = lines[:most]
		last := []rune(lines[most-1])
		for len(last) > 0 && p.GetStringWidth(string(last)+"...") > wide {
			last = last[:len(last)-1]
		}
		lines[most-1] = string(last) + "..."
	}
	for _, line := range lines {
		p.SetXY(x, y)
		p.CellFormat(wide, high, line, "", 0, "L", false, 0, "")
		y += high
	}
	return y
}

// head writes the letterhead and what the page is.
func (p onePage) head(o OnePage) (y float64) {
	y = oneMargin - 3
	for i, line := range o.Letter {
		if line != "" && i < 2 {
			y = p.write(line, oneMargin, y, oneWide, 9, map[bool]string{true: "B"}[i == 0], printMuted, 1)
		}
	}
	y = p.write(o.Heading, oneMargin, y+1.5, oneWide, 19, "B", printInk, 1)
	y = p.write(o.Subtitle, oneMargin, y+0.8, oneWide, 10, "", printMuted, 1) + 2.5
	p.fill(printBar, oneMargin, y, oneWide, 0.8)
	return y + 4
}

// tiles writes figures beside each other.
func (p onePage) tiles(tiles []Tile, y float64) float64 {
	if len(tiles) == 0 {
		return y
	}
	const high, gap = 15.0, 4.0
	wide := (oneWide - gap*float64(len(tiles)-1)) / float64(len(tiles))
	for i, t := range tiles {
		x := oneMargin + float64(i)*(wide+gap)
		p.fill(printTrack, x, y, wide, high)
		p.write(t.Figure, x+3, y+1.8, wide-6, 15, "B", printInk, 1)
		p.write(t.Label, x+3, y+9.4, wide-6, oneSmall, "", printMuted, 1)
	}
	return y + high + 5
}

// bars writes the left side.
func (p onePage) bars(o OnePage, y float64) {
	at := [4]float64{oneMargin, oneMargin + oneName, oneMargin + oneName + oneTrack + oneValue, oneMargin + oneName + oneTrack + oneValue + oneShare}
	wide := [4]float64{oneName - 3, oneTrack + oneValue - 3, oneShare - 3, oneMargin + oneLeft - at[3]}
	for i, text := range o.BarsHead {
		p.write(text, at[i], y, wide[i], oneSmall+0.5, "B", printMuted, 2)
	}
	y += 9
	bars := o.Bars[:min(len(o.Bars), MostBars)]
	high := min(12.5, (oneLow-3-y)/float64(max(1, len(bars))))
	for i, b := range bars {
		middle := y + high/2
		centre := func(text string, column int, size float64, style string, c rgb) {
			p.SetFont(slipFace, style, size)
			lines := min(2, len(p.SplitText(text, wide[column])))
			p.write(text, at[column], middle-float64(lines)*size*0.225, wide[column], size, style, c, 2)
		}
		if i > 0 {
			p.fill(printTrack, oneMargin, y, oneLeft, 0.2)
		}
		size := min(10, high+0.2) // two lines fit into a narrow row
		size = min(size, high/0.92)
		centre(strconv.Itoa(i+1)+". "+b.Name, 0, size, "", printInk)
		p.bar(b, at[1], middle, size)
		centre(b.Share, 2, min(9, size), "", printInk)
		centre(b.Plan, 3, min(9, size), map[bool]string{true: "B"}[b.Lacking], printInk)
		y += high
	}
}

// bar writes a bar and its value, or that there is none.
func (p onePage) bar(b PageBar, x, middle, size float64) {
	if b.Hidden {
		p.write(b.Text, x, middle-size*0.225, oneTrack+oneValue-3, min(9, size), "", printMuted, 1)
		return
	}
	const high = 4.4
	p.fill(printTrack, x, middle-high/2, oneTrack, high)
	p.fill(printBar, x, middle-high/2, oneTrack*max(0, min(1, b.Fill)), high)
	p.write(b.Text, x+oneTrack+2.5, middle-size*0.225, oneValue-4, size, "B", printInk, 1)
}

// right writes the map and the boxes: the boxes in full, the map as far as there is room.
func (p onePage) right(o OnePage, y float64) {
	x := oneMargin + oneLeft + oneGutter
	high := 0.0
	for _, b := range o.Boxes {
		high += p.box(b, x, 0, true) + 3
	}
	y = p.write(o.MapHead, x, y, oneRight, oneSmall+0.5, "B", printMuted, 1) + 1.5
	noted := 0.0
	if o.MapNote != "" {
		p.SetFont(slipFace, "", oneSmall-0.5)
		noted = float64(min(3, len(p.SplitText(o.MapNote, oneRight))))*(oneSmall-0.5)*0.45 + 3.5
	}
	rows := max(0, min(len(o.Map), int((oneLow-3-high-noted-y-5)/oneMapRow)))
	if rows > 0 {
		y = p.heatmap(o.Map[:rows], x, y)
	}
	if o.MapNote != "" {
		y = p.write(o.MapNote, x, y+0.8, oneRight, oneSmall-0.5, "", printMuted, 3) + 2.7
	}
	for _, b := range o.Boxes {
		y += p.box(b, x, y, false) + 3
	}
}

// heatmap writes the rows of the map below the numbers of the bars.
func (p onePage) heatmap(rows []HeatRow, x, y float64) float64 {
	cell := min(9.0, (oneRight-oneMapName)/float64(max(1, len(rows[0].Cells))))
	left := x + oneMapName
	for i := range rows[0].Cells {
		p.SetFont(slipFace, "B", oneSmall)
		p.SetTextColor(printMuted[0], printMuted[1], printMuted[2])
		p.SetXY(left+float64(i)*cell, y)
		p.CellFormat(cell-0.6, 4, strconv.Itoa(i+1), "", 0, "C", false, 0, "")
	}
	y += 4.4
	for _, r := range rows {
		p.SetFont(slipFace, "", oneSmall)
		lines := min(2, len(p.SplitText(r.Name, oneMapName-2)))
		p.write(r.Name, x, y+(oneMapRow-0.6)/2-float64(lines)*oneSmall*0.225, oneMapName-2, oneSmall, "", printInk, 2)
		for i, c := range r.Cells {
			p.cell(c, left+float64(i)*cell, y, cell-0.6)
		}
		y += oneMapRow
	}
	return y
}

// cell writes one value of the map: the darker the more is lacking; nothing, and hatched,
// where it is hidden.
func (p onePage) cell(c HeatCell, x, y, wide float64) {
	const high = oneMapRow - 0.6
	if c.Hidden {
		p.SetDrawColor(printHalf[0], printHalf[1], printHalf[2])
		for d := 0.0; d < wide; d += 1.6 {
			p.Line(x+d, y+high, min(x+wide, x+d+1.6), y)
		}
		p.Rect(x, y, wide, high, "D")
		return
	}
	colour := [HeatSteps]rgb{printPaper, printTrack, printHalf, printBar, printInk}[c.Step]
	p.fill(colour, x, y, wide, high)
	text := printInk
	if c.Step > 2 {
		text = printPaper
	}
	if c.Step == 0 {
		p.SetDrawColor(printHalf[0], printHalf[1], printHalf[2])
		p.Rect(x, y, wide, high, "D")
	}
	if wide < 4.5 { // the shade alone
		return
	}
	p.SetFont(slipFace, "", oneSmall)
	p.SetTextColor(text[0], text[1], text[2])
	p.SetXY(x, y)
	p.CellFormat(wide, high, c.Text, "", 0, "CM", false, 0, "")
}

// box writes a box, or only measures how high it is.
func (p onePage) box(b PageBox, x, y float64, measure bool) (high float64) {
	const inset = 2.6
	p.SetFont(slipFace, "", 9)
	lines := min(mostBoxed, len(p.SplitText(b.Text, oneRight-2*inset)))
	high = 2*inset + 9*0.45*float64(lines+1) + 0.8
	if measure {
		return high
	}
	p.SetDrawColor(printHalf[0], printHalf[1], printHalf[2])
	p.Rect(x, y, oneRight, high, "D")
	p.fill(printBar, x, y, 1, high)
	next := p.write(b.Title, x+inset, y+inset, oneRight-2*inset, 9, "B", printInk, 1)
	p.write(b.Text, x+inset, next+0.8, oneRight-2*inset, 9, "", printInk, mostBoxed)
	return high
}

// foot writes how to read it.
func (p onePage) foot(lines []string) {
	p.fill(printTrack, oneMargin, oneLow, oneWide, 0.3)
	y, left := oneLow+1.5, mostFoot
	for _, line := range lines {
		p.SetFont(slipFace, "", oneSmall-0.5)
		n := min(left, len(p.SplitText(line, oneWide)))
		if n > 0 {
			y = p.write(line, oneMargin, y, oneWide, oneSmall-0.5, "", printMuted, n)
		}
		left -= n
	}
}
