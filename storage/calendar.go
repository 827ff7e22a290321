package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
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
