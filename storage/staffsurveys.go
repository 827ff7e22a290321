package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/survey"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// isSurvey is true of the tasks of surveys with names, isAnySurvey of those without, too.
func isSurvey(of string) string { return pg.OfKind(of, task.Survey) }

func isAnySurvey(of string) string {
	return "(" + isSurvey(of) + " OR " + pg.OfKind(of, task.AnonymousSurvey) + ")"
}

// staffSurveyColumns are those of staffSurveyRow; s is staff_survey, o its owner.
const staffSurveyColumns = `s.id, s.name, s.questionnaire_code, s.questionnaire_version, s.manner, s.owner_id, o.name AS owner_name, s.purpose, s.opens_at, s.closes_at, s.closed_at,
	s.report_by, s.widened_at, s.report, s.reported_at, s.reason, s.decided_at, s.signed, s.figures, s.readable, s.change`

type staffSurveyRow struct {
	ID        int64         `db:"id"`
	Name      string        `db:"name"`
	Code      string        `db:"questionnaire_code"`
	Version   int           `db:"questionnaire_version"`
	Manner    string        `db:"manner"`
	Owner     int64         `db:"owner_id"`
	OwnerName string        `db:"owner_name"`
	Use       string        `db:"purpose"`
	Opens     time.Time     `db:"opens_at"`
	Closes    time.Time     `db:"closes_at"`
	Closed    sql.NullTime  `db:"closed_at"`
	ReportBy  time.Time     `db:"report_by"`
	Widened   sql.NullTime  `db:"widened_at"`
	Report    string        `db:"report"`
	Reported  sql.NullTime  `db:"reported_at"`
	Reason    string        `db:"reason"`
	Decided   sql.NullTime  `db:"decided_at"`
	Signed    bool          `db:"signed"`
	Figures   frozenFigures `db:"figures"`
	Readable  bool          `db:"readable"`
	Change    string        `db:"change"`
}

// frozenFigures are those that were written at the close; nil while a survey is open. What
// cannot be read is an error: without them figures of today would be shown.
type frozenFigures struct{ *survey.Figures }

// Scan reads a column of JSON.
func (f *frozenFigures) Scan(column any) error {
	f.Figures = nil
	raw, _ := column.([]byte)
	if column == nil {
		return nil
	}
	f.Figures = &survey.Figures{}
	return json.Unmarshal(raw, f.Figures)
}

// survey is the row, with its days in the place of the agency.
func (r staffSurveyRow) survey(loc *time.Location) survey.Survey {
	day := time.Date(r.ReportBy.Year(), r.ReportBy.Month(), r.ReportBy.Day(), 0, 0, 0, 0, loc)
	return survey.Survey{ID: r.ID, Name: r.Name, Questionnaire: r.Code, Version: r.Version, Manner: survey.Manner(r.Manner), Owner: r.Owner,
		OwnerName: personnel.DisplayName(r.OwnerName), Use: r.Use, Opens: r.Opens, Closes: r.Closes, Closed: r.Closed.Time, ReportBy: day, Widened: r.Widened.Time,
		Report: r.Report, Reported: r.Reported.Time, Reason: r.Reason, Decided: r.Decided.Time, Signed: r.Signed, Figures: r.Figures.Figures, Readable: r.Readable, Change: r.Change}
}

const (
	addStaffSurvey = `
		WITH ` + addOccasion + `
		INSERT INTO staff_survey (id, name, questionnaire_code, questionnaire_version, manner, owner_id, purpose, opens_at, closes_at, report_by, change, widened_at, readable)
		SELECT o.id, $2, $3, $4, $5, $6, $7, $8, $9, $10::date, $11, $12, true FROM o RETURNING id`
	// Who was asked in a survey of which nobody has told yet what was done, and whose day has
	// passed, is left out.
	owedAnAnswer = `SELECT p.employee_id FROM staff_survey v JOIN staff_survey_person p ON p.survey_id = v.id
		WHERE v.reported_at IS NULL AND v.report_by < $15::date AND p.asked_at IS NOT NULL`
)

var addSurveyPeople = audience + `
	INSERT INTO staff_survey_person (survey_id, employee_id, left_out, unit_id)
	SELECT $14::bigint, a.id, a.id IN (` + owedAnAnswer + `), a.unit_id FROM audience a ORDER BY a.id`

// countOwed counts the people of an audience who would be left out.
var countOwed = audience + ` SELECT count(*) FILTER (WHERE a.id IN (` + owedAnAnswer + `)) AS n FROM audience a WHERE $14::bigint = 0`

// SurveyOwed counts the people of an audience who wait for what was promised after another
// survey, and would be left out of one that starts now.
func (t *Tx) SurveyOwed(ctx context.Context, s survey.Survey, now time.Time) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, countOwed, append(audienceArgs(s.Audience, now), 0, now.Format(time.DateOnly))...)
	return n, safe("count who waits for an answer", err)
}

