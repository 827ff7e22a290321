package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/plan"
	"bangkom/internal/reminder"
	"bangkom/internal/summary"
)

// Attendance that is taken late, or claimed, ends a line for so many days after the batch.
const attendedDays = 60

// inBatch are the batches that serve a line l in which its person stands as where says.
func inBatch(where string) string {
	return `SELECT FROM enrolment n JOIN batch b ON b.id = n.batch_id WHERE n.employee_id = l.employee_id AND ` + where + ` AND ` + develops
}

var (
	closeAttended = `
		UPDATE plan_line l SET state = 'done', reason = '` + string(plan.ByAttendance) + `', ended_at = $1, remind_on = NULL
		FROM (SELECT DISTINCT l.id FROM batch b JOIN programme g ON g.id = b.programme_id
		      CROSS JOIN LATERAL (SELECT count(*) AS n FROM training_session s WHERE s.batch_id = b.id OFFSET 0) a
		      CROSS JOIN LATERAL (SELECT t.employee_id, count(*) AS n FROM training_session s JOIN attendance t ON t.session_id = s.id AND t.present WHERE s.batch_id = b.id GROUP BY 1) p
		      JOIN plan_line l ON l.employee_id = p.employee_id AND ` + isOpenLine + ` AND ` + develops + `
		      WHERE b.state <> 'cancelled' AND b.ends_at <= $1 AND b.ends_at > $1::timestamptz - make_interval(days => $2) AND p.n * 100 >= a.n * g.share) x
		WHERE l.id = x.id AND ` + isOpenLine
	// The end of a year. What was never submitted was nobody's but the person's.
	dropLeft = `UPDATE plan_line l SET state = 'dropped', reason = '` + string(plan.LeftService) + `', ended_at = $2, remind_on = NULL
		WHERE l.year < $1 AND l.employee_id = ANY($3) AND ` + isOpenLine + ` AND NOT EXISTS (SELECT FROM employee e WHERE e.id = l.employee_id AND e.active)`
	dropUnsubmitted = `UPDATE plan_line l SET state = 'dropped', reason = '` + string(plan.Unsubmitted) + `', ended_at = $2, remind_on = NULL
		WHERE l.year < $1 AND l.employee_id = ANY($3) AND l.state = 'chosen'`
	lockEnding = `SELECT p.employee_id FROM plan p WHERE p.year < $1 AND p.employee_id IN (SELECT l.employee_id FROM plan_line l WHERE l.year < $1 AND ` + isOpenLine + `
		GROUP BY 1 ORDER BY 1 LIMIT $2) ORDER BY p.employee_id, p.year FOR UPDATE`
	beginNextPlans = `INSERT INTO plan (employee_id, year) SELECT DISTINCT l.employee_id, $1::int FROM plan_line l
		WHERE l.year < $1 AND l.employee_id = ANY($2) AND l.state IN ('submitted', 'agreed') ORDER BY 1 ON CONFLICT DO NOTHING`
	// The line keeps the day on which it was chosen, so that attendance of the last days of a
	// year, which is taken in the next one, still ends it.
	moveLines = `
		INSERT INTO plan_line (employee_id, year, item, source, competency_code, title, form, programme_id, chosen_at, from_id)
		SELECT l.employee_id, $1, l.item, l.source, l.competency_code, l.title, l.form, l.programme_id, l.chosen_at, l.id
		FROM plan_line l WHERE l.year < $1 AND l.employee_id = ANY($2) AND l.state IN ('submitted', 'agreed') ORDER BY l.year DESC, l.id ON CONFLICT DO NOTHING`
	markMoved = `
		WITH moved AS (
			UPDATE plan_line l SET state = 'moved', ended_at = $2, remind_on = NULL, reason = CASE
				WHEN l.form <> '` + string(plan.Training) + `' OR EXISTS (` + inBatch("n.state = 'seated' AND b.state <> 'cancelled' AND COALESCE(b.ends_at, 'infinity') > $2") + `) THEN '` + string(plan.Unfinished) + `'
				WHEN EXISTS (` + inBatch("n.state = 'cancelled' AND b.state = 'cancelled'") + `) THEN '` + string(plan.CancelledFor) + `'
				WHEN EXISTS (` + inBatch("n.state = 'seated' AND b.state <> 'cancelled'") + `) THEN '` + string(plan.Unfinished) + `'
				ELSE '` + string(plan.NoBatch) + `' END
			WHERE l.year < $1 AND l.employee_id = ANY($3) AND l.state IN ('submitted', 'agreed') RETURNING l.employee_id)
		SELECT ` + employeeColumns + `, m.lines FROM (SELECT employee_id, count(*) AS lines FROM moved GROUP BY 1) m JOIN employee e ON e.id = m.employee_id JOIN unit u ON u.id = e.unit_id ORDER BY e.id`
	silentPlans = `
		SELECT p.year AS p_year, p.revision, p.submitted_at AS p_submitted, COALESCE(s.name, '') AS boss_name, COALESCE(s.sex, 0) AS boss_sex, ` + employeeColumns + `
		FROM plan p JOIN employee e ON e.id = p.employee_id JOIN unit u ON u.id = e.unit_id LEFT JOIN employee s ON s.id = e.supervisor_id AND s.active
		WHERE p.submitted_at < $1 AND p.agreed_at IS NULL AND p.stands_at IS NULL AND e.active AND e.id > $2
		  AND EXISTS (SELECT FROM plan_line l WHERE l.employee_id = p.employee_id AND l.year = p.year AND l.state = 'submitted')
		ORDER BY e.id, p.year DESC LIMIT $3`
	letStand = `
		UPDATE plan p SET stands_at = $4 FROM unnest($1::bigint[], $2::int[], $3::int[]) AS w (id, year, revision)
		WHERE p.employee_id = w.id AND p.year = w.year AND p.revision = w.revision AND p.agreed_at IS NULL AND p.stands_at IS NULL`
	// A reminder goes to whoever is in service; it is noted before it is sent, in the same
	// transaction.
	planReminders = `
		WITH due AS (SELECT l.id FROM plan_line l JOIN employee e ON e.id = l.employee_id AND e.active
			WHERE l.remind_on <= $1::date AND l.reminded_at IS NULL AND ` + isOpenLine + ` ORDER BY l.id LIMIT $3 FOR UPDATE OF l),
		noted AS (UPDATE plan_line l SET reminded_at = $2 FROM due d WHERE l.id = d.id RETURNING l.*)
		SELECT n.id AS line, n.title AS l_title, n.form, n.remind_on, ` + employeeColumns + `
		FROM noted n JOIN employee e ON e.id = n.employee_id JOIN unit u ON u.id = e.unit_id ORDER BY n.id`
)

