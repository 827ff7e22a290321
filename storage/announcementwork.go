package storage

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/mailing"
	"bangkom/internal/outreach"
)

const (
	// What has ended has something to do while messages of it are on their way, or
	// somebody waits again; and for a week people still read it, which the message that
	// shows its progress says every half minute. One that carries a training which takes
	// place no more is to be ended, whenever it would have gone.
	openAnnouncements = `
		SELECT a.id FROM announcement a WHERE a.state = 'approved' AND COALESCE(a.send_at, $1) <= $1 OR a.state IN ('sending', 'paused')
		    OR a.state IN ('done', 'cancelled') AND a.message_id IS NOT NULL AND a.ended_at > $1::timestamptz - interval '7 days'
		       AND (a.told_at IS NULL OR a.told_at <= a.ended_at OR a.told_at <= $1::timestamptz - interval '30 s')
		UNION SELECT announcement_id FROM announcement_recipient WHERE state = 'waiting'
		UNION SELECT announcement_id FROM announcement_recipient WHERE fact_due OR remind_due
		UNION SELECT announcement_id FROM outbox WHERE announcement_id IS NOT NULL AND NOT settled AND state NOT IN ('new', 'sending')
		EXCEPT SELECT a.id FROM announcement a WHERE a.state = 'approved' AND a.send_at > $1
		UNION SELECT a.id FROM announcement a JOIN batch b ON b.id = a.batch_id
		      WHERE a.state IN ('approved', 'sending', 'paused') AND b.state IN ('done', 'cancelled')
		ORDER BY 1`
	takeAnnouncement  = oneAnnouncement + ` FOR NO KEY UPDATE OF a SKIP LOCKED`
	beginAnnouncement = `UPDATE announcement SET state = 'sending', started_at = $2 WHERE id = $1 AND state = 'approved'`
	// Somebody without an account is decided about again on linking; nobody waits for that.
	closeAnnouncement = `
		UPDATE announcement SET state = 'done', ended_at = $2 WHERE id = $1 AND state IN ('approved', 'sending')
		  AND NOT EXISTS (SELECT FROM announcement_recipient r WHERE r.announcement_id = $1 AND r.state IN ('waiting', 'held', 'queued'))`
)

// OpenAnnouncements lists the ids of those with something to do at now.
func (t *Tx) OpenAnnouncements(ctx context.Context, now time.Time) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, openAnnouncements, now)
	return ids, safe("list announcements", err)
}

// TakeAnnouncement locks one; ErrNotFound when somebody else works on it.
func (t *Tx) TakeAnnouncement(ctx context.Context, id int64) (announcement.Announcement, error) {
	return t.announcement(ctx, takeAnnouncement, id)
}

// BeginAnnouncement notes that the hour of an approved one has come.
func (t *Tx) BeginAnnouncement(ctx context.Context, id int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, beginAnnouncement, id, now)
	return safe("begin announcement", err)
}

// CloseAnnouncement ends one for which nobody waits any more; false = somebody does.
func (t *Tx) CloseAnnouncement(ctx context.Context, id int64, now time.Time) (bool, error) {
	r, err := t.tx.ExecContext(ctx, closeAnnouncement, id, now)
	if err != nil {
		return false, safe("close announcement", err)
	}
	n, err := r.RowsAffected()
	return n == 1, safe("close announcement", err)
}

// Who waits for hours, budget or a day of work comes after those about whom nothing was
// decided yet. The rows are locked, so that they keep their place until PutDeliveries.
const (
	recipientsWaiting = `
		SELECT r.employee_id AS id, e.active FROM announcement_recipient r JOIN employee e ON e.id = r.employee_id
		WHERE r.announcement_id = $1 AND r.state = 'waiting' ORDER BY r.employee_id LIMIT $2 FOR NO KEY UPDATE OF r`
	recipientsHeld = `
		SELECT r.employee_id AS id, e.active FROM announcement_recipient r JOIN employee e ON e.id = r.employee_id
		WHERE r.announcement_id = $1 AND r.state = 'held' AND r.hold_until <= $3 ORDER BY r.hold_until LIMIT $2 FOR NO KEY UPDATE OF r`
	recipientsLeft = `
		UPDATE announcement_recipient SET state = 'left', reason = NULL, hold_until = NULL WHERE announcement_id = $1 AND employee_id = ANY($2)`
)

