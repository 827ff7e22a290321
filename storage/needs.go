package storage

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"bangkom/internal/competency"
	"bangkom/internal/needs"
)

const freezeUnits = `
	INSERT INTO need_unit (period_id, unit_id, parent_id, name) SELECT $1, u.id, u.parent_id, ` + unitLabel + ` FROM unit u ORDER BY u.id`

var (
	// The status is told by the number, as personnel.NIP does. OFFSET 0, here and below: each
	// person is looked up; else the planner reads all people, tasks or answers for some people.
	freezePeople = `
		INSERT INTO need_person (period_id, employee_id, unit_id, class_code, status, superior_id, filled, rated)
		SELECT $1, e.id, e.unit_id, e.class_code, CASE WHEN substr(e.nip, 13, 2) <= '12' THEN 'PNS' ELSE 'PPPK' END, e.supervisor_id,
		       EXISTS (SELECT FROM response r WHERE r.task_id = k.id OFFSET 0),
		       EXISTS (SELECT FROM task t JOIN response r ON r.task_id = t.id WHERE t.occasion_id = $1 AND t.subject_id = e.id AND ` + isRating("t") + ` OFFSET 0)
		FROM unnest($2::bigint[]) AS i (id) CROSS JOIN LATERAL (SELECT * FROM employee e WHERE e.id = i.id OFFSET 0) e
		     CROSS JOIN LATERAL (SELECT k.id, k.state FROM task k WHERE k.occasion_id = $1 AND k.employee_id = e.id AND ` + isSelf("k") + ` OFFSET 0) k
		WHERE k.state <> 'excused' AND (k.state = 'done' OR e.active) ORDER BY e.id`
	// Of several superiors who have rated, that of the day of the close counts, then who
	// was the last.
	levelsOf = `
		SELECT n.employee_id, n.unit_id, v.code, v.self, v.rated
		FROM unnest($2::bigint[]) AS i (id)
		     CROSS JOIN LATERAL (SELECT * FROM need_person n WHERE n.period_id = $1 AND n.employee_id = i.id AND n.filled AND n.rated OFFSET 0) n
		     CROSS JOIN LATERAL (SELECT r.id FROM task k JOIN response r ON r.task_id = k.id WHERE k.occasion_id = n.period_id AND k.employee_id = n.employee_id AND ` + isSelf("k") + `
		          ORDER BY r.revision DESC LIMIT 1) s
		     CROSS JOIN LATERAL (SELECT r.id FROM task t JOIN response r ON r.task_id = t.id WHERE t.occasion_id = n.period_id AND t.subject_id = n.employee_id AND ` + isRating("t") + `
		          ORDER BY t.employee_id IS NOT DISTINCT FROM n.superior_id DESC, t.done_at DESC, t.id, r.revision DESC LIMIT 1) g
		     CROSS JOIN LATERAL (SELECT a.item_code AS code, a.value::int AS self, b.value::int AS rated
		          FROM answer a JOIN answer b ON b.response_id = g.id AND b.item_code = a.item_code AND b.value ~ '^[0-5]$' JOIN competency q ON q.code = a.item_code
		          WHERE a.response_id = s.id AND a.value ~ '^[0-5]$' OFFSET 0) v`
	// The sums of some people by unit, competency and required level, with $3 and $4 as the
	// weights of both views. What somebody shows is competency.Weighted.
	sumsOf = `
		WITH wanted AS MATERIALIZED (` + dutiesOf("$2") + `), view AS MATERIALIZED (` + levelsOf + `)
		SELECT g.unit_id AS unit, g.code, g.level, count(*) AS n, sum(g.gap) AS gap, sum(greatest(0, -g.gap)) AS lack, count(*) FILTER (WHERE g.gap < 0) AS affected
		FROM (SELECT v.unit_id, v.code, w.level, (200 * (v.rated * $3::int + v.self * $4::int) + $3::int + $4::int) / (2 * ($3::int + $4::int)) - 100 * w.level AS gap
		      FROM view v JOIN wanted w ON w.id = v.employee_id AND w.code = v.code WHERE w.level > 0) g
		GROUP BY 1, 2, 3`
	// In the order of the register, in which tasks stand too: by units, whose people may stand
	// all over it, most pages of the tables are read again for each thousand people.
	everyEmployee = `SELECT id FROM employee ORDER BY id`
	addCells      = `
		INSERT INTO need_cell (period_id, unit_id, competency_code, n, gap, lack, affected)
		SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::int[]) ORDER BY 2, 3`
)

