package report

import (
	"bytes"
	"errors"
	"image/png"
	"testing"
)

func scaleChart() ScaleChart {
	return ScaleChart{Title: "Hasil evaluasi pelatihan", Subtitle: "Pengolahan Data dengan Lembar Kerja, tingkat dasar, angkatan 3", Footer: "31 penjawab, angka dibulatkan",
		Rows: []ScaleRow{
			{Name: "Materi", Text: "3,4 dari 4", Value: 3.4, Top: 4}, {Name: "Dr. Hasan Basri, S.Kom., M.T.", Text: "3,8 dari 4", Value: 3.8, Top: 4},
			{Name: "Praktik dan diskusi", Text: "di bawah 2 dari 4", Value: 1, Low: true, Top: 4}, {Name: "Panitia", Text: "4,0 dari 4", Value: 4, Top: 4},
			{Name: "Seluruh angkatan", Text: "2,1 sampai 2,5 dari 4", Value: 2.5, From: 2.1, Top: 4},
			{Name: "Kemampuan sebelum pelatihan", Text: "2,1 dari 5", Value: 2.1, Top: 5}, {Name: "Kemampuan sekarang", Text: "3,6 dari 5", Value: 3.6, Top: 5},
		}}
}

// The picture is as wide as all others, equal charts give equal bytes, and two means that
// are written alike are drawn alike: a bar tells nothing finer than its words.
func TestScaleChart(t *testing.T) {
	raw, err := scaleChart().PNG()
	if err != nil {
		t.Fatal(err)
	}
	again, err := scaleChart().PNG()
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("equal charts give other bytes, %v", err)
	}
	c, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || c.Width != width || c.Height < 600 {
		t.Errorf("the picture is %d × %d, %v", c.Width, c.Height, err)
	}
}

func TestScaleChartRefuses(t *testing.T) {
	if _, err := (ScaleChart{Title: "x"}).PNG(); !errors.Is(err, ErrNoScale) {
		t.Errorf("no rows: %v", err)
	}
	for name, row := range map[string]ScaleRow{
		"no name": {Text: "3", Value: 3, Top: 4}, "no text": {Name: "x", Value: 3, Top: 4}, "no scale": {Name: "x", Text: "3", Value: 1, Top: 1},
		"above": {Name: "x", Text: "3", Value: 4.1, Top: 4}, "below": {Name: "x", Text: "3", Value: 0.5, Top: 4},
		"ends the wrong way": {Name: "x", Text: "3", Value: 2.1, From: 2.5, Top: 4}, "an end below": {Name: "x", Text: "3", Value: 2.1, From: 0.5, Top: 4},
	} {
		if _, err := (ScaleChart{Rows: []ScaleRow{row}}).PNG(); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
}
