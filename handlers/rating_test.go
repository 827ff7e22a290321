package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// crew gives somebody n more subordinates, who owe what everybody owes. Their
// names sort behind those of the cast, and nobody of them has an account.
func (w *world) crew(boss string, n int) []int64 {
	w.t.Helper()
	ids := make([]int64, n)
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		unit, err := tx.PutUnit(ctx, "DPT", "Dinas Pelayanan Terpadu")
		if err != nil {
			return err
		}
		for i := range ids {
			nip, err := personnel.ParseNIP(fmt.Sprintf("19850720201001%d%03d", 1+i%2, 100+i), w.clock.Now())
			if err != nil {
				return err
			}
			superior := w.ids[boss]
			ids[i], err = tx.PutEmployee(ctx, personnel.Employee{NIP: nip, Name: fmt.Sprintf("Zulkifli %03d", i+1), Sex: nip.Sex(),
				UnitID: unit, PositionTitle: "Pengelola Layanan", ClassCode: "PELAKSANA", SupervisorID: &superior})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

// linkStraight gives a person an account without the conversation about it.
func (w *world) linkStraight(id, account int64, name string) {
	w.t.Helper()
	w.fake.AddUser(faketelegram.User{ID: account, FirstName: name})
	w.say(account, "/bantuan") // the bot may write only to who wrote first
	w.exec(`UPDATE chat SET employee_id = $2, linked_at = $3 WHERE id = $1`, account, id, w.clock.Now())
}

// boss links Bambang and opens the period over his team.
func (w *world) boss(extra int, without ...string) (account int64) {
	w.t.Helper()
	w.crew("Bambang", extra)
	for _, name := range without {
		w.exec(`UPDATE employee SET self_only = true WHERE id = $1`, w.ids[name])
	}
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
	account = firstAccount
	w.linkStraight(w.ids["Bambang"], account, "Bambang")
	return account
}

// tap presses the newest button of each label and waits for what comes of it.
func (w *world) tap(account int64, labels ...string) {
	w.t.Helper()
	for _, label := range labels {
		if _, _, err := w.fake.PressLabel(account, label); err != nil {
			w.t.Fatalf("%v; on show: %s", err, w.onShow(account))
		}
		w.settle()
	}
}

func (w *world) onShow(account int64) string {
	all := w.fake.Messages(account)
	m := all[len(all)-1]
	labels := []string{}
	for _, row := range m.Inline {
		for _, b := range row {
			labels = append(labels, "["+b.Text+"]")
		}
	}
	return m.Text + "\n" + strings.Join(labels, " ")
}

func (w *world) shows(account int64, texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if got := w.onShow(account); !strings.Contains(got, text) {
			w.t.Fatalf("%q is not on show:\n%s", text, got)
		}
	}
}

// A team of 14 takes one tap for each person and competency, and three more.
func TestTeamOfFourteen(t *testing.T) {
	devdbtest.Long(t, "140 taps")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(11) // with Rina, Sari and Wayan
	taps, messages := 0, -len(w.fake.Messages(me))
	tap := func(labels ...string) {
		w.tap(me, labels...)
		taps += len(labels)
	}
	w.say(me, "/tim")
	tap("Daftar sudah benar")
	w.shows(me, "14 pegawai", "Diisi per kompetensi")
	tap("Mulai menilai")
	for k := range 9 {
		for i := range 14 {
			w.shows(me, fmt.Sprintf("Pertanyaan %d dari 9", k+1), fmt.Sprintf("pegawai %d dari 14", i+1))
			if k > 0 && i == 0 {
				w.shows(me, fmt.Sprintf("selesai untuk 14 pegawai. Tersisa %d kompetensi.", 9-k))
			}
			if k == 4 && i == 7 { // weeks later, after a restart
				w.stop()
				w.clock.move(5 * 24 * time.Hour)
				w.start()
			}
			tap([]string{"1", "2", "3", "Belum", "Belum tahu"}[(k+i)%5])
		}
	}
	w.shows(me, "Periksa penilaian 14 pegawai", "1. Ibu Rina Kartika: "+strings.ReplaceAll("1 2 3 B ? 1 2 3 B", " ", "\u00a0"))
	tap("Kirim")
	w.shows(me, "14 penilaian terkirim. 14 orang, sisa 0.", "Untuk 14 pegawai, perbandingan terbuka setelah penilaian mandirinya terkirim.")
	if taps != 14*9+3 {
		t.Errorf("%d taps, want %d", taps, 14*9+3)
	}
	if n := w.count(`SELECT count(*) FROM task WHERE kind = 'rating' AND state = 'done'`); n != 14 {
		t.Errorf("%d ratings done, want 14", n)
	}
	if n := w.count(`SELECT count(*) FROM answer a JOIN response r ON r.id = a.response_id JOIN task t ON t.id = r.task_id WHERE t.kind = 'rating'`); n != 126 {
		t.Errorf("%d answers, want 126", n)
	}
	if n := w.count(`SELECT count(*) FROM draft WHERE form = 'r'`); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
	if messages += len(w.fake.Messages(me)); messages != 2 {
		t.Errorf("/tim and the rating took %d messages, want 2: one that is edited", messages)
	}
}

// One person of a large team can be looked at, changed and sent alone.
func TestOnePersonOfALargeTeam(t *testing.T) {
	devdbtest.Long(t, "60 taps")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(3)
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	for range 54 {
		w.tap(me, "1")
	}
	w.tap(me, "3")
	w.shows(me, "Periksa penilaian Bapak Wayan")
	w.tap(me, "2", "4")
	w.shows(me, "Periksa penilaian Bapak Wayan", "2 Kerja Sama: 4")
	w.tap(me, "Kirim")
	w.shows(me, "terkirim. 6 orang, sisa 5.")
	w.tap(me, "Lanjutkan menilai")
	w.shows(me, "Periksa penilaian 5 pegawai")
	w.say(me, "kirim")
	w.shows(me, "5 penilaian terkirim. 6 orang, sisa 0.")
}

// What can still come from the other side is said, and what cannot is not promised.
func TestSentAfterTheOtherSideIsClosed(t *testing.T) {
	devdbtest.Long(t, "odd events between two superiors")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(3)
	rina := account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.say(rina, "/asesmen")
	w.tap(rina, "3", "3", "3", "3", "3", "3", "3", "3", "3", "Kirim")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	for range 54 {
		w.tap(me, "1")
	}
	w.exec(`UPDATE task SET state = 'excused' WHERE kind = 'self_assessment' AND employee_id = $1`, w.ids["Sari"])
	w.clock.move(21 * 24 * time.Hour) // self-assessments are closed, ratings are not
	w.exec(`UPDATE task SET due_at = $1 WHERE kind = 'self_assessment' AND employee_id = $2`, w.clock.Now().AddDate(0, 0, 3), w.ids["Wayan"])
	w.tap(me, "Kirim")
	w.shows(me, "6 penilaian terkirim.", "Untuk 1 pegawai, perbandingan terbuka setelah penilaian mandirinya terkirim.",
		"Untuk 4 pegawai, perbandingan tidak terbuka karena penilaian mandirinya tidak dikirim.")
}

// A person gets another superior while the former one is in the middle: the
// former opens nothing any more, the new one begins anew, and what was filled
// in about the others is kept.
func TestMovedInTheMiddle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0)
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai", "2", "2", "2")
	w.shows(me, "Ibu Rina Kartika")
	old := w.fake.Messages(me)
	question := old[len(old)-1]
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return setSuperior(ctx, tx, w.ids["Rina"], w.ids["Sari"], w.ids["Sari"], w.clock.Now())
	})
	w.tap(me, "5")
	w.shows(me, "pegawai 1 dari 2", "Ibu Sari Dewi")
	if n := w.count(`SELECT count(*) FROM draft WHERE form = 'r' AND body::text LIKE '%' || (SELECT id FROM task WHERE kind = 'rating' AND subject_id = $1 AND employee_id = $2)::text || '":%'`,
		w.ids["Rina"], w.ids["Bambang"]); n != 0 {
		t.Error("what was filled in about Rina is still kept")
	}
	w.fake.ForgePress(me, question.ID, question.Inline[0][0].Data) // her question, from another message
	w.settle()
	w.shows(me, "Ibu Sari Dewi")
	for _, want := range []struct {
		rater, state string
	}{{"Bambang", "excused"}, {"Sari", "open"}} {
		if n := w.count(`SELECT count(*) FROM task WHERE kind = 'rating' AND subject_id = $1 AND employee_id = $2 AND state = $3`,
			w.ids["Rina"], w.ids[want.rater], want.state); n != 1 {
			t.Errorf("%s has not one rating of Rina that is %s", want.rater, want.state)
		}
	}
	w.linkStraight(w.ids["Sari"], firstAccount+3, "Sari")
	w.say(firstAccount+3, "/tim")
	w.tap(firstAccount+3, "Daftar sudah benar", "Mulai menilai")
	w.shows(firstAccount+3, "Pertanyaan 1 dari 9", "pegawai 1 dari 1", "Ibu Rina Kartika")
	// Back again: the task of the first superior opens once more.
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return setSuperior(ctx, tx, w.ids["Rina"], w.ids["Bambang"], w.ids["Sari"], w.clock.Now())
	})
	w.tap(firstAccount+3, "1")
	w.shows(firstAccount+3, "Tombol ini sudah tidak berlaku")
	w.say(me, "/tim")
	w.shows(me, "3 orang, sisa 3")
}

