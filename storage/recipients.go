package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
)

const recipients = `
	SELECT e.id, e.unit_id, COALESCE(c.id, 0) AS chat, e.active AND c.id IS NOT NULL AS linked, COALESCE(c.reachable, false) AS reachable,
	       COALESCE(a.hour, 0) AS hour, a.muted_until, COALESCE(a.mute_all, false) AS mute_all,
	       EXISTS (SELECT FROM unit_pause p WHERE p.unit_id = e.unit_id AND p.resumed_at IS NULL) AS paused
	FROM employee e LEFT JOIN chat c ON c.employee_id = e.id LEFT JOIN attention a ON a.employee_id = e.id
	WHERE e.id = ANY($1)`

type recipientRow struct {
	ID        int64        `db:"id"`
	Unit      int64        `db:"unit_id"`
	Chat      int64        `db:"chat"`
	Linked    bool         `db:"linked"`
	Reachable bool         `db:"reachable"`
	Hour      int          `db:"hour"`
	Muted     sql.NullTime `db:"muted_until"`
	MuteAll   bool         `db:"mute_all"`
	Paused    bool         `db:"paused"`
}

// Recipients returns what the gate has to know about people at now, by id. The
// named tasks are there beside those that are open.
func (t *Tx) Recipients(ctx context.Context, ids, tasks []int64, now time.Time) (map[int64]courier.Recipient, error) {
	var rows []recipientRow
	if err := t.tx.SelectContext(ctx, &rows, recipients, pq.Array(ids)); err != nil {
		return nil, safe("read recipients", err)
	}
	weeks, err := t.unitWeeks(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]courier.Recipient, len(rows))
	for _, r := range rows {
		p := courier.Recipient{Chat: r.Chat, Keys: map[int64]string{}}
		p.Linked, p.Reachable, p.UnitPaused = r.Linked, r.Reachable, r.Paused
		p.Mute = outreach.Mute{Until: r.Muted.Time, All: r.MuteAll}
		p.Diary = outreach.Diary{Week: weeks.of(r.Unit), Hour: outreach.Clock(r.Hour)}
		out[r.ID] = p
	}
	if err := t.leaveOf(ctx, ids, now, out); err != nil {
		return nil, err
	}
	if err := t.messagesTo(ctx, ids, now, out); err != nil {
		return nil, err
	}
	if err := t.digestsTo(ctx, ids, now, out); err != nil {
		return nil, err
	}
	return out, t.tasksFor(ctx, ids, tasks, now, out)
}

const leaveOf = `
	SELECT employee_id, to_char(starts_on, 'YYYY-MM-DD') AS starts_on, to_char(ends_on, 'YYYY-MM-DD') AS ends_on
	FROM absence WHERE employee_id = ANY($1) AND ends_on >= $2::date - 60 ORDER BY starts_on`

func (t *Tx) leaveOf(ctx context.Context, ids []int64, now time.Time, out map[int64]courier.Recipient) error {
	var rows []struct {
		ID   int64  `db:"employee_id"`
		From string `db:"starts_on"`
		To   string `db:"ends_on"`
	}
	if err := t.tx.SelectContext(ctx, &rows, leaveOf, pq.Array(ids), now.Format(time.DateOnly)); err != nil {
		return safe("read leave", err)
	}
	for _, r := range rows {
		p := out[r.ID]
		from, err := outreach.ParseDay(r.From)
		if err != nil {
			return err
		}
		to, err := outreach.ParseDay(r.To)
		if err != nil {
			return err
		}
		p.Diary.Leave = append(p.Diary.Leave, outreach.Days{From: from, To: to})
		out[r.ID] = p
	}
	return nil
}

// openTasksOfOne are the open tasks of the person i.id, looked up person by
// person. In a join for hundreds of people the planner would read the open tasks
// of everybody, because there were few when they were last counted: so it is just
// after a period has opened.
const openTasksOfOne = `(SELECT k.id, k.employee_id, k.due_at, k.opens_at FROM task k WHERE k.employee_id = i.id AND k.state IN ('open', 'started') OFFSET 0)`

