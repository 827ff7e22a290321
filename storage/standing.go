package storage

import (
	"context"

	"bangkom/internal/personnel"
)

const untold = `
	SELECT c.id AS chat_id, true AS gone FROM employee e JOIN chat c ON c.employee_id = e.id WHERE NOT e.active AND NOT c.left_told
	UNION ALL
	SELECT c.id, false FROM chat c JOIN employee e ON e.id = c.employee_id WHERE c.left_told AND e.active
	LIMIT $1`

// Untold lists at most limit chats whose person has left the service, or is
// back, and that were not told so.
func (t *Tx) Untold(ctx context.Context, limit int) (out []personnel.Departure, err error) {
	err = t.tx.SelectContext(ctx, &out, untold, limit)
	return out, safe("read who has left", err)
}

const tellLeft = `
	UPDATE chat SET left_told = $2 FROM employee e
	WHERE chat.id = $1 AND e.id = chat.employee_id AND e.active <> $2 AND chat.left_told <> $2`

// Tell notes that a chat is told; first is false when another process was
// faster. What waited for the person who has left is not sent.
func (t *Tx) Tell(ctx context.Context, d personnel.Departure) (first bool, err error) {
	res, err := t.tx.ExecContext(ctx, tellLeft, d.ChatID, d.Gone)
	if err != nil {
		return false, safe("note who has left", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	if d.Gone {
		_, err = t.tx.ExecContext(ctx, cancelQueue, d.ChatID)
	}
	return true, safe("cancel queue", err)
}
