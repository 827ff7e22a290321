package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"github.com/go-analyze/charts"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// The palette: four plain colours, then two ramps from the paper to a colour
// of text. Few colours make a small file; sixteen steps are enough for smooth
// letters. The blue and the near-black differ in lightness as well as in hue,
// so the mark stands out for every kind of colour blindness and in print. The
// contrast of all texts with the paper is above 7 to 1.
const (
	paper uint8 = iota
	track
	bar
	half                    // of a bar: begun and not done
	ink                     // the first of rampSteps
	muted = ink + rampSteps // the same
)

const rampSteps = 16

func palette() color.Palette {
	p := color.Palette{
		color.RGBA{255, 255, 255, 255},
		color.RGBA{226, 231, 237, 255},
		color.RGBA{43, 116, 196, 255},
		color.RGBA{150, 194, 236, 255},
	}
	for _, c := range []color.RGBA{{22, 27, 34, 255}, {70, 78, 88, 255}} {
		for step := 1; step <= rampSteps; step++ {
			mix := func(v uint8) uint8 { return uint8(255 - (255-int(v))*step/rampSteps) }
			p = append(p, color.RGBA{mix(c.R), mix(c.G), mix(c.B), 255})
		}
	}
	return p
}

// style is how a text looks; size is in pixels, ramp the first of its shades.
type style struct {
	size   float64
	ramp   uint8
	family string
}

// No Roboto, the library's first choice: its outlines overlap, and the font
// faces used here leave white notches where they do.
var (
	titleStyle    = style{38, ink, charts.FontFamilyNotoSansBold}
	subtitleStyle = style{28, muted, charts.FontFamilyNotoSans}
	textStyle     = style{28, ink, charts.FontFamilyNotoSans}
	nameStyle     = style{30, ink, charts.FontFamilyNotoSans}
	valueStyle    = style{30, ink, charts.FontFamilyNotoSansBold}
	footerStyle   = style{26, muted, charts.FontFamilyNotoSans}
)

// canvas draws one picture; it is not safe for concurrent use. The fonts are
// those that the chart library carries.
type canvas struct {
	picture  *image.Paletted
	faces    map[style]font.Face
	advances map[glyph]fixed.Int26_6
}

// glyph is a letter in a style; previous is the letter before it, for the pair.
type glyph struct {
	style    style
	previous rune
	letter   rune
}

// store keeps up to so many things from one picture to the next. A sync.Pool
// would be emptied by the garbage collection that the pictures themselves cause.
type store[T any] chan T

func (s store[T]) get() (v T, ok bool) {
	select {
	case v = <-s:
		return v, true
	default:
		return v, false
	}
}

func (s store[T]) put(v T) {
	select {
	case s <- v:
	default:
	}
}

// kept is how many pictures are drawn at a time, ordinarily.
const kept = 2

// canvases keeps the fonts, the glyphs that they have drawn and the memory of a
// picture: most letters come again.
var canvases = make(store[*canvas], kept)

// newCanvas takes a canvas to be given back with release.
func newCanvas() *canvas {
	if c, ok := canvases.get(); ok {
		return c
	}
	return &canvas{faces: map[style]font.Face{}, advances: map[glyph]fixed.Int26_6{}}
}

func (c *canvas) release() { canvases.put(c) }

// open begins the picture; texts can be measured before.
func (c *canvas) open(height int) {
	all := image.Rect(0, 0, width, height)
	if c.picture == nil || cap(c.picture.Pix) < width*height {
		c.picture = image.NewPaletted(all, palette())
		return
	}
	c.picture.Rect, c.picture.Pix = all, c.picture.Pix[:width*height]
	clear(c.picture.Pix) // paper
}

// face returns the font of a style. A face keeps a cache of glyphs that must
// not be shared; 256 are about what all pictures need.
func (c *canvas) face(s style) font.Face {
	s.ramp = ink
	f, ok := c.faces[s]
	if !ok {
		f = truetype.NewFace(charts.GetFont(s.family), &truetype.Options{
			Size: s.size, DPI: 72, GlyphCacheEntries: 256, SubPixelsX: 2, SubPixelsY: 1,
		})
		c.faces[s] = f
	}
	return f
}

// wide is the width of a text in pixels, rounded up.
func (c *canvas) wide(text string, s style) int {
	s.ramp = ink
	sum, previous := fixed.Int26_6(0), rune(-1)
	for _, letter := range text {
		sum += c.advance(glyph{s, previous, letter})
		previous = letter
	}
	return sum.Ceil()
}

