package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/dialog"
)

// payload is what an outbox row keeps until it is sent.
type payload struct {
	Params  map[string]string `json:"params"`
	Picture *dialog.Picture   `json:"picture,omitempty"`
}

// outboxJSON encodes rows for jsonb_to_recordset; n keeps their order.
func outboxJSON(rows []dialog.Outgoing) (string, error) {
	type row struct {
		N        int          `json:"n"`
		Key      string       `json:"key"`
		ChatID   int64        `json:"chat_id"`
		Lane     dialog.Lane  `json:"lane"`
		Class    dialog.Class `json:"class"`
		Template string       `json:"template"`
		Method   string       `json:"method"`
		Payload  string       `json:"payload"`
		EditOf   int          `json:"edit_of"`
		Forget   bool         `json:"forget"`
		// nil = at once, never
		NotBefore *time.Time `json:"not_before"`
		ExpiresAt *time.Time `json:"expires_at"`
	}
	out := make([]row, len(rows))
	for i, o := range rows {
		body, err := json.Marshal(payload{Params: o.Params, Picture: o.Picture})
		if err != nil {
			return "", fmt.Errorf("encode message: %w", err)
		}
		out[i] = row{N: i, Key: o.Key, ChatID: o.ChatID, Lane: o.Lane, Class: o.Class, Template: o.Template,
			Method: o.Method, Payload: string(body), EditOf: o.EditOf, Forget: o.Forget,
			NotBefore: optional(o.NotBefore), ExpiresAt: optional(o.ExpiresAt)}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("encode messages: %w", err)
	}
	return string(raw), nil
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Rows of an older term are nobody's: what may go again is claimed, what may
// not becomes unknown. Those of a newer term belong to whoever took the lease
// from this process, which may not have noticed yet. A row waits while an older one of its chat and lane is
// not due, so that order within a chat is kept. Times with a meaning for people are compared with $5, retries with the
// database's clock. What has expired is marked first; of a call that was cut off nobody knows.
const claimRows = `
	WITH lost AS (
		UPDATE outbox SET state = 'unknown', cause = 'interrupted'
		WHERE lane = $2 AND state = 'sending' AND term < $1 AND class = ANY($4)
	), expired AS (
		UPDATE outbox SET state = CASE WHEN state = 'new' THEN 'expired' ELSE 'unknown' END,
		       payload = NULL, cause = 'expired'
		WHERE lane = $2 AND state IN ('new', 'sending') AND expires_at < 'infinity' AND expires_at <= $5
		  AND (state = 'new' OR term < $1 AND class <> ALL($4))
	), due AS MATERIALIZED (
		SELECT id FROM outbox o
		WHERE lane = $2 AND (state = 'new' OR state = 'sending' AND term < $1 AND class <> ALL($4))
		  AND not_before <= $5 AND retry_at <= clock_timestamp() AND expires_at > $5
		  AND NOT EXISTS (SELECT FROM outbox older WHERE older.chat_id = o.chat_id AND older.lane = o.lane
		      AND older.id < o.id AND older.state = 'new' AND older.expires_at > $5
		      AND (older.not_before > $5 OR older.retry_at > clock_timestamp()))
		ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
	)
	UPDATE outbox o SET state = 'sending', term = $1, attempts = o.attempts + 1
	FROM due WHERE o.id = due.id
	RETURNING o.id, o.key, o.chat_id, o.lane, o.class, o.template, o.method, o.payload, o.edit_of, o.attempts,
	          o.forget, greatest(o.not_before, o.retry_at, o.created_at) AS not_before`

type outboxRow struct {
	ID        int64        `db:"id"`
	Key       string       `db:"key"`
	ChatID    int64        `db:"chat_id"`
	Lane      dialog.Lane  `db:"lane"`
	Class     dialog.Class `db:"class"`
	Template  string       `db:"template"`
	Method    string       `db:"method"`
	Payload   string       `db:"payload"`
	EditOf    int          `db:"edit_of"`
	Attempts  int          `db:"attempts"`
	Forget    bool         `db:"forget"`
	NotBefore time.Time    `db:"not_before"`
}

// Claim marks up to limit due rows as being sent under term and returns them
// in row order. Rows that have expired at now are marked so.
func (d *DB) Claim(ctx context.Context, term int64, lane dialog.Lane, limit int, now time.Time) ([]dialog.Outgoing, error) {
	never := []string{string(dialog.ClassBroadcast), string(dialog.ClassEmergency)}
	var rows []outboxRow
	err := d.InTx(ctx, func(tx *Tx) error {
		rows = rows[:0]
		if err := tx.tx.SelectContext(ctx, &rows, claimRows, term, lane, limit, pq.Array(never), now); err != nil || lane != dialog.LaneBulk || len(rows) == 0 {
			return err
		}
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		gone, err := tx.withdrawClaimed(ctx, ids, now)
		rows = slices.DeleteFunc(rows, func(r outboxRow) bool { return slices.Contains(gone, r.ID) })
		return err
	})
	if err != nil {
		return nil, safe("claim outbox", err)
	}
	slices.SortFunc(rows, func(a, b outboxRow) int { return int(a.ID - b.ID) })
	out := make([]dialog.Outgoing, len(rows))
	for i, r := range rows {
		var p payload
		if err := json.Unmarshal([]byte(r.Payload), &p); err != nil {
			return nil, fmt.Errorf("decode outbox row %d: %w", r.ID, err)
		}
		out[i] = dialog.Outgoing{ID: r.ID, Key: r.Key, ChatID: r.ChatID, Lane: r.Lane, Class: r.Class,
			Template: r.Template, Method: r.Method, Params: p.Params, Picture: p.Picture, EditOf: r.EditOf,
			Attempts: r.Attempts, Forget: r.Forget, NotBefore: r.NotBefore, Term: term}
	}
	return out, nil
}

// The rows are looked up by their number: the index of open rows is full of
// entries that a vacuum has yet to remove. A final state empties the payload; a row that must be forgotten is deleted.
const markRows = `
	WITH m AS (
		SELECT * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::float8[], $7::boolean[])
		         AS m (id, state, message_id, cause, retry_in, unreachable)
	), mine AS MATERIALIZED (
		SELECT m.*, o.chat_id, o.forget, o.state = 'sending' AS sending
		FROM m JOIN outbox o ON o.id = m.id WHERE o.term = $1
	), gone AS (
		UPDATE chat c SET reachable = false FROM mine WHERE mine.unreachable AND c.id = mine.chat_id
	), forgotten AS (
		DELETE FROM outbox o USING mine m
		WHERE o.id = m.id AND o.term = $1 AND m.sending AND m.forget AND m.state <> 'new' RETURNING 1
	), changed AS (
		UPDATE outbox o SET state = m.state, cause = nullif(m.cause, ''),
		       message_id = CASE WHEN m.message_id <> 0 THEN m.message_id ELSE o.message_id END,
		       payload = CASE WHEN m.state = 'new' THEN o.payload END,
		       sent_at = CASE WHEN m.state = 'sent' THEN clock_timestamp() END,
		       retry_at = CASE WHEN m.state = 'new' THEN clock_timestamp() + make_interval(secs => m.retry_in)
		                    ELSE o.retry_at END
		FROM mine m WHERE o.id = m.id AND o.term = $1 AND m.sending AND (NOT m.forget OR m.state = 'new')
		RETURNING 1
	)
	SELECT (SELECT count(*) FROM changed) + (SELECT count(*) FROM forgotten)`

// Mark writes what became of rows that were sent under term; rows of another
// term are left alone. It returns how many changed.
func (d *DB) Mark(ctx context.Context, term int64, marks []dialog.Mark) (int, error) {
	n := len(marks)
	ids, states, messages := make([]int64, n), make([]string, n), make([]int64, n)
	causes, waits, gone := make([]string, n), make([]float64, n), make([]bool, n)
	for i, m := range marks {
		ids[i], states[i], messages[i], causes[i] = m.ID, string(m.State), int64(m.MessageID), m.Cause
		waits[i], gone[i] = m.RetryIn.Seconds(), m.Unreachable
	}
	changed := 0
	err := d.alone(ctx, func(db sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, db, &changed, markRows, term, pq.Array(ids), pq.Array(states), pq.Array(messages),
			pq.Array(causes), pq.Array(waits), pq.Array(gone))
	})
	return changed, safe("mark outbox", err)
}