// CloseAttended ends lines about a training, whatever was submitted of them, once their person
// counts as present in it (training.Present), and returns how many.
func (t *Tx) CloseAttended(ctx context.Context, now time.Time) (int, error) {
	res, err := t.tx.ExecContext(ctx, closeAttended, now, attendedDays)
	if err != nil {
		return 0, safe("end lines of plans", err)
	}
	n, err := res.RowsAffected()
	return int(n), safe("end lines of plans", err)
}

// EndPlanYear ends what is open of the years before year, of at most limit people, who are
// locked first: what was submitted moves into year with its reason, what never was is dropped,
// and so is what belongs to somebody who has left. It returns who has lines that moved.
func (t *Tx) EndPlanYear(ctx context.Context, year, limit int, now time.Time) (list []reminder.MovedPlan, err error) {
	var people []int64
	if err := t.tx.SelectContext(ctx, &people, lockEnding, year, limit); err != nil || len(people) == 0 { // a press on a line waits, and finds it moved
		return nil, safe("end plans", err)
	}
	for _, q := range []string{dropLeft, dropUnsubmitted} {
		if _, err := t.tx.ExecContext(ctx, q, year, now, pq.Array(people)); err != nil {
			return nil, safe("end plans", err)
		}
	}
	for _, q := range []string{beginNextPlans, moveLines} {
		if _, err := t.tx.ExecContext(ctx, q, year, pq.Array(people)); err != nil {
			return nil, safe("move lines of plans", err)
		}
	}
	var rows []struct {
		Lines int `db:"lines"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, markMoved, year, now, pq.Array(people)); err != nil {
		return nil, safe("move lines of plans", err)
	}
	for _, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		list = append(list, reminder.MovedPlan{Person: e, Year: year, Lines: r.Lines})
	}
	return list, nil
}

// SilentPlans lists plans that were submitted before a moment and that nobody has answered, or
// let stand, of at most limit people behind one.
func (t *Tx) SilentPlans(ctx context.Context, before time.Time, after int64, limit int) (list []reminder.SilentPlan, err error) {
	var rows []struct {
		PYear     int       `db:"p_year"`
		Revision  int       `db:"revision"`
		Submitted time.Time `db:"p_submitted"`
		BossName  string    `db:"boss_name"`
		BossSex   int64     `db:"boss_sex"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, silentPlans, before, after, limit); err != nil {
		return nil, safe("list plans that wait", err)
	}
	for _, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		s := reminder.SilentPlan{Person: e, Year: r.PYear, Revision: r.Revision, SubmittedAt: r.Submitted}
		if r.BossName != "" {
			s.Boss = personnel.Employee{Name: r.BossName, Sex: sexOf(r.BossSex)}.Address()
		}
		list = append(list, s)
	}
	return list, nil
}

