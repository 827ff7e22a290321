package storage

import (
	"context"
	"time"

	"bangkom/internal/personnel"
)

const (
	addTicket   = `INSERT INTO ticket (employee_id, kind, body, created_at) VALUES ($1, $2, $3, $4)`
	openTickets = `
		SELECT t.id, t.employee_id, t.kind, t.body, t.created_at FROM ticket t
		WHERE t.handled_at IS NULL ORDER BY t.created_at, t.id LIMIT $1`
	countTickets = `SELECT count(*) FROM ticket WHERE handled_at IS NULL`
	closeTicket  = `UPDATE ticket SET handled_at = $3, handled_by = $2 WHERE id = $1 AND handled_at IS NULL RETURNING employee_id`
)

// AddTicket stores what a person asks of the personnel office.
func (t *Tx) AddTicket(ctx context.Context, employeeID int64, kind personnel.TicketKind, body string, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, addTicket, employeeID, kind, body, now); err != nil {
		return safe("add ticket", err)
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, employeeID, "ticket."+string(kind), employeeID, "")
	return safe("audit", err)
}

// OpenTickets lists the oldest requests that wait, at most limit, and how many
// there are in all.
func (t *Tx) OpenTickets(ctx context.Context, limit int) (list []personnel.Ticket, total int, err error) {
	var rows []struct {
		ID         int64     `db:"id"`
		EmployeeID int64     `db:"employee_id"`
		Kind       string    `db:"kind"`
		Body       string    `db:"body"`
		At         time.Time `db:"created_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, openTickets, limit); err != nil {
		return nil, 0, safe("list tickets", err)
	}
	if err := t.tx.GetContext(ctx, &total, countTickets); err != nil {
		return nil, 0, safe("count tickets", err)
	}
	for _, r := range rows {
		list = append(list, personnel.Ticket{ID: r.ID, EmployeeID: r.EmployeeID, Kind: personnel.TicketKind(r.Kind), Body: r.Body, At: r.At})
	}
	return list, total, nil
}

// CloseTicket notes that a request was seen to; it returns whose it was, or
// ErrNotFound when it was closed before.
func (t *Tx) CloseTicket(ctx context.Context, id, by int64, now time.Time) (employeeID int64, err error) {
	if err := t.one(ctx, &employeeID, closeTicket, id, by, now); err != nil {
		return 0, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "ticket.closed", employeeID, "")
	return employeeID, safe("audit", err)
}
