package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/storage/pg"
)

// A row is claimed for this process only if no older row of the chat waits
// in the table: order within a chat comes first. Everything that an update
// changes travels in one statement. That it is not done is written so that the
// plan finds it by its number: with the statistics of a quiet hour the index of
// what waits would look short, and all of it would be read in a crowd.
var saveDecision = savingOne("", "true", `
		UPDATE inbox SET done_at = now(), body = NULL, lane = NULL
		WHERE bot_id = $1 AND update_id = $2 AND serial = COALESCE(nullif($18::bigint, 0), serial) AND COALESCE(done_at, 'infinity') = 'infinity' RETURNING 1`)

// savingOne is saving for one decision.
func savingOne(before, when, done string) string {
	return `
	WITH ` + before + `done AS (` + done + `
	), me AS (
		UPDATE chat SET rev = rev + 1, active_form = $4, active_ref = $5, wrong_tries = $6,
		       tries_since = $7, reachable = $8, hour_updates = $16, hour_since = $17,
		       press_at = $19, press_message = $20, press_card = $21, press_button = $22
		WHERE id = $3 AND ` + when + `
	), stored AS (
		INSERT INTO draft (chat_id, form, ref, body, touched_at)
		SELECT $3, $9, $10, $11::jsonb, $12 WHERE $13 = 'store' AND ` + when + `
		ON CONFLICT (chat_id, form, ref) DO UPDATE SET body = excluded.body, touched_at = excluded.touched_at
	), dropped AS (
		DELETE FROM draft WHERE $13 = 'drop' AND ` + when + ` AND chat_id = $3 AND form = $9 AND ref = $10
	), waiting AS MATERIALIZED (
		SELECT EXISTS (SELECT FROM outbox WHERE chat_id = $3 AND lane + 0 = 0
		       AND (state = 'new' OR state = 'sending' AND term <> $15) AND expires_at > $12) AS yes
	), sent AS (
		INSERT INTO outbox (` + queuedColumns + `, state, term)
		SELECT ` + queuedValues + `,
		       CASE WHEN $15 > 0 AND NOT w.yes THEN 'sending' ELSE 'new' END,
		       CASE WHEN $15 > 0 AND NOT w.yes THEN $15 ELSE 0 END
		FROM ` + queuedRows("$14") + `, waiting w
		WHERE ` + when + ` ORDER BY r.n
		RETURNING id, key, state = 'sending' AS claimed
	)
	SELECT (SELECT count(*) FROM done) AS done, s.id, s.key, s.claimed
	FROM (VALUES (1)) one LEFT JOIN sent s ON true`
}

type savedRow struct {
	Done    int            `db:"done"`
	Chats   int            `db:"chats"` // of a batch
	ID      sql.NullInt64  `db:"id"`
	Key     sql.NullString `db:"key"`
	Claimed sql.NullBool   `db:"claimed"`
}

// Save writes a decision. It fills in ID and Term of d.Rows, which go to the chat
// of the update and to nobody else. An update that somebody else decided in the
// meantime gives an error and changes nothing.
func (t *Tx) Save(ctx context.Context, d dialog.Decision) error {
	if err := t.saveOne(ctx, t.tx, d, saveDecision); err != nil {
		return err
	}
	if d.Spent != "" {
		if _, err := t.tx.ExecContext(ctx, dropSpent, pq.Array([]string{d.Spent})); err != nil {
			return safe("drop a card", err)
		}
	}
	if d.Forget {
		return t.forget(ctx, d.ChatID, d.Now)
	}
	return nil
}

// saveOne runs a statement of savingOne.
func (t sealing) saveOne(ctx context.Context, on sqlx.QueryerContext, d dialog.Decision, statement string, more ...any) error {
	c, err := t.change(d)
	if err != nil {
		return err
	}
	rows, err := t.outboxJSON(d.Rows, c.card)
	if err != nil {
		return err
	}
	args := append([]any{d.BotID, d.UpdateID, d.ChatID,
		d.ActiveForm, d.ActiveRef, d.WrongTries, nullTime(d.TriesSince), d.Reachable,
		c.Form, c.Ref, string(c.Body), d.Now, c.Op, rows, d.Term, d.HourUpdates, nullTime(d.HourSince), d.Serial,
		nullTime(d.Pressed.At), d.Pressed.Message, d.Pressed.Card, d.Pressed.Button}, more...)
	var saved []savedRow
	if err := sqlx.SelectContext(ctx, on, &saved, statement, args...); err != nil {
		return safe("save decision", err)
	}
	if saved[0].Done != 1 {
		return pg.ErrStale
	}
	numbered(d, saved)
	return nil
}

// change is what becomes of the draft of a decision.
type change struct {
	Form string          `json:"form"`
	Ref  int64           `json:"ref"`
	Body json.RawMessage `json:"body"`
	Op   string          `json:"op"` // store, drop, or nothing
	card string          // the key of the row that shows it
}

// change checks a decision and seals what it keeps.
func (t sealing) change(d dialog.Decision) (change, error) {
	for _, r := range d.Rows {
		if r.ChatID != d.ChatID {
			return change{}, fmt.Errorf("message %s is no answer to its chat", r.Template)
		}
	}
	c := change{Body: []byte("{}")}
	if d.Draft == nil {
		return c, nil
	}
	c.Form, c.Ref, c.Op, c.card = d.Draft.Form, d.Draft.Ref, "store", d.Draft.Card
	if d.Draft.Done {
		c.Op = "drop"
	}
	stored, err := t.sealedDraft(d.ChatID, *d.Draft)
	if err != nil {
		return c, err
	}
	if c.Body, err = json.Marshal(stored); err != nil {
		return c, fmt.Errorf("encode draft: %w", err)
	}
	return c, nil
}

// numbered fills in what the table has made of the rows of a decision.
func numbered(d dialog.Decision, saved []savedRow) {
	byKey := make(map[string]savedRow, len(saved))
	for _, s := range saved {
		byKey[s.Key.String] = s
	}
	for i := range d.Rows {
		s := byKey[d.Rows[i].Key]
		d.Rows[i].ID, d.Rows[i].Term = s.ID.Int64, 0
		if s.Claimed.Bool {
			d.Rows[i].Term = d.Term
		}
	}
}

func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }
