package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/personnel"
)

const (
	// A code of somebody who has left the service is answered and counted like a
	// wrong one.
	readCode = `SELECT id, employee_id, created_at, used_at IS NULL AND closed_at IS NULL AND expires_at > $2
		AND EXISTS (SELECT FROM employee e WHERE e.id = employee_id AND e.active) AS usable FROM link_code`
	codeByHash = readCode + ` WHERE hash = $1`
	codeByID   = readCode + ` WHERE id = $1`
)

// CodeByHash finds a one-time code by its keyed hash, or ErrNotFound.
func (t *Tx) CodeByHash(ctx context.Context, hash []byte, now time.Time) (personnel.Code, error) {
	return t.code(ctx, codeByHash, hash, now)
}

// CodeByID finds a one-time code by its number, or ErrNotFound.
func (t *Tx) CodeByID(ctx context.Context, id int64, now time.Time) (personnel.Code, error) {
	return t.code(ctx, codeByID, id, now)
}

func (t *Tx) code(ctx context.Context, query string, args ...any) (personnel.Code, error) {
	var r struct {
		ID         int64     `db:"id"`
		EmployeeID int64     `db:"employee_id"`
		At         time.Time `db:"created_at"`
		Usable     bool      `db:"usable"`
	}
	err := t.tx.GetContext(ctx, &r, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return personnel.Code{}, ErrNotFound
	}
	if err != nil {
		return personnel.Code{}, safe("read code", err)
	}
	return personnel.Code{ID: r.ID, EmployeeID: r.EmployeeID, At: r.At, Usable: r.Usable}, nil
}

const (
	// lockPerson lets claims to one person be decided one after the other. It
	// does not lock the person's row, which a large import holds for seconds.
	lockPerson = `SELECT pg_advisory_xact_lock(hashtext('bangkom.person'), ($1::bigint % 2147483647)::int)`
	useCode    = `UPDATE link_code SET used_at = $2
		WHERE id = $1 AND employee_id = $3 AND used_at IS NULL AND closed_at IS NULL AND expires_at > $2 RETURNING id`
	addConsent = `INSERT INTO consent (employee_id, chat_id, notice_version, code_id, accepted_at) VALUES ($1, $2, $3, nullif($4, 0), $5)`
	// freeChat is true for a chat of nobody, or of somebody who has left: a new
	// contract (NI PPPK) makes a new person of the register.
	freeChat = `(chat.employee_id IS NULL OR EXISTS (SELECT FROM employee former WHERE former.id = chat.employee_id AND NOT former.active))`
	dropOld  = `DELETE FROM draft WHERE chat_id = $1 AND EXISTS (SELECT FROM chat WHERE id = $1 AND employee_id IS NOT NULL)`
	linkChat = `UPDATE chat SET employee_id = $2, linked_at = $3, left_told = false
		WHERE id = $1 AND ` + freeChat + `
		  AND EXISTS (SELECT FROM employee e WHERE e.id = $2 AND e.active)
		  AND NOT EXISTS (SELECT FROM chat other WHERE other.employee_id = $2) RETURNING id`
	auditPerson = `INSERT INTO audit (at, actor, action, employee_id, detail) VALUES ($1, $2, $3, $4, $5)`
)

// Link makes a chat the account of a person: the code of the claim is used up,
// if there is one, the consent to the notice is recorded, then the chat belongs
// to the person. ErrNotFound when the code can no longer be used,
// personnel.ErrLinkedElsewhere when the person has an account already or the
// account another person; the transaction must then be given up.
func (t *Tx) Link(ctx context.Context, c personnel.Claim, chatID int64, now time.Time) (personnel.Employee, error) {
	var id int64
	if _, err := t.tx.ExecContext(ctx, lockPerson, c.EmployeeID); err != nil {
		return personnel.Employee{}, safe("lock person", err)
	}
	if c.CodeID != 0 {
		err := t.tx.GetContext(ctx, &id, useCode, c.CodeID, now, c.EmployeeID)
		if errors.Is(err, sql.ErrNoRows) {
			return personnel.Employee{}, t.whyNot(ctx, c.CodeID, chatID)
		}
		if err != nil {
			return personnel.Employee{}, safe("use code", err)
		}
	}
	if _, err := t.tx.ExecContext(ctx, addConsent, c.EmployeeID, chatID, c.Notice, c.CodeID, now); err != nil {
		return personnel.Employee{}, safe("record consent", err)
	}
	if _, err := t.tx.ExecContext(ctx, dropOld, chatID); err != nil {
		return personnel.Employee{}, safe("drop drafts", err)
	}
	err := t.tx.GetContext(ctx, &id, linkChat, chatID, c.EmployeeID, now)
	if errors.Is(err, sql.ErrNoRows) || violates(err, "chat_employee_id_key") {
		return personnel.Employee{}, personnel.ErrLinkedElsewhere
	}
	if err != nil {
		return personnel.Employee{}, safe("link chat", err)
	}
	if err := t.closeProofs(ctx, c.EmployeeID, now); err != nil {
		return personnel.Employee{}, err
	}
	if err := t.awaited(ctx, c.EmployeeID, now); err != nil {
		return personnel.Employee{}, err
	}
	if _, err := t.tx.ExecContext(ctx, auditPerson, now, c.EmployeeID, "link", c.EmployeeID, c.Notice); err != nil {
		return personnel.Employee{}, safe("audit", err)
	}
	who, err := t.Employee(ctx, c.EmployeeID)
	if err != nil {
		return who, err
	}
	var key string
	err = t.tx.GetContext(ctx, &key, readRights, c.EmployeeID, now.Format(time.DateOnly))
	who.Rights = personnel.ParseRights(key)
	return who, safe("read rights", err)
}