// StartSurvey starts a survey: its audience is frozen with the units of that day, and the
// first few are asked; without names everybody at once, because nothing is learnt of a few. It
// returns its id.
func (t *Tx) StartSurvey(ctx context.Context, s survey.Survey, now time.Time) (id int64, err error) {
	widened := sql.NullTime{Time: now, Valid: s.Manner == survey.Anonymous}
	err = t.tx.GetContext(ctx, &id, addStaffSurvey, string(task.OfSurvey), s.Name, s.Questionnaire, s.Version, string(s.Manner), s.Owner, s.Use, now, s.Closes, s.ReportBy.Format(time.DateOnly), s.Change, widened)
	if err != nil {
		return 0, safe("start a survey", err)
	}
	if _, err := t.tx.ExecContext(ctx, addSurveyPeople, append(audienceArgs(s.Audience, now), id, now.Format(time.DateOnly))...); err != nil {
		return 0, safe("freeze the people of a survey", err)
	}
	if err := t.askSurvey(ctx, id, now); err != nil {
		return 0, err
	}
	n, err := t.SurveyCounts(ctx, id)
	if err != nil {
		return 0, err
	}
	detail := fmt.Sprintf("survey %d, people %d, left out %d", id, n.People, n.LeftOut)
	_, err = t.tx.ExecContext(ctx, auditPerson, now, s.Owner, "survey.start", nil, detail)
	return id, safe("audit", err)
}

// The first few are drawn, the same ones whenever it is drawn again. Who has no account
// cannot be asked: they are asked when they have one, while the survey is open.
var (
	drawRing = `
		UPDATE staff_survey_person SET ring = true WHERE survey_id = $1 AND employee_id IN (
			SELECT p.employee_id FROM staff_survey_person p JOIN chat c ON c.employee_id = p.employee_id
			WHERE p.survey_id = $1 AND NOT p.left_out ORDER BY md5(p.survey_id || ':' || p.employee_id), p.employee_id LIMIT $2)
		AND NOT EXISTS (SELECT FROM staff_survey_person r WHERE r.survey_id = $1 AND r.ring)
		AND NOT EXISTS (SELECT FROM staff_survey s WHERE s.id = $1 AND s.widened_at IS NOT NULL)`
	askPeople = `
		WITH now_asked AS (
			UPDATE staff_survey_person p SET asked_at = $2 FROM staff_survey s, employee e
			WHERE p.survey_id = $1 AND s.id = $1 AND s.closed_at IS NULL AND s.closes_at > $2 AND p.asked_at IS NULL AND NOT p.left_out
			  AND (p.ring OR s.widened_at IS NOT NULL) AND e.id = p.employee_id AND e.active
			  AND EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id)
			RETURNING p.employee_id)
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, ladder_at)
		SELECT a.employee_id, CASE WHEN s.manner = $4 THEN $5 ELSE $3 END, a.employee_id, s.id, s.questionnaire_code, s.questionnaire_version, $2, s.closes_at, NULL
		FROM now_asked a, staff_survey s WHERE s.id = $1 ORDER BY a.employee_id
		ON CONFLICT (occasion_id, kind, employee_id, subject_id) DO NOTHING`
)

// askSurvey asks those whose turn it is and who were not asked yet.
func (t *Tx) askSurvey(ctx context.Context, id int64, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, drawRing, id, survey.RingSize); err != nil {
		return safe("draw who is asked first", err)
	}
	_, err := t.tx.ExecContext(ctx, askPeople, id, now, string(task.Survey), string(survey.Anonymous), string(task.AnonymousSurvey))
	return safe("open the tasks of a survey", err)
}

const widenSurvey = `
	UPDATE staff_survey s SET widened_at = $2, questionnaire_version = $3
	WHERE s.id = $1 AND s.widened_at IS NULL AND s.closed_at IS NULL AND s.closes_at > $2 RETURNING s.id`

// WidenSurvey asks everybody, with a version of the questionnaire; who was asked before keeps
// theirs. ErrNotFound when that was done, or it is over.
func (t *Tx) WidenSurvey(ctx context.Context, id int64, version int, by int64, now time.Time) error {
	if err := t.one(ctx, &id, widenSurvey, id, now, version); err != nil {
		return err
	}
	if err := t.askSurvey(ctx, id, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "survey.widen", nil, fmt.Sprintf("survey %d", id))
	return safe("audit", err)
}