// DueRecipients lists at most limit people about whom is to be decided at now, in the
// order of their ids. Who has left stands as left afterwards.
func (t *Tx) DueRecipients(ctx context.Context, id int64, now time.Time, limit int) (people []int64, err error) {
	for len(people) == 0 {
		rows, err := t.dueRows(ctx, id, now, limit)
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		var left []int64
		for _, r := range rows {
			if r.Active {
				people = append(people, r.ID)
			} else {
				left = append(left, r.ID)
			}
		}
		if len(left) == 0 {
			break
		}
		if _, err := t.tx.ExecContext(ctx, recipientsLeft, id, pq.Array(left)); err != nil {
			return nil, safe("note who has left", err)
		}
	}
	slices.Sort(people)
	return people, nil
}

type dueRow struct {
	ID     int64 `db:"id"`
	Active bool  `db:"active"`
}

func (t *Tx) dueRows(ctx context.Context, id int64, now time.Time, limit int) ([]dueRow, error) {
	var rows, held []dueRow
	if err := t.tx.SelectContext(ctx, &rows, recipientsWaiting, id, limit); err != nil {
		return nil, safe("list recipients", err)
	}
	if len(rows) == limit {
		return rows, nil
	}
	err := t.tx.SelectContext(ctx, &held, recipientsHeld, id, limit-len(rows), now)
	return append(rows, held...), safe("list recipients", err)
}

const reopenNotifications = `UPDATE notice SET action = 'hold', at = $2 WHERE key = ANY($1) AND (action <> 'hold' OR at > $2)`

// ReopenNotifications lets notifications be decided again, whatever was decided.
func (t *Tx) ReopenNotifications(ctx context.Context, keys []string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, reopenNotifications, pq.Array(keys), now)
	return safe("decide again", err)
}

// Each row is looked up by itself and changed by its place: a join would read all
// recipients for each of them, because there were none when they were last counted.
const putDeliveries = `
	UPDATE announcement_recipient r SET state = d.state, reason = nullif(d.reason, ''), hold_until = d.until,
	       outbox_key = CASE WHEN d.state = 'queued' THEN n.outbox_key ELSE r.outbox_key END, tries = r.tries + (d.state = 'queued')::int
	FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) AS d (employee_id, state, reason, until)
	CROSS JOIN LATERAL (SELECT ctid FROM announcement_recipient WHERE announcement_id = $1 AND employee_id = d.employee_id OFFSET 0) AS at
	LEFT JOIN LATERAL (SELECT outbox_key FROM notice WHERE key = 'announcement:' || $1::bigint || ':' || d.employee_id OFFSET 0) n ON true
	WHERE r.ctid = at.ctid`

// PutDeliveries stores decisions in the ledger.
func (t *Tx) PutDeliveries(ctx context.Context, id int64, list []mailing.Decided) error {
	n := len(list)
	people, states, reasons, until := make([]int64, n), make([]string, n), make([]string, n), make([]sql.NullTime, n)
	for i, d := range list {
		people[i], states[i], reasons[i], until[i] = d.Employee, string(d.Delivery), string(d.Reason), nullTime(d.Until)
		if d.Delivery == announcement.Queued {
			reasons[i] = ""
		}
	}
	_, err := t.tx.ExecContext(ctx, putDeliveries, id, pq.Array(people), pq.Array(states), pq.Array(reasons), pq.Array(until))
	return safe("store deliveries", err)
}

