package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/personnel"
)

// one reads the single row of a query into out; ErrNotFound when there is none.
func (t *Tx) one(ctx context.Context, out any, query string, args ...any) error {
	err := t.tx.GetContext(ctx, out, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return safe("read", err)
}

// mySubordinates is true for an employee e whose superior is $1, by the
// register or as a stand-in on the civil date $2.
var mySubordinates = `e.active AND (e.supervisor_id = $1 OR EXISTS (SELECT FROM delegation d
	WHERE d.acting_id = $1 AND d.for_id = e.supervisor_id AND e.id <> $1 AND ` + delegationWorks("$2::date") + `))`

var progress = `(SELECT k.state FROM task k JOIN period p ON p.id = k.occasion_id
	WHERE k.employee_id = e.id AND ` + isSelf("k") + ` AND p.closed_at IS NULL LIMIT 1)`

var team = `
	SELECT ` + employeeColumns + `, COALESCE(` + progress + `, '') AS state,
	       EXISTS (SELECT FROM task k WHERE ` + selfOf("e.id") + ` AND k.state IN ('open', 'started') AND k.due_at <= $4) AS late,
	       EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) AS linked
	FROM employee e JOIN unit u ON u.id = e.unit_id
	WHERE ` + mySubordinates + ` AND ($3 = 0 OR e.id = $3) ORDER BY e.name, e.id`

type memberRow struct {
	State  string `db:"state"`
	Late   bool   `db:"late"`
	Linked bool   `db:"linked"`
	employeeRow
}

// Team lists whom a superior leads on the civil date of now, by name, with the
// state of the self-assessment of the open period, never its content.
func (t *Tx) Team(ctx context.Context, superior int64, now time.Time) ([]personnel.Member, error) {
	return t.members(ctx, team, superior, now.Format(time.DateOnly), 0, now)
}

// TeamMember returns one of them, or ErrNotFound when the person is not led by
// this superior now.
func (t *Tx) TeamMember(ctx context.Context, superior, employee int64, now time.Time) (personnel.Member, error) {
	list, err := t.members(ctx, team, superior, now.Format(time.DateOnly), employee, now)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return personnel.Member{}, err
	}
	return list[0], nil
}

func (t *Tx) members(ctx context.Context, query string, args ...any) ([]personnel.Member, error) {
	var rows []memberRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list people", err)
	}
	out := make([]personnel.Member, len(rows))
	for i, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		out[i] = personnel.Member{Employee: e, Progress: r.State, Late: r.Late, Linked: r.Linked}
	}
	return out, nil
}