// A finished rating stays when its person gets another superior, and the former
// one opens nothing any more. The new one rates and opens that, nothing of before.
func TestFormerSuperiorOfAFinishedRating(t *testing.T) {
	devdbtest.Long(t, "odd events between two superiors")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0, "Sari", "Wayan")
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.tap(me, slices.Repeat([]string{"2"}, 9)...)
	w.tap(me, "Kirim")
	w.say(firstAccount+1, "/asesmen")
	w.tap(firstAccount+1, slices.Repeat([]string{"4"}, 9)...)
	w.tap(firstAccount+1, "Kirim")
	w.shows(me, "Pada sembilan kompetensi", "Buka perbandingan")
	w.tap(firstAccount+1, "Tulis tanggapan")
	w.say(firstAccount+1, "Terima kasih.")
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return setSuperior(ctx, tx, w.ids["Rina"], w.ids["Sari"], w.ids["Sari"], w.clock.Now())
	})
	w.tap(me, "Buka perbandingan")
	w.shows(me, "Tombol ini sudah tidak berlaku")
	w.tap(me, "Catat hasil dialog")
	w.shows(me, "Tombol ini sudah tidak berlaku")
	if n := w.count(`SELECT count(*) FROM task WHERE kind = 'rating' AND subject_id = $1 AND state = 'done'`, w.ids["Rina"]); n != 1 {
		t.Errorf("%d finished ratings, want the one that was sent", n)
	}
	w.linkStraight(w.ids["Sari"], firstAccount+3, "Sari")
	w.say(firstAccount+3, "/tim")
	w.tap(firstAccount+3, "1") // the superior of now, of whom the rating was not asked
	if on := w.onShow(firstAccount + 3); strings.Contains(on, "perbandingan") {
		t.Errorf("a new superior is offered what was rated before:\n%s", on)
	}
	w.forge(firstAccount+3, dialog.Action{Flow: "m", Ref: int64(w.count(`SELECT id FROM task WHERE kind = 'rating' AND subject_id = $1 AND state = 'done'`, w.ids["Rina"])),
		Step: "banding", Verb: dialog.Resume})
	w.shows(firstAccount+3, "Tombol ini sudah tidak berlaku")
	if n := w.count(`SELECT count(*) FROM audit WHERE action LIKE 'answers.%'`); n != 0 {
		t.Errorf("%d openings are recorded, and nobody opened anything", n)
	}
	w.say(firstAccount+1, "/asesmen")
	w.tap(firstAccount+1, "Lihat hasil") // the person still sees both
	w.shows(firstAccount+1, "mandiri 4, atasan 2, akhir 2,5")
	w.tap(firstAccount+1, "Tanggapan saya") // and what was written, which nobody else reads any more
	w.shows(firstAccount+1, "Terima kasih.", "tidak dibaca atasan langsung yang sekarang", "[Hapus")
	if on := w.onShow(firstAccount + 1); strings.Contains(on, "[Ganti") || strings.Contains(on, "petugas") {
		t.Errorf("a reply to a former superior is changed or sent:\n%s", on)
	}
	drop := w.count(`SELECT task_id FROM rating_reply`)
	for _, a := range []dialog.Action{{Flow: "m", Ref: int64(drop), Step: "tanggapankan", Verb: dialog.Resume}, {Flow: "y", Ref: int64(drop), Verb: dialog.Resume}} {
		w.forge(firstAccount+1, a)
		w.shows(firstAccount+1, "Tombol ini sudah tidak berlaku")
	}
	w.forge(firstAccount+1, dialog.Action{Flow: "m", Ref: int64(drop), Step: "tanggapanhapus", Verb: dialog.Resume})
	w.shows(firstAccount+1, "Tanggapan sudah dihapus")
	if n := w.count(`SELECT count(*) FROM rating_reply`); n != 0 {
		t.Error("the reply is not deleted")
	}
	w.say(firstAccount+3, "/tim")
	w.tap(firstAccount+3, "Daftar sudah benar", "Mulai menilai")
	w.tap(firstAccount+3, slices.Repeat([]string{"1"}, 9)...)
	w.tap(firstAccount+3, "Kirim", "Buka perbandingan")
	w.shows(firstAccount+3, "mandiri 4, atasan 1")
	w.say(firstAccount+1, "/asesmen")
	w.tap(firstAccount+1, "Lihat hasil")
	w.shows(firstAccount+1, "mandiri 4, atasan 1")
}

