package storage

import (
	"context"
	"errors"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// unitLabel names a unit u; where several have the same name, with the unit above.
const unitLabel = `u.name || COALESCE((SELECT ' (' || above.name || ')' FROM unit above
	WHERE above.id = u.parent_id AND u.name IN (SELECT name FROM unit GROUP BY name HAVING count(*) > 1)), '')`

// A rating that was sent counts, whoever of the superiors gave it. People whose period
// asks nothing of them are in no count: they came after its deadline.
var unitProgress = inArea + `, person AS (
		SELECT e.unit_id, c.id IS NOT NULL AS linked, k.state, p.id IS NULL OR k.id IS NOT NULL AND k.state <> 'excused' AS owed,
		       EXISTS (SELECT FROM task r WHERE r.occasion_id = p.id AND r.subject_id = e.id AND ` + isRating("r") + ` AND r.state <> 'excused') AS asked,
		       EXISTS (SELECT FROM task r WHERE r.occasion_id = p.id AND r.subject_id = e.id AND ` + isRating("r") + ` AND r.state = 'done') AS rated
		FROM employee e LEFT JOIN chat c ON c.employee_id = e.id LEFT JOIN period p ON p.closed_at IS NULL
		     LEFT JOIN task k ON k.occasion_id = p.id AND k.employee_id = e.id AND ` + isSelf("k") + `
		WHERE ` + areaOf + `
	), counted AS (
		SELECT unit_id, count(*) FILTER (WHERE owed) AS owed, count(*) FILTER (WHERE owed AND linked) AS linked,
		       count(*) FILTER (WHERE owed AND state = 'done') AS sent,
		       count(*) FILTER (WHERE owed AND linked AND state = 'started') AS started,
		       count(*) FILTER (WHERE owed AND linked AND COALESCE(state, '') NOT IN ('done', 'started')) AS fresh,
		       count(*) FILTER (WHERE owed AND NOT linked AND COALESCE(state, '') <> 'done') AS unlinked,
		       count(*) FILTER (WHERE owed AND asked) AS asked, count(*) FILTER (WHERE owed AND asked AND rated) AS rated,
		       count(*) FILTER (WHERE state = 'excused') AS excused
		FROM person GROUP BY unit_id
	)
	SELECT u.id AS unit, ` + unitLabel + ` AS name, n.owed, n.linked, n.sent, n.started, n.fresh, n.unlinked, n.asked, n.rated, n.excused
	FROM counted n JOIN unit u ON u.id = n.unit_id WHERE n.owed > 0
	ORDER BY CASE WHEN EXISTS (SELECT FROM period WHERE closed_at IS NULL) THEN n.sent ELSE n.linked END::float8 / n.owed, n.owed DESC, 2, u.id`

// UnitProgress counts the units of an area in the open period, the lowest share first:
// of what was sent, or, while no period is open, of who has an account.
func (t *Tx) UnitProgress(ctx context.Context, a personnel.Area) (p task.Progress, err error) {
	open, err := t.CurrentPeriod(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return p, err
	}
	p = task.Progress{Period: open.Name, Due: open.DueAt}
	err = t.tx.SelectContext(ctx, &p.Units, unitProgress, a.All, a.Officer)
	return p, safe("count units", err)
}

// The self-assessment of the open period of a person e that is owed and was not sent. It
// is looked up person by person.
const notSent = `
	CROSS JOIN LATERAL (SELECT k.state, k.due_at FROM period p JOIN task k ON k.occasion_id = p.id
		WHERE p.closed_at IS NULL AND k.employee_id = e.id AND `

var notFilled = inArea + `
	SELECT ` + employeeColumns + `, s.state, s.state IN ('open', 'started') AND s.due_at <= $5 AS late,
	       EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) AS linked
	FROM employee e JOIN unit u ON u.id = e.unit_id` + notSent + isSelf("k") + ` AND k.state IN ('open', 'started', 'expired') OFFSET 0) s
	WHERE ` + areaOf + ` AND ($3 = 0 OR e.unit_id = $3) ORDER BY u.name, u.id, e.name, e.id OFFSET $4 LIMIT NULLIF($6, 0)`

// NotFilled lists people of an area who owe the self-assessment of the open period and
// have not sent it, by unit and name: of one unit, or with 0 of all; at most limit behind
// the first skip, or with 0 everybody.
func (t *Tx) NotFilled(ctx context.Context, a personnel.Area, unit int64, skip, limit int, now time.Time) ([]personnel.Member, error) {
	return t.members(ctx, notFilled, a.All, a.Officer, unit, skip, now, limit)
}

const heldBy = `SELECT EXISTS (SELECT FROM chat c JOIN employee e ON e.id = c.employee_id WHERE c.id = $1 AND e.id = $2 AND e.active)`

// HeldBy tells whether a chat is the account of a person in service: a file that was
// asked for there is not made for whoever has the chat later.
func (t *Tx) HeldBy(ctx context.Context, chat, employee int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, heldBy, chat, employee)
	return yes, safe("read whose chat it is", err)
}
