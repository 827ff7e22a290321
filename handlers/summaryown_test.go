package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/storage"
)

// card is the message of an id as it looks now.
func (w *world) card(account int64, id int) faketelegram.Message {
	w.t.Helper()
	for _, m := range w.fake.Messages(account) {
		if m.ID == id {
			return m
		}
	}
	w.t.Fatalf("no message %d", id)
	return faketelegram.Message{}
}

func hasLabel(m faketelegram.Message, label string) bool {
	for _, row := range m.Inline {
		for _, b := range row {
			if b.Text == label {
				return true
			}
		}
	}
	return false
}

// After the deadline the ratings that are owed are not hidden behind who is late:
// those are one line, the ratings have one button, and who is late is named in
// /tim, where they can be excused.
func TestSummaryAfterTheDeadline(t *testing.T) {
	devdbtest.Long(t, "weeks of summaries")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(6)
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.say(firstAccount+1, "/asesmen")
	w.tap(firstAccount+1, "2", "2", "2", "2", "2", "2", "2", "2", "2", "Kirim")
	w.exec(`UPDATE task SET due_at = '2027-01-16', state = CASE WHEN employee_id = $1 THEN 'done' ELSE state END WHERE kind = 'self_assessment'`, w.ids["Bambang"])
	w.clockAt("2027-01-18 09:00")
	w.runJob("weekly-summary")
	w.settle()
	card := w.summaryOf(me)
	w.says(me, card.ID, "1 hal menunggu Bapak.", "1. Ibu Rina Kartika: menunggu penilaian Bapak, sampai ", "8 pegawai tidak mengisi sampai batas waktu, lihat /tim",
		"Penilaian mandiri: 1 selesai · 8 tidak mengisi", "Penilaian atasan: 0 terkirim · 9 belum dinilai")
	if strings.Contains(card.Text, "Sari") {
		t.Errorf("who is late is named:\n%s", card.Text)
	}
	w.tap(me, "Nilai tim")
	w.shows(me, "[Daftar sudah benar]", "2. Ibu Sari Dewi: belum mengisi, batas waktu sudah lewat")
	w.tap(me, "2", "Tidak perlu mengisi", "Cuti", "Ya, tidak perlu")
	w.shows(me, "Penilaian mandiri: tidak perlu mengisi")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar")
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "7 pegawai tidak mengisi sampai batas waktu")
	w.tap(me, "Nilai tim")
	w.shows(me, "Pertanyaan 1 dari 9", "pegawai 1 dari 9")
}

// The row that explains why a summary came stays below it whatever is pressed, and
// never stands below one that was asked for.
func TestSummaryKeepsItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	w.exec(`UPDATE task SET state = 'done' WHERE employee_id = $1`, w.ids["Bambang"])
	w.clockAt("2027-01-11 09:00")
	w.runJob("weekly-summary")
	w.settle()
	first := w.summaryOf(me)
	w.tap(me, "Atur ringkasan", "‹ Ringkasan")
	if m := w.card(me, first.ID); !hasLabel(m, "Alasan pesan ini") || !hasLabel(m, "Atur ringkasan") {
		t.Errorf("below the summary stands %v", m.Inline)
	}
	w.tap(me, "Alasan pesan ini")
	w.shows(me, "ringkasan mingguan untuk atasan")
	w.say(me, "/ringkasan")
	w.tap(me, "Atur ringkasan", "‹ Ringkasan")
	if m := w.summaryOf(me); m.ID == first.ID || hasLabel(m, "Alasan pesan ini") {
		t.Errorf("below the one that was asked for stands %v", m.Inline)
	}
}

