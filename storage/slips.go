package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
)

// toInvite are the people of an area who have no account, in a unit u: who holds a code
// that works at $3, and who is out of the reach of an officer of units: people who hold a
// role or lead somebody.
var toInvite = inArea + `, person AS (
		SELECT e.id, e.nip, e.name, e.unit_id, NOT $1 AND ` + rightsOf("e.id", "$4::date") + ` <> '' AS guarded,
		       EXISTS (SELECT FROM link_code k WHERE k.employee_id = e.id AND k.used_at IS NULL AND k.closed_at IS NULL AND k.expires_at > $3) AS coded,
		       (SELECT max(k.created_at) FROM link_code k WHERE k.employee_id = e.id) AS last
		FROM employee e WHERE ` + areaOf + ` AND NOT EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id)
	)`

var (
	slipUnits = toInvite + `
		SELECT u.id AS unit, ` + unitLabel + ` AS name, count(*) FILTER (WHERE NOT guarded) AS people, count(*) FILTER (WHERE coded AND NOT guarded) AS coded,
		       count(*) FILTER (WHERE guarded) AS guarded
		FROM person p JOIN unit u ON u.id = p.unit_id WHERE $5 = 0 OR u.id = $5 GROUP BY u.id ORDER BY 3 DESC, 2, u.id`
	slipPeople = toInvite + `
		SELECT p.id FROM person p WHERE p.unit_id = $5 AND NOT p.guarded AND ($6 OR NOT p.coded) ORDER BY p.coded, p.last NULLS FIRST, p.name, p.id LIMIT $7`
	lockInvitees = `SELECT id FROM employee WHERE id = ANY($1) AND active ORDER BY id FOR UPDATE`
	// Somebody may have come in before the lock.
	stillInvited = `SELECT e.id FROM employee e WHERE e.id = ANY($1) AND e.active AND NOT EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) ORDER BY e.id`
	auditCodes   = `INSERT INTO audit (at, actor, action, employee_id, detail) SELECT $1, $2, 'code', id, '' FROM unnest($3::bigint[]) AS i (id)`
	slipCodes    = toInvite + `
		SELECT p.id, p.nip, p.name, u.name AS unit, k.hash, k.expires_at
		FROM person p JOIN link_code k ON k.employee_id = p.id JOIN unit u ON u.id = p.unit_id
		WHERE p.unit_id = $5 AND NOT p.guarded AND k.created_at = $6 AND k.used_at IS NULL AND k.closed_at IS NULL
		ORDER BY p.name, p.id`
)

// SlipUnits counts, of each unit of an area, or of one alone, the people for whom slips
// may be printed; the most first.
func (t *Tx) SlipUnits(ctx context.Context, a personnel.Area, unit int64, now time.Time) (list []personnel.SlipUnit, err error) {
	err = t.tx.SelectContext(ctx, &list, slipUnits, a.All, a.Officer, now, now.Format(time.DateOnly), unit)
	return list, safe("count who has no account", err)
}

// SlipPeople locks and returns the ids of people of a unit of the area who have no
// account, at most limit: those without a code that works or, with renew, first these
// and then the others, whose code is the oldest. Who may not be invited by an officer of
// units is left out.
func (t *Tx) SlipPeople(ctx context.Context, a personnel.Area, unit int64, renew bool, limit int, now time.Time) (ids []int64, err error) {
	var wanted []int64
	if err := t.tx.SelectContext(ctx, &wanted, slipPeople, a.All, a.Officer, now, now.Format(time.DateOnly), unit, renew, limit); err != nil {
		return nil, safe("list who has no account", err)
	}
	if _, err := t.tx.ExecContext(ctx, lockInvitees, pq.Array(wanted)); err != nil {
		return nil, safe("lock people", err)
	}
	err = t.tx.SelectContext(ctx, &ids, stillInvited, pq.Array(wanted))
	return ids, safe("list who has no account", err)
}

// PrintCodes stores one new code for each person, by its keyed hash, on behalf of
// somebody, and closes the former ones.
func (t *Tx) PrintCodes(ctx context.Context, people []int64, hashes [][]byte, by int64, now, expires time.Time) error {
	if err := t.ReplaceCodes(ctx, people, hashes, now, expires); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditCodes, now, by, pq.Array(people))
	return safe("audit", err)
}

// SlipCodes lists the people of a unit of the area whose code was made at a moment and is
// open still, by name; without those who may not be invited from there now.
func (t *Tx) SlipCodes(ctx context.Context, a personnel.Area, unit int64, made, now time.Time) ([]personnel.SlipCode, error) {
	var rows []struct {
		ID      int64     `db:"id"`
		NIP     string    `db:"nip"`
		Name    string    `db:"name"`
		Unit    string    `db:"unit"`
		Hash    []byte    `db:"hash"`
		Expires time.Time `db:"expires_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, slipCodes, a.All, a.Officer, now, now.Format(time.DateOnly), unit, made); err != nil {
		return nil, safe("list codes", err)
	}
	out := make([]personnel.SlipCode, len(rows))
	for i, r := range rows {
		nip, err := personnel.RestoreNIP(r.NIP)
		if err != nil {
			return nil, safe("list codes", err)
		}
		out[i] = personnel.SlipCode{Employee: r.ID, NIP: nip, Name: r.Name, Unit: r.Unit, Hash: r.Hash, Expires: r.Expires}
	}
	return out, nil
}