// didNotGo are the states of an outbox row whose message did not reach anybody.
const didNotGo = `('failed', 'expired', 'cancelled', 'superseded')`

// A merged message has no row of its own here: it is part of the one that
// carries it. At is the planned time, so that a year can be simulated. Of reminders
// whose evaluation is closed nothing is left but that there was one.
const messagesTo = `
	SELECT n.id, n.employee_id, n.class, n.kind, n.at, n.action, COALESCE(n.outbox_key, '') AS outbox_key, COALESCE(o.state, 'sent') AS state,
	       n.tasks || COALESCE(m.tasks, '{}') AS tasks, 1 + COALESCE(m.parts, 0) AS parts
	FROM unnest($1::bigint[]) AS i (id)
	CROSS JOIN LATERAL (SELECT * FROM notice WHERE employee_id = i.id AND at > $2::timestamptz - interval '9 days' OFFSET 0) n
	LEFT JOIN outbox o ON o.key = n.outbox_key
	LEFT JOIN LATERAL (
		SELECT count(DISTINCT w.id) AS parts, array_agg(x.id) FILTER (WHERE x.id IS NOT NULL) AS tasks FROM notice w LEFT JOIN LATERAL unnest(w.tasks) x (id) ON true
		WHERE w.with_id = n.id AND w.employee_id = n.employee_id AND w.action = 'merge' AND w.at >= n.at - interval '1 day'
	) m ON n.action = 'send'
	WHERE n.class <> 'list' AND (n.action = 'hold' OR n.action = 'send' AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `)
	UNION ALL
	SELECT 0, s.employee_id, '` + string(outreach.Prompt) + `', '', s.at, 'send', '', 'sent', '{}', 1
	FROM unnest($1::bigint[]) AS i (id) JOIN spent_prompt s ON s.employee_id = i.id AND s.at > $2::timestamptz - interval '9 days'
	ORDER BY id`

func (t *Tx) messagesTo(ctx context.Context, ids []int64, now time.Time, out map[int64]courier.Recipient) error {
	var rows []struct {
		ID        int64         `db:"id"`
		Employee  int64         `db:"employee_id"`
		Class     string        `db:"class"`
		Kind      string        `db:"kind"`
		At        time.Time     `db:"at"`
		Action    string        `db:"action"`
		OutboxKey string        `db:"outbox_key"`
		State     string        `db:"state"`
		Tasks     pq.Int64Array `db:"tasks"`
		Parts     int           `db:"parts"`
	}
	if err := t.tx.SelectContext(ctx, &rows, messagesTo, pq.Array(ids), now); err != nil {
		return safe("read messages", err)
	}
	for _, r := range rows {
		m := outreach.Message{ID: r.ID, Class: outreach.Class(r.Class), Kind: outreach.Kind(r.Kind), Tasks: r.Tasks, At: r.At,
			State: outreach.Sent, Parts: r.Parts}
		switch {
		case r.Action == string(outreach.Hold):
			m.State = outreach.Held
		case r.State == "new":
			m.State = outreach.Queued
		}
		p := out[r.Employee]
		p.Messages = append(p.Messages, m)
		p.Keys[r.ID] = r.OutboxKey
		out[r.Employee] = p
	}
	return nil
}

// A digest counts as read once something of it was tapped; a summary that did not
// arrive counts as none.
var digestsTo = `
	SELECT n.employee_id, max(n.at) FILTER (WHERE ` + isSummary("n") + `) AS last_summary,
	       count(*) FILTER (WHERE ` + isSummary("n") + ` AND n.id > COALESCE((SELECT max(r.id) FROM notice r
	           WHERE r.employee_id = n.employee_id AND ` + isSummary("r") + ` AND r.read_at IS NOT NULL), 0)) AS unread
	FROM notice n LEFT JOIN outbox o ON o.key = n.outbox_key
	WHERE n.employee_id = ANY($1) AND ` + isSummary("n") + ` AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `
	  AND n.action IN ('send', 'merge') AND n.at > $2::timestamptz - interval '100 days'
	GROUP BY n.employee_id`