// Skipping leaves out the next summary that would go: after this week's has gone
// that is next week's. It can be undone, and works again once one was skipped.
func TestSkipTheNextSummary(t *testing.T) {
	devdbtest.Long(t, "weeks of summaries")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	w.exec(`UPDATE task SET state = 'done' WHERE employee_id = $1`, w.ids["Bambang"])
	sent := func() int {
		return w.count(`SELECT count(*) FROM notice WHERE kind = 'summary' AND action = 'send'`)
	}
	w.clockAt("2027-01-11 09:00")
	w.runJob("weekly-summary")
	w.settle()
	w.tap(me, "Atur ringkasan", "Lewati berikutnya")
	w.shows(me, "Senin, 18 Januari 2027: dilewati. Berikutnya: Senin, 25 Januari 2027", "[Batalkan lewati]", "[✓ Senin]", "[✓ 09.00]")
	w.tap(me, "Batalkan lewati")
	w.shows(me, "bila ada yang menunggu. Berikutnya: Senin, 18 Januari 2027", "[Lewati berikutnya]")
	w.tap(me, "Lewati berikutnya")
	w.clockAt("2027-01-18 09:00")
	w.runJob("weekly-summary")
	w.settle()
	if n := sent(); n != 1 {
		t.Errorf("%d summaries after the one that is skipped, want 1", n)
	}
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "Berikutnya: Senin, 25 Januari.")
	w.tap(me, "Atur ringkasan")
	w.shows(me, "bila ada yang menunggu. Berikutnya: Senin, 25 Januari 2027", "[Lewati berikutnya]")
	w.tap(me, "Lewati berikutnya")
	w.shows(me, "Senin, 25 Januari 2027: dilewati. Berikutnya: Senin, 1 Februari 2027")
	for _, day := range []string{"2027-01-25", "2027-02-01"} {
		w.clockAt(day + " 09:00")
		w.runJob("weekly-summary")
	}
	if n := sent(); n != 2 {
		t.Errorf("%d summaries, want 2", n)
	}
}

// Who wants no reminders gets no summary either, and is told so wherever the next
// one would be promised.
func TestNoSummaryWithoutReminders(t *testing.T) {
	devdbtest.Long(t, "weeks of summaries")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.clockAt("2027-01-11 08:30")
	w.say(me, "/pengingat")
	w.tap(me, "Hentikan pengingat")
	w.shows(me, "Pengingat dihentikan.", "Ringkasan tim juga tidak dikirim; /ringkasan tetap dapat dibuka.")
	w.say(firstAccount+1, "/pengingat")
	w.tap(firstAccount+1, "Hentikan pengingat")
	if got := w.onShow(firstAccount + 1); strings.Contains(got, "Ringkasan tim") {
		t.Errorf("who leads nobody reads of a summary:\n%s", got)
	}
	w.clockAt("2027-01-11 09:00")
	w.runJob("weekly-summary")
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'summary' AND reason = 'muted'`); n != 1 {
		t.Errorf("%d summaries are left out because of the mute, want 1", n)
	}
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "Ringkasan mingguan tidak dikirim selama pengingat hening; ubah lewat /pengingat.")
	w.tap(me, "Atur ringkasan")
	w.shows(me, "Berikutnya: tidak ada selama pengingat hening, lihat /pengingat.")
	if got := w.onShow(me); strings.Contains(got, "Lewati") {
		t.Errorf("there is none to skip:\n%s", got)
	}
	w.say(me, "/pengingat")
	w.tap(me, "Ingatkan lagi")
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "Berikutnya: Senin, 18 Januari.")
}

// Whoever loses ratings because the register says so is told once, in daytime, with
// the reason; it stands in the log. The superior sees the rating as the own again.
func TestUnsharedIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, rina := w.boss(0), int64(firstAccount+1)
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	for _, subject := range []string{"Sari", "Wayan"} {
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			return tx.NameCoRater(ctx, w.ids["Bambang"], w.ids[subject], w.ids["Rina"], w.clock.Now())
		})
	}
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "Penilaian atasan: 0 terkirim · 1 belum dinilai · 2 dialihkan (belum terkirim)")
	w.clockAt("2027-01-12 22:00")
	w.tx(func(ctx context.Context, tx *storage.Tx) error { // Sari leads Rina from now on
		return setSuperior(ctx, tx, w.ids["Rina"], w.ids["Sari"], w.ids["Bambang"], w.clock.Now())
	})
	seen := len(w.fake.Messages(rina))
	w.runJob("reminders")
	w.settle()
	if news := w.newBotTexts(rina, seen); len(news) > 0 {
		t.Errorf("at ten in the evening Rina gets %q", news)
	}
	w.clockAt("2027-01-13 06:05")
	w.runJob("reminders")
	w.runJob("reminders")
	w.settle()
	if news := w.newBotTexts(rina, seen); len(news) != 1 || !strings.Contains(news[0], "1 pegawai yang diminta Bapak Bambang Setiawan untuk dinilai tidak lagi dinilai oleh Ibu.") {
		t.Errorf("in the morning Rina gets %q", news)
	}
	w.tap(rina, "Alasan pesan ini")
	w.shows(rina, "karena data kepegawaian berubah", "06.00 dan 21.00")
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'rating.unshared' AND employee_id = $1`, w.ids["Rina"]); n != 1 {
		t.Errorf("%d rows in the log, want 1", n)
	}
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "1 belum dinilai · 1 dialihkan (belum terkirim)")
}

