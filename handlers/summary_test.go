package handlers_test

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
)

// onSummary waits for the newest summary of an account.
func (w *world) summaryOf(account int64) faketelegram.Message {
	w.t.Helper()
	var found faketelegram.Message
	for _, m := range w.fake.Messages(account) {
		if strings.Contains(m.Text, "Keadaan ") && strings.Contains(m.Text, "pegawai") {
			found = m
		}
	}
	if found.ID == 0 {
		w.t.Fatalf("no summary; on show: %s", w.onShow(account))
	}
	return found
}

// data is what a button of a message sends.
func (w *world) dataOf(m faketelegram.Message, label string) string {
	w.t.Helper()
	for _, row := range m.Inline {
		for _, b := range row {
			if b.Text == label {
				return b.Data
			}
		}
	}
	w.t.Fatalf("no button %q below: %s", label, m.Text)
	return ""
}

// says fails unless the message of the id says each of the texts.
func (w *world) says(account int64, id int, texts ...string) {
	w.t.Helper()
	for _, m := range w.fake.Messages(account) {
		for _, text := range texts {
			if m.ID == id && !strings.Contains(m.Text, text) {
				w.t.Errorf("%q is not in:\n%s", text, m.Text)
			}
		}
	}
}

func (w *world) clockAt(s string) {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, wib)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock.move(at.Sub(w.clock.Now()))
}

// A tap on any button counts as read; buttons work for 14 days and then say why
// not any more; a nudge after hours waits for the next ones.
func TestSummaryButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.exec(`UPDATE task SET state = 'done' WHERE employee_id = $1`, w.ids["Bambang"])
	w.clockAt("2027-01-11 09:00")
	w.runJob("weekly-summary")
	w.settle()
	first := w.summaryOf(me)
	const read = `SELECT count(*) FROM notice WHERE kind = 'summary' AND read_at IS NOT NULL`
	if n := w.count(read); n != 0 {
		t.Fatalf("%d summaries are read before a tap", n)
	}
	w.clockAt("2027-01-11 20:00")
	old := w.dataOf(first, "1 Tidak perlu") // Sari or Wayan, who have no account
	w.tap(me, "Ingatkan 1 pegawai")
	if n := w.count(read); n != 1 {
		t.Errorf("%d summaries are read after a tap, want 1", n)
	}
	w.says(me, first.ID, "Akan dikirim Selasa, 12 Januari 2027, pukul 07.45 WIB. Dapat diulang mulai Jumat, 15 Januari 2027.")
	w.tap(me, "Kirim")
	w.says(me, first.ID, "Pengingat kepada 1 pegawai akan dikirim Selasa, 12 Januari 2027, pukul 07.45 WIB.")
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'nudge' AND action = 'hold' AND reason = 'outside_hours'`); n != 1 {
		t.Errorf("%d nudges wait, want 1", n)
	}
	if n := len(w.fake.Messages(firstAccount + 1)); n != 2 { // her own word and the answer
		t.Errorf("Rina has %d messages, want none at night", n)
	}
	w.clockAt("2027-01-12 07:50")
	w.runJob("reminders")
	w.settle()
	w.shows(firstAccount+1, "Bapak Bambang Setiawan mengingatkan")

	w.clockAt("2027-01-25 23:00") // 14 days later
	w.fake.ForgePress(me, first.ID, old)
	w.settle()
	w.says(me, first.ID, "tidak perlu mengisi kali ini karena?")
	w.clockAt("2027-01-26 08:00") // 15 days later
	w.fake.ForgePress(me, first.ID, old)
	w.settle()
	w.says(me, first.ID, "Tombol itu berlaku 14 hari dan sudah lewat. Tidak ada yang diubah", "Keadaan Selasa, 26 Januari 2027")
	if n := w.count(`SELECT count(*) FROM task WHERE state = 'excused'`); n != 0 {
		t.Errorf("%d people were excused by an old button", n)
	}
}

// toRemind is a superior with one person who can be reminded, who looks at the
// summary at that moment and asks for the reminder.
func (w *world) toRemind(at string) (me int64, card int) {
	me = w.boss(0)
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.exec(`UPDATE task SET state = 'done' WHERE employee_id = $1`, w.ids["Bambang"])
	w.clockAt(at)
	w.say(me, "/ringkasan")
	card = w.summaryOf(me).ID
	w.tap(me, "Ingatkan 1 pegawai")
	return me, card
}

// A reminder on Friday afternoon leaves the whole of Monday free: days of the calendar
// count, not hours. What the card says before is what the button allows later.
func TestRemindedOnFridayAgainOnMonday(t *testing.T) {
	devdbtest.Long(t, "a week of reminders")
	t.Parallel()
	w := newWorld(t)
	me, card := w.toRemind("2027-01-15 15:00")
	w.says(me, card, "Dapat diulang mulai Senin, 18 Januari 2027")
	w.tap(me, "Kirim")
	w.says(me, card, "Pengingat dapat dikirim lagi mulai Senin, 18 Januari.")
	w.clockAt("2027-01-17 23:59")
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "Pengingat dapat dikirim lagi mulai Senin, 18 Januari.")
	w.clockAt("2027-01-18 09:00")
	w.say(me, "/ringkasan")
	card = w.summaryOf(me).ID
	w.tap(me, "Ingatkan 1 pegawai")
	w.says(me, card, "Dapat diulang mulai Kamis, 21 Januari 2027")
	w.tap(me, "Kirim")
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'nudge' AND action = 'send'`); n != 2 {
		t.Errorf("%d reminders of the superior are on their way, want 2", n)
	}
}

