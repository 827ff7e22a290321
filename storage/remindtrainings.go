package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/seating"
	"bangkom/internal/training"
)

const (
	takesPlace = `b.state IN ('open', 'closed', 'running')`
	daysToTell = `
		SELECT b.id AS batch, s.id AS session FROM batch b JOIN training_session s ON s.batch_id = b.id AND s.starts_at = b.starts_at
		WHERE ` + takesPlace + ` AND NOT s.day_told AND s.starts_at > $1 AND s.starts_at < $2 ORDER BY s.starts_at, s.id`
	hoursToTell = `
		SELECT b.id AS batch, s.id AS session FROM training_session s JOIN batch b ON b.id = s.batch_id
		WHERE ` + takesPlace + ` AND NOT s.hour_told AND s.starts_at > $1 AND s.starts_at <= $2 ORDER BY s.starts_at, s.id`
	dayTold  = `UPDATE training_session SET day_told = true WHERE id = ANY($1)`
	hourTold = `UPDATE training_session SET hour_told = true WHERE id = ANY($1)`
)

// SessionsToTell returns the sessions that begin after now and before until, and of which
// people were not told: with day the first of each batch, else all.
func (t *Tx) SessionsToTell(ctx context.Context, day bool, now, until time.Time) (list []seating.Meeting, err error) {
	query := hoursToTell
	if day {
		query = daysToTell
	}
	err = t.tx.SelectContext(ctx, &list, query, now, until)
	return list, safe("read sessions", err)
}

// ToldSessions notes that people were told of sessions.
func (t *Tx) ToldSessions(ctx context.Context, day bool, sessions []int64) error {
	query := hourTold
	if day {
		query = dayTold
	}
	_, err := t.tx.ExecContext(ctx, query, pq.Array(sessions))
	return safe("note sessions", err)
}

const attendees = `
	SELECT e.id, e.name, e.sex FROM enrolment n JOIN employee e ON e.id = n.employee_id
	WHERE n.batch_id = $1 AND ` + maySit + ` AND e.active ORDER BY e.id`

// Attendees returns who has a seat in a batch and may come, by id.
func (t *Tx) Attendees(ctx context.Context, batch int64) ([]personnel.Employee, error) {
	var rows []superiorRow
	if err := t.tx.SelectContext(ctx, &rows, attendees, batch); err != nil {
		return nil, safe("list attendees", err)
	}
	out := make([]personnel.Employee, len(rows))
	for i, r := range rows {
		out[i] = r.person()
	}
	return out, nil
}

// A superior with a stand-in gets no list: it goes to the stand-ins, like the summary. Who
// cannot be reached gets none either.
var unlisted = `
	SELECT n.id AS n_id, n.batch_id, e.id, e.name, e.sex, COALESCE(a.id, 0) AS boss_id, COALESCE(a.name, '') AS boss_name, COALESCE(a.sex, 0) AS boss_sex,
	       s.id IS NOT NULL AS known
	FROM enrolment n JOIN batch b ON b.id = n.batch_id JOIN employee e ON e.id = n.employee_id
	     LEFT JOIN employee s ON s.id = e.supervisor_id AND s.active
	     LEFT JOIN delegation d ON d.for_id = s.id AND d.acting_id <> e.id AND ` + delegationWorks("$1::date") + `
	     LEFT JOIN (employee a JOIN chat h ON h.employee_id = a.id AND h.reachable) ON a.id = COALESCE(d.acting_id, s.id) AND a.active
	WHERE n.permission = 'asked' AND n.state = 'seated' AND n.listed_at IS NULL AND b.state IN ('open', 'closed') ORDER BY n.id, a.id`

// Unlisted returns the permissions that stand in no list yet, with whoever answers on the
// civil date of now.
func (t *Tx) Unlisted(ctx context.Context, now time.Time) (out []seating.Unlisted, err error) {
	var rows []struct {
		NID      int64  `db:"n_id"`
		Batch    int64  `db:"batch_id"`
		BossID   int64  `db:"boss_id"`
		BossName string `db:"boss_name"`
		BossSex  int64  `db:"boss_sex"`
		Known    bool   `db:"known"`
		superiorRow
	}
	if err := t.tx.SelectContext(ctx, &rows, unlisted, now.Format(time.DateOnly)); err != nil {
		return nil, safe("read permissions", err)
	}
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].Enrolment != r.NID {
			out = append(out, seating.Unlisted{Enrolment: r.NID, Batch: r.Batch, Person: r.person(), Known: r.Known})
		}
		if last := &out[len(out)-1]; r.BossID != 0 {
			last.Answers = append(last.Answers, superiorRow{r.BossID, r.BossName, r.BossSex}.person())
		}
	}
	return out, nil
}

const listPermits = `UPDATE enrolment SET listed_at = $2 WHERE id = ANY($1)`

// ListPermits notes that permissions stand in a list.
func (t *Tx) ListPermits(ctx context.Context, enrolments []int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, listPermits, pq.Array(enrolments), now)
	return safe("note permissions", err)
}

var superiorReach = `
	SELECT CASE WHEN s.id IS NULL THEN 'unknown' WHEN bool_or(h.employee_id IS NOT NULL) THEN 'reached' ELSE 'unlinked' END
	FROM employee e LEFT JOIN employee s ON s.id = e.supervisor_id AND s.active
	     LEFT JOIN delegation d ON d.for_id = s.id AND d.acting_id <> e.id AND ` + delegationWorks("$2::date") + `
	     LEFT JOIN chat h ON h.employee_id = COALESCE(d.acting_id, s.id) AND h.reachable
	WHERE e.id = $1 GROUP BY s.id`

// SuperiorReach tells whether somebody's superior, or whoever stands in on the civil date
// of now, can be asked in the chat.
func (t *Tx) SuperiorReach(ctx context.Context, employee int64, now time.Time) (r training.Reach, err error) {
	err = t.one(ctx, &r, superiorReach, employee, now.Format(time.DateOnly))
	return r, err
}
