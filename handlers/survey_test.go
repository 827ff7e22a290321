package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/storage"
)

// asksWhen is a survey with a question that is asked of some.
func asksWhen(version int) questionnaire.Definition {
	two := func(a, b string) []questionnaire.Choice {
		return []questionnaire.Choice{{Value: a, Label: strings.ToUpper(a)}, {Value: b, Label: strings.ToUpper(b)}}
	}
	return questionnaire.Definition{Code: "jam-belajar", Version: version, Kind: questionnaire.Survey, Title: "Jam Belajar", Minutes: 1, Review: true, Items: []questionnaire.Item{
		{Code: "KAPAN", Title: "KAPAN", Type: questionnaire.Pick, Prompt: "Kapan {sapaan} belajar?", Choices: two("pagi", "sore")},
		{Code: "MENGAPA", Title: "Sebab", Type: questionnaire.Pick, Optional: true, Prompt: "=1+1 Mengapa?", Choices: two("jauh", "sibuk"), OnlyIf: &questionnaire.Condition{Item: "KAPAN", In: []string{"sore"}}},
		{Code: "CARA", Title: "Cara", Type: questionnaire.Pick, Optional: true, Prompt: "Bagaimana?", Choices: two("kelas", "mandiri")}}}
}

// surveyed starts a survey to everybody in a world in which some have an account.
func (w *world) surveyed(manner survey.Manner) (id int64) {
	for _, name := range []string{"Sari", "Rina", "Bambang"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	w.grant("Sari", personnel.RoleHR, false)
	now := w.clock.Now()
	w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
		if err := tx.ImportQuestionnaire(ctx, asksWhen(1), now); err != nil {
			return err
		}
		id, err = tx.StartSurvey(ctx, survey.Survey{Name: "Jam Belajar", Questionnaire: "jam-belajar", Version: 1, Manner: manner, Owner: w.ids["Sari"], Use: "Menyusun kelompok belajar.",
			Audience: announcement.Audience{All: true}, Closes: now.AddDate(0, 0, 5), ReportBy: now.AddDate(0, 0, 9)}, now)
		return err
	})
	return id
}

// opensSurvey opens the newest survey as the personnel office does.
func (w *world) opensSurvey(who int64) {
	w.say(who, "/kelola")
	w.press(who, "Kuesioner")
	w.press(who, "Survei")
	w.press(who, "1")
}

