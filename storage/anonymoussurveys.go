package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/outreach"
	"bangkom/internal/questionnaire"
	"bangkom/internal/readiness"
	"bangkom/internal/survey"
	"bangkom/internal/task"
)

// One survey without names after the other starts, so that two do not overlook each other.
const lockAnonymous = `SELECT pg_advisory_xact_lock(hashtext('bangkom.anonymous_survey'))`

var (
	surveyReach = audience + `
		SELECT count(*) FROM audience a WHERE $14::bigint = 0 AND EXISTS (SELECT FROM chat c WHERE c.employee_id = a.id) AND a.id NOT IN (` + owedAnAnswer + `)`
	// The same questions are those of the same questionnaire, and one of another that asks
	// something in the same words. $14 and $15 are its code and version.
	askedOfLate = audience + `
		SELECT v.name, v.opens_at FROM staff_survey v
		WHERE v.manner = $16 AND v.opens_at > $17
		  AND (v.questionnaire_code = $14 OR EXISTS (
		      SELECT FROM questionnaire q CROSS JOIN jsonb_array_elements(q.body -> 'items') x
		      JOIN questionnaire o ON o.code = $14 AND o.version = $15 CROSS JOIN jsonb_array_elements(o.body -> 'items') y
		      WHERE q.code = v.questionnaire_code AND q.version = v.questionnaire_version AND lower(x ->> 'prompt') = lower(y ->> 'prompt')))
		  AND (EXISTS (SELECT FROM staff_survey_person p WHERE p.survey_id = v.id AND p.asked_at IS NOT NULL AND p.employee_id IN (SELECT id FROM audience))
		    OR EXISTS (SELECT FROM staff_survey_person p WHERE p.survey_id = v.id AND p.asked_at IS NOT NULL AND p.unit_id IN (SELECT unit_id FROM audience)))
		ORDER BY v.opens_at DESC LIMIT 1`
)

// SurveyReach tells whom a survey without names would ask, and which of late has asked some of
// them the same. Until the transaction ends no other one starts.
func (t *Tx) SurveyReach(ctx context.Context, s survey.Survey, now time.Time) (r survey.Reach, err error) {
	if _, err := t.tx.ExecContext(ctx, lockAnonymous); err != nil {
		return r, safe("wait for other surveys", err)
	}
	args := audienceArgs(s.Audience, now)
	if err := t.tx.GetContext(ctx, &r.Asked, surveyReach, append(args[:len(args):len(args)], 0, now.Format(time.DateOnly))...); err != nil {
		return r, safe("count who would be asked", err)
	}
	var rows []struct {
		Name  string    `db:"name"`
		Opens time.Time `db:"opens_at"`
	}
	err = t.tx.SelectContext(ctx, &rows, askedOfLate, append(args[:len(args):len(args)], s.Questionnaire, s.Version, string(survey.Anonymous), now.AddDate(0, 0, -survey.ApartDays))...)
	if err != nil || len(rows) == 0 {
		return r, safe("look for the same questions", err)
	}
	r.Again, r.Until = rows[0].Name, rows[0].Opens.In(now.Location()).AddDate(0, 0, survey.ApartDays)
	return r, nil
}

// The row of the survey is shared until the end of the transaction: the close waits for it.
const openAnonymous = `SELECT id FROM staff_survey WHERE id = $1 AND manner = $3 AND closed_at IS NULL AND closes_at > $2 FOR SHARE`

// HoldSurveyAnswer keeps what somebody has sent in a survey without names, sealed, in place of
// what they sent before. ErrNotFound once it is over.
func (t *Tx) HoldSurveyAnswer(ctx context.Context, of task.Task, a disclosure.Answers, now time.Time) error {
	var id int64
	if err := t.one(ctx, &id, openAnonymous, of.Occasion.ID, now, string(survey.Anonymous)); err != nil {
		return err
	}
	return t.holdAnswer(ctx, of, a)
}

const surveysToCount = `
	SELECT ` + staffSurveyColumns + ` FROM staff_survey s JOIN employee o ON o.id = s.owner_id
	WHERE s.manner = $2 AND s.closed_at IS NULL AND s.closes_at <= $1 ORDER BY s.id FOR UPDATE OF s`

// SurveysToCount locks the surveys without names whose time is over.
func (t *Tx) SurveysToCount(ctx context.Context, now time.Time) ([]survey.Survey, error) {
	var rows []staffSurveyRow
	if err := t.tx.SelectContext(ctx, &rows, surveysToCount, now, string(survey.Anonymous)); err != nil {
		return nil, safe("list surveys that are over", err)
	}
	out := make([]survey.Survey, len(rows))
	for i, r := range rows {
		out[i] = r.survey(now.Location())
	}
	return out, nil
}

// SurveyForm is the questionnaire of a survey, in its version.
func (t *Tx) SurveyForm(ctx context.Context, s survey.Survey) (d questionnaire.Definition, err error) {
	all, err := t.Questionnaires(ctx)
	if err != nil {
		return d, err
	}
	for _, d := range all {
		if d.Code == s.Questionnaire && d.Version == s.Version {
			return d, nil
		}
	}
	return d, fmt.Errorf("questionnaire %s version %d: %w", s.Questionnaire, s.Version, ErrNotFound)
}

