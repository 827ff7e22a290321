package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/task"
)

// Period is one round of assessments (periode).
type Period struct {
	ID          int64        `db:"id"`
	Name        string       `db:"name"`
	OpensAt     time.Time    `db:"opens_at"`
	DueAt       time.Time    `db:"due_at"`
	RatingDueAt time.Time    `db:"rating_due_at"`
	ClosedAt    sql.NullTime `db:"closed_at"`
}

// ErrPeriodOpen says that a period is open already; ErrPeriodName that the
// name was used before.
var (
	ErrPeriodOpen = errors.New("a period is open already: close it first with `bangkom period close`")
	ErrPeriodName = errors.New("a period of that name exists already: choose another name")
)

var (
	openPeriod = `
		WITH ` + addOccasion + `
		INSERT INTO period (id, name, opens_at, due_at, rating_due_at) SELECT id, $2, $3, $4, $5 FROM o
		RETURNING id`
	// For the people whose ids are $4.
	openTasks = `
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at)
		SELECT e.id, q.kind, e.id, p.id, q.code, q.version, p.opens_at, COALESCE(own.due_at, p.due_at)
		FROM period p, unnest($4::bigint[]) AS i (id) JOIN employee e ON e.id = i.id
		     LEFT JOIN unnest($2::bigint[], $3::timestamptz[]) AS own (unit_id, due_at) ON own.unit_id = e.unit_id,
		     (SELECT code, version, kind FROM questionnaire WHERE ` + isSelf("questionnaire") + ` ORDER BY version DESC LIMIT 1) q
		WHERE p.id = $1 AND e.active ORDER BY e.id
		ON CONFLICT (occasion_id, kind, employee_id, subject_id) DO NOTHING`
	peopleAfter = `SELECT id FROM employee WHERE id > $1 ORDER BY id LIMIT $2`
	auditRow    = `INSERT INTO audit (at, action, detail) VALUES ($1, $2, $3)`
)

// peopleAtATime is with how many people one statement deals: few enough that it
// ends in time, however many there are, and on a machine that has other work.
const peopleAtATime = 1000

