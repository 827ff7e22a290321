package storage

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/task"
)

const evaluationsDue = `
	SELECT ` + evaluationColumns + ` FROM evaluation v JOIN batch b ON b.id = v.batch_id
	WHERE v.state = 'open' AND v.closes_at <= $1 AND v.batch_id > $2 ORDER BY v.batch_id LIMIT $3 FOR UPDATE OF v`

// EvaluationsDue locks the first evaluations that are to be closed, in the order of their
// batches and behind the given one.
func (t *Tx) EvaluationsDue(ctx context.Context, now time.Time, after int64, limit int) ([]evaluation.Evaluation, error) {
	var rows []evaluationRow
	if err := t.tx.SelectContext(ctx, &rows, evaluationsDue, now, after, limit); err != nil {
		return nil, safe("list evaluations that are due", err)
	}
	out := make([]evaluation.Evaluation, len(rows))
	for i, r := range rows {
		out[i] = r.evaluation()
	}
	return out, nil
}

const heldAnswers = `
	SELECT h.task_id, h.occasion_id, t.employee_id, h.sealed, v.trainers
	FROM evaluation v JOIN held_answer h ON h.occasion_id = v.batch_id JOIN task t ON t.id = h.task_id
	WHERE v.batch_id = $1 OR v.programme_id = $2 AND v.state = 'pooled'
	ORDER BY h.task_id FOR UPDATE OF v, h`

// EvaluationHeld opens what was sent for a batch, and what waits in the pool of its
// programme. It exists in memory only.
func (t *Tx) EvaluationHeld(ctx context.Context, e evaluation.Evaluation) (g evaluation.Group, err error) {
	var rows []struct {
		Task     int64          `db:"task_id"`
		Batch    int64          `db:"occasion_id"`
		Person   int64          `db:"employee_id"`
		Sealed   []byte         `db:"sealed"`
		Trainers pq.StringArray `db:"trainers"`
	}
	if err := t.tx.SelectContext(ctx, &rows, heldAnswers, e.Batch, e.Programme); err != nil {
		return g, safe("read sealed answers", err)
	}
	g.Trainers = slices.Clone(e.Trainers)
	for _, r := range rows {
		answers, err := t.openAnswer(r.Batch, r.Task, r.Sealed)
		if err != nil {
			return g, err
		}
		held := disclosure.Held{Task: r.Task, Batch: r.Batch, Person: r.Person, Answers: answers}
		if r.Batch == e.Batch {
			g.Own = append(g.Own, held)
		} else {
			g.Pool = append(g.Pool, held)
		}
		for _, name := range r.Trainers {
			if !slices.Contains(g.Trainers, name) {
				g.Trainers = append(g.Trainers, name)
			}
		}
	}
	return g, nil
}

const (
	addAtom          = `INSERT INTO atom (programme_id, batch_id, persons, at) VALUES ($1, nullif($2::bigint, 0), $3, $4) RETURNING id`
	dropHeldAnswers  = `DELETE FROM held_answer WHERE task_id = ANY($1)`
	mergeEvaluations = `UPDATE evaluation SET state = 'merged', atom_id = $2 WHERE batch_id = ANY($1) AND state = 'pooled'`
	endEvaluation    = `
		UPDATE evaluation SET state = $2, closed_at = $3, answered = nullif($4, 0), atom_id = nullif($5::bigint, 0),
		       asked = (SELECT count(*) FROM task t WHERE t.occasion_id = $1 AND t.kind = $6)
		WHERE batch_id = $1`
	promiseReport = `INSERT INTO report_back (batch_id, promised_on) VALUES ($1, $2) ON CONFLICT (batch_id) DO NOTHING`
)

// PublishEvaluation writes what may be shown, deletes what was held of it, and closes all
// tasks of the batch alike, whether somebody has answered or not, with all that was said to
// ask for them: all in the transaction in which the answers were opened.
func (t *Tx) PublishEvaluation(ctx context.Context, e evaluation.Evaluation, o evaluation.Outcome, own int, now time.Time) error {
	state, answered, atom := evaluation.Pooled, 0, int64(0)
	switch {
	case o.Atom != nil:
		var err error
		if atom, err = t.addAtom(ctx, e, o, now); err != nil {
			return err
		}
		state = evaluation.Published
		if o.Atom.Batch == 0 {
			state = evaluation.Merged
		}
	case own == 0:
		state = evaluation.Destroyed
	}
	if own >= disclosure.AtomPersons {
		answered = own
	}
	if _, err := t.tx.ExecContext(ctx, dropHeldAnswers, pq.Array(o.Gone)); err != nil {
		return safe("close an evaluation", err)
	}
	kind := string(task.TrainingEvaluation)
	if _, err := t.tx.ExecContext(ctx, endEvaluation, e.Batch, string(state), now, answered, atom, kind); err != nil {
		return safe("close an evaluation", err)
	}
	over := sealedOccasion{id: e.Batch, kind: task.TrainingEvaluation, flow: evaluation.Flow, prompts: evaluation.ReminderPrefix, prompted: e.Opened.AddDate(0, 0, 1)}
	if err := t.closeSealed(ctx, over, now); err != nil {
		return err
	}
	if state == evaluation.Published {
		if _, err := t.tx.ExecContext(ctx, promiseReport, e.Batch, evaluation.PromisedOn(e.Closes.In(now.Location())).Format(time.DateOnly)); err != nil {
			return safe("promise a report", err)
		}
	}
	_, err := t.tx.ExecContext(ctx, auditRow, now, "evaluation.close", strconv.FormatInt(e.Batch, 10))
	return safe("audit", err)
}

// addAtom writes a group and all that is shown of it, in the order of the keys.
func (t *Tx) addAtom(ctx context.Context, e evaluation.Evaluation, o evaluation.Outcome, now time.Time) (atom int64, err error) {
	if err := t.tx.GetContext(ctx, &atom, addAtom, e.Programme, o.Atom.Batch, o.Atom.Persons, now); err != nil {
		return 0, safe("publish an evaluation", err)
	}
	if err := t.addShown(ctx, atom, *o.Atom, o.Cells); err != nil {
		return 0, err
	}
	_, err = t.tx.ExecContext(ctx, mergeEvaluations, pq.Array(o.Atom.Members), atom)
	return atom, safe("publish an evaluation", err)
}

var dropHalfEvaluations = droppingDrafts(`JOIN evaluation v ON v.batch_id = t.occasion_id WHERE d.form = $1 AND t.kind = $2 AND v.state <> 'open'`)

// DropHalfEvaluations drops what was begun and not sent of evaluations that are closed: what
// somebody pressed while theirs was being closed.
func (t *Tx) DropHalfEvaluations(ctx context.Context) error {
	_, err := t.tx.ExecContext(ctx, dropHalfEvaluations, evaluation.Flow, string(task.TrainingEvaluation))
	return safe("drop what was not sent", err)
}

const destroyOldAnswers = `
	WITH old AS (
		UPDATE evaluation SET state = 'destroyed' WHERE state = 'pooled' AND closed_at <= $1 RETURNING batch_id
	), gone AS (
		DELETE FROM held_answer h USING old o WHERE h.occasion_id = o.batch_id
	)
	SELECT count(*) FROM old`

// DestroyOldAnswers deletes what waited in the pools of programmes for longer than
// disclosure.PoolMonths; it returns of how many batches.
func (t *Tx) DestroyOldAnswers(ctx context.Context, now time.Time) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, destroyOldAnswers, now.AddDate(0, -disclosure.PoolMonths, 0))
	return n, safe("destroy old answers", err)
}
