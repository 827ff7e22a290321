package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

const delegationColumns = `d.id, d.for_id, o.name AS for_name, d.acting_id, a.name AS acting_name, d.starts_on, d.ends_on,
	d.letter, d.rates, d.checked_at IS NOT NULL AS checked, d.version, COALESCE(d.asked_by, 0) AS asked_by`

type delegationRow struct {
	ID         int64        `db:"id"`
	ForID      int64        `db:"for_id"`
	ForName    string       `db:"for_name"`
	ActingID   int64        `db:"acting_id"`
	ActingName string       `db:"acting_name"`
	From       sql.NullTime `db:"starts_on"`
	To         sql.NullTime `db:"ends_on"`
	Letter     string       `db:"letter"`
	Rates      bool         `db:"rates"`
	Checked    bool         `db:"checked"`
	Version    int          `db:"version"`
	AskedBy    int64        `db:"asked_by"`
}

func (r delegationRow) delegation() personnel.Delegation {
	return personnel.Delegation{ID: r.ID, ForID: r.ForID, ForName: personnel.DisplayName(r.ForName), ActingID: r.ActingID,
		ActingName: personnel.DisplayName(r.ActingName), From: r.From.Time, To: r.To.Time, Letter: r.Letter, Rates: r.Rates, Checked: r.Checked,
		Version: r.Version, AskedBy: r.AskedBy}
}

var (
	addDelegation = `
		INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (for_id, acting_id, starts_on) DO UPDATE SET ends_on = excluded.ends_on, letter = excluded.letter,
		       rates = excluded.rates, checked_at = NULL, checked_by = NULL, asked_by = NULL, ended_at = NULL, version = delegation.version + 1`
	delegationsIn = inArea + `
		SELECT ` + delegationColumns + `
		FROM delegation d JOIN employee o ON o.id = d.for_id JOIN employee a ON a.id = d.acting_id
		WHERE d.ended_at IS NULL AND d.starts_on IS NOT NULL AND d.ends_on >= $3::date
		  AND ($1 OR o.unit_id IN (SELECT unit_id FROM mine))`
	delegationsWaiting = delegationsIn + ` AND d.checked_at IS NULL ORDER BY d.starts_on, d.id`
	delegationByID     = delegationsIn + ` AND d.id = $4`
	delegationsFor     = `
		SELECT ` + delegationColumns + `
		FROM delegation d JOIN employee o ON o.id = d.for_id JOIN employee a ON a.id = d.acting_id
		WHERE d.for_id = $1 AND d.ended_at IS NULL AND d.ends_on >= $2::date ORDER BY d.starts_on, d.id`
	checkDelegation = `UPDATE delegation SET checked_at = $2, checked_by = $3 WHERE id = $1 AND version = $4 AND checked_at IS NULL AND ended_at IS NULL`
	endDelegation   = `UPDATE delegation SET ended_at = $3 WHERE id = $1 AND for_id = $2 AND ended_at IS NULL RETURNING acting_id`
	workingStandIns = `
		SELECT x.key FROM unnest($1::text[]) AS x (key)
		CROSS JOIN LATERAL regexp_match(x.key, '` + personnel.ActingPrefix + `(\d+):(\d+):') AS m
		JOIN delegation d ON d.id = m[1]::bigint AND d.version = m[2]::int
		WHERE d.checked_at IS NOT NULL AND d.ended_at IS NULL AND d.ends_on >= $2::date`
	// Who may have been told of the stand-in: the people of the official, and the two.
	toldOfStandIn = `
		SELECT n.employee_id FROM notice n JOIN employee e ON e.id = n.employee_id
		WHERE (e.supervisor_id = $1 OR e.id IN ($1, $2)) AND n.kind = '` + string(outreach.Acting) + `' AND n.action IN ('send', 'merge')
		  AND n.reply IS NOT NULL AND strpos(n.key, $3) > 0 ORDER BY n.employee_id`
	withdrawActing = `WITH ` + withdraw("$1::bigint", "strpos(n.key, $2) > 0", "'infinity'::timestamptz", "$3", "$4::timestamptz") + `
		SELECT count(*) FROM withdrawn`
	endUnchecked = `UPDATE delegation SET ended_at = $2 WHERE id = $1 AND version = $3 AND checked_at IS NULL AND ended_at IS NULL`
)

// AddDelegation stores a stand-in, who acts once the letter was checked. The
// same official, stand-in and first day replace what was there.
func (t *Tx) AddDelegation(ctx context.Context, d personnel.Delegation, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, addDelegation, d.ForID, d.ActingID, civil(d.From), civil(d.To), d.Letter, d.Rates, now)
	if err != nil {
		return safe("add delegation", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, d.ForID, "delegation.asked", d.ActingID, bossDetail(d.ForID, d.ActingID))
	return safe("audit", err)
}