const (
	listStaffSurveys = `SELECT ` + staffSurveyColumns + ` FROM staff_survey s JOIN employee o ON o.id = s.owner_id ORDER BY s.id DESC LIMIT 20`
	oneStaffSurvey   = `SELECT ` + staffSurveyColumns + ` FROM staff_survey s JOIN employee o ON o.id = s.owner_id WHERE s.id = $1`
)

// Surveys lists the newest surveys.
func (t *Tx) Surveys(ctx context.Context, now time.Time) ([]survey.Survey, error) {
	var rows []staffSurveyRow
	if err := t.tx.SelectContext(ctx, &rows, listStaffSurveys); err != nil {
		return nil, safe("list surveys", err)
	}
	out := make([]survey.Survey, len(rows))
	for i, r := range rows {
		out[i] = r.survey(now.Location())
	}
	return out, nil
}

// SurveyByID reads one survey, or ErrNotFound.
func (t *Tx) SurveyByID(ctx context.Context, id int64, now time.Time) (survey.Survey, error) {
	var r staffSurveyRow
	if err := t.one(ctx, &r, oneStaffSurvey, id); err != nil {
		return survey.Survey{}, err
	}
	return r.survey(now.Location()), nil
}

var surveyCounts = `
	SELECT (SELECT count(*) FROM staff_survey_person WHERE survey_id = $1) AS people,
	       (SELECT count(*) FROM staff_survey_person WHERE survey_id = $1 AND left_out) AS leftout,
	       (SELECT count(*) FROM staff_survey_person WHERE survey_id = $1 AND asked_at IS NOT NULL) AS asked,
	       (SELECT count(*) FROM task t WHERE t.occasion_id = $1 AND ` + isSurvey("t") + ` AND (t.started_at IS NOT NULL OR t.state = 'done')) AS began,
	       (SELECT count(*) FROM task t WHERE t.occasion_id = $1 AND ` + isSurvey("t") + ` AND EXISTS (SELECT FROM response r WHERE r.task_id = t.id)) AS sent`

// SurveyCounts counts the people of a survey.
func (t *Tx) SurveyCounts(ctx context.Context, id int64) (c survey.Counts, err error) {
	err = t.tx.GetContext(ctx, &c, surveyCounts, id)
	return c, safe("count the people of a survey", err)
}

// Where somebody stands is known by the question on show; no answer is read.
var (
	surveyStops = `
		SELECT t.questionnaire_version AS version, COALESCE(d.body ->> 'at', '') AS at, count(*) AS n
		FROM task t LEFT JOIN chat c ON c.employee_id = t.employee_id LEFT JOIN draft d ON d.chat_id = c.id AND d.form = $2 AND d.ref = t.id
		WHERE t.occasion_id = $1 AND ` + isSurvey("t") + ` AND t.started_at IS NOT NULL AND NOT EXISTS (SELECT FROM response r WHERE r.task_id = t.id)
		  AND COALESCE(d.touched_at, t.started_at) <= $3
		GROUP BY 1, 2 ORDER BY 1, 2`
)

// SurveyStops counts who has left a survey at which item, and not come back since a moment.
func (t *Tx) SurveyStops(ctx context.Context, id int64, since time.Time) (out []survey.Stop, err error) {
	err = t.tx.SelectContext(ctx, &out, surveyStops, id, survey.AnswerFlow, since)
	return out, safe("count where people stop", err)
}

const (
	askException = `UPDATE staff_survey SET reason = $2, asked_by = $3 WHERE id = $1 AND reason = '' AND decided_at IS NULL AND closed_at IS NULL AND closes_at > $4 RETURNING id`
	decide       = `UPDATE staff_survey SET decided_at = $4, decided_by = $3, signed = $2 WHERE id = $1 AND decided_at IS NULL AND reason <> '' AND closed_at IS NULL AND closes_at > $4 RETURNING id`
	takeIn       = `UPDATE staff_survey_person SET left_out = false WHERE survey_id = $1 AND left_out`
	agencyHeads  = `SELECT DISTINCT g.employee_id FROM role_grant g JOIN employee e ON e.id = g.employee_id WHERE g.role = $1 AND g.revoked_at IS NULL AND e.active ORDER BY 1`
)

// AskException asks the head of the agency to have those asked too who were left out, and
// returns who that is; without one nothing is stored. ErrNotFound when it was asked or decided
// before, or the survey is over.
func (t *Tx) AskException(ctx context.Context, id int64, reason string, by int64, now time.Time) (heads []int64, err error) {
	if err := t.tx.SelectContext(ctx, &heads, agencyHeads, string(personnel.RoleHead)); err != nil || len(heads) == 0 {
		return nil, safe("list the heads of the agency", err)
	}
	if err := t.one(ctx, &id, askException, id, reason, by, now); err != nil {
		return nil, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "survey.exception_asked", nil, fmt.Sprintf("survey %d", id))
	return heads, safe("audit", err)
}

