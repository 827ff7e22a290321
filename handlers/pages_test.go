package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/personnel"
)

// A list of more than twenty goes on behind a button, and back.
func TestListsHavePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.linkByCode("Sari", cast()[3].code)
	sari := account("Sari")
	for i := range 40 {
		w.exec(`INSERT INTO employee (nip, name, sex, unit_id, position_title) SELECT $1, $2, 1, id, 'Petugas' FROM unit LIMIT 1`,
			fmt.Sprintf("1990011520150310%02d", 10+i), fmt.Sprintf("Pegawai %02d", i))
	}
	shown := func(want ...string) {
		t.Helper()
		last, _ := w.fake.Last(sari)
		for _, one := range want {
			if !strings.Contains(last.Text, one) {
				t.Errorf("%q is missing in %q", one, last.Text)
			}
		}
	}
	w.say(sari, "/kelola")
	w.press(sari, "Tanpa kelas")
	shown("\n1. Bapak Pegawai 00", "\n20. Bapak Pegawai 19")
	w.press(sari, "Berikutnya ›")
	shown("\n21. Bapak Pegawai 20", "\n40. Bapak Pegawai 39")
	w.press(sari, "Berikutnya ›")
	shown("\n41. Bapak Wayan")
	w.press(sari, "‹ Sebelumnya")
	shown("\n21. Bapak Pegawai 20")
	w.press(sari, "40")
	shown("Bapak Pegawai 39")
	w.press(sari, "Kelas jabatan")
	last, _ := w.fake.Last(sari)
	var labels []string
	for _, row := range last.Inline {
		for _, b := range row {
			labels = append(labels, b.Text)
		}
	}
	if got := strings.Join(labels, ", "); got != "JPT Pratama, Administrator, Pengawas, Pelaksana, Ahli Utama, Ahli Madya, Ahli Muda, Ahli Pertama, "+
		"Penyelia, Mahir, Terampil, Pemula, ‹ Kembali" {
		t.Errorf("the classes are offered as %s", got)
	}
	w.say(sari, "/kelola")
	w.press(sari, "Cari pegawai")
	w.say(sari, "pegawai")
	shown("Lebih dari 20 pegawai cocok", "\n20. ")
}