const (
	heldOfSurvey = `
		SELECT h.task_id, t.employee_id, p.unit_id, h.sealed FROM held_answer h JOIN task t ON t.id = h.task_id
		JOIN staff_survey_person p ON p.survey_id = h.occasion_id AND p.employee_id = t.employee_id
		WHERE h.occasion_id = $1 ORDER BY h.task_id FOR UPDATE OF h`
	unitsAsked  = `SELECT DISTINCT unit_id FROM staff_survey_person WHERE survey_id = $1 AND asked_at IS NOT NULL ORDER BY 1`
	unitParents = `SELECT id, parent_id FROM unit WHERE parent_id IS NOT NULL`
)

// SurveyHeld opens what was sent in a survey without names, with the units of which people
// were asked. It exists in memory only.
func (t *Tx) SurveyHeld(ctx context.Context, id int64) (out survey.Held, err error) {
	var rows []struct {
		Task   int64  `db:"task_id"`
		Person int64  `db:"employee_id"`
		Unit   int64  `db:"unit_id"`
		Sealed []byte `db:"sealed"`
	}
	if err := t.tx.SelectContext(ctx, &rows, heldOfSurvey, id); err != nil {
		return out, safe("read sealed answers", err)
	}
	for _, r := range rows {
		answers, err := t.openAnswer(id, r.Task, r.Sealed)
		if err != nil {
			return out, err
		}
		out.Answers = append(out.Answers, disclosure.Held{Task: r.Task, Batch: r.Unit, Person: r.Person, Answers: answers})
	}
	if err := t.tx.SelectContext(ctx, &out.Asked, unitsAsked, id); err != nil {
		return out, safe("list units of a survey", err)
	}
	var units []struct {
		ID     int64 `db:"id"`
		Parent int64 `db:"parent_id"`
	}
	if err := t.tx.SelectContext(ctx, &units, unitParents); err != nil {
		return out, safe("list units", err)
	}
	out.Parents = make(map[int64]int64, len(units))
	for _, u := range units {
		out.Parents[u.ID] = u.Parent
	}
	return out, nil
}

const (
	addSurveyAtom = `INSERT INTO atom (survey_id, persons, at) VALUES ($1, $2, $3) RETURNING id`
	addAtomUnits  = `INSERT INTO atom_unit (atom_id, unit_id) SELECT $1, x.id FROM unnest($2::bigint[]) AS x (id) ORDER BY x.id`
	addReadiness  = `INSERT INTO unit_readiness (survey_id, unit_id, class, barrier, at) SELECT $1, x.id, $3, $4, $5 FROM unnest($2::bigint[]) AS x (id) ORDER BY x.id`
	dropHeldOf    = `DELETE FROM held_answer WHERE occasion_id = $1`
	endAnonymous  = `UPDATE staff_survey SET closed_at = $2, figures = $3 WHERE id = $1 AND closed_at IS NULL`
)

// PublishSurvey writes what may be shown of the groups of a survey without names, destroys what
// was held, and closes all its tasks alike: all in the transaction in which the answers
// were opened. What is in no group is told to nobody.
func (t *Tx) PublishSurvey(ctx context.Context, s survey.Survey, told []survey.Told, now time.Time) error {
	n, err := t.SurveyCounts(ctx, s.ID)
	if err != nil {
		return err
	}
	for _, g := range told {
		if err := t.addSurveyAtom(ctx, s.ID, g, now); err != nil {
			return err
		}
		n.Sent += g.Persons
	}
	raw, err := json.Marshal(survey.Figures{Counts: n})
	if err != nil {
		return fmt.Errorf("write the figures of a survey: %w", err)
	}
	if _, err := t.tx.ExecContext(ctx, dropHeldOf, s.ID); err != nil {
		return safe("destroy answers", err)
	}
	if _, err := t.tx.ExecContext(ctx, endAnonymous, s.ID, now, string(raw)); err != nil {
		return safe("close a survey", err)
	}
	over := sealedOccasion{id: s.ID, kind: task.AnonymousSurvey, flow: survey.AnonymousFlow, prompts: string(outreach.Survey), prompted: s.Opens}
	if err := t.closeSealed(ctx, over, now); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, auditRow, now, "survey.close", fmt.Sprint(s.ID))
	return safe("audit", err)
}

func (t *Tx) addSurveyAtom(ctx context.Context, id int64, g survey.Told, now time.Time) error {
	var atom int64
	if err := t.tx.GetContext(ctx, &atom, addSurveyAtom, id, g.Persons, now); err != nil {
		return safe("write a group of a survey", err)
	}
	if _, err := t.tx.ExecContext(ctx, addAtomUnits, atom, pq.Array(g.Members)); err != nil {
		return safe("write the units of a group", err)
	}
	if err := t.addShown(ctx, atom, g.Atom, g.Cells); err != nil {
		return err
	}
	if g.Class == "" {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, addReadiness, id, pq.Array(g.Members), string(g.Class), string(g.Barrier), now)
	return safe("write how ready units are", err)
}

