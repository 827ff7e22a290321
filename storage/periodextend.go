package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
	"bangkom/internal/task"
)

var (
	lockPeriod   = `SELECT id, name, opens_at, due_at, rating_due_at, closed_at FROM period WHERE id = $1 AND closed_at IS NULL FOR UPDATE`
	extendPeriod = `UPDATE period SET due_at = $2, rating_due_at = $3 WHERE id = $1`
	// What a ladder, or the job that ends things, has ended because of the former
	// deadline goes on where it was. $2 are people, $3 and $4 the units with their own
	// deadline, $5 what superiors owe.
	extendTasks = `
		UPDATE task t SET due_at = greatest(t.due_at, x.due_at), ladder_at = CASE WHEN x.open AND t.kind = ANY($8) THEN $6 ELSE t.ladder_at END,
		       state = CASE WHEN t.state <> 'expired' THEN t.state WHEN t.started_at IS NULL THEN 'open' ELSE 'started' END
		FROM period p, (
			SELECT k.id, k.state IN ('open', 'started', 'expired') AS open,
			       CASE WHEN k.kind = ANY($5) THEN $9 ELSE COALESCE(own.due_at, $7) END::timestamptz AS due_at
			FROM task k JOIN employee e ON e.id = k.employee_id
			     LEFT JOIN unnest($3::bigint[], $4::timestamptz[]) AS own (unit_id, due_at) ON own.unit_id = e.unit_id
			WHERE k.occasion_id = $1 AND k.employee_id = ANY($2)
		) x WHERE p.id = $1 AND t.id = x.id`
	// What waits to be sent names the former deadline, and is taken back; not what somebody
	// has asked for with Nanti.
	withdrawExtended = `
		WITH queued AS MATERIALIZED (
			SELECT o.id, o.key, c.employee_id FROM chat c JOIN outbox o ON o.chat_id = c.id
			WHERE c.employee_id = ANY($2) AND o.lane = 1 AND o.state = 'new'
			  AND (SELECT bool_and(` + asks("$3") + ` AND NOT ` + isSnoozed("n") + ` AND EXISTS (SELECT FROM unnest(n.tasks) x (id) JOIN task t ON t.id = x.id WHERE t.occasion_id = $1))
			       FROM notice n WHERE n.employee_id = c.employee_id AND n.outbox_key = o.key AND n.action IN ('send', 'merge'))
			FOR UPDATE OF o SKIP LOCKED
		), cancelled AS (
			UPDATE outbox o SET state = 'cancelled', payload = NULL, cause = 'overtaken' FROM queued q WHERE o.id = q.id
		)
		UPDATE notice n SET action = 'drop', reason = 'overtaken', at = $4, decided_at = $4, reply = NULL, with_id = NULL
		FROM queued q WHERE n.employee_id = q.employee_id AND n.outbox_key = q.key AND n.action IN ('send', 'merge')`
	// The ladder goes its steps anew towards the later deadline, but for the invitation, in
	// whose place the message about the deadline stands, and for the reminders that went: who
	// was told that this is the last one gets none any more.
	freeSteps = `
		UPDATE notice n SET step = '', key = n.key || ':' || $3, action = CASE WHEN n.action = 'hold' THEN 'drop' ELSE n.action END,
		       reason = CASE WHEN n.action = 'hold' THEN 'overtaken' ELSE n.reason END, reply = CASE WHEN n.action = 'hold' THEN NULL ELSE n.reply END
		FROM task t WHERE t.occasion_id = $1 AND t.employee_id = ANY($2) AND n.task_id = t.id
		  AND (n.step NOT IN ('', '` + string(outreach.StepInvitation) + `') AND (n.class = '` + string(courier.ListClass) + `' OR n.action NOT IN ('send', 'merge')) OR n.kind = '` + string(outreach.Extended) + `' AND n.action = 'hold')`
	// Told is who has an account and was asked for it before, or has begun: an invitation that
	// is still to go names the later deadline itself. What is owed in dozens, such as ratings,
	// stands in the weekly summary.
	tellExtended = `
		INSERT INTO notice (key, employee_id, class, kind, task_id, tasks, action, reason, decided_at, at, expires_at)
		SELECT '` + reminder.ExtendedKey + `' || t.id || ':' || $3, t.employee_id, '` + string(outreach.Prompt) + `', '` + string(outreach.Extended) + `', t.id, ARRAY[t.id],
		       'hold', '` + string(outreach.Asked) + `', $4, $4, t.due_at
		FROM task t JOIN chat c ON c.employee_id = t.employee_id
		WHERE t.occasion_id = $1 AND t.employee_id = ANY($2) AND t.kind = ANY($5) AND t.state IN ('open', 'started') AND t.due_at > $4
		  AND (t.started_at IS NOT NULL OR EXISTS (SELECT FROM notice i WHERE i.task_id = t.id AND i.step = '` + string(outreach.StepInvitation) + `' AND i.action <> 'hold'))
		ON CONFLICT (key) DO NOTHING`
)