// LetPlansStand stores that plans stand as submitted, those that are still as they were read.
func (t *Tx) LetPlansStand(ctx context.Context, list []reminder.SilentPlan, now time.Time) error {
	var ids, years, revisions []int64
	for _, p := range list {
		ids, years, revisions = append(ids, p.Person.ID), append(years, int64(p.Year)), append(revisions, int64(p.Revision))
	}
	_, err := t.tx.ExecContext(ctx, letStand, pq.Array(ids), pq.Array(years), pq.Array(revisions), now)
	return safe("let plans stand", err)
}

// PlanReminders lists lines for which a reminder was asked up to a civil date, at most limit, and
// notes that it goes now.
func (t *Tx) PlanReminders(ctx context.Context, today, now time.Time, limit int) (list []reminder.PlanReminder, err error) {
	var rows []struct {
		Line   int64     `db:"line"`
		LTitle string    `db:"l_title"`
		Form   string    `db:"form"`
		On     time.Time `db:"remind_on"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, planReminders, today.Format(time.DateOnly), now, limit); err != nil {
		return nil, safe("list reminders of plans", err)
	}
	for _, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		list = append(list, reminder.PlanReminder{Line: r.Line, Person: e, Title: r.LTitle, Form: plan.Form(r.Form), On: r.On})
	}
	return list, nil
}

// waitingBy counts, for each superior and stand-in of $1 (NULL = all) on the civil date $2, the
// plans that wait and do not stand as submitted yet.
var waitingBy = `
	SELECT w.boss, count(*) AS n FROM (
		SELECT e.supervisor_id AS boss, p.employee_id, p.year FROM plan p JOIN employee e ON e.id = p.employee_id AND e.active AND e.supervisor_id IS NOT NULL WHERE ` + waitsForBoss + `
		UNION SELECT d.acting_id, p.employee_id, p.year FROM plan p JOIN employee e ON e.id = p.employee_id AND e.active
		JOIN delegation d ON d.for_id = e.supervisor_id AND d.acting_id <> e.id AND ` + delegationWorks("$2::date") + ` WHERE ` + waitsForBoss + `) w
	WHERE $1::bigint[] IS NULL OR w.boss = ANY($1) GROUP BY 1`

const waitsForBoss = `p.submitted_at IS NOT NULL AND p.agreed_at IS NULL AND p.stands_at IS NULL
	AND EXISTS (SELECT FROM plan_line l WHERE l.employee_id = p.employee_id AND l.year = p.year AND l.state = 'submitted')`

// Whom a message told is looked up one by one (OFFSET 0): joined to all messages of 90 days it took seconds.
var waitingForBosses = `SELECT w.n AS w_n, ` + employeeColumns + ` FROM (` + waitingBy + `) w JOIN employee e ON e.id = w.boss AND e.active JOIN unit u ON u.id = e.unit_id
	WHERE NOT EXISTS (SELECT FROM notice n WHERE n.key = $3 || e.id || $4 OFFSET 0) ORDER BY e.id`

// WaitingForBosses counts the plans that wait for each superior, and for whoever stands in on a
// civil date, without those that stand as submitted, and without whom a message of the key told.
func (t *Tx) WaitingForBosses(ctx context.Context, today time.Time, prefix, suffix string) (list []reminder.WaitingPlans, err error) {
	var rows []struct {
		N int `db:"w_n"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, waitingForBosses, nil, today.Format(time.DateOnly), prefix, suffix); err != nil {
		return nil, safe("count plans that wait", err)
	}
	for _, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		list = append(list, reminder.WaitingPlans{Boss: e, N: r.N})
	}
	return list, nil
}