// cellPlace is where a person is counted.
type cellPlace struct {
	unit int64
	code string
}

// freezeNeeds stores what a period was that is being closed: the units, who was where, and
// the sums of each unit's own people.
func (t *Tx) freezeNeeds(ctx context.Context, period int64) error {
	if _, err := t.tx.ExecContext(ctx, freezeUnits, period); err != nil {
		return safe("freeze units", err)
	}
	weights, err := t.Weights(ctx)
	if err != nil {
		return err
	}
	cells, levels := map[cellPlace]*needs.Tally{}, levelCounts{}
	var everybody []int64
	if err := t.tx.SelectContext(ctx, &everybody, everyEmployee); err != nil {
		return safe("list people", err)
	}
	for ids := range slices.Chunk(everybody, peopleAtATime) {
		if _, err := t.tx.ExecContext(ctx, freezePeople, period, pq.Array(ids)); err != nil {
			return safe("freeze people", err)
		}
		if err := t.countLevels(ctx, period, ids, weights, cells, levels); err != nil {
			return err
		}
	}
	var units, n, affected []int64
	var codes []string
	var gaps, lacks []int64
	for at, c := range cells {
		units, codes, n = append(units, at.unit), append(codes, at.code), append(n, int64(c.N))
		gaps, lacks, affected = append(gaps, int64(c.Gap)), append(lacks, int64(c.Lack)), append(affected, int64(c.Affected))
	}
	_, err = t.tx.ExecContext(ctx, addCells, period, pq.Array(units), pq.Array(codes), pq.Array(n), pq.Array(gaps), pq.Array(lacks), pq.Array(affected))
	if err != nil {
		return safe("freeze needs", err)
	}
	if err := t.freezeLevels(ctx, period, levels); err != nil {
		return err
	}
	return t.freezeWishes(ctx, period)
}

// countLevels adds the levels of some people to the cells of their units.
func (t *Tx) countLevels(ctx context.Context, period int64, ids []int64, w competency.Weights, cells map[cellPlace]*needs.Tally, levels levelCounts) error {
	var rows []struct {
		Unit  int64            `db:"unit"`
		Code  string           `db:"code"`
		Level competency.Level `db:"level"`
		needs.Tally
	}
	if err := t.tx.SelectContext(ctx, &rows, sumsOf, period, pq.Array(ids), w.Supervisor, w.Self); err != nil {
		return safe("add up levels", err)
	}
	for _, r := range rows {
		at := cellPlace{r.Unit, r.Code}
		if cells[at] == nil {
			cells[at] = &needs.Tally{}
		}
		*cells[at] = cells[at].Plus(r.Tally)
		levels.add(at, r.Level, r.Tally)
	}
	return nil
}

// viewsRow is one competency of a person of whom both views are there.
type viewsRow struct {
	Employee int64  `db:"employee_id"`
	Unit     int64  `db:"unit_id"`
	Code     string `db:"code"`
	Self     int    `db:"self"`
	Rated    int    `db:"rated"`
}

func (t *Tx) viewsOf(ctx context.Context, period int64, ids []int64) (rows []viewsRow, err error) {
	err = t.tx.SelectContext(ctx, &rows, levelsOf, period, pq.Array(ids))
	return rows, safe("read levels", err)
}

// dutiesOf is what the positions of some people require; ids is their parameter. A technical level that only ships with the program is nobody's duty.
func dutiesOf(ids string) string {
	return `SELECT n.employee_id AS id, n.competency_code AS code, n.level
	FROM ` + requiredLevels(`SELECT e.* FROM unnest(`+ids+`::bigint[]) AS i (id) CROSS JOIN LATERAL (SELECT * FROM employee e WHERE e.id = i.id OFFSET 0) e`) + ` n WHERE n.duty OR NOT n.technical`
}

var requiredOfPeople = dutiesOf("$1")

// requiredOf returns what the positions of some people require, by competency.
func (t *Tx) requiredOf(ctx context.Context, ids []int64) (map[int64]map[string]competency.Level, error) {
	var rows []struct {
		ID    int64            `db:"id"`
		Code  string           `db:"code"`
		Level competency.Level `db:"level"`
	}
	if err := t.tx.SelectContext(ctx, &rows, requiredOfPeople, pq.Array(ids)); err != nil {
		return nil, safe("read required levels", err)
	}
	out := make(map[int64]map[string]competency.Level, len(ids))
	for _, r := range rows {
		if out[r.ID] == nil {
			out[r.ID] = map[string]competency.Level{}
		}
		out[r.ID][r.Code] = r.Level
	}
	return out, nil
}
