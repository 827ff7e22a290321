package storage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/outreach"
	"bangkom/internal/task"
)

// aboutAnswer binds an answer to its task.
func aboutAnswer(taskID int64) string { return strconv.FormatInt(taskID, 10) }

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
	if t.seal == nil {
		return g, errNoSealer
	}
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
		plain, err := t.seal.Open(disclosure.AnswersOf(r.Batch), aboutAnswer(r.Task), r.Sealed)
		if err != nil {
			return g, fmt.Errorf("open an answer: %w", err)
		}
		answers, err := disclosure.DecodeAnswers(plain)
		clear(plain)
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
	addAtom  = `INSERT INTO atom (programme_id, batch_id, persons, at) VALUES ($1, nullif($2::bigint, 0), $3, $4) RETURNING id`
	addTally = `
		INSERT INTO tally (atom_id, item, value, n) SELECT $1, x.item, x.value, x.n
		FROM unnest($2::text[], $3::text[], $4::int[]) AS x (item, value, n) ORDER BY x.item, x.value`
	addShown = `
		INSERT INTO shown (atom_id, cell, n, text) SELECT $1, x.cell, x.n, x.text
		FROM unnest($2::text[], $3::int[], $4::text[]) AS x (cell, n, text) ORDER BY x.cell`
	addRemarks       = `INSERT INTO remark (atom_id, n, text) SELECT $1, x.n, x.text FROM unnest($2::text[]) WITH ORDINALITY AS x (text, n) ORDER BY x.n`
	dropHeldAnswers  = `DELETE FROM held_answer WHERE task_id = ANY($1)`
	mergeEvaluations = `UPDATE evaluation SET state = 'merged', atom_id = $2 WHERE batch_id = ANY($1) AND state = 'pooled'`
	endEvaluation    = `
		UPDATE evaluation SET state = $2, closed_at = $3, answered = nullif($4, 0), atom_id = nullif($5::bigint, 0),
		       asked = (SELECT count(*) FROM task t WHERE t.occasion_id = $1 AND t.kind = $6)
		WHERE batch_id = $1`
	endEvaluationTasks = `
		UPDATE task SET state = 'expired', started_at = NULL, done_at = NULL, ladder_at = NULL WHERE occasion_id = $1 AND kind = $2`
	dropEvaluationDrafts = `
		WITH gone AS (
			DELETE FROM draft d USING task t WHERE d.form = $2 AND d.ref = t.id AND t.occasion_id = $1 AND t.kind = $3 RETURNING d.body ->> 'card' AS card
		)
		DELETE FROM outbox o USING gone g WHERE o.key = g.card AND o.sealed AND o.state NOT IN ('new', 'sending')`
	// What was said to ask somebody tells who had answered by then, and what was taken back
	// tells when: the whole of it goes, as if nobody had been asked. A message that is on
	// its way goes when it has arrived.
	dropEvaluationMessages = `
		WITH asked AS (
			SELECT n.outbox_key AS key FROM task t JOIN notice n ON n.task_id = t.id WHERE t.occasion_id = $1 AND t.kind = $2
			UNION SELECT n.outbox_key FROM task t JOIN notice n ON n.employee_id = t.employee_id AND n.key LIKE $3 || '%'
			WHERE t.occasion_id = $1 AND t.kind = $2
		), gone AS (
			DELETE FROM outbox o USING asked a WHERE o.key = a.key AND (o.state NOT IN ('new', 'sending') OR o.state = 'new' AND o.expires_at <= $4)
		)
		UPDATE outbox o SET forget = true FROM asked a WHERE o.key = a.key AND o.state IN ('new', 'sending') AND o.expires_at > $4`
	// The limits of messages count what was sent to remind: from here on for everybody who
	// was asked alike, as of the last reminder of the batch, or of the day on which there would
	// have been one. Of fewer people than $4 even that would tell something: theirs is the close.
	spendReminders = `
		INSERT INTO spent_prompt (employee_id, batch_id, at)
		SELECT t.employee_id, v.batch_id, CASE WHEN count(*) OVER () < $4 THEN $3 ELSE greatest(v.opened_at + interval '1 day', (
		           SELECT max(n.at) FROM task k JOIN notice n ON n.task_id = k.id AND n.key LIKE $5 || '%' AND n.action IN ('send', 'merge') AND n.at <= $3
		           WHERE k.occasion_id = $1 AND k.kind = $2)) END
		FROM evaluation v JOIN task t ON t.occasion_id = v.batch_id AND t.kind = $2
		WHERE v.batch_id = $1 ORDER BY t.employee_id ON CONFLICT (employee_id, batch_id) DO NOTHING`
	// What had joined one of the messages that go stands for itself.
	freeJoined = `
		UPDATE notice w SET action = 'send', reason = '` + string(outreach.Allowed) + `', with_id = NULL FROM task t JOIN notice n ON n.task_id = t.id
		WHERE t.occasion_id = $1 AND t.kind = $2 AND w.with_id = n.id AND w.action = 'merge' AND w.task_id IS DISTINCT FROM t.id`
	dropEvaluationNotices = `
		DELETE FROM notice n USING task t WHERE t.occasion_id = $1 AND t.kind = $2
		  AND (n.task_id = t.id OR n.employee_id = t.employee_id AND n.key LIKE $3 || '%')`
	// Whoever left the form in the middle has not sent it. A chat that is being decided now
	// is not waited for: its update finds the form closed.
	leaveEvaluationForms = `
		UPDATE chat c SET active_form = '', active_ref = 0 FROM (
			SELECT c.id FROM chat c JOIN task t ON t.employee_id = c.employee_id AND c.active_form = $3 AND c.active_ref = t.id
			WHERE t.occasion_id = $1 AND t.kind = $2 FOR UPDATE OF c SKIP LOCKED) x WHERE c.id = x.id`
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
	kind := string(task.TrainingEvaluation)
	for _, step := range []struct {
		query string
		args  []any
	}{
		{dropHeldAnswers, []any{pq.Array(o.Gone)}},
		{endEvaluation, []any{e.Batch, string(state), now, answered, atom, kind}},
		{endEvaluationTasks, []any{e.Batch, kind}},
		{dropEvaluationDrafts, []any{e.Batch, evaluation.Flow, kind}},
		{dropEvaluationMessages, []any{e.Batch, kind, evaluation.UndeletedPrefix, now}},
		{spendReminders, []any{e.Batch, kind, now, disclosure.AtomPersons, evaluation.ReminderPrefix}},
		{freeJoined, []any{e.Batch, kind}},
		{dropEvaluationNotices, []any{e.Batch, kind, evaluation.UndeletedPrefix}},
		{leaveEvaluationForms, []any{e.Batch, kind, evaluation.Flow}},
	} {
		if _, err := t.tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return safe("close an evaluation", err)
		}
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
	var items, values, cells, texts []string
	var counts, persons []int64
	for _, tally := range o.Atom.Tallies {
		for _, v := range tally.Values {
			items, values, counts = append(items, tally.Item), append(values, v.Value), append(counts, int64(v.N))
		}
	}
	for _, c := range o.Cells {
		cells, persons, texts = append(cells, c.Key()), append(persons, int64(c.N)), append(texts, c.Text)
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{addTally, []any{atom, pq.Array(items), pq.Array(values), pq.Array(counts)}},
		{addShown, []any{atom, pq.Array(cells), pq.Array(persons), pq.Array(texts)}},
		{addRemarks, []any{atom, pq.Array(o.Atom.Remarks)}},
		{mergeEvaluations, []any{pq.Array(o.Atom.Members), atom}},
	} {
		if _, err := t.tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return 0, safe("publish an evaluation", err)
		}
	}
	return atom, nil
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
