package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/task"
)

const (
	ownHolidays = `SELECT to_char(on_date, 'YYYY-MM-DD') AS on_date, name, kind FROM holiday ORDER BY on_date`
	ownRamadans = `SELECT name, to_char(starts_on, 'YYYY-MM-DD') AS starts_on, to_char(ends_on, 'YYYY-MM-DD') AS ends_on FROM ramadan ORDER BY starts_on`
)

// OwnCalendar returns the days off and months of fasting that the agency has
// entered over the shipped ones.
func (t *Tx) OwnCalendar(ctx context.Context) (own courier.OwnCalendar, err error) {
	var days []struct {
		Date string `db:"on_date"`
		Name string `db:"name"`
		Kind string `db:"kind"`
	}
	if err := t.tx.SelectContext(ctx, &days, ownHolidays); err != nil {
		return own, safe("read days off", err)
	}
	for _, d := range days {
		day, err := outreach.ParseDay(d.Date)
		if err != nil {
			return own, err
		}
		own.Holidays = append(own.Holidays, outreach.Holiday{Day: day, Name: d.Name, Kind: outreach.HolidayKind(d.Kind)})
	}
	var months []struct {
		Name string `db:"name"`
		From string `db:"starts_on"`
		To   string `db:"ends_on"`
	}
	if err := t.tx.SelectContext(ctx, &months, ownRamadans); err != nil {
		return own, safe("read months of fasting", err)
	}
	for _, m := range months {
		r := outreach.Ramadan{Name: m.Name, Confirmed: true}
		if r.Days.From, err = outreach.ParseDay(m.From); err != nil {
			return own, err
		}
		if r.Days.To, err = outreach.ParseDay(m.To); err != nil {
			return own, err
		}
		own.Ramadans = append(own.Ramadans, r)
	}
	return own, nil
}

const unitWeeks = `
	WITH RECURSIVE below AS (
		SELECT unit_id, unit_id AS root, 0 AS depth FROM unit_week
		UNION ALL
		SELECT u.id, b.root, b.depth + 1 FROM below b JOIN unit u ON u.parent_id = b.unit_id
		WHERE b.depth < 20 AND NOT EXISTS (SELECT FROM unit_week w WHERE w.unit_id = u.id)
	)
	SELECT b.unit_id, w.days, w.from_min, w.to_min FROM below b JOIN unit_week w ON w.unit_id = b.root`

// weekTable holds the working weeks of the units that have their own.
type weekTable map[int64]outreach.Week

// of is the week of a unit; the zero Week is the agency's.
func (w weekTable) of(unit int64) outreach.Week { return w[unit] }

// unitWeeks reads the weeks of units; what a unit has holds for those below it.
func (t *Tx) unitWeeks(ctx context.Context) (weekTable, error) {
	var rows []struct {
		Unit int64         `db:"unit_id"`
		Days int           `db:"days"`
		From sql.NullInt64 `db:"from_min"`
		To   sql.NullInt64 `db:"to_min"`
	}
	if err := t.tx.SelectContext(ctx, &rows, unitWeeks); err != nil {
		return nil, safe("read weeks of units", err)
	}
	out := make(weekTable, len(rows))
	for _, r := range rows {
		w := outreach.Week{Days: outreach.Weekdays(r.Days)}
		if r.From.Valid && r.To.Valid {
			for d := range w.Hours {
				w.Hours[d] = []outreach.Span{{From: outreach.Clock(r.From.Int64), To: outreach.Clock(r.To.Int64)}}
			}
		}
		out[r.Unit] = w
	}
	return out, nil
}

