package storage

import (
	"context"
	"time"

	"bangkom/internal/personnel"
)

const (
	readUnlinkRequest = `
		SELECT id, employee_id, asked_by, asked_at, objected_at IS NOT NULL AS objected FROM unlink_request
		WHERE employee_id = $1 AND asked_at > $2 AND (closed_at IS NULL OR objected_at IS NOT NULL)
		ORDER BY id DESC LIMIT 1`
	addUnlinkRequest    = `INSERT INTO unlink_request (employee_id, asked_by, asked_at) VALUES ($1, $2, $3) RETURNING id`
	objectUnlinkRequest = `
		UPDATE unlink_request SET objected_at = $3, closed_at = $3
		WHERE id = $1 AND employee_id = $2 AND closed_at IS NULL RETURNING asked_by`
	closeUnlinkRequest = `UPDATE unlink_request SET closed_at = $2 WHERE employee_id = $1 AND closed_at IS NULL`
)

// UnlinkRequest returns the newest request of an officer to free the account of
// a person that is open or was objected to, not older than since; ErrNotFound =
// there is none.
func (t *Tx) UnlinkRequest(ctx context.Context, employeeID int64, since time.Time) (personnel.UnlinkRequest, error) {
	var r struct {
		ID         int64     `db:"id"`
		EmployeeID int64     `db:"employee_id"`
		By         int64     `db:"asked_by"`
		At         time.Time `db:"asked_at"`
		Objected   bool      `db:"objected"`
	}
	err := t.one(ctx, &r, readUnlinkRequest, employeeID, since)
	return personnel.UnlinkRequest{ID: r.ID, EmployeeID: r.EmployeeID, By: r.By, At: r.At, Objected: r.Objected}, err
}

// AskUnlink stores a request to free the account of a person; an older one ends.
func (t *Tx) AskUnlink(ctx context.Context, employeeID, by int64, now time.Time) (id int64, err error) {
	if _, err := t.tx.ExecContext(ctx, closeUnlinkRequest, employeeID, now); err != nil {
		return 0, safe("close requests", err)
	}
	if err := t.tx.GetContext(ctx, &id, addUnlinkRequest, employeeID, by, now); err != nil {
		return 0, safe("add request", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "unlink.asked", employeeID, "")
	return id, safe("audit", err)
}

// ObjectUnlink ends a request about this person and returns who asked, or
// ErrNotFound when it does not wait any more.
func (t *Tx) ObjectUnlink(ctx context.Context, id, employeeID int64, now time.Time) (by int64, err error) {
	if err := t.one(ctx, &by, objectUnlinkRequest, id, employeeID, now); err != nil {
		return 0, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, employeeID, "unlink.objected", employeeID, "")
	return by, safe("audit", err)
}
