package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/competency"
	"bangkom/internal/plan"
	"bangkom/internal/standard"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// ownLevels are the levels of a person, $1, of the last period in which the person has sent the
// self-assessment, with those of the superior once that side was sent too: then both are open to
// the person (bothSent). Technical levels are the person's alone. OFFSET 0: each is looked up.
var ownLevels = `
	WITH own AS MATERIALIZED (
		SELECT k.occasion_id AS period, f.id FROM task k CROSS JOIN LATERAL (SELECT r.id FROM response r WHERE r.task_id = k.id ORDER BY r.revision DESC LIMIT 1) f
		WHERE k.employee_id = $1 AND ` + isSelf("k") + ` ORDER BY k.occasion_id DESC LIMIT 1
	), given AS MATERIALIZED (
		SELECT g.id FROM own o JOIN employee e ON e.id = $1 CROSS JOIN LATERAL (SELECT r.id FROM task t JOIN response r ON r.task_id = t.id
		    WHERE t.occasion_id = o.period AND t.subject_id = $1 AND ` + isRating("t") + ` ORDER BY ` + presentFirst + `, t.id, r.revision DESC LIMIT 1) g
	), technical AS MATERIALIZED (
		SELECT f.id FROM task k CROSS JOIN LATERAL (SELECT r.id FROM response r WHERE r.task_id = k.id ORDER BY r.revision DESC LIMIT 1) f
		WHERE k.employee_id = $1 AND ` + pg.OfKind("k", task.SelfAssessmentTechnical) + ` ORDER BY k.occasion_id DESC LIMIT 1
	)
	SELECT a.item_code AS code, a.value::int AS self, b.value::int AS rated
	FROM own o JOIN answer a ON a.response_id = o.id AND a.value ~ '^[0-5]$' LEFT JOIN given g ON true
	     LEFT JOIN answer b ON b.response_id = g.id AND b.item_code = a.item_code AND b.value ~ '^[0-5]$'
	UNION ALL SELECT a.item_code, a.value::int, NULL FROM technical t JOIN answer a ON a.response_id = t.id AND a.value ~ '^[0-5]$'`

// The trainings that develop competencies $2 above the levels $3 (in hundredths) of a person,
// $1, each with the next batch for which the person can register at $4 and that begins before
// $5. Programmes $6 stand for what a unit proposes.
const planCourses = `
	SELECT * FROM (
	SELECT w.code, 0 AS asked, g.id, g.title, a.level, COALESCE(b.id, 0) AS batch, COALESCE(b.name, '') AS name, b.starts_at, COALESCE(b.free, 0) AS free
	FROM unnest($2::text[], $3::int[]) AS w (code, level) JOIN programme_competency a ON a.competency_code = w.code AND a.level * 100 > w.level
	     JOIN programme g ON g.id = a.programme_id LEFT JOIN LATERAL (` + nextBatch + `) b ON true
	UNION ALL
	SELECT '', g.id, g.id, g.title, 0, COALESCE(b.id, 0), COALESCE(b.name, ''), b.starts_at, COALESCE(b.free, 0)
	FROM programme g LEFT JOIN LATERAL (` + nextBatch + `) b ON true WHERE g.id = ANY($6)
	) c ORDER BY code, asked, batch = 0, starts_at, level, title, id`

const nextBatch = `
	SELECT b.id, b.name, b.starts_at, b.seats - t.taken AS free FROM batch b
	     CROSS JOIN LATERAL (SELECT count(*) AS taken FROM enrolment n WHERE n.batch_id = b.id AND ` + takesSeat + ` OFFSET 0) t
	WHERE b.programme_id = g.id AND b.state = 'open' AND b.opens_at <= $4 AND b.closes_at > $4 AND b.starts_at > $4 AND b.starts_at < $5 AND b.seats > t.taken
	  AND NOT EXISTS (SELECT FROM enrolment n WHERE n.batch_id = b.id AND n.employee_id = $1)
	ORDER BY b.starts_at, b.id LIMIT 1`

const ownUnitProposals = `
	WITH RECURSIVE above AS (
		SELECT e.unit_id AS id, 0 AS steps FROM employee e WHERE e.id = $1
		UNION SELECT u.parent_id, a.steps + 1 FROM above a JOIN unit u ON u.id = a.id WHERE u.parent_id IS NOT NULL AND a.steps < 20
	)
	SELECT p.id, COALESCE(g.title, p.title) AS title, COALESCE(p.programme_id, 0) AS programme
	FROM above a JOIN unit_proposal p ON p.unit_id = a.id LEFT JOIN programme g ON g.id = p.programme_id
	WHERE p.year = $2 AND p.withdrawn_at IS NULL ORDER BY a.steps, p.id LIMIT $3`

// mostProposals is how many proposals of the own unit a person sees.
const mostProposals = 5

type courseRow struct {
	Code      string       `db:"code"`
	Asked     int64        `db:"asked"`
	Programme int64        `db:"id"`
	Title     string       `db:"title"`
	Level     int          `db:"level"`
	Batch     int64        `db:"batch"`
	Name      string       `db:"name"`
	Starts    sql.NullTime `db:"starts_at"`
	Free      int          `db:"free"`
}

