package storage

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/outreach"
	"bangkom/internal/summary"
)

// generated fills the register with bosses, their teams and everything that a
// summary counts, at random: moves, stand-ins, co-raters, talks, reminders.
func (f *fixture) generated(bosses int, seed uint64, now time.Time) {
	f.t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	f.exec(`INSERT INTO unit (code, name) SELECT 'U' || n, 'Unit ' || n FROM generate_series(1, $1) n`, bosses/8+1)
	f.exec(`INSERT INTO employee (nip, name, sex, unit_id, position_title, class_code)
		SELECT (198507202010010000 + n)::text, 'Pegawai ' || n, 1 + n % 2, 1 + n % (SELECT count(*) FROM unit), 'Pengelola', 'PELAKSANA'
		FROM generate_series(1, $1) n`, bosses*5)
	f.exec(`UPDATE employee SET supervisor_id = CASE WHEN id <= $1 THEN nullif(id / 9, 0) ELSE 1 + (id * 7919) % $1 END, active = id % 41 <> 0,
		self_only = id % 67 = 0`, bosses)
	f.exec(`UPDATE employee SET supervisor_id = NULL WHERE supervisor_id = id`)
	f.exec(`INSERT INTO chat (id, employee_id, linked_at, reachable) SELECT 1000000 + id, id, $1, id % 7 <> 0 FROM employee WHERE id % 5 <> 0`, now)
	p := period("Tahun 2027")
	p.OpensAt = now.AddDate(0, 0, -10)
	f.tx(func(ctx context.Context, tx *Tx) error { _, err := tx.OpenPeriod(ctx, p, p.OpensAt); return err })
	f.exec(`UPDATE task SET state = (ARRAY['open', 'open', 'started', 'done', 'done', 'excused', 'expired'])[1 + (id * 31 % 7)] WHERE kind = 'self_assessment'`)
	f.exec(`UPDATE task SET state = (ARRAY['open', 'started', 'done', 'done'])[1 + (id * 17 % 4)] WHERE kind = 'rating' AND state = 'open'`)
	f.exec(`UPDATE task SET due_at = $1::timestamptz + (id % 12 - 3) * interval '1 day' WHERE state IN ('open', 'started')`, now)
	f.exec(`UPDATE task SET opens_at = $1::timestamptz + interval '1 day', due_at = $1::timestamptz + interval '2 days' WHERE state <> 'done' AND id % 13 = 0`, now)
	f.exec(`UPDATE task SET done_at = $1::timestamptz - (id % 10) * interval '1 day' WHERE state = 'done'`, now)
	f.exec(`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT id, 1, questionnaire_code, questionnaire_version, false, done_at FROM task WHERE state = 'done'`)
	f.exec(`INSERT INTO answer (response_id, item_code, value) SELECT r.id, 'K' || i, CASE WHEN (r.id + i) % 11 = 0 THEN '-' ELSE (1 + (r.id * i) % 4)::text END
		FROM response r, generate_series(1, 3) i`)
	f.exec(`INSERT INTO talk (task_id, item_code, n, agreed, reason, action, by_id, at)
		SELECT id, 'K1', 1, 2, 'example', 'talk', employee_id, $1 FROM task WHERE kind = 'rating' AND state = 'done' AND id % 3 = 0`, now)
	f.exec(`INSERT INTO co_rater (period_id, official_id, subject_id, rater_id, named_at)
		SELECT occasion_id, employee_id, subject_id, 1 + (subject_id * 13) % $1, $2 FROM task
		WHERE kind = 'rating' AND id % 9 = 0 AND 1 + (subject_id * 13) % $1 NOT IN (employee_id, subject_id)`, bosses, now)
	for range bosses / 10 {
		a, b := 1+r.IntN(bosses), 1+r.IntN(bosses)
		if a != b {
			f.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at)
				VALUES ($1, $2, $3::date - 2, $3::date + $4::int, 'x', $5, $6, $6) ON CONFLICT DO NOTHING`,
				a, b, now.Format(time.DateOnly), r.IntN(5)-1, r.IntN(2) == 0, now.AddDate(0, 0, -5))
		}
	}
	f.exec(`INSERT INTO notice (key, employee_id, class, kind, task_id, action, reason, decided_at, at)
		SELECT 'n' || id || '-' || k, employee_id, 'prompt', CASE WHEN k = 1 THEN 'nudge' ELSE 'reminder' END, id, 'send', 'allowed',
		       $1::timestamptz - (id % 6) * interval '1 day', $1 FROM task, generate_series(1, (id % 4)::int) k WHERE kind = 'self_assessment'`, now)
	f.exec(`INSERT INTO audit (at, actor, action, employee_id) SELECT $1::timestamptz - (id % 6) * interval '1 day', supervisor_id, 'codes.asked', id
		FROM employee WHERE id % 4 = 0 AND supervisor_id IS NOT NULL`, now)
	f.exec(`ANALYZE`)
}

// plain are tables with the relations of a recount, one step at a time: who stands
// in, who leads whom, who rates whom, whose views differ.
var plain = []string{
	`CREATE TABLE stand AS SELECT acting_id, for_id, rates, checked_at, starts_on FROM delegation
		WHERE checked_at IS NOT NULL AND ended_at IS NULL AND starts_on <= $1::date AND ends_on >= $1::date`,
	`CREATE TABLE pair AS SELECT supervisor_id AS boss, id FROM employee WHERE active AND supervisor_id IS NOT NULL AND $1::text <> ''`,
	`INSERT INTO pair SELECT s.acting_id, e.id FROM stand s, employee e WHERE e.active AND e.supervisor_id = s.for_id AND e.id <> s.acting_id
		AND e.supervisor_id <> s.acting_id AND $1::text <> ''`,
	`CREATE TABLE self AS SELECT DISTINCT p.boss, p.id AS person, t.id, t.state, t.due_at,
		p.id IN (SELECT employee_id FROM chat WHERE reachable) AS reach, p.id IN (SELECT employee_id FROM chat WHERE employee_id IS NOT NULL) AS linked FROM pair p, task t
		WHERE t.employee_id = p.id AND t.kind = 'self_assessment' AND t.opens_at < $1::date + 1`,
	`CREATE TABLE given AS SELECT t.id, t.state, t.due_at, t.subject_id, t.employee_id AS official,
		(SELECT max(c.rater_id) FROM co_rater c WHERE c.subject_id = t.subject_id AND c.official_id = t.employee_id AND c.revoked_at IS NULL) AS helper
		FROM task t, employee e WHERE t.kind = 'rating' AND t.state <> 'excused' AND t.opens_at < $1::date + 1 AND e.id = t.subject_id AND e.active AND NOT e.self_only
		AND e.supervisor_id = t.employee_id`,
	`CREATE TABLE rate AS
		SELECT helper AS boss, false AS away, * FROM given WHERE helper IS NOT NULL AND $1::text <> ''
		UNION ALL SELECT official, helper IS NOT NULL, * FROM given`,
	`INSERT INTO rate SELECT DISTINCT s.acting_id, g.helper IS NOT NULL, g.* FROM given g, stand s WHERE s.for_id = g.official AND s.rates
		AND s.acting_id <> g.subject_id AND s.acting_id <> g.official AND (g.helper IS NULL OR g.helper <> s.acting_id) AND $1::text <> ''`,
	`CREATE TABLE differ AS SELECT DISTINCT t.id AS rating FROM task t, response a, answer x, task s, response b, answer y
		WHERE t.kind = 'rating' AND a.task_id = t.id AND x.response_id = a.id AND s.kind = 'self_assessment' AND s.employee_id = t.subject_id
		AND b.task_id = s.id AND y.response_id = b.id AND x.item_code = y.item_code AND x.value <> '-' AND y.value <> '-'
		AND (x.value::int - y.value::int > 1 OR y.value::int - x.value::int > 1) AND $1::text <> ''
		AND (t.id, x.item_code) NOT IN (SELECT task_id, item_code FROM talk)`,
	`CREATE TABLE own AS SELECT e.supervisor_id AS boss, e.id, t.id AS rating FROM employee e, task t WHERE e.active AND t.kind = 'rating'
		AND t.subject_id = e.id AND t.employee_id = e.supervisor_id AND $1::text <> ''`,
	`CREATE TABLE seen AS SELECT boss, rating FROM own WHERE $1::text <> ''
		UNION SELECT s.acting_id, o.rating FROM own o, stand s, response f WHERE s.for_id = o.boss AND s.rates AND s.acting_id <> o.id
		AND f.task_id = o.rating AND f.revision = 1 AND (f.sent_by = s.acting_id OR f.sent_at >= s.checked_at AND f.sent_at >= s.starts_on)`,
	`CREATE TABLE tree AS WITH RECURSIVE x AS (SELECT supervisor_id AS boss, id, 1 AS deep FROM employee WHERE active AND $1::text <> ''
		UNION SELECT e.supervisor_id, x.id, x.deep + 1 FROM x, employee e WHERE e.id = x.boss AND e.active AND x.deep < 9)
		SELECT DISTINCT boss, id FROM x WHERE deep > 1 AND boss <> id`,
}

const (
	ofSelf = `SELECT boss, count(*) FROM self WHERE $1::timestamptz IS NOT NULL AND `
	ofRate = `SELECT boss, count(*) FROM rate WHERE $1::timestamptz IS NOT NULL AND `
	byBoss = ` GROUP BY boss`
	// what ends before it ends today or tomorrow
	afterTomorrow = `date_trunc('day', $1::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '48 hours'`
	notDone       = `state IN ('open', 'started')`
	firstOf       = `SELECT s.boss, extract(epoch FROM min(s.due_at))::bigint FROM `
	atFirst       = `SELECT DISTINCT ON (boss) boss, n FROM (SELECT s.boss, s.due_at, count(*) AS n FROM `
	isFirst       = ` ORDER BY boss, due_at`
	ahead         = ` s WHERE s.due_at > $1::timestamptz AND ` + notDone
	aheadOwn      = ahead + ` AND NOT away`
	stillAhead    = ahead + ` GROUP BY s.boss`
)

// epoch is a moment as a number; 0 = none.
func epoch(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return int(t.Unix())
}

// ofPermits counts the permissions that wait.
func ofPermits(what string) string {
	return `SELECT p.boss, ` + what + ` FROM pair p, enrolment n, batch b WHERE n.employee_id = p.id AND b.id = n.batch_id AND n.state = 'seated'
		AND n.permission = 'asked' AND b.state IN ('planned', 'open', 'closed') AND $1::timestamptz IS NOT NULL` + byPairBoss
}

const byPairBoss = ` GROUP BY p.boss`

// recount are the numbers of a summary, counted again in plain SQL over these
// tables: by superior; $1 is now.
var recount = []struct {
	name string
	of   func(summary.Facts) int
	sql  string
}{
	{"people", func(f summary.Facts) int { return f.People }, `SELECT boss, count(DISTINCT id) FROM pair WHERE $1::timestamptz IS NOT NULL` + byBoss},
	{"done", func(f summary.Facts) int { return f.Self.Done }, ofSelf + `state = 'done'` + byBoss},
	{"running", func(f summary.Facts) int { return f.Self.Running }, ofSelf + `state = 'started' AND due_at > $1 AND reach` + byBoss},
	{"fresh", func(f summary.Facts) int { return f.Self.Fresh }, ofSelf + `state = 'open' AND due_at > $1 AND reach` + byBoss},
	{"unreachable", func(f summary.Facts) int { return f.Self.Unreachable }, ofSelf + notDone + ` AND due_at > $1 AND linked AND NOT reach` + byBoss},
	{"unlinked", func(f summary.Facts) int { return f.Self.Unlinked }, ofSelf + notDone + ` AND due_at > $1 AND NOT linked` + byBoss},
	{"late", func(f summary.Facts) int { return f.Self.Late }, ofSelf + notDone + ` AND due_at <= $1` + byBoss},
	{"owed", func(f summary.Facts) int { return f.Self.Owed() }, ofSelf + `state <> 'excused'` + byBoss},
	{"excused", func(f summary.Facts) int { return f.Self.Excused }, ofSelf + `state = 'excused'` + byBoss},
	{"expired", func(f summary.Facts) int { return f.Self.Expired }, ofSelf + `state = 'expired'` + byBoss},
	{"last week", func(f summary.Facts) int { return f.Self.Before },
		ofSelf + `state = 'done' AND id IN (SELECT task_id FROM response WHERE sent_at <= $1::timestamptz - interval '168 hours')` + byBoss},
	{"rated", func(f summary.Facts) int { return f.Ratings.Done }, ofRate + `state = 'done'` + byBoss},
	{"rating", func(f summary.Facts) int { return f.Ratings.Running }, ofRate + `state = 'started' AND due_at > $1 AND NOT away` + byBoss},
	{"to rate", func(f summary.Facts) int { return f.Ratings.Fresh }, ofRate + `state = 'open' AND due_at > $1 AND NOT away` + byBoss},
	{"somebody else rates", func(f summary.Facts) int { return f.Ratings.Shared }, ofRate + notDone + ` AND due_at > $1 AND away` + byBoss},
	{"ratings", func(f summary.Facts) int { return f.Ratings.Owed() }, ofRate + `true` + byBoss},
	{"too late to rate", func(f summary.Facts) int { return f.Ratings.Expired }, ofRate + `(state = 'expired' OR ` + notDone + ` AND due_at <= $1)` + byBoss},
	{"next deadline", func(f summary.Facts) int { return epoch(f.Self.Due) }, firstOf + `self` + stillAhead},
	{"due at the next deadline", func(f summary.Facts) int { return f.Self.DueThen }, atFirst + `self` + stillAhead + `, s.due_at) x` + isFirst},
	{"next deadline to rate", func(f summary.Facts) int { return epoch(f.Ratings.Due) }, firstOf + `rate` + aheadOwn + ` GROUP BY s.boss`},
	{"to rate by the next deadline", func(f summary.Facts) int { return f.Ratings.DueThen }, atFirst + `rate` + aheadOwn + ` GROUP BY s.boss, s.due_at) x` + isFirst},
	{"remind by", func(f summary.Facts) int { return epoch(f.FirstDue(monday)) }, firstOf + `self` + ahead + ` AND reach
		AND (SELECT count(*) FROM notice n WHERE n.task_id = s.id) < 3
		AND id NOT IN (SELECT task_id FROM notice WHERE kind = 'nudge' AND decided_at > $1::timestamptz - interval '72 hours')` + ` GROUP BY s.boss`},
	{"rated last week", func(f summary.Facts) int { return f.Ratings.Before },
		ofRate + `state = 'done' AND id IN (SELECT task_id FROM response WHERE sent_at <= $1::timestamptz - interval '168 hours')` + byBoss},
	{"waiting", func(f summary.Facts) int { return f.Waiting }, `SELECT boss, count(*) FROM (
		SELECT boss FROM self WHERE ` + notDone + ` AND due_at > $1 AND (due_at <= ` + afterTomorrow + ` OR NOT reach)
		UNION ALL SELECT boss FROM rate WHERE ` + notDone + ` AND due_at > $1 AND NOT away AND (due_at <= $1::timestamptz + interval '168 hours'
			OR subject_id IN (SELECT t.employee_id FROM task t, response r WHERE r.task_id = t.id AND t.kind = 'self_assessment'))
		UNION ALL SELECT boss FROM seen, differ WHERE seen.rating = differ.rating) w` + byBoss},
	{"remindable", func(f summary.Facts) int { return len(f.Nudges) },
		ofSelf + notDone + ` AND reach AND due_at > $1 AND (SELECT count(*) FROM notice n WHERE n.task_id = self.id) < 3` + byBoss},
	{"reminded often enough", func(f summary.Facts) int { return f.Spent },
		ofSelf + notDone + ` AND reach AND due_at > $1 AND (SELECT count(*) FROM notice n WHERE n.task_id = self.id) >= 3` + byBoss},
	{"remindable now", func(f summary.Facts) int { return len(f.Remindable(monday)) },
		ofSelf + notDone + ` AND reach AND due_at > $1 AND (SELECT count(*) FROM notice n WHERE n.task_id = self.id) < 3
		AND id NOT IN (SELECT task_id FROM notice WHERE kind = 'nudge' AND decided_at > $1::timestamptz - interval '72 hours')` + byBoss},
	{"finished", func(f summary.Facts) int { return len(f.Finished) }, `SELECT boss, least(2, count(*)) FROM self, response r
		WHERE state = 'done' AND r.task_id = self.id AND sent_at > $1::timestamptz - interval '168 hours'` + byBoss},
	{"below", func(f summary.Facts) int { return f.Below.People }, `SELECT boss, count(*) FROM tree, task t WHERE t.employee_id = tree.id
		AND t.kind = 'self_assessment' AND t.state <> 'excused' AND $1::timestamptz IS NOT NULL GROUP BY boss HAVING count(*) > 4`},
	{"below done", func(f summary.Facts) int { return f.Below.Done }, `SELECT boss, sum(CASE WHEN t.state = 'done' THEN 1 ELSE 0 END)
		FROM tree, task t WHERE t.employee_id = tree.id
		AND t.kind = 'self_assessment' AND t.state <> 'excused' AND $1::timestamptz IS NOT NULL GROUP BY boss HAVING count(*) > 4`},
	{"below excused", func(f summary.Facts) int { return f.Below.Excused }, `SELECT boss, sum(CASE WHEN t.state = 'excused' THEN 1 ELSE 0 END)
		FROM tree, task t WHERE t.employee_id = tree.id AND t.kind = 'self_assessment' AND $1::timestamptz IS NOT NULL
		GROUP BY boss HAVING sum(CASE WHEN t.state = 'excused' THEN 0 ELSE 1 END) > 4`},
	{"permissions", func(f summary.Facts) int { return f.Permits.N }, ofPermits("count(DISTINCT n.id)")},
	{"first permission", func(f summary.Facts) int { return epoch(f.Permits.Until) }, ofPermits("extract(epoch FROM min(b.permission_until))::bigint")},
	{"in a training", func(f summary.Facts) int { return f.Gone }, `SELECT p.boss, count(DISTINCT p.id) FROM pair p, enrolment n, batch b, training_session s
		WHERE n.employee_id = p.id AND b.id = n.batch_id AND s.batch_id = b.id AND n.state = 'seated' AND n.permission <> 'asked'
		AND b.state IN ('open', 'closed', 'running') AND s.ends_at > $1 AND s.starts_at < $1::timestamptz + interval '168 hours'` + byPairBoss},
	{"without an account", func(f summary.Facts) int { return len(f.Codeless) },
		ofSelf + notDone + ` AND due_at > $1 AND person NOT IN (SELECT employee_id FROM chat WHERE employee_id IS NOT NULL)` + byBoss},
	{"codes to ask for", func(f summary.Facts) int { return len(f.Askable(monday)) },
		ofSelf + notDone + ` AND due_at > $1 AND person NOT IN (SELECT employee_id FROM chat WHERE employee_id IS NOT NULL)
		AND person NOT IN (SELECT employee_id FROM audit WHERE action = 'codes.asked' AND at > $1::timestamptz - interval '72 hours')` + byBoss},
	{"median", func(f summary.Facts) int { return f.Median + 1 }, `SELECT b.id, 1 + m.median FROM employee b, (
		SELECT unit_id, (array_agg(share ORDER BY share))[(count(*) + 1) / 2] AS median FROM (
			SELECT b.unit_id, (100 * sum(CASE WHEN t.state = 'done' THEN 1 ELSE 0 END)) / count(*) AS share
			FROM employee b, employee e, task t WHERE e.supervisor_id = b.id AND e.active AND t.employee_id = e.id AND t.kind = 'self_assessment'
			  AND $1::timestamptz IS NOT NULL GROUP BY b.unit_id, b.id) teams
		GROUP BY unit_id HAVING count(*) > 4) m WHERE m.unit_id = b.unit_id`},
}

var monday = time.Date(2027, 1, 18, 9, 0, 0, 0, time.UTC)

// Every number of 600 summaries equals an independent recount.
func TestSummariesEqualARecount(t *testing.T) {
	devdbtest.Long(t, "the teams of 600 superiors are counted anew")
	f := newFixture(t)
	const bosses = 600
	f.generated(bosses, 7, monday)
	f.generatedBatches(60, 7, monday)
	for _, q := range plain {
		f.exec(q, monday.Format(time.DateOnly))
	}
	ids := make([]int64, bosses)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	var teams map[int64]*summary.Facts
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		teams, err = tx.Teams(ctx, ids, monday, outreach.DefaultRules().Caps)
		return err
	})
	if len(teams) < bosses*9/10 {
		t.Fatalf("%d superiors have a team", len(teams))
	}
	for _, c := range recount {
		want, sum := f.numbers(c.sql, monday), 0
		for id, facts := range teams {
			sum += want[id]
			if got := c.of(*facts); got != want[id] {
				t.Errorf("superior %d: %s is %d, a recount gives %d", id, c.name, got, want[id])
			}
		}
		if sum == 0 {
			t.Errorf("%s: nothing was counted", c.name)
		}
		t.Log(c.name, sum)
	}
}

// numbers runs a query of the owner that returns ids and numbers.
func (f *fixture) numbers(query string, args ...any) map[int64]int {
	f.t.Helper()
	rows, err := f.owner.Query(query, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	out := map[int64]int{}
	for rows.Next() {
		var id sql.NullInt64
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			f.t.Fatal(err)
		}
		out[id.Int64] = n
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	return out
}

// Whoever gets a summary is listed once, by unit, in pages, with whether it is
// still to be decided; what is asked about some people says the same.
func TestSuperiorsInPages(t *testing.T) {
	devdbtest.Long(t, "many superiors are listed")
	f := newFixture(t)
	const bosses = 120
	f.generated(bosses, 11, monday)
	f.exec(`INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at)
		SELECT 'summary:' || id || ':w', id, 'prompt', 'summary', CASE WHEN id % 2 = 0 THEN 'hold' ELSE 'send' END, 'allowed', $1,
		       $1::timestamptz + (id % 4 - 1) * interval '1 hour' FROM employee WHERE id % 3 = 0`, monday)
	want := f.numbers(`SELECT b.id, CASE WHEN c.id IS NOT NULL AND (n.id IS NULL OR n.action = 'hold' AND n.at <= $1) THEN 1 ELSE 0 END
		FROM employee b LEFT JOIN chat c ON c.employee_id = b.id LEFT JOIN notice n ON n.key = 'summary:' || b.id || ':w'
		WHERE b.active AND b.id IN (
			SELECT e.supervisor_id FROM employee e WHERE e.active AND e.supervisor_id NOT IN (
				SELECT for_id FROM delegation WHERE checked_at IS NOT NULL AND ended_at IS NULL AND $1::date BETWEEN starts_on AND ends_on)
			UNION SELECT d.acting_id FROM delegation d, employee e WHERE e.active AND e.supervisor_id = d.for_id AND e.id <> d.acting_id
				AND checked_at IS NOT NULL AND ended_at IS NULL AND $1::date BETWEEN starts_on AND ends_on)`, monday)
	var all, some []summary.Superior
	ids := []int64{}
	f.tx(func(ctx context.Context, tx *Tx) error {
		for after := (summary.Superior{}); ; after = all[len(all)-1] {
			page, err := tx.Superiors(ctx, ":w", monday, after, 7)
			if err != nil || len(page) == 0 {
				return err
			}
			all = append(all, page...)
		}
	})
	got, waits := map[int64]bool{}, 0
	for i, s := range all {
		id := s.Person.ID
		if _, ok := want[id]; !ok || got[id] || s.Waits != (want[id] == 1) {
			t.Errorf("%d is listed, waits %t, want %d", id, s.Waits, want[id])
		}
		if i > 0 && (s.Unit < all[i-1].Unit || s.Unit == all[i-1].Unit && id < all[i-1].Person.ID) {
			t.Errorf("%d is listed after %d", id, all[i-1].Person.ID)
		}
		if s.Waits {
			waits++
		}
		got[id] = true
		if ids = append(ids, id); id%2 == 0 {
			some = append(some, s)
		}
	}
	if len(got) != len(want) || waits == 0 || waits == len(got) {
		t.Fatalf("%d are listed, %d wait, want %d", len(got), waits, len(want))
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id%2 != 0 })
	f.tx(func(ctx context.Context, tx *Tx) error {
		asked, err := tx.SuperiorsOf(ctx, ":w", monday, append(ids, 999999))
		if !reflect.DeepEqual(some, asked) {
			t.Errorf("asked about some: %v, want %v", asked, some)
		}
		return err
	})
}
