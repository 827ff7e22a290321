package storage

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// isEvaluation is true of the tasks of evaluations.
func isEvaluation(of string) string { return pg.OfKind(of, task.TrainingEvaluation) }

// attendedBy is who attended the batch b so far, and has no role in it: the share of its
// sessions up to now that the programme p asks for. now is a parameter.
func attendedBy(now string) string {
	return `SELECT e.employee_id
		FROM enrolment e
		CROSS JOIN LATERAL (SELECT count(*) AS n, count(a.session_id) AS present FROM training_session s
		     LEFT JOIN attendance a ON a.session_id = s.id AND a.employee_id = e.employee_id AND a.present
		     WHERE s.batch_id = b.id AND s.starts_at <= ` + now + `) s
		WHERE e.batch_id = b.id AND e.state = 'seated' AND s.n > 0 AND s.present * 100 >= s.n * p.share AND s.present > 0
		  AND NOT EXISTS (SELECT FROM committee c WHERE c.batch_id = b.id AND c.employee_id = e.employee_id)`
}

// attendedIn is the same of many batches at once, as rows of batch_id and employee_id. Asked
// batch by batch, the database reads small tables whole for each of them, which grows with
// the square. batches and now are parameters.
func attendedIn(batches, now string) string {
	return `SELECT e.batch_id, e.employee_id
		FROM enrolment e JOIN batch b ON b.id = e.batch_id JOIN programme p ON p.id = b.programme_id
		JOIN (SELECT s.batch_id, count(*) AS n FROM training_session s WHERE s.batch_id = ANY(` + batches + `) AND s.starts_at <= ` + now + ` GROUP BY 1) s ON s.batch_id = e.batch_id
		JOIN (SELECT s.batch_id, a.employee_id, count(*) AS present FROM training_session s JOIN attendance a ON a.session_id = s.id AND a.present
		      WHERE s.batch_id = ANY(` + batches + `) AND s.starts_at <= ` + now + ` GROUP BY 1, 2) a ON a.batch_id = e.batch_id AND a.employee_id = e.employee_id
		WHERE e.batch_id = ANY(` + batches + `) AND e.state = 'seated' AND a.present * 100 >= s.n * p.share
		  AND NOT EXISTS (SELECT FROM committee c WHERE c.batch_id = e.batch_id AND c.employee_id = e.employee_id)`
}

// openedOf makes the row of an evaluation of the batches b that where is true of.
func openedOf(where string) string {
	return `
	INSERT INTO evaluation (batch_id, programme_id, partner_id, ability, trainers, opened_at, opened_by, closes_at)
	SELECT b.id, p.id, p.partner_id, p.ability, ARRAY(SELECT t.name FROM session_trainer t JOIN training_session s ON s.id = t.session_id
	            WHERE s.batch_id = b.id GROUP BY t.name ORDER BY min(s.n), min(t.n) LIMIT ` + strconv.Itoa(maxTrainers) + `),
	       $1, nullif($3::bigint, 0), $2
	FROM batch b JOIN programme p ON p.id = b.programme_id
	WHERE b.state <> 'cancelled' AND ` + where + `
	ON CONFLICT (batch_id) DO NOTHING`
}

// maxTrainers bounds how many questions about trainers one evaluation has.
const maxTrainers = 6

// lateDays is for how many days after its last session a batch is looked at: attendance
// may be taken late, but nobody is asked about what was weeks ago.
const lateDays = 14

var (
	openEnded = openedOf(`b.ends_at <= $1 AND b.ends_at > $1::timestamptz - make_interval(days => ` + strconv.Itoa(lateDays) + `) AND EXISTS (` + attendedBy("$1") + `)`)
	openEarly = openedOf(`b.id = $4 AND (SELECT max(s.starts_at) FROM training_session s WHERE s.batch_id = b.id) <= $1 AND b.ends_at > $1::timestamptz - make_interval(days => ` + strconv.Itoa(lateDays) + `) AND EXISTS (` + attendedBy("$1") + `)`)
)

