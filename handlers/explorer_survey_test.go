package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/survey"
	"bangkom/storage"
)

// surveyOf stores a questionnaire of the kind survey.
func (t *trip) surveyOf() questionnaire.Definition {
	name := strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(t.number()))
	d := questionnaire.Definition{Code: "survei-" + name, Version: 1, Kind: questionnaire.Survey, Title: "Survei " + name, Minutes: 1, Review: true, Items: []questionnaire.Item{
		{Code: "KAPAN", Title: "Kapan", Type: questionnaire.Pick, Prompt: "Kapan?", Choices: []questionnaire.Choice{{Value: "pagi", Label: "Pagi hari"}, {Value: "sore", Label: "Sore hari"}}},
		{Code: "CARA", Title: "Cara", Type: questionnaire.Pick, Optional: true, Prompt: "Bagaimana?", Choices: []questionnaire.Choice{{Value: "kelas", Label: "Tatap muka"}, {Value: "mandiri", Label: "Belajar mandiri"}}}}}
	if err := t.db.InTx(context.Background(), func(tx *storage.Tx) error { return tx.ImportQuestionnaire(context.Background(), d, t.clock.Now()) }); err != nil {
		t.t.Error(err)
	}
	return d
}

// begunSurvey starts a named survey of a questionnaire to the person alone, whose day of report is
// some days from now; closed = its time is over at once.
func (t *trip) begunSurvey(reportDays int, closed bool) {
	t.begun(survey.Named, reportDays, closed)
}

func (t *trip) begun(manner survey.Manner, reportDays int, closed bool) {
	d, ctx, now := t.surveyOf(), context.Background(), t.clock.Now()
	err := t.db.InTx(ctx, func(tx *storage.Tx) error {
		_, err := tx.StartSurvey(ctx, survey.Survey{Name: d.Title, Questionnaire: d.Code, Version: 1, Manner: manner, Owner: t.a.person.id,
			Use: "Menentukan jadwal belajar.", Audience: announcement.Audience{People: []int64{t.a.person.id}}, Closes: now.Add(time.Hour), ReportBy: now.AddDate(0, 0, reportDays)}, now)
		if err == nil && closed {
			err = tx.CloseSurveys(ctx, now.Add(2*time.Hour))
		}
		return err
	})
	if err != nil {
		t.t.Error(err)
	}
}

// begunNameless starts a survey without names to the person alone.
func (t *trip) begunNameless() {
	d, ctx, now := t.surveyOf(), context.Background(), t.clock.Now()
	err := t.db.InTx(ctx, func(tx *storage.Tx) error {
		_, err := tx.StartSurvey(ctx, survey.Survey{Name: d.Title, Questionnaire: d.Code, Version: 1, Manner: survey.Anonymous, Owner: t.a.person.id,
			Use: "Menentukan jadwal belajar.", Audience: announcement.Audience{People: []int64{t.a.person.id}}, Closes: now.Add(time.Hour), ReportBy: now.AddDate(0, 0, 7)}, now)
		return err
	})
	if err != nil {
		t.t.Error(err)
	}
}

// surveyErrands come to the conversations about surveys and questionnaires.
func surveyErrands() []*errand {
	newest := func(t *trip) {
		t.say("/kelola")
		t.press("Kuesioner")
		t.press("Survei")
		t.press("1")
	}
	return []*errand{
		{name: "campaign", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			t.say("/kelola")
			t.press("Pengiriman, kalender")
			t.press("Ajakan")
			if !t.sees("Ajakan baru") { // another one of the same task is not counted yet
				return
			}
			t.press("Ajakan baru")
			t.press("1")
			t.say("2, 4, 5")
			t.say("Kepala Dinas ikut belajar setiap Jumat pagi.")
			t.press("Kirim")
		}},
		{name: "survey", who: anybody, run: func(t *trip, r *rand.Rand) {
			t.begunSurvey(7, false)
			t.say("/tugas")
			t.press("Isi survei")
			for _, label := range []string{"Pagi hari", "Lewati"} {
				if t.sees(label) {
					t.press(label)
				}
			}
			if t.sees("Kirim") && r.IntN(2) == 0 {
				t.press("Kirim")
			}
		}},
		{name: "survey without names", who: anybody, run: func(t *trip, r *rand.Rand) {
			t.begunNameless()
			t.say("/tugas")
			t.press("Isi survei")
			for _, label := range []string{"Pagi hari", "Lewati"} {
				if t.sees(label) {
					t.press(label)
				}
			}
			if t.sees("Kirim") && r.IntN(2) == 0 {
				t.press("Kirim")
				t.say("/umpanbalik")
			}
		}},
		{name: "try a questionnaire", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			var file bytes.Buffer
			d := t.surveyOf()
			d.Code += "-baru"
			if err := workbook.Write(&file, d, workbook.XLSForm); err != nil {
				t.t.Error(err)
			}
			t.say("/impor")
			t.step(func(n int64) []*deed {
				return t.upload(t.a, n, "survei.xlsx", map[string]string{"survei.xlsx": file.String()})
			})
			t.press("Coba dahulu")
			t.press("Mulai")
			t.press("Pagi hari")
		}},
		{name: "start a survey", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			d := t.surveyOf()
			var at int64
			t.scan(&at, `SELECT count(DISTINCT code) FROM questionnaire WHERE code <= $1`, d.Code)
			t.say("/kelola")
			t.press("Kuesioner")
			t.press(strconv.FormatInt(at, 10))
			t.press("Mulai survei")
			t.press("Rahasia")
		}},
		{name: "report on a survey", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			t.begunSurvey(7, true)
			newest(t)
			t.press("Tulis tindak lanjut")
			t.say("Jam belajar diadakan setiap Jumat pagi.")
		}},
		{name: "answers of a survey", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			t.begun(survey.Confidential, 7, false)
			t.exec(`UPDATE staff_survey_person SET left_out = false WHERE employee_id = $1`, t.a.person.id) // who waits for another answer
			if err := t.db.InTx(context.Background(), func(tx *storage.Tx) error { return tx.AskLinked(context.Background(), t.clock.Now(), t.clock.Now()) }); err != nil {
				t.t.Error(err)
			}
			t.exec(`WITH mine AS (UPDATE task SET state = 'done', done_at = $2 WHERE occasion_id = (SELECT max(id) FROM staff_survey WHERE owner_id = $1) AND kind = 'survey' RETURNING *)
				INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
				SELECT id, 1, questionnaire_code, questionnaire_version, false, $2 FROM mine`, t.a.person.id, t.clock.Now())
			newest(t)
			t.press("Hentikan")
			t.press("Ya, hentikan")
			t.press("Unduh jawaban")
			t.say("Menyusun jadwal belajar.")
		}},
		{name: "exception of a survey", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			t.begunSurvey(-1, false)
			t.begunSurvey(7, false)
			newest(t)
			t.press("Minta pengecualian")
			t.say("Ruang harus dipesan pekan ini.")
		}},
	}
}
