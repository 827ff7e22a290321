package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
)

// payload is what an outbox row keeps until it is sent.
type payload struct {
	Params  map[string]string `json:"params"`
	Picture *dialog.Picture   `json:"picture,omitempty"`
}

// outboxJSON encodes rows for jsonb_to_recordset; n keeps their order. kept are the keys of
// the sealed rows from which the number of a message has to be read.
func (t sealing) outboxJSON(rows []dialog.Outgoing, kept ...string) (string, error) {
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
		Sealed   bool         `json:"sealed"`
		// 0 = the message is complete
		Announcement int64 `json:"announcement_id"`
		Recipient    int64 `json:"recipient_id"`
		// nil: NotBefore = at once, ExpiresAt = never
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
		if o.Compose != nil {
			out[i].Announcement, out[i].Recipient = o.Compose.Announcement, o.Compose.Employee
		}
		if !o.Sealed {
			continue
		}
		// It is kept only while the number of its message is not known otherwise.
		out[i].Method, out[i].EditOf, out[i].Sealed, out[i].Forget = sealedMethod, 0, true, o.Forget || !slices.Contains(kept, o.Key)
		if out[i].Payload, err = sealRow(t.seal, o); err != nil {
			return "", err
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("encode messages: %w", err)
	}
	return string(raw), nil
}

// What every message brings into the outbox; r is a row of queuedRows.
const (
	queuedColumns = `key, chat_id, lane, class, template, length, method, payload, edit_of, sealed, forget`
	queuedValues  = `r.key, r.chat_id, r.lane, r.class, r.template, CASE WHEN r.sealed THEN 0 ELSE length(r.payload) END, r.method, r.payload, r.edit_of, r.sealed, r.forget`
)

// queuedRows are the rows that outboxJSON has encoded in a parameter.
func queuedRows(parameter string) string {
	return `jsonb_to_recordset(` + parameter + `::jsonb) AS r (n int, key text, chat_id bigint, lane smallint, class text, template text,
		     method text, payload text, edit_of bigint, sealed boolean, forget boolean, not_before timestamptz, expires_at timestamptz,
		     announcement_id bigint, recipient_id bigint)`
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Rows of an older term belong to nobody: those that may go again are claimed,
// the others become unknown. Rows of a newer term belong to a process that has
// taken the lease from this one, which may not have noticed yet. A row waits
// while an older one of its chat and lane is not due, so that the order within a
// chat is kept. Times that mean something to people are compared with $5, retries
// with the database's clock. Rows that have expired are marked first; of a call
// that was cut off nobody knows whether it arrived. Where sending is held nothing
// is touched: a process that trusts its lease for a moment longer may be looking
// into a database that was put in the place of its own.
//
// While all is stopped, nothing of the lane of bulk goes but menus. What an announcement
// sends waits while that is paused, and holds up nothing else; what corrects a message
// that somebody has goes on. Announcements come after everything else of their lane.
//
// A row that must be forgotten and ends here is cut loose from its chat, as markRows does.
//
// A row of the bulk lane waits for the reply to its chat that the same transaction has
// stored (its rows share one created_at). The two lanes are claimed one after the other,
// and the transaction may commit in between: somebody would read what everybody is told
// before the answer to their own press. What is behind it in its lane waits with it. After
// a while it holds up nothing: it may be a reply that cannot go now.
//
// Thousands may wait. So that no claim reads all of them, whatever the statistics say,
// "lane + 0" keeps the index of what waits away from where another one is meant: that of
// what is being sent, and that of a chat.
const claimRows = `
	WITH free AS MATERIALIZED (
		SELECT FROM (` + here + `) h, (` + allowed + `) a WHERE a.hold = '' AND COALESCE(a.place, h.place) = h.place
	), lost AS (
		UPDATE outbox SET state = 'unknown', cause = 'interrupted', ` + cutLoose + `
		WHERE lane + 0 = $2 AND state = 'sending' AND term < $1 AND class = ANY($4) AND EXISTS (SELECT FROM free)
	), expired AS (
		UPDATE outbox SET state = CASE WHEN state = 'new' THEN 'expired' ELSE 'unknown' END,
		       payload = NULL, cause = 'expired', ` + cutLoose + `
		WHERE lane = $2 AND state IN ('new', 'sending') AND expires_at < 'infinity' AND expires_at <= $5
		  AND (state = 'new' OR term < $1 AND class <> ALL($4)) AND EXISTS (SELECT FROM free)
	), stopped AS MATERIALIZED (
		SELECT FROM bot_state WHERE name = 'stopped' AND text <> '' AND $2::smallint = 1
	), paused AS MATERIALIZED (
		SELECT id FROM announcement WHERE state = 'paused'
	), due AS MATERIALIZED (
		SELECT id FROM outbox o
		WHERE lane = $2 AND (state = 'new' OR state = 'sending' AND term < $1 AND class <> ALL($4))
		  AND not_before <= $5 AND retry_at <= clock_timestamp() AND expires_at > $5 AND EXISTS (SELECT FROM free)
		  AND NOT EXISTS (SELECT FROM outbox older WHERE older.chat_id = o.chat_id AND older.lane + 0 = o.lane
		      AND older.id < o.id AND older.state = 'new' AND older.expires_at > $5
		      AND (older.not_before > $5 OR older.retry_at > clock_timestamp()) AND (older.announcement_id IS NULL OR older.announcement_id NOT IN (SELECT id FROM paused)))
		  AND NOT EXISTS (SELECT FROM outbox reply JOIN outbox mine ON mine.chat_id = reply.chat_id AND mine.created_at = reply.created_at
		      WHERE $2::smallint = 1 AND reply.chat_id = o.chat_id AND reply.lane + 0 = 0 AND reply.state IN ('new', 'sending')
		      AND reply.not_before <= $5 AND reply.retry_at <= clock_timestamp() AND reply.created_at > clock_timestamp() - interval '` + replyFirst + `'
		      AND mine.lane + 0 = 1 AND mine.state = 'new' AND mine.id <= o.id)
		  AND (NOT EXISTS (SELECT FROM stopped) OR o.template = 'menu')
		  AND (o.announcement_id IS NULL OR o.edit_of <> 0 OR o.template = '` + announcement.FactTemplate + `' OR o.announcement_id NOT IN (SELECT id FROM paused))
		ORDER BY class = 'broadcast', id LIMIT $3 FOR UPDATE SKIP LOCKED
	)
	UPDATE outbox o SET state = 'sending', term = $1, attempts = o.attempts + 1
	FROM due WHERE o.id = due.id
	RETURNING o.id, o.key, o.chat_id, o.lane, o.class, o.template, o.method, o.payload, o.edit_of, o.attempts,
	          o.forget, greatest(o.not_before, o.retry_at, o.created_at) AS not_before, o.announcement_id, o.recipient_id`

// replyFirst is for how long the bulk of a transaction waits for its replies.
const replyFirst = "1 minute"

// cutLoose takes the chat from a row that must be forgotten and comes to its end.
const cutLoose = `chat_id = CASE WHEN forget THEN 0 ELSE chat_id END`

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

	Announcement sql.NullInt64 `db:"announcement_id"` // the message is made when it is claimed
	Recipient    sql.NullInt64 `db:"recipient_id"`
}

