package demo

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/faketelegram"
	"bangkom/internal/questionnaire"
	"bangkom/internal/readiness"
	"bangkom/internal/survey"
	"bangkom/storage"
)

// helpedUnit is the unit that has somebody to ask for help from the first minute on: enough of it
// have an account for a survey without names, and the helper leads nobody.
const (
	helpedUnit = "UMU"
	helperNth  = 1
)

// fillHelper names the helper of a unit, as the personnel office would.
func fillHelper(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, cast []demoCast, now time.Time) error {
	by := int64(0)
	for _, c := range cast {
		if c.grant != "" && by == 0 && people[c.person].unit == "BKD" {
			by = ids[c.person]
		}
	}
	unit, err := unitID(ctx, tx, helpedUnit)
	if err != nil {
		return err
	}
	first := 0
	for people[first].unit != helpedUnit {
		first++
	}
	return tx.NameHelper(ctx, unit, ids[first+helperNth], by, now)
}

// colleaguesKey is the prefix of a key that no message has: everybody who has not answered is found by it.
const colleaguesKey = "demo-colleagues:"

// colleaguesAction is the button of the page that lets everybody answer a survey without names
// whom the visitor does not play: of fewer than five answers nothing is shown.
func (d *demo) colleaguesAction() faketelegram.Action {
	return faketelegram.Action{Label: "Jawaban rekan kerja", Run: d.answerNameless,
		Hint: "Semua yang ditanya survei anonim dan belum menjawab, menjawab. Yang sudah dijawab dari sini tetap. Setelah itu tekan Survei sampai ditutup."}
}

// answerNameless answers the open surveys without names for whoever has not, as the chat does.
func (d *demo) answerNameless(ctx context.Context) (string, error) {
	d.jobs.Lock()
	defer d.jobs.Unlock()
	now, n := d.clock.Now().In(d.cfg.Location()).Truncate(time.Microsecond), 0
	err := d.db.InTx(ctx, func(tx *storage.Tx) (err error) {
		n, err = answerNameless(ctx, tx, now)
		return err
	})
	switch {
	case err != nil:
		return "", err
	case n == 0:
		return "Tidak ada survei anonim yang belum dijawab. Petugas kepegawaian (HR) memulainya lewat /kelola, Kuesioner.", nil
	}
	return fmt.Sprintf("%d pegawai menjawab.", n), nil
}

func answerNameless(ctx context.Context, tx *storage.Tx, now time.Time) (n int, err error) {
	asked, err := tx.SurveyAsked(ctx, survey.AskedFilter{Now: now, AskedBefore: now, Prefix: colleaguesKey})
	if err != nil {
		return 0, err
	}
	for i, a := range asked {
		if a.Manner != survey.Anonymous {
			continue
		}
		form, err := tx.SurveyForm(ctx, a.Survey)
		if err != nil {
			return n, err
		}
		of, err := tx.Task(ctx, a.Task, a.Person.ID)
		if err != nil {
			return n, err
		}
		if err := tx.HoldSurveyAnswer(ctx, of, survey.Sheet(form, namelessSaid(form, i)), now); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// namelessSaid are answers that follow from the place in the list. Who is asked about readiness knows why
// and how, and doubts to be able to: stage Ab, at which a helper is offered.
func namelessSaid(form questionnaire.Definition, i int) questionnaire.Answers {
	out := questionnaire.Answers{}
	for k, item := range survey.Items(form) {
		if item.Form == disclosure.Scale {
			out[item.Code] = fmt.Sprint(2 + (i+k)%3)
			continue
		}
		out[item.Code] = item.Values[(i+k)%len(item.Values)]
	}
	if form.Kind != questionnaire.Readiness {
		return out
	}
	for _, item := range readiness.Items() {
		out[item.Code] = fmt.Sprint(4 + i%5/4)
		if item.Stage == readiness.Ability || item.Reversed {
			out[item.Code] = fmt.Sprint(2 + i%4/3)
		}
	}
	return out
}
