package storage

import (
	"context"
	"time"
)

// aboutTask is true of a notice that asks for the task and for nothing else.
func aboutTask(id string) string {
	return `n.tasks = ARRAY[` + id + `]::bigint[] AND n.kind IN ('invitation', 'reminder', 'nudge', 'note', 'snoozed')`
}

// withdraw takes back what waits to be sent to a person and is about nothing but
// the given matter, as parts of a WITH. Rows are found by the index of open rows
// of the chat: usually there is none, and nothing else is read. What the sender has
// or somebody changes now is left alone, so that nobody waits. A notice whose own
// end comes after until waits until then, any other is dropped.
func withdraw(person, about, until, reason, now string) string {
	later := `COALESCE(n.expires_at, 'infinity') > ` + until
	return `queued AS MATERIALIZED (
		SELECT o.id, o.key FROM outbox o
		WHERE o.chat_id = (SELECT c.id FROM chat c WHERE c.employee_id = ` + person + `) AND o.lane = 1 AND o.state = 'new'
		  AND (SELECT bool_and(` + about + `) FROM notice n
		       WHERE n.employee_id = ` + person + ` AND n.outbox_key = o.key AND n.action IN ('send', 'merge'))
		FOR UPDATE SKIP LOCKED
	), cancelled AS (
		UPDATE outbox o SET state = 'cancelled', payload = NULL, cause = ` + reason + ` FROM queued q WHERE o.id = q.id
	), withdrawn AS (
		UPDATE notice n SET action = CASE WHEN ` + later + ` THEN 'hold' ELSE 'drop' END, reason = ` + reason + `,
		       at = CASE WHEN ` + later + ` THEN ` + until + ` ELSE ` + now + ` END, decided_at = ` + now + `,
		       reply = CASE WHEN ` + later + ` THEN n.reply END, with_id = NULL
		FROM queued q
		WHERE n.employee_id = ` + person + ` AND n.outbox_key = q.key AND n.action IN ('send', 'merge')
		RETURNING n.task_id
	)`
}

var (
	withdrawTask = `WITH ` + withdraw("$1::bigint", aboutTask("$2"), "'infinity'::timestamptz", "$4", "$3::timestamptz") + `
		SELECT count(*) FROM withdrawn`
	// The ladder is looked at again when the silence ends.
	withdrawMuted = `WITH ` + withdraw("$1::bigint", "n.class = 'prompt' OR $4::boolean AND n.class = 'broadcast'", "$2::timestamptz", "'muted'", "$3::timestamptz") + `
		UPDATE task SET ladder_at = $2 FROM withdrawn w WHERE task.id = w.task_id AND task.ladder_at > $2`
)

// withdrawTask takes back what waits to be sent about a task that is over; why is
// the reason of the gate.
func (t *Tx) withdrawTask(ctx context.Context, person, task int64, why string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, withdrawTask, person, task, now, why)
	return safe("withdraw messages", err)
}

// withdrawMuted takes back what waits to be sent to somebody who wants silence
// until the given time: reminders, and with all announcements too.
func (t *Tx) withdrawMuted(ctx context.Context, person int64, until time.Time, all bool, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, withdrawMuted, person, until, now, all)
	return safe("withdraw messages", err)
}