// PlanWants lists about what a person could do something in a year: levels below what the
// position requires, technical competencies that it requires and that were not assessed, and
// what the unit proposes. Wishes are PlanWish. The order is that of plan.Order.
func (t *Tx) PlanWants(ctx context.Context, employee int64, year int, now time.Time) ([]plan.Want, error) {
	all, levels, err := t.gapsOf(ctx, employee)
	if err != nil {
		return nil, err
	}
	var proposals []struct {
		ID        int64  `db:"id"`
		Title     string `db:"title"`
		Programme int64  `db:"programme"`
	}
	if err := t.tx.SelectContext(ctx, &proposals, ownUnitProposals, employee, year, mostProposals); err != nil {
		return nil, safe("list proposals", err)
	}
	var asked []int64
	programmes := map[string]int64{}
	for _, p := range proposals {
		w := plan.Want{Source: plan.FromUnit, Item: plan.UnitItem(p.ID), Title: p.Title}
		if p.Programme != 0 {
			asked, programmes[w.Item] = append(asked, p.Programme), p.Programme
		}
		all = append(all, w)
	}
	rows, err := t.coursesFor(ctx, employee, levels, asked, year, now)
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, r := range rows {
			if r.Code != "" && r.Code == all[i].Code || r.Asked != 0 && r.Asked == programmes[all[i].Item] {
				all[i].Courses = append(all[i].Courses, plan.Course{Programme: r.Programme, Title: r.Title, Level: r.Level, Batch: r.Batch, Name: r.Name, Starts: r.Starts.Time, Free: r.Free})
			}
		}
	}
	return plan.Order(all), nil
}

// gapsOf are the gaps and the duties of a person, and above which level a training helps, by
// code.
func (t *Tx) gapsOf(ctx context.Context, employee int64) (all []plan.Want, levels map[string]competency.Hundredths, err error) {
	required, err := t.Standard(ctx, employee)
	if err != nil {
		return nil, nil, err
	}
	weights, err := t.Weights(ctx)
	if err != nil {
		return nil, nil, err
	}
	var rows []struct {
		Code  string        `db:"code"`
		Self  int           `db:"self"`
		Rated sql.NullInt64 `db:"rated"`
	}
	if err := t.tx.SelectContext(ctx, &rows, ownLevels, employee); err != nil {
		return nil, nil, safe("read levels", err)
	}
	needed := map[string]standard.Requirement{}
	for _, r := range required {
		needed[r.Code] = r
	}
	known := map[string]bool{}
	levels = map[string]competency.Hundredths{}
	for _, r := range rows {
		need, ok := needed[r.Code]
		if known[r.Code] = true; !ok {
			continue
		}
		shown := competency.Level(r.Self).Hundredths()
		if r.Rated.Valid {
			shown = competency.Weighted(competency.Level(r.Rated.Int64), competency.Level(r.Self), weights)
		}
		if gap := competency.Gap(shown, need.Level); gap < 0 {
			levels[r.Code] = shown
			all = append(all, plan.Want{Source: plan.FromGap, Item: plan.CompetencyItem(r.Code), Code: r.Code, Title: need.Name, Gap: gap, Level: need.Level, Final: r.Rated.Valid})
		}
	}
	for _, r := range required.Duties() {
		if !known[r.Code] {
			levels[r.Code] = 0
			all = append(all, plan.Want{Source: plan.FromDuty, Item: plan.CompetencyItem(r.Code), Code: r.Code, Title: r.Name, Level: r.Level})
		}
	}
	return all, levels, nil
}

func (t *Tx) coursesFor(ctx context.Context, employee int64, levels map[string]competency.Hundredths, asked []int64, year int, now time.Time) (rows []courseRow, err error) {
	if len(levels) == 0 && len(asked) == 0 {
		return nil, nil
	}
	codes, above := make([]string, 0, len(levels)), make([]int64, 0, len(levels))
	for code, level := range levels {
		codes, above = append(codes, code), append(above, int64(level))
	}
	if asked == nil {
		asked = []int64{} // nil would be NULL
	}
	_, end := yearOf(year, now.Location())
	err = t.tx.SelectContext(ctx, &rows, planCourses, employee, pq.Array(codes), pq.Array(above), now, end, pq.Array(asked))
	return rows, safe("list trainings", err)
}

var planWish = `
	SELECT t.questionnaire_code AS code, t.questionnaire_version AS version, a.item_code AS item, a.value
	FROM task t CROSS JOIN LATERAL (SELECT r.id FROM response r WHERE r.task_id = t.id ORDER BY r.revision DESC LIMIT 1) s
	     JOIN answer a ON a.response_id = s.id
	WHERE t.employee_id = $1 AND ` + pg.OfKind("t", task.Interest) + ` ORDER BY t.occasion_id DESC, t.id DESC, a.item_code LIMIT $2`

// PlanWish is what somebody has answered last when asked what they would like to learn, as
// questions and values; no rows when nothing was.
func (t *Tx) PlanWish(ctx context.Context, employee int64) (list []plan.Answer, err error) {
	var rows []struct {
		Code    string `db:"code"`
		Version int    `db:"version"`
		Item    string `db:"item"`
		Value   string `db:"value"`
	}
	const most = 4
	if err := t.tx.SelectContext(ctx, &rows, planWish, employee, most); err != nil {
		return nil, safe("read wishes", err)
	}
	for _, r := range rows {
		list = append(list, plan.Answer(r))
	}
	return list, nil
}