// everybody calls fn with the ids of all people, some at a time.
func (t *Tx) everybody(ctx context.Context, fn func(ids []int64) error) error {
	for after := int64(0); ; {
		var ids []int64
		if err := t.tx.SelectContext(ctx, &ids, peopleAfter, after, peopleAtATime); err != nil {
			return safe("list people", err)
		}
		if len(ids) == 0 {
			return nil
		}
		if err := fn(ids); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// openTasks gives everybody active the self-assessment of a period and returns how
// many tasks were made. dues are the deadlines of units that have their own.
func (t *Tx) openTasks(ctx context.Context, period int64, units []int64, dues []string) (made int64, err error) {
	return made, t.everybody(ctx, func(ids []int64) error {
		res, err := t.tx.ExecContext(ctx, openTasks, period, pq.Array(units), pq.Array(dues), pq.Array(ids))
		if err != nil {
			return safe("open tasks", err)
		}
		n, err := res.RowsAffected()
		made += n
		return safe("open tasks", err)
	})
}

// OpenPeriod opens a period with a self-assessment for every active person; it
// returns how many tasks were made. A deadline on a day off moves to the next
// working day, of the agency for the period and of the own unit for a task.
func (t *Tx) OpenPeriod(ctx context.Context, p Period, now time.Time) (tasks int64, err error) {
	if err := t.beginImport(ctx); err != nil { // one after the other, and nobody comes meanwhile
		return 0, err
	}
	units, dues, err := t.deadlines(ctx, &p)
	if err != nil {
		return 0, err
	}
	var id int64
	err = t.tx.GetContext(ctx, &id, openPeriod, string(task.Period), p.Name, p.OpensAt, p.DueAt, p.RatingDueAt)
	switch {
	case violates(err, "period_one_open"):
		return 0, ErrPeriodOpen
	case violates(err, "period_name_key"):
		return 0, ErrPeriodName
	case err != nil:
		return 0, safe("open period", err)
	}
	if tasks, err = t.openTasks(ctx, id, units, dues); err != nil {
		return 0, err
	}
	if err := t.syncRatings(ctx, 0, now); err != nil {
		return 0, err
	}
	if _, err := t.tx.ExecContext(ctx, auditRow, now, "period.open", p.Name); err != nil {
		return 0, safe("audit", err)
	}
	return tasks, nil
}

const (
	closePeriod = `
		UPDATE period SET closed_at = $1 WHERE closed_at IS NULL
		RETURNING id, name, opens_at, due_at, rating_due_at, closed_at`
	expireTasks = `
		UPDATE task SET state = 'expired' WHERE occasion_id = $1 AND employee_id = ANY($2) AND state IN ('open', 'started')`
)

// ClosePeriod closes the open period; what is not done is expired, nothing can be
// changed any more, and what waits to be sent about it is withdrawn. What it was is frozen
// for the analysis of needs. ErrNotFound when no period is open.
func (t *Tx) ClosePeriod(ctx context.Context, now time.Time) (p Period, expired int64, err error) {
	if err := t.beginImport(ctx); err != nil { // nobody moves while it is frozen who was where
		return Period{}, 0, err
	}
	err = t.tx.GetContext(ctx, &p, closePeriod, now)
	if errors.Is(err, sql.ErrNoRows) {
		return Period{}, 0, ErrNotFound
	}
	if err != nil {
		return Period{}, 0, safe("close period", err)
	}
	err = t.everybody(ctx, func(ids []int64) error {
		res, err := t.tx.ExecContext(ctx, expireTasks, p.ID, pq.Array(ids))
		if err != nil {
			return safe("expire tasks", err)
		}
		n, err := res.RowsAffected()
		expired += n
		if err != nil {
			return safe("expire tasks", err)
		}
		return t.withdrawFrom(ctx, ids, now)
	})
	if err != nil {
		return Period{}, 0, err
	}
	if err := t.freezeNeeds(ctx, p.ID); err != nil {
		return Period{}, 0, err
	}
	if _, err := t.tx.ExecContext(ctx, auditRow, now, "period.close", p.Name); err != nil {
		return Period{}, 0, safe("audit", err)
	}
	return p, expired, nil
}

const currentPeriod = `
	SELECT id, name, opens_at, due_at, rating_due_at, closed_at FROM period WHERE closed_at IS NULL`

// CurrentPeriod returns the open period, or ErrNotFound.
func (t *Tx) CurrentPeriod(ctx context.Context) (p Period, err error) {
	err = t.tx.GetContext(ctx, &p, currentPeriod)
	if errors.Is(err, sql.ErrNoRows) {
		return Period{}, ErrNotFound
	}
	return p, safe("read period", err)
}

var periodBoard = `
	SELECT p.id, p.name, p.due_at, count(k.id) FILTER (WHERE k.state <> 'excused') AS people,
	       count(k.id) FILTER (WHERE k.state = 'excused') AS excused, count(k.id) FILTER (WHERE k.state = 'started') AS started, count(k.id) FILTER (WHERE k.state = 'done') AS done
	FROM period p LEFT JOIN task k ON k.occasion_id = p.id AND ` + isSelf("k") + `
	     AND (k.state = 'done' OR EXISTS (SELECT FROM employee e WHERE e.id = k.employee_id AND e.active))
	WHERE p.closed_at IS NULL GROUP BY p.id`

// PeriodBoard tells where the open period stands; the zero Board when none is.
func (t *Tx) PeriodBoard(ctx context.Context) (b task.Board, err error) {
	err = t.tx.GetContext(ctx, &b, periodBoard)
	if errors.Is(err, sql.ErrNoRows) {
		return task.Board{}, nil
	}
	return b, safe("count period", err)
}

// StartPeriod is OpenPeriod for a conversation; its errors are task.ErrPeriodOpen
// and task.ErrPeriodName, after which the transaction must be given up.
func (t *Tx) StartPeriod(ctx context.Context, name string, opens, due, rating time.Time) (tasks int64, err error) {
	if err := t.beginImport(ctx); err != nil { // of two who press at once the second is told
		return 0, err
	}
	var taken bool
	if err := t.tx.GetContext(ctx, &taken, periodNamed, name); err != nil {
		return 0, safe("read period", err)
	}
	if taken { // asked first, because a breach would end the transaction of the update
		return 0, task.ErrPeriodName
	}
	if _, err := t.CurrentPeriod(ctx); err == nil {
		return 0, task.ErrPeriodOpen
	}
	return t.OpenPeriod(ctx, Period{Name: name, OpensAt: opens, DueAt: due, RatingDueAt: rating}, opens)
}

const periodNamed = `SELECT EXISTS (SELECT FROM period WHERE name = $1)`

// EndPeriod is ClosePeriod for a conversation; it returns the name.
func (t *Tx) EndPeriod(ctx context.Context, now time.Time) (name string, err error) {
	p, _, err := t.ClosePeriod(ctx, now)
	return p.Name, err
}
