package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
)

var (
	closeSurveys   = `UPDATE staff_survey SET closed_at = $1 WHERE closed_at IS NULL AND closes_at <= $1 AND manner <> $2 RETURNING id`
	stopSurvey     = `UPDATE staff_survey SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL AND closes_at > $2 AND manner = ANY($3) RETURNING id`
	endSurveyTasks = `UPDATE task t SET state = 'expired', ladder_at = NULL WHERE t.occasion_id = $1 AND ` + isSurvey("t") + ` AND t.state IN ('open', 'started')`
	freezeFigures  = `UPDATE staff_survey SET figures = $2 WHERE id = $1 AND figures IS NULL`
	dropHalf       = droppingDrafts(`JOIN staff_survey s ON s.id = t.occasion_id WHERE d.form = ANY($1) AND s.closed_at IS NOT NULL AND ` + isAnySurvey("t"))
)

// CloseSurveys ends the surveys with names whose time is over, with the tasks that were not done: what
// may be shown is written once, and what was begun and not sent goes, also what somebody
// pressed while a survey was being closed.
func (t *Tx) CloseSurveys(ctx context.Context, now time.Time) error {
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, closeSurveys, now, string(survey.Anonymous)); err != nil {
		return safe("close surveys", err)
	}
	return t.endSurveys(ctx, ids, now)
}

// StopSurvey ends a survey before its last day: what was sent counts, what is half done goes.
// The promise to tell what was done stays. ErrNotFound when it is over, or has no names.
func (t *Tx) StopSurvey(ctx context.Context, id, by int64, now time.Time) error {
	if err := t.one(ctx, &id, stopSurvey, id, now, mannersWithNames); err != nil {
		return err
	}
	if err := t.endSurveys(ctx, []int64{id}, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "survey.stop", nil, fmt.Sprintf("survey %d", id))
	return safe("audit", err)
}

// endSurveys writes the figures of surveys that close now, and drops what was begun.
func (t *Tx) endSurveys(ctx context.Context, ids []int64, now time.Time) error {
	if err := t.freezeSurveys(ctx, ids, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, dropHalf, pq.Array([]string{survey.AnswerFlow, survey.AnonymousFlow}))
	return safe("drop what was not sent", err)
}

// freezeSurveys writes what may be shown of surveys that close now, and ends their tasks.
func (t *Tx) freezeSurveys(ctx context.Context, ids []int64, now time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := t.Questionnaires(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		f, err := t.surveyFigures(ctx, id, all, now)
		if err != nil {
			return err
		}
		raw, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("write the figures of a survey: %w", err)
		}
		if _, err := t.tx.ExecContext(ctx, freezeFigures, id, string(raw)); err != nil {
			return safe("freeze the figures of a survey", err)
		}
		if _, err := t.tx.ExecContext(ctx, endSurveyTasks, id); err != nil {
			return safe("end the tasks of a survey", err)
		}
	}
	return nil
}

const linkedSince = `SELECT id FROM staff_survey WHERE closed_at IS NULL AND closes_at > $1 ORDER BY id`

// AskLinked asks whose turn it was and who has an account only now, in surveys that are open
// at now and until later at least.
func (t *Tx) AskLinked(ctx context.Context, now, later time.Time) error {
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, linkedSince, later); err != nil {
		return safe("list open surveys", err)
	}
	for _, id := range ids {
		if err := t.askSurvey(ctx, id, now); err != nil {
			return err
		}
	}
	return nil
}

