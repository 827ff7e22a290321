package command

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// weeks counts what a person had on a day and in the seven days that end with it.
const weeks = sentRows + `, day AS (
	SELECT employee_id, (sent_at AT TIME ZONE 'Asia/Jakarta')::date AS day, count(*) AS n FROM sent WHERE class IN ('prompt', 'broadcast') GROUP BY 1, 2
), week AS (
	SELECT employee_id, day, n AS on_day, sum(n) OVER (PARTITION BY employee_id ORDER BY day RANGE BETWEEN interval '6 days' PRECEDING AND CURRENT ROW) AS n FROM day
) `

// report prints what a simulated year was like, for docs/reliability.md.
func (y *year) report(t *testing.T, took time.Duration) {
	t.Helper()
	people := y.count(`SELECT count(*) FROM employee`)
	var b strings.Builder
	fmt.Fprintf(&b, "%d people, seed %d, took %s\n", people, *yearSeed, took.Round(time.Second))
	table := func(head, query string) {
		fmt.Fprintf(&b, "\n| %s |\n", head)
		fmt.Fprintf(&b, "|%s\n", strings.Repeat(" --- |", strings.Count(head, "|")+1))
		for _, line := range y.rows(query) {
			fmt.Fprintf(&b, "| %s |\n", line)
		}
	}
	table("Class | Kind | Sent | A person and year", fmt.Sprintf(sentRows+`SELECT format('%%s | %%s | %%s | %%s', class, kind, count(*), round(count(*) / %d.0, 1))
		FROM sent GROUP BY class, kind ORDER BY class, count(*) DESC`, people))
	table("Most on one day | Most in seven days | A person and week", fmt.Sprintf(weeks+`SELECT format('%%s | %%s | %%s', max(on_day), max(n), round((SELECT sum(n) FROM day) / %d.0 / 52, 2)) FROM week`, people))
	table("In seven days (7 = 7 or more) | Days of a person on which one came", weeks+`SELECT format('%s | %s', least(n, 7), count(*)) FROM week GROUP BY least(n, 7) ORDER BY least(n, 7)`)
	table("Class | Earliest | Latest", sentRows+`SELECT format('%s | %s | %s', class, min(to_char(sent_at AT TIME ZONE 'Asia/Jakarta', 'HH24.MI')),
		max(to_char(sent_at AT TIME ZONE 'Asia/Jakarta', 'HH24.MI'))) FROM sent GROUP BY class ORDER BY class`)
	table("Step | Decision | Reason | How often", `SELECT format('%s | %s | %s | %s', step, action, reason, count(*)) FROM every_notice WHERE step <> ''
		GROUP BY step, action, reason ORDER BY array_position(ARRAY['invitation','first','second','last','supervisor_list','hr_board','close'], step), action DESC, count(*) DESC`)
	// A step that waits keeps the first thing that made it wait: before dawn that is
	// the hour, also when it is the budget of the week that keeps it later.
	table("Lost step | Reason | Day | How often | Of them after two messages in seven days", sentRows+`, lost AS (
		SELECT step, reason, (decided_at AT TIME ZONE 'Asia/Jakarta')::date AS day, (SELECT count(*) FROM sent s WHERE s.employee_id = n.employee_id
		       AND s.class IN ('prompt', 'broadcast') AND s.sent_at BETWEEN n.decided_at - interval '7 days' AND n.decided_at) AS before
		FROM every_notice n WHERE step <> '' AND class = 'prompt' AND action = 'drop' AND reason IN `+lostReasons+`
	) SELECT format('%s | %s | %s | %s | %s', step, reason, day, count(*), count(*) FILTER (WHERE before >= 2)) FROM lost
	GROUP BY step, reason, day ORDER BY count(*) DESC LIMIT 12`)
	t.Log(b.String())
}

// lostReasons are reasons of a step that did not go though nothing stood against it.
const lostReasons = `('missed', 'expired', 'outside_hours', 'not_invited', 'allowed')`