const openLines = `
	SELECT x.key FROM unnest($1::text[]) AS x (key) CROSS JOIN LATERAL regexp_match(x.key, '^plan-remind:(\d+):(.*)$') AS m
	JOIN plan_line l ON l.id = m[1]::bigint AND l.remind_on = m[2]::date AND ` + isOpenLine + `
	UNION ALL SELECT x.key FROM unnest($1::text[]) AS x (key) CROSS JOIN LATERAL regexp_match(x.key, '^plan-month:\d+:[0-9-]+:(\d+)$') AS m
	JOIN plan_line l ON l.id = m[1]::bigint AND ` + isOpenLine

// OpenPlans returns which of the given keys are of a superior for whom plans still wait on a
// civil date.
func (t *Tx) OpenPlans(ctx context.Context, keys []string, today time.Time) (map[string]bool, error) {
	var bosses []int64
	for _, k := range keys {
		bosses = append(bosses, reminder.PlansOf(k))
	}
	var rows []struct {
		Boss int64 `db:"boss"`
		N    int   `db:"n"`
	}
	if err := t.tx.SelectContext(ctx, &rows, waitingBy, pq.Array(bosses), today.Format(time.DateOnly)); err != nil {
		return nil, safe("count plans that wait", err)
	}
	waits := make(map[int64]bool, len(rows))
	for _, r := range rows {
		waits[r.Boss] = true
	}
	open := make(map[string]bool, len(keys))
	for i, k := range keys {
		open[k] = waits[bosses[i]]
	}
	return open, nil
}

// OpenPlanLines returns which of the given keys are of a reminder of a line that is still open, and
// still wanted for that day.
func (t *Tx) OpenPlanLines(ctx context.Context, keys []string) (map[string]bool, error) {
	return t.keys(ctx, "read lines of plans", openLines, pq.Array(keys))
}

// teamPlans adds how many development plans wait for each of the superiors.
func (t *Tx) teamPlans(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss int64 `db:"boss"`
		N    int   `db:"n"`
	}
	if err := t.tx.SelectContext(ctx, &rows, waitingBy, ids, now.Format(time.DateOnly)); err != nil {
		return safe("count plans that wait", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Plans = r.N
		}
	}
	return nil
}

const keptLines = `
	SELECT count(DISTINCT employee_id) AS people, count(*) AS lines, count(*) FILTER (WHERE state = 'done') AS done
	FROM plan_line WHERE year = $1 AND submitted_at IS NOT NULL AND state <> 'dropped'`

// keptPlans counts what was submitted of the plans of a year, and what of it is done.
func (t *Tx) keptPlans(ctx context.Context, year int) (k summary.Plans, err error) {
	k.Year = year
	var r struct {
		People int `db:"people"`
		Lines  int `db:"lines"`
		Done   int `db:"done"`
	}
	err = t.tx.GetContext(ctx, &r, keptLines, year)
	k.People, k.Lines, k.Done = r.People, r.Lines, r.Done
	return k, safe("count lines of plans", err)
}
