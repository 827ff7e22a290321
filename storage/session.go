package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// The chat is locked and everything that the next update can need is read in
// one round trip. seen_rev is read from the snapshot and rev from the locked
// row: they differ when another replica was in between.
var loadSession = loading("id = $2 FOR UPDATE", "$2", seenRev("$2"), oldestWaiting("$2"))

// seenRev is the rev that a chat has in the snapshot.
func seenRev(id string) string { return `(SELECT rev FROM chat WHERE id = ` + id + `)` }

// oldestWaiting is the update of a chat that is decided next.
func oldestWaiting(id string) string {
	return `SELECT update_id, serial, received_at, body, count(*) OVER () > 1 AS more FROM inbox
		WHERE lane = ` + id + ` AND bot_id + 0 = $1 AND done_at IS NULL ORDER BY update_id LIMIT 1`
}

// loading reads what the next update of each chat needs whose row is read by "which";
// id is the number of the chat in the rest of the statement, rev the one to compare with that of
// the row, update reads that update.
// OFFSET 0 has employee and unit looked up for each chat: for several chats the planner would
// rather read all people of the agency.
func loading(which, id, rev, update string) string {
	return `
	WITH me AS (
		SELECT id, employee_id, reachable, active_form, active_ref, wrong_tries, tries_since,
		       hour_updates, hour_since, press_at, press_message, press_card, press_button, rev, xmin::text AS version
		FROM chat WHERE ` + which + `
	)
	SELECT me.id, me.employee_id, me.reachable, me.active_form, me.active_ref, me.wrong_tries, me.tries_since,
	       me.hour_updates, me.hour_since, me.press_at, me.press_message, me.press_card, me.press_button, me.rev, ` + rev + ` AS seen_rev, me.version,
	       i.update_id, i.serial, i.received_at, i.body, i.more,
	       (SELECT json_agg(CASE WHEN o.message_id IS NULL THEN d.body ELSE d.body || jsonb_build_object('message', o.message_id) END)
	        FROM draft d LEFT JOIN LATERAL (SELECT message_id FROM outbox WHERE key = d.body ->> 'card' OFFSET 0) o ON true WHERE d.chat_id = ` + id + `) AS drafts,
	       (SELECT json_agg(` + taskJSON + `) FROM draft d
	        JOIN task t ON t.id = d.ref JOIN ` + occasions + ` p ON p.id = t.occasion_id
	        WHERE d.chat_id = ` + id + ` AND d.form = ANY($4)) AS tasks,
	       CASE WHEN me.employee_id IS NULL THEN '' ELSE ` + rightsIf("e.active", "me.employee_id", "$3::date") + ` END AS rights,
	       ` + employeeColumns + `
	FROM me
	LEFT JOIN LATERAL (
		` + update + `
	) i ON true
	LEFT JOIN LATERAL (SELECT * FROM employee WHERE id = me.employee_id OFFSET 0) e ON true
	LEFT JOIN LATERAL (SELECT * FROM unit WHERE id = e.unit_id OFFSET 0) u ON true`
}

// A chat that was forgotten starts with the failed proofs that it had.
const addChat = `
	INSERT INTO chat (id, wrong_tries, tries_since)
	SELECT $1, COALESCE(l.tries, 0), l.since
	FROM (VALUES (1)) one LEFT JOIN lockout l ON l.chat_id = $1 AND l.expires_at > $2
	ON CONFLICT (id) DO NOTHING`

