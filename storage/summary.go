package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// What follows is asked about some hundreds of superiors at a time, or of one. It
// goes from the superior to the people to their tasks, one lookup each: OFFSET 0
// keeps the planner from joining otherwise, which would look at the tasks of
// everybody for each of them when the statistics are old.

// led lists whom each of the superiors $1 leads on the civil date $2, as Team
// does; member is the same with the self-assessment of the open period, sent at.
var (
	led = `WITH led AS (
		SELECT e.supervisor_id AS boss, e.id, e.name, e.sex FROM employee e WHERE e.active AND e.supervisor_id = ANY($1)
		UNION
		SELECT d.acting_id, e.id, e.name, e.sex FROM delegation d JOIN employee e ON e.supervisor_id = d.for_id
		WHERE e.active AND e.id <> d.acting_id AND d.acting_id = ANY($1) AND ` + delegationWorks("$2::date") + `
	)`
	members = led + `, member AS (
		SELECT l.boss, l.id, l.name, l.sex, t.id AS task_id, t.state, t.due_at, t.opens_at, t.sent_at,
		       COALESCE(c.reachable, false) AS reach, c.reachable IS NOT NULL AS linked
		FROM led l LEFT JOIN LATERAL (SELECT k.reachable FROM chat k WHERE k.employee_id = l.id OFFSET 0) c ON true LEFT JOIN LATERAL (
			SELECT k.id, k.state, k.due_at, k.opens_at, r.sent_at FROM task k LEFT JOIN response r ON r.task_id = k.id AND r.revision = 1
			WHERE ` + selfOf("l.id") + ` OFFSET 0
		) t ON true
	)`
)

// selfOf is true for the self-assessment k of a person in the open period.
func selfOf(person string) string {
	return `k.occasion_id = ` + openPeriodID + ` AND ` + isCounted("k", task.OfTeam) + ` AND k.employee_id = ` + person + ` AND k.subject_id = ` + person
}

// rates are the ratings that each of the superiors $1 may give on the civil date
// $2, as in mayRate, and those that they could if nobody else had been asked
// (shared). The kind is written so that the index of all ratings of a period
// cannot serve.
var rates = `, rates AS (
		SELECT w.boss, w.shared, t.id, t.state, t.due_at, t.opens_at, t.subject_id, t.name, t.sex, c.id IS NULL AND w.boss = t.employee_id AS own
		FROM (
			SELECT unnest($1::bigint[]) AS id
			UNION SELECT d.for_id FROM delegation d WHERE d.acting_id = ANY($1) AND d.ended_at IS NULL
			UNION SELECT k.official_id FROM co_rater k WHERE k.rater_id = ANY($1) AND k.revoked_at IS NULL
		) official
		CROSS JOIN LATERAL (
			SELECT k.*, e.name, e.sex FROM task k JOIN employee e ON e.id = k.subject_id
			WHERE k.occasion_id = ` + openPeriodID + ` AND k.kind = (SELECT ` + pg.Quoted(counted(task.OfRatings)) + `::text) AND k.employee_id = official.id AND k.state <> 'excused'
			  AND e.active AND NOT e.self_only AND e.supervisor_id = k.employee_id OFFSET 0
		) t
		LEFT JOIN co_rater c ON c.period_id = t.occasion_id AND c.official_id = t.employee_id AND c.subject_id = t.subject_id AND c.revoked_at IS NULL
		CROSS JOIN LATERAL (
			SELECT COALESCE(c.rater_id, t.employee_id) AS boss, false AS shared
			UNION SELECT t.employee_id, true WHERE c.id IS NOT NULL
			UNION SELECT d.acting_id, c.id IS NOT NULL FROM delegation d
			WHERE d.for_id = t.employee_id AND d.acting_id IS DISTINCT FROM c.rater_id AND d.rates AND ` + delegationWorks("$2::date") + `
		) w
		WHERE w.boss = ANY($1) AND w.boss <> t.subject_id
	)`

