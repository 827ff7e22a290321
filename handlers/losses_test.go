package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/measure"
)

// Who would be deactivated and who would lose the superior is named before anything
// is applied: in the message as far as they fit, and all of them in a file. What was
// named is what happens; if the register has changed, it is shown once more.
func TestLossesAreNamed(t *testing.T) {
	w := hrWorld(t)
	sari := account("Sari")
	w.crew("Bambang", 40)
	w.exec(`UPDATE employee SET name = name || repeat('x', 250) WHERE name LIKE 'Zulkifli 01%'`) // no message holds twenty of these whole
	if n := w.count(`SELECT max(length(name)) FROM employee`); n < 250 {
		t.Fatal("no long names")
	}
	w.fake.SendDocument(sari, "data.csv", retires(cast()[0]))
	w.settle()
	w.shows(sari, "Akan dinonaktifkan: 1 pegawai.")
	w.shows(sari, "• Bambang Setiawan (NIP berakhiran 1001), Dinas Pelayanan Terpadu")
	w.shows(sari, "Akan kehilangan atasan langsung: 43 pegawai.")
	w.shows(sari, "• Rina Kartika (NIP berakhiran 2002), Dinas Pelayanan Terpadu; selama ini dipimpin Bambang Setiawan")
	w.shows(sari, "lainnya")
	last, _ := w.fake.Last(sari)
	if n := measure.Units(last.Text); n > 4096 {
		t.Errorf("the preview has %d units", n)
	}
	if n := strings.Count(last.Text, "selama ini dipimpin"); n < 10 || n > 20 || !strings.HasSuffix(last.Text, fmt.Sprintf("dan %d lainnya", 43-n)) {
		t.Errorf("%d are named:\n%s", n, last.Text)
	}
	all := func() {
		t.Helper()
		last, _ := w.fake.Last(sari)
		if last.Document == nil {
			t.Fatalf("no list of names, but: %s", last.Text)
		}
		got := cells(t, last.Document.Body)
		if n := strings.Count(got, "kehilangan atasan langsung"); n != 43 || !strings.Contains(got, "Bambang Setiawan|1001|Dinas Pelayanan Terpadu|dinonaktifkan") {
			t.Errorf("the list has %d without a superior:\n%s", n, got)
		}
		if strings.Contains(got, cast()[0].nip) {
			t.Error("the list holds a whole NIP")
		}
	}
	w.tap(sari, "Lihat 44 nama")
	all()
	w.exec(`UPDATE employee SET active = false WHERE name = 'Zulkifli 040'`)
	w.tap(sari, "Terapkan")
	w.shows(sari, "Isi Bangkom berubah sejak pratinjau")
	w.shows(sari, "Akan kehilangan atasan langsung: 42 pegawai.")
	w.exec(`UPDATE employee SET active = true WHERE name = 'Zulkifli 040'`)
	w.fake.SendDocument(sari, "data.csv", retires(cast()[0]))
	w.settle()
	w.tap(sari, "Terapkan")
	all() // with what was applied
	said := strings.Join(w.newBotTexts(sari, 0), "\n")
	for _, one := range []string{"Dinonaktifkan: 1 pegawai.", "Sekarang tanpa atasan langsung: 43 pegawai."} {
		if !strings.Contains(said, one) {
			t.Errorf("what was applied does not say %q", one)
		}
	}
	w.exec(`UPDATE upload SET changed_at = changed_at - interval '3 days'`)
	w.runJob("retention")
	if n := w.count(`SELECT count(*) FROM upload WHERE losses IS NOT NULL`); n != 0 {
		t.Errorf("%d lists of names are still kept after three days", n)
	}
}
