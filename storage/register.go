package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/register"
)

// incoming is the accepted people as rows of a statement; boss_given: the file
// names a superior, which may be nobody of the register.
const incoming = `unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[],
	$10::text[]) AS i (nip, name, sex, unit_id, title, class, phone, boss, boss_given, grade)`

// What a file leaves blank stays as it is: the phone and the superior, and the
// class while the title is the same. moved ($11) are the units that now stand
// elsewhere in the tree.
const compareEmployees = `
	WITH usable AS ( -- as superiors, after this file
		SELECT nip FROM employee WHERE active EXCEPT SELECT unnest($12::text[]) UNION SELECT unnest($1::text[])
	)
	SELECT count(*) FILTER (WHERE e.id IS NULL) AS new,
	       count(*) FILTER (WHERE e.id IS NOT NULL AND diff.yes) AS changed,
	       count(*) FILTER (WHERE e.id IS NOT NULL AND NOT diff.yes) AS unchanged
	FROM ` + incoming + `
	LEFT JOIN employee e ON e.nip = i.nip
	LEFT JOIN employee boss ON boss.id = e.supervisor_id
	LEFT JOIN usable ON usable.nip = i.boss
	CROSS JOIN LATERAL (SELECT (e.name, e.sex, e.unit_id, e.position_title, e.active) IS DISTINCT FROM (i.name, i.sex, i.unit_id, i.title, true)
	       OR i.unit_id = ANY($11)
	       OR CASE WHEN i.class <> '' THEN e.class_code IS DISTINCT FROM i.class
	               ELSE e.class_code IS NOT NULL AND e.position_title <> i.title END
	       OR i.phone <> '' AND e.phone IS DISTINCT FROM i.phone
	       OR i.grade <> '' AND e.grade <> i.grade
	       OR i.boss_given AND boss.nip IS DISTINCT FROM usable.nip AS yes) diff`

const (
	countMissing = `
		SELECT count(*) FROM employee known LEFT JOIN unnest($1::text[]) AS given (nip) USING (nip)
		WHERE known.active AND given.nip IS NULL`
	importEmployees = `
		INSERT INTO employee AS e (nip, name, sex, unit_id, position_title, class_code, phone, grade, added_at, added_by)
		SELECT i.nip, i.name, i.sex, i.unit_id, i.title, nullif(i.class, ''), nullif(i.phone, ''), i.grade, $11::timestamptz, nullif($12::bigint, 0) FROM ` + incoming + `
		ON CONFLICT (nip) DO UPDATE SET name = excluded.name, sex = excluded.sex, unit_id = excluded.unit_id,
		       position_title = excluded.position_title, active = true,
		       class_code = COALESCE(excluded.class_code, CASE WHEN e.position_title = excluded.position_title THEN e.class_code END),
		       phone = COALESCE(excluded.phone, e.phone), grade = COALESCE(nullif(excluded.grade, ''), e.grade)
		WHERE (e.name, e.sex, e.unit_id, e.position_title, e.active, e.class_code, e.phone, e.grade) IS DISTINCT FROM
		      (excluded.name, excluded.sex, excluded.unit_id, excluded.position_title, true,
		       COALESCE(excluded.class_code, CASE WHEN e.position_title = excluded.position_title THEN e.class_code END),
		       COALESCE(excluded.phone, e.phone), COALESCE(nullif(excluded.grade, ''), e.grade))`
	confirmEmployees = `UPDATE employee SET added_by = NULL WHERE nip = ANY($1) AND added_by <> $2`
	importLeft       = `
		WITH gone AS (UPDATE employee SET active = false WHERE nip = ANY($1) AND active RETURNING id, nip, name, unit_id),
		closed AS (UPDATE link_code k SET closed_at = $2 FROM gone WHERE k.employee_id = gone.id AND k.used_at IS NULL AND k.closed_at IS NULL),
		noted AS (INSERT INTO audit (at, action, employee_id, detail) SELECT $2, 'left', id, 'register' FROM gone)
		SELECT g.name, right(g.nip, 4) AS nip4, u.name AS unit FROM gone g JOIN unit u ON u.id = g.unit_id ORDER BY g.name, g.nip`
	countIncomplete = `
		SELECT count(*) FILTER (WHERE class_code IS NULL) AS unknown_class,
		       count(*) FILTER (WHERE NOT EXISTS (SELECT FROM employee b WHERE b.id = e.supervisor_id AND b.active)) AS no_supervisor,
		       count(*) FILTER (WHERE phone IS NULL) AS no_phone,
		       count(*) FILTER (WHERE sharers > 1) AS shared_phone
		FROM (SELECT nip, class_code, supervisor_id, phone, count(phone) OVER (PARTITION BY phone) AS sharers
		      FROM employee WHERE active) e
		WHERE nip = ANY($1)`
	lockImport = `SELECT pg_advisory_xact_lock(hashtext('bangkom.import')), set_config('statement_timeout', '120s', true)`
)

// people turns records into the arrays of the statements.
type people struct {
	nip, name, title, class, phone, boss, grade []string
	sex                                         []int64
	bossGiven                                   []bool
}