// advance is how far a letter moves the next one. The font reads its outline
// each time, so it is remembered; names have few letters and few pairs.
func (c *canvas) advance(g glyph) fixed.Int26_6 {
	if a, ok := c.advances[g]; ok {
		return a
	}
	face := c.face(g.style)
	a, _ := face.GlyphAdvance(g.letter)
	if g.previous >= 0 {
		a += face.Kern(g.previous, g.letter)
	}
	if len(c.advances) < maxAdvances {
		c.advances[g] = a
	}
	return a
}

// maxAdvances bounds the memory of letters that come once.
const maxAdvances = 4096

// text draws one line by hand, because the masks of the glyphs choose shades
// of the palette; the general way looks for the nearest colour of each pixel.
func (c *canvas) text(l line) {
	face := c.face(l.style)
	dot := fixed.P(l.x, l.y)
	previous := rune(-1)
	for _, r := range l.text {
		if previous >= 0 {
			dot.X += face.Kern(previous, r)
		}
		area, mask, from, advance, ok := face.Glyph(dot, r)
		if ok {
			c.paint(area, mask, from, l.ramp)
		}
		dot.X += advance
		previous = r
	}
}

func (c *canvas) paint(area image.Rectangle, mask image.Image, from image.Point, ramp uint8) {
	alpha, ok := mask.(*image.Alpha)
	if !ok {
		return // truetype faces always give *image.Alpha
	}
	inside := area.Intersect(c.picture.Bounds())
	if inside.Empty() {
		return
	}
	from = from.Add(inside.Min.Sub(area.Min))
	for y := range inside.Dy() {
		shades := alpha.Pix[alpha.PixOffset(from.X, from.Y+y):][:inside.Dx()]
		line := c.picture.Pix[c.picture.PixOffset(inside.Min.X, inside.Min.Y+y):][:inside.Dx()]
		for x, a := range shades {
			if step := (int(a)*rampSteps + 127) / 255; step > 0 {
				line[x] = max(line[x], ramp+uint8(step)-1)
			}
		}
	}
}

// rect fills the pixels from (x1, y1) up to but without (x2, y2).
func (c *canvas) rect(x1, y1, x2, y2 int, shade uint8) {
	r := image.Rect(x1, y1, x2, y2).Intersect(c.picture.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.picture.Pix[c.picture.PixOffset(r.Min.X, y):c.picture.PixOffset(r.Max.X, y)]
		for i := range row {
			row[i] = shade
		}
	}
}

// scale writes 0 to 5 under the bars.
func (c *canvas) scale(y int) {
	for n := range scaleMax + 1 {
		text := strconv.Itoa(n)
		x := levelX(float64(n)) - c.wide(text, textStyle)/2
		c.text(line{text, x, y, textStyle})
	}
}

// row draws the bar of one competency on its track, with a thin line at each
// whole level, and the mark of the standard on top of both.
func (c *canvas) row(r GapRow, top int) {
	c.rect(margin, top, width-margin, top+barHigh, track)
	if !r.Skipped {
		c.rect(margin, top, levelX(r.Level), top+barHigh, bar)
	}
	for n := 1; n < scaleMax; n++ {
		x := levelX(float64(n))
		c.rect(x-1, top, x+1, top+barHigh, paper)
	}
	if r.marked() {
		c.mark(levelX(float64(r.Required)), top, barHigh, markOver)
	}
}

// mark draws the standard as an upright stroke that is longer than the bar,
// with a light rim, so that it is told by its shape and not by its colour.
func (c *canvas) mark(x, top, high, over int) {
	const rim = 3
	left, right := x-markWide/2, x+markWide/2
	c.rect(left-rim, top, right+rim, top+high, paper)
	c.rect(left, top-over, right, top+high+over, ink+rampSteps-1)
}

// buffers keeps the encoder's megabyte of working memory between pictures.
type buffers struct{ store[*png.EncoderBuffer] }

// Get is for package png.
func (b buffers) Get() *png.EncoderBuffer {
	buf, _ := b.get()
	return buf
}

// Put is for package png.
func (b buffers) Put(buf *png.EncoderBuffer) { b.put(buf) }

// encoder is fast rather than thorough: Telegram makes a photo of its own of
// what is sent, so that only the way to Telegram is a little longer.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: buffers{make(store[*png.EncoderBuffer], kept)}}

// bytes encodes the picture.
func (c *canvas) bytes() ([]byte, error) {
	var b bytes.Buffer
	if err := encoder.Encode(&b, c.picture); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
