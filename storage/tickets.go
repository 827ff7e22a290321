package storage

import (
	"context"
	"time"

	"bangkom/internal/personnel"
)

// ticketChat is the chat that learns what became of a ticket t: the account of
// the person, else the one that asked, unless it is somebody else's by now.
const ticketChat = `COALESCE((SELECT c.id FROM chat c JOIN employee e ON e.id = c.employee_id WHERE e.id = t.employee_id AND e.active),
	CASE WHEN NOT EXISTS (SELECT FROM chat c WHERE c.id = t.chat_id AND c.employee_id IS NOT NULL) THEN t.chat_id END, 0)`

const (
	addTicket   = `INSERT INTO ticket (employee_id, chat_id, kind, body, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`
	openTickets = `
		SELECT t.id, t.employee_id, t.kind, t.body, t.created_at FROM ticket t
		WHERE t.handled_at IS NULL ORDER BY t.created_at, t.id LIMIT $1`
	countTickets = `SELECT count(*) FROM ticket WHERE handled_at IS NULL`
	closeTicket  = `
		WITH t AS (
			SELECT id, employee_id, chat_id FROM ticket WHERE id = $1 AND handled_at IS NULL FOR UPDATE
		), closed AS (
			UPDATE ticket SET handled_at = $3, handled_by = $2, answer = $4, chat_id = NULL WHERE id IN (SELECT id FROM t)
		)
		SELECT t.employee_id, ` + ticketChat + ` AS chat_id,
		       EXISTS (SELECT FROM chat c JOIN employee e ON e.id = c.employee_id WHERE e.id = t.employee_id AND e.active) AS linked
		FROM t`
)

// AddTicket stores what a person asks of the personnel office through a chat,
// which is told the outcome also when the account is left meanwhile.
func (t *Tx) AddTicket(ctx context.Context, employeeID, chatID int64, kind personnel.TicketKind, body string, now time.Time) (id int64, err error) {
	if err := t.tx.GetContext(ctx, &id, addTicket, employeeID, chatID, kind, body, now); err != nil {
		return 0, safe("add ticket", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, employeeID, "ticket."+string(kind), employeeID, "")
	return id, safe("audit", err)
}

const officeStaff = `
	SELECT DISTINCT e.id FROM role_grant g JOIN employee e ON e.id = g.employee_id
	WHERE g.role = 'hr' AND g.revoked_at IS NULL AND e.active AND e.id <> $1 ORDER BY e.id`

// OfficeStaff lists the people of the personnel office, without the person except.
func (t *Tx) OfficeStaff(ctx context.Context, except int64) (people []int64, err error) {
	err = t.tx.SelectContext(ctx, &people, officeStaff, except)
	return people, safe("list the personnel office", err)
}

type ticketRow struct {
	ID         int64     `db:"id"`
	EmployeeID int64     `db:"employee_id"`
	Kind       string    `db:"kind"`
	Body       string    `db:"body"`
	At         time.Time `db:"created_at"`
}

func (r ticketRow) ticket() personnel.Ticket {
	return personnel.Ticket{ID: r.ID, EmployeeID: r.EmployeeID, Kind: personnel.TicketKind(r.Kind), Body: r.Body, At: r.At}
}

// OpenTickets lists the oldest requests that wait, at most limit, and how many
// there are in all.
func (t *Tx) OpenTickets(ctx context.Context, limit int) (list []personnel.Ticket, total int, err error) {
	var rows []ticketRow
	if err := t.tx.SelectContext(ctx, &rows, openTickets, limit); err != nil {
		return nil, 0, safe("list tickets", err)
	}
	if err := t.tx.GetContext(ctx, &total, countTickets); err != nil {
		return nil, 0, safe("count tickets", err)
	}
	for _, r := range rows {
		list = append(list, r.ticket())
	}
	return list, total, nil
}

const openTicket = `SELECT id, employee_id, kind, body, created_at FROM ticket WHERE id = $1 AND handled_at IS NULL`

// OpenTicket returns a request that waits, or ErrNotFound.
func (t *Tx) OpenTicket(ctx context.Context, id int64) (personnel.Ticket, error) {
	var r ticketRow
	err := t.one(ctx, &r, openTicket, id)
	return r.ticket(), err
}

// CloseTicket notes that a request was seen to, and what was answered; "" = nothing. It
// returns who is to be told, or ErrNotFound when it was closed before.
func (t *Tx) CloseTicket(ctx context.Context, id, by int64, answer string, now time.Time) (who personnel.Asker, err error) {
	var r struct {
		EmployeeID int64 `db:"employee_id"`
		ChatID     int64 `db:"chat_id"`
		Linked     bool  `db:"linked"`
	}
	if err := t.one(ctx, &r, closeTicket, id, by, now, answer); err != nil {
		return who, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "ticket.closed", r.EmployeeID, "")
	return personnel.Asker{EmployeeID: r.EmployeeID, ChatID: r.ChatID, Linked: r.Linked}, safe("audit", err)
}
