package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/register"
)

// incoming is the accepted people as rows of a statement.
const incoming = `unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
	AS i (nip, name, sex, unit, title, class, phone, boss)`

// What a file leaves blank it does not tell: class, phone and supervisor stay.
const compareEmployees = `
	SELECT count(*) FILTER (WHERE e.id IS NULL) AS new,
	       count(*) FILTER (WHERE e.id IS NOT NULL AND diff.yes) AS changed,
	       count(*) FILTER (WHERE e.id IS NOT NULL AND NOT diff.yes) AS unchanged,
	       (SELECT count(*) FROM employee known LEFT JOIN unnest($1::text[]) AS given (nip) USING (nip)
	        WHERE known.active AND given.nip IS NULL) AS missing
	FROM ` + incoming + `
	LEFT JOIN employee e ON e.nip = i.nip
	LEFT JOIN unit u ON u.id = e.unit_id
	LEFT JOIN employee boss ON boss.id = e.supervisor_id
	CROSS JOIN LATERAL (SELECT (e.name, e.sex, u.code, e.position_title, e.active) IS DISTINCT FROM (i.name, i.sex, i.unit, i.title, true)
	       OR i.class <> '' AND e.class_code IS DISTINCT FROM i.class
	       OR i.phone <> '' AND e.phone IS DISTINCT FROM i.phone
	       OR i.boss <> '' AND boss.nip IS DISTINCT FROM i.boss
	          AND (i.boss = ANY($1) OR EXISTS (SELECT FROM employee b WHERE b.nip = i.boss)) AS yes) diff`

const (
	importUnits = `
		INSERT INTO unit (code, name)
		SELECT DISTINCT ON (code) code, name FROM unnest($1::text[], $2::text[]) AS u (code, name)
		WHERE code <> '' ORDER BY code, name
		ON CONFLICT (code) DO NOTHING`
	importParents = `
		UPDATE unit u SET parent_id = p.id
		FROM (SELECT DISTINCT ON (code) code, parent FROM unnest($1::text[], $2::text[]) AS u (code, parent)
		      WHERE parent <> '' AND parent <> code ORDER BY code, parent) g
		JOIN unit p ON p.code = g.parent
		WHERE u.code = g.code AND u.parent_id IS DISTINCT FROM p.id AND p.parent_id IS DISTINCT FROM u.id`
	importEmployees = `
		INSERT INTO employee AS e (nip, name, sex, unit_id, position_title, class_code, phone)
		SELECT i.nip, i.name, i.sex, u.id, i.title, nullif(i.class, ''), nullif(i.phone, '')
		FROM ` + incoming + ` JOIN unit u ON u.code = i.unit
		ON CONFLICT (nip) DO UPDATE SET name = excluded.name, sex = excluded.sex, unit_id = excluded.unit_id,
		       position_title = excluded.position_title, active = true,
		       class_code = COALESCE(excluded.class_code, e.class_code), phone = COALESCE(excluded.phone, e.phone)
		WHERE (e.name, e.sex, e.unit_id, e.position_title, e.active, e.class_code, e.phone) IS DISTINCT FROM
		      (excluded.name, excluded.sex, excluded.unit_id, excluded.position_title, true,
		       COALESCE(excluded.class_code, e.class_code), COALESCE(excluded.phone, e.phone))`
	importSupervisors = `
		UPDATE employee e SET supervisor_id = boss.id
		FROM unnest($1::text[], $2::text[]) AS i (nip, boss) JOIN employee boss ON boss.nip = i.boss
		WHERE e.nip = i.nip AND e.id <> boss.id AND e.supervisor_id IS DISTINCT FROM boss.id`
	countGaps = `
		SELECT count(*) FILTER (WHERE class_code IS NULL) AS unknown_class,
		       count(*) FILTER (WHERE supervisor_id IS NULL) AS no_supervisor,
		       count(*) FILTER (WHERE phone IS NULL) AS no_phone
		FROM employee WHERE nip = ANY($1)`
	openPeriodTasks = `SELECT id FROM period WHERE closed_at IS NULL AND due_at > $1`
	lockImport      = `SELECT pg_advisory_xact_lock(hashtext('bangkom.import'))`
)