// ExtendPeriod moves the deadline of an open period to a later one, that of the ratings
// with it, each to a working day, on behalf of by. seen is the deadline that was shown;
// ErrNotFound when it is another one by now, or the period is closed. What had ended
// because of the former deadline is open again, and whoever has not sent is told by the
// gate. The error is task.ErrNotLater when the new deadline is not later.
func (t *Tx) ExtendPeriod(ctx context.Context, id int64, seen, until time.Time, by int64, now time.Time) (e task.Extended, err error) {
	var p Period
	if err := t.one(ctx, &p, lockPeriod, id); err != nil {
		return e, err
	}
	former, formerRating := p.DueAt, p.RatingDueAt
	if former.Unix() != seen.Unix() {
		return e, ErrNotFound
	}
	gap := p.RatingDueAt.Sub(p.DueAt)
	p.DueAt, p.RatingDueAt = until, until.Add(gap)
	units, dues, err := t.deadlines(ctx, &p)
	if err != nil {
		return e, err
	}
	if !p.DueAt.After(former) || !p.DueAt.After(now) {
		return e, task.ErrNotLater
	}
	if p.RatingDueAt.Before(formerRating) {
		p.RatingDueAt = formerRating
	}
	if _, err := t.tx.ExecContext(ctx, extendPeriod, id, p.DueAt, p.RatingDueAt); err != nil {
		return e, safe("extend period", err)
	}
	told := int64(0)
	err = t.everybody(ctx, func(ids []int64) error {
		n, err := t.extendFor(ctx, p, ids, units, dues, now)
		told += n
		return err
	})
	if err != nil {
		return e, err
	}
	if _, err := t.tasksOfOpenPeriod(ctx, now); err != nil { // of people who came after the former deadline
		return e, err
	}
	if err := t.syncRatings(ctx, 0, now); err != nil {
		return e, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "period.extend", nil, p.Name)
	return task.Extended{Name: p.Name, Due: p.DueAt, RatingDue: p.RatingDueAt, Told: int(told)}, safe("audit", err)
}

// extendFor moves the tasks of some people, and returns how many of them are to be told. It
// locks them first, as everybody does who changes what they owe: the job of the ladders has
// read the former deadline, or reads the later one.
func (t *Tx) extendFor(ctx context.Context, p Period, ids, units []int64, dues []string, now time.Time) (told int64, err error) {
	if err := t.LockPeople(ctx, ids); err != nil {
		return 0, err
	}
	people, stamp := pq.Array(ids), fmt.Sprint(p.DueAt.Unix())
	ladders := taskKinds(func(k task.Traits) bool { return k.Ladder })
	ofSuperiors := taskKinds(func(k task.Traits) bool { return k.Owner == task.Superior })
	for _, q := range []struct {
		query string
		args  []any
	}{
		{withdrawExtended, []any{p.ID, people, askingKinds(), now}},
		{freeSteps, []any{p.ID, people, stamp}},
		{extendTasks, []any{p.ID, people, pq.Array(units), pq.Array(dues), ofSuperiors, now, p.DueAt, ladders, p.RatingDueAt}},
	} {
		if _, err := t.tx.ExecContext(ctx, q.query, q.args...); err != nil {
			return 0, safe("extend tasks", err)
		}
	}
	res, err := t.tx.ExecContext(ctx, tellExtended, p.ID, people, stamp, now, ladders)
	if err != nil {
		return 0, safe("tell of the later deadline", err)
	}
	told, err = res.RowsAffected()
	return told, safe("tell of the later deadline", err)
}
