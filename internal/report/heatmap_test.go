package report

import (
	"bytes"
	"errors"
	"image/png"
	"testing"
)

func sampleHeat() HeatMap {
	m := HeatMap{Title: "Peta kebutuhan", Subtitle: "Penilaian Januari 2027", Columns: []string{"Komunikasi", "Mengelola Perubahan", "Pengembangan Diri dan Orang Lain"},
		Legend: HeatLegend{Steps: [HeatSteps]string{"0 tingkat", "sampai 0,5", "sampai 1", "sampai 2", "di atas 2"}, Hidden: "Kurang dari 5 orang"}, Footer: "Bukan peringkat."}
	for i, name := range []string{"Dinas Pelayanan Terpadu", "Kecamatan Muara Indah"} {
		r := HeatRow{Mark: string(rune('A' + i)), Name: name, Text: "12 dari 14 dinilai"}
		for step := range 3 {
			r.Cells = append(r.Cells, HeatCell{Text: "0,5", Step: step + i})
		}
		m.Rows = append(m.Rows, r)
	}
	m.Rows[1].Cells[2] = HeatCell{Hidden: true}
	return m
}

// What is hidden looks the same whatever is behind it, and unlike everything that is shown.
func TestHeatMap(t *testing.T) {
	raw, err := sampleHeat().PNG()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil || picture.Bounds().Dx() != width {
		t.Fatalf("%v, %v", picture.Bounds(), err)
	}
	seen := map[string]int{}
	for step := range HeatSteps + 1 {
		p := newCanvas()
		p.open(heatHigh)
		p.heat(step, 0, 80, 0, heatHigh)
		if before, ok := seen[string(p.picture.Pix)]; ok {
			t.Errorf("the shades %d and %d look alike", before, step)
		}
		seen[string(p.picture.Pix)] = step
	}
	wrong := sampleHeat()
	wrong.Rows[1].Cells[2].Text = "0,3"
	if _, err := wrong.PNG(); err == nil {
		t.Error("a hidden cell with its value is drawn")
	}
	if _, err := (HeatMap{}).PNG(); !errors.Is(err, ErrNoHeat) {
		t.Error(err)
	}
}