// people turns records into the arrays of the statements.
type people struct {
	nip, name, unit, unitName, parent, parentName, title, class, phone, boss []string
	sex                                                                      []int64
}

func newPeople(records []register.Record) people {
	var p people
	for _, r := range records {
		p.nip, p.name = append(p.nip, r.NIP.Reveal()), append(p.name, r.Name)
		p.sex = append(p.sex, int64(sexNumber(r.Sex)))
		p.unit, p.unitName = append(p.unit, r.UnitKey), append(p.unitName, r.Unit)
		p.parent, p.parentName = append(p.parent, register.UnitKey(r.Parent)), append(p.parentName, r.Parent)
		p.title, p.class = append(p.title, r.Position.Title), append(p.class, r.Class)
		p.phone, p.boss = append(p.phone, r.Phone), append(p.boss, r.Supervisor.Reveal())
	}
	return p
}

func (p people) args() []any {
	return []any{pq.Array(p.nip), pq.Array(p.name), pq.Array(p.sex), pq.Array(p.unit), pq.Array(p.title),
		pq.Array(p.class), pq.Array(p.phone), pq.Array(p.boss)}
}

// ImportEmployees stores all accepted people of a register, or none, and tells
// what that changed. Nobody is ever removed. Whoever is new gets the tasks of
// the open period. To only look, give the transaction up afterwards.
func (t *Tx) ImportEmployees(ctx context.Context, records []register.Record, now time.Time) (register.Imported, error) {
	p := newPeople(records)
	var out register.Imported
	if _, err := t.tx.ExecContext(ctx, lockImport); err != nil {
		return out, safe("lock import", err)
	}
	if err := t.tx.GetContext(ctx, &out, compareEmployees, p.args()...); err != nil {
		return out, safe("compare employees", err)
	}
	codes, names := slices.Concat(p.unit, p.parent), slices.Concat(p.unitName, p.parentName)
	for _, step := range []struct {
		what, query string
		args        []any
	}{
		{"import units", importUnits, []any{pq.Array(codes), pq.Array(names)}},
		{"import unit tree", importParents, []any{pq.Array(p.unit), pq.Array(p.parent)}},
		{"import employees", importEmployees, p.args()},
		{"import supervisors", importSupervisors, []any{pq.Array(p.nip), pq.Array(p.boss)}},
	} {
		if _, err := t.tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return out, safe(step.what, err)
		}
	}
	if err := t.tx.GetContext(ctx, &out, countGaps, pq.Array(p.nip)); err != nil {
		return out, safe("count gaps", err)
	}
	var err error
	if out.Tasks, err = t.tasksOfOpenPeriod(ctx, now); err != nil {
		return out, err
	}
	if err := t.syncRatings(ctx, 0); err != nil {
		return out, err
	}
	detail := fmt.Sprintf("new %d, changed %d, unchanged %d", out.New, out.Changed, out.Unchanged)
	if _, err := t.tx.ExecContext(ctx, auditRow, now, "import.employees", detail); err != nil {
		return out, safe("audit", err)
	}
	return out, nil
}

// tasksOfOpenPeriod gives everybody active the tasks of the open period.
func (t *Tx) tasksOfOpenPeriod(ctx context.Context, now time.Time) (made int, err error) {
	var periods []int64
	if err := t.tx.SelectContext(ctx, &periods, openPeriodTasks, now); err != nil {
		return 0, safe("read open period", err)
	}
	for _, id := range periods {
		res, err := t.tx.ExecContext(ctx, openTasks, id)
		if err != nil {
			return made, safe("open tasks", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return made, fmt.Errorf("open tasks: %w", err)
		}
		made += int(n)
	}
	return made, nil
}
