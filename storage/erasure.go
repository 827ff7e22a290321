package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// readErasure counts what erase_person (0010_erasure.sql) would delete and keep. The
// function has a list of its own, which a test compares with the table of kinds: it
// is the limit of what the program may delete, and the program must not set it.
const readErasure = `
	SELECT t.id, t.employee_id, t.created_at, ` + ticketChat + ` AS chat_id,
	       (SELECT c.linked_at FROM chat c WHERE c.employee_id = t.employee_id) AS linked_at,
	       (SELECT count(*) FROM draft d JOIN chat c ON c.id = d.chat_id WHERE c.employee_id = t.employee_id) AS drafts,
	       (SELECT count(*) FROM response r JOIN task k ON k.id = r.task_id
	        WHERE k.employee_id = t.employee_id AND k.kind = ANY($2)) AS answers,
	       (SELECT count(*) FROM response r JOIN task k ON k.id = r.task_id
	        WHERE k.employee_id = t.employee_id AND k.kind <> ALL($2)) AS kept
	FROM ticket t WHERE t.id = $1 AND t.kind = 'erasure' AND t.handled_at IS NULL`

// Erasure reads a request for erasure that waits, or ErrNotFound.
func (t *Tx) Erasure(ctx context.Context, ticketID int64) (personnel.Erasure, error) {
	var r struct {
		ID         int64        `db:"id"`
		EmployeeID int64        `db:"employee_id"`
		At         time.Time    `db:"created_at"`
		ChatID     int64        `db:"chat_id"`
		LinkedAt   sql.NullTime `db:"linked_at"`
		Drafts     int          `db:"drafts"`
		Answers    int          `db:"answers"`
		Kept       int          `db:"kept"`
	}
	err := t.one(ctx, &r, readErasure, ticketID, taskKinds(func(k task.Traits) bool { return k.Erasable }))
	return personnel.Erasure{TicketID: r.ID, EmployeeID: r.EmployeeID, At: r.At, ChatID: r.ChatID, LinkedAt: r.LinkedAt.Time,
		Drafts: r.Drafts, Answers: r.Answers, Kept: r.Kept}, err
}

const (
	erasureWaits = `SELECT employee_id FROM ticket WHERE id = $1 AND kind = 'erasure' AND handled_at IS NULL FOR UPDATE`
	// The chats are those that erase_person forgets.
	takeErasedFilesAway = fileAway + ` AND o.chat_id IN (SELECT id FROM chat WHERE employee_id = $2
		      UNION SELECT chat_id FROM consent WHERE employee_id = $2 UNION SELECT chat_id FROM ticket WHERE employee_id = $2)
		  AND NOT EXISTS (SELECT FROM chat c WHERE c.id = o.chat_id AND c.employee_id <> $2)
		ORDER BY o.id ON CONFLICT (key) DO UPDATE SET state = 'new', cause = NULL WHERE outbox.state = 'cancelled'`
	erasePerson = `SELECT COALESCE(erase_person($1, $2, $3), 0)`
)

// Erase deletes what the person of a request may have erased, and closes the
// request. An account that is linked is left first. Files of people's levels in the chats are
// taken away at once, because afterwards nobody
// knows any more where they are. ErrNotFound, and nothing changed, when the request does not
// wait any more.
func (t *Tx) Erase(ctx context.Context, r personnel.Erasure, by int64, now time.Time) error {
	var person int64
	if err := t.one(ctx, &person, erasureWaits, r.TicketID); err != nil {
		return err
	}
	if _, err := t.Unlink(ctx, r.EmployeeID, by, "erasure", now); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, takeErasedFilesAway, now, person); err != nil {
		return safe("take files away", err)
	}
	if _, err := t.tx.ExecContext(ctx, eraseResolves, person); err != nil {
		return safe("erase resolves", err)
	}
	if _, err := t.tx.ExecContext(ctx, eraseHelp, person); err != nil {
		return safe("erase requests for help", err)
	}
	if err := t.tx.GetContext(ctx, &person, erasePerson, r.TicketID, by, now); err != nil {
		return safe("erase", err)
	}
	if person == 0 {
		return ErrNotFound
	}
	return nil
}

const formerAccount = `
	SELECT EXISTS (SELECT FROM consent WHERE chat_id = $1) AS former,
	       (SELECT min(created_at) FROM ticket WHERE chat_id = $1 AND handled_at IS NULL) AS asked_at`

// FormerAccount tells whether a chat that belongs to nobody was somebody's
// account, and since when a request of theirs waits; zero = none does.
func (t *Tx) FormerAccount(ctx context.Context, chatID int64) (former bool, asked time.Time, err error) {
	var r struct {
		Former bool         `db:"former"`
		Asked  sql.NullTime `db:"asked_at"`
	}
	err = t.tx.GetContext(ctx, &r, formerAccount, chatID)
	return r.Former, r.Asked.Time, safe("read former account", err)
}
