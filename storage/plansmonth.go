package storage

import (
	"context"

	"github.com/lib/pq"

	"bangkom/internal/plan"
	"bangkom/internal/reminder"
)

// monthLines picks of the lines of each person that stand in the year $1 the one whose turn it
// is in the month $2. A line that was submitted and not answered stands once its plan does. What
// was agreed to, or who was reminded by own wish, since $9 needs no word in that month.
const monthLines = `
	SELECT x.line, x.l_title, x.form, x.open - 1 AS more, ` + employeeColumns + `
	FROM (SELECT l.id AS line, l.employee_id, l.title AS l_title, l.form, o.n AS open, count(*) OVER w AS n, row_number() OVER (w ORDER BY l.id) - 1 AS k
	      FROM plan p CROSS JOIN LATERAL (SELECT count(*) AS n FROM plan_line l WHERE l.employee_id = p.employee_id AND l.year = p.year AND l.state IN ('submitted', 'agreed') OFFSET 0) o
	      JOIN plan_line l ON l.employee_id = p.employee_id AND l.year = p.year AND (l.state = 'agreed' AND l.agreed_at < $9 OR l.state = 'submitted' AND p.stands_at < $9)
	           AND (l.remind_on IS NULL OR l.reminded_at IS NOT NULL)
	      WHERE p.year = $1 AND ($3::bigint[] IS NULL OR p.employee_id = ANY($3))
	        AND NOT EXISTS (SELECT FROM plan_line r WHERE r.employee_id = p.employee_id AND r.year = p.year AND r.reminded_at >= $9)
	        AND NOT EXISTS (SELECT FROM enrolment n JOIN batch b ON b.id = n.batch_id AND b.state <> 'cancelled'
	            WHERE n.employee_id = l.employee_id AND n.state IN ('applied', 'waiting', 'offered', 'seated') AND ` + develops + `)
	        AND ($3::bigint[] IS NOT NULL OR NOT EXISTS (SELECT FROM notice t WHERE t.key = $6 || l.employee_id || $7 AND t.action <> 'drop' OFFSET 0)
	            AND NOT EXISTS (SELECT FROM notice t WHERE t.employee_id = l.employee_id AND starts_with(t.key, $4 || l.employee_id || $5) OFFSET 0))
	      WINDOW w AS (PARTITION BY l.employee_id)) x
	JOIN employee e ON e.id = x.employee_id AND e.active JOIN unit u ON u.id = e.unit_id
	WHERE x.k = $2 % x.n ORDER BY e.id LIMIT $8`

// MonthLines reads the lines of a month of people in service, by person.
func (t *Tx) MonthLines(ctx context.Context, f reminder.MonthFilter) (list []reminder.MonthLine, err error) {
	var rows []struct {
		Line   int64  `db:"line"`
		LTitle string `db:"l_title"`
		Form   string `db:"form"`
		More   int    `db:"more"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, monthLines, f.Year, f.Turn, pq.Array(f.People), f.KeyPrefix, f.KeyMonth, f.NotePrefix, f.NoteSuffix, f.Limit, f.Since); err != nil {
		return nil, safe("read lines of a month", err)
	}
	for _, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		list = append(list, reminder.MonthLine{Line: r.Line, Person: e, Title: r.LTitle, Form: plan.Form(r.Form), More: r.More})
	}
	return list, nil
}
