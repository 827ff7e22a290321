package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func partnerPage(trainers, comments int) Results {
	const shares = "Dapat mengerjakan sendiri: sebelum pelatihan kurang dari seperlima; sekarang empat perlima atau lebih."
	held := ResultSection{Title: "Penyelenggaraan", Rows: []ScaleRow{{"Praktik dan diskusi", "3,0 dari 4", 3, 4, false, 0}, {"Panitia", "di bawah 2 dari 4", 1, 4, true, 0}}}
	for i := range trainers {
		held.Rows = append(held.Rows, ScaleRow{fmt.Sprintf("Dr. Hasan Basri Pengajar Ke-%d dengan Gelar yang Sangat Panjang Sekali, S.Sos., M.Si., Ph.D.", i+1), "3,8 dari 4", 3.8, 4, false, 0})
	}
	r := Results{Title: "Hasil", Letter: []string{"Badan Kepegawaian Daerah Kabupaten Tirta Raya", "Bantuan: BKD Tirta Raya, telepon 0800-000-000"}, Page: "Halaman",
		Head: []string{"<b>HASIL EVALUASI PELATIHAN</b>", "Pelatihan: Pengolahan Data, angkatan 1", "Waktu: 13 Apr 2027", "Mitra penyelenggara: Universitas Contoh", "Penjawab: 10 dari 11 peserta yang diminta menjawab"},
		Sections: []ResultSection{{Title: "Kesesuaian dengan tugas", Rows: []ScaleRow{{"Kesesuaian dengan tugas", "3,2 dari 4", 3.2, 4, false, 0}}},
			{Title: "Kemampuan: mengolah data dengan lembar kerja", Rows: []ScaleRow{{"Kemampuan sebelum pelatihan", "di bawah 2 dari 5", 1, 5, true, 0}, {"Kemampuan sekarang", "3,8 dari 5", 3.8, 5, false, 0}},
				Lines: []string{shares, "Kemampuan meningkat: empat perlima atau lebih."}}, held},
		Foot: []string{"Angka dibulatkan dan bagian dinyatakan dengan kata, supaya tidak ada jawaban perorangan yang terbaca. Jawaban perorangan tidak disimpan.", "Keadaan Rabu, 21 April 2027."}}
	if comments > 0 {
		said := ResultSection{Title: "Saran peserta, menurut abjad"}
		for i := range comments {
			said.Lines = append(said.Lines, "• "+strings.Repeat(fmt.Sprintf("Waktu praktik ditambah %d jam. ", i), 9))
		}
		r.Sections = append(r.Sections, said)
	}
	return r
}

// The usual results fit on one page; many trainers and comments go on behind it, and no
// page is left out.
func TestResults(t *testing.T) {
	for _, tt := range []struct{ trainers, comments, pages int }{{1, 0, 1}, {3, 5, 2}, {6, 60, 5}} {
		var b bytes.Buffer
		if err := WriteResults(&b, partnerPage(tt.trainers, tt.comments)); err != nil {
			t.Fatal(err)
		}
		if got := len(regexp.MustCompile(`/Type /Page\b`).FindAll(b.Bytes(), -1)); !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || got != tt.pages {
			t.Errorf("%d trainers and %d comments on %d pages, want %d", tt.trainers, tt.comments, got, tt.pages)
		}
	}
}
