package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/report/pdftext"
)

func sampleRecap(needs, proposals int) Recap {
	r := Recap{Letterhead: []string{"PEMERINTAH KABUPATEN TIRTA RAYA", "", "Badan Kepegawaian Daerah"}, Title: "REKAPITULASI KEBUTUHAN PENGEMBANGAN KOMPETENSI",
		Unit:       "Bidang Pengelolaan Sistem Informasi Administrasi Kependudukan dan Pemanfaatan Data pada Dinas Kependudukan dan Pencatatan Sipil Kabupaten Tirta Raya",
		Facts:      [][2]string{{"Tahun rencana", "2028"}, {"Cakupan", "31 dari 38 pegawai mengisi penilaian mandiri dan 30 dinilai atasan langsungnya, keadaan saat periode ditutup"}},
		NeedsTitle: "Kebutuhan", Head: []string{"No", "Kompetensi", "Kurang (tingkat)", "Bagian pegawai", "Prioritas unit"},
		ProposalTitle: "Usulan pelatihan", ProposalHead: []string{"No", "Pelatihan", "Orang", "Alasan"},
		Notes: []string{"Sumber: penilaian mandiri dan penilaian atasan, dibulatkan. Kelompok di bawah 5 orang tidak ditampilkan."},
		Sign:  SignBlock{Place: "Tirta Raya, 1 Desember 2027", Title: "Kepala Dinas,", Name: "Dra. Siti Nurhaliza, M.Si.", Rank: "Pembina (IV/a)", NIP: "NIP 19700101 199503 2 001"}, Page: "Halaman"}
	for i := range needs {
		r.Needs = append(r.Needs, []string{fmt.Sprint(i + 1), fmt.Sprintf("Kompetensi ke-%d tentang pengelolaan data", i+1), "1,2", "sedikitnya dua pertiga", "tinggi, karena layanan daring dibuka"})
	}
	for i := range proposals {
		r.Proposals = append(r.Proposals, []string{fmt.Sprint(i + 1), fmt.Sprintf("Pelatihan ke-%d", i+1), "12", "wajib menurut unit"})
	}
	return r
}

// All that is given is written, with the head on every page of its table and the place to
// sign once, on the last page and with the notes.
func TestRecap(t *testing.T) {
	for _, tt := range []struct{ needs, proposals, pages int }{{0, 0, 1}, {5, 3, 1}, {17, 40, 3}, {200, 0, 10}} {
		r := sampleRecap(tt.needs, tt.proposals)
		var b bytes.Buffer
		if err := r.WritePDF(&b); err != nil {
			t.Fatal(err)
		}
		pages := pdftext.Text(b.Bytes())
		if len(pages) != tt.pages {
			t.Fatalf("%d needs and %d proposals on %d pages, want %d", tt.needs, tt.proposals, len(pages), tt.pages)
		}
		all := strings.ReplaceAll(strings.Join(pages, "\n"), "\n", " ")
		words := []string{"PEMERINTAH KABUPATEN TIRTA RAYA", "Badan Kepegawaian Daerah", r.Title, "Tahun rencana : 2028", "31 dari 38 pegawai mengisi"}
		for i := range tt.needs {
			words = append(words, fmt.Sprintf("Kompetensi ke-%d ", i+1))
		}
		for i := range tt.proposals {
			words = append(words, fmt.Sprintf("Pelatihan ke-%d ", i+1))
		}
		for _, word := range words {
			if !strings.Contains(all, word) {
				t.Errorf("%d needs and %d proposals: %q is not there", tt.needs, tt.proposals, word)
			}
		}
		for i, page := range pages {
			if foot := fmt.Sprintf("Halaman %d/%d", i+1, len(pages)); strings.Count(page, foot) != 1 {
				t.Errorf("page %d does not say %q", i+1, foot)
			}
			if signed := strings.Contains(page, r.Sign.Name) && strings.Contains(page, r.Sign.Rank) && strings.Contains(page, r.Sign.NIP) && strings.Contains(page, r.Sign.Place) && strings.Contains(page, "Sumber:"); signed != (i == len(pages)-1) {
				t.Errorf("page %d of %d is signed: %v", i+1, len(pages), signed)
			}
			for row, head := range map[string]string{"Kompetensi ke-": "Bagian", "Pelatihan ke-": "Orang"} {
				if strings.Contains(page, row) && strings.Index(page, head) > strings.Index(page, row) || strings.Contains(page, row) && !strings.Contains(page, head) {
					t.Errorf("page %d has rows of %q without their head", i+1, row)
				}
			}
		}
	}
}

// Words longer than their columns, and as many columns as fit nowhere, stay on the page.
func TestRecapOddTables(t *testing.T) {
	r := Recap{Title: "X", Head: []string{strings.Repeat("panjang", 30), "b", strings.Repeat("lebar", 40)}, Needs: [][]string{{"", "", ""}, {strings.Repeat("x", 300), "1", "2"}}}
	pdf := newPDF("", upright)
	for _, head := range [][]string{r.Head, {"No", "Nama"}, {"a"}} {
		rows := r.Needs
		if len(head) < 3 {
			rows = [][]string{make([]string, len(head))}
		}
		sum := 0.0
		for _, w := range columnWidths(pdf, head, rows) {
			if w <= 2*recapInset {
				t.Errorf("a column of %q is %v wide", head[0][:1], w)
			}
			sum += w
		}
		if sum < resultWide-0.01 || sum > resultWide+0.01 {
			t.Errorf("the columns of %q are %v wide together, want %v", head[0][:1], sum, resultWide)
		}
	}
	var b bytes.Buffer
	if err := r.WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	if pages := pdftext.Text(b.Bytes()); len(pages) != 1 {
		t.Errorf("%d pages, want 1", len(pages))
	}
}
