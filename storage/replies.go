package storage

import (
	"context"
	"encoding/json"
	"time"
)

// replyOf is what the person says about the rating t, as JSON; null = nothing.
const replyOf = `(SELECT json_build_object('body', y.body, 'at', y.at, 'asked', y.asked_at IS NOT NULL) FROM rating_reply y WHERE y.task_id = t.id)`

// Nobody reads the reply to a former superior, so there is none.
var setReply = `
	INSERT INTO rating_reply (task_id, body, at)
	SELECT t.id, $3, $4 FROM task t JOIN employee e ON e.id = t.subject_id
	JOIN task s ON s.occasion_id = t.occasion_id AND ` + isSelf("s") + ` AND s.employee_id = e.id
	WHERE t.id = $1 AND e.id = $2 AND e.active AND t.employee_id = e.supervisor_id AND ` + isRating("t") + ` AND ` + bothSent + `
	ON CONFLICT (task_id) DO UPDATE SET body = excluded.body, at = excluded.at, asked_at = NULL
	RETURNING task_id`

// SetReply stores what the person says about the own rating, in the place of what was
// said before; ErrNotFound when both views are not open, or the rating is that of a former
// superior.
func (t *Tx) SetReply(ctx context.Context, id, subject int64, body string, now time.Time) error {
	return t.one(ctx, &id, setReply, id, subject, body, now)
}

const dropReply = `DELETE FROM rating_reply y USING task t WHERE y.task_id = $1 AND t.id = y.task_id AND t.subject_id = $2 RETURNING y.task_id`

// DropReply deletes it; ErrNotFound when there is none.
func (t *Tx) DropReply(ctx context.Context, id, subject int64) error {
	return t.one(ctx, &id, dropReply, id, subject)
}

const askReply = `
	UPDATE rating_reply y SET asked_at = $3 FROM task t
	WHERE y.task_id = $1 AND t.id = y.task_id AND t.subject_id = $2 AND y.asked_at IS NULL RETURNING y.body`

// AskReply notes that the person asks the personnel office to read it, and returns the
// words that the office gets; ErrNotFound when these words were given before.
func (t *Tx) AskReply(ctx context.Context, id, subject int64, now time.Time) (body string, err error) {
	err = t.one(ctx, &body, askReply, id, subject, now)
	return body, err
}

// copyReplies leaves to the copy of the requests what the personnel office got.
const copyReplies = `
	SELECT json_agg(json_build_object('periode', p.name, 'isi', y.body, 'waktu', y.at, 'diminta_dibaca_petugas', y.asked_at) ORDER BY y.at)
	FROM rating_reply y JOIN task t ON t.id = y.task_id JOIN period p ON p.id = t.occasion_id JOIN chat c ON c.employee_id = t.subject_id
	WHERE c.id = $1`

// CopyReplies returns what the person of a chat has said about the own ratings; nil when
// there is nothing.
func (t *Tx) CopyReplies(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	err := t.one(ctx, &raw, copyReplies, chatID)
	return raw, err
}
