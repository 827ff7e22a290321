package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/summary"
)

// summarized is true for an employee e who gets summaries on the civil date $3.
// A superior with a stand-in gets none: it goes to the stand-in (voice.md,
// Plt./Plh.), and to both stand-ins if there are two. OFFSET 0 makes one lookup
// for each person; else whoever is led is read for each page.
var summarized = `e.active AND (
	EXISTS (SELECT FROM employee s WHERE s.supervisor_id = e.id AND s.active OFFSET 0)
	AND e.id NOT IN (SELECT d.for_id FROM delegation d WHERE ` + delegationWorks("$3::date") + `)
	OR e.id IN (SELECT d.acting_id FROM delegation d JOIN employee s ON s.supervisor_id = d.for_id AND s.active AND s.id <> d.acting_id
	            WHERE ` + delegationWorks("$3::date") + `))`

// waitingFor adds to the people p the preference of each, and whether the summary
// of the week $1 is still to be decided at $2.
func waitingFor(people string) string {
	return `WITH p AS (SELECT e.id, e.unit_id, e.name, e.sex FROM employee e WHERE ` + people + `)
	SELECT p.*, COALESCE(w.weekday, 1) AS weekday, COALESCE(w.minute, 0) AS minute, w.muted_until,
	       c.id IS NOT NULL AND (n.id IS NULL OR n.action = 'hold' AND n.at <= $2) AS waits
	FROM p LEFT JOIN LATERAL (SELECT h.id FROM chat h WHERE h.employee_id = p.id OFFSET 0) c ON true
	LEFT JOIN summary_wish w ON w.employee_id = p.id
	LEFT JOIN LATERAL (SELECT x.id, x.action, x.at FROM notice x WHERE x.key = 'summary:' || p.id || $1 OFFSET 0) n ON true
	ORDER BY p.unit_id, p.id`
}

var (
	superiors   = waitingFor(`(e.unit_id, e.id) > ($4::bigint, $5::bigint) AND ` + summarized + ` ORDER BY e.unit_id, e.id LIMIT $6`)
	superiorsOf = waitingFor(`e.id = ANY($4) AND ` + summarized)
)

// Superiors lists who gets summaries, by unit, after the given one.
func (t *Tx) Superiors(ctx context.Context, suffix string, now time.Time, after summary.Superior, limit int) ([]summary.Superior, error) {
	return t.superiors(ctx, superiors, suffix, now, now.Format(time.DateOnly), after.Unit, after.Person.ID, limit)
}

// SuperiorsOf returns who of the given people gets summaries.
func (t *Tx) SuperiorsOf(ctx context.Context, suffix string, now time.Time, ids []int64) ([]summary.Superior, error) {
	return t.superiors(ctx, superiorsOf, suffix, now, now.Format(time.DateOnly), pq.Array(ids))
}

func (t *Tx) superiors(ctx context.Context, query string, args ...any) ([]summary.Superior, error) {
	var rows []struct {
		superiorRow
		preferenceRow
		Unit  int64 `db:"unit_id"`
		Waits bool  `db:"waits"`
	}
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list superiors", err)
	}
	out := make([]summary.Superior, len(rows))
	for i, r := range rows {
		out[i] = summary.Superior{Person: r.person(), Unit: r.Unit, Preference: r.preference(), Waits: r.Waits}
	}
	return out, nil
}
