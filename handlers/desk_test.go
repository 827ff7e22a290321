package handlers_test

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/personnel"
)

// office links Sari as the personnel office.
func (w *world) office() (hr int64) {
	w.t.Helper()
	w.grant("Sari", personnel.RoleHR, false)
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	return account("Sari")
}

// On the morning after the former deadline, when the ladder has closed the task, the
// period is extended in four taps: the task is open again until the new deadline, whoever
// owes it is told in the hours of sending and whoever has sent it is not, and after the new
// deadline it is over like any other.
func TestExtendInTheChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 4))
	hr, rina, wayan := w.office(), account("Rina"), account("Wayan")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.linkStraight(w.ids["Wayan"], wayan, "Wayan")
	w.exec(`UPDATE task SET state = 'done', ladder_at = NULL WHERE employee_id = $1 AND kind = 'self_assessment'`, w.ids["Wayan"])
	w.exec(`UPDATE task SET state = 'done', ladder_at = NULL WHERE employee_id = $1 AND kind = 'self_assessment'`, w.ids["Sari"])
	w.clockAt("2027-02-15 20:00")
	w.runJob("reminders")
	if n := w.count(`SELECT count(*) FROM task WHERE employee_id = $1 AND state = 'expired'`, w.ids["Rina"]); n != 1 {
		t.Fatalf("%d tasks of Rina have ended", n)
	}
	w.say(hr, "/kelola")
	w.tap(hr, "Periode", "Perpanjang", "Satu pekan")
	w.shows(hr, "sampai Senin, 22 Februari 2027?")
	message, data := w.button(hr, "Ya, perpanjang")
	w.tap(hr, "Ya, perpanjang")
	w.shows(hr, "diperpanjang sampai Senin, 22 Februari 2027", "1 pegawai yang belum mengirim")
	w.answered(w.fake.ForgePress(hr, message, data)) // the deadline that it names is another one by now
	w.settle()
	w.shows(hr, "Tombol ini sudah tidak berlaku")
	w.runJob("reminders")
	if last := w.last(rina); strings.Contains(last, "diperpanjang") {
		t.Error("it is told at night")
	}
	before := w.onShow(wayan)
	w.clockAt("2027-02-16 09:00")
	w.runJob("reminders")
	w.settle()
	w.shows(rina, "diperpanjang sampai Senin, 22 Februari 2027", "[Mulai]")
	if w.onShow(wayan) != before {
		t.Error("who has sent it is told")
	}
	w.clockAt("2027-02-17 09:00")
	w.runJob("reminders")
	w.settle()
	if n := w.count(`SELECT count(*) FROM notice WHERE employee_id = $1 AND action = 'send' AND class = 'prompt'`, w.ids["Rina"]); n != 1 {
		t.Errorf("%d messages about the task, want the one about the deadline", n)
	}
	w.tap(rina, "Mulai")
	w.shows(rina, "Pertanyaan 1 dari 9")
	w.clockAt("2027-02-23 09:00")
	w.say(rina, "2")
	if on := w.last(rina); strings.Contains(on, "Pertanyaan 2") {
		t.Errorf("an answer was taken after the later deadline: %s", on)
	}
}

// A day that was typed is for the deadline that stood beside it: whoever has extended the period
// meanwhile is not overruled, and the next attempt goes by the deadline of now.
func TestTypedDayIsForTheDeadlineSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 4))
	hr := w.office()
	typed := func() {
		w.say(hr, "/kelola")
		w.tap(hr, "Periode", "Perpanjang", "Tanggal lain")
		w.say(hr, "26 Februari 2027")
		w.shows(hr, "sampai Jumat, 26 Februari 2027?")
	}
	typed()
	w.exec(`UPDATE period SET due_at = due_at + interval '3 days'`)
	due := w.count(`SELECT extract(epoch FROM due_at)::int FROM period`)
	w.tap(hr, "Ya, perpanjang")
	w.shows(hr, "sudah diubah petugas lain")
	if now := w.count(`SELECT extract(epoch FROM due_at)::int FROM period`); now != due {
		t.Error("the other officer was overruled")
	}
	typed()
	w.tap(hr, "Ya, perpanjang")
	w.shows(hr, "diperpanjang sampai Jumat, 26 Februari 2027")
}

// A request is answered in one line that the person gets and has in the own copy; only
// one of the office answers it, and without a line it is closed as before. One for erasure
// is closed without an erasure, and the line says why.
func TestTicketsAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hr, rina := w.office(), account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	for _, kind := range []string{"correction", "erasure"} {
		w.exec(`INSERT INTO ticket (employee_id, chat_id, kind, body, created_at) VALUES ($1, $2, $3, 'Gelar', $4)`, w.ids["Rina"], rina, kind, w.clock.Now())
		w.clock.move(time.Minute)
	}
	w.say(hr, "/kelola")
	w.tap(hr, "Permintaan")
	w.shows(hr, "[1 Jawab] [1 Selesai]", "[2 Periksa]")
	w.tap(hr, "1 Jawab")
	w.shows(hr, "Permintaan Ibu Rina Kartika: Gelar")
	w.say(hr, strings.Repeat("a", 301))
	w.shows(hr, "paling banyak 300 huruf")
	w.say(hr, "Gelar sudah kami usulkan\nke SIASN.")
	w.shows(hr, "Jawaban diteruskan kepada Ibu Rina Kartika")
	w.runJob("reminders")
	w.settle()
	w.shows(rina, "Jawabannya: Gelar sudah kami usulkan ke SIASN.")
	w.tap(hr, "Permintaan")
	w.tap(hr, "1 Periksa", "Tutup, beri sebab")
	w.shows(hr, "ditutup tanpa penghapusan")
	w.say(hr, "Masih dalam jadwal retensi.")
	w.runJob("reminders")
	w.settle()
	w.shows(rina, "Sebabnya menurut petugas kepegawaian: Masih dalam jadwal retensi.")
	if n := w.count(`SELECT count(*) FROM ticket WHERE handled_by = $1 AND answer <> ''`, w.ids["Sari"]); n != 2 {
		t.Errorf("%d answers are stored, want 2", n)
	}
}
