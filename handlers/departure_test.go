package handlers_test

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
)

// retires is a register in which somebody has left.
func retires(f figure) []byte {
	return []byte("NIP;NAMA;JABATAN;UNIT KERJA;KEDUDUKAN\n" + f.nip + ";" + f.full + ";" + f.position + ";Dinas Pelayanan Terpadu;Pensiun\n")
}

// Who leaves by the register loses the account and all rights at once, is told
// once, and is back when the register says so.
func TestLeavingTheService(t *testing.T) {
	devdbtest.Long(t, "somebody leaves in the middle of everything")
	t.Parallel()
	w := hrWorld(t)
	bambang := account("Bambang")
	w.linkByCode("Bambang", cast()[0].code)
	w.grant("Bambang", personnel.RoleHR, false)
	w.say(bambang, "/kelola")
	old, _ := w.fake.Last(bambang)

	w.fake.SendDocument(account("Sari"), "data.csv", retires(cast()[0]))
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "Tidak aktif 1 (baris 2); dinonaktifkan 1.") {
		t.Errorf("the preview says %q", got)
	}
	if n := w.count(`SELECT count(*) FROM employee WHERE NOT active`); n != 0 {
		t.Error("a preview has changed the register")
	}
	w.pressNewest(account("Sari"), "Terapkan")
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "dinonaktifkan 1") {
		t.Errorf("the report says %q", got)
	}
	w.await(`SELECT count(*) FROM chat WHERE left_told`, 1)
	w.settle()
	last, _ := w.fake.Last(bambang)
	if !strings.Contains(last.Text, "tidak lagi tercatat sebagai pegawai aktif") {
		t.Errorf("the account is told %q", last.Text)
	}
	seen := len(w.fake.Messages(bambang))
	for _, what := range []string{"/kelola", "/tim", "/tugas", "/impor"} {
		w.say(bambang, what)
	}
	w.answered(w.fake.ForgePress(bambang, old.ID, old.Inline[1][0].Data))
	w.settle()
	for _, text := range w.newBotTexts(bambang, seen) {
		if !strings.Contains(text, "erhubung") {
			t.Errorf("somebody who has left is shown %q", text)
		}
	}

	w.fake.SendDocument(account("Sari"), "data.csv", []byte(strings.Replace(string(retires(cast()[0])), "Pensiun", "Aktif", 1)))
	w.settle()
	w.pressNewest(account("Sari"), "Terapkan")
	w.settle()
	w.await(`SELECT count(*) FROM chat WHERE NOT left_told`, 2)
	w.settle()
	told := strings.Join(w.newBotTexts(bambang, 0), "\n")
	if n := strings.Count(told, "tidak lagi tercatat"); n != 1 || !strings.Contains(told, "terhubung kembali; pilihannya") {
		t.Errorf("told %d times, and at last %q", n, told)
	}
	w.say(bambang, "/kelola")
	if last, _ := w.fake.Last(bambang); !strings.Contains(last.Text, "Permintaan menunggu") {
		t.Errorf("back in service: %q", last.Text)
	}
}

// A questionnaire that somebody had begun waits for the register, and does not
// stand in the way of another account.
func TestDraftOfSomebodyWhoLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	rina := account("Rina")
	w.link(rina, cast()[1].code)
	w.press(rina, "Mulai")
	w.press(rina, "3")
	w.exec(`UPDATE employee SET active = false WHERE id = $1`, w.ids["Rina"])
	w.say(rina, "4")
	if last, _ := w.fake.Last(rina); !strings.Contains(last.Text, "belum terhubung") {
		t.Errorf("an answer of somebody who has left: %q", last.Text)
	}
	w.exec(`UPDATE employee SET active = true WHERE id = $1`, w.ids["Rina"])
	w.say(rina, "/tugas")
	if last, _ := w.fake.Last(rina); !strings.Contains(last.Text, "sedang diisi") {
		t.Errorf("back in service: %q", last.Text)
	}
	w.exec(`UPDATE employee SET active = false WHERE id = $1`, w.ids["Rina"])
	w.say(rina, "/start "+cast()[2].code)
	w.press(rina, "Setuju")
	if n := w.count(`SELECT count(*) FROM chat WHERE id = $1 AND employee_id = $2`, rina, w.ids["Wayan"]); n != 1 {
		t.Error("the account of somebody who has left cannot be linked to a new person")
	}
}

// await waits until a query counts n.
func (w *world) await(query string, n int) {
	w.t.Helper()
	limit := time.After(patience)
	for w.count(query) != n {
		select {
		case <-limit:
			w.t.Fatalf("waited in vain for %d of %s", n, query)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
