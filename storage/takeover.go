package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lib/pq"

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
		INSERT INTO takeover (employee_id, chat_id, code_id, notice_version, created_at, expires_at, asked, decided_at, accepted)
		VALUES ($1, $2, nullif($3, 0), $4, $5, $6, $7::boolean, CASE WHEN NOT $7 THEN $5::timestamptz END, CASE WHEN NOT $7 THEN false END)
		RETURNING id`
	readTakeover = `
		SELECT id, employee_id, chat_id, COALESCE(code_id, 0) AS code_id, notice_version,
		       decided_at IS NULL AND expires_at > $3 AS open
		FROM takeover WHERE id = $1 AND employee_id = $2 FOR UPDATE`
	takeoverReady = `
		SELECT ` + freeChat + ` AND ($2 = 0 OR EXISTS (SELECT FROM link_code k
		       WHERE k.id = $2 AND k.used_at IS NULL AND k.closed_at IS NULL AND k.expires_at > $3))
		FROM chat WHERE id = $1 FOR UPDATE`
	decideTakeover = `UPDATE takeover SET decided_at = $2, accepted = $3 WHERE id = $1`
	// A message of the former chat is none of the new one.
	moveDrafts = `UPDATE draft SET chat_id = $2, body = body - 'card' || '{"message": 0}' WHERE chat_id = $1 AND form = ANY($3)`
)

const (
	lockAccount  = `SELECT id FROM chat WHERE employee_id = $1 FOR UPDATE`
	sameTakeover = `
		UPDATE takeover SET code_id = nullif($4, 0), notice_version = $5
		WHERE employee_id = $1 AND chat_id = $2 AND decided_at IS NULL AND asked AND expires_at > $3 RETURNING id`
	takeoversBy = `
		SELECT (array_agg(created_at ORDER BY created_at DESC))[$3] FROM takeover WHERE chat_id = $1 AND created_at > $2`
	takeoversOf = `SELECT count(*) FROM takeover WHERE employee_id = $1 AND created_at > $2 AND asked`
)

// takeoverDay is the time in which TakeoverLimits count.
const takeoverDay = 24 * time.Hour

// AskTakeover stores a request to move a person to the account chatID. A request
// of the same account that is not decided yet stays, with the newer proof, and
// its question is not asked again. Any other open request about the person ends,
// even when the new one is not asked: whoever asks now must not find somebody
// else's question on the former phone and take it for their own.
func (t *Tx) AskTakeover(ctx context.Context, c personnel.Claim, chatID int64, now, expires time.Time, l personnel.TakeoverLimits) (
	a personnel.TakeoverAsked, err error,
) {
	if _, err := t.tx.ExecContext(ctx, lockAccount, c.EmployeeID); err != nil {
		return a, safe("lock account", err)
	}
	var same int64
	err = t.tx.GetContext(ctx, &same, sameTakeover, c.EmployeeID, chatID, now, c.CodeID, c.Notice)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return a, safe("read takeovers", err)
	}
	var enough sql.NullTime
	if err := t.tx.GetContext(ctx, &enough, takeoversBy, chatID, now.Add(-takeoverDay), l.PerAccount); err != nil {
		return a, safe("count takeovers", err)
	}
	if enough.Valid {
		return personnel.TakeoverAsked{Until: enough.Time.Add(takeoverDay)}, nil
	}
	if _, err := t.tx.ExecContext(ctx, closeTakeovers, c.EmployeeID, now); err != nil {
		return a, safe("close takeovers", err)
	}
	var asked int
	if err := t.tx.GetContext(ctx, &asked, takeoversOf, c.EmployeeID, now.Add(-takeoverDay)); err != nil {
		return a, safe("count takeovers", err)
	}
	put := asked < l.PerPerson
	err = t.tx.GetContext(ctx, &a.ID, addTakeover, c.EmployeeID, chatID, c.CodeID, c.Notice, now, expires, put)
	if !put {
		a.ID = 0
	}
	return a, safe("add takeover", err)
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
// in and not sent: the drafts of `forms`. ErrNotFound, and nothing changed, when the asking account
// belongs to somebody by now or its code can no longer be used.
func (t *Tx) AcceptTakeover(ctx context.Context, r personnel.Takeover, from int64, forms []string, now time.Time) error {
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
	if _, err := t.tx.ExecContext(ctx, moveDrafts, from, r.ChatID, pq.Array(forms)); err != nil {
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
