package demo

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/text"
	"bangkom/storage"
)

// evaluatedProgramme is a programme of the partner that was held three times in the year before.
// It is too short for a follow-up, so nothing of it comes later.
const evaluatedProgramme = "LKJ-1"

// evaluatedMonths are the months in which it was held: three batches are compared.
func evaluatedMonths() []time.Month { return []time.Month{time.March, time.May, time.October} }

// fillEvaluated plays these batches: seats, attendance, what was asked after them, and the close, as
// it was done then. So there are results of the partner from the first minute on.
func fillEvaluated(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, now time.Time) error {
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	r := evaluation.Runner{Text: cat, Location: now.Location()}
	for k, month := range evaluatedMonths() {
		day := time.Date(now.Year()-1, month, 8, 0, 0, 0, 0, now.Location())
		day = midnight(day, int(time.Wednesday-day.Weekday()+7)%7)
		var seated []int64
		for i, p := range people {
			if p.boss >= 0 && i%12 == k {
				seated = append(seated, ids[i])
			}
		}
		b, err := holdBatch(ctx, tx, evaluatedProgramme, day, 1, seated)
		if err != nil {
			return err
		}
		if err := fillEvaluation(ctx, tx, r, b.ID, b.Ends()); err != nil {
			return fmt.Errorf("sample evaluation of %s: %w", month, err)
		}
	}
	return nil
}

// fillEvaluation lets most of those who attended a batch answer, and counts what they said.
func fillEvaluation(ctx context.Context, tx *storage.Tx, r evaluation.Runner, batch int64, ends time.Time) error {
	asked := ends.Add(30 * time.Minute)
	if _, err := tx.OpenEvaluation(ctx, batch, 0, asked); err != nil {
		return err
	}
	list, err := tx.AskAttended(ctx, asked)
	if err != nil {
		return err
	}
	for i, a := range list {
		of, err := tx.Task(ctx, a.Task, a.Person.ID)
		if err != nil {
			return err
		}
		if i%9 == 4 {
			continue
		}
		if err := tx.HoldAnswer(ctx, of, saidOf(i), asked.Add(time.Hour)); err != nil {
			return err
		}
	}
	closed := evaluation.ClosesAt(asked).Add(time.Minute)
	due, err := tx.EvaluationsDue(ctx, closed, 0, evaluation.CloseAtOnce)
	if err != nil {
		return err
	}
	for _, e := range due {
		if err := r.Publish(ctx, tx, e, closed); err != nil {
			return err
		}
	}
	_, err = tx.GiveReport(ctx, batch, "Waktu latihan ditambah, dan contoh laporan dibagikan sebelum pelatihan.", list[0].Person.ID, closed.AddDate(0, 0, 10))
	return err
}

// saidOf are answers that follow from the place in the list, so that they are the same at every start.
func saidOf(i int) disclosure.Answers {
	return disclosure.Answers{"R1": fmt.Sprint(3 + i%2), "R2 Widyaiswara " + demoPartner: fmt.Sprint(2 + (i+1)%3), "R3": fmt.Sprint(2 + i%3), "R4": fmt.Sprint(3 + i%5/4),
		evaluation.Ability: disclosure.PairOf(fmt.Sprint(1+i%3), fmt.Sprint(3+i%2))}
}
