package storage

import (
	"context"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/register"
)

const (
	givenHolidays   = `unnest($1::text[], $2::text[], $3::text[]) AS i (on_date, name, kind)`
	compareHolidays = `
		SELECT count(*) FILTER (WHERE h.on_date IS NULL) AS new, count(*) FILTER (WHERE (h.name, h.kind) <> (i.name, i.kind)) AS changed,
		       count(*) FILTER (WHERE (h.name, h.kind) = (i.name, i.kind)) AS unchanged
		FROM ` + givenHolidays + ` LEFT JOIN holiday h ON h.on_date = i.on_date::date`
	storeHolidays = `
		INSERT INTO holiday (on_date, name, kind) SELECT on_date::date, name, kind FROM ` + givenHolidays + `
		ON CONFLICT (on_date) DO UPDATE SET name = excluded.name, kind = excluded.kind
		WHERE (holiday.name, holiday.kind) <> (excluded.name, excluded.kind)`
)

const (
	givenMonths   = `unnest($1::text[], $2::text[], $3::text[]) AS i (name, starts_on, ends_on)`
	compareMonths = `
		SELECT count(*) FILTER (WHERE r.name IS NULL) AS new,
		       count(*) FILTER (WHERE (r.starts_on, r.ends_on) <> (i.starts_on::date, i.ends_on::date)) AS changed,
		       count(*) FILTER (WHERE (r.starts_on, r.ends_on) = (i.starts_on::date, i.ends_on::date)) AS unchanged
		FROM ` + givenMonths + ` LEFT JOIN ramadan r ON r.name = i.name`
	storeMonths = `
		INSERT INTO ramadan (name, starts_on, ends_on) SELECT name, starts_on::date, ends_on::date FROM ` + givenMonths + `
		ON CONFLICT (name) DO UPDATE SET starts_on = excluded.starts_on, ends_on = excluded.ends_on
		WHERE (ramadan.starts_on, ramadan.ends_on) <> (excluded.starts_on, excluded.ends_on)`
)

// ImportHolidays stores days off, and months of fasting whose first and last day
// are both there: each last day belongs to the first day before it. A deadline of
// the open period that is on a day off now moves.
func (t *Tx) ImportHolidays(ctx context.Context, list []register.Holiday, now time.Time) (register.Imported, error) {
	var dates, names, kinds, months, from, to []string
	list = slices.SortedFunc(slices.Values(list), func(a, b register.Holiday) int { return a.Date.Compare(b.Date) })
	first := register.Holiday{}
	for _, h := range list {
		switch h.Kind {
		case "ramadan_start":
			first = h
		case "ramadan_end":
			if !first.Date.IsZero() && h.Date.Before(first.Date.AddDate(0, 0, 31)) {
				months, from, to = append(months, first.Name), append(from, first.Date.Format(time.DateOnly)), append(to, h.Date.Format(time.DateOnly))
			}
			first = register.Holiday{}
		default:
			dates, names, kinds = append(dates, h.Date.Format(time.DateOnly)), append(names, h.Name), append(kinds, h.Kind)
		}
	}
	out, err := t.importList(ctx, "holidays", compareHolidays, storeHolidays, now, pq.Array(dates), pq.Array(names), pq.Array(kinds))
	if err != nil {
		return out, err
	}
	if err := t.moveDeadlines(ctx, now); err != nil || len(months) == 0 {
		return out, err
	}
	more, err := t.importList(ctx, "ramadan", compareMonths, storeMonths, now, pq.Array(months), pq.Array(from), pq.Array(to))
	// One month of fasting is two rows of the list.
	out.New, out.Changed, out.Unchanged = out.New+2*more.New, out.Changed+2*more.Changed, out.Unchanged+2*more.Unchanged
	return out, err
}

const unitNames = `SELECT id, code, name FROM unit ORDER BY id DESC`

// unitsByKey returns units by code and by name, both in comparable form. Of two
// units of one name the older one counts.
func (t *Tx) unitsByKey(ctx context.Context) (map[string]int64, error) {
	var all []struct {
		ID         int64 `db:"id"`
		Code, Name string
	}
	if err := t.tx.SelectContext(ctx, &all, unitNames); err != nil {
		return nil, safe("read units", err)
	}
	out := make(map[string]int64, 2*len(all))
	for _, u := range all {
		out[register.UnitKey(u.Name)] = u.ID
	}
	for _, u := range all {
		out[register.UnitKey(u.Code)] = u.ID
	}
	return out, nil
}

// UnitKeys returns codes and names of all units in comparable form.
func (t *Tx) UnitKeys(ctx context.Context) (map[string]bool, error) {
	units, err := t.unitsByKey(ctx)
	out := make(map[string]bool, len(units))
	for k := range units {
		out[k] = true
	}
	return out, err
}

const (
	givenWeeks = `
		SELECT DISTINCT ON (i.unit_id) i.unit_id, i.days, nullif(i.from_min, 0) AS from_min, nullif(i.to_min, 0) AS to_min
		FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[]) WITH ORDINALITY AS i (unit_id, days, from_min, to_min, n)
		ORDER BY i.unit_id, i.n DESC`
	compareWeeks = `
		SELECT count(*) FILTER (WHERE w.unit_id IS NULL) AS new,
		       count(*) FILTER (WHERE w.unit_id IS NOT NULL AND (w.days, w.from_min, w.to_min) IS DISTINCT FROM (g.days, g.from_min, g.to_min)) AS changed,
		       count(*) FILTER (WHERE w.unit_id IS NOT NULL AND (w.days, w.from_min, w.to_min) IS NOT DISTINCT FROM (g.days, g.from_min, g.to_min)) AS unchanged
		FROM (` + givenWeeks + `) g LEFT JOIN unit_week w ON w.unit_id = g.unit_id`
	storeWeeks = `
		INSERT INTO unit_week (unit_id, days, from_min, to_min) SELECT unit_id, days, from_min, to_min FROM (` + givenWeeks + `) g
		ON CONFLICT (unit_id) DO UPDATE SET days = excluded.days, from_min = excluded.from_min, to_min = excluded.to_min
		WHERE (unit_week.days, unit_week.from_min, unit_week.to_min) IS DISTINCT FROM (excluded.days, excluded.from_min, excluded.to_min)`
)

// ImportWeeks stores working weeks of units. A deadline of the open period on a day
// off of its unit moves.
func (t *Tx) ImportWeeks(ctx context.Context, list []register.Week, now time.Time) (register.Imported, error) {
	known, err := t.unitsByKey(ctx)
	if err != nil {
		return register.Imported{}, err
	}
	n := len(list)
	units, days, from, to := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, w := range list {
		units[i], days[i], from[i], to[i] = known[w.Unit], int64(w.Days), int64(w.From), int64(w.To)
	}
	out, err := t.importList(ctx, "weeks", compareWeeks, storeWeeks, now, pq.Array(units), pq.Array(days), pq.Array(from), pq.Array(to))
	if err != nil {
		return out, err
	}
	return out, t.moveDeadlines(ctx, now)
}
