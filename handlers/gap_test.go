package handlers_test

import (
	"strings"
	"testing"
)

// A gap is told as its size, with the limits of the domain below it: "Rendah" beside
// a competency reads as a verdict, and means that little is missing. The comparison
// begins with what differs and what is below the standard, and names every area; the
// rest comes at the press of a button, and its opening is recorded like any other.
func TestGapsAreSizesAndComeFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, rina := w.boss(0, "Sari", "Wayan"), account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.exec(`UPDATE employee SET class_code = 'JF_MUDA' WHERE id = $1`, w.ids["Rina"]) // level 3 everywhere
	w.say(rina, "/asesmen")
	w.tap(rina, "3", "2", "1", "Belum", "2", "3", "1", "2", "3", "Kirim")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.tap(me, "3", "2", "1", "Belum", "4", "4", "2", "2", "3", "Kirim", "Buka perbandingan")
	const areas = "Area pengembangan: Pelayanan Publik, Komunikasi, Pengambilan Keputusan, Kerja Sama, Perekat Bangsa."
	const first = `Yang berbeda
• Pengembangan Diri dan Orang Lain: mandiri 2, atasan 4, akhir 3,5; standar 3, memenuhi standar · perlu dialog
Berbeda satu tingkat: Mengelola Perubahan, Pengambilan Keputusan.

Di bawah standar jabatan
• Kerja Sama: mandiri 2, atasan 2, akhir 2; standar 3, kesenjangan kecil
• Komunikasi: mandiri 1, atasan 1, akhir 1; standar 3, kesenjangan sedang
• Pelayanan Publik: mandiri Belum, atasan Belum, akhir 0; standar 3, kesenjangan besar
• Pengambilan Keputusan: mandiri 1, atasan 2, akhir 1,75; standar 3, kesenjangan sedang
• Perekat Bangsa: mandiri 2, atasan 2, akhir 2; standar 3, kesenjangan kecil
`
	const legend = "Kesenjangan kecil: paling banyak satu tingkat; sedang: lebih dari satu sampai dua; besar: lebih dari dua."
	w.shows(me, first, "Rincian 3 kompetensi lainnya: ketuk Semua kompetensi.", legend)
	for _, rest := range []string{"Integritas:", "Orientasi pada Hasil:", "Mengelola Perubahan:"} {
		if strings.Contains(w.last(me), rest) {
			t.Errorf("the comparison begins with %s, which is neither different nor below the standard", rest)
		}
	}
	w.tap(me, "Semua kompetensi")
	w.shows(me, first, "Selebihnya\n• Orientasi pada Hasil", "• Integritas: mandiri 3, atasan 3, akhir 3; standar 3, memenuhi standar", legend)
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'answers.compared' AND employee_id = $1`, w.ids["Rina"]); n != 2 {
		t.Errorf("%d openings are recorded, want the comparison and the rest of it", n)
	}
	w.tap(me, "‹ Ringkas")
	w.shows(me, first, "Rincian 3 kompetensi lainnya")
	w.tap(rina, "Buka perbandingan", "Semua kompetensi")
	w.shows(rina, first, "• Integritas: mandiri 3")
	for _, who := range []int64{me, rina} {
		if said := strings.Join(w.newBotTexts(who, 0), "\n"); !strings.Contains(said, areas) {
			t.Errorf("not every area is named to %d:\n%s", who, said)
		}
		for _, verdict := range []string{"Rendah", "Sedang", "Tinggi", "Memenuhi"} {
			if strings.Contains(w.onShow(who), verdict) {
				t.Errorf("%q is shown to %d", verdict, who)
			}
		}
	}
}
