package handlers_test

import (
	"bytes"
	"os"
	"testing"

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
	w.press(who, "Akun")
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
