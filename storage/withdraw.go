package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/outreach"
)

// asks is true of a notification n that asks for what its tasks are about; kinds
// is the parameter with askingKinds.
func asks(kinds string) string { return `n.kind = ANY(` + kinds + `::text[])` }

func askingKinds() any { return messageKinds(func(k outreach.Traits) bool { return k.Asks }) }

// aboutTask is true of a notification that asks for the task and for nothing else.
func aboutTask(id, kinds string) string {
	return `n.tasks = ARRAY[` + id + `]::bigint[] AND ` + asks(kinds)
}

// withdraw takes back messages that wait to be sent to a person and are about
// nothing but the given matter, as parts of a WITH. Rows are found by the index
// of the open rows of the chat: usually there is none, and nothing else is read.
// A row that the sender has, or that somebody changes now, is left alone, so that
// nobody waits. A notification that expires only after until is held until then;
// any other one is dropped.
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
	withdrawTask = `WITH ` + withdraw("$1::bigint", aboutTask("$2", "$5"), "'infinity'::timestamptz", "$4", "$3::timestamptz") + `
		SELECT count(*) FROM withdrawn`
	// The notifications keep the time at which they were decided before.
	withdrawAnswered = `WITH ` + withdraw("$1::bigint", aboutTask("$2", "$4"), "'infinity'::timestamptz", "$3", "n.decided_at") + `
		SELECT count(*) FROM withdrawn`
	// The ladder is looked at again when the silence ends.
	withdrawMuted = `WITH ` + withdraw("$1::bigint", "n.class = 'prompt' OR $4::boolean AND n.class = 'broadcast'", "$2::timestamptz", "'muted'", "$3::timestamptz") + `
		UPDATE task SET ladder_at = $2 FROM withdrawn w WHERE task.id = w.task_id AND task.ladder_at > $2`
)

// withdrawTask takes back what waits to be sent about a task that is over; why is
// the reason of the gate.
func (t *Tx) withdrawTask(ctx context.Context, person, task int64, why string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, withdrawTask, person, task, now, why, askingKinds())
	return safe("withdraw messages", err)
}

// withdrawAnswered is withdrawTask for a task whose answer has no name: nothing says when
// that was.
func (t *Tx) withdrawAnswered(ctx context.Context, person, task int64) error {
	_, err := t.tx.ExecContext(ctx, withdrawAnswered, person, task, string(outreach.Finished), askingKinds())
	return safe("withdraw messages", err)
}

// withdrawOver takes back messages that ask for nothing any more, because every
// task that they are about is over. rows selects the id, the key and the chat of
// outbox rows that this transaction has locked. A message about two matters stays
// while one of them is open. OFFSET 0 and ANY look each row up: a join may read whole tables, if
// it was planned while they were small.
func withdrawOver(rows, now, kinds string) string {
	return `WITH rows AS MATERIALIZED (` + rows + `), over AS MATERIALIZED (
		SELECT r.id, r.key, c.employee_id FROM rows r CROSS JOIN LATERAL (SELECT employee_id FROM chat WHERE id = r.chat_id OFFSET 0) c
		WHERE (SELECT bool_and(` + asks(kinds) + ` AND n.tasks <> '{}' AND NOT EXISTS (
		              SELECT FROM task t WHERE t.id = ANY(n.tasks) AND t.state || '' IN ('open', 'started')))
		       FROM notice n WHERE n.employee_id = c.employee_id AND n.outbox_key = r.key AND n.action IN ('send', 'merge'))
	), withdrawn AS (
		UPDATE notice n SET action = 'drop', at = ` + now + `, decided_at = ` + now + `, reply = NULL, with_id = NULL,
		       reason = (SELECT CASE WHEN bool_or(t.state = 'done') THEN 'finished' WHEN bool_or(t.state = 'excused') THEN 'released' ELSE 'closed' END
		                 FROM task t WHERE t.id = ANY(n.tasks))
		FROM over v WHERE n.employee_id = ANY(ARRAY(SELECT employee_id FROM over)) AND n.employee_id = v.employee_id AND n.outbox_key = v.key AND n.action IN ('send', 'merge')
	)
	UPDATE outbox o SET state = 'cancelled', payload = NULL, cause = 'over' FROM over v WHERE o.id = v.id RETURNING o.id`
}

var (
	// withdrawClaimed looks at rows that the sender has just taken: a job that was
	// at work when a person pressed Kirim has queued them afterwards, and neither
	// of the two has seen the other.
	withdrawClaimed = withdrawOver(`SELECT id, key, chat_id FROM outbox WHERE id = ANY($1)`, "$2::timestamptz", "$3")
	withdrawPeople  = withdrawOver(`
		SELECT o.id, o.key, o.chat_id FROM chat c JOIN outbox o ON o.chat_id = c.id
		WHERE c.employee_id = ANY($1) AND o.lane = 1 AND o.state = 'new' FOR UPDATE OF o SKIP LOCKED`, "$2::timestamptz", "$3")
)

// withdrawClaimed takes back which of the claimed rows ask for nothing any more, and
// returns their numbers.
func (t *Tx) withdrawClaimed(ctx context.Context, ids []int64, now time.Time) (gone []int64, err error) {
	err = t.tx.SelectContext(ctx, &gone, withdrawClaimed, pq.Array(ids), now, askingKinds())
	return gone, safe("withdraw messages", err)
}

// withdrawFrom takes back what waits to be sent to people and asks for nothing any
// more.
func (t *Tx) withdrawFrom(ctx context.Context, people []int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, withdrawPeople, pq.Array(people), now, askingKinds())
	return safe("withdraw messages", err)
}

// withdrawMuted takes back what waits to be sent to somebody who wants silence
// until the given time: reminders, and with all announcements too.
func (t *Tx) withdrawMuted(ctx context.Context, person int64, until time.Time, all bool, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, withdrawMuted, person, until, now, all)
	return safe("withdraw messages", err)
}
