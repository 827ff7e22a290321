package sample

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// What follows fills a database for the benchmark of the jobs. It needs the
// owner's rights and an open statement timeout.

// People of an agency: units of 200, of which every tenth leads nine and the
// first the others who lead.
const (
	agencyUnits = `
		INSERT INTO unit (code, name) SELECT 'U' || i, 'Unit ' || i FROM generate_series(1, ($1::int + 199) / 200) i`
	agencyPeople = `
		INSERT INTO employee (nip, name, sex, unit_id, class_code)
		SELECT lpad(i::text, 18, '0'), 'Pegawai ' || i || ', S.Sos.', 1 + i % 2, u.id, 'PELAKSANA'
		FROM generate_series(0, $1::int - 1) i JOIN unit u ON u.code = 'U' || (1 + i / 200) ORDER BY i`
	agencyLeaders = `
		WITH placed AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM employee)
		UPDATE employee e SET supervisor_id = b.id FROM placed p JOIN placed b ON b.n = p.n - CASE WHEN p.n % 10 <> 0 THEN p.n % 10 ELSE p.n % 200 END
		WHERE e.id = p.id AND p.n % 200 <> 0`
	agencyChats = `
		INSERT INTO chat (id, employee_id, linked_at) SELECT 900000 + id, id, $1::timestamptz - interval '60 days' FROM employee`
)

// FillAgency registers that many people, each with an account; every tenth leads
// the nine that follow.
func (d *DB) FillAgency(ctx context.Context, people int, now time.Time) error {
	return d.fill(ctx, "fill an agency", []filling{{agencyUnits, []any{people}}, {agencyPeople, []any{people}},
		{agencyLeaders, nil}, {agencyChats, []any{now}}})
}

// A week of a period: what was queued has gone; of a hundred people 40 have
// finished, 15 have begun, 5 are excused, 10 are late, 10 have put it off, 3 are
// on leave, 1 has blocked the bot. Half of those who have finished are rated, of
// which a quarter differs so much that a talk is due.
var (
	weekSent = `
		UPDATE outbox SET state = 'sent', payload = NULL, sent_at = $1, message_id = id WHERE state IN ('new', 'sending')`
	weekSelf = `
		UPDATE task SET state = CASE WHEN k < 40 THEN 'done' WHEN k < 55 THEN 'started' WHEN k < 60 THEN 'excused' ELSE 'open' END,
		       excused_why = CASE WHEN k BETWEEN 55 AND 59 THEN 'leave' ELSE '' END,
		       started_at = CASE WHEN k < 55 THEN $1::timestamptz - interval '6 days' + k * interval '1 hour' END,
		       done_at = CASE WHEN k < 40 THEN $1::timestamptz - interval '5 days' + k * interval '2 hours' END,
		       due_at = CASE WHEN k BETWEEN 60 AND 69 THEN $1::timestamptz - interval '12 hours' ELSE due_at END
		FROM (SELECT id AS task, employee_id * 37 % 100 AS k FROM task WHERE ` + isSelf("task") + `) m WHERE id = task`
	weekDrafts = `
		INSERT INTO draft (chat_id, form, ref, body, touched_at)
		SELECT c.id, 'q', t.id, '{"answered": ["a", "b", "c", "d"]}', $1 FROM task t JOIN chat c ON c.employee_id = t.employee_id
		WHERE ` + isSelf("t") + ` AND t.state = 'started'`
	weekSnoozes = `
		INSERT INTO snooze (task_id, at, employee_id, until)
		SELECT id, $1::timestamptz - interval '1 day', employee_id, $1::timestamptz + interval '1 day' FROM task
		WHERE ` + isSelf("task") + ` AND employee_id * 37 % 100 BETWEEN 70 AND 79`
	weekHeld = `
		INSERT INTO notice (key, employee_id, class, kind, task_id, tasks, action, reason, decided_at, at, expires_at, reply)
		SELECT 'snooze:' || t.id, t.employee_id, '` + string(outreach.Service) + `', ` + pg.Quoted(outreach.Snoozed) + `, t.id, ARRAY[t.id], 'hold', '` + string(outreach.SnoozedUntil) + `', s.at, s.until, t.due_at, '{"Text": "x"}'
		FROM snooze s JOIN task t ON t.id = s.task_id`
	weekLeave = `
		INSERT INTO absence (employee_id, starts_on, ends_on, kind)
		SELECT id, $1::date - 2, $1::date + 5, 'leave' FROM employee WHERE id * 37 % 100 BETWEEN 80 AND 82`
	weekBlocked  = `UPDATE chat SET reachable = false WHERE employee_id * 37 % 100 = 83`
	weekStandIns = `
		INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, rates, created_at, checked_at)
		SELECT e.id, e.id + 1, $1::date - 7, $1::date + 7, true, $1::timestamptz, $1::timestamptz FROM employee e
		WHERE e.id % 500 = 11 AND EXISTS (SELECT FROM employee n WHERE n.id = e.id + 1)`
	weekRatings = `
		UPDATE task t SET state = 'done', started_at = s.done_at, done_at = s.done_at + interval '3 hours'
		FROM task s WHERE ` + isRating("t") + ` AND ` + isSelf("s") + ` AND s.occasion_id = t.occasion_id
		  AND s.employee_id = t.subject_id AND s.subject_id = t.subject_id
		  AND s.state = 'done' AND t.subject_id * 37 % 100 < 20`
	weekResponses = `
		INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT id, 1, questionnaire_code, questionnaire_version, false, done_at FROM task WHERE state = 'done'`
	weekAnswers = `
		INSERT INTO answer (response_id, item_code, value)
		SELECT r.id, i.item->>'code', CASE WHEN ` + isRating("t") + ` AND t.subject_id * 37 % 100 < 5 THEN '5' ELSE '3' END
		FROM response r JOIN task t ON t.id = r.task_id
		JOIN questionnaire q ON q.code = r.questionnaire_code AND q.version = r.questionnaire_version
		CROSS JOIN LATERAL jsonb_array_elements(q.body->'items') AS i(item)`
)