// Nobody is told of a loss that is none: the official has asked anew before the
// message went, or the time to rate was over already.
func TestUnsharedWithoutLoss(t *testing.T) {
	devdbtest.Long(t, "weeks of summaries")
	t.Parallel()
	for _, late := range []bool{false, true} {
		w := newWorld(t)
		w.boss(0)
		rina := int64(firstAccount + 1)
		w.linkStraight(w.ids["Rina"], rina, "Rina")
		name := func() {
			w.tx(func(ctx context.Context, tx *storage.Tx) error {
				return tx.NameCoRater(ctx, w.ids["Bambang"], w.ids["Sari"], w.ids["Rina"], w.clock.Now())
			})
		}
		lead := func(superior string) {
			w.tx(func(ctx context.Context, tx *storage.Tx) error {
				return setSuperior(ctx, tx, w.ids["Rina"], w.ids[superior], w.ids["Bambang"], w.clock.Now())
			})
		}
		name()
		w.clockAt("2027-01-12 22:00")
		if late {
			w.clock.move(60 * 24 * time.Hour)
			w.runJob("expiries")
		}
		seen := len(w.fake.Messages(rina))
		lead("Sari")
		if !late {
			lead("Bambang")
			name()
		}
		w.clock.move(9 * time.Hour)
		w.runJob("reminders")
		w.settle()
		if news := w.newBotTexts(rina, seen); len(news) > 0 {
			t.Errorf("late %t: Rina gets %q", late, news)
		}
		if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'unshared' AND action = 'hold'`); n != 0 {
			t.Errorf("late %t: %d notices wait for ever", late, n)
		}
	}
}

// The fourth summary that nobody taps promises no other one in its month, because
// from then on they come monthly; a tap makes it weekly again, and says so.
func TestUntouchedSummaryPromisesTheNextMonth(t *testing.T) {
	devdbtest.Long(t, "weeks of summaries")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	for _, day := range []string{"2027-01-11", "2027-01-18", "2027-01-25", "2027-02-01"} {
		w.clockAt(day + " 09:00")
		w.runJob("weekly-summary")
		w.settle()
	}
	w.says(me, w.summaryOf(me).ID, "Keadaan Senin, 1 Februari 2027", "Berikutnya: Senin, 1 Maret.")
	w.clockAt("2027-02-08 09:00")
	w.runJob("weekly-summary")
	w.settle()
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'summary' AND action = 'send'`); n != 4 {
		t.Errorf("%d summaries, want 4", n)
	}
	w.tap(me, "Atur ringkasan", "‹ Ringkasan")
	w.says(me, w.summaryOf(me).ID, "Berikutnya: Senin, 15 Februari.")
}