// What a person may do, who has come in just now: the update was loaded before that.
var readRights = `SELECT ` + rightsOf("$1::bigint", "$2::date")

const beaten = `
	SELECT EXISTS (SELECT FROM link_code k JOIN chat c ON c.employee_id = k.employee_id
	       WHERE k.id = $1 AND k.used_at IS NULL AND c.id <> $2)`

// whyNot says why a code cannot be used: the person was linked in another way
// first, or the code is not valid.
func (t *Tx) whyNot(ctx context.Context, codeID, chatID int64) error {
	var late bool
	if err := t.tx.GetContext(ctx, &late, beaten, codeID, chatID); err != nil {
		return safe("read code", err)
	}
	if late {
		return personnel.ErrLinkedElsewhere
	}
	return ErrNotFound
}

const (
	unlinkChat = `UPDATE chat SET employee_id = NULL, linked_at = NULL, left_told = false, active_form = '', active_ref = 0
		WHERE employee_id = $1 RETURNING id`
	dropDrafts  = `DELETE FROM draft WHERE chat_id = $1`
	dropAskers  = `UPDATE ticket SET chat_id = NULL WHERE employee_id = $1 AND chat_id IS NOT NULL`
	cancelQueue = `UPDATE outbox SET state = 'cancelled', cause = 'unlinked' WHERE chat_id = $1 AND state = 'new' AND lane = 1`
)

// Unlink ends the tie between a person and the account. actor is who does it,
// detail says why. It returns the former chat, 0 if there was none. Drafts are
// deleted, and what the bot itself had queued for the person is not sent. Codes
// and requests about the account end too: the old phone, and a slip of paper with
// it, may be in strange hands.
func (t *Tx) Unlink(ctx context.Context, employeeID, actor int64, detail string, now time.Time) (chatID int64, err error) {
	if err := t.closeProofs(ctx, employeeID, now); err != nil {
		return 0, err
	}
	return t.cut(ctx, employeeID, actor, detail, now)
}

// closeProofs ends all codes of a person and all requests about the account.
func (t *Tx) closeProofs(ctx context.Context, employeeID int64, now time.Time) error {
	for _, q := range []string{closeCodesOf, closeTakeovers, closeUnlinkRequest} {
		if _, err := t.tx.ExecContext(ctx, q, employeeID, now); err != nil {
			return safe("close codes and requests", err)
		}
	}
	return nil
}

func (t *Tx) cut(ctx context.Context, employeeID, actor int64, detail string, now time.Time) (chatID int64, err error) {
	err = t.tx.GetContext(ctx, &chatID, unlinkChat, employeeID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, safe("unlink", err)
	}
	for _, q := range []string{dropDrafts, cancelQueue} {
		if _, err := t.tx.ExecContext(ctx, q, chatID); err != nil {
			return 0, safe("unlink", err)
		}
	}
	if actor != employeeID { // somebody else did it: the old phone may be in strange hands
		if _, err := t.tx.ExecContext(ctx, dropAskers, employeeID); err != nil {
			return 0, safe("unlink", err)
		}
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(actor), "unlink", employeeID, detail)
	return chatID, safe("audit", err)
}

func nullID(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

const linkedElsewhere = `SELECT EXISTS (SELECT FROM chat WHERE employee_id = $1 AND id <> $2)`

// LinkedElsewhere tells whether the person has an account other than chatID.
func (t *Tx) LinkedElsewhere(ctx context.Context, employeeID, chatID int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, linkedElsewhere, employeeID, chatID)
	return yes, safe("read link", err)
}

const closeCode = `UPDATE link_code SET closed_at = $2 WHERE id = $1 AND used_at IS NULL AND closed_at IS NULL`

// CloseCode makes a code unusable, because it reached the wrong person.
func (t *Tx) CloseCode(ctx context.Context, id int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, closeCode, id, now)
	return safe("close code", err)
}

const addCode = `INSERT INTO link_code (hash, employee_id, created_at, expires_at) VALUES ($1, $2, $3, $4)`

// AddCode stores the keyed hash of a new one-time code.
func (t *Tx) AddCode(ctx context.Context, hash []byte, employeeID int64, now, expires time.Time) error {
	_, err := t.tx.ExecContext(ctx, addCode, hash, employeeID, now, expires)
	return safe("add code", err)
}

const lastConsent = `
	SELECT notice_version AS notice, accepted_at AS at FROM consent WHERE employee_id = $1 AND chat_id = $2 ORDER BY id DESC LIMIT 1`

// Consent returns which version of the notice a person has accepted last in a chat,
// and when; ErrNotFound when none.
func (t *Tx) Consent(ctx context.Context, employeeID, chatID int64) (notice string, at time.Time, err error) {
	var row struct {
		Notice string    `db:"notice"`
		At     time.Time `db:"at"`
	}
	err = t.one(ctx, &row, lastConsent, employeeID, chatID)
	return row.Notice, row.At, err
}
