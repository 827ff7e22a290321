package report

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/go-analyze/charts"
)

func nine(levels ...float64) GapChart {
	c := GapChart{
		Title: "Hasil sementara", Subtitle: "Bapak Suyatno · Januari 2027",
		Legend: GapLegend{Level: "Tingkat menurut Bapak sendiri", Standard: "Standar jabatan", Zero: "Belum", Skipped: "Dilewati"},
		Footer: "Belum hasil akhir: atasan langsung belum menilai.",
	}
	names := []string{
		"Orientasi pada Hasil", "Kerja Sama", "Komunikasi", "Pelayanan Publik", "Pengembangan Diri dan Orang Lain",
		"Mengelola Perubahan", "Pengambilan Keputusan", "Perekat Bangsa", "Literasi Digital & Keamanan Informasi",
	}
	for i, l := range levels {
		c.Rows = append(c.Rows, GapRow{Name: names[i], Level: l, Required: 2})
	}
	return c
}

func draw(t *testing.T, c GapChart) (raw []byte, picture image.Image) {
	t.Helper()
	raw, err := c.PNG()
	if err != nil {
		t.Fatalf("PNG() = %v", err)
	}
	picture, err = png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return raw, picture
}

// shade returns the colour of a palette entry.
func shade(entry uint8) color.RGBA { return palette()[entry].(color.RGBA) }

const darkest = ink + rampSteps - 1

func has(picture image.Image, x, y int, entry uint8) bool {
	return color.RGBAModel.Convert(picture.At(x, y)) == shade(entry)
}

// blueUntil returns how many pixels of a line are blue and where the last is.
func blueUntil(picture image.Image, y int) (count, last int) {
	for x := range width {
		if has(picture, x, y, bar) {
			count, last = count+1, x
		}
	}
	return count, last
}

func TestGapChartBars(t *testing.T) {
	c := nine(0, 1, 2, 3, 4, 5, 2.35, 0.25, 1)
	c.Rows[0].Required, c.Rows[1].Required, c.Rows[2].Required = 1, 5, 0
	c.Rows[8].Skipped = true
	_, picture := draw(t, c)
	bounds := picture.Bounds()
	if bounds.Dx() != 800 {
		t.Fatalf("width = %d, want 800", bounds.Dx())
	}
	tops := c.plan(newCanvas()).bars
	for i, r := range c.Rows {
		middle := tops[i] + barHigh/2
		count, last := blueUntil(picture, middle)
		end := margin + int(math.Round(r.Level*(800-2*margin)/5))
		switch {
		case r.Level == 0 || r.Skipped:
			if count != 0 {
				t.Errorf("row %d: %d blue pixels, want none", i, count)
			}
			continue
		case last < end-8 || last >= end:
			t.Errorf("row %d: the bar of level %v ends at %d, want just before %d", i, r.Level, last, end)
		case count < end-margin-40: // thin lines and the mark take some
			t.Errorf("row %d: the bar of level %v has %d pixels of %d", i, r.Level, count, end-margin)
		}
	}
	// Without a mark on it the longest bar fills the axis to its last pixel.
	if !has(picture, 800-margin-1, tops[5]+barHigh/2, bar) || has(picture, 800-margin, tops[5]+barHigh/2, bar) {
		t.Error("level 5 does not end at the end of the axis")
	}
	// Level 1 is a fifth of the axis.
	if _, last := blueUntil(picture, tops[1]+barHigh/2); last < margin+140 {
		t.Errorf("the bar of level 1 ends at %d, too short to be seen", last)
	}
	for i := 1; i < len(tops); i++ {
		if tops[i] <= tops[i-1]+barHigh+markOver {
			t.Errorf("row %d begins at %d, inside row %d", i, tops[i], i-1)
		}
	}
}

func TestGapChartMarks(t *testing.T) {
	c := nine(3, 3, 3, 3)
	for i, required := range []int{1, 5, 0, 3} {
		c.Rows[i].Required = required
	}
	c.Rows[3].Skipped = true
	_, picture := draw(t, c)
	for i, top := range c.plan(newCanvas()).bars {
		for level := 1; level <= 5; level++ {
			x := margin + level*(800-2*margin)/5
			want := level == c.Rows[i].Required && !c.Rows[i].Skipped
			for _, y := range []int{top - markOver + 1, top + barHigh/2, top + barHigh + markOver - 2} {
				if got := has(picture, x, y, darkest); got != want {
					t.Errorf("row %d, level %d, line %d: mark is %v, want %v", i, level, y-top, got, want)
				}
			}
		}
	}
}

func TestGapChartValueText(t *testing.T) {
	legend := GapLegend{Zero: "Belum", Skipped: "Dilewati"}
	tests := []struct {
		row  GapRow
		want string
	}{
		{GapRow{Level: 0}, "Belum"}, {GapRow{Level: 1}, "1"}, {GapRow{Level: 5}, "5"}, {GapRow{Level: 2.35}, "2,35"},
		{GapRow{Level: 1.6}, "1,6"}, {GapRow{Level: 0.25}, "0,25"}, {GapRow{Level: 3, Skipped: true}, "Dilewati"},
	}
	for _, tt := range tests {
		if got := (GapChart{Legend: legend}).valueText(tt.row); got != tt.want {
			t.Errorf("valueText(%+v) = %q, want %q", tt.row, got, tt.want)
		}
	}
}

