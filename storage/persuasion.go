package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/persuasion"
	"bangkom/internal/readiness"
)

// stageOf is the stage at which a unit is held up, as its newest survey of readiness said; ""
// = none is known, or nothing holds it up.
func stageOf(unit string) string {
	return `COALESCE((SELECT r.barrier FROM unit_readiness r WHERE r.unit_id = ` + unit + ` ORDER BY r.at DESC, r.survey_id DESC LIMIT 1), '')`
}

// unitLevels bounds how far up the tree of units a helper is looked for.
const unitLevels = "20"

// leadsNow is true when b is the direct superior of e, by the register or as a stand-in on a
// civil date.
func leadsNow(b, e, day string) string {
	return `(` + e + `.supervisor_id IS NOT DISTINCT FROM ` + b + ` OR EXISTS (SELECT FROM delegation d
		WHERE d.acting_id = ` + b + ` AND d.for_id = ` + e + `.supervisor_id AND ` + e + `.id <> ` + b + ` AND ` + delegationWorks(day) + `))`
}

// helperOf is the helper of an employee e: the one of the unit, or of the nearest one above it
// that has one. NULL when that one is the person, leads the person, has left or has no account.
func helperOf(day string) string {
	return `(SELECT x.employee_id FROM (
		WITH RECURSIVE up AS (
			SELECT a.id, a.parent_id, 0 AS n FROM unit a WHERE a.id = e.unit_id
			UNION ALL SELECT a.id, a.parent_id, up.n + 1 FROM unit a JOIN up ON a.id = up.parent_id WHERE up.n < ` + unitLevels + `)
		SELECT h.employee_id FROM up JOIN unit_helper h ON h.unit_id = up.id ORDER BY up.n LIMIT 1) x
		JOIN employee b ON b.id = x.employee_id AND b.active
		WHERE b.id <> e.id AND EXISTS (SELECT FROM chat c WHERE c.employee_id = b.id) AND NOT ` + leadsNow("b.id", "e", day) + `)`
}

var (
	// Units without a stage are left out: nothing fits there.
	persuadable = `
		SELECT * FROM (
			SELECT t.id AS task, t.employee_id AS employee, t.occasion_id AS occasion, t.kind, e.unit_id AS unit, u.name AS unit_name,
			       ` + stageOf("e.unit_id") + ` AS stage, ` + helperOf("$2::date") + ` IS NOT NULL AS helper
			FROM unnest($1::bigint[]) AS i (id) JOIN task t ON t.id = i.id JOIN employee e ON e.id = t.employee_id JOIN unit u ON u.id = e.unit_id
		) f WHERE stage <> '' ORDER BY task`
	// Everybody who has such a task belongs to the unit for the draw, so that it moves little;
	// for the norm, who has left or need not do it does not count.
	unitTasks = `
		SELECT t.occasion_id AS occasion, t.kind, e.unit_id AS unit, array_agg(e.id ORDER BY e.id) AS people,
		       count(*) FILTER (WHERE e.active AND t.state <> 'excused') AS asked, count(*) FILTER (WHERE e.active AND t.state = 'done') AS answered
		FROM task t JOIN employee e ON e.id = t.employee_id
		WHERE t.occasion_id = ANY($1) AND t.kind = ANY($2) AND e.unit_id = ANY($3) GROUP BY 1, 2, 3`
)

// unitTask names the tasks of a kind that a unit has in an occasion.
type unitTask struct {
	Occasion int64  `db:"occasion"`
	Kind     string `db:"kind"`
	Unit     int64  `db:"unit"`
}

type persuadableRow struct {
	unitTask
	Task     int64  `db:"task"`
	Employee int64  `db:"employee"`
	UnitName string `db:"unit_name"`
	Stage    string `db:"stage"`
	Helper   bool   `db:"helper"`
}

// unitCount is what is known of the people of a unit who have such a task.
type unitCount struct {
	Asked, Answered int
	plain           map[int64]bool
}

// PersuasionFacts returns what is known about the owners of tasks on the civil date of now; who
// belongs to a unit without a stage is left out.
func (t *Tx) PersuasionFacts(ctx context.Context, tasks []int64, now time.Time) (map[int64]persuasion.Facts, error) {
	var rows []persuadableRow
	if err := t.tx.SelectContext(ctx, &rows, persuadable, pq.Array(tasks), now.Format(time.DateOnly)); err != nil {
		return nil, safe("read what fits people", err)
	}
	counts, err := t.unitCounts(ctx, rows)
	if err != nil {
		return nil, err
	}
	surveys, err := t.newestSurveys(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]persuasion.Facts, len(rows))
	for _, r := range rows {
		c := counts[r.unitTask]
		out[r.Task] = persuasion.Facts{Stage: readiness.Stage(r.Stage), Plain: c.plain == nil || c.plain[r.Employee], Unit: r.UnitName,
			Asked: c.Asked, Answered: c.Answered, Surveys: surveys[r.Unit], Helper: r.Helper}
	}
	return out, nil
}

// unitCounts counts the units of some people, and draws a quarter of each. Without the key
// nobody is drawn, and everybody gets the neutral text.
func (t *Tx) unitCounts(ctx context.Context, rows []persuadableRow) (map[unitTask]unitCount, error) {
	var occasions, units []int64
	var kinds []string
	for _, r := range rows {
		occasions, units, kinds = append(occasions, r.Occasion), append(units, r.Unit), append(kinds, r.Kind)
	}
	var found []struct {
		unitTask
		People   pq.Int64Array `db:"people"`
		Asked    int           `db:"asked"`
		Answered int           `db:"answered"`
	}
	if len(rows) > 0 {
		if err := t.tx.SelectContext(ctx, &found, unitTasks, pq.Array(occasions), pq.Array(kinds), pq.Array(units)); err != nil {
			return nil, safe("count units", err)
		}
	}
	out := map[unitTask]unitCount{}
	for _, f := range found {
		c := unitCount{Asked: f.Asked, Answered: f.Answered}
		if t.seal != nil {
			var err error
			if c.plain, err = t.quarter(fmt.Sprintf("reminders %d %s", f.Occasion, f.Kind), f.Unit, f.People); err != nil {
				return nil, err
			}
		}
		out[f.unitTask] = c
	}
	return out, nil
}

// quarter draws a quarter of the people of a unit for the neutral text.
func (t *Tx) quarter(of string, unit int64, people []int64) (map[int64]bool, error) {
	if t.seal == nil {
		return nil, errNoSealer
	}
	number, err := t.seal.Drawing(of)
	if err != nil {
		return nil, err
	}
	return persuasion.Quarter(people, number, number(-unit)), nil
}

// newestSurveys reads the two newest surveys of citizens of the units that are held up where they count.
func (t *Tx) newestSurveys(ctx context.Context, rows []persuadableRow) (map[int64][]persuasion.Survey, error) {
	out := map[int64][]persuasion.Survey{}
	for _, r := range rows {
		if _, read := out[r.Unit]; read || readiness.Stage(r.Stage) != readiness.Reinforcement {
			continue
		}
		all, err := t.SurveysOfUnit(ctx, r.Unit)
		if err != nil {
			return nil, err
		}
		out[r.Unit] = []persuasion.Survey{}
		for _, s := range all[max(0, len(all)-2):] {
			out[r.Unit] = append(out[r.Unit], persuasion.Survey{Index: s.Index(), Period: s.Period})
		}
	}
	return out, nil
}

// campaignKinds are the kinds of tasks that have campaigns, as a parameter.
func campaignKinds() any { return kindArray(persuasion.Kinds()) }