// OpenEnded opens the evaluation of each batch that has ended and that somebody
// attended, and returns how many.
func (t *Tx) OpenEnded(ctx context.Context, now time.Time) (int, error) {
	return t.openEvaluations(ctx, openEnded, now, 0)
}

// OpenEvaluation opens the evaluation of a batch whose last session has begun (Buka
// evaluasi); false when it is open already, or nobody counts as present yet. Opened earlier
// it would be closed before the others have been there.
func (t *Tx) OpenEvaluation(ctx context.Context, batch, by int64, now time.Time) (bool, error) {
	n, err := t.openEvaluations(ctx, openEarly, now, by, batch)
	return n == 1, err
}

func (t *Tx) openEvaluations(ctx context.Context, query string, now time.Time, by int64, more ...any) (int, error) {
	r, err := t.tx.ExecContext(ctx, query, append([]any{now, evaluation.ClosesAt(now), by}, more...)...)
	if err != nil {
		return 0, safe("open evaluations", err)
	}
	n, err := r.RowsAffected()
	return int(n), safe("open evaluations", err)
}

// askedRow is somebody who is asked.
type askedRow struct {
	Task     int64          `db:"task_id"`
	ID       int64          `db:"id"`
	Name     string         `db:"name"`
	Sex      int64          `db:"sex"`
	Batch    int64          `db:"batch_id"`
	Title    string         `db:"title"`
	Trainers pq.StringArray `db:"trainers"`
	Closes   time.Time      `db:"closes_at"`
}

func (r askedRow) asked() evaluation.Asked {
	return evaluation.Asked{Task: r.Task, Person: personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)}, Batch: r.Batch, Name: r.Title,
		Trainers: len(r.Trainers), Closes: r.Closes}
}

func (t *Tx) asked(ctx context.Context, query string, args ...any) ([]evaluation.Asked, error) {
	var rows []askedRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list who is asked", err)
	}
	out := make([]evaluation.Asked, len(rows))
	for i, r := range rows {
		out[i] = r.asked()
	}
	return out, nil
}

// In the order of people, so that the order of what is sent says nothing.
var askAttended = `
	WITH made AS (
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, ladder_at)
		SELECT a.employee_id, $2, a.employee_id, b.id, q.code, q.version, $1, v.closes_at, NULL
		FROM evaluation v JOIN batch b ON b.id = v.batch_id JOIN programme p ON p.id = v.programme_id
		CROSS JOIN LATERAL (` + attendedBy("$1") + `) a
		CROSS JOIN LATERAL (SELECT code, version FROM questionnaire WHERE kind = $2 ORDER BY version DESC LIMIT 1) q
		WHERE v.state = 'open' AND v.closes_at > $1
		  AND NOT EXISTS (SELECT FROM task k WHERE k.occasion_id = b.id AND k.kind = $2 AND k.employee_id = a.employee_id)
		ORDER BY b.id, a.employee_id
		ON CONFLICT (occasion_id, kind, employee_id, subject_id) DO NOTHING
		RETURNING id AS task_id, employee_id, occasion_id
	)
	SELECT m.task_id, e.id, e.name, e.sex, v.batch_id, b.name AS title, v.trainers, v.closes_at
	FROM made m JOIN employee e ON e.id = m.employee_id JOIN evaluation v ON v.batch_id = m.occasion_id JOIN batch b ON b.id = v.batch_id
	ORDER BY e.id`

// AskAttended asks everybody who attended a batch whose evaluation is open, has no role
// in it, and was not asked before.
func (t *Tx) AskAttended(ctx context.Context, now time.Time) ([]evaluation.Asked, error) {
	return t.asked(ctx, askAttended, now, string(task.TrainingEvaluation))
}

var unreminded = `
	SELECT t.id AS task_id, e.id, e.name, e.sex, v.batch_id, b.name AS title, v.trainers, v.closes_at
	FROM evaluation v JOIN batch b ON b.id = v.batch_id
	JOIN task t ON t.occasion_id = v.batch_id AND ` + isEvaluation("t") + ` AND t.state IN ('open', 'started') AND t.opens_at < $2
	JOIN employee e ON e.id = t.employee_id
	WHERE v.state = 'open' AND v.closes_at > $1
	  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $3 || t.id)
	ORDER BY e.id`

