package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
)

const noteBlocks = `
	WITH back AS (
		UPDATE silence s SET ended_at = $1 FROM chat c
		WHERE s.kind = 'block' AND s.ended_at IS NULL AND c.employee_id = s.employee_id AND c.reachable
	)
	INSERT INTO silence (employee_id, kind, at)
	SELECT c.employee_id, 'block', $1 FROM chat c
	WHERE NOT c.reachable AND c.employee_id IS NOT NULL
	  AND NOT EXISTS (SELECT FROM silence s WHERE s.employee_id = c.employee_id AND s.kind = 'block' AND s.ended_at IS NULL)
	ON CONFLICT DO NOTHING`

// NoteBlocks notes who has blocked the bot since the last look, and who has come
// back.
func (t *Tx) NoteBlocks(ctx context.Context, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, noteBlocks, now)
	return safe("note blocks", err)
}

// Who muted and blocked counts once, as muted.
const countUnitWeeks = `
	WITH quiet AS (
		SELECT e.unit_id, s.employee_id, bool_or(s.kind = 'mute') AS muted
		FROM silence s JOIN employee e ON e.id = s.employee_id
		WHERE s.at > $1 AND s.at > COALESCE((SELECT max(p.resumed_at) FROM unit_pause p WHERE p.unit_id = e.unit_id), '-infinity')
		GROUP BY e.unit_id, s.employee_id
	)
	SELECT u.id AS unit, u.name, count(*) FILTER (WHERE q.muted) AS muted, count(*) FILTER (WHERE NOT q.muted) AS blocked,
	       (SELECT count(*) FROM employee e JOIN chat c ON c.employee_id = e.id WHERE e.unit_id = u.id AND e.active) AS people
	FROM quiet q JOIN unit u ON u.id = q.unit_id
	WHERE NOT EXISTS (SELECT FROM unit_pause p WHERE p.unit_id = u.id AND p.resumed_at IS NULL)
	GROUP BY u.id, u.name ORDER BY u.id`

// UnitWeeks counts the units in which somebody muted or blocked since the given
// time and since sending was last resumed; not those that are paused.
func (t *Tx) UnitWeeks(ctx context.Context, since time.Time) ([]reminder.UnitWeek, error) {
	var rows []struct {
		Unit    int64  `db:"unit"`
		Name    string `db:"name"`
		People  int    `db:"people"`
		Muted   int    `db:"muted"`
		Blocked int    `db:"blocked"`
	}
	if err := t.tx.SelectContext(ctx, &rows, countUnitWeeks, since); err != nil {
		return nil, safe("count silence by unit", err)
	}
	out := make([]reminder.UnitWeek, len(rows))
	for i, r := range rows {
		out[i] = reminder.UnitWeek{Unit: r.Unit, Name: r.Name, UnitWeek: outreach.UnitWeek{People: r.People, Muted: r.Muted, Blocked: r.Blocked}}
	}
	return out, nil
}

const pauseUnit = `
	INSERT INTO unit_pause (unit_id, paused_at, people, muted, blocked) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (unit_id) WHERE resumed_at IS NULL DO NOTHING RETURNING id`

// PauseUnit stops sending to a unit and returns the pause; 0 = it is paused.
func (t *Tx) PauseUnit(ctx context.Context, unit int64, u outreach.UnitWeek, now time.Time) (id int64, err error) {
	err = t.tx.GetContext(ctx, &id, pauseUnit, unit, now, u.People, u.Muted, u.Blocked)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, safe("pause a unit", err)
}

const pauses = `
	SELECT p.id, u.name AS unit, p.paused_at, p.people, p.muted, p.blocked
	FROM unit_pause p JOIN unit u ON u.id = p.unit_id WHERE p.resumed_at IS NULL ORDER BY p.paused_at, p.id LIMIT $1`

// Pauses lists the units to which nothing is sent, longest first.
func (t *Tx) Pauses(ctx context.Context, limit int) (list []reminder.Pause, err error) {
	err = t.tx.SelectContext(ctx, &list, pauses, limit)
	return list, safe("read paused units", err)
}

const (
	resumeUnit = `UPDATE unit_pause SET resumed_at = $2, resumed_by = $3 WHERE id = $1 AND resumed_at IS NULL RETURNING unit_id`
	auditPause = `INSERT INTO audit (at, actor, action, detail) SELECT $1, $2, 'unit.resume', name FROM unit WHERE id = $3`
)

// ResumeUnit ends a pause; ErrNotFound when it has ended.
func (t *Tx) ResumeUnit(ctx context.Context, id, by int64, now time.Time) error {
	var unit int64
	err := t.tx.GetContext(ctx, &unit, resumeUnit, id, now, by)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return safe("resume a unit", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPause, now, by, unit)
	return safe("audit", err)
}

const officers = `
	SELECT DISTINCT g.employee_id FROM role_grant g JOIN employee e ON e.id = g.employee_id
	WHERE g.role IN ('hr', 'operator') AND g.revoked_at IS NULL AND e.active ORDER BY 1`

// Officers returns the personnel office and the operator.
func (t *Tx) Officers(ctx context.Context) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, officers)
	return ids, safe("read officers", err)
}