// $3 is a week ago, $4 now. What opens later is not there yet. next is the first
// deadline that is still ahead.
var selfProgress = members + `, opened AS (
		SELECT m.boss, m.reach, m.linked, m.sent_at, t.*, min(t.due_at) FILTER (WHERE t.state IN ('open', 'started') AND t.due_at > $4) OVER (PARTITION BY m.boss) AS next
		FROM member m LEFT JOIN LATERAL (SELECT m.state, m.due_at, m.opens_at WHERE m.opens_at <= $4) t ON true
	)
	SELECT boss, count(*) AS people, count(*) FILTER (WHERE state = 'done') AS done,
	       count(*) FILTER (WHERE state = 'started' AND due_at > $4 AND reach) AS running,
	       count(*) FILTER (WHERE state = 'open' AND due_at > $4 AND reach) AS fresh,
	       count(*) FILTER (WHERE state IN ('open', 'started') AND due_at > $4 AND linked AND NOT reach) AS unreachable,
	       count(*) FILTER (WHERE state IN ('open', 'started') AND due_at > $4 AND NOT linked) AS unlinked,
	       count(*) FILTER (WHERE state IN ('open', 'started') AND due_at <= $4) AS late,
	       count(*) FILTER (WHERE state = 'excused') AS excused, count(*) FILTER (WHERE state = 'expired') AS expired,
	       count(*) FILTER (WHERE state = 'done' AND sent_at <= $3) AS before, min(opens_at) AS opened,
	       max(next) AS due, count(*) FILTER (WHERE state IN ('open', 'started') AND due_at = next) AS due_then
	FROM opened GROUP BY boss`

// A rating cannot be given after its deadline, so it counts as expired from then
// on.
var ratingProgress = led + rates + `, opened AS (
		SELECT k.boss, k.id, k.opens_at, k.due_at,
		       CASE WHEN k.state NOT IN ('open', 'started') THEN k.state WHEN k.due_at <= $4 THEN 'expired' WHEN k.shared THEN 'elsewhere' ELSE k.state END AS state,
		       min(k.due_at) FILTER (WHERE k.state IN ('open', 'started') AND k.due_at > $4 AND NOT k.shared) OVER (PARTITION BY k.boss) AS next
		FROM rates k WHERE k.opens_at <= $4
	)
	SELECT k.boss, count(*) FILTER (WHERE k.state = 'done') AS done, count(*) FILTER (WHERE k.state = 'started') AS running,
	       count(*) FILTER (WHERE k.state = 'open') AS fresh, count(*) FILTER (WHERE k.state = 'elsewhere') AS shared,
	       count(*) FILTER (WHERE k.state = 'expired') AS expired,
	       count(*) FILTER (WHERE k.state = 'done' AND r.sent_at <= $3) AS before, min(k.opens_at) AS opened,
	       max(k.next) AS due, count(*) FILTER (WHERE k.state IN ('open', 'started') AND k.due_at = k.next) AS due_then
	FROM opened k LEFT JOIN response r ON r.task_id = k.id AND r.revision = 1 GROUP BY k.boss`

type progressRow struct {
	Boss        int64        `db:"boss"`
	People      int          `db:"people"`
	Done        int          `db:"done"`
	Running     int          `db:"running"`
	Fresh       int          `db:"fresh"`
	Unreachable int          `db:"unreachable"`
	Unlinked    int          `db:"unlinked"`
	Late        int          `db:"late"`
	Shared      int          `db:"shared"`
	Excused     int          `db:"excused"`
	Expired     int          `db:"expired"`
	Before      int          `db:"before"`
	Opened      sql.NullTime `db:"opened"`
	Due         sql.NullTime `db:"due"`
	DueThen     int          `db:"due_then"`
}

func (r progressRow) progress() summary.Progress {
	return summary.Progress{Done: r.Done, Running: r.Running, Fresh: r.Fresh, Unreachable: r.Unreachable, Unlinked: r.Unlinked, Late: r.Late,
		Shared: r.Shared, Excused: r.Excused, Expired: r.Expired, Before: r.Before, Opened: r.Opened.Time, Due: r.Due.Time, DueThen: r.DueThen}
}