// Two superiors by delegation: with "penilaian beralih" the stand-in may rate
// too, the first Kirim counts, and who sent it is stored.
func TestTwoSuperiorsByDelegation(t *testing.T) {
	devdbtest.Long(t, "odd events between two superiors")
	t.Parallel()
	w := newWorld(t)
	me, other := w.boss(0), int64(firstAccount+3)
	w.linkStraight(w.ids["Sari"], other, "Sari")
	delegate := func(rates bool) {
		w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at, checked_by)
			VALUES ($1, $2, '2027-01-11', '2027-01-20', '800/1', $3, $4, $4, $2)
			ON CONFLICT (for_id, acting_id, starts_on) DO UPDATE SET rates = excluded.rates`, w.ids["Bambang"], w.ids["Sari"], rates, w.clock.Now())
	}
	delegate(false)
	w.say(other, "/tim")
	if strings.Contains(w.onShow(other), "menilai") || strings.Contains(w.onShow(other), "Daftar sudah benar") {
		t.Errorf("a stand-in without the rating is offered it:\n%s", w.onShow(other))
	}
	delegate(true)
	w.say(other, "/tim")
	w.tap(other, "Daftar sudah benar", "Mulai menilai")
	w.shows(other, "pegawai 1 dari 2", "Ibu Rina Kartika") // not herself
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.tap(me, slices.Repeat([]string{"1"}, 9)...)
	w.shows(me, "Periksa penilaian Ibu Rina")
	w.tap(other, slices.Repeat([]string{"3"}, 9)...)
	w.tap(other, "Kirim")
	w.tap(me, "Kirim")
	w.shows(me, "Ibu Sari Dewi") // Rina is done: the next person
	if n := w.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.kind = 'rating' AND t.subject_id = $1 AND r.sent_by = $2 AND t.employee_id = $3`,
		w.ids["Rina"], w.ids["Sari"], w.ids["Bambang"]); n != 1 {
		t.Errorf("%d ratings are stored as sent by the stand-in, want 1", n)
	}
	w.say(me, "/tim")
	w.tap(me, "1")
	if strings.Contains(w.onShow(me), "Ubah penilaian") {
		t.Error("the official may open what the stand-in gave before both sides were sent")
	}
	w.clock.move(20 * 24 * time.Hour) // the letter is over
	w.say(other, "/tim")
	w.shows(other, "Perintah itu belum dikenal")
}

