package storage

import (
	"context"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
)

type superiorRow struct {
	ID   int64  `db:"id"`
	Name string `db:"name"`
	Sex  int64  `db:"sex"`
}

func (r superiorRow) person() personnel.Employee {
	return personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)}
}

const holders = `
	SELECT DISTINCT e.id, e.name, e.sex FROM role_grant g JOIN employee e ON e.id = g.employee_id JOIN chat c ON c.employee_id = e.id
	WHERE g.role = $1 AND g.revoked_at IS NULL AND e.active ORDER BY e.id`

// Holders returns who has a role and an account.
func (t *Tx) Holders(ctx context.Context, role personnel.Role) ([]personnel.Employee, error) {
	var rows []superiorRow
	if err := t.tx.SelectContext(ctx, &rows, holders, string(role)); err != nil {
		return nil, safe("list who has a role", err)
	}
	out := make([]personnel.Employee, len(rows))
	for i, r := range rows {
		out[i] = r.person()
	}
	return out, nil
}

// $1 is a month ago, $2 a week ago, $3 three days ago.
const officeCounts = `
	SELECT p.people, p.linked, p.blocked, p.before, COALESCE(q.name, '') AS period, COALESCE(q.owed, 0) AS owed, COALESCE(q.done, 0) AS done,
	       COALESCE(q.week_ago, 0) AS week_ago, COALESCE(q.both, 0) AS both,
	       (SELECT count(*) FROM outbox WHERE state = 'unknown') AS unknown,
	       (SELECT count(*) FROM ticket WHERE handled_at IS NULL AND created_at <= $3) AS overdue,
	       (SELECT count(*) FROM delegation WHERE checked_at IS NULL AND ended_at IS NULL AND starts_on IS NOT NULL) AS letters
	FROM (SELECT count(*) AS people, count(*) FILTER (WHERE c.reachable) AS linked, count(*) FILTER (WHERE NOT c.reachable) AS blocked,
	             count(*) FILTER (WHERE c.reachable AND c.linked_at <= $1) AS before
	      FROM employee e LEFT JOIN chat c ON c.employee_id = e.id WHERE e.active) p
	LEFT JOIN (SELECT min(d.name) AS name, count(*) AS owed, count(*) FILTER (WHERE t.state = 'done') AS done,
	             count(*) FILTER (WHERE t.state = 'done' AND r.sent_at <= $2) AS week_ago,
	             count(*) FILTER (WHERE r.id IS NOT NULL AND EXISTS (SELECT FROM task k JOIN response x ON x.task_id = k.id
	                 WHERE k.period_id = d.id AND k.subject_id = t.employee_id AND k.kind = 'rating')) AS both
	      FROM period d JOIN task t ON t.period_id = d.id JOIN employee e ON e.id = t.employee_id
	      LEFT JOIN response r ON r.task_id = t.id AND r.revision = 1
	      WHERE d.closed_at IS NULL AND t.kind = 'self_assessment' AND t.state <> 'excused' AND e.active) q ON true`

const (
	officeUnits = `
		SELECT u.name, count(*) AS owed, count(*) FILTER (WHERE t.state = 'done') AS done
		FROM period p JOIN task t ON t.period_id = p.id JOIN employee e ON e.id = t.employee_id JOIN unit u ON u.id = e.unit_id
		WHERE p.closed_at IS NULL AND t.kind = 'self_assessment' AND t.state <> 'excused' AND e.active
		GROUP BY u.id, u.name ORDER BY count(*) FILTER (WHERE t.state = 'done')::float8 / count(*), count(*) DESC, u.name`
	officeFailures = `
		SELECT COALESCE(cause, '-') AS cause, count(*) AS n FROM outbox
		WHERE state = 'failed' AND created_at > $1 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`
	officeMonthly = `
		SELECT e.id, e.name, e.sex FROM notice n JOIN employee e ON e.id = n.employee_id
		WHERE n.kind = 'summary' AND n.action = 'drop' AND n.reason = $1 AND n.decided_at > $2
		GROUP BY e.id ORDER BY e.name, e.id`
)

// Office counts the agency. Units of fewer than LeastGroup people are not listed.
func (t *Tx) Office(ctx context.Context, now time.Time) (summary.Office, error) {
	var r struct {
		People  int    `db:"people"`
		Linked  int    `db:"linked"`
		Blocked int    `db:"blocked"`
		Before  int    `db:"before"`
		Period  string `db:"period"`
		Owed    int    `db:"owed"`
		Done    int    `db:"done"`
		WeekAgo int    `db:"week_ago"`
		Both    int    `db:"both"`
		Unknown int    `db:"unknown"`
		Overdue int    `db:"overdue"`
		Letters int    `db:"letters"`
	}
	week := now.Add(-summary.Week)
	if err := t.tx.GetContext(ctx, &r, officeCounts, now.AddDate(0, -1, 0), week, now.AddDate(0, 0, -3)); err != nil {
		return summary.Office{}, safe("count the agency", err)
	}
	o := summary.Office{People: r.People, Linked: r.Linked, Blocked: r.Blocked, Before: r.Before, Period: r.Period, Owed: r.Owed, Done: r.Done,
		WeekAgo: r.WeekAgo, Both: r.Both, Unknown: r.Unknown, Overdue: r.Overdue, Letters: r.Letters}
	var units []struct {
		Name string `db:"name"`
		Owed int    `db:"owed"`
		Done int    `db:"done"`
	}
	if err := t.tx.SelectContext(ctx, &units, officeUnits); err != nil {
		return o, safe("count units", err)
	}
	for _, u := range units {
		switch {
		case u.Owed < summary.LeastGroup:
			o.Small++
		case len(o.Lowest) < 5:
			o.Lowest = append(o.Lowest, summary.UnitShare{Name: u.Name, Owed: u.Owed, Done: u.Done})
		}
	}
	var failures []struct {
		Cause string `db:"cause"`
		N     int    `db:"n"`
	}
	if err := t.tx.SelectContext(ctx, &failures, officeFailures, week); err != nil {
		return o, safe("count failures", err)
	}
	for _, f := range failures {
		o.Failures = append(o.Failures, summary.Failure{Cause: f.Cause, N: f.N})
	}
	var monthly []superiorRow
	if err := t.tx.SelectContext(ctx, &monthly, officeMonthly, string(outreach.DigestMonthly), week); err != nil {
		return o, safe("list unread summaries", err)
	}
	o.Superior = len(monthly)
	for _, m := range monthly[:min(3, len(monthly))] {
		o.Monthly = append(o.Monthly, m.person())
	}
	return o, nil
}
