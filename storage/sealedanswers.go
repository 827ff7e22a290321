package storage

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/outreach"
	"bangkom/internal/task"
)

// What holds answers without a name until they are counted, and what is left of them, is one
// piece for all that is asked so: evaluations of trainings and anonymous surveys.

// aboutAnswer binds an answer to its task.
func aboutAnswer(taskID int64) string { return strconv.FormatInt(taskID, 10) }

const (
	holdAnswer = `
		INSERT INTO held_answer (task_id, occasion_id, sealed) VALUES ($1, $2, $3)
		ON CONFLICT (task_id) DO UPDATE SET sealed = excluded.sealed`
	doneSealed  = `UPDATE task SET state = 'done' WHERE id = $1`
	startSealed = `UPDATE task SET state = 'started' WHERE id = $1 AND state = 'open'`
)

// StartSealed notes that somebody has begun, and not when.
func (t *Tx) StartSealed(ctx context.Context, taskID int64) error {
	_, err := t.tx.ExecContext(ctx, startSealed, taskID)
	return safe("start a task without a name", err)
}

// holdAnswer keeps what somebody has sent, sealed, in place of what they sent before, and
// takes back what waits to ask them. Nothing of it is stored in the open, and not when it was.
func (t *Tx) holdAnswer(ctx context.Context, of task.Task, a disclosure.Answers) error {
	if t.seal == nil {
		return errNoSealer
	}
	plain, err := a.Encode()
	if err != nil {
		return err
	}
	sealed, err := t.seal.Seal(disclosure.AnswersOf(of.Occasion.ID), aboutAnswer(of.ID), plain)
	if err != nil {
		return fmt.Errorf("seal an answer: %w", err)
	}
	if _, err := t.tx.ExecContext(ctx, holdAnswer, of.ID, of.Occasion.ID, sealed); err != nil {
		return safe("hold an answer", err)
	}
	if _, err := t.tx.ExecContext(ctx, doneSealed, of.ID); err != nil {
		return safe("hold an answer", err)
	}
	return t.withdrawAnswered(ctx, of.EmployeeID, of.ID)
}

// openAnswer opens a sealed answer. It exists in memory only.
func (t *Tx) openAnswer(occasion, taskID int64, sealed []byte) (disclosure.Answers, error) {
	if t.seal == nil {
		return nil, errNoSealer
	}
	plain, err := t.seal.Open(disclosure.AnswersOf(occasion), aboutAnswer(taskID), sealed)
	if err != nil {
		return nil, fmt.Errorf("open an answer: %w", err)
	}
	defer clear(plain)
	return disclosure.DecodeAnswers(plain)
}

const (
	addTally = `
		INSERT INTO tally (atom_id, item, value, n) SELECT $1, x.item, x.value, x.n
		FROM unnest($2::text[], $3::text[], $4::int[]) AS x (item, value, n) ORDER BY x.item, x.value`
	addShown = `
		INSERT INTO shown (atom_id, cell, n, text) SELECT $1, x.cell, x.n, x.text
		FROM unnest($2::text[], $3::int[], $4::text[]) AS x (cell, n, text) ORDER BY x.cell`
	addRemarks = `INSERT INTO remark (atom_id, n, text) SELECT $1, x.n, x.text FROM unnest($2::text[]) WITH ORDINALITY AS x (text, n) ORDER BY x.n`
)

// addShown writes the tallies of a group and all that is shown of it, in the order of the keys.
func (t *Tx) addShown(ctx context.Context, atom int64, a disclosure.Atom, told []evaluation.Cell) error {
	var items, values, cells, texts []string
	var counts, persons []int64
	for _, tally := range a.Tallies {
		for _, v := range tally.Values {
			items, values, counts = append(items, tally.Item), append(values, v.Value), append(counts, int64(v.N))
		}
	}
	for _, c := range told {
		cells, persons, texts = append(cells, c.Key()), append(persons, int64(c.N)), append(texts, c.Text)
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{addTally, []any{atom, pq.Array(items), pq.Array(values), pq.Array(counts)}},
		{addShown, []any{atom, pq.Array(cells), pq.Array(persons), pq.Array(texts)}},
		{addRemarks, []any{atom, pq.Array(a.Remarks)}},
	} {
		if _, err := t.tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return safe("write what is shown", err)
		}
	}
	return nil
}

// sealedOccasion is what is closed: answers without a name were asked for in it.
type sealedOccasion struct {
	id       int64
	kind     task.Kind
	flow     string    // of its conversation
	prompts  string    // the beginning of the keys of the messages that count as prompts
	prompted time.Time // as of when everybody counts as prompted, at least
}

