package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/personnel"
)

// PhoneBelongs tells whether this phone number (E.164) stands in the register at
// this person in service and at nobody else: a number that several have, of an
// office or a spouse, proves nobody. It costs the same whether or not there is such a person.
func (t *Tx) PhoneBelongs(ctx context.Context, employeeID int64, phone string) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, phoneBelongs, employeeID, phone)
	return yes, safe("compare phone", err)
}

const phoneBelongs = `SELECT count(*) = 1 AND COALESCE(bool_and(id = $1), false) FROM employee WHERE phone = $2 AND active`

const chatOf = `SELECT c.id FROM chat c JOIN employee e ON e.id = c.employee_id WHERE e.id = $1 AND e.active`

// ChatOf returns the account of a person; 0 = not linked, or not in service.
func (t *Tx) ChatOf(ctx context.Context, employeeID int64) (chatID int64, err error) {
	err = t.tx.GetContext(ctx, &chatID, chatOf, employeeID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return chatID, safe("read account", err)
}

const (
	closeTakeovers = `UPDATE takeover SET decided_at = $2, accepted = false WHERE employee_id = $1 AND decided_at IS NULL`
	addTakeover    = `
		INSERT INTO takeover (employee_id, chat_id, code_id, notice_version, created_at, expires_at)
		VALUES ($1, $2, nullif($3, 0), $4, $5, $6) RETURNING id`
	readTakeover = `
		SELECT id, employee_id, chat_id, COALESCE(code_id, 0) AS code_id, notice_version,
		       decided_at IS NULL AND expires_at > $3 AS open
		FROM takeover WHERE id = $1 AND employee_id = $2 FOR UPDATE`
	takeoverReady = `
		SELECT ` + freeChat + ` AND ($2 = 0 OR EXISTS (SELECT FROM link_code k
		       WHERE k.id = $2 AND k.used_at IS NULL AND k.closed_at IS NULL AND k.expires_at > $3))
		FROM chat WHERE id = $1 FOR UPDATE`
	decideTakeover = `UPDATE takeover SET decided_at = $2, accepted = $3 WHERE id = $1`
	moveDrafts     = `UPDATE draft SET chat_id = $2 WHERE chat_id = $1 AND form IN ('q', 'r')`
)

// AskTakeover stores a request to move a person to the account chatID. An
// earlier request that was not decided is closed.
func (t *Tx) AskTakeover(ctx context.Context, c personnel.Claim, chatID int64, now, expires time.Time) (id int64, err error) {
	if _, err := t.tx.ExecContext(ctx, closeTakeovers, c.EmployeeID, now); err != nil {
		return 0, safe("close takeovers", err)
	}
	err = t.tx.GetContext(ctx, &id, addTakeover, c.EmployeeID, chatID, c.CodeID, c.Notice, now, expires)
	return id, safe("add takeover", err)
}

// Takeover reads a request about this person, or ErrNotFound.
func (t *Tx) Takeover(ctx context.Context, id, employeeID int64, now time.Time) (personnel.Takeover, error) {
	var r struct {
		ID         int64  `db:"id"`
		EmployeeID int64  `db:"employee_id"`
		ChatID     int64  `db:"chat_id"`
		CodeID     int64  `db:"code_id"`
		Notice     string `db:"notice_version"`
		Open       bool   `db:"open"`
	}
	err := t.tx.GetContext(ctx, &r, readTakeover, id, employeeID, now)
	if errors.Is(err, sql.ErrNoRows) {
		return personnel.Takeover{}, ErrNotFound
	}
	if err != nil {
		return personnel.Takeover{}, safe("read takeover", err)
	}
	return personnel.Takeover{ID: r.ID, ChatID: r.ChatID, Open: r.Open,
		Claim: personnel.Claim{EmployeeID: r.EmployeeID, CodeID: r.CodeID, Notice: r.Notice}}, nil
}

// RefuseTakeover closes a request; nothing else changes.
func (t *Tx) RefuseTakeover(ctx context.Context, r personnel.Takeover, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, decideTakeover, r.ID, now, false); err != nil {
		return safe("refuse takeover", err)
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, r.Claim.EmployeeID, "takeover.refused", r.Claim.EmployeeID, "")
	return safe("audit", err)
}

// errClaimLost says that the code of a takeover was closed at the same moment.
var errClaimLost = errors.New("the claim of a takeover was lost while it was accepted")

// AcceptTakeover moves the person from the account `from`, with what is filled
// in and not sent. ErrNotFound, and nothing changed, when the asking account
// belongs to somebody by now or its code can no longer be used.
func (t *Tx) AcceptTakeover(ctx context.Context, r personnel.Takeover, from int64, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, addChat, r.ChatID, now); err != nil {
		return safe("add chat", err)
	}
	var ready bool
	if err := t.one(ctx, &ready, takeoverReady, r.ChatID, r.Claim.CodeID, now); err != nil {
		return err
	}
	if !ready {
		return ErrNotFound
	}
	if _, err := t.tx.ExecContext(ctx, decideTakeover, r.ID, now, true); err != nil {
		return safe("accept takeover", err)
	}
	if _, err := t.tx.ExecContext(ctx, moveDrafts, from, r.ChatID); err != nil {
		return safe("move drafts", err)
	}
	if _, err := t.cut(ctx, r.Claim.EmployeeID, r.Claim.EmployeeID, "takeover", now); err != nil {
		return err
	}
	if _, err := t.Link(ctx, r.Claim, r.ChatID, now); errors.Is(err, ErrNotFound) {
		return errClaimLost // the former tie is cut already: whoever takes "not found" for harmless must not commit this
	} else if err != nil {
		return err
	}
	return nil
}