// 120 people: every list has pages and fits into a message.
func TestHundredTwentyPeople(t *testing.T) {
	devdbtest.Long(t, "a team of 120 is rated")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(117)
	w.say(me, "/tim")
	w.tap(me, "Berikutnya ›", "Daftar sudah benar", "Mulai menilai")
	w.shows(me, "pegawai 1 dari 120")
	w.tap(me, "1", "2", "Nanti")
	w.shows(me, "2 dari 1080 jawaban", "120 orang, sisa 120")
	w.fillDraft(me)
	w.tap(me, "Lanjutkan menilai")
	w.shows(me, "Periksa penilaian 120 pegawai", "20. ", "[Berikutnya ›]")
	w.tap(me, "Berikutnya ›")
	w.shows(me, "21. ", "40. ")
	w.tap(me, "Berikutnya ›", "45")
	w.shows(me, "Periksa penilaian", "Zulkifli 042")
	w.tap(me, "9", "5", "‹ Daftar")
	w.shows(me, "Periksa penilaian 120 pegawai")
	w.tap(me, "Kirim")
	w.shows(me, "120 penilaian terkirim. 120 orang, sisa 0.")
	if n := w.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.kind = 'rating'`); n != 120 {
		t.Errorf("%d ratings, want 120", n)
	}
}

// fillDraft answers everything of a draft, as a thousand taps would.
func (w *world) fillDraft(account int64) {
	w.t.Helper()
	w.exec(`UPDATE draft SET body = jsonb_set(jsonb_set(body, '{state}', jsonb_build_object('answers', (
			SELECT jsonb_object_agg(t.id, (SELECT jsonb_object_agg(i->>'code', '2') FROM jsonb_array_elements(q.body->'items') i))
			FROM task t JOIN questionnaire q ON q.code = t.questionnaire_code AND q.version = t.questionnaire_version WHERE t.kind = 'rating'))),
		'{answered}', (SELECT jsonb_agg((i->>'code') || '-' || t.id) FROM task t
			JOIN questionnaire q ON q.code = t.questionnaire_code AND q.version = t.questionnaire_version, jsonb_array_elements(q.body->'items') i
			WHERE t.kind = 'rating')) || '{"at": ""}'
		WHERE chat_id = $1 AND form = 'r'`, account)
}

// Who was asked to rate has /tim in the menu, until it is taken back.
func TestHelperHasTheMenu(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.boss(0)
	w.linkStraight(w.ids["Rina"], firstAccount+1, "Rina")
	w.say(firstAccount+1, "/tim")
	w.shows(firstAccount+1, "Perintah itu belum dikenal")
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.NameCoRater(ctx, w.ids["Bambang"], w.ids["Sari"], w.ids["Rina"], w.clock.Now())
	})
	w.say(firstAccount+1, "/tim")
	w.shows(firstAccount+1, "diminta ikut menilai", "1 orang, sisa 1")
	w.hasMenu("Rina", true)
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.RevokeCoRater(ctx, w.ids["Bambang"], w.ids["Sari"], w.clock.Now())
	})
	w.hasMenu("Rina", false)
}

// Whoever rates in the evening wakes nobody: the message to the other side waits
// until six, tells why it came, and comes once.
func TestOpenedInTheEvening(t *testing.T) {
	devdbtest.Long(t, "odd events between two superiors")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0, "Sari", "Wayan")
	rina := account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.say(rina, "/asesmen")
	w.tap(rina, "3", "3", "3", "3", "3", "3", "3", "3", "3", "Kirim")
	w.clock.move(14 * time.Hour) // 22:00
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai", "3", "3", "3", "3", "3", "3", "3", "3", "3")
	seen := len(w.fake.Messages(rina))
	w.tap(me, "Kirim")
	if news := w.newBotTexts(rina, seen); len(news) > 0 {
		t.Errorf("at ten in the evening Rina gets %q", news)
	}
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'opened' AND action = 'hold' AND reason = 'outside_hours'`); n != 1 {
		t.Errorf("%d decisions to wait are stored, want 1", n)
	}
	w.clock.move(8*time.Hour + time.Minute) // 06:01
	w.runJob("reminders")
	w.runJob("reminders")
	w.settle()
	if news := w.newBotTexts(rina, seen); len(news) != 1 || !strings.Contains(news[0], "sudah terkirim") && !strings.Contains(news[0], "terbuka") {
		t.Errorf("in the morning Rina gets %q", news)
	}
	w.tap(rina, "Alasan pesan ini")
	w.shows(rina, "keduanya sudah terkirim", "06.00 dan 21.00")
}