// Teams returns what the summaries of superiors say on the civil date of now;
// caps are those of nudges. Who leads nobody is left out.
func (t *Tx) Teams(ctx context.Context, bosses []int64, now time.Time, caps outreach.Caps) (map[int64]*summary.Facts, error) {
	today, ids := now.Format(time.DateOnly), pq.Array(bosses)
	out := map[int64]*summary.Facts{}
	var rows []progressRow
	if err := t.tx.SelectContext(ctx, &rows, selfProgress, ids, today, now.Add(-summary.Week), now); err != nil {
		return nil, safe("count teams", err)
	}
	for _, r := range rows {
		out[r.Boss] = &summary.Facts{People: r.People, Self: r.progress(), Median: -1}
	}
	rows = nil
	if err := t.tx.SelectContext(ctx, &rows, ratingProgress, ids, today, now.Add(-summary.Week), now); err != nil {
		return nil, safe("count ratings", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Ratings = r.progress()
		}
	}
	for _, add := range []func() error{
		func() error { return t.needs(ctx, ids, now, out) },
		func() error { return t.finished(ctx, ids, now, out) },
		func() error { return t.below(ctx, ids, out) },
		func() error { return t.medians(ctx, ids, out) },
		func() error { return t.nudges(ctx, ids, now, caps, out) },
		func() error { return t.codeless(ctx, ids, now, caps, out) },
		func() error { return t.unread(ctx, ids, now, out) },
		func() error { return t.teamPermits(ctx, ids, now, out) },
		func() error { return t.teamAway(ctx, ids, now, out) },
		func() error { return t.teamPlans(ctx, ids, now, out) },
		func() error { return t.teamSignoffs(ctx, ids, now, out) },
		func() error { return t.teamFollowUps(ctx, ids, now, out) },
	} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// A pair needs a talk while views differ by two levels or more (the rule of
// competency.Dialogue; values are single digits) and nothing is recorded. Only
// who may open it is told, as in mayCompare.
var talkable = `, talkable AS (
		SELECT l.boss, t.id, l.id AS subject_id, l.name, l.sex, t.due_at
		FROM led l JOIN employee e ON e.id = l.id
		CROSS JOIN LATERAL (
			SELECT k.id, k.due_at, k.employee_id FROM task k
			WHERE k.occasion_id = ` + openPeriodID + ` AND ` + isRating("k") + ` AND k.subject_id = l.id OFFSET 0
		) t
		CROSS JOIN LATERAL (SELECT k.id FROM task k WHERE ` + selfOf("l.id") + ` OFFSET 0) s
		CROSS JOIN LATERAL (SELECT r.id FROM response r WHERE r.task_id = t.id ORDER BY r.revision DESC LIMIT 1) rated
		CROSS JOIN LATERAL (SELECT r.id FROM response r WHERE r.task_id = s.id ORDER BY r.revision DESC LIMIT 1) self
		WHERE l.boss <> l.id AND t.employee_id = e.supervisor_id
		  AND (l.boss = e.supervisor_id OR ` + readsFor("l.boss", "e.supervisor_id", "t.id") + `)
		  AND EXISTS (SELECT FROM answer a JOIN answer b ON b.response_id = self.id AND b.item_code = a.item_code
		      WHERE a.response_id = rated.id AND a.value ~ '^[0-5]$' AND b.value ~ '^[0-5]$' AND abs(ascii(a.value) - ascii(b.value)) >= 2
		        AND NOT EXISTS (SELECT FROM talk k WHERE k.task_id = t.id AND k.item_code = a.item_code) OFFSET 0)
	)`

// $3 is now, $4 the end of tomorrow, $6 a week from now: a rating that ends before the next
// summary waits now. Somebody whose deadline has passed is not in this list: nothing can be done
// about it but to excuse them, and the count of those people leads to that.
var teamNeeds = members + rates + talkable + `, need AS (
		SELECT boss, subject_id AS id, name, sex, id AS task_id, state, due_at, 'rate' AS why, own, false AS linked, CASE WHEN due_at <= $4 THEN 1 ELSE 4 END AS rank
		FROM rates n WHERE NOT shared AND state IN ('open', 'started') AND opens_at <= $3 AND due_at > $3
		  AND (due_at <= $6 OR EXISTS (SELECT FROM task k JOIN response r ON r.task_id = k.id WHERE ` + selfOf("n.subject_id") + ` OFFSET 0))
		UNION ALL SELECT boss, id, name, sex, task_id, state, due_at, 'last', false, linked, 2
		FROM member WHERE state IN ('open', 'started') AND opens_at <= $3 AND due_at > $3 AND due_at <= $4
		UNION ALL SELECT boss, subject_id, name, sex, id, 'done', due_at, 'dialog', false, false, 3 FROM talkable
		UNION ALL SELECT boss, id, name, sex, task_id, state, due_at, 'unlinked', false, linked, 5
		FROM member WHERE state IN ('open', 'started') AND opens_at <= $3 AND due_at > $4 AND NOT reach
	)
	SELECT boss, id, name, sex, task_id, state, due_at, why, own, linked, waiting
	FROM (SELECT n.*, count(*) OVER (PARTITION BY boss) AS waiting, row_number() OVER (PARTITION BY boss ORDER BY rank, due_at, name, id) AS place
	      FROM need n) ranked WHERE place <= $5 ORDER BY boss, place`

func (t *Tx) needs(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss    int64     `db:"boss"`
		ID      int64     `db:"id"`
		Name    string    `db:"name"`
		Sex     int64     `db:"sex"`
		Task    int64     `db:"task_id"`
		State   string    `db:"state"`
		Due     time.Time `db:"due_at"`
		Why     string    `db:"why"`
		Own     bool      `db:"own"`
		Linked  bool      `db:"linked"`
		Waiting int       `db:"waiting"`
	}
	after := time.Date(now.Year(), now.Month(), now.Day()+2, 0, 0, 0, 0, now.Location())
	if err := t.tx.SelectContext(ctx, &rows, teamNeeds, ids, now.Format(time.DateOnly), now, after, summary.MaxNeeds, now.Add(summary.Week)); err != nil {
		return safe("list who needs something", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Waiting = r.Waiting
			f.Needs = append(f.Needs, summary.Need{Person: personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)},
				Why: summary.Why(r.Why), Task: r.Task, Started: r.State == "started", Due: r.Due, Own: r.Own, Linked: r.Linked})
		}
	}
	return nil
}