// TestFileOfAnswers is of the file of a named survey: a row for each person, what was left out
// apart from what did not apply, no formula, not to be passed on, and for nobody who has lost
// the role. A confidential one is never sent without a reason.
func TestFileOfAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.surveyed(survey.Named)
	sari := account("Sari")
	for name, presses := range map[string][]string{"Rina": {"SORE", "Lewati", "KELAS"}, "Bambang": {"PAGI", "Lewati"}} {
		w.say(account(name), "/tugas")
		for _, label := range append(append([]string{"Isi survei"}, presses...), "Kirim") {
			w.press(account(name), label)
		}
	}
	w.opensSurvey(sari)
	w.press(sari, "Hentikan")
	w.press(sari, "Ya, hentikan")
	w.press(sari, "Unduh jawaban")
	book, err := excelize.OpenReader(bytes.NewReader(w.file(sari, "jawaban-survei.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Jawaban")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows {
		got = append(got, strings.Join(append(row[:1:1], row[4:]...), "|"))
	}
	if diff := cmp.Diff([]string{"_version|KAPAN|MENGAPA|CARA", "1|pagi|(tidak ditanyakan)", "1|sore||kelas"}, got); diff != "" || rows[1][2] != "Bambang Setiawan, S.Sos." || len(rows[2][1]) != 18 {
		t.Errorf("the file holds %q:\n%s", rows, diff)
	}
	words, err := book.GetRows("Kamus")
	if err != nil || len(words) != 11 {
		t.Fatalf("the codebook holds %q, %v", words, err)
	}
	if want := []string{"MENGAPA", "1", "=1+1 Mengapa?", "jauh = JAUH\nsibuk = SIBUK"}; !cmp.Equal(words[6], want) {
		t.Errorf("the codebook reads %q", words[6])
	}
	if f, err := book.GetCellFormula("Kamus", "C7"); err != nil || f != "" {
		t.Errorf("a cell is the formula %q, %v", f, err)
	}
	last := w.fake.Messages(sari)[len(w.fake.Messages(sari))-1]
	if last.Document == nil || !last.Protected {
		t.Errorf("the file may be passed on: %+v", last)
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'answers.opened' AND detail = 'Survei bernama Jam Belajar, gunanya: Menyusun kelompok belajar.'`); n != 2 {
		t.Errorf("%d people can read that they were opened, want 2", n)
	}
	_, p := w.connect(t.Context())
	asked := dialog.Picture{Kind: "survey-answers-xlsx", File: true, Data: json.RawMessage(fmt.Sprintf(`{"survey": %d, "reader": %d, "chat": %d}`, id, w.ids["Sari"], sari))}
	if _, body, err := p.Draw(t.Context(), asked); err != nil || len(body) == 0 {
		t.Errorf("the office gets no file: %v", err)
	}
	w.grant("Sari", personnel.RoleHR, true)
	if _, body, err := p.Draw(t.Context(), asked); err == nil || len(body) > 0 {
		t.Errorf("somebody without the role gets the file: %d bytes, %v", len(body), err)
	}
	w.grant("Sari", personnel.RoleHR, false)
	w.exec(`UPDATE staff_survey SET manner = 'confidential'`)
	files := func() (n int) {
		for _, m := range w.fake.Messages(sari) {
			if m.Document != nil {
				n++
			}
		}
		return n
	}
	before := files()
	w.opensSurvey(sari)
	w.press(sari, "Unduh jawaban")
	if files() != before || w.count(`SELECT count(*) FROM audit WHERE action = 'answers.opened'`) != 2 || !strings.Contains(w.onShow(sari), "Untuk apa") {
		t.Errorf("a confidential survey without a reason: %s", w.onShow(sari))
	}
}

// Everybody is asked with the version that was shown before the last press; when there is a
// newer one by then, it is shown and asked again.
func TestWideningAsksWithTheVersionShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.surveyed(survey.Named)
	sari := account("Sari")
	widened := func() int {
		return w.count(`SELECT count(*) FROM staff_survey WHERE id = $1 AND widened_at IS NOT NULL`, id)
	}
	w.opensSurvey(sari)
	w.press(sari, "Kirim ke semua")
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.ImportQuestionnaire(ctx, asksWhen(2), w.clock.Now())
	})
	w.press(sari, "Ya, kirim")
	if widened() != 0 || !strings.Contains(w.onShow(sari), "versi 2") {
		t.Errorf("everybody is asked with a version that nobody was shown: %s", w.onShow(sari))
	}
	w.press(sari, "Ya, kirim")
	if n := w.count(`SELECT questionnaire_version FROM staff_survey WHERE id = $1`, id); widened() != 1 || n != 2 {
		t.Errorf("widened %d times, version %d", widened(), n)
	}
}

// crewed links eight people more, so that enough can be asked without names.
func (w *world) crewed() {
	w.t.Helper()
	for i, id := range w.crew("Bambang", 8) {
		w.linkStraight(id, 7_000_000_001+int64(i), "Zulkifli")
	}
}

// asksAll is asksWhen without the condition.
func asksAll(version int) questionnaire.Definition {
	d := asksWhen(version)
	d.Items[1].OnlyIf = nil
	return d
}

// A questionnaire with a question that depends on another answer is refused when Anonim is
// chosen, and once more at Kirim, when a version with one was applied while the preview stood.
func TestAnonymousSurveyTakesNoConditions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.crewed()
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	sari := account("Sari")
	apply := func(d questionnaire.Definition) {
		w.tx(func(ctx context.Context, tx *storage.Tx) error { return tx.ImportQuestionnaire(ctx, d, w.clock.Now()) })
	}
	const refused = "memuat pertanyaan bersyarat"
	apply(asksWhen(1))
	w.say(sari, "/kelola")
	w.press(sari, "Kuesioner")
	place := "0" // of the questionnaire in the list
	for _, line := range strings.Split(w.onShow(sari), "\n") {
		if n, title, ok := strings.Cut(line, ". "); ok && strings.HasPrefix(title, "Jam Belajar") {
			place = n
		}
	}
	w.press(sari, place)
	w.press(sari, "Mulai survei")
	said := w.press(sari, "Anonim")
	if !strings.Contains(said.Text+w.readBy("Sari"), refused) || strings.Contains(w.readBy("Sari"), "Unit kerja mana") {
		t.Errorf("a condition is taken without names, or without a word: %+v\n%s", said, w.onShow(sari))
	}
	apply(asksAll(2))
	w.press(sari, "Anonim")
	w.press(sari, "Semua pegawai")
	for _, said := range []string{"Menyusun kelompok belajar.", "20 Januari 2027", "29 Januari 2027"} {
		w.say(sari, said)
	}
	if shown := w.onShow(sari); !strings.Contains(shown, "Kirim") || strings.Contains(shown, "Belum dapat dimulai") || strings.Contains(shown, refused) {
		t.Fatalf("the preview reads %s", shown)
	}
	apply(asksWhen(3))
	w.press(sari, "Kirim")
	if n := w.count(`SELECT count(*) FROM staff_survey`); n != 0 {
		t.Errorf("%d surveys are started with a condition", n)
	}
	w.press(sari, "Kirim")
	if n := w.count(`SELECT count(*) FROM staff_survey`); n != 0 || !strings.Contains(w.onShow(sari), refused) {
		t.Errorf("%d surveys are started with a condition that is shown: %s", n, w.onShow(sari))
	}
	apply(asksAll(4))
	w.press(sari, "Kirim")
	w.press(sari, "Kirim")
	if n := w.count(`SELECT count(*) FROM staff_survey WHERE manner = 'anonymous' AND questionnaire_version = 4`); n != 1 {
		t.Errorf("%d surveys are started without one: %s", n, w.onShow(sari))
	}
}

// A survey starts with the version that its preview has shown, or not at all: when another
// one was applied meanwhile, the preview says so and shows it, and the next press starts that.
func TestSurveyStartsAsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	sari := account("Sari")
	apply := func(d questionnaire.Definition) {
		w.tx(func(ctx context.Context, tx *storage.Tx) error { return tx.ImportQuestionnaire(ctx, d, w.clock.Now()) })
	}
	apply(asksAll(1))
	w.startsHours(sari, "Bernama")
	if shown := w.onShow(sari); !strings.Contains(shown, "versi 1") {
		t.Fatalf("the preview reads %s", shown)
	}
	apply(asksAll(2))
	w.press(sari, "Kirim")
	if n, shown := w.count(`SELECT count(*) FROM staff_survey`), w.onShow(sari); n != 0 ||
		!strings.Contains(shown, "Ada yang berubah sejak kartu ini tampil, jadi belum ada yang dikirim.") || !strings.Contains(shown, "versi 2") {
		t.Fatalf("%d surveys are started with a version that was not shown: %s", n, shown)
	}
	w.press(sari, "Kirim")
	if n := w.count(`SELECT count(*) FROM staff_survey WHERE questionnaire_version = 2`); n != 1 {
		t.Errorf("%d surveys are started with what was shown: %s", n, w.onShow(sari))
	}
}

// startsHours leads to the preview of a survey of all with the questionnaire of asksWhen.
func (w *world) startsHours(who int64, manner string) {
	w.t.Helper()
	w.say(who, "/kelola")
	w.press(who, "Kuesioner")
	place := "0" // of the questionnaire in the list
	for _, line := range strings.Split(w.onShow(who), "\n") {
		if n, title, ok := strings.Cut(line, ". "); ok && strings.HasPrefix(title, "Jam Belajar") {
			place = n
		}
	}
	for _, label := range []string{place, "Mulai survei", manner, "Semua pegawai"} {
		w.press(who, label)
	}
	for _, said := range []string{"Menyusun kelompok belajar.", "20 Januari 2027", "29 Januari 2027"} {
		w.say(who, said)
	}
}

// A press that names a group which is none of the survey, one of another survey, or one of a
// survey that is open gets the ordinary sentence and shows nothing; so does every press of
// somebody who is not of the personnel office.
func TestForgedGroupShowsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.crewed()
	for _, name := range []string{"Sari", "Rina"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	w.grant("Sari", personnel.RoleHR, false)
	start := func(code string) (id int64) {
		w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
			d := asksAll(1)
			d.Code = code
			if err := tx.ImportQuestionnaire(ctx, d, w.clock.Now()); err != nil {
				return err
			}
			id, err = tx.StartSurvey(ctx, survey.Survey{Name: code, Questionnaire: code, Version: 1, Manner: survey.Anonymous, Owner: w.ids["Sari"], Use: "Menentukan jam.",
				Audience: announcement.Audience{All: true}, Closes: w.clock.Now().AddDate(0, 0, 5), ReportBy: w.clock.Now().AddDate(0, 0, 9)}, w.clock.Now())
			return err
		})
		return id
	}
	closes := func(id int64) int64 {
		(&play{world: w}).surveyEvent("7 pegawai lain mengisi survei: KAPAN=pagi CARA=kelas")
		w.clock.move(6 * 24 * time.Hour)
		w.runJob("surveys")
		w.settle()
		return int64(w.count(`SELECT id FROM atom WHERE survey_id = $1`, id))
	}
	first := start("pertama")
	group := closes(first)
	second := start("kedua")
	other := closes(second)
	open := start("ketiga")
	opened := func(who string, id int64, group string) string {
		before := w.readBy(who)
		w.forge(account(who), dialog.Action{Flow: "m", Ref: id, Step: "surveikelompoksatu", Verb: dialog.Resume, Value: group})
		return strings.TrimPrefix(w.readBy(who), before)
	}
	if shown := opened("Sari", first, fmt.Sprint(group)); !strings.Contains(shown, "penjawab") {
		t.Fatalf("the group itself is not shown: %q", shown)
	}
	heading := strings.Count(w.readBy("Sari"), "Hasil menurut unit kerja")
	w.forge(account("Sari"), dialog.Action{Flow: "m", Ref: open, Step: "surveikelompok", Verb: dialog.Resume})
	if strings.Count(w.readBy("Sari"), "Hasil menurut unit kerja") != heading {
		t.Error("the groups of a survey that is open have a page")
	}
	if w.forge(account("Rina"), dialog.Action{Flow: "m", Ref: first, Step: "surveikelompok", Verb: dialog.Resume}); strings.Contains(w.readBy("Rina"), "Hasil menurut unit kerja") {
		t.Error("the groups have a page for somebody who is not of the personnel office")
	}
	for name, tt := range map[string]struct {
		who   string
		id    int64
		group string
	}{
		"no group": {"Sari", first, "999999"}, "of another survey": {"Sari", first, fmt.Sprint(other)}, "of one that is open": {"Sari", open, fmt.Sprint(group)},
		"no number": {"Sari", first, "x"}, "negative": {"Sari", first, "-1"}, "somebody else": {"Rina", first, fmt.Sprint(group)},
	} {
		before := w.readBy(tt.who)
		w.forge(account(tt.who), dialog.Action{Flow: "m", Ref: tt.id, Step: "surveikelompoksatu", Verb: dialog.Resume, Value: tt.group})
		if after := w.readBy(tt.who); strings.Count(after, "penjawab") != strings.Count(before, "penjawab") || strings.Count(after, "sudah tidak berlaku") != strings.Count(before, "sudah tidak berlaku")+1 {
			t.Errorf("%s: the chat reads\n%s", name, strings.TrimPrefix(after, before))
		}
	}
}
