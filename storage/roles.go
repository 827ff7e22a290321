package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/personnel"
)

// rightsOf is the key of personnel.Rights of the employee whose id is the
// expression employeeID, on the civil date that is the expression today.
func rightsOf(employeeID, today string) string {
	return `concat(
		CASE WHEN EXISTS (SELECT FROM employee m WHERE m.supervisor_id = ` + employeeID + ` AND m.active)
		       OR EXISTS (SELECT FROM delegation d WHERE d.acting_id = ` + employeeID + ` AND ` + delegationWorks(today) + `) THEN 's' END,
		CASE WHEN EXISTS (SELECT FROM co_rater h JOIN period hp ON hp.id = h.period_id
		       WHERE h.rater_id = ` + employeeID + ` AND h.revoked_at IS NULL AND hp.closed_at IS NULL) THEN 'n' END,
		(SELECT string_agg(DISTINCT CASE g.role WHEN 'officer' THEN 'u' WHEN 'hr' THEN 'h' WHEN 'head' THEN 'k'
		        WHEN 'operator' THEN 'o' ELSE 'a' END, '')
		 FROM role_grant g WHERE g.employee_id = ` + employeeID + ` AND g.revoked_at IS NULL))`
}

// delegationWorks is true for a delegation d that was checked and is running.
func delegationWorks(today string) string {
	return `d.ended_at IS NULL AND d.checked_at IS NOT NULL AND ` + today + ` BETWEEN d.starts_on AND d.ends_on`
}

const (
	employeeByNIP = `SELECT id FROM employee WHERE nip = $1 AND active`
	unitByCode    = `SELECT id FROM unit WHERE code = $1`
	grantRole     = `
		INSERT INTO role_grant (employee_id, role, unit_id, granted_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (employee_id, role, COALESCE(unit_id, 0)) WHERE revoked_at IS NULL DO NOTHING`
	revokeRole = `
		UPDATE role_grant SET revoked_at = $4
		WHERE employee_id = $1 AND role = $2 AND unit_id IS NOT DISTINCT FROM $3 AND revoked_at IS NULL`
)

// ErrNoUnit says that there is no such unit.
var ErrNoUnit = errors.New("no such unit in the register")

// Grant gives a role to a person, for the unit with this code if it is
// RoleOfficer, or takes it away. changed is false when it was so already.
// ErrNotFound = nobody active has this NIP; ErrNoUnit = there is no such unit.
func (t *Tx) Grant(ctx context.Context, nip personnel.NIP, role personnel.Role, unit string, revoke bool, now time.Time) (changed bool, err error) {
	id, err := t.EmployeeByNIP(ctx, nip)
	if err != nil {
		return false, err
	}
	var unitID sql.NullInt64
	if role == personnel.RoleOfficer {
		err := t.tx.GetContext(ctx, &unitID, unitByCode, unit)
		if errors.Is(err, sql.ErrNoRows) {
			return false, ErrNoUnit
		} else if err != nil {
			return false, safe("read unit", err)
		}
	}
	query, action := grantRole, "grant"
	if revoke {
		query, action = revokeRole, "revoke"
	}
	res, err := t.tx.ExecContext(ctx, query, id, role, unitID, now)
	if err != nil {
		return false, safe(action, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, safe(action, err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nil, action, id, string(role))
	return true, safe("audit", err)
}

// EmployeeByNIP finds an active person, or ErrNotFound.
func (t *Tx) EmployeeByNIP(ctx context.Context, nip personnel.NIP) (id int64, err error) {
	err = t.tx.GetContext(ctx, &id, employeeByNIP, nip.Reveal())
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNotFound
	}
	return id, safe("find employee", err)
}

var staleMenus = `
	SELECT c.id, r.key FROM chat c JOIN employee e ON e.id = c.employee_id
	CROSS JOIN LATERAL (SELECT ` + rightsOf("c.employee_id", "$1::date") + ` AS key) r
	WHERE c.menu <> r.key AND c.reachable ORDER BY c.id LIMIT $2`

const (
	formerMenus = `SELECT id, '' AS key FROM chat WHERE employee_id IS NULL AND menu <> '' AND reachable ORDER BY id LIMIT $1`
	setMenu     = `UPDATE chat SET menu = $2 WHERE id = $1`
)

// StaleMenus lists at most limit chats whose command menu must be set anew.
// today is the civil date of the agency.
func (t *Tx) StaleMenus(ctx context.Context, today time.Time, limit int) (out []personnel.ChatMenu, err error) {
	if err := t.tx.SelectContext(ctx, &out, formerMenus, limit); err != nil {
		return nil, safe("read former menus", err)
	}
	var linked []personnel.ChatMenu
	if err := t.tx.SelectContext(ctx, &linked, staleMenus, today.Format(time.DateOnly), limit); err != nil {
		return nil, safe("read menus", err)
	}
	return append(out, linked...), nil
}

// SetMenu notes which menu a chat was given.
func (t *Tx) SetMenu(ctx context.Context, chatID int64, key string) error {
	_, err := t.tx.ExecContext(ctx, setMenu, chatID, key)
	return safe("note menu", err)
}

const holdsRole = `SELECT EXISTS (SELECT FROM role_grant WHERE employee_id = $1 AND revoked_at IS NULL)`

// HoldsRole tells whether a person was granted any role.
func (t *Tx) HoldsRole(ctx context.Context, id int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, holdsRole, id)
	return yes, safe("read roles", err)
}