// The days until the next reminder may end on a Saturday: what is said is the Monday on
// which it goes.
func TestRemindedOnWednesdayAgainOnMonday(t *testing.T) {
	devdbtest.Long(t, "a week of reminders")
	t.Parallel()
	w := newWorld(t)
	me, card := w.toRemind("2027-01-13 10:00")
	w.says(me, card, "Pengingat kepada 1 pegawai (Ibu Rina Kartika) atas nama")
	w.says(me, card, "Dapat diulang mulai Senin, 18 Januari 2027")
	w.tap(me, "Kirim")
	w.says(me, card, "Pengingat dapat dikirim lagi mulai Senin, 18 Januari.")
}

// The days until the next reminder count from when one goes, also while it waits: on
// Monday before work no second one is offered that would be left out.
func TestRemindedOnFridayEvening(t *testing.T) {
	devdbtest.Long(t, "a week of reminders")
	t.Parallel()
	w := newWorld(t)
	me, card := w.toRemind("2027-01-15 20:00")
	w.says(me, card, "Akan dikirim Senin, 18 Januari 2027, pukul 08.30 WIB. Dapat diulang mulai Kamis, 21 Januari 2027.")
	w.tap(me, "Kirim")
	w.says(me, card, "Pengingat dapat dikirim lagi mulai Kamis, 21 Januari.")
	w.clockAt("2027-01-18 06:00")
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "Pengingat dapat dikirim lagi mulai Kamis, 21 Januari.")
	w.clockAt("2027-01-18 08:35")
	w.runJob("reminders")
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'nudge' AND action = 'send'`); n != 1 {
		t.Errorf("%d reminders of the superior went, want 1", n)
	}
}

// The former superior's buttons change nothing, whatever they were for, and the
// summary in their place is that of who leads nobody.
func TestSummaryOfTheFormerSuperior(t *testing.T) {
	devdbtest.Long(t, "a week of summaries")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.say(firstAccount+1, "/asesmen")
	w.tap(firstAccount+1, "2", "2", "2", "2", "2", "2", "2", "2", "2", "Kirim")
	w.say(me, "/ringkasan")
	card := w.summaryOf(me)
	labels := []string{"1 Nilai", "1 Alihkan", "2 Tidak perlu", "Atur ringkasan"}
	var data []string
	for _, l := range labels {
		data = append(data, w.dataOf(card, l))
	}
	w.linkStraight(w.ids["Sari"], firstAccount+3, "Sari")
	w.exec(`UPDATE employee SET supervisor_id = $1 WHERE supervisor_id = $2 AND id <> $1`, w.ids["Sari"], w.ids["Bambang"])
	w.exec(`UPDATE employee SET supervisor_id = NULL WHERE id = $1`, w.ids["Sari"])
	for i, l := range labels {
		w.fake.ForgePress(me, card.ID, data[i])
		w.settle()
		for _, m := range w.fake.Messages(me) {
			if m.ID == card.ID && (strings.Contains(m.Text, "Rina") || strings.Contains(m.Text, "Wayan")) && l != "Atur ringkasan" {
				t.Errorf("%s shows the former team:\n%s", l, m.Text)
			}
		}
	}
	if n := w.count(`SELECT (SELECT count(*) FROM task WHERE state = 'excused' AND kind = 'self_assessment') + (SELECT count(*) FROM co_rater) + (SELECT count(*) FROM draft WHERE form IN ('r', 'w'))`); n != 0 {
		t.Errorf("the former superior changed %d things", n)
	}
	w.say(me, "/ringkasan")
	if strings.Contains(w.onShow(me), "Rina") {
		t.Errorf("the former superior sees the team:\n%s", w.onShow(me))
	}
}

// The next summary is the next that goes: a day that is chosen after this week's
// has gone counts from next week on.
func TestNextSummary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	w.exec(`UPDATE task SET state = 'done' WHERE employee_id = $1`, w.ids["Bambang"])
	w.clockAt("2027-01-11 08:30")
	w.say(me, "/ringkasan")
	w.tap(me, "Atur ringkasan", "Rabu")
	w.shows(me, "Berikutnya: Rabu, 13 Januari 2027")
	w.tap(me, "Senin")
	w.shows(me, "Berikutnya: Senin, 11 Januari 2027, pukul 09.00")
	w.clockAt("2027-01-11 09:00")
	w.runJob("weekly-summary")
	w.settle()
	w.says(me, w.summaryOf(me).ID, "Berikutnya: Senin, 18 Januari.")
	w.tap(me, "Atur ringkasan", "Rabu")
	w.shows(me, "Berikutnya: Rabu, 20 Januari 2027")
	for _, day := range []string{"2027-01-13", "2027-01-14"} {
		w.clockAt(day + " 09:15")
		w.runJob("weekly-summary")
	}
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'summary'`); n != 1 {
		t.Errorf("%d summaries in one week, want 1", n)
	}
	w.clockAt("2027-01-20 09:15")
	w.runJob("weekly-summary")
	w.settle()
	w.says(me, w.summaryOf(me).ID, "Keadaan Rabu, 20 Januari 2027", "Berikutnya: Rabu, 27 Januari.")
}

