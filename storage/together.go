package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// A chat that somebody else is at is left out: who decides for many waits for nobody.
var loadTogether = loading(whoIsFree("$2"), "me.id", seenRev("me.id"), oldestWaiting("me.id"))

// whoIsFree are those of several chats that nobody else is at; they are locked.
func whoIsFree(chats string) string {
	return "id = ANY(" + chats + ") ORDER BY id FOR UPDATE SKIP LOCKED"
}

// LoadTogether is Load for several chats at once: each is called with what Load returns,
// or with why one of them cannot be decided with others. Chats that are locked, or that
// nobody has written in yet, are left out.
func (t *Tx) LoadTogether(ctx context.Context, botID int64, chats []int64, now time.Time, ofTask []string,
	each func(s dialog.Session, e personnel.Employee, tasks []task.Task, waiting bool, err error),
) error {
	var rows []sessionRow
	if err := t.tx.SelectContext(ctx, &rows, loadTogether, botID, pq.Array(chats), now.Format(time.DateOnly), pq.Array(ofTask)); err != nil {
		return safe("load sessions", err)
	}
	for _, r := range rows {
		here := dialog.Session{ChatID: r.ID}
		switch {
		case r.SeenRev.Int64 != r.Rev:
			each(here, personnel.Employee{}, nil, true, pg.ErrStale)
		case !r.UpdateID.Valid:
			each(here, personnel.Employee{}, nil, false, nil)
		default:
			s, e, tasks, err := t.loaded(r, botID)
			s.ChatID = r.ID
			each(s, e, tasks, true, err)
		}
	}
	return nil
}

// The statement of Save over many chats. The arrays repeat numbers that stand in the
// decisions, so that rows are found by their keys. An update that is not done is written as
// in Save; messages that wait in lane 0 may be read as a whole after a quiet hour.
var saveTogether = saving("", "true", `
		UPDATE inbox i SET done_at = now(), body = NULL, lane = NULL FROM given d
		WHERE i.bot_id = $1 AND `+among("i.update_id", "$3")+` AND i.update_id = d.update_id AND i.serial = d.serial AND COALESCE(i.done_at, 'infinity') = 'infinity' RETURNING 1`)

// saving writes decisions, if "when" holds of what was read before; done is what becomes of
// their updates, a row for each.
func saving(before, when, done string) string {
	return `
	WITH ` + before + `given AS MATERIALIZED (
		SELECT * FROM jsonb_to_recordset($2::jsonb) AS d (update_id bigint, serial bigint, received_at timestamptz, chat_id bigint, now timestamptz,
		       active_form text, active_ref bigint, wrong_tries int, tries_since timestamptz, reachable boolean,
		       hour_updates int, hour_since timestamptz, press_at timestamptz, press_message bigint, press_card text, press_button text,
		       form text, ref bigint, body jsonb, op text) WHERE ` + when + `
	), done AS (` + done + `
	), me AS (
		UPDATE chat c SET rev = c.rev + 1, active_form = d.active_form, active_ref = d.active_ref, wrong_tries = d.wrong_tries,
		       tries_since = d.tries_since, reachable = d.reachable, hour_updates = d.hour_updates, hour_since = d.hour_since,
		       press_at = d.press_at, press_message = d.press_message, press_card = d.press_card, press_button = d.press_button
		FROM given d WHERE c.id = ANY($4) AND c.id = d.chat_id RETURNING 1
	), stored AS (
		INSERT INTO draft (chat_id, form, ref, body, touched_at)
		SELECT chat_id, form, ref, body, now FROM given WHERE op = 'store' ORDER BY chat_id
		ON CONFLICT (chat_id, form, ref) DO UPDATE SET body = excluded.body, touched_at = excluded.touched_at
	), dropped AS (
		DELETE FROM draft x USING given d WHERE x.chat_id = ANY($4) AND d.op = 'drop' AND x.chat_id = d.chat_id AND x.form = d.form AND x.ref = d.ref
	), waiting AS MATERIALIZED (
		SELECT DISTINCT o.chat_id FROM outbox o JOIN given d ON d.chat_id = o.chat_id
		WHERE o.chat_id = ANY($4) AND o.lane + 0 = 0 AND (o.state = 'new' OR o.state = 'sending' AND o.term <> $6) AND o.expires_at > d.now
	), sent AS (
		INSERT INTO outbox (` + queuedColumns + `, state, term)
		SELECT ` + queuedValues + `,
		       CASE WHEN $6 > 0 AND w.chat_id IS NULL THEN 'sending' ELSE 'new' END,
		       CASE WHEN $6 > 0 AND w.chat_id IS NULL THEN $6 ELSE 0 END
		FROM ` + queuedRows("$5") + ` LEFT JOIN waiting w ON w.chat_id = r.chat_id
		WHERE ` + when + ` ORDER BY r.n
		RETURNING id, key, state = 'sending' AS claimed
	)
	SELECT (SELECT count(*) FROM done) AS done, (SELECT count(*) FROM me) AS chats, s.id, s.key, s.claimed
	FROM (VALUES (1)) one LEFT JOIN sent s ON true`
}

