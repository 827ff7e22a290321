package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// What the register says now decides who rates whom. The present superior may rate
// until the deadline, whatever a former one has sent; that stays, and counts where
// the present one has sent nothing (presentFirst). Otherwise somebody who is made a
// superior for a minute could rate instead. Tasks are looked up person
// by person (OFFSET 0 keeps the planner from joining them otherwise): a period
// that has just opened has more rows than any statistics know of, and another
// plan would look at all of them for each person. For the same reason the state is
// written so that no index of open tasks can serve.
var (
	excuseRatings = `
		UPDATE task t SET state = 'excused', excused_why = 'moved'
		FROM (
			SELECT r.id FROM unnest($1::bigint[]) AS i (id) JOIN employee e ON e.id = i.id
			CROSS JOIN LATERAL (
				SELECT k.id, k.employee_id FROM task k
				WHERE k.occasion_id = ` + openPeriodID + ` AND k.subject_id = e.id AND ` + isRating("k") + ` AND k.state || '' IN ('open', 'started') OFFSET 0
			) r
			WHERE NOT (e.active AND NOT e.self_only AND e.supervisor_id IS NOT DISTINCT FROM r.employee_id)
		) moved
		WHERE t.id = moved.id AND t.state || '' IN ('open', 'started')`
	openRatings = `
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at)
		SELECT b.id, ` + pg.Quoted(task.Rating) + `, e.id, p.id, s.questionnaire_code, s.questionnaire_version, p.opens_at, p.rating_due_at
		FROM period p, unnest($1::bigint[]) AS i (id) JOIN employee e ON e.id = i.id JOIN employee b ON b.id = e.supervisor_id
		CROSS JOIN LATERAL (
			SELECT k.questionnaire_code, k.questionnaire_version FROM task k
			WHERE k.occasion_id = ` + openPeriodID + ` AND ` + isSelf("k") + ` AND k.employee_id = e.id AND k.subject_id = e.id OFFSET 0
		) s
		WHERE p.closed_at IS NULL AND e.active AND NOT e.self_only AND b.active
		  AND (p.rating_due_at > $2 OR NOT EXISTS (SELECT FROM task d WHERE d.occasion_id = p.id AND d.subject_id = e.id AND ` + isRating("d") + ` AND d.state = 'done' OFFSET 0))
		ORDER BY e.id
		ON CONFLICT (occasion_id, kind, employee_id, subject_id) DO UPDATE SET state = 'open', excused_why = ''
		WHERE task.state = 'excused' AND task.excused_why = 'moved'`
	// openPeriodID is the open period; there is one at most.
	openPeriodID = `(SELECT o.id FROM period o WHERE o.closed_at IS NULL)`
)

// syncRatings makes the rating tasks of the open period fit the register, of
// one person or, with 0, of all. It belongs, within fitRatings, into every
// transaction that changes who leads whom.
func (t *Tx) syncRatings(ctx context.Context, subject int64, now time.Time) error {
	if subject != 0 {
		return t.syncRatingsOf(ctx, []int64{subject}, now)
	}
	return t.everybody(ctx, func(ids []int64) error { return t.syncRatingsOf(ctx, ids, now) })
}

func (t *Tx) syncRatingsOf(ctx context.Context, subjects []int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, excuseRatings, pq.Array(subjects))
	if err == nil {
		_, err = t.tx.ExecContext(ctx, openRatings, pq.Array(subjects), now)
	}
	return safe("fit ratings to the register", err)
}

// standsIn is true when $1 may rate for the official on the civil date $2: a
// checked delegation whose letter gives the rating too.
func standsIn(official string) string {
	return `EXISTS (SELECT FROM delegation d WHERE d.acting_id = $1 AND d.for_id = ` + official + ` AND d.rates AND ` +
		delegationWorks("$2::date") + `)`
}

// mayRate is true when $1 may give the rating t of the employee e on the civil
// date $2. Whoever was named for a person rates instead of the official.
var mayRate = isRating("t") + ` AND t.state <> 'excused' AND e.active AND NOT e.self_only
	AND e.supervisor_id = t.employee_id AND e.id <> $1
	AND COALESCE((SELECT c.rater_id = $1 FROM co_rater c WHERE c.period_id = t.occasion_id AND c.official_id = t.employee_id
	              AND c.subject_id = e.id AND c.revoked_at IS NULL), t.employee_id = $1 OR ` + standsIn("t.employee_id") + `)`

var (
	ratable = `
		SELECT ` + taskJSON + ` AS task, ` + employeeColumns + `
		FROM period p JOIN task t ON t.occasion_id = p.id JOIN employee e ON e.id = t.subject_id JOIN unit u ON u.id = e.unit_id
		WHERE p.closed_at IS NULL AND ` + mayRate + ` AND t.employee_id IN (
		      SELECT $1::bigint UNION SELECT d.for_id FROM delegation d WHERE d.acting_id = $1 AND d.ended_at IS NULL
		      UNION SELECT c.official_id FROM co_rater c WHERE c.rater_id = $1 AND c.revoked_at IS NULL)`
	ratableAll = ratable + ` ORDER BY e.name, e.id`
	ratableOne = ratable + ` AND t.id = $3 FOR UPDATE OF t`
)

type ratableRow struct {
	Task string `db:"task"`
	employeeRow
}

func (r ratableRow) ratable() (out rating.Ratable, err error) {
	if err := json.Unmarshal([]byte(r.Task), &out.Task); err != nil {
		return out, fmt.Errorf("decode rating: %w", err)
	}
	out.Subject, err = r.employee()
	return out, err
}