// neverTwice are the classes of which nothing goes again once a call has begun.
func neverTwice() []string {
	return []string{string(dialog.ClassBroadcast)}
}

// Claim marks up to limit due rows as being sent under term and returns them
// in row order. Rows that have expired at now are marked so. What is found not to be
// wanted any more is taken back, and others are claimed in its place.
func (d *DB) Claim(ctx context.Context, term int64, lane dialog.Lane, limit int, now time.Time) ([]dialog.Outgoing, error) {
	var out []dialog.Outgoing
	err := d.InTx(ctx, func(tx *Tx) error {
		out = out[:0]
		for missing := limit; missing > 0; {
			n, rows, err := tx.claim(ctx, claiming{term, lane, missing, now}, d.compose)
			if err != nil {
				return err
			}
			out = append(out, rows...)
			if n < missing || len(rows) == n {
				return nil
			}
			missing -= len(rows)
		}
		return nil
	})
	if err != nil {
		return nil, safe("claim outbox", err)
	}
	slices.SortFunc(out, func(a, b dialog.Outgoing) int { return int(a.ID - b.ID) })
	return out, nil
}

// claiming is what one claim asks for.
type claiming struct {
	term  int64
	lane  dialog.Lane
	limit int
	now   time.Time
}

// claim is one look at the table: n rows were taken, of which some may not go any more.
func (t *Tx) claim(ctx context.Context, c claiming, compose Composer) (n int, out []dialog.Outgoing, err error) {
	var rows []outboxRow
	if err := t.tx.SelectContext(ctx, &rows, claimRows, c.term, c.lane, c.limit, pq.Array(neverTwice()), c.now); err != nil || len(rows) == 0 {
		return 0, nil, err
	}
	var gone []int64
	if c.lane == dialog.LaneBulk {
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		if gone, err = t.withdrawClaimed(ctx, ids, c.now); err != nil {
			return 0, nil, err
		}
	}
	made, err := t.composeClaimed(ctx, rows, compose, c.now)
	if err != nil {
		return 0, nil, err
	}
	gone = append(gone, made.gone...)
	for _, r := range rows {
		if slices.Contains(gone, r.ID) {
			continue
		}
		o, err := r.outgoing(t.seal, made.calls)
		if errors.Is(err, errNoSealer) || errors.Is(err, disclosure.ErrSealed) {
			continue // a process with the key claims it under another term
		}
		if err != nil {
			return 0, nil, err
		}
		o.Term = c.term
		out = append(out, o)
	}
	return len(rows), out, nil
}

