package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/bot"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/resolve"
)

// attended is a world in which people have come in and attended so many courses, which end
// at four on a Tuesday.
func attended(t *testing.T, courses int, people ...string) (*world, []course) {
	t.Helper()
	w := newWorld(t)
	for _, f := range cast() {
		if len(people) == 0 || strings.Contains(strings.Join(people, " "), f.name) {
			w.linkByCode(f.name, f.code)
		}
	}
	w.clock.move(time.Date(2027, 4, 13, 16, 0, 0, 0, wib).Sub(w.clock.Now()))
	var ids []int64
	for _, name := range people {
		ids = append(ids, w.ids[name])
	}
	var held []course
	for i := range courses {
		held = append(held, w.holdBatch(fmt.Sprintf("Kursus %c", 'A'+i), "mengolah data", 1, 0, nil, ids))
	}
	return w, held
}

// untilDay moves the clock to nine o'clock of a day, looking at the jobs of each day.
func (w *world) untilDay(day time.Time, jobs ...string) {
	w.t.Helper()
	for w.clock.Now().Before(day) {
		at := w.clock.Now().In(wib)
		next := time.Date(at.Year(), at.Month(), at.Day()+1, 9, 0, 0, 0, wib)
		w.clock.move(next.Sub(at))
		for _, j := range jobs {
			w.runJob(j)
		}
		w.settle()
	}
}