// Ratings lists the ratings of the open period that somebody may give on the
// civil date of now, also those that were sent, by name. It holds no answers.
func (t *Tx) Ratings(ctx context.Context, rater int64, now time.Time) ([]rating.Ratable, error) {
	var rows []ratableRow
	if err := t.tx.SelectContext(ctx, &rows, ratableAll, rater, now.Format(time.DateOnly)); err != nil {
		return nil, safe("list ratings", err)
	}
	out := make([]rating.Ratable, len(rows))
	for i, r := range rows {
		one, err := r.ratable()
		if err != nil {
			return nil, err
		}
		out[i] = one
	}
	return out, nil
}

// The self-assessment is locked first, so that of two sides that are sent at
// the same moment the later one sees the earlier.
var (
	lockOtherSide = `
		SELECT s.id FROM task t JOIN task s ON s.occasion_id = t.occasion_id AND ` + isSelf("s") + ` AND s.employee_id = t.subject_id
		WHERE t.id = $1 FOR UPDATE OF s`
	submitRating = `
		WITH r AS (
			INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at, sent_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
		), a AS (
			INSERT INTO answer (response_id, item_code, value)
			SELECT r.id, v.item, v.value FROM r, unnest($8::text[], $9::text[]) AS v (item, value)
		)
		UPDATE task SET state = 'done', done_at = $6 WHERE id = $1`
)

// SubmitRating stores the next revision of a rating by whoever may give it at
// this moment, else ErrNotFound. opened tells whether both sides are sent now
// and were not before.
func (t *Tx) SubmitRating(ctx context.Context, id, rater int64, answers questionnaire.Answers, now time.Time) (opened bool, err error) {
	var self int64
	if err := t.one(ctx, &self, lockOtherSide, id); err != nil {
		return false, err
	}
	var row ratableRow
	if err := t.one(ctx, &row, ratableOne, rater, now.Format(time.DateOnly), id); err != nil {
		return false, err
	}
	one, err := row.ratable()
	if err != nil {
		return false, err
	}
	if one.Availability(now) != task.Available {
		return false, ErrNotFound
	}
	selfSent, err := t.Answers(ctx, self)
	if err != nil {
		return false, err
	}
	both := len(selfSent) > 0
	items, values := answerArrays(answers)
	_, err = t.tx.ExecContext(ctx, submitRating, id, one.Revision+1, one.Questionnaire, one.Version,
		both && one.Revision > 0, now, nullID(otherThan(rater, one.EmployeeID)), items, values)
	return both && one.Revision == 0, safe("submit rating", err)
}

// otherThan is id, or 0 when it is the usual one.
func otherThan(id, usual int64) int64 {
	if id == usual {
		return 0
	}
	return id
}

var ratingStarted = `UPDATE task SET state = 'started', started_at = $2 WHERE id = $1 AND state = 'open' AND ` + isRating("task")

// StartRating notes that a rating was begun.
func (t *Tx) StartRating(ctx context.Context, id int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, ratingStarted, id, now)
	return safe("start rating", err)
}

const (
	teamChecked = `SELECT EXISTS (SELECT FROM team_check k JOIN period p ON p.id = k.period_id WHERE p.closed_at IS NULL AND k.employee_id = $1)`
	checkTeam   = `INSERT INTO team_check (period_id, employee_id, checked_at)
		SELECT id, $1, $2 FROM period WHERE closed_at IS NULL ON CONFLICT DO NOTHING`
)

// TeamChecked tells whether a superior has looked through the team in the open
// period.
func (t *Tx) TeamChecked(ctx context.Context, employeeID int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, teamChecked, employeeID)
	return yes, safe("read team check", err)
}

// CheckTeam notes that.
func (t *Tx) CheckTeam(ctx context.Context, employeeID int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, checkTeam, employeeID, now)
	return safe("note team check", err)
}

var excuseSelf = `
	UPDATE task t SET state = 'excused', excused_why = $2 FROM period p
	WHERE p.id = t.occasion_id AND p.closed_at IS NULL AND t.employee_id = $1 AND ` + isSelf("t") + `
	  AND t.state IN ('open', 'started') RETURNING t.id`

// ExcuseSelf says that a person need not fill in the self-assessment of the
// open period. ErrNotFound when nothing is owed. Whether by may do so is the caller's to check. What waits to be sent
// about it is withdrawn.
func (t *Tx) ExcuseSelf(ctx context.Context, id int64, why personnel.AbsenceKind, by int64, now time.Time) error {
	var taskID int64
	if err := t.one(ctx, &taskID, excuseSelf, id, why); err != nil {
		return err
	}
	if err := t.withdrawTask(ctx, id, taskID, "released", now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "excused", id, why)
	return safe("audit", err)
}

// What was done before it was excused is not lost, and reminders are planned anew.
var unexcuseSelf = `
	UPDATE task t SET state = CASE WHEN t.started_at IS NULL THEN 'open' ELSE 'started' END, excused_why = '', ladder_at = $2
	FROM period p
	WHERE p.id = t.occasion_id AND p.closed_at IS NULL AND t.employee_id = $1 AND ` + isSelf("t") + `
	  AND t.state = 'excused' RETURNING t.due_at`

// UnexcuseSelf takes ExcuseSelf back: the person owes the self-assessment of the
// open period again, until due. ErrNotFound when the person is not excused in it.
func (t *Tx) UnexcuseSelf(ctx context.Context, id, by int64, now time.Time) (due time.Time, err error) {
	if err := t.one(ctx, &due, unexcuseSelf, id, now); err != nil {
		return due, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "unexcused", id, "")
	return due, safe("audit", err)
}
