package handlers_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
)

// The sheet is a PDF; what an officer typed in is marked with the officer, and
// nothing of it stays in the officer's chat.
func TestPaperWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	w.grant("Wayan", personnel.RoleOfficer, false)
	w.linkByCode("Wayan", cast()[2].code)
	who := account("Wayan")
	w.say(who, "/unit")
	w.press(who, "Cari pegawai")
	w.say(who, "rina")
	w.press(who, "Cetak isian")
	last, _ := w.fake.Last(who)
	if last.Document == nil || !bytes.HasPrefix(last.Document.Body, []byte("%PDF-")) {
		t.Fatalf("the sheet is %+v", last)
	}
	if path := os.Getenv("BANGKOM_TEST_SHEET"); path != "" { // to look at it
		if err := os.WriteFile(path, last.Document.Body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.press(who, "Isian kertas")
	for range 9 {
		w.press(who, "2")
	}
	w.press(who, "Kirim")
	if n := w.count(`SELECT count(*) FROM response r JOIN task k ON k.id = r.task_id WHERE k.employee_id = $1 AND r.paper_by = $2`,
		w.ids["Rina"], w.ids["Wayan"]); n != 1 {
		t.Errorf("%d sheets of the officer, want 1", n)
	}
	if n := w.count(`SELECT count(*) FROM draft`); n != 0 {
		t.Errorf("%d drafts stay", n)
	}
}

// When what a sheet is for is gone in the middle, by a period that was closed for
// instance, the next text or press is answered and nothing hangs.
func TestPaperWithoutItsPeriod(t *testing.T) {
	devdbtest.Long(t, "odd events of sheets of paper")
	t.Parallel()
	for name, do := range map[string]func(w *world, who int64){
		"text": func(w *world, who int64) { w.say(who, "3") },
		"press": func(w *world, who int64) {
			last, _ := w.fake.Last(who)
			w.answered(w.fake.ForgePress(who, last.ID, last.Inline[0][1].Data))
			w.settle()
		},
	} {
		w := newWorld(t)
		w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
		w.grant("Wayan", personnel.RoleOfficer, false)
		w.linkByCode("Wayan", cast()[2].code)
		who := account("Wayan")
		w.say(who, "/unit")
		w.press(who, "Cari pegawai")
		w.say(who, "rina")
		w.press(who, "Isian kertas")
		w.press(who, "2")
		w.exec(`UPDATE period SET closed_at = now()`)
		w.exec(`UPDATE task SET state = 'expired'`)
		do(w, who)
		last, _ := w.fake.Last(who)
		want := map[string]string{"text": "belum ada pertanyaan", "press": "tidak ada yang diubah"}[name]
		if !strings.Contains(last.Text, want) || len(last.Inline) == 0 {
			t.Errorf("a %s is answered %q", name, last.Text)
		}
		if n := w.count(`SELECT count(*) FROM inbox WHERE failed IS NOT NULL OR attempts > 0`); n > 0 {
			t.Errorf("after a %s an update failed", name)
		}
		if n := w.count(`SELECT count(*) FROM draft WHERE form = 'qp'`); n != 1 {
			t.Errorf("after a %s %d sheets are kept, want 1", name, n)
		}
	}
}