// decided is a decision as saveTogether takes it.
type decided struct {
	UpdateID     int64      `json:"update_id"`
	Serial       int64      `json:"serial"`
	Came         time.Time  `json:"received_at"`
	ChatID       int64      `json:"chat_id"`
	Now          time.Time  `json:"now"`
	ActiveForm   string     `json:"active_form"`
	ActiveRef    int64      `json:"active_ref"`
	WrongTries   int        `json:"wrong_tries"`
	TriesSince   *time.Time `json:"tries_since"`
	Reachable    bool       `json:"reachable"`
	HourUpdates  int        `json:"hour_updates"`
	HourSince    *time.Time `json:"hour_since"`
	PressAt      *time.Time `json:"press_at"`
	PressMessage int        `json:"press_message"`
	PressCard    string     `json:"press_card"`
	PressButton  string     `json:"press_button"`
	change
}

// batch is what a statement of saving takes of decisions.
type batch struct {
	list           []dialog.Decision
	given, rows    string // as JSON
	updates, chats []int64
}

// inOneStatement tells whether one statement saves a decision whole.
func inOneStatement(d dialog.Decision) bool { return !d.Forget && d.Spent == "" && d.Serial != 0 }

// batch checks and encodes decisions about one chat each, which are all made under one term,
// forget nothing and leave no card behind.
func (t sealing) batch(list []dialog.Decision) (b batch, err error) {
	b.list = list
	given := make([]decided, len(list))
	b.updates, b.chats = make([]int64, len(list)), make([]int64, len(list))
	var rows []dialog.Outgoing
	var cards []string
	for i, d := range list {
		c, err := t.change(d)
		switch {
		case err != nil:
			return b, err
		case !inOneStatement(d) || d.Term != list[0].Term || d.BotID != list[0].BotID:
			return b, fmt.Errorf("update %d cannot be saved with others", d.UpdateID)
		}
		given[i] = decided{UpdateID: d.UpdateID, Serial: d.Serial, Came: d.Came, ChatID: d.ChatID, Now: d.Now, ActiveForm: d.ActiveForm, ActiveRef: d.ActiveRef,
			WrongTries: d.WrongTries, TriesSince: optional(d.TriesSince), Reachable: d.Reachable, HourUpdates: d.HourUpdates, HourSince: optional(d.HourSince),
			PressAt: optional(d.Pressed.At), PressMessage: d.Pressed.Message, PressCard: d.Pressed.Card, PressButton: d.Pressed.Button, change: c}
		b.updates[i], b.chats[i] = d.UpdateID, d.ChatID
		rows = append(rows, d.Rows...)
		cards = append(cards, c.card)
	}
	raw, err := json.Marshal(given)
	if err != nil {
		return b, fmt.Errorf("encode decisions: %w", err)
	}
	b.given = string(raw)
	b.rows, err = t.outboxJSON(rows, cards...)
	return b, err
}

// SaveTogether is Save for decisions as batch describes them. It writes all or gives an
// error.
func (t *Tx) SaveTogether(ctx context.Context, list []dialog.Decision) error {
	b, err := t.batch(list)
	if err != nil {
		return err
	}
	return b.save(ctx, t.tx, len(list), saveTogether)
}

// save runs a statement of saving; so many updates must come of it.
func (b batch) save(ctx context.Context, db sqlx.QueryerContext, updates int, statement string, more ...any) error {
	args := append([]any{b.list[0].BotID, b.given, pq.Array(b.updates), pq.Array(b.chats), b.rows, b.list[0].Term}, more...)
	var saved []savedRow
	if err := sqlx.SelectContext(ctx, db, &saved, statement, args...); err != nil {
		return safe("save decisions", err)
	}
	if saved[0].Done != updates || saved[0].Chats != len(b.list) {
		return pg.ErrStale
	}
	for _, d := range b.list {
		numbered(d, saved)
	}
	return nil
}