// The summary of an official with a stand-in goes to the stand-in, the ratings
// stay with the official unless the letter says otherwise: then /ringkasan and
// /tugas still show them.
func TestSummaryWithAStandIn(t *testing.T) {
	devdbtest.Long(t, "a week of summaries")
	t.Parallel()
	w := newWorld(t)
	me, other := w.boss(0), int64(firstAccount+3)
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.linkStraight(w.ids["Sari"], other, "Sari")
	w.exec(`UPDATE task SET state = 'done' WHERE kind = 'self_assessment' AND employee_id IN ($1, $2)`, w.ids["Bambang"], w.ids["Sari"])
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at, checked_by)
		VALUES ($1, $2, '2027-01-11', '2027-01-20', '800/1', false, $3, $3, $2)`, w.ids["Bambang"], w.ids["Sari"], w.clock.Now())
	w.clockAt("2027-01-11 09:00")
	w.runJob("weekly-summary")
	w.settle()
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'summary' AND employee_id = $1`, w.ids["Bambang"]); n != 0 {
		t.Error("the official gets the summary beside the stand-in")
	}
	theirs := w.summaryOf(other).Text
	if strings.Contains(theirs, "Penilaian atasan") || !strings.Contains(theirs, "Penilaian mandiri") {
		t.Errorf("the stand-in's summary should have the team and no ratings:\n%s", theirs)
	}
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "Penilaian atasan: 0 terkirim · 3 belum dinilai")
	w.say(me, "/tugas")
	w.shows(me, "3 orang, sisa 3")
	w.clockAt("2027-01-25 09:00") // the letter is over
	w.runJob("weekly-summary")
	w.settle()
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'summary' AND employee_id = $1 AND action = 'send'`, w.ids["Bambang"]); n != 1 {
		t.Error("the summary does not come back after the letter")
	}
}

// The button with a number opens that person, at what is not answered yet; what
// was begun about another one is kept.
func TestSummaryRatesThePersonOfTheButton(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	for i, name := range []string{"Rina", "Wayan"} {
		account := int64(firstAccount + 1 + i)
		w.linkStraight(w.ids[name], account, name)
		w.say(account, "/asesmen")
		w.tap(account, "2", "2", "2", "2", "2", "2", "2", "2", "2", "Kirim")
	}
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai", "1", "1")
	w.shows(me, "Pertanyaan 3 dari 9", "Ibu Rina Kartika")
	w.say(me, "/ringkasan")
	w.says(me, w.summaryOf(me).ID, "1. Ibu Rina Kartika", "2. Bapak Wayan")
	w.tap(me, "2 Nilai")
	w.shows(me, "Pertanyaan 1 dari 9", "Bapak Wayan")
	w.tap(me, "3")
	w.shows(me, "Pertanyaan 2 dari 9", "Bapak Wayan")
	w.tap(me, "1 Nilai")
	w.shows(me, "Pertanyaan 3 dari 9", "Ibu Rina Kartika")
	w.tap(me, "2 Nilai")
	w.shows(me, "Pertanyaan 2 dari 9", "Bapak Wayan")
}

// A rating that ends before the next summary waits on this Monday, also of who has sent nothing:
// nothing else is said about it before. One that ends on the day of the next summary is only
// counted. A self-assessment that ends in these days is not told as nothing urgent.
func TestRatingsThatEndBeforeTheNextSummary(t *testing.T) {
	t.Parallel()
	devdbtest.Long(t, "a summary for each of two deadlines, in worlds of their own")
	for _, tt := range []struct {
		rating, self string // the first moment that is too late
		says, not    []string
	}{
		{"2027-01-14", "2027-01-22", []string{"3 hal menunggu Bapak", "penilaian sampai Rabu, 13 Januari", "Ibu Rina Kartika: menunggu penilaian"}, []string{"mendesak"}},
		{"2027-01-19", "2027-01-22", []string{"Belum ada yang mendesak; 3 pegawai belum selesai mengisi"}, []string{"menunggu penilaian"}},
		{"2027-01-26", "2027-01-14", []string{"Segera berakhir: 3 pegawai belum selesai mengisi, batas waktu Rabu, 13 Januari. Belum mendesak: 3 pegawai masih perlu dinilai sampai Senin, 25 Januari."}, []string{"ada yang mendesak", "menunggu penilaian"}},
	} {
		w := newWorld(t)
		me := w.boss(0)
		w.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT 5000000 + id, id, now() FROM employee e WHERE supervisor_id = $1`, w.ids["Bambang"])
		w.exec(`UPDATE task SET state = 'done' WHERE employee_id = $1 AND subject_id = $1`, w.ids["Bambang"])
		w.exec(`UPDATE task SET due_at = ($1 || 'T00:00:00+07')::timestamptz WHERE kind = 'rating'`, tt.rating)
		w.exec(`UPDATE task SET due_at = ($1 || 'T00:00:00+07')::timestamptz WHERE kind = 'self_assessment'`, tt.self)
		w.clockAt("2027-01-11 09:00")
		w.runJob("weekly-summary")
		w.settle()
		got := w.summaryOf(me).Text
		for _, want := range tt.says {
			if !strings.Contains(got, want) {
				t.Errorf("ratings until %s: %q is not in:\n%s", tt.rating, want, got)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(got, not) {
				t.Errorf("ratings until %s: %q is in:\n%s", tt.rating, not, got)
			}
		}
	}
}