type sessionRow struct {
	ID           int64          `db:"id"`
	EmployeeID   sql.NullInt64  `db:"employee_id"`
	Reachable    bool           `db:"reachable"`
	ActiveForm   string         `db:"active_form"`
	ActiveRef    int64          `db:"active_ref"`
	WrongTries   int            `db:"wrong_tries"`
	TriesSince   sql.NullTime   `db:"tries_since"`
	Updates      int            `db:"hour_updates"`
	HourSince    sql.NullTime   `db:"hour_since"`
	PressAt      sql.NullTime   `db:"press_at"`
	PressMessage int            `db:"press_message"`
	PressCard    string         `db:"press_card"`
	PressButton  string         `db:"press_button"`
	Rev          int64          `db:"rev"`
	SeenRev      sql.NullInt64  `db:"seen_rev"`
	Version      string         `db:"version"`
	UpdateID     sql.NullInt64  `db:"update_id"`
	Serial       sql.NullInt64  `db:"serial"`
	ReceivedAt   sql.NullTime   `db:"received_at"`
	Body         sql.NullString `db:"body"`
	More         sql.NullBool   `db:"more"`
	Drafts       sql.NullString `db:"drafts"`
	Tasks        sql.NullString `db:"tasks"`
	Rights       string         `db:"rights"`
	employeeRow
}

// Load locks a chat and reads its oldest undecided update with everything that
// is known about the person: the session, the employee (zero while the chat is
// not linked, or its person has left the service; with the rights on the civil
// date of now) and the tasks that have an open draft. ok is false when nothing is
// waiting. What was read and cannot be decoded is an error with the update's
// number in the session. ofTask are the forms whose drafts have a task as their ref.
func (t *Tx) Load(ctx context.Context, botID, chatID int64, now time.Time, ofTask []string) (
	s dialog.Session, e personnel.Employee, tasks []task.Task, ok bool, err error,
) {
	var r sessionRow
	today := now.Format(time.DateOnly)
	err = t.tx.GetContext(ctx, &r, loadSession, botID, chatID, today, pq.Array(ofTask))
	if errors.Is(err, sql.ErrNoRows) {
		if _, err = t.tx.ExecContext(ctx, addChat, chatID, now); err != nil {
			return s, e, nil, false, safe("add chat", err)
		}
		err = t.tx.GetContext(ctx, &r, loadSession, botID, chatID, today, pq.Array(ofTask))
	}
	t.tx.writes = 0 // a chat that is seen for the first time is no decision
	switch {
	case err != nil:
		return s, e, nil, false, safe("load session", err)
	case r.SeenRev.Int64 != r.Rev:
		return s, e, nil, false, pg.ErrStale
	case !r.UpdateID.Valid:
		return s, e, nil, false, nil
	}
	s, e, tasks, err = t.loaded(r, botID)
	return s, e, tasks, err == nil, err
}

// loaded opens and decodes what was read of a chat with an update that waits.
func (t sealing) loaded(r sessionRow, botID int64) (s dialog.Session, e personnel.Employee, tasks []task.Task, err error) {
	if s, err = r.session(); err != nil {
		return s, e, nil, err
	}
	if s.Update.Body, err = openText(t.seal, disclosure.Update, aboutUpdate(botID, r.ID), s.Update.Body); err != nil {
		return s, e, nil, err
	}
	if s.Drafts, err = t.openDrafts(r.ID, s.Drafts); err != nil {
		return s, e, nil, err
	}
	if !r.Active.Bool { // nobody's chat, or that of somebody who has left and whom the register may bring back
		s.EmployeeID = 0
		return s, e, nil, nil
	}
	if err = decode(r.Tasks, &tasks); err != nil {
		return s, e, nil, fmt.Errorf("decode tasks: %w", err)
	}
	e, err = r.employee()
	e.Rights = personnel.ParseRights(r.Rights)
	return s, e, tasks, err
}