// Whoever gave the rating of one person to somebody else takes it back from the
// person's card, however small the team is.
func TestRatingTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(3)
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.NameCoRater(ctx, w.ids["Bambang"], w.ids["Rina"], w.ids["Sari"], w.clock.Now())
	})
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar")
	w.say(me, "/tim")
	w.shows(me, "5 orang, sisa 5", "Dialihkan: Ibu Sari Dewi menilai 1 pegawai (1 belum terkirim).")
	w.tap(me, "1")
	w.shows(me, "Penilaian diserahkan kepada Ibu Sari Dewi.", "[Nilai sendiri]")
	w.tap(me, "Nilai sendiri")
	if got := w.onShow(me); strings.Contains(got, "diserahkan") || strings.Contains(got, "Nilai sendiri") || !strings.Contains(got, "Penilaian oleh atasan: belum mulai") {
		t.Errorf("the card does not have the rating back:\n%s", got)
	}
	w.say(me, "/tim")
	w.shows(me, "6 orang, sisa 6")
	w.tap(me, "2") // Sari, whose rating was never given away
	if got := w.onShow(me); strings.Contains(got, "diserahkan") {
		t.Errorf("a rating that nobody else gives:\n%s", got)
	}
}

// Whoever takes a rating back before the helper was asked asks nobody; handed over again, it
// is asked for again, and once, however many people follow.
func TestHandedOverAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, rina := w.boss(20), account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar")
	w.clock.move(14 * time.Hour) // 22:00
	seen := len(w.fake.Messages(rina))
	choose := func(numbers ...string) {
		t.Helper()
		w.say(me, "/tim")
		w.tap(me, "Bagi penilaian", "Tambah penilai")
		w.say(me, "rina")
		w.tap(me, numbers...)
	}
	morning := func() []string {
		t.Helper()
		w.clock.move(8*time.Hour + time.Minute) // 06:01
		w.runJob("reminders")
		w.settle()
		var asked []string
		for _, one := range w.newBotTexts(rina, seen) {
			if strings.Contains(one, "ikut menilai") {
				asked = append(asked, one)
			}
		}
		seen = len(w.fake.Messages(rina))
		return asked
	}
	choose("1", "1")
	if got := morning(); len(got) != 0 {
		t.Errorf("with nothing to rate Rina is asked %q", got)
	}
	w.clock.move(3 * time.Hour)
	choose("1", "2")
	if got := morning(); len(got) != 1 {
		t.Errorf("handed over again, with a second person, Rina is asked %q, want once", got)
	}
	choose("1", "2") // back
	choose("3")
	if got := morning(); len(got) != 1 {
		t.Errorf("after all were taken back and another one was given, Rina is asked %q, want once", got)
	}
}