// outgoing is the row as a call; calls are those that were made at the claim.
func (r outboxRow) outgoing(seal *disclosure.Sealer, calls map[int64]dialog.Outgoing) (dialog.Outgoing, error) {
	o := dialog.Outgoing{ID: r.ID, Key: r.Key, ChatID: r.ChatID, Lane: r.Lane, Class: r.Class, Template: r.Template,
		EditOf: r.EditOf, Attempts: r.Attempts, Forget: r.Forget, NotBefore: r.NotBefore}
	if call, made := calls[r.ID]; made {
		o.Method, o.Params, o.Picture, o.Version = call.Method, call.Params, call.Picture, call.Version
		o.Compose = &dialog.Reference{Announcement: r.Announcement.Int64, Employee: r.Recipient.Int64}
		return o, nil
	}
	o.Method = r.Method
	return o, openRow(seal, r.Payload, &o)
}

// The rows are looked up by their number: the index of open rows is full of
// entries that a vacuum has yet to remove. A final state empties the payload; a row that
// must be forgotten is deleted, but for a sealed one that Telegram has refused, of which
// its person has to be told, and for one of an announcement: its ledger has to be told
// what became of it, and the row is only cut loose from the chat.
const markRows = `
	WITH m AS (
		SELECT * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::float8[], $7::boolean[], $8::text[])
		         AS m (id, state, message_id, cause, retry_in, unreachable, at)
	), mine AS MATERIALIZED (
		SELECT m.*, o.chat_id, o.forget, o.sealed, o.announcement_id IS NOT NULL AS letter, o.state = 'sending' AS sending
		FROM m JOIN outbox o ON o.id = m.id WHERE o.id = ANY($2) AND o.term = $1
	), gone AS (
		UPDATE chat c SET reachable = false FROM mine WHERE mine.unreachable AND c.id = mine.chat_id
	), forgotten AS (
		DELETE FROM outbox o USING mine m
		WHERE o.id = ANY($2) AND o.id = m.id AND o.term = $1 AND m.sending AND m.forget AND NOT m.letter AND m.state <> 'new' AND NOT (m.sealed AND m.state = 'failed') RETURNING 1
	), changed AS (
		UPDATE outbox o SET state = m.state, cause = nullif(m.cause, ''),
		       chat_id = CASE WHEN m.forget AND m.letter AND m.state <> 'new' THEN 0 ELSE o.chat_id END,
		       message_id = CASE WHEN m.forget AND m.letter THEN NULL WHEN m.message_id <> 0 THEN m.message_id ELSE o.message_id END,
		       payload = CASE WHEN m.state = 'new' THEN o.payload END,
		       sent_at = CASE WHEN m.state = 'sent' THEN clock_timestamp() END,
		       delivered_at = CASE WHEN m.state = 'sent' THEN nullif(m.at, '')::timestamptz END,
		       retry_at = CASE WHEN m.state = 'new' THEN clock_timestamp() + make_interval(secs => m.retry_in)
		                    ELSE o.retry_at END
		FROM mine m WHERE o.id = ANY($2) AND o.id = m.id AND o.term = $1 AND m.sending AND (NOT m.forget OR m.letter OR m.state = 'new' OR m.sealed AND m.state = 'failed')
		RETURNING 1
	)
	SELECT (SELECT count(*) FROM changed) + (SELECT count(*) FROM forgotten)`

// Mark writes what became of rows that were sent under term; rows of another
// term are left alone. It returns how many changed.
func (d *DB) Mark(ctx context.Context, term int64, marks []dialog.Mark) (int, error) {
	n := len(marks)
	ids, states, messages := make([]int64, n), make([]string, n), make([]int64, n)
	causes, waits, gone, times := make([]string, n), make([]float64, n), make([]bool, n), make([]string, n)
	for i, m := range marks {
		ids[i], states[i], messages[i], causes[i] = m.ID, string(m.State), int64(m.MessageID), m.Cause
		waits[i], gone[i] = m.RetryIn.Seconds(), m.Unreachable
		if !m.At.IsZero() {
			times[i] = m.At.Format(time.RFC3339Nano)
		}
	}
	changed := 0
	err := d.alone(ctx, func(db sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, db, &changed, markRows, term, pq.Array(ids), pq.Array(states), pq.Array(messages),
			pq.Array(causes), pq.Array(waits), pq.Array(gone), pq.Array(times))
	})
	return changed, safe("mark outbox", err)
}