// TestGapChartTextsFit measures every line: nothing is cut, nothing leaves the
// picture or covers a bar.
func TestGapChartTextsFit(t *testing.T) {
	c := nine(0, 2.35, 5)
	c.Title = strings.Repeat("Penilaian Mandiri Kompetensi ", 3)
	c.Rows[1].Name = "Penyusunan Rencana Kebutuhan Sumber Daya Manusia Aparatur Daerah"
	c.Rows[2].Name = "Literasi Digital & Keamanan Informasi"
	p := newCanvas()
	l := c.plan(p)
	var all []string
	for _, line := range l.texts {
		all = append(all, line.text)
		if line.x < margin || line.x+p.wide(line.text, line.style) > 800-margin {
			t.Errorf("%q leaves the margins", line.text)
		}
		if line.size < 22 {
			t.Errorf("%q has %v pixels, too small for a phone", line.text, line.size)
		}
		for _, top := range l.bars {
			if line.y > top-markOver && line.y-int(line.size) < top+barHigh+markOver {
				t.Errorf("%q with baseline %d touches the bar at %d", line.text, line.y, top)
			}
		}
		if line.y > l.height-margin/2 {
			t.Errorf("%q is below the picture", line.text)
		}
	}
	shown := strings.Join(all, " ")
	for _, want := range []string{strings.TrimSpace(c.Title), c.Rows[2].Name, "Sumber Daya", "Manusia Aparatur Daerah", c.Footer, "Belum", "2,35"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown whole in %q", want, shown)
		}
	}
}

func TestGapChartLegendWithoutStandard(t *testing.T) {
	c := nine(1, 2)
	with := c.plan(newCanvas())
	for i := range c.Rows {
		c.Rows[i].Required = 0
	}
	without := c.plan(newCanvas())
	if with.mark == 0 || without.mark != 0 || without.height >= with.height {
		t.Errorf("legend sample at %d with and %d without a standard", with.mark, without.mark)
	}
	_, picture := draw(t, c)
	for y := range without.bars[0] - 40 {
		if has(picture, margin+swatchWide/2, y, darkest) && y > without.level {
			t.Fatalf("a mark is drawn in the legend at line %d", y)
		}
	}
}

func TestGapChartErrors(t *testing.T) {
	if _, err := (GapChart{Title: "x"}).PNG(); !errors.Is(err, ErrNoRows) {
		t.Errorf("PNG() without rows = %v, want ErrNoRows", err)
	}
	many := GapChart{Rows: make([]GapRow, maxRows+1)}
	for i := range many.Rows {
		many.Rows[i].Name = "x"
	}
	if _, err := many.PNG(); err == nil {
		t.Errorf("PNG() with %d rows = nil, want an error", len(many.Rows))
	}
	for _, r := range []GapRow{
		{Name: ""}, {Name: "x", Level: -0.1}, {Name: "x", Level: 5.1}, {Name: "x", Level: math.NaN()},
		{Name: "x", Level: math.Inf(1)}, {Name: "x", Required: -1}, {Name: "x", Required: 6},
	} {
		if raw, err := (GapChart{Rows: []GapRow{r}}).PNG(); err == nil || raw != nil {
			t.Errorf("PNG() with %+v = %d bytes, %v, want an error", r, len(raw), err)
		}
	}
	if _, err := (GapChart{Rows: []GapRow{{Name: "x", Level: 1}}}).PNG(); err != nil {
		t.Errorf("PNG() without any other text = %v", err)
	}
}

// TestGapChartBytes: the same chart gives the same small file, also when many
// are drawn at once.
func TestGapChartBytes(t *testing.T) {
	c := nine(0, 1, 2, 3, 4, 5, 2.35, 0.25, 1)
	want, _ := draw(t, c)
	if len(want) > 60<<10 {
		t.Errorf("the file has %d bytes, want at most 60 kB", len(want))
	}
	got := make([][]byte, 4)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], _ = c.PNG() })
	}
	wg.Wait()
	for i := range got {
		if !bytes.Equal(got[i], want) {
			t.Errorf("drawing %d differs", i)
		}
	}
	c.Rows[0].Level = 1
	if other, _ := draw(t, c); bytes.Equal(other, want) {
		t.Error("another level gives the same file")
	}
}

// TestFontsHaveGlyphs: a missing glyph would be drawn as a box.
func TestFontsHaveGlyphs(t *testing.T) {
	const used = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;()/&'-–·•‹›%é"
	for _, family := range []string{charts.FontFamilyNotoSans, charts.FontFamilyNotoSansBold} {
		f := charts.GetFont(family)
		for _, r := range used {
			if f.Index(r) == 0 {
				t.Errorf("%s has no %q", family, r)
			}
		}
	}
	if charts.GetFont(charts.FontFamilyNotoSans) == charts.GetFont(charts.FontFamilyNotoSansBold) {
		t.Error("the bold font is the plain one")
	}
}

// TestContrast holds the colours to WCAG 2.1: 7 to 1 for texts (1.4.6), 3 to 1
// for what must be told apart (1.4.11). Contrast is lightness alone, so it
// holds for every kind of colour blindness.
func TestContrast(t *testing.T) {
	luminance := func(entry uint8) float64 {
		linear := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		c := shade(entry)
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	for _, pair := range []struct {
		name string
		a, b uint8
		want float64
	}{
		{"text", darkest, paper, 7}, {"quiet text", muted + rampSteps - 1, paper, 7}, {"bar on track", bar, track, 3},
		{"bar on paper", bar, paper, 3}, {"mark on bar", darkest, bar, 3}, {"mark on track", darkest, track, 3},
	} {
		x, y := luminance(pair.a), luminance(pair.b)
		if got := (max(x, y) + 0.05) / (min(x, y) + 0.05); got < pair.want {
			t.Errorf("%s: contrast %.1f, want at least %v", pair.name, got, pair.want)
		}
	}
}

func BenchmarkGapChart(b *testing.B) {
	b.ReportAllocs()
	c := nine(0, 1, 2, 3, 4, 5, 2.35, 0.25, 1)
	for b.Loop() {
		if _, err := c.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
