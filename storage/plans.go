package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/plan"
)

// isOpenLine is true of a line l with which something is still to be done.
const isOpenLine = `l.state IN ('chosen', 'submitted', 'agreed')`

// develops is true of a batch b that serves a line l: it is of the training that was chosen, or
// of one that develops the same competency, and was not over when the line was chosen.
const develops = `l.form = '` + string(plan.Training) + `' AND COALESCE(b.ends_at, 'infinity') > l.chosen_at AND (b.programme_id = l.programme_id OR EXISTS (
	SELECT FROM programme_competency a WHERE a.programme_id = b.programme_id AND a.competency_code = l.competency_code))`

const (
	planOf = `
		SELECT p.employee_id, p.year, p.revision, p.submitted_at, p.agreed_at, p.stands_at, COALESCE(y.name, '') AS by_name, COALESCE(y.sex, 0) AS by_sex
		FROM plan p LEFT JOIN employee y ON y.id = p.agreed_by WHERE p.employee_id = $1 AND p.year = $2`
	// Which training somebody takes part in is not stored with the line, so a batch that is
	// moved, cancelled or left is so here at once.
	lineColumns = `l.id, l.employee_id, l.year, l.item, l.source, COALESCE(l.competency_code, '') AS code, l.title, l.form, COALESCE(l.programme_id, 0) AS programme,
		COALESCE(g.title, '') AS course, l.state, l.reason, l.submitted_at, l.agreed_at, l.ended_at, CASE WHEN l.reminded_at IS NULL THEN l.remind_on END AS remind_on, l.from_id IS NOT NULL AS carried,
		COALESCE(n.id, 0) AS batch, COALESCE(n.name, '') AS batch_name, n.starts_at, COALESCE(x.name, '') AS cancelled`
	ofLine = `plan_line l LEFT JOIN programme g ON g.id = l.programme_id
		LEFT JOIN LATERAL (SELECT b.id, b.name, b.starts_at FROM enrolment n JOIN batch b ON b.id = n.batch_id AND b.state <> 'cancelled'
		    WHERE n.employee_id = l.employee_id AND n.state IN ('applied', 'waiting', 'offered', 'seated') AND ` + develops + `
		    ORDER BY n.state = 'seated' DESC, b.starts_at NULLS LAST, b.id LIMIT 1) n ON ` + isOpenLine + `
		LEFT JOIN LATERAL (SELECT b.name FROM enrolment n JOIN batch b ON b.id = n.batch_id AND b.state = 'cancelled'
		    WHERE n.employee_id = l.employee_id AND n.state = 'cancelled' AND ` + develops + ` ORDER BY b.id DESC LIMIT 1) x ON n.id IS NULL AND ` + isOpenLine
	linesOf   = `SELECT ` + lineColumns + ` FROM ` + ofLine + ` WHERE l.employee_id = $1 AND l.year = $2 ORDER BY l.id`
	lineOf    = `SELECT ` + lineColumns + ` FROM ` + ofLine + ` WHERE l.employee_id = $1 AND l.id = $2`
	planYears = `SELECT year FROM plan WHERE employee_id = $1 ORDER BY year DESC`
	copyPlans = `
		SELECT json_agg(json_build_object('tahun', p.year, 'diajukan_pada', p.submitted_at, 'disetujui_pada', p.agreed_at, 'berlaku_sebagai_diajukan_sejak', p.stands_at,
		       'baris', (SELECT json_agg(json_build_object('tentang', l.title, 'asal', l.source, 'cara', l.form, 'program', g.title, 'keadaan', l.state, 'alasan', l.reason,
		                 'dipilih_pada', l.chosen_at, 'diajukan_pada', l.submitted_at, 'disetujui_pada', l.agreed_at, 'berakhir_pada', l.ended_at, 'diingatkan', l.remind_on) ORDER BY l.id)
		                 FROM plan_line l LEFT JOIN programme g ON g.id = l.programme_id WHERE l.employee_id = p.employee_id AND l.year = p.year)) ORDER BY p.year)
		FROM chat c JOIN plan p ON p.employee_id = c.employee_id WHERE c.id = $1`
	// Two years after the plan year nothing is decided by it any more. A line that was moved
	// here from a year that goes forgets where it came from.
	forgetMoved = `UPDATE plan_line SET from_id = NULL WHERE id IN (SELECT m.id FROM plan_line m JOIN plan_line l ON l.id = m.from_id
		WHERE l.year < extract(year FROM $1::timestamptz)::int - 2 ORDER BY m.id LIMIT $2)`
	pruneLines = `DELETE FROM plan_line WHERE id IN (SELECT l.id FROM plan_line l WHERE l.year < extract(year FROM $1::timestamptz)::int - 2
		AND NOT EXISTS (SELECT FROM plan_line m WHERE m.from_id = l.id) ORDER BY l.id LIMIT $2)`
	prunePlans = `DELETE FROM plan WHERE (employee_id, year) IN (SELECT p.employee_id, p.year FROM plan p WHERE p.year < extract(year FROM $1::timestamptz)::int - 2
		AND NOT EXISTS (SELECT FROM plan_line l WHERE (l.employee_id, l.year) = (p.employee_id, p.year)) LIMIT $2)`
)

type lineRow struct {
	ID          int64        `db:"id"`
	Employee    int64        `db:"employee_id"`
	Year        int          `db:"year"`
	Item        string       `db:"item"`
	Source      string       `db:"source"`
	Code        string       `db:"code"`
	Title       string       `db:"title"`
	Form        string       `db:"form"`
	Programme   int64        `db:"programme"`
	Course      string       `db:"course"`
	State       string       `db:"state"`
	Reason      string       `db:"reason"`
	SubmittedAt sql.NullTime `db:"submitted_at"`
	AgreedAt    sql.NullTime `db:"agreed_at"`
	EndedAt     sql.NullTime `db:"ended_at"`
	RemindOn    sql.NullTime `db:"remind_on"`
	Carried     bool         `db:"carried"`
	Batch       int64        `db:"batch"`
	BatchName   string       `db:"batch_name"`
	Starts      sql.NullTime `db:"starts_at"`
	Cancelled   string       `db:"cancelled"`
}