const toldOfSurvey = `
	SELECT a.id, a.persons, x.ids, x.names, c.cells, c.counts, c.texts, COALESCE(r.class, '') AS class, COALESCE(r.barrier, '') AS barrier
	FROM atom a
	CROSS JOIN LATERAL (SELECT array_agg(u.id ORDER BY u.name, u.id) AS ids, array_agg(u.name ORDER BY u.name, u.id) AS names FROM atom_unit m JOIN unit u ON u.id = m.unit_id WHERE m.atom_id = a.id) x
	CROSS JOIN LATERAL (SELECT array_agg(s.cell ORDER BY s.cell) AS cells, array_agg(s.n ORDER BY s.cell) AS counts, array_agg(s.text ORDER BY s.cell) AS texts FROM shown s WHERE s.atom_id = a.id) c
	LEFT JOIN unit_readiness r ON r.survey_id = a.survey_id AND r.unit_id = x.ids[1]
	WHERE a.survey_id = $1 ORDER BY x.names[1], a.id`

// SurveyGroups reads what is shown of the groups of a survey without names, in the order of
// the names of their units; none while it is open.
func (t *Tx) SurveyGroups(ctx context.Context, id int64) ([]survey.Told, error) {
	var rows []struct {
		ID      int64          `db:"id"`
		Persons int            `db:"persons"`
		Units   pq.Int64Array  `db:"ids"`
		Names   pq.StringArray `db:"names"`
		Cells   pq.StringArray `db:"cells"`
		Counts  pq.Int64Array  `db:"counts"`
		Texts   pq.StringArray `db:"texts"`
		Class   string         `db:"class"`
		Barrier string         `db:"barrier"`
	}
	if err := t.tx.SelectContext(ctx, &rows, toldOfSurvey, id); err != nil {
		return nil, safe("read the groups of a survey", err)
	}
	out := make([]survey.Told, len(rows))
	for i, r := range rows {
		out[i] = survey.Told{ID: r.ID, Atom: disclosure.Atom{Persons: r.Persons, Members: r.Units}, Units: r.Names, Class: readiness.Class(r.Class), Barrier: readiness.Stage(r.Barrier)}
		for k, cell := range r.Cells {
			out[i].Cells = append(out[i].Cells, evaluation.ParseCell(cell, int(r.Counts[k]), r.Texts[k]))
		}
	}
	return out, nil
}

var (
	readyColumns = `l.id AS employee, s.id AS survey, s.change, l.unit_id, u.name AS unit, r.class, r.barrier
		FROM unit_readiness r JOIN staff_survey s ON s.id = r.survey_id JOIN unit u ON u.id = r.unit_id JOIN (` + unitLeads("$2::date") + `) l ON l.unit_id = r.unit_id`
	readinessHeads = `SELECT DISTINCT ` + readyColumns + ` WHERE r.survey_id = $1 ORDER BY l.id, l.unit_id`
	unitsReady     = `
		SELECT * FROM (SELECT DISTINCT ON (r.unit_id) r.at, ` + readyColumns + ` WHERE l.id = $1 ORDER BY r.unit_id, r.at DESC, s.id DESC) x ORDER BY x.unit, x.unit_id`
)

type headRow struct {
	Employee int64     `db:"employee"`
	Survey   int64     `db:"survey"`
	Change   string    `db:"change"`
	UnitID   int64     `db:"unit_id"`
	Unit     string    `db:"unit"`
	Class    string    `db:"class"`
	Barrier  string    `db:"barrier"`
	At       time.Time `db:"at"`
}

// ReadinessHeads lists the heads of the units of which readiness is shown since a survey, and
// who stands in for them.
func (t *Tx) ReadinessHeads(ctx context.Context, id int64, now time.Time) ([]survey.HeadOf, error) {
	return t.headsOf(ctx, readinessHeads, id, now)
}

// UnitsReady lists the units that somebody leads with how ready they were the last time; none
// of somebody who leads none.
func (t *Tx) UnitsReady(ctx context.Context, head int64, now time.Time) ([]survey.HeadOf, error) {
	return t.headsOf(ctx, unitsReady, head, now)
}

func (t *Tx) headsOf(ctx context.Context, query string, id int64, now time.Time) ([]survey.HeadOf, error) {
	var rows []headRow
	if err := t.tx.SelectContext(ctx, &rows, query, id, now.Format(time.DateOnly)); err != nil {
		return nil, safe("read how ready units are", err)
	}
	out := make([]survey.HeadOf, len(rows))
	for i, r := range rows {
		out[i] = survey.HeadOf{Employee: r.Employee, Survey: r.Survey, Change: r.Change, UnitID: r.UnitID, Unit: r.Unit,
			Class: readiness.Class(r.Class), Barrier: readiness.Stage(r.Barrier), At: r.At}
	}
	return out, nil
}
