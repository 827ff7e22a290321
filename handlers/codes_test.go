package handlers_test

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/personnel"
)

// Who has no account is helped before being excused: the officer of the unit, named,
// is asked for codes through the gate and makes them with the rights of that moment.
func TestCodesAreAskedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, sari, above := w.boss(3), account("Sari"), account("Rina")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.linkStraight(w.ids["Rina"], above, "Rina")
	w.exec(`INSERT INTO chat (id, employee_id, linked_at, reachable) VALUES (77, $1, $2, false)`, w.ids["Wayan"], w.clock.Now())
	w.grant("Rina", personnel.RoleHR, false)
	w.say(me, "/ringkasan")
	w.shows(me, "Zulkifli 001: belum terhubung", "O'Neil: tidak terjangkau lewat Telegram", "[Mintakan 3 kode]") // a code helps nobody who blocked the bot
	if on := w.onShow(me); strings.Index(on, "Mintakan") > strings.Index(on, "Tidak perlu") {
		t.Errorf("excusing stands before what helps:\n%s", on)
	}
	w.tap(me, "Mintakan 3 kode")
	w.shows(me, "petugas kepegawaian tingkat badan")
	if strings.Contains(w.onShow(me), "Rina") {
		t.Error("who of the personnel office it is, is told to a superior")
	}
	w.tap(me, "Batal")
	w.grant("Sari", personnel.RoleOfficer, false)
	w.tap(me, "Mintakan 3 kode")
	w.shows(me, "kepada Ibu Sari Dewi, petugas unit kerja", "Zulkifli 001, Ibu Zulkifli 002, Bapak Zulkifli 003", "Dapat diulang mulai Kamis, 14 Januari 2027")
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'codes.asked'`); n != 0 {
		t.Errorf("%d codes were asked for by a question", n)
	}
	w.tap(me, "Kirim")
	w.shows(me, "Permintaan 3 kode diteruskan kepada Ibu Sari Dewi", "Kode sudah dimintakan untuk 3 pegawai; dapat diminta lagi mulai Kamis, 14 Januari")
	if strings.Contains(w.onShow(me), "Mintakan") {
		t.Errorf("codes can be asked for again at once:\n%s", w.onShow(me))
	}
	w.shows(sari, "Bapak Bambang Setiawan meminta kode bagi 3 pegawai", "2. Ibu Zulkifli 002", "[1 Kode] [2 Kode] [3 Kode]")
	w.tap(sari, "2 Kode")
	w.shows(sari, "Kode untuk Ibu Zulkifli 002")
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'codes' AND action = 'send' AND employee_id = $1`, w.ids["Sari"]); n != 1 {
		t.Errorf("%d messages went through the gate, want 1", n)
	}
	w.clock.move(73 * time.Hour)
	w.say(me, "/ringkasan")
	w.shows(me, "[Mintakan 3 kode]")
	w.grant("Sari", personnel.RoleOfficer, true) // the right ends, and with it the buttons
	w.tap(sari, "3 Kode")
	w.shows(sari, "Tombol ini sudah tidak berlaku")
}

// Excusing is confirmed, is counted beside the figure of the superior and of the
// personnel office, raises no figure, and is taken back from where it was done.
func TestExcusingIsConfirmedCountedAndUndone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, rina := w.boss(2), account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.say(rina, "/asesmen")
	w.tap(rina, "2")
	w.exec(`UPDATE task SET due_at = $1 WHERE employee_id = $2 AND kind = 'self_assessment'`, w.clock.Now().Add(20*time.Hour), w.ids["Rina"])
	excused := func(want int) {
		t.Helper()
		if n := w.count(`SELECT count(*) FROM task WHERE state = 'excused' AND kind = 'self_assessment'`); n != want {
			t.Errorf("%d people are excused, want %d", n, want)
		}
	}
	w.say(me, "/ringkasan")
	w.tap(me, "1 Tidak perlu", "Cuti")
	w.shows(me, "Ibu Rina Kartika tidak perlu mengisi kali ini? Alasan: Cuti. Pegawai itu mendapat kabar.", "Tetap mengisi")
	excused(0)
	w.tap(me, "Ya, tidak perlu")
	excused(1)
	w.shows(me, "0 dari 5 pegawai selesai", "; 1 tidak perlu mengisi.", "[Tetap mengisi]")
	w.shows(rina, "penilaian mandiri tidak perlu diisi kali ini")
	w.say(me, "/tim")
	w.shows(me, "Penilaian mandiri selesai: 0; tidak perlu mengisi: 1.")
	w.say(me, "/ringkasan") // another time: the same place still leads back
	w.tap(me, "Tetap mengisi")
	w.shows(me, "Siapa yang tetap mengisi?")
	w.tap(me, "1")
	excused(0)
	w.shows(me, "Ibu Rina Kartika tetap mengisi, sampai", "Pegawai itu mendapat kabar.")
	w.shows(rina, "penilaian mandiri tetap diisi, sampai")
	if state := w.text(`SELECT state || ' ' || excused_why FROM task WHERE employee_id = $1 AND kind = 'self_assessment'`, w.ids["Rina"]); state != "started " {
		t.Errorf("who had begun is now %q", state)
	}
	w.say(rina, "/tugas")
	w.shows(rina, "sedang diisi")
	if n := w.count(`SELECT count(*) FROM audit WHERE action IN ('excused', 'unexcused') AND actor = $1 AND employee_id = $2`, w.ids["Bambang"], w.ids["Rina"]); n != 2 {
		t.Errorf("%d rows of the audit log, want both decisions", n)
	}
	w.say(me, "/ringkasan")
	w.tap(me, "1 Tidak perlu", "Cuti", "Ya, tidak perlu")
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.say(account("Sari"), "/kelola")
	w.tap(account("Sari"), "Periode")
	w.shows(account("Sari"), "Di luar itu, tidak perlu mengisi: 1.")
}