func (t *Tx) digestsTo(ctx context.Context, ids []int64, now time.Time, out map[int64]courier.Recipient) error {
	var rows []struct {
		Employee    int64        `db:"employee_id"`
		LastSummary sql.NullTime `db:"last_summary"`
		Unread      int          `db:"unread"`
	}
	if err := t.tx.SelectContext(ctx, &rows, digestsTo, pq.Array(ids), now); err != nil {
		return safe("read digests", err)
	}
	for _, r := range rows {
		p := out[r.Employee]
		p.LastSummary, p.UnreadDigests = r.LastSummary.Time, r.Unread
		out[r.Employee] = p
	}
	return nil
}

// nudgedAt is when a nudge n went, or is to go: from then on the days until the
// next one count.
func nudgedAt(n string) string {
	return "CASE WHEN " + n + ".action = 'hold' THEN " + n + ".at ELSE " + n + ".decided_at END"
}

// A held nudge that is decided again does not count against itself.
var tasksFor = `
	WITH wanted AS (
		SELECT t.id FROM unnest($1::bigint[]) AS i (id) CROSS JOIN LATERAL ` + openTasksOfOne + ` t
		UNION SELECT unnest($2::bigint[])
	)
	SELECT t.id, t.employee_id, t.state, t.opens_at, t.due_at, n.reminders, n.last_nudge, s.snoozes, s.until, s.alone
	FROM wanted JOIN task t USING (id)
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE n.action IN ('send', 'merge') AND COALESCE(o.state, 'sent') NOT IN ` + didNotGo + `) AS reminders,
		       max(` + nudgedAt("n") + `) FILTER (WHERE ` + isNudge("n") + ` AND (n.action IN ('send', 'merge') OR n.action = 'hold' AND n.at > $3)) AS last_nudge
		FROM notice n LEFT JOIN outbox o ON o.key = n.outbox_key
		WHERE n.task_id = t.id AND n.kind = ANY($4)
	) n
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE counted) AS snoozes, (array_agg(until ORDER BY at DESC))[1] AS until,
		COALESCE(max(at) FILTER (WHERE until IS NULL) >= max(at), false) AS alone FROM snooze WHERE task_id = t.id) s
	WHERE t.id = ANY(ARRAY(SELECT id FROM wanted))`

func (t *Tx) tasksFor(ctx context.Context, ids, tasks []int64, now time.Time, out map[int64]courier.Recipient) error {
	var rows []struct {
		ID        int64        `db:"id"`
		Employee  int64        `db:"employee_id"`
		State     string       `db:"state"`
		Opens     time.Time    `db:"opens_at"`
		Due       time.Time    `db:"due_at"`
		Reminders int          `db:"reminders"`
		LastNudge sql.NullTime `db:"last_nudge"`
		Snoozes   int          `db:"snoozes"`
		Until     sql.NullTime `db:"until"`
		Alone     bool         `db:"alone"`
	}
	if err := t.tx.SelectContext(ctx, &rows, tasksFor, pq.Array(ids), pq.Array(tasks), now, messageKinds(reminds)); err != nil {
		return safe("read tasks of recipients", err)
	}
	for _, r := range rows {
		p, ok := out[r.Employee]
		if !ok {
			continue
		}
		p.Tasks = append(p.Tasks, outreach.TaskState{ID: r.ID, State: outreach.State(r.State), Opens: r.Opens, Due: r.Due,
			Reminders: r.Reminders, Snoozes: r.Snoozes, SnoozedUntil: r.Until.Time, Alone: r.Alone, LastNudge: r.LastNudge.Time})
		out[r.Employee] = p
	}
	return nil
}
