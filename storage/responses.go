package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// The unique key (task, revision) refuses a second copy; the task is done in
// the same statement, and nothing that waits to be sent asks for it any more.
var submitAnswers = `
	WITH ` + withdraw("$9::bigint", aboutTask("$1", "$10"), "'infinity'::timestamptz", "'finished'", "$5::timestamptz") + `, r AS (
		INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at, paper_by)
		VALUES ($1, $2, $3, $4, $2 > 1, $5, $8) RETURNING id
	), a AS (
		INSERT INTO answer (response_id, item_code, value)
		SELECT r.id, v.item, v.value FROM r, unnest($6::text[], $7::text[]) AS v (item, value)
	)
	UPDATE task SET state = 'done', done_at = $5 WHERE id = $1`

// Submit stores the answers of a task as its next revision and marks the task
// done. Answers are never changed afterwards.
func (t *Tx) Submit(ctx context.Context, of task.Task, answers questionnaire.Answers, now time.Time) error {
	return t.submit(ctx, of, answers, 0, now)
}

// SubmitPaper is Submit for answers that an officer typed in from a sheet; they
// stay marked so.
func (t *Tx) SubmitPaper(ctx context.Context, of task.Task, answers questionnaire.Answers, by int64, now time.Time) error {
	if err := t.submit(ctx, of, answers, by, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "paper", of.EmployeeID, "")
	return safe("audit", err)
}

var paperTask = `
	SELECT t.id FROM task t JOIN period p ON p.id = t.occasion_id
	WHERE t.employee_id = $1 AND ` + isSelf("t") + ` AND p.closed_at IS NULL
	  AND t.state IN ('open', 'started') AND NOT EXISTS (SELECT FROM response r WHERE r.task_id = t.id)`

// PaperTask returns the self-assessment of the open period that somebody has
// not sent, or ErrNotFound.
func (t *Tx) PaperTask(ctx context.Context, employeeID int64) (task.Task, error) {
	var id int64
	if err := t.one(ctx, &id, paperTask, employeeID); err != nil {
		return task.Task{}, err
	}
	return t.Task(ctx, id, employeeID)
}

func (t *Tx) submit(ctx context.Context, of task.Task, answers questionnaire.Answers, paperBy int64, now time.Time) error {
	items, values := answerArrays(answers)
	_, err := t.tx.ExecContext(ctx, submitAnswers, of.ID, of.Revision+1, of.Questionnaire, of.Version, now,
		items, values, nullID(paperBy), of.EmployeeID, askingKinds())
	return safe("submit answers", err)
}

// answerArrays turns answers into the arrays of a statement.
func answerArrays(answers questionnaire.Answers) (items, values any) {
	var codes, given []string
	for item, value := range answers {
		codes, given = append(codes, item), append(given, value)
	}
	return pq.Array(codes), pq.Array(given)
}

const latestAnswers = `
	SELECT a.item_code, a.value FROM response r CROSS JOIN LATERAL (SELECT item_code, value FROM answer WHERE response_id = r.id OFFSET 0) a
	WHERE r.task_id = $1 AND r.revision = (SELECT max(revision) FROM response WHERE task_id = $1)`

// Answers returns what was sent last for a task; empty when nothing was.
func (t *Tx) Answers(ctx context.Context, taskID int64) (questionnaire.Answers, error) {
	var rows []struct {
		Item  string `db:"item_code"`
		Value string `db:"value"`
	}
	if err := t.tx.SelectContext(ctx, &rows, latestAnswers, taskID); err != nil {
		return nil, safe("read answers", err)
	}
	out := make(questionnaire.Answers, len(rows))
	for _, r := range rows {
		out[r.Item] = r.Value
	}
	return out, nil
}
