package handlers_test

import (
	"bytes"
	"strings"
	"testing"

	"bangkom/internal/personnel"
)

// hrWorld is a world in which Sari is linked and of the personnel office.
func hrWorld(t *testing.T) *world {
	w := newWorld(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.linkByCode("Sari", cast()[3].code)
	return w
}

// lastAnswer is the newest message to Sari.
func (w *world) lastAnswer() string {
	last, _ := w.fake.Last(account("Sari"))
	return last.Text
}

// A file that is no register is answered with what to do, and changes nothing.
func TestUploadsThatAreNoRegister(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	before := w.count(`SELECT count(*) FROM employee`)
	for name, tt := range map[string]struct{ body, say string }{
		"PDF":                 {"%PDF-1.7\n%âãÏÓ\n1 0 obj", "bukan lembar kerja"},
		"picture":             {"\x89PNG\r\n\x1a\n\x00\x00", "bukan lembar kerja"},
		"zip of nothing":      {"PK\x05\x06" + strings.Repeat("\x00", 18), "bukan lembar kerja"},
		"broken zip":          {"PK\x03\x04" + strings.Repeat("x", 500), "bukan lembar kerja"},
		"no heading":          {"satu;dua;tiga\n1;2;3\n", "Baris judul tidak ditemukan"},
		"heading without NIP": {"NAMA;JABATAN;UNIT KERJA\nA;B;C\n", "Kolom NIP tidak ditemukan"},
		"too large":           {"NIP;NAMA\n" + strings.Repeat("1;2;3;4;5\n", 3<<20), "terlalu besar"},
	} {
		w.fake.SendDocument(account("Sari"), "data.csv", []byte(tt.body))
		w.settle()
		if got := w.lastAnswer(); !strings.Contains(got, tt.say) {
			t.Errorf("%s: answered %q, want %q", name, got, tt.say)
		}
	}
	if after := w.count(`SELECT count(*) FROM employee`); after != before {
		t.Errorf("%d people, before %d", after, before)
	}
}

const oneNew = "NIP;NAMA;JABATAN;UNIT KERJA\n199503142019031901;Budi;Arsiparis Ahli Pertama;Dinas Arsip\n"

// The right that is lost after Terapkan, before the rows are stored, counts too.
func TestRightLostWhileApplying(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	w.settle()
	w.stop()
	w.exec(`UPDATE upload SET state = 'applying'`)
	w.grant("Sari", personnel.RoleHR, true)
	w.start()
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "sudah tidak ada pada akun ini") {
		t.Errorf("answered %q", got)
	}
	if n := w.count(`SELECT count(*) FROM employee WHERE nip = '199503142019031901'`); n != 0 {
		t.Error("the row was stored")
	}
}

// A restart between the steps loses nothing and stores nothing twice.
func TestUploadSurvivesARestart(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	w.settle()
	w.stop()
	w.exec(`UPDATE upload SET state = 'received'`)
	w.start()
	w.settle()
	w.pressNewest(account("Sari"), "Terapkan")
	w.settle()
	w.stop()
	w.exec(`UPDATE upload SET state = 'applying'`) // as if the process had been killed right before
	w.start()
	w.settle()
	if n := w.count(`SELECT count(*) FROM employee WHERE nip = '199503142019031901'`); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	all := strings.Join(w.newBotTexts(account("Sari"), 0), "\n")
	if n := strings.Count(all, "Diterapkan pukul"); n != 1 {
		t.Errorf("the end was told %d times:\n%s", n, all)
	}
}

// The copy holds the person's own data, in full and without anything of anybody
// else.
func TestCopyHoldsOnlyTheOwnData(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkByCode("Rina", cast()[1].code)
	w.say(account("Rina"), "/privasi")
	w.press(account("Rina"), "Salinan data")
	last, _ := w.fake.Last(account("Rina"))
	if last.Document == nil || !bytes.Contains(last.Document.Body, []byte("Rina Kartika")) || !bytes.Contains(last.Document.Body, []byte(cast()[1].nip)) ||
		bytes.Contains(last.Document.Body, []byte("Sari")) {
		t.Errorf("the copy is %s", last.Document.Body)
	}
}