// dueErrands, errandsDone and errandsFailed are one statement for each errand.
var (
	dueErrands = map[mailing.Errand]string{
		mailing.FactErrand:     `SELECT employee_id FROM announcement_recipient WHERE announcement_id = $1 AND fact_due ORDER BY employee_id LIMIT $2`,
		mailing.ReminderErrand: `SELECT employee_id FROM announcement_recipient WHERE announcement_id = $1 AND remind_due ORDER BY employee_id LIMIT $2`,
	}
	errandsDone = map[mailing.Errand]string{
		mailing.FactErrand: `
			UPDATE announcement_recipient r SET fact_due = false, fact_version = a.version FROM announcement a
			WHERE a.id = r.announcement_id AND r.announcement_id = $1 AND r.employee_id = ANY($2) AND $3::timestamptz IS NOT NULL`,
		mailing.ReminderErrand: `
			UPDATE announcement_recipient SET remind_due = false, reminded_at = $3 WHERE announcement_id = $1 AND employee_id = ANY($2)`,
	}
	// Who did not get the short reply counts among those whom the correction has not reached,
	// also when the message itself is edited; who was not reminded can be reminded again.
	errandsFailed = map[mailing.Errand]string{
		mailing.FactErrand: `
			UPDATE announcement_recipient SET fact_due = false, patch_state = 'refused', patch_cause = '` + mailing.InternalFault + `'
			WHERE announcement_id = $1 AND employee_id = ANY($2)`,
		mailing.ReminderErrand: `
			UPDATE announcement_recipient SET remind_due = false WHERE announcement_id = $1 AND employee_id = ANY($2)`,
	}
)

// DueErrands lists at most limit people who are to get a further message.
func (t *Tx) DueErrands(ctx context.Context, id int64, what mailing.Errand, limit int) (people []int64, err error) {
	err = t.tx.SelectContext(ctx, &people, dueErrands[what], id, limit)
	return people, safe("list errands", err)
}

// ErrandsDone notes that they were decided.
func (t *Tx) ErrandsDone(ctx context.Context, id int64, what mailing.Errand, people []int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, errandsDone[what], id, pq.Array(people), now)
	return safe("note errands", err)
}

// ErrandsFailed notes that nothing could be decided about them: they were not told.
func (t *Tx) ErrandsFailed(ctx context.Context, id int64, what mailing.Errand, people []int64) error {
	if len(people) == 0 {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, errandsFailed[what], id, pq.Array(people))
	return safe("note errands that failed", err)
}

const (
	awaitedBy = `
		UPDATE announcement_recipient r SET state = 'waiting', reason = NULL FROM announcement a
		WHERE a.id = r.announcement_id AND r.employee_id = $1 AND r.state = 'unlinked' AND a.state IN ('approved', 'sending', 'paused', 'done')
		  AND a.withdrawn_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > $2)
		  AND NOT EXISTS (SELECT FROM batch b WHERE b.id = a.batch_id AND b.state IN ('done', 'cancelled'))`
	// As the worker does, who expires rows locks their announcements first.
	lockExpired = `
		SELECT id FROM announcement a WHERE a.expires_at <= $1 AND EXISTS (
		       SELECT FROM announcement_recipient r WHERE r.announcement_id = a.id AND r.state IN ('waiting', 'held', 'unlinked'))
		ORDER BY id FOR NO KEY UPDATE OF a`
	expireRecipients = `
		UPDATE announcement_recipient r SET state = 'expired', reason = '` + string(outreach.Expired) + `', hold_until = NULL FROM announcement a
		WHERE a.id = r.announcement_id AND r.state IN ('waiting', 'held', 'unlinked') AND a.expires_at <= $1`
)

// awaited lets announcements be decided again that somebody without an account would have
// got.
func (t *Tx) awaited(ctx context.Context, employee int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, awaitedBy, employee, now)
	return safe("decide announcements again", err)
}

// ExpireRecipients ends the waiting for announcements whose end has come, and returns for
// how many people.
func (t *Tx) ExpireRecipients(ctx context.Context, now time.Time) (int, error) {
	if _, err := t.tx.ExecContext(ctx, lockExpired, now); err != nil {
		return 0, safe("lock announcements", err)
	}
	r, err := t.tx.ExecContext(ctx, expireRecipients, now)
	if err != nil {
		return 0, safe("expire announcements", err)
	}
	n, err := r.RowsAffected()
	return int(n), safe("expire announcements", err)
}