// surveyFigures sums up a survey that closes now.
func (t *Tx) surveyFigures(ctx context.Context, id int64, all []questionnaire.Definition, now time.Time) (f survey.Figures, err error) {
	s, err := t.SurveyByID(ctx, id, now)
	if err != nil {
		return f, err
	}
	g := survey.Gathered{Versions: survey.VersionsOf(s, all)}
	if g.Counts, err = t.SurveyCounts(ctx, id); err != nil {
		return f, err
	}
	if g.Stops, err = t.SurveyStops(ctx, id, now); err != nil {
		return f, err
	}
	if err = t.tx.SelectContext(ctx, &g.Skips, surveySkips, id); err != nil {
		return f, safe("count what is left out", err)
	}
	if err = t.tx.SelectContext(ctx, &g.Tallies, surveyTallies, id, kindArray(survey.Counted(g.Versions))); err != nil {
		return f, safe("count answers of a survey", err)
	}
	return g.Figures(), nil
}

var (
	surveySkips = `
		SELECT a.item_code AS item, count(*) FILTER (WHERE a.value <> '-') AS answered, count(*) FILTER (WHERE a.value = '-') AS skipped
		FROM task t JOIN response r ON r.task_id = t.id JOIN answer a ON a.response_id = r.id
		WHERE t.occasion_id = $1 AND ` + isSurvey("t") + ` GROUP BY 1 ORDER BY 1`
	surveyTallies = `
		SELECT a.item_code AS item, a.value, count(*) AS n FROM staff_survey s JOIN task t ON t.occasion_id = s.id AND ` + isSurvey("t") + `
		JOIN response r ON r.task_id = t.id JOIN answer a ON a.response_id = r.id
		WHERE s.id = $1 AND s.closed_at IS NOT NULL AND a.item_code = ANY($2) AND a.value <> '-' GROUP BY 1, 2 ORDER BY 1, 2`
)

// askedColumns are those of surveyAskedRow, of a survey s, its owner o and somebody e.
const askedColumns = staffSurveyColumns + `, e.id AS person_id, e.name AS person_name, e.sex AS person_sex`

type surveyAskedRow struct {
	staffSurveyRow
	Person  int64  `db:"person_id"`
	Named   string `db:"person_name"`
	Sex     int64  `db:"person_sex"`
	Task    int64  `db:"task_id"`
	Items   int    `db:"items"`
	Minutes int    `db:"minutes"`
	Sent    int    `db:"sent"`
	Of      int    `db:"of"`
}

// overdueDays is for how many days an owner is looked for who was not told that the promise has
// passed: fewer than those for which notices are kept, or it would be told again.
const overdueDays = "60"

var (
	surveyAsked = `
		SELECT ` + askedColumns + `, t.id AS task_id, jsonb_array_length(q.body -> 'items') AS items, (q.body ->> 'minutes')::int AS minutes, 0 AS sent, 0 AS of
		FROM staff_survey s JOIN employee o ON o.id = s.owner_id JOIN task t ON t.occasion_id = s.id AND ` + isAnySurvey("t") + ` AND t.state IN ('open', 'started')
		JOIN questionnaire q ON q.code = t.questionnaire_code AND q.version = t.questionnaire_version
		JOIN employee e ON e.id = t.employee_id AND e.active
		WHERE s.closed_at IS NULL AND s.closes_at > $1 AND t.opens_at <= $2
		  AND ($4 = '' OR EXISTS (SELECT FROM notice a WHERE a.key = $4 || t.id AND a.action IN ('send', 'merge') AND a.at <= $2))
		  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $3 || t.id) ORDER BY e.id, t.id`
	surveyTold = `
		SELECT ` + askedColumns + `, 0 AS task_id, 0 AS items, 0 AS minutes, (s.figures #>> '{counts,sent}')::int AS sent, (s.figures #>> '{counts,asked}')::int AS of
		FROM staff_survey s JOIN employee o ON o.id = s.owner_id
		JOIN staff_survey_person p ON p.survey_id = s.id AND p.asked_at IS NOT NULL JOIN employee e ON e.id = p.employee_id AND e.active
		WHERE s.reported_at > $1 AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $2 || s.id || ':' || p.employee_id) ORDER BY e.id, s.id`
	surveysOverdue = ownersUntold + ` AND s.reported_at IS NULL AND s.report_by < $1::date AND s.report_by >= $1::date - ` + overdueDays + ` ORDER BY s.id, r.employee_id`
	// One that was counted before anybody was told of it is not told of weeks later.
	surveysCounted = ownersUntold + ` AND s.manner = $4 AND s.figures IS NOT NULL AND s.closed_at > $1 ORDER BY s.id, r.employee_id`
)

