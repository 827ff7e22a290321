package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/task"
)

// taskJSON builds one task.Task; t is task, p is its occasion.
const taskJSON = `json_build_object('id', t.id, 'employee_id', t.employee_id, 'subject_id', t.subject_id,
	'kind', t.kind, 'occasion', json_build_object('id', t.occasion_id, 'name', p.name, 'closed', p.closed_at IS NOT NULL, 'closed_at', p.closed_at),
	'questionnaire', t.questionnaire_code, 'version', t.questionnaire_version,
	'opens_at', t.opens_at, 'due_at', t.due_at, 'state', t.state,
	'revision', (SELECT COALESCE(max(r.revision), 0) FROM response r WHERE r.task_id = t.id))`

const taskByID = `
	SELECT ` + taskJSON + ` FROM task t JOIN ` + occasions + ` p ON p.id = t.occasion_id WHERE t.id = $1 AND t.employee_id = $2`

// Task returns a task of the person, or ErrNotFound when it is somebody else's.
func (t *Tx) Task(ctx context.Context, id, employeeID int64) (task.Task, error) {
	return t.task(ctx, "read task", taskByID, id, employeeID)
}

func (t *Tx) task(ctx context.Context, what, query string, args ...any) (task.Task, error) {
	var raw string
	err := t.tx.GetContext(ctx, &raw, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return task.Task{}, ErrNotFound
	}
	if err != nil {
		return task.Task{}, safe(what, err)
	}
	var out task.Task
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		return task.Task{}, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

// recentPeriods bounds what a list of tasks reads: years of an agency.
const recentPeriods = 12

// From the few periods to the person's task in each, because from the person it
// would read all that they ever did.
const tasksOfPerson = `
	SELECT ` + taskJSON + `
	FROM (SELECT * FROM period ORDER BY opens_at DESC, id DESC LIMIT $3) p
	CROSS JOIN unnest($2::text[]) AS k (kind)
	CROSS JOIN LATERAL (SELECT * FROM task WHERE occasion_id = p.id AND kind = k.kind AND employee_id = $1 OFFSET 0) t
	ORDER BY p.opens_at DESC, p.id DESC, t.id`

// Tasks lists the tasks of a person of the given kinds, which are of periods, in the
// last 12 periods of the agency, newest period first.
func (t *Tx) Tasks(ctx context.Context, employeeID int64, kinds []task.Kind) ([]task.Task, error) {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	var raws []string
	if err := t.tx.SelectContext(ctx, &raws, tasksOfPerson, employeeID, pq.Array(names), recentPeriods); err != nil {
		return nil, safe("list tasks", err)
	}
	tasks := make([]task.Task, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal([]byte(raw), &tasks[i]); err != nil {
			return nil, fmt.Errorf("list tasks: %w", err)
		}
	}
	return tasks, nil
}

const startTask = `
	UPDATE task SET state = 'started', started_at = $2 WHERE id = $1 AND state = 'open'`

// StartTask notes that a person has begun; a task that is further stays.
func (t *Tx) StartTask(ctx context.Context, id int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, startTask, id, now)
	return safe("start task", err)
}

const unstartTask = `
	UPDATE task SET state = 'open', started_at = NULL WHERE id = $1 AND state = 'started'`

// UnstartTask notes that nothing of a task is begun any more; one that was sent stays.
func (t *Tx) UnstartTask(ctx context.Context, id int64) error {
	_, err := t.tx.ExecContext(ctx, unstartTask, id)
	return safe("unstart task", err)
}

// An offered task takes occasion and deadline from a task of the same person.
const offerTask = `
	INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at)
	SELECT t.employee_id, $2, t.subject_id, t.occasion_id, q.code, q.version, t.opens_at, t.due_at
	FROM task t, LATERAL (SELECT code, version FROM questionnaire WHERE kind = $2 ORDER BY version DESC LIMIT 1) q
	WHERE t.id = $1
	ON CONFLICT (occasion_id, kind, employee_id, subject_id) DO UPDATE SET kind = excluded.kind
	RETURNING id`

// OfferTask returns the id of the person's task of another kind in the same
// occasion, which it makes if need be.
func (t *Tx) OfferTask(ctx context.Context, of int64, kind task.Kind) (id int64, err error) {
	err = t.tx.GetContext(ctx, &id, offerTask, of, string(kind))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNotFound
	}
	return id, safe("offer task", err)
}
