package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/reminder"
	"bangkom/internal/task"
)

const dueLadders = `SELECT id AS task, employee_id AS employee FROM task WHERE ladder_at <= $1 ORDER BY ladder_at LIMIT $2`

// DueLadders returns up to limit tasks whose ladder is to be looked at, longest
// due first when there are more, in the order of the people.
func (t *Tx) DueLadders(ctx context.Context, now time.Time, limit int) ([]reminder.DueLadder, error) {
	var due []reminder.DueLadder
	if err := t.tx.SelectContext(ctx, &due, dueLadders, now, limit); err != nil {
		return nil, safe("read due ladders", err)
	}
	slices.SortFunc(due, func(a, b reminder.DueLadder) int {
		if a.Employee != b.Employee {
			return int(a.Employee - b.Employee)
		}
		return int(a.Task - b.Task)
	})
	return due, nil
}

// The questionnaires are unpacked once for all tasks.
const climbs = `
	WITH form AS MATERIALIZED (
		SELECT code, version, body->>'title' AS title, jsonb_array_length(body->'items') AS items, (body->>'minutes')::int AS minutes
		FROM questionnaire
	)
	SELECT t.id, t.employee_id, e.name, e.sex, t.kind, q.title, t.opens_at, t.due_at, t.started_at, t.state, q.items, q.minutes,
	       COALESCE((SELECT max(jsonb_array_length(CASE WHEN jsonb_typeof(d.body->'answered') = 'array' THEN d.body->'answered' ELSE '[]' END))
	                 FROM chat c JOIN draft d ON d.chat_id = c.id
	                 WHERE c.employee_id = t.employee_id AND d.form = ANY($2) AND d.ref = t.id), 0) AS answered,
	       (SELECT json_object_agg(n.step, json_build_object('Notification', n.id, 'Action', n.action, 'Reason', n.reason, 'At', n.at,
	               'Went', n.action IN ('send', 'merge') AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `))
	        FROM notice n LEFT JOIN outbox o ON o.key = n.outbox_key WHERE n.task_id = t.id AND n.step <> '') AS steps
	FROM unnest($1::bigint[]) WITH ORDINALITY AS i (id, n)
	JOIN task t ON t.id = i.id JOIN employee e ON e.id = t.employee_id
	JOIN form q ON q.code = t.questionnaire_code AND q.version = t.questionnaire_version
	WHERE t.id = ANY($1) ORDER BY i.n`

// Climbs returns where tasks stand on their ladders, in the order of the ids. forms
// are those whose drafts have a task as their ref.
func (t *Tx) Climbs(ctx context.Context, tasks []int64, forms []string) ([]reminder.Climb, error) {
	var rows []struct {
		ID       int64          `db:"id"`
		Employee int64          `db:"employee_id"`
		Name     string         `db:"name"`
		Sex      int64          `db:"sex"`
		Kind     string         `db:"kind"`
		Title    string         `db:"title"`
		Opens    time.Time      `db:"opens_at"`
		Due      time.Time      `db:"due_at"`
		Started  sql.NullTime   `db:"started_at"`
		State    string         `db:"state"`
		Items    int            `db:"items"`
		Minutes  int            `db:"minutes"`
		Answered int            `db:"answered"`
		Steps    sql.NullString `db:"steps"`
	}
	if err := t.tx.SelectContext(ctx, &rows, climbs, pq.Array(tasks), pq.Array(forms)); err != nil {
		return nil, safe("read ladders", err)
	}
	out := make([]reminder.Climb, len(rows))
	for i, r := range rows {
		out[i] = reminder.Climb{Task: r.ID, Employee: personnel.Employee{ID: r.Employee, Name: r.Name, Sex: sexOf(r.Sex)},
			Kind: task.Kind(r.Kind), Title: r.Title, Opens: r.Opens, Due: r.Due, StartedAt: r.Started.Time, State: outreach.State(r.State),
			Items: r.Items, Minutes: r.Minutes, Answered: r.Answered, Steps: map[string]reminder.Rest{}}
		if r.Steps.Valid {
			if err := json.Unmarshal([]byte(r.Steps.String), &out[i].Steps); err != nil {
				return nil, fmt.Errorf("decode the ladder of a task: %w", err)
			}
		}
	}
	return out, nil
}

const setLadders = `
	UPDATE task SET ladder_at = i.next FROM unnest($1::bigint[], $2::timestamptz[]) AS i (id, next)
	WHERE task.id = i.id AND task.ladder_at IS DISTINCT FROM i.next`

// SetLadders stores when each ladder is to be looked at again; zero = never.
func (t *Tx) SetLadders(ctx context.Context, tasks []int64, next []time.Time) error {
	when := make([]sql.NullString, len(next))
	for i, at := range next {
		when[i] = sql.NullString{String: at.Format(time.RFC3339Nano), Valid: !at.IsZero()}
	}
	_, err := t.tx.ExecContext(ctx, setLadders, pq.Array(tasks), pq.Array(when))
	return safe("move ladders", err)
}

// The tasks are found by their ids: with an empty text behind the state Postgres
// cannot use the index of open tasks, as in replaceQueued.
const closeTasks = `UPDATE task SET state = 'expired' WHERE id = ANY($1) AND state || '' IN ('open', 'started') AND due_at <= $2`

// CloseTasks closes tasks as not answered whose deadline has passed at now.
func (t *Tx) CloseTasks(ctx context.Context, tasks []int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, closeTasks, pq.Array(tasks), now)
	return safe("close tasks", err)
}

// Digests are left to the jobs that write them, steps of ladders to their ladder,
// announcements to their ledger.
const heldNotifications = `
	SELECT ` + notificationColumns + ` FROM notice n
	WHERE n.action = 'hold' AND n.at <= $1 AND n.step = '' AND n.kind <> ALL($3) ORDER BY n.at, n.id LIMIT $2`

// HeldNotifications returns held notifications whose time has come, longest first.
// Steps of a ladder, digests and announcements are left out: whoever wrote them decides
// them again.
func (t *Tx) HeldNotifications(ctx context.Context, now time.Time, limit int) ([]courier.Notification, error) {
	return t.notifications(ctx, "read held notifications", heldNotifications, now, limit, messageKinds(func(k outreach.Traits) bool { return k.Digest || k.Ledger }))
}

// The same condition as in led, for the pairs of a superior ($1) and an employee
// ($2) on the civil date $3.
var leading = `
	SELECT b.id, b.name, b.sex, e.id AS employee
	FROM unnest($1::bigint[], $2::bigint[]) AS i (boss, employee) JOIN employee b ON b.id = i.boss JOIN employee e ON e.id = i.employee
	WHERE e.active AND (e.supervisor_id = b.id OR e.id <> b.id AND EXISTS (
	      SELECT FROM delegation d WHERE d.acting_id = b.id AND d.for_id = e.supervisor_id AND ` + delegationWorks("$3::date") + `))`

// Leading returns the superiors of those of the given pairs that hold on the civil
// date of now, also by a delegation.
func (t *Tx) Leading(ctx context.Context, pairs []reminder.Led, now time.Time) (map[reminder.Led]personnel.Employee, error) {
	bosses, people := make([]int64, len(pairs)), make([]int64, len(pairs))
	for i, p := range pairs {
		bosses[i], people[i] = p.Superior, p.Employee
	}
	var rows []struct {
		ID       int64  `db:"id"`
		Name     string `db:"name"`
		Sex      int64  `db:"sex"`
		Employee int64  `db:"employee"`
	}
	if err := t.tx.SelectContext(ctx, &rows, leading, pq.Array(bosses), pq.Array(people), now.Format(time.DateOnly)); err != nil {
		return nil, safe("read who leads", err)
	}
	out := make(map[reminder.Led]personnel.Employee, len(rows))
	for _, r := range rows {
		out[reminder.Led{Superior: r.ID, Employee: r.Employee}] = personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)}
	}
	return out, nil
}

// It looks at one person after the other (OFFSET 0), so that a batch costs what
// is in it and not what comes after it.
const owingSince = `
	SELECT e.id FROM employee e
	WHERE e.id > $3
	  AND EXISTS (SELECT FROM task t WHERE t.employee_id = e.id AND t.state IN ('open', 'started') AND t.due_at > $2 AND t.opens_at < $1 OFFSET 0)
	  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $4 || e.id || $5 AND NOT (n.action = 'hold' AND n.at <= $2) OFFSET 0)
	ORDER BY e.id LIMIT $6`

// OwingSince returns the ids of people to whom all of the filter applies, in their
// order.
func (t *Tx) OwingSince(ctx context.Context, f reminder.OwingFilter) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, owingSince, f.OpenedBefore, f.Now, f.After, f.KeyPrefix, f.KeySuffix, f.Limit)
	return ids, safe("read who owes", err)
}

const openTasksOf = `
	SELECT t.id AS task, t.employee_id AS employee FROM unnest($1::bigint[]) AS i (id) CROSS JOIN LATERAL ` + openTasksOfOne + ` t
	WHERE t.opens_at <= $2 AND t.due_at > $2 ORDER BY t.employee_id, t.due_at, t.id`

// OpenTasks returns the tasks of people that are open at now, by due time.
func (t *Tx) OpenTasks(ctx context.Context, people []int64, now time.Time) (list []reminder.DueLadder, err error) {
	err = t.tx.SelectContext(ctx, &list, openTasksOf, pq.Array(people), now)
	return list, safe("read open tasks", err)
}
