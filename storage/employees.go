package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bangkom/internal/personnel"
)

// employeeColumns is the list that employeeRow scans; e is employee, u is unit.
const employeeColumns = `e.id AS e_id, e.nip, e.name, e.sex, e.unit_id, u.name AS unit_name, e.position_title,
	e.class_code, e.supervisor_id, e.active, e.self_only`

type employeeRow struct {
	EID           sql.NullInt64  `db:"e_id"`
	NIP           sql.NullString `db:"nip"`
	Name          sql.NullString `db:"name"`
	Sex           sql.NullInt64  `db:"sex"`
	UnitID        sql.NullInt64  `db:"unit_id"`
	UnitName      sql.NullString `db:"unit_name"`
	PositionTitle sql.NullString `db:"position_title"`
	ClassCode     sql.NullString `db:"class_code"`
	SupervisorID  sql.NullInt64  `db:"supervisor_id"`
	Active        sql.NullBool   `db:"active"`
	SelfOnly      sql.NullBool   `db:"self_only"`
}

func (r employeeRow) employee() (personnel.Employee, error) {
	nip, err := personnel.RestoreNIP(r.NIP.String)
	if err != nil {
		return personnel.Employee{}, fmt.Errorf("employee %d: %w", r.EID.Int64, err)
	}
	e := personnel.Employee{ID: r.EID.Int64, NIP: nip, Name: r.Name.String, Sex: sexOf(r.Sex.Int64),
		UnitID: r.UnitID.Int64, UnitName: r.UnitName.String, ClassCode: r.ClassCode.String,
		PositionTitle: r.PositionTitle.String, Status: personnel.Inactive, SelfOnly: r.SelfOnly.Bool}
	if r.SupervisorID.Valid {
		e.SupervisorID = &r.SupervisorID.Int64
	}
	if r.Active.Bool {
		e.Status = personnel.Active
	}
	return e, nil
}

const employeeByID = `
	SELECT ` + employeeColumns + ` FROM employee e JOIN unit u ON u.id = e.unit_id WHERE e.id = $1`

// Employee returns one person of the register, or ErrNotFound.
func (t *Tx) Employee(ctx context.Context, id int64) (personnel.Employee, error) {
	var r employeeRow
	err := t.tx.GetContext(ctx, &r, employeeByID, id)
	if errors.Is(err, sql.ErrNoRows) {
		return personnel.Employee{}, ErrNotFound
	}
	if err != nil {
		return personnel.Employee{}, safe("read employee", err)
	}
	return r.employee()
}

const (
	putUnit = `INSERT INTO unit (code, name) VALUES ($1, $2)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id`
	putEmployee = `
		INSERT INTO employee (nip, name, sex, unit_id, position_title, class_code, supervisor_id)
		VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7)
		ON CONFLICT (nip) DO UPDATE SET name = excluded.name, unit_id = excluded.unit_id,
		       position_title = excluded.position_title, class_code = excluded.class_code,
		       supervisor_id = excluded.supervisor_id
		RETURNING id`
)

// PutUnit stores an organisational unit (unit kerja) by its code; it returns its id.
func (t *Tx) PutUnit(ctx context.Context, code, name string) (id int64, err error) {
	err = t.tx.GetContext(ctx, &id, putUnit, code, name)
	return id, safe("store unit", err)
}

// PutEmployee stores a person by NIP and returns the id. ID, UnitName and
// Status of e are not used.
func (t *Tx) PutEmployee(ctx context.Context, e personnel.Employee) (id int64, err error) {
	var boss sql.NullInt64
	if e.SupervisorID != nil {
		boss = sql.NullInt64{Int64: *e.SupervisorID, Valid: true}
	}
	err = t.tx.GetContext(ctx, &id, putEmployee, e.NIP.Reveal(), e.Name, sexNumber(e.Sex), e.UnitID, e.PositionTitle, e.ClassCode, boss)
	return id, safe("store employee", err)
}

const setPhone = `UPDATE employee SET phone = nullif($2, '') WHERE id = $1`

// SetPhone stores the phone number (E.164) of a person; "" = none.
func (t *Tx) SetPhone(ctx context.Context, id int64, phone string) error {
	_, err := t.tx.ExecContext(ctx, setPhone, id, phone)
	return safe("store phone", err)
}

// sexNumber is the sex as digit 15 of a NIP writes it (Peraturan Kepala BKN 22/2007).
func sexNumber(s personnel.Sex) int {
	if s == personnel.Female {
		return 2
	}
	return 1
}

func sexOf(n int64) personnel.Sex {
	if n == 2 {
		return personnel.Female
	}
	return personnel.Male
}
