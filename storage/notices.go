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

// noticeColumns are the columns of a noticeRow; n is notice.
const noticeColumns = `n.id, n.key, n.employee_id, n.class, n.kind, n.task_id, n.step, n.tasks, n.action, n.reason, n.decided_at, n.at,
	n.not_before, n.until, n.expires_at, n.with_id, n.tries, n.outbox_key, n.reply`

type noticeRow struct {
	ID        int64          `db:"id"`
	Key       string         `db:"key"`
	Employee  int64          `db:"employee_id"`
	Class     string         `db:"class"`
	Kind      string         `db:"kind"`
	Task      sql.NullInt64  `db:"task_id"`
	Step      string         `db:"step"`
	Tasks     pq.Int64Array  `db:"tasks"`
	Action    string         `db:"action"`
	Reason    string         `db:"reason"`
	DecidedAt time.Time      `db:"decided_at"`
	At        time.Time      `db:"at"`
	NotBefore sql.NullTime   `db:"not_before"`
	Until     sql.NullTime   `db:"until"`
	Expires   sql.NullTime   `db:"expires_at"`
	With      sql.NullInt64  `db:"with_id"`
	Tries     int            `db:"tries"`
	OutboxKey sql.NullString `db:"outbox_key"`
	Reply     sql.NullString `db:"reply"`
}

func (r noticeRow) notice() (courier.Notice, error) {
	n := courier.Notice{ID: r.ID, Key: r.Key, Employee: r.Employee, Class: outreach.Class(r.Class), Kind: outreach.Kind(r.Kind),
		Task: r.Task.Int64, Step: outreach.Step(r.Step), Tasks: r.Tasks, Action: outreach.Action(r.Action),
		Reason: outreach.Reason(r.Reason), DecidedAt: r.DecidedAt, At: r.At, NotBefore: r.NotBefore.Time, Until: r.Until.Time,
		Expires: r.Expires.Time, With: r.With.Int64, Tries: r.Tries, OutboxKey: r.OutboxKey.String}
	if r.Reply.Valid {
		n.Reply = &dialog.Reply{}
		if err := json.Unmarshal([]byte(r.Reply.String), n.Reply); err != nil {
			return n, fmt.Errorf("decode notice %d: %w", r.ID, err)
		}
	}
	return n, nil
}

func (t *Tx) notices(ctx context.Context, what, query string, args ...any) ([]courier.Notice, error) {
	var rows []noticeRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe(what, err)
	}
	out := make([]courier.Notice, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.notice(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const noticesByKey = `SELECT ` + noticeColumns + ` FROM notice n WHERE n.key = ANY($1)`

// Notices returns the notices of the given keys that exist.
func (t *Tx) Notices(ctx context.Context, keys []string) (map[string]courier.Notice, error) {
	list, err := t.notices(ctx, "read notices", noticesByKey, pq.Array(keys))
	if err != nil {
		return nil, err
	}
	out := make(map[string]courier.Notice, len(list))
	for _, n := range list {
		out[n.Key] = n
	}
	return out, nil
}

const noticeReply = `SELECT reply FROM notice WHERE id = $1 AND reply IS NOT NULL`

// NoticeReply returns the message of a notice, or ErrNotFound when it is not
// kept any more.
func (t *Tx) NoticeReply(ctx context.Context, id int64) (r dialog.Reply, err error) {
	var raw string
	err = t.tx.GetContext(ctx, &raw, noticeReply, id)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	if err != nil {
		return r, safe("read a notice", err)
	}
	return r, json.Unmarshal([]byte(raw), &r)
}

const nextNotices = `SELECT nextval(pg_get_serial_sequence('notice', 'id')) FROM generate_series(1, $1)`

// NextNotices reserves ids for n notices.
func (t *Tx) NextNotices(ctx context.Context, n int) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, nextNotices, n)
	return ids, safe("number notices", err)
}

const putNotices = `
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

// PutNotices stores notices. One of a key that exists replaces it if that one is
// held, else it is left out.
func (t *Tx) PutNotices(ctx context.Context, list []courier.Notice) error {
	type row struct {
		ID        int64         `json:"id"`
		Key       string        `json:"key"`
		Employee  int64         `json:"employee_id"`
		Class     string        `json:"class"`
		Kind      string        `json:"kind"`
		Task      *int64        `json:"task_id"`
		Step      string        `json:"step"`
		Tasks     []int64       `json:"tasks"`
		Action    string        `json:"action"`
		Reason    string        `json:"reason"`
		DecidedAt time.Time     `json:"decided_at"`
		At        time.Time     `json:"at"`
		NotBefore *time.Time    `json:"not_before"`
		Until     *time.Time    `json:"until"`
		Expires   *time.Time    `json:"expires_at"`
		With      *int64        `json:"with_id"`
		Tries     int           `json:"tries"`
		OutboxKey *string       `json:"outbox_key"`
		Reply     *dialog.Reply `json:"reply"`
	}
	rows := make([]row, len(list))
	for i, n := range list {
		rows[i] = row{ID: n.ID, Key: n.Key, Employee: n.Employee, Class: string(n.Class), Kind: string(n.Kind), Step: string(n.Step),
			Tasks: append([]int64{}, n.Tasks...), Action: string(n.Action), Reason: string(n.Reason), DecidedAt: n.DecidedAt, At: n.At,
			NotBefore: optional(n.NotBefore), Until: optional(n.Until), Expires: optional(n.Expires), Tries: n.Tries,
			Task: some(n.Task), With: some(n.With), OutboxKey: some(n.OutboxKey), Reply: n.Reply}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode notices: %w", err)
	}
	_, err = t.tx.ExecContext(ctx, putNotices, string(raw))
	return safe("store notices", err)
}

// some is nil for the zero value.
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