// Somebody who attended several trainings finds each of them, may write about one until the
// day before its question, and sees of a line in the list only where it stands.
func TestResolvesOfSeveralTrainings(t *testing.T) {
	t.Parallel()
	w, _ := attended(t, 2, "Rina")
	rina := account("Rina")
	has := func(want ...string) {
		t.Helper()
		for _, s := range want {
			if !strings.Contains(w.last(rina), s) {
				t.Errorf("no %q in:\n%s", s, w.last(rina))
			}
		}
	}
	w.say(rina, "/niat")
	has("1. Kursus", "2. Kursus", "belum ditulis, dapat ditulis sampai sehari sebelum Kamis, 13 Mei 2027")
	w.press(rina, "1")
	w.say(rina, "Jika rapat dimulai, maka saya akan membagikan catatannya")
	w.say(rina, "/niat")
	has("tertulis, ditanyakan Kamis, 13 Mei 2027", "belum ditulis")
	if strings.Contains(w.last(rina), "catatannya") {
		t.Error("the list holds the words")
	}
	w.untilDay(time.Date(2027, 5, 12, 9, 0, 0, 0, wib)) // the last day on which one may be written
	w.say(rina, "/niat")
	w.press(rina, "2")
	w.say(rina, "Jika data masuk, maka saya akan memeriksanya hari itu juga")
	has("Ditulis Rabu, 12 Mei 2027")
	w.untilDay(time.Date(2027, 5, 17, 9, 0, 0, 0, wib), "resolves", "reminders")
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'resolve' AND key LIKE 'resolve-ask:%' AND action = 'send'`); n != 2 {
		t.Errorf("%d questions went, want one for each line", n)
	}
	w.say(rina, "/niat")
	has("menunggu jawaban")
	w.press(rina, "1")
	w.press(rina, "Belum")
	w.say(rina, "/niat")
	has("dijawab belum", "menunggu jawaban")
}

// The offer is the same for who has sent the evaluation and who has not, and goes at the
// same moment, whatever else went that day; nobody who was absent gets it.
func TestOfferSaysNothingOfEvaluations(t *testing.T) {
	t.Parallel()
	w, held := attended(t, 1, "Rina", "Bambang")
	w.runJob("evaluations")
	w.answer(held[0].batch, w.ids["Rina"], disclosure.Answers{"R1": "3", "R3": "2", "R4": "3", evaluation.Ability: disclosure.PairOf("1", "3"), "S": "Baik."})
	w.untilDay(time.Date(2027, 4, 16, 9, 0, 0, 0, wib), "evaluations", "resolves", "reminders")
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'evaluation_reminder' AND action = 'send'`); n != 1 {
		t.Fatalf("%d people were reminded of the evaluation, want the one who has not sent it: nothing is proved", n)
	}
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'resolve'`); n != 2 {
		t.Errorf("%d offers, want 2", n)
	}
	const alike = `SELECT count(*) FROM (SELECT DISTINCT class, task_id, step, action, reason, at, decided_at, not_before, expires_at, with_id IS NULL, reply::text
		FROM notice WHERE kind = 'resolve') x`
	if n := w.count(alike); n != 1 {
		t.Errorf("the offers differ in %d ways", n)
	}
}

// A question that waits for a working day is taken back when the line is deleted or its
// outcome is said before.
func TestWaitingQuestionIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, deleted := range []bool{true, false} {
		w, _ := attended(t, 1, "Rina")
		rina := account("Rina")
		w.say(rina, "/niat")
		w.say(rina, "Jika rapat dimulai, maka saya akan membagikan catatannya")
		w.exec(`INSERT INTO holiday (on_date, name, kind) VALUES ('2027-05-13', 'Libur', 'national') ON CONFLICT DO NOTHING`)
		w.clock.move(time.Date(2027, 5, 13, 7, 0, 0, 0, wib).Sub(w.clock.Now()))
		w.runJob("resolves")
		if n := w.count(`SELECT count(*) FROM notice WHERE key LIKE 'resolve-ask:%' AND action = 'hold'`); n != 1 {
			t.Fatalf("%d questions wait, want 1", n)
		}
		w.say(rina, "/niat")
		if deleted {
			w.press(rina, "Hapus niat")
			w.press(rina, "Ya, hapus")
		} else {
			w.press(rina, "Sudah")
		}
		w.untilDay(time.Date(2027, 5, 19, 9, 0, 0, 0, wib), "reminders", "resolves")
		if n := w.count(`SELECT count(*) FROM notice WHERE key LIKE 'resolve-ask:%' AND action <> 'drop'`); n != 0 {
			t.Errorf("deleted %t: the question went", deleted)
		}
	}
}

// What somebody resolved is in the own copy, in words, and nothing of the hour is stored of
// it anywhere: neither in its row nor by the messages about it.
func TestResolveIsInTheCopyAndHasNoHour(t *testing.T) {
	t.Parallel()
	w, _ := attended(t, 1, "Rina")
	rina := account("Rina")
	w.say(rina, "/niat")
	w.say(rina, "Jika rapat dimulai, maka saya akan membagikan catatannya")
	if n := w.count(`SELECT count(*) FROM outbox WHERE template LIKE 'resolve.%'`); n != 0 {
		t.Errorf("%d rows of messages tell when it was written", n)
	}
	w.say(rina, "/privasi")
	w.press(rina, "Salinan data")
	var readable string
	for _, m := range w.fake.Messages(rina) {
		if m.Document != nil && m.Document.Name == "data-saya.txt" {
			readable = string(m.Document.Body)
		}
	}
	for _, want := range []string{"niat:", "isi: Jika rapat dimulai, maka saya akan membagikan catatannya", "ditulis: Selasa, 13 April 2027", "ditanyakan: Kamis, 13 Mei 2027"} {
		if !strings.Contains(readable, want) {
			t.Errorf("the readable copy lacks %q:\n%s", want, readable)
		}
	}
}

// Nobody but its person ever gets a word of a resolve: all roles try all that they have,
// with buttons of others and with signed ones that were never made, before and after it came
// back, and every report of the clock goes.
func TestNobodyElseSeesAResolve(t *testing.T) {
	devdbtest.Heavy(t, "lets every role try everything")
	p := newProbe(t)
	const marker, answered = "zanggula", "Sebagian"
	p.clock.move(time.Date(2027, 4, 13, 16, 0, 0, 0, wib).Sub(p.clock.Now()))
	present := []int64{p.ids["Rani"], p.ids["Wira"], p.ids["Anak"], p.ids["Tiga"], p.ids["Bantu"], p.ids["Bos"]}
	c := p.holdBatch("Kursus", "mengolah data", 1, p.ids["Lain"], []string{"Dr. Hasan"}, present)
	p.say("Rani", "/niat")
	p.say("Rani", "Jika rapat dimulai, maka saya akan "+marker)
	if n := p.count(`SELECT count(*) FROM resolve WHERE line LIKE '%' || $1 || '%'`, marker); n != 1 {
		t.Fatalf("nothing was written: %s", p.newest("Rani"))
	}
	tryAll := func() {
		for _, who := range p.others([]string{"Rani"}) {
			for _, command := range []string{"/niat", "/tim", "/ringkasan", "/kelola", "/laporan", "/umpanbalik", "/pelatihan", "/layanan", "/unit", "/tugas", "/privasi"} {
				p.say(who, command)
			}
		}
		p.pressAll("Rani")
		codec := bot.NewCodec([]byte("buttons of the tests"))
		for _, who := range p.others([]string{"Rani"}) {
			for _, a := range []dialog.Action{{Flow: "m", Ref: c.batch, Step: resolve.CardStep, Verb: dialog.Resume}, {Flow: "m", Ref: c.batch, Step: "niatjawab", Verb: dialog.Resume, Value: "done"},
				{Flow: "m", Ref: c.batch, Step: "niathapusya", Verb: dialog.Resume}, {Flow: resolve.Flow, Ref: c.batch, Verb: dialog.Resume}} {
				data, err := codec.Encode(p.account[who], "", a)
				if err != nil {
					t.Fatal(err)
				}
				p.fake.ForgePress(p.account[who], p.ownMessage(p.account[who]), data)
			}
			for _, m := range p.fake.Messages(p.account["Rani"]) {
				for _, row := range m.Inline {
					for _, b := range row {
						p.fake.ForgePress(p.account[who], p.ownMessage(p.account[who]), b.Data)
					}
				}
			}
			p.settle()
		}
	}
	tryAll()
	p.untilDay(time.Date(2027, 5, 14, 9, 0, 0, 0, wib), "evaluations", "evaluation-close", "resolves", "reminders")
	p.push("Rani", "Buka niat", answered)
	for _, job := range []string{"weekly-summary", "office-summary", "monthly-summary", "weekly-note"} {
		p.runJob(job)
		p.settle()
	}
	tryAll()
	if n := p.count(`SELECT count(*) FROM resolve WHERE line LIKE '%' || $1 || '%' AND outcome = 'partly'`, marker); n != 1 {
		t.Error("somebody else has changed or deleted it")
	}
	p.ears.mu.Lock()
	defer p.ears.mu.Unlock()
	own := false
	for chat, heard := range p.ears.by {
		for raw := range heard {
			if !strings.Contains(raw, marker) {
				continue
			}
			if own = own || chat == p.account["Rani"]; chat != p.account["Rani"] {
				t.Errorf("the chat %d got %.300s", chat, raw)
			}
		}
	}
	if !own {
		t.Error("not even its person has got it: nothing is proved")
	}
	for _, table := range []string{"audit", "notice", "ticket", "outbox", "inbox", "summary_card"} {
		if n := p.count(fmt.Sprintf(`SELECT count(*) FROM %s x WHERE x::text LIKE '%%%s%%'`, table, marker)); n != 0 {
			t.Errorf("%s holds it", table)
		}
	}
	if strings.Contains(p.log.String(), marker) {
		t.Error("the log holds it")
	}
}