// Who stood in before comes first, then who leads people, then the own people.
const standIns = `
	SELECT ` + employeeColumns + `, '' AS state, false AS late, EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) AS linked
	FROM employee e JOIN unit u ON u.id = e.unit_id
	WHERE e.active AND e.id <> $1 AND (e.supervisor_id = $1 OR e.supervisor_id = (SELECT supervisor_id FROM employee WHERE id = $1))
	ORDER BY EXISTS (SELECT FROM delegation d WHERE d.for_id = $1 AND d.acting_id = e.id) DESC,
	         EXISTS (SELECT FROM employee x WHERE x.supervisor_id = e.id AND x.active) DESC, e.supervisor_id = $1 DESC, e.name, e.id
	LIMIT $2`

// StandIns lists who may well stand in for somebody: the own people, and those who have
// the same superior.
func (t *Tx) StandIns(ctx context.Context, official int64, limit int) ([]personnel.Member, error) {
	return t.members(ctx, standIns, official, limit)
}

// civil is a date for a column of type date; the zero time is NULL.
func civil(t time.Time) sql.NullString {
	return sql.NullString{String: t.Format(time.DateOnly), Valid: !t.IsZero()}
}

// Delegations lists what waits for the check against the letter in an area.
func (t *Tx) Delegations(ctx context.Context, a personnel.Area, today time.Time) ([]personnel.Delegation, error) {
	return t.delegations(ctx, delegationsWaiting, a.All, a.Officer, today.Format(time.DateOnly))
}

// DelegationsOf lists an official's stand-ins of today and later.
func (t *Tx) DelegationsOf(ctx context.Context, employeeID int64, today time.Time) ([]personnel.Delegation, error) {
	return t.delegations(ctx, delegationsFor, employeeID, today.Format(time.DateOnly))
}

func (t *Tx) delegations(ctx context.Context, query string, args ...any) ([]personnel.Delegation, error) {
	var rows []delegationRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list delegations", err)
	}
	out := make([]personnel.Delegation, len(rows))
	for i, r := range rows {
		out[i] = r.delegation()
	}
	return out, nil
}

// CheckDelegation notes that an officer found a stand-in right, or ends it, and
// returns what was decided. ErrNotFound when nothing of the area waits there in
// the version that the officer saw, or when the officer is the official, the
// stand-in or whoever imported it: nobody checks their own letter, and nobody
// alone lets a person read answers.
func (t *Tx) CheckDelegation(ctx context.Context, a personnel.Area, id int64, version int, by int64, accept bool, now time.Time) (personnel.Delegation, error) {
	list, err := t.delegations(ctx, delegationByID, a.All, a.Officer, now.Format(time.DateOnly), id)
	if err != nil {
		return personnel.Delegation{}, err
	}
	if len(list) == 0 || list[0].Checked || list[0].Version != version || list[0].ConcernsSelf(by) {
		return personnel.Delegation{}, ErrNotFound
	}
	action := "delegation.checked"
	var res sql.Result
	if accept {
		res, err = t.tx.ExecContext(ctx, checkDelegation, id, now, by, version)
	} else {
		action = "delegation.refused"
		res, err = t.tx.ExecContext(ctx, endUnchecked, id, now, version)
	}
	if err != nil {
		return personnel.Delegation{}, safe("check delegation", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 { // it was asked for again since it was read
		return personnel.Delegation{}, ErrNotFound
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, action, list[0].ForID, bossDetail(list[0].ForID, list[0].ActingID))
	return list[0], safe("audit", err)
}

// WorkingStandIns returns which of the given keys (personnel.ActingKey) are about a
// letter that works, now or from a later day on.
func (t *Tx) WorkingStandIns(ctx context.Context, keys []string, now time.Time) (map[string]bool, error) {
	return t.keys(ctx, "read stand-ins", workingStandIns, pq.Array(keys), now.Format(time.DateOnly))
}

// EndDelegation ends a stand-in of this official, or ErrNotFound. Who was to hear that it
// works does not hear it any more.
func (t *Tx) EndDelegation(ctx context.Context, id, forID int64, now time.Time) error {
	var acting int64
	if err := t.one(ctx, &acting, endDelegation, id, forID, now); err != nil {
		return err
	}
	if err := t.withdrawStandIn(ctx, id, forID, acting, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, forID, "delegation.ended", forID, bossDetail(acting, forID))
	return safe("audit", err)
}

// withdrawStandIn takes back what waits to be sent about a letter that has ended.
func (t *Tx) withdrawStandIn(ctx context.Context, id, official, acting int64, now time.Time) error {
	about := fmt.Sprintf("%s%d:", personnel.ActingPrefix, id)
	var told []int64
	if err := t.tx.SelectContext(ctx, &told, toldOfStandIn, official, acting, about); err != nil {
		return safe("read who is told of a stand-in", err)
	}
	for _, person := range told {
		if _, err := t.tx.ExecContext(ctx, withdrawActing, person, about, string(outreach.Closed), now); err != nil {
			return safe("withdraw messages", err)
		}
	}
	return nil
}