func (r sessionRow) session() (dialog.Session, error) {
	s := dialog.Session{
		ChatID: r.ID, EmployeeID: r.EmployeeID.Int64, Reachable: r.Reachable,
		ActiveForm: r.ActiveForm, ActiveRef: r.ActiveRef,
		WrongTries: r.WrongTries, TriesSince: r.TriesSince.Time, HourUpdates: r.Updates, HourSince: r.HourSince.Time,
		Pressed: dialog.Pressed{Message: r.PressMessage, Card: r.PressCard, Button: r.PressButton, At: r.PressAt.Time},
		More:    r.More.Bool,
		Update:  dialog.RawUpdate{ID: r.UpdateID.Int64, Serial: r.Serial.Int64, Came: r.ReceivedAt.Time, Lane: r.ID, Body: r.Body.String},
	}
	if err := decode(r.Drafts, &s.Drafts); err != nil {
		return s, fmt.Errorf("decode drafts: %w", err)
	}
	return s, nil
}

func decode(raw sql.NullString, into any) error {
	if !raw.Valid {
		return nil
	}
	return json.Unmarshal([]byte(raw.String), into)
}

// lockoutLife is how long failed proofs outlive a chat that is forgotten.
const lockoutLife = time.Hour

const (
	keepTries = `
		INSERT INTO lockout (chat_id, tries, since, expires_at)
		SELECT id, wrong_tries, tries_since, $2 FROM chat
		WHERE id = $1 AND employee_id IS NULL AND wrong_tries > 0 AND tries_since IS NOT NULL
		ON CONFLICT (chat_id) DO UPDATE SET tries = excluded.tries, since = excluded.since, expires_at = excluded.expires_at`
	dropTries    = `DELETE FROM lockout WHERE expires_at <= $1`
	forgetChat   = `DELETE FROM chat WHERE id = $1 AND employee_id IS NULL`
	forgetOutbox = `DELETE FROM outbox WHERE chat_id = $1 AND state NOT IN ('new', 'sending')`
)

// forget removes what a stranger left: the chat with its drafts, and the ledger
// of what was sent to it. The row of a message that is still to be sent is
// deleted by its sending. Only the number of failed proofs is kept for an hour,
// because forgetting it would end a lockout.
func (t *Tx) forget(ctx context.Context, chatID int64, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, dropTries, now); err != nil {
		return safe("forget tries", err)
	}
	if _, err := t.tx.ExecContext(ctx, keepTries, chatID, now.Add(lockoutLife)); err != nil {
		return safe("keep tries", err)
	}
	for _, q := range []string{forgetChat, forgetOutbox} {
		if _, err := t.tx.ExecContext(ctx, q, chatID); err != nil {
			return safe("forget chat", err)
		}
	}
	return nil
}

// touchChat locks a chat and leaves another version of its row, with the same values: who has
// read the chat without a lock and saves now finds that something has come into it (see
// saveArrived).
const touchChat = `UPDATE chat SET rev = rev WHERE id = $1`

// Enqueue adds messages outside the decision of an update; rows with a key
// that exists already are left out. They are not claimed. A row that does not say
// by what way it goes is an error.
func (t *Tx) Enqueue(ctx context.Context, rows []dialog.Outgoing) error {
	for _, r := range rows {
		if r.Way == "" {
			return fmt.Errorf("message %s has passed no gate and is no answer", r.Template)
		}
	}
	raw, err := t.outboxJSON(rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Lane == dialog.LaneBulk {
			continue // nobody relies on the order of bulk rows within a chat
		}
		if _, err := t.tx.ExecContext(ctx, touchChat, r.ChatID); err != nil {
			return safe("touch chat", err)
		}
	}
	_, err = t.tx.ExecContext(ctx, enqueue, raw)
	return safe("enqueue", err)
}

var enqueue = `
	INSERT INTO outbox (` + queuedColumns + `, state, not_before, expires_at, announcement_id, recipient_id)
	SELECT ` + queuedValues + `, 'new', COALESCE(r.not_before, '-infinity'), COALESCE(r.expires_at, 'infinity'),
	       nullif(r.announcement_id, 0), nullif(r.recipient_id, 0)
	FROM ` + queuedRows("$1") + `
	ORDER BY r.n ON CONFLICT (key) DO NOTHING`