// DecideException is the head's decision. Signed, who was left out is asked like everybody.
// ErrNotFound when it was decided before, or the survey is over.
func (t *Tx) DecideException(ctx context.Context, id int64, signed bool, by int64, now time.Time) error {
	if err := t.one(ctx, &id, decide, id, signed, by, now); err != nil {
		return err
	}
	action := "survey.exception_refused"
	if signed {
		action = "survey.exception_signed"
		if _, err := t.tx.ExecContext(ctx, takeIn, id); err != nil {
			return safe("take in who was left out", err)
		}
		if err := t.askSurvey(ctx, id, now); err != nil {
			return err
		}
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, action, nil, fmt.Sprintf("survey %d", id))
	return safe("audit", err)
}

const giveSurveyReport = `UPDATE staff_survey SET report = $2, reported_by = $3, reported_at = $4 WHERE id = $1 AND reported_at IS NULL AND closed_at IS NOT NULL RETURNING id`

// GiveSurveyReport stores what was done; ErrNotFound when that was told before, or the survey
// is still open.
func (t *Tx) GiveSurveyReport(ctx context.Context, id int64, report string, by int64, now time.Time) error {
	if err := t.one(ctx, &id, giveSurveyReport, id, report, by, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "survey.report", nil, fmt.Sprintf("survey %d", id))
	return safe("audit", err)
}

var (
	// The survey is shared, so that a close waits.
	lockSurveyTask = `
		SELECT t.id FROM staff_survey s JOIN task t ON t.occasion_id = s.id AND ` + isSurvey("t") + `
		WHERE t.id = $1 AND t.employee_id = $2 AND t.state IN ('open', 'started') AND s.closed_at IS NULL AND s.closes_at > $3 FOR SHARE OF s`
	mySurveys = `
		SELECT t.id AS task, s.name, s.manner, s.closes_at AS closes FROM task t JOIN staff_survey s ON s.id = t.occasion_id
		WHERE t.employee_id = $1 AND ` + isAnySurvey("t") + ` AND t.state IN ('open', 'started') AND s.closed_at IS NULL AND s.closes_at > $2 ORDER BY s.closes_at, t.id`
	sentSurveys = `
		SELECT t.id FROM task t JOIN staff_survey s ON s.id = t.occasion_id
		WHERE t.employee_id = $1 AND ` + pg.OfKind("t", task.AnonymousSurvey) + ` AND t.state = 'done' AND s.closed_at IS NULL AND s.closes_at > $2 ORDER BY s.closes_at, t.id`
	copySurveys = `
		SELECT json_agg(json_build_object('survei', s.name, 'cara', s.manner, 'guna', s.purpose, 'ditanya', p.asked_at, 'dilewati', p.left_out, 'ditutup', s.closed_at,
		       'tindak_lanjut', nullif(s.report, '')) ORDER BY s.opens_at, s.id)
		FROM staff_survey_person p JOIN staff_survey s ON s.id = p.survey_id JOIN chat c ON c.employee_id = p.employee_id WHERE c.id = $1`
)

// OwnSurvey returns the survey of a task of the person; ErrNotFound of any other.
func (t *Tx) OwnSurvey(ctx context.Context, taskID, employee int64, now time.Time) (own survey.Own, err error) {
	if own.Task, err = t.Task(ctx, taskID, employee); err != nil {
		return own, err
	}
	if own.Task.Kind.Traits().Occasion != task.OfSurvey {
		return own, ErrNotFound
	}
	own.Survey, err = t.SurveyByID(ctx, own.Task.Occasion.ID, now)
	return own, err
}

// MySurveys lists the surveys that somebody can answer now, those that close first first.
func (t *Tx) MySurveys(ctx context.Context, employee int64, now time.Time) (list []survey.Mine, err error) {
	err = t.tx.SelectContext(ctx, &list, mySurveys, employee, now)
	return list, safe("list surveys of a person", err)
}

// SentSurveys lists the tasks of surveys without names that somebody has sent and can replace.
func (t *Tx) SentSurveys(ctx context.Context, employee int64, now time.Time) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, sentSurveys, employee, now)
	return ids, safe("list surveys that were sent", err)
}

// LockSurveyTask keeps a survey from being closed while its answer is stored; ErrNotFound
// when it is over, or the task is not theirs or was sent.
func (t *Tx) LockSurveyTask(ctx context.Context, taskID, employee int64, now time.Time) error {
	return t.one(ctx, &taskID, lockSurveyTask, taskID, employee, now)
}

// CopySurveys returns the surveys to which the person of a chat belonged; nil when there is
// none. The answers stand with all others that were sent.
func (t *Tx) CopySurveys(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	err := t.one(ctx, &raw, copySurveys, chatID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return raw, err
}
