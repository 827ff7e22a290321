package demo

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/task"
	"bangkom/storage"
)

// fillPast plays the period of the year before, up to its close: the analysis of needs
// reads it. Its answers follow from who somebody is, so that they are the same at every
// start.
func fillPast(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, now time.Time) error {
	opened := now.AddDate(-1, 0, -3)
	answered, due := opened.AddDate(0, 0, 5), opened.AddDate(0, 0, 14)
	p := storage.Period{Name: fmt.Sprintf("Tahun %d", now.Year()-1), OpensAt: opened, DueAt: due, RatingDueAt: due.AddDate(0, 0, rating.DaysAfter)}
	if _, err := tx.OpenPeriod(ctx, p, opened); err != nil {
		return err
	}
	form, err := tx.LatestQuestionnaire(ctx, selfForm)
	if err != nil {
		return err
	}
	for i := range people {
		if err := fillPastPerson(ctx, tx, people, ids, i, form, answered); err != nil {
			return fmt.Errorf("sample person %d: %w", i, err)
		}
	}
	_, _, err = tx.ClosePeriod(ctx, due.AddDate(0, 0, rating.DaysAfter+1))
	return err
}

// selfForm is the code of the questionnaire of the self-assessment.
const selfForm = "penilaian-mandiri"

// fillPastPerson answers for one person, and rates the team.
func fillPastPerson(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, i int, form questionnaire.Definition, at time.Time) error {
	owed, err := tx.Tasks(ctx, ids[i], []task.Kind{task.SelfAssessment})
	if err != nil {
		return err
	}
	for _, t := range owed {
		if pastSent(people[i], i) {
			if err := tx.Submit(ctx, t, pastAnswers(people[i], i, form, 1), at); err != nil {
				return err
			}
		}
	}
	ratings, err := tx.Ratings(ctx, ids[i], at)
	if err != nil {
		return err
	}
	for _, r := range ratings {
		for of := range people {
			if ids[of] == r.Subject.ID && pastRated(of) {
				if _, err := tx.SubmitRating(ctx, r.ID, ids[i], pastAnswers(people[of], of, form, 0), at); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// pastSent tells who has sent the self-assessment: most, and fewer than half of one unit.
func pastSent(p demoPerson, i int) bool {
	if p.unit == "UMU" {
		return i%5 < 2
	}
	return i%13 != 6
}

// pastRated tells who was rated.
func pastRated(i int) bool { return i%17 != 3 }

// pastAnswers are levels around what the position asks for. Each unit has something in
// which it is weaker. The view of the person differs at times by a level: above.
func pastAnswers(p demoPerson, i int, form questionnaire.Definition, above int) questionnaire.Answers {
	asks := map[string]int{"ADMINISTRATOR": 3, "PENGAWAS": 2, "JF_MUDA": 3, "JF_TERAMPIL": 2, "JF_MAHIR": 2, "JF_PERTAMA": 2}[p.ClassCode]
	unit := int(p.unit[0]) + int(p.unit[1])
	out := questionnaire.Answers{}
	for j, item := range form.Items {
		level := max(1, asks) + [7]int{0, 0, -1, 0, 1, -1, 0}[(3*i+5*j+unit)%7]
		if (j+unit)%5 == 0 {
			level--
		}
		if j == 1 && i%3 != 0 { // what all lack
			level--
		}
		if (i+j)%4 == 0 {
			level += above
		}
		out[item.Code] = fmt.Sprint(min(5, max(0, level)))
	}
	return out
}
