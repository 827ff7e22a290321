package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/personnel"
)

// rightsOf is the key of personnel.Rights of the employee whose id is the
// expression employeeID, on the civil date that is the expression today. Who
// has left has none. Its parts are no EXISTS, because for many people at a time
// Postgres would hash the whole register for that.
func rightsOf(employeeID, today string) string {
	return rightsIf(`(SELECT own.active FROM employee own WHERE own.id = `+employeeID+`)`, employeeID, today)
}

// rightsIf is rightsOf where the row of the employee is read already: active is whether that
// one is in service.
func rightsIf(active, employeeID, today string) string {
	return `CASE WHEN ` + active + ` THEN concat(
		CASE WHEN (SELECT true FROM employee m WHERE m.supervisor_id = ` + employeeID + ` AND m.active LIMIT 1)
		       OR (SELECT true FROM delegation d WHERE d.acting_id = ` + employeeID + ` AND ` + delegationWorks(today) + ` LIMIT 1) THEN 's' END,
		CASE WHEN (SELECT true FROM co_rater cr JOIN period crp ON crp.id = cr.period_id
		       WHERE cr.rater_id = ` + employeeID + ` AND cr.revoked_at IS NULL AND crp.closed_at IS NULL LIMIT 1) THEN 'n' END,
		(SELECT string_agg(DISTINCT CASE g.role WHEN 'officer' THEN 'u' WHEN 'hr' THEN 'h' WHEN 'head' THEN 'k'
		        WHEN 'operator' THEN 'o' ELSE 'a' END, '')
		 FROM role_grant g WHERE g.employee_id = ` + employeeID + ` AND g.revoked_at IS NULL)) ELSE '' END`
}

// delegationWorks is true for a delegation d that was checked and is running.
func delegationWorks(today string) string {
	return `d.ended_at IS NULL AND d.checked_at IS NOT NULL AND ` + today + ` BETWEEN d.starts_on AND d.ends_on`
}

const (
	employeeByNIP = `SELECT id FROM employee WHERE nip = $1 AND active`
	anybodyByNIP  = `SELECT id FROM employee WHERE nip = $1`
	grantRole     = `
		INSERT INTO role_grant (employee_id, role, unit_id, granted_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (employee_id, role, COALESCE(unit_id, 0)) WHERE revoked_at IS NULL DO NOTHING`
	revokeRole = `
		UPDATE role_grant SET revoked_at = $4
		WHERE employee_id = $1 AND role = $2 AND unit_id IS NOT DISTINCT FROM $3 AND revoked_at IS NULL`
)

// Grant gives a role to a person in service, for the unit with one of these
// names (register.UnitNames) if it is RoleOfficer, or takes it away, also from
// somebody who has left. changed is false when it was so already. Codes that
// others made for the person end with the grant. ErrNotFound = there is no such
// person; ErrNoUnit, ErrManyUnits = the unit is not told.
func (t *Tx) Grant(ctx context.Context, nip personnel.NIP, role personnel.Role, units []string, revoke bool, now time.Time) (changed bool, err error) {
	find := employeeByNIP
	if revoke {
		find = anybodyByNIP
	}
	var id int64
	if err := t.one(ctx, &id, find, nip.Reveal()); err != nil {
		return false, err
	}
	var unitID int64
	if role == personnel.RoleOfficer {
		if unitID, err = t.unitNamed(ctx, units); err != nil {
			return false, err
		}
	}
	query, action := grantRole, "grant"
	if revoke {
		query, action = revokeRole, "revoke"
	}
	res, err := t.tx.ExecContext(ctx, query, id, role, nullID(unitID), now)
	if err != nil {
		return false, safe(action, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, safe(action, err)
	}
	if !revoke {
		if _, err := t.tx.ExecContext(ctx, closeCodesOf, id, now); err != nil {
			return false, safe("close codes", err)
		}
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
	WITH slice AS (
		SELECT id, employee_id, menu FROM chat WHERE id > $2 AND reachable AND (employee_id IS NOT NULL OR menu <> '') ORDER BY id LIMIT $3
	), compared AS MATERIALIZED (
		SELECT s.id, s.menu, CASE WHEN s.employee_id IS NULL THEN '' ELSE ` + rightsOf("s.employee_id", "$1::date") + ` END AS key FROM slice s
	)
	SELECT b.read, b.last, COALESCE(c.id, 0) AS id, COALESCE(c.key, '') AS key
	FROM (SELECT count(*) AS read, COALESCE(max(id), 0) AS last FROM slice) b
	LEFT JOIN compared c ON c.menu <> c.key ORDER BY c.id`

const setMenu = `UPDATE chat SET menu = $2 WHERE id = $1`

// StaleMenus compares the command menus of the next `slice` chats with an id
// above after with the rights of their people, on the civil date today, and
// lists those that must be set again. last is the last chat that was compared;
// read is how many there were, less than slice at the end of the list.
func (t *Tx) StaleMenus(ctx context.Context, today time.Time, after int64, slice int) (out []personnel.ChatMenu, last int64, read int, err error) {
	var rows []struct {
		Read int   `db:"read"`
		Last int64 `db:"last"`
		personnel.ChatMenu
	}
	if err := t.tx.SelectContext(ctx, &rows, staleMenus, today.Format(time.DateOnly), after, slice); err != nil {
		return nil, 0, 0, safe("read menus", err)
	}
	for _, r := range rows {
		if r.ChatID != 0 {
			out = append(out, r.ChatMenu)
		}
		last, read = r.Last, r.Read
	}
	return out, last, read, nil
}

// SetMenu notes which menu a chat was given.
func (t *Tx) SetMenu(ctx context.Context, chatID int64, key string) error {
	_, err := t.tx.ExecContext(ctx, setMenu, chatID, key)
	return safe("note menu", err)
}

var guarded = `SELECT ` + rightsOf("$1", "$2::date") + ` <> ''`

// Guarded tells whether a person in service holds a role or leads somebody on
// the civil date of now: whoever has their account has these rights.
func (t *Tx) Guarded(ctx context.Context, id int64, now time.Time) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, guarded, id, now.Format(time.DateOnly))
	return yes, safe("read rights", err)
}