const (
	// What superiors owe, such as ratings, is due for the whole agency on one
	// day; the other tasks are due by the working week of the person's unit.
	openDues = `
		SELECT DISTINCT CASE WHEN t.kind = ANY($2) THEN 0 ELSE e.unit_id END AS unit, t.due_at AS due
		FROM period p JOIN task t ON t.occasion_id = p.id JOIN employee e ON e.id = t.employee_id
		WHERE p.closed_at IS NULL AND t.due_at > $1`
	movePeriod = `UPDATE period SET due_at = greatest(due_at, $2), rating_due_at = greatest(rating_due_at, $3) WHERE id = $1`
	moveTasks  = `
		UPDATE task t SET due_at = i.later, ladder_at = CASE WHEN t.state IN ('open', 'started') THEN $2 ELSE t.ladder_at END
		FROM unnest($3::bigint[], $4::timestamptz[], $5::timestamptz[]) AS i (unit_id, due_at, later), employee e
		WHERE t.occasion_id = $1 AND t.employee_id = ANY($7) AND e.id = t.employee_id AND t.due_at = i.due_at AND i.later > t.due_at
		  AND i.unit_id = CASE WHEN t.kind = ANY($6) THEN 0 ELSE e.unit_id END`
)

// moveDeadlines moves the deadlines of the open period that lie ahead and are on a
// day off, as the calendar and the weeks of units are now, to the next working day;
// never to an earlier one. now is in the agency's zone. It belongs into every
// transaction that changes days off or weeks.
func (t *Tx) moveDeadlines(ctx context.Context, now time.Time) error {
	p, err := t.CurrentPeriod(ctx)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	own, err := t.OwnCalendar(ctx)
	if err != nil {
		return err
	}
	weeks, err := t.unitWeeks(ctx)
	if err != nil {
		return err
	}
	ofSuperiors := taskKinds(func(k task.Traits) bool { return k.Owner == task.Superior })
	var dues []struct {
		Unit int64     `db:"unit"`
		Due  time.Time `db:"due"`
	}
	if err := t.tx.SelectContext(ctx, &dues, openDues, now, ofSuperiors); err != nil {
		return safe("read deadlines", err)
	}
	calendar := outreach.NewCalendar(own.Facts(now.Location()), outreach.DefaultRules().Hours)
	later := func(due time.Time, w outreach.Week) time.Time {
		if !due.After(now) {
			return due
		}
		return calendar.Deadline(due, w)
	}
	var units []int64
	var from, to []string
	for _, d := range dues {
		units, from = append(units, d.Unit), append(from, d.Due.UTC().Format(time.RFC3339Nano))
		to = append(to, later(d.Due, weeks.of(d.Unit)).UTC().Format(time.RFC3339Nano))
	}
	if _, err := t.tx.ExecContext(ctx, movePeriod, p.ID, later(p.DueAt, outreach.Week{}), later(p.RatingDueAt, outreach.Week{})); err != nil {
		return safe("move the deadline", err)
	}
	if slices.Equal(from, to) {
		return nil
	}
	// People are locked first, as everybody does who changes what they owe: the job of the
	// ladders has read the former deadline, or reads the later one.
	return t.everybody(ctx, func(ids []int64) error {
		if err := t.LockPeople(ctx, ids); err != nil {
			return err
		}
		_, err := t.tx.ExecContext(ctx, moveTasks, p.ID, now, pq.Array(units), pq.Array(from), pq.Array(to), ofSuperiors, pq.Array(ids))
		return safe("move deadlines", err)
	})
}

// deadlines moves the deadlines of a period to working days of the agency, and
// returns that of each unit whose week is its own.
func (t *Tx) deadlines(ctx context.Context, p *Period) (units []int64, dues []string, err error) {
	own, err := t.OwnCalendar(ctx)
	if err != nil {
		return nil, nil, err
	}
	weeks, err := t.unitWeeks(ctx)
	if err != nil {
		return nil, nil, err
	}
	calendar := outreach.NewCalendar(own.Facts(p.DueAt.Location()), outreach.DefaultRules().Hours)
	for unit, week := range weeks {
		units, dues = append(units, unit), append(dues, calendar.Deadline(p.DueAt, week).Format(time.RFC3339))
	}
	p.DueAt = calendar.Deadline(p.DueAt, outreach.Week{})
	p.RatingDueAt = calendar.Deadline(p.RatingDueAt, outreach.Week{})
	return units, dues, nil
}
