package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/report/pdftext"
)

func sampleOnePage(bars, units int, long bool) OnePage {
	tail := ""
	if long {
		tail = strings.Repeat(" dan Pengembangan Pelayanan Terpadu", 4)
	}
	o := OnePage{Title: "Kebutuhan", Letter: []string{"PEMERINTAH KABUPATEN TIRTA RAYA", "Badan Kepegawaian Daerah"}, Heading: "Kebutuhan pengembangan kompetensi" + tail,
		Subtitle: "Penilaian Januari 2027" + tail, Tiles: []Tile{{"10.214", "pegawai"}, {"9.120", "mengisi penilaian mandiri"}, {"8.904", "dinilai atasan langsung"}, {"480", "tempat pelatihan direncanakan 2027"}},
		BarsHead: [4]string{"Kompetensi, kebutuhan terbanyak lebih dahulu", "Rata-rata kurang (tingkat)", "Pegawai di bawah standar", "Direncanakan 2027"},
		MapHead:  "Unit dengan kebutuhan terbanyak" + tail, MapNote: "Angka: rata-rata kurang. Bukan peringkat kinerja." + tail,
		Boxes: []PageBox{{"Kekuatan", "Pelayanan Publik, Kerja Sama, Perekat Bangsa." + tail + tail}, {"Belum ada yang menyelenggarakan", "Mengelola Perubahan, Integritas." + tail + tail}},
		Foot:  []string{"Sumber: penilaian mandiri dan penilaian atasan." + tail + tail + tail, "Keadaan 22 Januari 2027."}}
	for i := range bars {
		o.Bars = append(o.Bars, PageBar{Name: fmt.Sprintf("Pengambilan Keputusan %d", i+1) + tail, Text: "1,5+", Fill: 1 - float64(i)/20, Share: "sedikitnya 80%", Plan: "2 angkatan, 80 tempat" + tail})
	}
	if bars > 2 {
		o.Bars[0].Text, o.Bars[0].Plan, o.Bars[0].Lacking = "1,2", "belum ada program", true
		o.Bars[bars-1] = PageBar{Name: "Etika", Text: "tidak ditampilkan", Hidden: true}
	}
	for i := range units {
		r := HeatRow{Name: fmt.Sprintf("Dinas Kependudukan %d", i+1) + tail}
		for c := range min(bars, MostBars) {
			r.Cells = append(r.Cells, HeatCell{Text: "1,2", Step: (c + i) % HeatSteps})
		}
		if len(r.Cells) > 1 {
			r.Cells[1] = HeatCell{Hidden: true}
		}
		o.Map = append(o.Map, r)
	}
	return o
}

// Whatever it holds it is one page, everything stands inside its margins, the left side beside
// the right one, and the foot below both.
func TestOnePage(t *testing.T) {
	const point = 25.4 / 72
	for _, tt := range []struct {
		bars, units int
		long        bool
	}{{0, 0, false}, {9, 10, false}, {17, 40, true}, {40, 3, true}, {9, 0, true}} {
		o := sampleOnePage(tt.bars, tt.units, tt.long)
		var b bytes.Buffer
		if err := o.WritePDF(&b); err != nil {
			t.Fatal(err)
		}
		pages := pdftext.Pages(b.Bytes())
		if len(pages) != 1 {
			t.Fatalf("%+v: %d pages", tt, len(pages))
		}
		var all []string
		for _, w := range pages[0] {
			all = append(all, w.Text)
			if x, y := w.X*point, 210-w.Y*point; x < oneMargin-0.5 || x > 297-oneMargin || y < 8 || y > 206 {
				t.Errorf("%+v: %q stands at %.0f, %.0f", tt, w.Text, x, y)
			}
		}
		text := strings.Join(all, " ")
		words := []string{"PEMERINTAH KABUPATEN TIRTA RAYA", "10.214", "480", "Kekuatan", "Sumber:"}
		if tt.bars > 2 && tt.bars <= MostBars && !tt.long {
			words = append(words, fmt.Sprintf("%d. Etika", tt.bars), "tidak ditampilkan", "belum ada program", "sedikitnya 80%", "2 angkatan, 80 tempat", "Keadaan 22 Januari 2027.")
		}
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%+v: %q is not there", tt, word)
			}
		}
	}
}