// FillWeek leaves an agency as it is a week after a period has opened: tasks in
// all states.
func (d *DB) FillWeek(ctx context.Context, now time.Time) error {
	moment := []any{now}
	return d.fill(ctx, "fill a week", []filling{{weekSent, moment}, {weekSelf, moment}, {weekDrafts, moment}, {weekSnoozes, moment}, {weekHeld, nil},
		{weekLeave, moment}, {weekBlocked, nil}, {weekStandIns, moment}, {weekRatings, nil}, {weekResponses, nil}, {weekAnswers, nil}})
}

var (
	// A million rows a minute go through foreign keys; these are right as they are.
	withoutChecks = `SET LOCAL session_replication_role = replica`
	closedPeriods = `
		WITH o AS (
			INSERT INTO occasion (kind) SELECT $3 FROM generate_series(1, $2::int) RETURNING id
		)
		INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at)
		SELECT id, 'Lampau ' || n, $1::timestamptz - interval '30 days' * (n + 1), $1::timestamptz - interval '30 days' * n,
		       $1::timestamptz - interval '30 days' * n, $1::timestamptz - interval '30 days' * n
		FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM o) o`
	closedTasks = `
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at, ladder_at)
		SELECT e.id, q.kind, e.id, p.id, q.code, q.version, p.opens_at, p.due_at, CASE WHEN e.id % 9 = 0 THEN 'expired' ELSE 'done' END, p.due_at, NULL
		FROM period p CROSS JOIN employee e
		CROSS JOIN (SELECT code, version, kind FROM questionnaire WHERE ` + isSelf("questionnaire") + ` ORDER BY version DESC LIMIT 1) q
		WHERE p.name LIKE 'Lampau %' ORDER BY p.id, e.id LIMIT $1`
)

// FillTasks adds that many tasks of closed periods.
func (d *DB) FillTasks(ctx context.Context, tasks, people int, now time.Time) error {
	return d.fill(ctx, "fill tasks", []filling{{withoutChecks, nil}, {closedPeriods, []any{now, (tasks + people - 1) / people, string(task.Period)}},
		{closedTasks, []any{tasks}}})
}

// filling is a statement with its arguments.
type filling struct {
	statement string
	args      []any
}

func (d *DB) fill(ctx context.Context, what string, list []filling) error {
	err := d.inTx(ctx, func(tx *sqlx.Tx) error {
		for _, f := range list {
			if _, err := tx.ExecContext(ctx, f.statement, f.args...); err != nil {
				return err
			}
		}
		return nil
	})
	return pg.Safe(what, err)
}

const queuedImages = `SELECT payload FROM outbox WHERE method IN ('sendPhoto', 'editMessageMedia') AND state = 'new'`

// QueuedPictures returns the pictures that are to be drawn when they are sent.
func (d *DB) QueuedPictures(ctx context.Context) (list []dialog.Picture, err error) {
	var raw []string
	if err := d.inTx(ctx, func(tx *sqlx.Tx) error { return tx.SelectContext(ctx, &raw, queuedImages) }); err != nil {
		return nil, pg.Safe("read pictures", err)
	}
	for _, one := range raw {
		var p struct{ Picture *dialog.Picture }
		if err := json.Unmarshal([]byte(one), &p); err != nil {
			return nil, fmt.Errorf("decode a picture: %w", err)
		}
		if p.Picture != nil {
			list = append(list, *p.Picture)
		}
	}
	return list, nil
}