// Unreminded lists who was asked before today, has not answered, and was not reminded.
func (t *Tx) Unreminded(ctx context.Context, now time.Time) ([]evaluation.Asked, error) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	return t.asked(ctx, unreminded, now, today, evaluation.ReminderPrefix)
}

// evaluationColumns are those of an evaluationRow; v is evaluation, b its batch.
const evaluationColumns = `v.batch_id, v.programme_id, b.name, v.ability, v.trainers, v.opened_at, v.closes_at, v.state, v.closed_at,
	COALESCE(v.asked, 0) AS asked, COALESCE(v.answered, 0) AS answered, COALESCE(v.atom_id, 0) AS atom_id`

type evaluationRow struct {
	Batch     int64          `db:"batch_id"`
	Programme int64          `db:"programme_id"`
	Name      string         `db:"name"`
	Ability   string         `db:"ability"`
	Trainers  pq.StringArray `db:"trainers"`
	Opened    time.Time      `db:"opened_at"`
	Closes    time.Time      `db:"closes_at"`
	State     string         `db:"state"`
	ClosedAt  sql.NullTime   `db:"closed_at"`
	Asked     int            `db:"asked"`
	Answered  int            `db:"answered"`
	Atom      int64          `db:"atom_id"`
}

func (r evaluationRow) evaluation() evaluation.Evaluation {
	return evaluation.Evaluation{Batch: r.Batch, Programme: r.Programme, Name: r.Name, Ability: r.Ability, Trainers: r.Trainers, Opened: r.Opened,
		Closes: r.Closes, State: evaluation.State(r.State), ClosedAt: r.ClosedAt.Time, Asked: r.Asked, Answered: r.Answered, Atom: r.Atom}
}

const evaluationOf = `SELECT ` + evaluationColumns + ` FROM evaluation v JOIN batch b ON b.id = v.batch_id WHERE v.batch_id = $1`

// Evaluation reads what a batch is asked; ErrNotFound before it is opened.
func (t *Tx) Evaluation(ctx context.Context, batch int64) (evaluation.Evaluation, error) {
	var r evaluationRow
	err := t.one(ctx, &r, evaluationOf, batch)
	return r.evaluation(), err
}

// EvaluationForm is the newest version of the questions of an evaluation.
func (t *Tx) EvaluationForm(ctx context.Context) (questionnaire.Definition, error) {
	return t.newestForm(ctx, questionnaire.TrainingEvaluation)
}

// The row of the evaluation is shared until the end of the transaction: the close waits
// for it, and what comes after the close finds it closed.
const openEvaluation = `SELECT batch_id FROM evaluation WHERE batch_id = $1 AND state = 'open' AND closes_at > $2 FOR SHARE`

// HoldAnswer keeps what somebody has sent about a batch, sealed, in place of what they sent
// before. ErrNotFound once the evaluation is closed.
func (t *Tx) HoldAnswer(ctx context.Context, of task.Task, a disclosure.Answers, now time.Time) error {
	var batch int64
	if err := t.one(ctx, &batch, openEvaluation, of.Occasion.ID, now); err != nil {
		return err
	}
	return t.holdAnswer(ctx, of, a)
}

const myEvaluations = `
	SELECT t.id FROM evaluation v JOIN task t ON t.occasion_id = v.batch_id
	WHERE v.state = 'open' AND v.closes_at > $2 AND t.employee_id = $1 AND t.kind = $3 AND t.state IN ('open', 'started', 'done')
	ORDER BY v.closes_at, t.id`

// MyEvaluations lists the tasks of evaluations that a person may still do or do again.
func (t *Tx) MyEvaluations(ctx context.Context, employee int64, now time.Time) (out []task.Task, err error) {
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, myEvaluations, employee, now, string(task.TrainingEvaluation)); err != nil {
		return nil, safe("list evaluations", err)
	}
	for _, id := range ids {
		one, err := t.Task(ctx, id, employee)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}