func newPeople(records []register.Record) people {
	var p people
	for _, r := range records {
		p.nip, p.name = append(p.nip, r.NIP.Reveal()), append(p.name, r.Name)
		p.sex = append(p.sex, int64(sexNumber(r.Sex)))
		p.title, p.class = append(p.title, r.Position.Title), append(p.class, r.Class)
		p.phone, p.boss, p.grade = append(p.phone, r.Phone), append(p.boss, r.Supervisor.Reveal()), append(p.grade, r.Grade)
		p.bossGiven = append(p.bossGiven, r.SupervisorGiven || r.Supervisor != personnel.NIP{})
	}
	return p
}

func (p people) args(units []int64) []any {
	return []any{pq.Array(p.nip), pq.Array(p.name), pq.Array(p.sex), pq.Array(units), pq.Array(p.title),
		pq.Array(p.class), pq.Array(p.phone), pq.Array(p.boss), pq.Array(p.bossGiven), pq.Array(p.grade)}
}

func reveal(list []personnel.NIP) any {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.Reveal()
	}
	return pq.Array(out)
}

// ImportEmployees stores what a register says, all of it or nothing, and tells
// what that changed. Nobody is ever removed: who has left becomes inactive, and
// who is not named stays as before. Whoever is new gets the tasks of the open
// period. To only look, give the transaction up afterwards.
func (t *Tx) ImportEmployees(ctx context.Context, r register.Register, now time.Time) (register.Imported, error) {
	p := newPeople(r.People)
	var out register.Imported
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	units, moved, err := t.importUnits(ctx, r.People)
	if err != nil {
		return out, err
	}
	rows := p.args(units)
	if err := t.tx.GetContext(ctx, &out, compareEmployees, append(rows, pq.Array(moved), reveal(r.Left))...); err != nil {
		return out, safe("compare employees", err)
	}
	if err := t.tx.GetContext(ctx, &out.Missing, countMissing, reveal(r.Seen)); err != nil {
		return out, safe("count missing", err)
	}
	var known int64
	if err := t.tx.GetContext(ctx, &known, lastEmployee); err != nil {
		return out, safe("read register", err)
	}
	before, err := t.whoIsLed(ctx)
	if err != nil {
		return out, err
	}
	if err := t.storeEmployees(ctx, p, rows, now); err != nil {
		return out, err
	}
	if err := t.tx.SelectContext(ctx, &out.Losses.Left, importLeft, reveal(r.Left), now); err != nil {
		return out, safe("import who has left", err)
	}
	displayed(out.Losses.Left)
	if out.Superiors, err = t.importSuperiors(ctx, p.nip, p.boss, p.bossGiven, known, now); err != nil {
		return out, err
	}
	if out.Losses.Bereft, err = t.bereft(ctx, before); err != nil {
		return out, err
	}
	if err := t.tx.GetContext(ctx, &out, countIncomplete, pq.Array(p.nip)); err != nil {
		return out, safe("count what is missing", err)
	}
	if out.Tasks, err = t.tasksOfOpenPeriod(ctx, now); err != nil {
		return out, err
	}
	if err := t.fitRatings(ctx, 0, now); err != nil {
		return out, err
	}
	detail := fmt.Sprintf("new %d, changed %d, unchanged %d, left %d", out.New, out.Changed, out.Unchanged, len(out.Losses.Left))
	if _, err := t.tx.ExecContext(ctx, auditRow, now, "import.employees", detail); err != nil {
		return out, safe("audit", err)
	}
	return out, nil
}

// storeEmployees stores the accepted people. Whom somebody else brought in is
// confirmed by it.
func (t *Tx) storeEmployees(ctx context.Context, p people, rows []any, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, importEmployees, append(rows[:len(rows):len(rows)], now, t.importer)...); err != nil {
		return safe("import employees", err)
	}
	_, err := t.tx.ExecContext(ctx, confirmEmployees, pq.Array(p.nip), t.importer)
	return safe("confirm employees", err)
}

// beginImport lets one import after the other go on. A whole register may take
// longer than any other statement, on a busy server above all.
func (t *Tx) beginImport(ctx context.Context) error {
	_, err := t.tx.ExecContext(ctx, lockImport)
	return safe("lock import", err)
}

var unitDues = `
	SELECT o.unit_id, min(t.due_at) AS due_at FROM task t JOIN employee o ON o.id = t.employee_id
	WHERE t.occasion_id = $1 AND ` + isSelf("t") + ` GROUP BY o.unit_id`

// tasksOfOpenPeriod gives everybody active the tasks of the open period, with
// the deadline of the own unit.
func (t *Tx) tasksOfOpenPeriod(ctx context.Context, now time.Time) (made int, err error) {
	p, err := t.CurrentPeriod(ctx)
	if errors.Is(err, ErrNotFound) || err == nil && !p.DueAt.After(now) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var own []struct {
		UnitID int64     `db:"unit_id"`
		DueAt  time.Time `db:"due_at"`
	}
	if err := t.tx.SelectContext(ctx, &own, unitDues, p.ID); err != nil {
		return 0, safe("read deadlines", err)
	}
	units, dues := make([]int64, len(own)), make([]string, len(own))
	for i, o := range own {
		units[i], dues[i] = o.UnitID, o.DueAt.Format(time.RFC3339Nano)
	}
	n, err := t.openTasks(ctx, p.ID, units, dues)
	return int(n), err
}