var lastFinished = members + `
	SELECT boss, id, name, sex FROM (
		SELECT m.*, row_number() OVER (PARTITION BY boss ORDER BY sent_at DESC, name, id) AS place
		FROM member m WHERE state = 'done' AND sent_at > $3) f
	WHERE place <= $4 ORDER BY boss, place`

func (t *Tx) finished(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss int64  `db:"boss"`
		ID   int64  `db:"id"`
		Name string `db:"name"`
		Sex  int64  `db:"sex"`
	}
	if err := t.tx.SelectContext(ctx, &rows, lastFinished, ids, now.Format(time.DateOnly), now.Add(-summary.Week), summary.MaxNames); err != nil {
		return safe("list who has finished", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Finished = append(f.Finished, personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)})
		}
	}
	return nil
}

// A head of unit gets a count of the people below their own team, never of fewer
// than MinGroup people.
var belowTeams = `
	WITH RECURSIVE below AS (
		SELECT e.supervisor_id AS boss, e.id, 1 AS depth FROM employee e WHERE e.active AND e.supervisor_id = ANY($1)
		UNION ALL
		SELECT b.boss, e.id, b.depth + 1 FROM below b JOIN employee e ON e.supervisor_id = b.id WHERE e.active AND b.depth < 10
	)
	SELECT b.boss, count(DISTINCT b.id) FILTER (WHERE t.state <> 'excused') AS people, count(DISTINCT b.id) FILTER (WHERE t.state = 'done') AS done,
	       count(DISTINCT b.id) FILTER (WHERE t.state = 'excused') AS excused
	FROM below b CROSS JOIN LATERAL (SELECT k.state FROM task k WHERE ` + selfOf("b.id") + ` OFFSET 0) t
	WHERE b.depth > 1 AND b.id <> b.boss GROUP BY b.boss HAVING count(DISTINCT b.id) FILTER (WHERE t.state <> 'excused') >= $2`

