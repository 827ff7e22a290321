package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
)

// What follows in the transaction goes by indexes, whatever the statistics say: a
// job writes into tables that were empty when they were last counted.
const lockPeople = `
	SELECT e.id FROM employee e, (SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
	       set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true) OFFSET 0) s
	WHERE e.id = ANY($1) ORDER BY e.id FOR NO KEY UPDATE OF e`

// LockPeople locks people in the order of their ids until the end of the
// transaction.
func (t *Tx) LockPeople(ctx context.Context, ids []int64) error {
	_, err := t.tx.ExecContext(ctx, lockPeople, pq.Array(ids))
	return safe("lock people", err)
}

// notificationColumns are the columns of a notificationRow; n is the table notice.
const notificationColumns = `n.id, n.key, n.employee_id, n.class, n.kind, n.task_id, n.step, n.tasks, n.action, n.reason, n.decided_at, n.at,
	n.not_before, n.until, n.expires_at, n.with_id, n.tries, n.outbox_key, n.reply`

// notificationRow is a row of notice, as it is read and as it is written; nil = NULL.
type notificationRow struct {
	ID        int64            `db:"id" json:"id"`
	Key       string           `db:"key" json:"key"`
	Employee  int64            `db:"employee_id" json:"employee_id"`
	Class     string           `db:"class" json:"class"`
	Kind      string           `db:"kind" json:"kind"`
	Task      *int64           `db:"task_id" json:"task_id"`
	Step      string           `db:"step" json:"step"`
	Tasks     pq.Int64Array    `db:"tasks" json:"tasks"`
	Action    string           `db:"action" json:"action"`
	Reason    string           `db:"reason" json:"reason"`
	DecidedAt time.Time        `db:"decided_at" json:"decided_at"`
	At        time.Time        `db:"at" json:"at"`
	NotBefore *time.Time       `db:"not_before" json:"not_before"`
	Until     *time.Time       `db:"until" json:"until"`
	Expires   *time.Time       `db:"expires_at" json:"expires_at"`
	With      *int64           `db:"with_id" json:"with_id"`
	Tries     int              `db:"tries" json:"tries"`
	OutboxKey *string          `db:"outbox_key" json:"outbox_key"`
	Reply     *json.RawMessage `db:"reply" json:"reply"`
}

func (r notificationRow) notification() (courier.Notification, error) {
	n := courier.Notification{ID: r.ID, Key: r.Key, Employee: r.Employee, Class: outreach.Class(r.Class), Kind: outreach.Kind(r.Kind),
		Task: orZero(r.Task), Step: outreach.Step(r.Step), Tasks: r.Tasks, Action: outreach.Action(r.Action),
		Reason: outreach.Reason(r.Reason), DecidedAt: r.DecidedAt, At: r.At, NotBefore: orZero(r.NotBefore), Until: orZero(r.Until),
		Expires: orZero(r.Expires), With: orZero(r.With), Tries: r.Tries, OutboxKey: orZero(r.OutboxKey)}
	if r.Reply != nil {
		n.Reply = &dialog.Reply{}
		if err := json.Unmarshal(*r.Reply, n.Reply); err != nil {
			return n, fmt.Errorf("decode notification %d: %w", r.ID, err)
		}
	}
	return n, nil
}

// rowOf is the row of a notification.
func rowOf(n courier.Notification) (notificationRow, error) {
	r := notificationRow{ID: n.ID, Key: n.Key, Employee: n.Employee, Class: string(n.Class), Kind: string(n.Kind), Step: string(n.Step),
		Tasks: append([]int64{}, n.Tasks...), Action: string(n.Action), Reason: string(n.Reason), DecidedAt: n.DecidedAt, At: n.At,
		NotBefore: optional(n.NotBefore), Until: optional(n.Until), Expires: optional(n.Expires), Tries: n.Tries,
		Task: some(n.Task), With: some(n.With), OutboxKey: some(n.OutboxKey)}
	if n.Reply == nil {
		return r, nil
	}
	raw, err := json.Marshal(n.Reply)
	r.Reply = (*json.RawMessage)(&raw)
	return r, err
}

