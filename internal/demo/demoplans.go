package demo

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/plan"
	"bangkom/internal/questionnaire"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/storage"
)

// demoOffers is where the page offers a list of what the partner could hold.
const demoOffers = "/contoh/penawaran-mitra.xlsx"

// planTeam is the unit of which seven people wait for their superior to agree to their plans.
const planTeam = "SMP"

// planWaits is how many of them there are.
const planWaits = 7

// fillPlans lets people who are nobody's role plan what they lack, in the month before, so that
// it is added up already; their superiors have agreed. Seven of one team have submitted theirs
// the day before.
func fillPlans(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, cast []demoCast, now time.Time) error {
	form, err := tx.LatestQuestionnaire(ctx, selfForm)
	if err != nil {
		return err
	}
	played := map[int]bool{}
	for _, c := range cast {
		played[c.person] = true
	}
	year, waits := plan.YearOf(now), 0
	first := time.Date(now.Year(), now.Month(), 1, 9, 0, 0, 0, now.Location())
	before, yesterday := first.AddDate(0, 0, -20), now.AddDate(0, 0, -1)
	bosses := map[int64]bool{}
	for i, p := range people {
		at := before
		switch {
		case p.boss < 0 || !pastSent(p, i):
			continue
		case p.unit == planTeam && waits < planWaits:
			at = yesterday
			waits++
		case played[i]:
			continue
		default:
			bosses[ids[p.boss]] = true
		}
		for j, item := range weakest(form, pastAnswers(p, i, form, 1)) {
			way := []plan.Form{plan.Training, plan.Coaching, plan.SelfStudy, plan.Training}[(i+j)%4]
			if _, err := tx.ChooseLine(ctx, ids[i], plan.Line{Year: year, Item: plan.CompetencyItem(item.Code), Source: plan.FromGap, Code: item.Code, Title: item.Title, Form: way}, at); err != nil {
				return err
			}
		}
		if _, err := tx.SubmitPlan(ctx, ids[i], year, at); err != nil {
			return err
		}
	}
	for boss := range bosses {
		if err := agreePast(ctx, tx, boss, before); err != nil {
			return err
		}
	}
	return nil
}

// agreePast agrees to what was submitted at a moment, three days later.
func agreePast(ctx context.Context, tx *storage.Tx, boss int64, at time.Time) error {
	list, err := tx.PlansWaiting(ctx, boss, at)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(w plan.Waiting) bool { return !w.SubmittedAt.Equal(at) })
	_, err = tx.AgreePlans(ctx, boss, list, at.AddDate(0, 0, 3))
	return err
}

// weakest are the two questions with the lowest answers, the first ones of equals.
func weakest(form questionnaire.Definition, answers questionnaire.Answers) []questionnaire.Item {
	items := slices.Clone(form.Items)
	slices.SortStableFunc(items, func(a, b questionnaire.Item) int { return cmp.Compare(answers[a.Code], answers[b.Code]) })
	return items[:2]
}

// offersFile is what the partner offers for the weeks to come.
func offersFile(now time.Time) ([]byte, error) {
	offer := func(title, code string, level, days int, jp, seats, price, unit string, weeks int) []string {
		first := 7*weeks + int(time.Tuesday-midnight(now, 7*weeks).Weekday()+7)%7
		return []string{"BPAS", title, code, fmt.Sprint(level), fmt.Sprint(days), jp, seats, price, unit, midnight(now, first).Format("02-01-2006"), midnight(now, first+days-1).Format("02-01-2006")}
	}
	rows := [][]string{register.OffersTemplate(),
		offer("Menulis dan Berbicara untuk Layanan", "M.03", 2, 1, "8", "30", "450.000", "per orang", 14),
		offer("Kerja Sama Antarunit", "M.02", 3, 2, "16", "25", "9.000.000", "per kelas", 16),
		offer("Memimpin Perubahan di Unit Kerja", "M.07", 2, 1, "8", "25", "", "", 18)}
	var b bytes.Buffer
	err := sheet.Write(&b, "Penawaran", rows)
	return b.Bytes(), err
}