func (t *Tx) below(ctx context.Context, ids any, out map[int64]*summary.Facts) error {
	var rows []progressRow
	if err := t.tx.SelectContext(ctx, &rows, belowTeams, ids, summary.MinGroup); err != nil {
		return safe("count below teams", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Below = summary.Group{People: r.People, Done: r.Done, Excused: r.Excused}
		}
	}
	return nil
}

// Who is excused counts as not done: the share beside which the median stands is of
// the whole team too, and excusing raises neither.
var unitMedians = `
	WITH share AS (
		SELECT b.unit_id, 100 * count(*) FILTER (WHERE t.state = 'done') / count(*) AS done
		FROM employee b JOIN employee e ON e.supervisor_id = b.id AND e.active
		CROSS JOIN LATERAL (SELECT k.state FROM task k WHERE ` + selfOf("e.id") + ` OFFSET 0) t
		WHERE b.unit_id IN (SELECT unit_id FROM employee WHERE id = ANY($1)) GROUP BY b.unit_id, b.id
	)
	SELECT b.id AS boss, m.median FROM employee b
	JOIN (SELECT unit_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY done) AS median FROM share GROUP BY unit_id HAVING count(*) >= $2) m
	     ON m.unit_id = b.unit_id
	WHERE b.id = ANY($1)`

func (t *Tx) medians(ctx context.Context, ids any, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss   int64 `db:"boss"`
		Median int   `db:"median"`
	}
	if err := t.tx.SelectContext(ctx, &rows, unitMedians, ids, summary.MinGroup); err != nil {
		return safe("read medians of units", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Median = r.Median
		}
	}
	return nil
}

// Somebody whom Telegram does not reach is left out: a nudge would not arrive.
var teamNudges = members + `
	SELECT m.boss, m.task_id, m.due_at, n.last, n.reminders FROM member m
	CROSS JOIN LATERAL (
		SELECT max(` + nudgedAt("x") + `) FILTER (WHERE ` + isNudge("x") + ` AND x.action <> 'drop') AS last,
		       count(*) FILTER (WHERE x.action IN ('send', 'merge') AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `) AS reminders
		FROM notice x LEFT JOIN outbox o ON o.key = x.outbox_key WHERE x.task_id = m.task_id AND x.kind = ANY($4)
	) n
	WHERE m.state IN ('open', 'started') AND m.reach AND m.opens_at <= $3 AND m.due_at > $3
	ORDER BY m.boss, m.name, m.id`

func (t *Tx) nudges(ctx context.Context, ids any, now time.Time, caps outreach.Caps, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss int64        `db:"boss"`
		Task int64        `db:"task_id"`
		Due  time.Time    `db:"due_at"`
		Last sql.NullTime `db:"last"`
		Had  int          `db:"reminders"`
	}
	if err := t.tx.SelectContext(ctx, &rows, teamNudges, ids, now.Format(time.DateOnly), now, messageKinds(reminds)); err != nil {
		return safe("list who can be reminded", err)
	}
	for _, r := range rows {
		f, ok := out[r.Boss]
		if !ok {
			continue
		}
		if r.Had >= caps.Reminders {
			f.Spent++
			continue
		}
		n := summary.Nudge{Task: r.Task, Due: r.Due, Left: caps.Reminders - r.Had}
		if r.Last.Valid {
			n.From = caps.NudgeFrom(r.Last.Time, now.Location())
		}
		f.Nudges = append(f.Nudges, n)
	}
	return nil
}
