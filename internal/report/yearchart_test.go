package report

import (
	"bytes"
	"errors"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

func sampleYear() YearChart {
	return YearChart{Title: "Kalender pelatihan 2027", Subtitle: "3 angkatan, 105 tempat", Legend: [2]string{"dibuka atau selesai", "direncanakan"},
		Months: []YearMonth{{Name: "Januari", Text: "belum ada", Days: 31}, {Name: "April", Text: "2 angkatan", Days: 30, Events: []YearEvent{
			{Name: "Pengolahan Data dengan Lembar Kerja, angkatan 1", Text: "13-15 April, 40 tempat", From: 13, To: 15, Firm: true},
			{Name: strings.Repeat("Pelatihan Kepemimpinan ", 5), Text: "28 April-4 Mei, 40 tempat", From: 28, To: 30}}},
			{Name: "Belum berjadwal", Text: "1 angkatan", Events: []YearEvent{{Name: "Kearsipan Digital", Text: "25 tempat"}}}}, Footer: "Keadaan 11 Januari 2027."}
}

// A bar stands on the days of its month and nowhere else, and what has no day has none.
func TestYearChart(t *testing.T) {
	c := sampleYear()
	raw, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil || picture.Bounds().Dx() != width {
		t.Fatalf("%v, %v", picture.Bounds(), err)
	}
	dark := palette()[bar]
	first, last, rows := width, 0, map[int]bool{}
	for y := 200; y < picture.Bounds().Dy(); y++ {
		for x := range width {
			if sameColour(picture.At(x, y), dark) {
				first, last, rows[y] = min(first, x), max(last, x), true
			}
		}
	}
	if first != margin+12*(width-2*margin)/30 || last != margin+15*(width-2*margin)/30-1 || len(rows) != yearBar {
		t.Errorf("the bar of 13 to 15 April goes from %d to %d in %d rows", first, last, len(rows))
	}
	for _, days := range [][2]int{{0, 3}, {5, 4}, {29, 31}} {
		wrong := sampleYear()
		wrong.Months[1].Events[0].From, wrong.Months[1].Events[0].To = days[0], days[1]
		if _, err := wrong.PNG(); err == nil {
			t.Errorf("days %v of April are drawn", days)
		}
	}
	if _, err := (YearChart{}).PNG(); !errors.Is(err, ErrNoYear) {
		t.Error(err)
	}
}

func sameColour(a, b color.Color) bool {
	r, g, bl, _ := a.RGBA()
	x, y, z, _ := b.RGBA()
	return r == x && g == y && bl == z
}
