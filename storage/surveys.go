package storage

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/register"
	"bangkom/internal/satisfaction"
)

// lockSurveys lets an import of surveys and the naming of a comparison wait for each other:
// which of both was first decides about a probability.
const lockSurveys = `SELECT pg_advisory_xact_lock(hashtext('bangkom.surveys'))`

const (
	surveysWhere = `
		SELECT s.id, s.unit_id, u.name, s.period, s.service, s.respondents, s.published, s.weight, s.first_at, e.element, e.total, e.answers
		FROM survey s JOIN unit u ON u.id = s.unit_id JOIN survey_element e ON e.survey_id = s.id WHERE `
	surveysIn     = surveysWhere + `s.period = $1 ORDER BY u.name COLLATE "C", s.id`
	surveysOfUnit = surveysWhere + `s.unit_id = $1 ORDER BY s.ends_on, s.id`
	surveyPeriods = `SELECT period FROM survey GROUP BY period ORDER BY max(ends_on) DESC, period`
	storeSurveys  = `
		INSERT INTO survey AS s (unit_id, period, ends_on, service, respondents, published, weight, first_at, changed_at)
		SELECT i.unit_id, $2, $3, i.service, i.respondents, nullif(i.published, 0), nullif(i.weight, ''), $4, $4
		FROM unnest($1::bigint[], $5::text[], $6::int[], $7::int[], $8::text[]) AS i (unit_id, service, respondents, published, weight)
		ON CONFLICT (unit_id, period) DO UPDATE SET service = excluded.service, respondents = excluded.respondents, published = excluded.published,
		       weight = excluded.weight, changed_at = excluded.changed_at`
	storeElements = `
		INSERT INTO survey_element AS e (survey_id, element, total, answers)
		SELECT s.id, i.element, i.total, i.answers
		FROM unnest($1::bigint[], $3::text[], $4::bigint[], $5::int[]) AS i (unit_id, element, total, answers)
		JOIN survey s ON s.unit_id = i.unit_id AND s.period = $2
		ON CONFLICT (survey_id, element) DO UPDATE SET total = excluded.total, answers = excluded.answers`
)

// surveyRow is one element of one survey.
type surveyRow struct {
	ID          int64          `db:"id"`
	Unit        int64          `db:"unit_id"`
	Name        string         `db:"name"`
	Period      string         `db:"period"`
	Service     string         `db:"service"`
	Respondents int            `db:"respondents"`
	Published   sql.NullInt64  `db:"published"`
	Weight      sql.NullString `db:"weight"`
	First       time.Time      `db:"first_at"`
	Element     string         `db:"element"`
	satisfaction.Answers
}

func (t *Tx) surveys(ctx context.Context, query string, arg any) (list []satisfaction.Survey, err error) {
	var rows []surveyRow
	if err := t.tx.SelectContext(ctx, &rows, query, arg); err != nil {
		return nil, safe("read surveys", err)
	}
	for _, r := range rows {
		if len(list) == 0 || list[len(list)-1].ID != r.ID {
			p, _ := satisfaction.PeriodOf(r.Period)
			list = append(list, satisfaction.Survey{ID: r.ID, Unit: r.Unit, UnitName: r.Name, Period: p, Service: r.Service, Respondents: r.Respondents,
				Published: satisfaction.Centi(r.Published.Int64), Weight: satisfaction.Weight(r.Weight.String), First: r.First})
		}
		if at := satisfaction.Element(r.Element).Place(); at >= 0 {
			list[len(list)-1].Answers[at] = r.Answers
		}
	}
	return list, nil
}

// SurveysIn reads the surveys of all units in a period, by the name of the unit.
func (t *Tx) SurveysIn(ctx context.Context, period string) ([]satisfaction.Survey, error) {
	return t.surveys(ctx, surveysIn, period)
}

// SurveysOfUnit reads the surveys of one unit, the oldest first.
func (t *Tx) SurveysOfUnit(ctx context.Context, unit int64) ([]satisfaction.Survey, error) {
	return t.surveys(ctx, surveysOfUnit, unit)
}

// SurveyPeriods lists the periods of which there are surveys, the newest first.
func (t *Tx) SurveyPeriods(ctx context.Context) (list []satisfaction.Period, err error) {
	var keys []string
	if err := t.tx.SelectContext(ctx, &keys, surveyPeriods); err != nil {
		return nil, safe("list periods of surveys", err)
	}
	for _, key := range keys {
		if p, ok := satisfaction.PeriodOf(key); ok {
			list = append(list, p)
		}
	}
	return list, nil
}

// ImportSurveys stores surveys, all of one period; a survey that is there is replaced whole.
func (t *Tx) ImportSurveys(ctx context.Context, rows []register.SurveyRow, now time.Time) (out register.Imported, err error) {
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, lockSurveys); err != nil {
		return out, safe("lock surveys", err)
	}
	list := register.SurveysOf(rows)
	if len(list) == 0 {
		return out, nil
	}
	known, err := t.SurveysIn(ctx, list[0].Period.Key)
	if err != nil {
		return out, err
	}
	list = slices.DeleteFunc(list, func(s register.Surveys) bool {
		i := slices.IndexFunc(known, func(k satisfaction.Survey) bool { return k.Unit == s.Unit })
		switch {
		case i < 0:
			out.New += s.Rows
		case sameSurvey(known[i], s.Survey):
			out.Unchanged += s.Rows
			return true
		default:
			out.Changed += s.Rows
		}
		return false
	})
	if err := t.storeSurveys(ctx, list, now); err != nil {
		return out, err
	}
	_, err = t.tx.ExecContext(ctx, auditRow, now, "import.surveys", "")
	return out, safe("audit", err)
}

// sameSurvey tells whether two surveys of one unit and period say the same.
func sameSurvey(a, b satisfaction.Survey) bool {
	return a.Service == b.Service && a.Respondents == b.Respondents && a.Published == b.Published && a.Weight == b.Weight && a.Answers == b.Answers
}

func (t *Tx) storeSurveys(ctx context.Context, list []register.Surveys, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	var units, of []int64
	var services, weights, elements []string
	var respondents, published, totals, answers []int64
	for _, s := range list {
		units, services, weights = append(units, s.Unit), append(services, s.Service), append(weights, string(s.Weight))
		respondents, published = append(respondents, int64(s.Respondents)), append(published, int64(s.Published))
		for i, e := range satisfaction.Elements() {
			of, elements = append(of, s.Unit), append(elements, string(e))
			totals, answers = append(totals, s.Answers[i].Sum), append(answers, s.Answers[i].N)
		}
	}
	period := list[0].Period
	if _, err := t.tx.ExecContext(ctx, storeSurveys, pq.Array(units), period.Key, period.To.Format(time.DateOnly), now, pq.Array(services),
		pq.Array(respondents), pq.Array(published), pq.Array(weights)); err != nil {
		return safe("store surveys", err)
	}
	_, err := t.tx.ExecContext(ctx, storeElements, pq.Array(of), period.Key, pq.Array(elements), pq.Array(totals), pq.Array(answers))
	return safe("store surveys", err)
}
