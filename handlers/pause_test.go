package handlers_test

import (
	"testing"
	"time"
)

// Whoever breaks off a rating is told what is kept, and goes on with a button: nothing
// is said to be kept before anything was given.
func TestBreakingOffARating(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0, "Sari", "Wayan")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.say(me, "/batal")
	w.shows(me, "Belum ada nilai yang diisi. Untuk memulai, buka /tim.", "[Lanjutkan]")
	w.tap(me, "Lanjutkan", "3")
	w.clock.move(48 * time.Hour) // also some days later
	w.say(me, "/batal")
	w.shows(me, "Penilaian anggota tim tersimpan. Lanjutkan lewat /tim.", "[Lanjutkan]")
	w.clock.move(48 * time.Hour)
	w.tap(me, "Lanjutkan")
	w.shows(me, "Pertanyaan 2 dari 9")
}

// What was recorded of a dialogue is kept when it is broken off, and that is what is said.
func TestBreakingOffADialogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, rina := w.boss(0, "Sari", "Wayan"), account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.say(rina, "/asesmen")
	w.tap(rina, "1", "1", "1", "1", "1", "1", "1", "1", "1", "Kirim")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.tap(me, "4", "4", "4", "4", "4", "4", "4", "4", "4", "Kirim", "Buka perbandingan", "Catat hasil dialog", "3")
	w.say(me, "/batal")
	w.shows(me, "Yang sudah diisi tersimpan. Untuk melanjutkan, ketuk tombol ini.", "[Lanjutkan]")
	w.clock.move(48 * time.Hour)
	w.tap(me, "Lanjutkan")
	w.shows(me, "Alasan utamanya?")
}