// Nobody is asked in the morning for what was ended in the night: by the register, which
// gives the team to somebody else, or because the time to rate is over. What the register
// took is not told either to whom was never asked.
func TestOvertakenRequest(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"stays", "register", "one of two", "over"} {
		w := newWorld(t)
		me, rina := w.boss(20), account("Rina")
		w.linkStraight(w.ids["Rina"], rina, "Rina")
		w.say(me, "/tim")
		w.tap(me, "Daftar sudah benar")
		w.clock.move(14 * time.Hour) // 22:00
		seen := len(w.fake.Messages(rina))
		w.say(me, "/tim")
		w.tap(me, "Bagi penilaian", "Tambah penilai")
		w.say(me, "rina")
		w.tap(me, "1")
		if how == "one of two" {
			w.tap(me, "2")
		}
		switch how {
		case "register", "one of two":
			subject := int64(w.count(`SELECT min(subject_id) FROM co_rater`))
			w.tx(func(ctx context.Context, tx *storage.Tx) error {
				return setSuperior(ctx, tx, subject, w.ids["Rina"], w.ids["Bambang"], w.clock.Now())
			})
		case "over":
			w.exec(`UPDATE task SET due_at = $1 WHERE kind = 'rating'`, w.clock.Now().Add(time.Hour))
		}
		w.clock.move(8*time.Hour + time.Minute) // 06:01
		w.runJob("reminders")
		w.settle()
		asked, lost := 0, 0
		for _, one := range w.newBotTexts(rina, seen) {
			if strings.Contains(one, "ikut menilai") {
				asked++
			}
			if strings.Contains(one, "tidak lagi dinilai") {
				lost++
			}
		}
		want := 0
		if how == "stays" || how == "one of two" {
			want = 1
		}
		if asked != want {
			t.Errorf("%s: Rina is asked %d times, want %d", how, asked, want)
		}
		if lost > 0 && how != "one of two" {
			t.Errorf("%s: Rina has lost what she was never asked for", how)
		}
		if n := w.count(`SELECT count(*) FROM notice WHERE kind IN ('shared', 'unshared') AND action = 'hold'`); n != 0 {
			t.Errorf("%s: %d notices wait for ever", how, n)
		}
	}
}

// In a new period the card of a person says of which period the comparison is that can
// still be opened; while the one of this period can be, it says nothing of the kind.
func TestComparisonOfAFormerPeriod(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(0, "Sari", "Wayan")
	w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.tap(me, slices.Repeat([]string{"2"}, 9)...)
	w.tap(me, "Kirim")
	w.say(account("Rina"), "/asesmen")
	w.tap(account("Rina"), slices.Repeat([]string{"4"}, 9)...)
	w.tap(account("Rina"), "Kirim")
	w.say(me, "/tim")
	w.tap(me, "1")
	if got := w.onShow(me); !strings.Contains(got, "Buka perbandingan") || strings.Contains(got, "sudah terbuka") {
		t.Errorf("in its own period the card says\n%s", got)
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	w.clock.move(24 * time.Hour)
	w.openPeriod("Tahun 2028", w.clock.Now().AddDate(0, 0, 20))
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar")
	w.say(me, "/tim")
	w.tap(me, "1")
	w.shows(me, "Perbandingan yang sudah terbuka: Tahun 2027.", "Buka perbandingan")
}
