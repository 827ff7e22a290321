package storage

import (
	"context"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/internal/task"
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
var officeCounts = `
	SELECT p.people, p.linked, p.blocked, p.before, COALESCE(q.name, '') AS period, COALESCE(q.owed, 0) AS owed, COALESCE(q.excused, 0) AS excused, COALESCE(q.done, 0) AS done,
	       COALESCE(q.week_ago, 0) AS week_ago, COALESCE(q.both, 0) AS both,
	       (SELECT count(*) FROM outbox WHERE state = 'unknown') AS unknown,
	       (SELECT count(*) FROM ticket WHERE handled_at IS NULL AND created_at <= $3) AS overdue,
	       (SELECT count(*) FROM delegation WHERE checked_at IS NULL AND ended_at IS NULL AND starts_on IS NOT NULL) AS letters
	FROM (SELECT count(*) AS people, count(*) FILTER (WHERE c.reachable) AS linked, count(*) FILTER (WHERE NOT c.reachable) AS blocked,
	             count(*) FILTER (WHERE c.reachable AND c.linked_at <= $1) AS before
	      FROM employee e LEFT JOIN chat c ON c.employee_id = e.id WHERE e.active) p
	LEFT JOIN (SELECT min(d.name) AS name, count(*) FILTER (WHERE t.state <> 'excused') AS owed, count(*) FILTER (WHERE t.state = 'excused') AS excused,
	             count(*) FILTER (WHERE t.state = 'done') AS done,
	             count(*) FILTER (WHERE t.state = 'done' AND r.sent_at <= $2) AS week_ago,
	             count(*) FILTER (WHERE t.state <> 'excused' AND r.id IS NOT NULL AND EXISTS (SELECT FROM task k JOIN response x ON x.task_id = k.id
	                 WHERE k.occasion_id = d.id AND k.subject_id = t.employee_id AND ` + isCounted("k", task.OfRatings) + `)) AS both
	      FROM period d JOIN task t ON t.occasion_id = d.id JOIN employee e ON e.id = t.employee_id
	      LEFT JOIN response r ON r.task_id = t.id AND r.revision = 1
	      WHERE d.closed_at IS NULL AND ` + isCounted("t", task.OfTeam) + ` AND e.active) q ON true`

var (
	officeUnits = `
		SELECT u.name, count(*) FILTER (WHERE t.state <> 'excused') AS owed, count(*) FILTER (WHERE t.state = 'done') AS done,
		       count(*) FILTER (WHERE t.state = 'excused') AS excused
		FROM period p JOIN task t ON t.occasion_id = p.id JOIN employee e ON e.id = t.employee_id JOIN unit u ON u.id = e.unit_id
		WHERE p.closed_at IS NULL AND ` + isCounted("t", task.OfTeam) + ` AND e.active
		GROUP BY u.id, u.name HAVING count(*) FILTER (WHERE t.state <> 'excused') > 0
		ORDER BY count(*) FILTER (WHERE t.state = 'done')::float8 / count(*) FILTER (WHERE t.state <> 'excused'),
		         count(*) FILTER (WHERE t.state <> 'excused') DESC, u.name`
	officeFailures = `
		SELECT COALESCE(cause, '-') AS cause, count(*) AS n FROM outbox
		WHERE state = 'failed' AND created_at > $1 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`
	officeMonthly = `
		SELECT e.id, e.name, e.sex FROM notice n JOIN employee e ON e.id = n.employee_id
		WHERE ` + isSummary("n") + ` AND n.action = 'drop' AND n.reason = $1 AND n.decided_at > $2
		GROUP BY e.id ORDER BY e.name, e.id`
)

// Office counts the agency. Units of fewer than MinGroup people are not listed.
func (t *Tx) Office(ctx context.Context, now time.Time) (o summary.Office, err error) {
	var r struct {
		People  int    `db:"people"`
		Linked  int    `db:"linked"`
		Blocked int    `db:"blocked"`
		Before  int    `db:"before"`
		Period  string `db:"period"`
		Owed    int    `db:"owed"`
		Excused int    `db:"excused"`
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
	o = summary.Office{People: r.People, Linked: r.Linked, Blocked: r.Blocked, Before: r.Before, Period: r.Period, Owed: r.Owed, Excused: r.Excused, Done: r.Done,
		WeekAgo: r.WeekAgo, Both: r.Both, Unknown: r.Unknown, Overdue: r.Overdue, Letters: r.Letters}
	if err := t.lowestUnits(ctx, &o); err != nil {
		return o, err
	}
	if o.Failures, err = t.failuresSince(ctx, week); err != nil {
		return o, err
	}
	if o.Monthly, o.Superior, err = t.monthlyReaders(ctx, week); err != nil {
		return o, err
	}
	if o.Announcements, err = t.AnnouncementBoard(ctx, now); err != nil {
		return o, err
	}
	if o.Signoffs, err = t.officeSignoffs(ctx, now); err != nil {
		return o, err
	}
	if o.Partners, err = t.partnerBoard(ctx, now); err != nil {
		return o, err
	}
	if o.Reports, err = t.ReportsOverdue(ctx, now); err != nil {
		return o, err
	}
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	if o.Results, err = t.PublishedResults(ctx, month.AddDate(0, -1, 0), month); err != nil {
		return o, err
	}
	if o.Used, o.UsedBefore, err = t.officeFollowUps(ctx, now, month); err != nil {
		return o, err
	}
	if o.Effects, err = t.officeEffects(ctx, month); err != nil {
		return o, err
	}
	if o.Plans, err = t.keptPlans(ctx, now.Year()); err != nil {
		return o, err
	}
	o.Training, err = t.officeTrainings(ctx, now)
	return o, err
}

// lowestUnits names the units of which the smallest part has sent it, and counts those that are too small to be named.
func (t *Tx) lowestUnits(ctx context.Context, o *summary.Office) error {
	var units []struct {
		Name    string `db:"name"`
		Owed    int    `db:"owed"`
		Done    int    `db:"done"`
		Excused int    `db:"excused"`
	}
	if err := t.tx.SelectContext(ctx, &units, officeUnits); err != nil {
		return safe("count units", err)
	}
	for _, u := range units {
		switch {
		case u.Owed < summary.MinGroup:
			o.Small++
		case len(o.Lowest) < 5:
			o.Lowest = append(o.Lowest, summary.UnitShare{Name: u.Name, Owed: u.Owed, Done: u.Done, Excused: u.Excused})
		}
	}
	return nil
}

// failuresSince counts messages that did not reach anybody, by cause, the most first.
func (t *Tx) failuresSince(ctx context.Context, since time.Time) (list []summary.Failure, err error) {
	var rows []struct {
		Cause string `db:"cause"`
		N     int    `db:"n"`
	}
	if err := t.tx.SelectContext(ctx, &rows, officeFailures, since); err != nil {
		return nil, safe("count failures", err)
	}
	for _, f := range rows {
		list = append(list, summary.Failure{Cause: f.Cause, N: f.N})
	}
	return list, nil
}

// monthlyReaders lists the first of those whose summary comes monthly by now, and counts
// all of them.
func (t *Tx) monthlyReaders(ctx context.Context, since time.Time) (first []personnel.Employee, n int, err error) {
	var rows []superiorRow
	if err := t.tx.SelectContext(ctx, &rows, officeMonthly, string(outreach.DigestMonthly), since); err != nil {
		return nil, 0, safe("list unread summaries", err)
	}
	for _, r := range rows[:min(3, len(rows))] {
		first = append(first, r.person())
	}
	return first, len(rows), nil
}
