package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
)

// Invitee is an active person whose account is not linked yet.
type Invitee struct {
	EmployeeID int64
	NIP        personnel.NIP
	Name       string
	Unit       string
}

// Whoever holds a code that still works is left out, unless all are wanted.
const invitees = `
	SELECT e.id, e.nip, e.name, u.name AS unit FROM employee e JOIN unit u ON u.id = e.unit_id
	WHERE e.active AND ($1 = 0 OR u.id = $1)
	  AND NOT EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id)
	  AND ($2 OR NOT EXISTS (SELECT FROM link_code k WHERE k.employee_id = e.id
	       AND k.used_at IS NULL AND k.closed_at IS NULL AND k.expires_at > $3))
	ORDER BY u.name, e.name, e.id FOR UPDATE OF e`

// Invitees lists who may get a one-time code, by unit and name: everybody whose
// account is not linked and, unless all is true, who holds no code that works.
// units are the names of one unit (register.UnitNames), none for all; ErrNoUnit
// and ErrManyUnits say that it is not told.
func (t *Tx) Invitees(ctx context.Context, units []string, all bool, now time.Time) ([]Invitee, error) {
	var unit int64
	if len(units) > 0 {
		id, err := t.unitNamed(ctx, units)
		if err != nil {
			return nil, err
		}
		unit = id
	}
	var rows []struct {
		ID   int64  `db:"id"`
		NIP  string `db:"nip"`
		Name string `db:"name"`
		Unit string `db:"unit"`
	}
	if err := t.tx.SelectContext(ctx, &rows, invitees, unit, all, now); err != nil {
		return nil, safe("list invitees", err)
	}
	out := make([]Invitee, len(rows))
	for i, r := range rows {
		nip, err := personnel.RestoreNIP(r.NIP)
		if err != nil {
			return nil, safe("list invitees", err)
		}
		out[i] = Invitee{EmployeeID: r.ID, NIP: nip, Name: r.Name, Unit: r.Unit}
	}
	return out, nil
}

const (
	closeCodes = `UPDATE link_code SET closed_at = $2
		WHERE employee_id = ANY($1) AND used_at IS NULL AND closed_at IS NULL`
	addCodes = `INSERT INTO link_code (hash, employee_id, created_at, expires_at)
		SELECT hash, employee_id, $3, $4 FROM unnest($1::bytea[], $2::bigint[]) AS c (hash, employee_id)`
)

// ReplaceCodes stores one new code for each person, by its keyed hash, and
// closes what codes they had before: only the newest slip works.
func (t *Tx) ReplaceCodes(ctx context.Context, employees []int64, hashes [][]byte, now, expires time.Time) error {
	if _, err := t.tx.ExecContext(ctx, closeCodes, pq.Array(employees), now); err != nil {
		return safe("close codes", err)
	}
	if _, err := t.tx.ExecContext(ctx, addCodes, pq.ByteaArray(hashes), pq.Array(employees), now, expires); err != nil {
		return safe("add codes", err)
	}
	_, err := t.tx.ExecContext(ctx, auditRow, now, "invite", "")
	return safe("audit", err)
}