const (
	endSealedTasks = `
		UPDATE task SET state = 'expired', started_at = NULL, done_at = NULL, ladder_at = NULL WHERE occasion_id = $1 AND kind = $2`
	// What was said to ask somebody tells who had answered by then, and what was taken back
	// tells when: the whole of it goes, as if nobody had been asked. A message that is on
	// its way goes when it has arrived.
	dropSealedMessages = `
		WITH asked AS (
			SELECT n.outbox_key AS key FROM task t JOIN notice n ON n.task_id = t.id WHERE t.occasion_id = $1 AND t.kind = $2
			UNION SELECT n.outbox_key FROM task t JOIN notice n ON n.employee_id = t.employee_id AND n.key LIKE $3 || '%'
			WHERE t.occasion_id = $1 AND t.kind = $2
		), gone AS (
			DELETE FROM outbox o USING asked a WHERE o.key = a.key AND (o.state NOT IN ('new', 'sending') OR o.state = 'new' AND o.expires_at <= $4)
		)
		UPDATE outbox o SET forget = true FROM asked a WHERE o.key = a.key AND o.state IN ('new', 'sending') AND o.expires_at > $4`
	// The limits of messages count what was sent to prompt: from here on for everybody who
	// was asked alike, as of the last prompt of the occasion, or of the day $6 on which there would
	// have been one. Of fewer people than $4 even that would tell something: theirs is the close.
	spendPrompts = `
		INSERT INTO spent_prompt (employee_id, occasion_id, at)
		SELECT t.employee_id, t.occasion_id, CASE WHEN count(*) OVER () < $4 THEN $3 ELSE greatest($6::timestamptz, (
		           SELECT max(n.at) FROM task k JOIN notice n ON n.task_id = k.id AND n.key LIKE $5 || '%' AND n.action IN ('send', 'merge') AND n.at <= $3
		           WHERE k.occasion_id = $1 AND k.kind = $2)) END
		FROM task t WHERE t.occasion_id = $1 AND t.kind = $2 ORDER BY t.employee_id ON CONFLICT (employee_id, occasion_id) DO NOTHING`
	// What had joined one of the messages that go stands for itself.
	freeJoined = `
		UPDATE notice w SET action = 'send', reason = '` + string(outreach.Allowed) + `', with_id = NULL FROM task t JOIN notice n ON n.task_id = t.id
		WHERE t.occasion_id = $1 AND t.kind = $2 AND w.with_id = n.id AND w.action = 'merge' AND w.task_id IS DISTINCT FROM t.id`
	dropSealedNotices = `
		DELETE FROM notice n USING task t WHERE t.occasion_id = $1 AND t.kind = $2
		  AND (n.task_id = t.id OR n.employee_id = t.employee_id AND n.key LIKE $3 || '%')`
	// Whoever left the form in the middle has not sent it. A chat that is being decided now
	// is not waited for: its update finds the form closed.
	leaveSealedForms = `
		UPDATE chat c SET active_form = '', active_ref = 0 FROM (
			SELECT c.id FROM chat c JOIN task t ON t.employee_id = c.employee_id AND c.active_form = $3 AND c.active_ref = t.id
			WHERE t.occasion_id = $1 AND t.kind = $2 FOR UPDATE OF c SKIP LOCKED) x WHERE c.id = x.id`
)

// dropSealedDrafts drops what was begun in an occasion that closes now. What is skipped goes with
// the next run: dropHalf, dropHalfEvaluations.
var dropSealedDrafts = droppingDrafts(`WHERE d.form = $2 AND t.occasion_id = $1 AND t.kind = $3`)

// droppingDrafts deletes the drafts d, about the tasks t, that "which" names, with the cards that
// must not be kept. Who decides for many people writes many drafts, in an order that
// nobody else knows; whoever waited for one of them with others already deleted would
// wait in a circle. So a draft that is being written is skipped. It would be there again in any
// case if it were written just after it was deleted: every job that drops drafts has a
// later run that finds it.
func droppingDrafts(which string) string {
	return `
	WITH half AS MATERIALIZED (
		SELECT d.chat_id, d.form, d.ref FROM draft d JOIN task t ON t.id = d.ref ` + which + ` FOR UPDATE OF d SKIP LOCKED
	), gone AS (
		DELETE FROM draft d USING half h WHERE d.chat_id = h.chat_id AND d.form = h.form AND d.ref = h.ref RETURNING d.body ->> 'card' AS card
	)
	DELETE FROM outbox o USING gone g WHERE o.key = g.card AND o.sealed AND o.state NOT IN ('new', 'sending')`
}

// closeSealed ends all tasks of an occasion alike, whether somebody has answered or not, and
// takes away all that was said to ask for them: in the transaction in which the answers
// were counted.
func (t *Tx) closeSealed(ctx context.Context, o sealedOccasion, now time.Time) error {
	kind := string(o.kind)
	for _, step := range []struct {
		query string
		args  []any
	}{
		{endSealedTasks, []any{o.id, kind}},
		{dropSealedDrafts, []any{o.id, o.flow, kind}},
		{dropSealedMessages, []any{o.id, kind, evaluation.UndeletedPrefix, now}},
		{spendPrompts, []any{o.id, kind, now, disclosure.AtomPersons, o.prompts, o.prompted}},
		{freeJoined, []any{o.id, kind}},
		{dropSealedNotices, []any{o.id, kind, evaluation.UndeletedPrefix}},
		{leaveSealedForms, []any{o.id, kind, o.flow}},
	} {
		if _, err := t.tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return safe("close what was asked without names", err)
		}
	}
	return nil
}