// ownersUntold are surveys with who is told of them, and got no message of the prefix $2 yet. The
// owner is told; once that is nobody of the personnel office any more, everybody who is.
const ownersUntold = `
	SELECT ` + staffSurveyColumns + `, r.employee_id AS reader_id FROM staff_survey s JOIN employee o ON o.id = s.owner_id
	CROSS JOIN LATERAL (` + officeHR + `) r
	WHERE (r.employee_id = s.owner_id OR NOT EXISTS (SELECT FROM (` + officeHR + `) h WHERE h.employee_id = s.owner_id))
	  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $2 || s.id || CASE WHEN r.employee_id = s.owner_id THEN '' ELSE ':' || r.employee_id END)`

// officeHR are those of the personnel office who are in service; $3 is its role.
const officeHR = `SELECT DISTINCT g.employee_id FROM role_grant g JOIN employee k ON k.id = g.employee_id AND k.active WHERE g.role = $3 AND g.revoked_at IS NULL`

// SurveyAsked lists who is asked, has not answered and got no message of the key yet.
func (t *Tx) SurveyAsked(ctx context.Context, f survey.AskedFilter) ([]survey.Asked, error) {
	return t.surveyPeople(ctx, f.Now.Location(), surveyAsked, f.Now, f.AskedBefore, f.Prefix, f.After)
}

// SurveyTold lists whom it is to be told what was done, of surveys that were told since a
// moment.
func (t *Tx) SurveyTold(ctx context.Context, since time.Time, prefix string) ([]survey.Asked, error) {
	return t.surveyPeople(ctx, since.Location(), surveyTold, since, prefix)
}

func (t *Tx) surveyPeople(ctx context.Context, loc *time.Location, query string, args ...any) ([]survey.Asked, error) {
	var rows []surveyAskedRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list people of surveys", err)
	}
	out := make([]survey.Asked, len(rows))
	for i, r := range rows {
		out[i] = survey.Asked{Survey: r.survey(loc), Task: r.Task, Person: personnel.Employee{ID: r.Person, Name: r.Named, Sex: sexOf(r.Sex)},
			Items: r.Items, Minutes: r.Minutes, Sent: r.Sent, Of: r.Of}
	}
	return out, nil
}

// SurveysOverdue are those of which it should have been told what was done, each with whoever is
// to be told that: the owner, or the personnel office when the owner has left it.
func (t *Tx) SurveysOverdue(ctx context.Context, now time.Time, prefix string) ([]survey.News, error) {
	return t.surveyNews(ctx, now.Location(), surveysOverdue, now.Format(time.DateOnly), prefix, string(personnel.RoleHR))
}

// SurveysCounted are those without names that were counted since a moment, each with whoever is
// to be told that and was not yet.
func (t *Tx) SurveysCounted(ctx context.Context, since time.Time, prefix string) ([]survey.News, error) {
	return t.surveyNews(ctx, since.Location(), surveysCounted, since, prefix, string(personnel.RoleHR), string(survey.Anonymous))
}

func (t *Tx) surveyNews(ctx context.Context, loc *time.Location, query string, args ...any) ([]survey.News, error) {
	var rows []struct {
		staffSurveyRow
		Reader int64 `db:"reader_id"`
	}
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list what owners of surveys are told", err)
	}
	out := make([]survey.News, len(rows))
	for i, r := range rows {
		out[i] = survey.News{Survey: r.survey(loc), Reader: r.Reader}
	}
	return out, nil
}