func (r lineRow) line() plan.Line {
	return plan.Line{ID: r.ID, Year: r.Year, Item: r.Item, Source: plan.Source(r.Source), Code: r.Code, Title: r.Title, Form: plan.Form(r.Form), Programme: r.Programme,
		Course: r.Course, State: plan.State(r.State), Reason: plan.Reason(r.Reason), SubmittedAt: r.SubmittedAt.Time, AgreedAt: r.AgreedAt.Time, EndedAt: r.EndedAt.Time,
		RemindOn: r.RemindOn.Time, Carried: r.Carried, Batch: r.Batch, BatchName: r.BatchName, Starts: r.Starts.Time, Cancelled: r.Cancelled}
}

// Plan reads somebody's plan of a year with all its lines; the zero Plan with the person and
// the year when there is none.
func (t *Tx) Plan(ctx context.Context, employee int64, year int) (p plan.Plan, err error) {
	p.Employee, p.Year = employee, year
	var rows []struct {
		Employee    int64        `db:"employee_id"`
		Year        int          `db:"year"`
		Revision    int          `db:"revision"`
		SubmittedAt sql.NullTime `db:"submitted_at"`
		AgreedAt    sql.NullTime `db:"agreed_at"`
		StandsAt    sql.NullTime `db:"stands_at"`
		ByName      string       `db:"by_name"`
		BySex       int64        `db:"by_sex"`
	}
	if err := t.tx.SelectContext(ctx, &rows, planOf, employee, year); err != nil || len(rows) == 0 {
		return p, safe("read plan", err)
	}
	r := rows[0]
	p.Revision, p.SubmittedAt, p.AgreedAt, p.StandsAt = r.Revision, r.SubmittedAt.Time, r.AgreedAt.Time, r.StandsAt.Time
	if r.ByName != "" {
		p.AgreedBy = personnel.Employee{Name: r.ByName, Sex: sexOf(r.BySex)}.Address()
	}
	p.Lines, err = t.planLines(ctx, linesOf, employee, year)
	return p, err
}

func (t *Tx) planLines(ctx context.Context, query string, args ...any) (list []plan.Line, err error) {
	var rows []lineRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("read plan", err)
	}
	for _, r := range rows {
		list = append(list, r.line())
	}
	return list, nil
}

// PlanLine reads a line of somebody; ErrNotFound.
func (t *Tx) PlanLine(ctx context.Context, employee, id int64) (plan.Line, error) {
	var r lineRow
	err := t.one(ctx, &r, lineOf, employee, id)
	return r.line(), err
}

// PlanYears lists the years of which somebody has a plan, the newest first.
func (t *Tx) PlanYears(ctx context.Context, employee int64) (years []int, err error) {
	err = t.tx.SelectContext(ctx, &years, planYears, employee)
	return years, safe("list years", err)
}

// CopyPlans is what is stored of the plans of the person of a chat; nil when there is nothing.
func (t *Tx) CopyPlans(ctx context.Context, chatID int64) (raw json.RawMessage, err error) {
	err = t.tx.GetContext(ctx, (*[]byte)(&raw), copyPlans, chatID)
	return raw, safe("copy plans", err)
}

var plansWaiting = `
	SELECT p.year AS p_year, p.revision, p.submitted_at AS p_submitted, ` + employeeColumns + `
	FROM plan p JOIN employee e ON e.id = p.employee_id JOIN unit u ON u.id = e.unit_id
	WHERE p.submitted_at IS NOT NULL AND p.agreed_at IS NULL AND ` + mySubordinates + `
	  AND EXISTS (SELECT FROM plan_line l WHERE l.employee_id = p.employee_id AND l.year = p.year AND l.state = 'submitted')
	ORDER BY p.submitted_at, e.name, e.id, p.year`

const linesWaiting = `SELECT ` + lineColumns + ` FROM ` + ofLine + ` WHERE l.employee_id = ANY($1) AND l.state = 'submitted' ORDER BY l.employee_id, l.year, l.id`

// PlansWaiting lists the plans that wait for the word of a superior, or of whoever stands in on
// the civil date of now, the oldest first, with the lines that are submitted.
func (t *Tx) PlansWaiting(ctx context.Context, superior int64, now time.Time) ([]plan.Waiting, error) {
	var rows []struct {
		PYear     int       `db:"p_year"`
		Revision  int       `db:"revision"`
		Submitted time.Time `db:"p_submitted"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, plansWaiting, superior, now.Format(time.DateOnly)); err != nil || len(rows) == 0 {
		return nil, safe("list plans", err)
	}
	out := make([]plan.Waiting, len(rows))
	at := map[[2]int64]int{}
	var ids []int64
	for i, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		out[i] = plan.Waiting{Person: e, Year: r.PYear, Revision: r.Revision, SubmittedAt: r.Submitted}
		at[[2]int64{e.ID, int64(r.PYear)}] = i
		ids = append(ids, e.ID)
	}
	var lines []lineRow
	if err := t.tx.SelectContext(ctx, &lines, linesWaiting, pq.Array(ids)); err != nil {
		return nil, safe("list plans", err)
	}
	for _, l := range lines {
		if i, ok := at[[2]int64{l.Employee, int64(l.Year)}]; ok {
			out[i].Lines = append(out[i].Lines, l.line())
		}
	}
	return out, nil
}
