package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
)

// mannersWithNames are those whose answers are kept with names.
var mannersWithNames = kindArray([]survey.Manner{survey.Named, survey.Confidential})

// sentAnswers are the answers of a survey that may be handed out: t is a task, r what was sent.
// Whatever else says so, the condition stands here too.
var sentAnswers = `staff_survey s JOIN task t ON t.occasion_id = s.id AND ` + isSurvey("t") + ` JOIN response r ON r.task_id = t.id
	WHERE s.id = $1 AND s.closed_at IS NOT NULL AND s.readable AND s.manner = ANY($2)`

var (
	openSurveyAnswers = `
		INSERT INTO audit (at, actor, action, employee_id, detail)
		SELECT $3, $4, '` + personnel.OpenedByHR + `', t.employee_id, $5 FROM ` + sentAnswers + ` AND t.employee_id <> $4 ORDER BY t.employee_id`
	surveyAnswers = `
		SELECT e.nip, e.name, COALESCE(u.name, '') AS unit, r.questionnaire_version AS version,
		       (SELECT COALESCE(json_object_agg(a.item_code, a.value), '{}') FROM answer a WHERE a.response_id = r.id) AS answers
		FROM employee e LEFT JOIN unit u ON u.id = e.unit_id
		JOIN (SELECT t.employee_id, r.id, r.questionnaire_version FROM ` + sentAnswers + `) r ON r.employee_id = e.id ORDER BY e.name, e.id`
	surveyVersions = `SELECT q.body FROM (
		SELECT q.version, q.body FROM staff_survey s JOIN questionnaire q ON q.code = s.questionnaire_code
		WHERE s.id = $1 AND (q.version = s.questionnaire_version OR EXISTS (
			SELECT FROM task t WHERE t.occasion_id = s.id AND ` + isSurvey("t") + ` AND t.questionnaire_version = q.version))
		ORDER BY q.version) q`
)

// OpenSurveyAnswers records of everybody who has answered a survey that the answers were opened,
// unless it is the person, and that there is a file. It returns how many there are; of a survey
// that is open, or whose answers are not handed out, nobody.
func (t *Tx) OpenSurveyAnswers(ctx context.Context, o survey.Opening, now time.Time) (int, error) {
	res, err := t.tx.ExecContext(ctx, openSurveyAnswers, o.Survey, mannersWithNames, now, o.By, o.Reason)
	if err != nil {
		return 0, safe("audit", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, safe("audit", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, o.By, "survey.export", nil, fmt.Sprintf("survey %d, people %d: %s", o.Survey, n, o.Reason))
	return int(n), safe("audit", err)
}

// SurveyAnswers are the answers of a survey that is closed, by name; OpenSurveyAnswers has
// recorded that.
func (t *Tx) SurveyAnswers(ctx context.Context, id int64) ([]survey.Answered, error) {
	var rows []struct {
		NIP     string `db:"nip"`
		Name    string `db:"name"`
		Unit    string `db:"unit"`
		Version int    `db:"version"`
		Answers []byte `db:"answers"`
	}
	if err := t.tx.SelectContext(ctx, &rows, surveyAnswers, id, mannersWithNames); err != nil {
		return nil, safe("read the answers of a survey", err)
	}
	out := make([]survey.Answered, len(rows))
	for i, r := range rows {
		nip, err := personnel.RestoreNIP(r.NIP)
		if err != nil {
			return nil, fmt.Errorf("an employee of survey %d: %w", id, err)
		}
		out[i] = survey.Answered{NIP: nip, Name: r.Name, Unit: r.Unit, Version: r.Version}
		if err := json.Unmarshal(r.Answers, &out[i].Answers); err != nil {
			return nil, fmt.Errorf("answers of survey %d: %w", id, err)
		}
	}
	return out, nil
}

// SurveyVersions are the versions with which people were asked in a survey, the oldest first.
func (t *Tx) SurveyVersions(ctx context.Context, id int64) ([]questionnaire.Definition, error) {
	var raws [][]byte
	if err := t.tx.SelectContext(ctx, &raws, surveyVersions, id); err != nil {
		return nil, safe("read the versions of a survey", err)
	}
	out := make([]questionnaire.Definition, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, fmt.Errorf("questionnaire: %w", err)
		}
	}
	return out, nil
}