func (t *Tx) notifications(ctx context.Context, what, query string, args ...any) ([]courier.Notification, error) {
	var rows []notificationRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe(what, err)
	}
	out := make([]courier.Notification, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.notification(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const notificationsByKey = `SELECT ` + notificationColumns + ` FROM notice n WHERE n.key = ANY($1)`

// Notifications returns the notifications of the given keys that exist.
func (t *Tx) Notifications(ctx context.Context, keys []string) (map[string]courier.Notification, error) {
	list, err := t.notifications(ctx, "read notifications", notificationsByKey, pq.Array(keys))
	if err != nil {
		return nil, err
	}
	out := make(map[string]courier.Notification, len(list))
	for _, n := range list {
		out[n.Key] = n
	}
	return out, nil
}

const notificationReply = `SELECT reply FROM notice WHERE id = $1 AND reply IS NOT NULL`

// NotificationReply returns the message of a notification, or ErrNotFound when it
// is not kept any more.
func (t *Tx) NotificationReply(ctx context.Context, id int64) (r dialog.Reply, err error) {
	var raw string
	err = t.tx.GetContext(ctx, &raw, notificationReply, id)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	if err != nil {
		return r, safe("read a notification", err)
	}
	return r, json.Unmarshal([]byte(raw), &r)
}

const nextNotifications = `SELECT nextval(pg_get_serial_sequence('notice', 'id')) FROM generate_series(1, $1)`

// NextNotifications reserves ids for n notifications.
func (t *Tx) NextNotifications(ctx context.Context, n int) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, nextNotifications, n)
	return ids, safe("number notifications", err)
}

const putNotifications = `
	INSERT INTO notice (id, key, employee_id, class, kind, task_id, step, tasks, action, reason, decided_at, at, not_before,
	       until, expires_at, with_id, tries, outbox_key, reply)
	SELECT r.id, r.key, r.employee_id, r.class, r.kind, r.task_id, r.step, r.tasks, r.action, r.reason, r.decided_at, r.at,
	       r.not_before, r.until, r.expires_at, r.with_id, r.tries, r.outbox_key, r.reply
	FROM jsonb_to_recordset($1::jsonb) AS r (id bigint, key text, employee_id bigint, class text, kind text, task_id bigint,
	     step text, tasks bigint[], action text, reason text, decided_at timestamptz, at timestamptz, not_before timestamptz,
	     until timestamptz, expires_at timestamptz, with_id bigint, tries smallint, outbox_key text, reply jsonb)
	ON CONFLICT (key) DO UPDATE SET action = excluded.action, reason = excluded.reason, decided_at = excluded.decided_at,
	       at = excluded.at, not_before = excluded.not_before, until = excluded.until, expires_at = excluded.expires_at,
	       with_id = excluded.with_id, tries = excluded.tries, outbox_key = excluded.outbox_key, reply = excluded.reply,
	       tasks = excluded.tasks
	WHERE notice.action = 'hold'`

// PutNotifications stores notifications. One of a key that exists replaces it if
// that one is held, else it is left out.
func (t *Tx) PutNotifications(ctx context.Context, list []courier.Notification) error {
	rows := make([]notificationRow, len(list))
	for i, n := range list {
		var err error
		if rows[i], err = rowOf(n); err != nil {
			return fmt.Errorf("encode notification %d: %w", n.ID, err)
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode notifications: %w", err)
	}
	_, err = t.tx.ExecContext(ctx, putNotifications, string(raw))
	return safe("store notifications", err)
}

// orZero is what a pointer points to, the zero value for nil.
func orZero[T any](v *T) (out T) {
	if v != nil {
		out = *v
	}
	return out
}

// some returns a pointer to v, nil for the zero value.
func some[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// The state is written so that no index of open rows can serve: there were few of
// them when they were last counted, and a job has queued thousands since.
const replaceQueued = `
	UPDATE outbox SET payload = $2, length = length($2), template = $3 WHERE key = $1 AND state || '' = 'new'`

// ReplaceQueued gives an outbox row that nobody has begun to send another
// content; false when there is none.
func (t *Tx) ReplaceQueued(ctx context.Context, row dialog.Outgoing) (bool, error) {
	body, err := json.Marshal(payload{Params: row.Params, Picture: row.Picture})
	if err != nil {
		return false, fmt.Errorf("encode message: %w", err)
	}
	r, err := t.tx.ExecContext(ctx, replaceQueued, row.Key, string(body), row.Template)
	if err != nil {
		return false, safe("replace a message", err)
	}
	n, err := r.RowsAffected()
	return n == 1, safe("replace a message", err)
}
