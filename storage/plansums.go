package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/plan"
)

// submittedLines are the lines of the year $1 that were ever submitted, with the unit in which
// their person counts: that of the first one. Neither is ever deleted before its time, so who
// moves later takes no sum along.
const submittedLines = `
	WITH s AS (
		SELECT l.employee_id, l.competency_code, l.form, l.submitted_at, CASE WHEN l.state = 'dropped' THEN l.ended_at END AS dropped_at,
		       first_value(l.unit_id) OVER (PARTITION BY l.employee_id ORDER BY l.submitted_at, l.id) AS unit_id
		FROM plan_line l WHERE l.year = $1 AND l.submitted_at IS NOT NULL)`

// countsBefore is true of a line s that was submitted before a moment, and not dropped before it.
func countsBefore(at string) string {
	return `s.submitted_at < ` + at + ` AND (s.dropped_at IS NULL OR s.dropped_at >= ` + at + `)`
}

var (
	planChanges = submittedLines + `
		SELECT s.unit_id AS unit, s.employee_id AS person, s.submitted_at AS at FROM s GROUP BY 1, 2, 3
		UNION SELECT s.unit_id, s.employee_id, s.dropped_at FROM s WHERE s.dropped_at IS NOT NULL`
	// The row without a competency and without a form that is "all" are the people.
	planCells = submittedLines + `
		SELECT GROUPING(s.competency_code) = 1 AS everybody, COALESCE(s.competency_code, '') AS code, COALESCE(max(c.name), '') AS name, COALESCE(s.form, '') AS form,
		       count(DISTINCT s.employee_id) AS people
		FROM s LEFT JOIN competency c ON c.code = s.competency_code WHERE ` + countsBefore("$2") + `
		GROUP BY GROUPING SETS ((s.competency_code, s.form), (s.competency_code), ()) ORDER BY 1, 2, 4`
	planUnitCells = submittedLines + `
		SELECT s.unit_id AS unit, GROUPING(s.competency_code) = 1 AS everybody, COALESCE(s.competency_code, '') AS code, u.name, '' AS form, count(DISTINCT s.employee_id) AS people
		FROM s JOIN unnest($2::bigint[], $3::timestamptz[]) AS k (unit, at) ON k.unit = s.unit_id JOIN unit u ON u.id = s.unit_id WHERE ` + countsBefore("k.at") + `
		GROUP BY GROUPING SETS ((s.unit_id, u.name, s.competency_code), (s.unit_id, u.name))`
	// Who reads plans by name: everybody the own one, superiors and those who stand in for
	// them, whoever has agreed or opened one. The personnel office opens them one by one, for
	// a reason that is recorded.
	planReaders = submittedLines + `, p AS MATERIALIZED (
		SELECT 0::bigint AS unit_id, s.employee_id FROM s WHERE ` + countsBefore("$2") + `
		UNION SELECT s.unit_id, s.employee_id FROM s JOIN unnest($3::bigint[], $4::timestamptz[]) AS k (unit, at) ON k.unit = s.unit_id WHERE ` + countsBefore("k.at") + `),
	r AS (
		SELECT p.unit_id, p.employee_id, p.employee_id AS reader FROM p
		UNION SELECT p.unit_id, p.employee_id, e.supervisor_id FROM p JOIN employee e ON e.id = p.employee_id WHERE e.supervisor_id IS NOT NULL
		UNION SELECT p.unit_id, p.employee_id, d.acting_id FROM p JOIN employee e ON e.id = p.employee_id JOIN delegation d ON d.for_id = e.supervisor_id
		UNION SELECT p.unit_id, p.employee_id, a.agreed_by FROM p JOIN plan a ON a.employee_id = p.employee_id AND a.year = $1 WHERE a.agreed_by IS NOT NULL
		UNION SELECT p.unit_id, p.employee_id, a.actor FROM p JOIN audit a ON a.employee_id = p.employee_id AND a.action = '` + personnel.PlanSeenBySuperior + `' WHERE a.actor IS NOT NULL)
	SELECT n.unit_id AS unit, max(n.people) AS people FROM (
		SELECT r.unit_id, count(*) AS people FROM r GROUP BY r.unit_id, r.reader) n GROUP BY 1`
)

type planCell struct {
	Unit      int64  `db:"unit"`
	Everybody bool   `db:"everybody"`
	Code      string `db:"code"`
	Name      string `db:"name"`
	Form      string `db:"form"`
	People    int    `db:"people"`
}

// PlanSums adds up what people plan for a year, up to days that are told by plan.AsOf at now.
func (t *Tx) PlanSums(ctx context.Context, year int, now time.Time) (sums plan.Sums, err error) {
	var changes []plan.Change
	if err := t.tx.SelectContext(ctx, &changes, planChanges, year); err != nil {
		return sums, safe("add up plans", err)
	}
	sums.AsOf = plan.AsOf(changes, plan.FewestChanges, now)
	if sums.AsOf.IsZero() {
		return plan.Sums{}, nil
	}
	sums.Units = plan.AsOfUnits(changes, sums.AsOf.In(now.Location()))
	var rows []planCell
	if err := t.tx.SelectContext(ctx, &rows, planCells, year, sums.AsOf); err != nil {
		return sums, safe("add up plans", err)
	}
	for _, r := range rows {
		if r.Everybody {
			sums.People = r.People
			continue
		}
		sums.Cells = append(sums.Cells, plan.Cell{Code: r.Code, Name: r.Name, Form: plan.Form(r.Form), People: r.People})
	}
	if err := t.unitPlans(ctx, year, sums.Units); err != nil {
		return sums, err
	}
	return sums, t.planReaders(ctx, year, &sums)
}

// daysOf are the numbers of units and their days, as the statements take them.
func daysOf(units []plan.UnitSum) (ids []int64, days []string) {
	for _, u := range units {
		ids, days = append(ids, u.Unit), append(days, u.AsOf.Format(time.RFC3339))
	}
	return ids, days
}

// unitPlans counts what is planned in units, each up to its own day.
func (t *Tx) unitPlans(ctx context.Context, year int, units []plan.UnitSum) error {
	ids, days := daysOf(units)
	at := map[int64]int{}
	for i, u := range units {
		at[u.Unit] = i
	}
	var rows []planCell
	if err := t.tx.SelectContext(ctx, &rows, planUnitCells, year, pq.Array(ids), pq.Array(days)); err != nil {
		return safe("add up plans of units", err)
	}
	for _, r := range rows {
		u := &units[at[r.Unit]]
		if u.Name = r.Name; r.Everybody {
			u.People = r.People
		} else {
			u.Cells[r.Code] = r.People
		}
	}
	return nil
}

// planReaders tells how many plans one person reads by name at most, of those that are added up
// in the agency and in each unit.
func (t *Tx) planReaders(ctx context.Context, year int, sums *plan.Sums) error {
	var rows []struct {
		Unit   int64 `db:"unit"`
		People int   `db:"people"`
	}
	ids, days := daysOf(sums.Units)
	if err := t.tx.SelectContext(ctx, &rows, planReaders, year, sums.AsOf, pq.Array(ids), pq.Array(days)); err != nil {
		return safe("count who reads plans", err)
	}
	most := map[int64]int{}
	for _, r := range rows {
		most[r.Unit] = r.People
	}
	sums.Knows = most[0]
	for i := range sums.Units {
		sums.Units[i].Knows = most[sums.Units[i].Unit]
	}
	return nil
}
