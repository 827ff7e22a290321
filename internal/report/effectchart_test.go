package report

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"testing"
)

func effectChart() EffectChart {
	return EffectChart{Title: "Pelayanan Prima bagi Petugas Loket", Subtitle: "nilai SKM", Legend: EffectLegend{After: "Semester I 2027", Before: "Semester II 2026"},
		Rows: []EffectRow{{Name: "Unit yang dilatih (4)", Value: "+5,15", Text: "77,79 menjadi 82,94", Before: 77.79, After: 82.94},
			{Name: "Unit pembanding (4)", Value: "+0,31", Text: "78,38 menjadi 78,69", Before: 78.38, After: 78.69}},
		Sentence: "Selisih sebesar ini jarang muncul kebetulan (3 dari 100 pembagian acak). Pelatihan mungkin ikut berperan; ini bukan bukti.", Footer: "Dinamai 11 Januari 2027."}
}

// The picture is as wide as all others, equal charts give equal bytes, and a longer sentence
// makes it higher: it stands in the picture, whole.
func TestEffectChart(t *testing.T) {
	size := func(c EffectChart) (raw []byte, high int) {
		raw, err := c.PNG()
		if err != nil {
			t.Fatal(err)
		}
		of, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || of.Width != width {
			t.Fatalf("%d wide, %v", of.Width, err)
		}
		return raw, of.Height
	}
	raw, high := size(effectChart())
	if again, _ := size(effectChart()); !bytes.Equal(raw, again) {
		t.Error("equal charts give other bytes")
	}
	long := effectChart()
	long.Sentence += strings.Repeat(" Pelatihan mungkin ikut berperan.", 3)
	if _, higher := size(long); higher <= high {
		t.Errorf("a longer sentence leaves the picture %d high, the shorter %d", higher, high)
	}
}

func TestEffectChartRefuses(t *testing.T) {
	for name, change := range map[string]func(*EffectChart){
		"no rows": func(c *EffectChart) { c.Rows = nil }, "no sentence": func(c *EffectChart) { c.Sentence = "" },
	} {
		c := effectChart()
		if change(&c); !errors.Is(c.Validate(), ErrNoEffect) {
			t.Errorf("%s: %v", name, c.Validate())
		}
	}
	for name, row := range map[string]EffectRow{"no name": {Before: 70, After: 70}, "below": {Name: "x", Before: 24.9, After: 70}, "above": {Name: "x", Before: 70, After: 100.1}} {
		c := effectChart()
		if c.Rows = append(c.Rows, row); c.Validate() == nil {
			t.Errorf("%s is drawn", name)
		}
	}
}
