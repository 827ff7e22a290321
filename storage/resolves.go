package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"time"

	"bangkom/internal/resolve"
)

// resolveOffers reads nothing about any evaluation. Who has written a resolve already needs
// no offer.
var resolveOffers = `
	SELECT a.employee_id, b.id AS batch_id, b.name, b.ends_at
	FROM batch b JOIN programme p ON p.id = b.programme_id CROSS JOIN LATERAL (` + attendedBy("$3") + `) a
	WHERE b.state <> 'cancelled' AND b.ends_at >= $1 AND b.ends_at < $2
	  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $4 || b.id || ':' || a.employee_id)
	  AND NOT EXISTS (SELECT FROM resolve r WHERE r.employee_id = a.employee_id AND r.batch_id = b.id)
	ORDER BY a.employee_id, b.id`

// resolvesToAsk lists what comes back.
const resolvesToAsk = `
	SELECT r.employee_id, b.id AS batch_id, b.name, b.ends_at FROM resolve r JOIN batch b ON b.id = r.batch_id
	WHERE r.ask_on BETWEEN $1 AND $2 AND r.outcome IS NULL
	  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $3 || b.id || ':' || r.employee_id)
	ORDER BY r.employee_id, b.id`

type offeredRow struct {
	Employee int64     `db:"employee_id"`
	Batch    int64     `db:"batch_id"`
	Name     string    `db:"name"`
	Ends     time.Time `db:"ends_at"`
}

func (t *Tx) offered(ctx context.Context, query string, args ...any) ([]resolve.Offered, error) {
	var rows []offeredRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list resolves", err)
	}
	out := make([]resolve.Offered, len(rows))
	for i, r := range rows {
		out[i] = resolve.Offered(r)
	}
	return out, nil
}

// ResolveOffers lists who attended a batch that ended in [since, before) and was not
// offered to write a resolve.
func (t *Tx) ResolveOffers(ctx context.Context, since, before, now time.Time) ([]resolve.Offered, error) {
	return t.offered(ctx, resolveOffers, since, before, now, resolve.OfferPrefix)
}

// ResolvesToAsk lists the resolves that are to come back between two days and are not
// answered.
func (t *Tx) ResolvesToAsk(ctx context.Context, since, day time.Time) ([]resolve.Offered, error) {
	return t.offered(ctx, resolvesToAsk, since.Format(time.DateOnly), day.Format(time.DateOnly), resolve.AskPrefix)
}

// ownResolves are the batches about which a person wrote a line, or attended and may still
// write one; $2 is one of them, 0 = all. Written ones stay whatever becomes of the batch.
var ownResolves = `
	SELECT b.id, b.name, b.ends_at, COALESCE(r.line, '') AS line, r.written_on, r.ask_on, COALESCE(r.outcome, '') AS outcome, r.answered_on
	FROM enrolment x JOIN batch b ON b.id = x.batch_id JOIN programme p ON p.id = b.programme_id
	LEFT JOIN resolve r ON r.employee_id = x.employee_id AND r.batch_id = x.batch_id
	WHERE x.employee_id = $1 AND $2::bigint IN (0, b.id)
	  AND (r.employee_id IS NOT NULL OR b.state <> 'cancelled' AND b.ends_at <= $3 AND b.ends_at >= $4
	       AND EXISTS (SELECT FROM (` + attendedBy("$3") + `) a WHERE a.employee_id = x.employee_id))
	ORDER BY b.ends_at DESC, b.id`

type resolveRow struct {
	Batch    int64        `db:"id"`
	Name     string       `db:"name"`
	Ends     time.Time    `db:"ends_at"`
	Line     string       `db:"line"`
	Written  sql.NullTime `db:"written_on"`
	AskOn    sql.NullTime `db:"ask_on"`
	Outcome  string       `db:"outcome"`
	Answered sql.NullTime `db:"answered_on"`
}

// Resolves lists what a person has written about trainings, and those attended that ended
// since the given moment; batch is one of them, 0 = all. The newest is first. AskOn is zero
// where nothing is written.
func (t *Tx) Resolves(ctx context.Context, employee, batch int64, since, now time.Time) ([]resolve.Resolve, error) {
	var rows []resolveRow
	if err := t.tx.SelectContext(ctx, &rows, ownResolves, employee, batch, now, since); err != nil {
		return nil, safe("read own resolves", err)
	}
	out := make([]resolve.Resolve, len(rows))
	for i, r := range rows {
		out[i] = resolve.Resolve{Batch: r.Batch, Name: r.Name, Ends: r.Ends, Line: r.Line, Written: r.Written.Time, AskOn: r.AskOn.Time,
			Outcome: resolve.Outcome(r.Outcome), Answered: r.Answered.Time}
	}
	return out, nil
}

// Of a line that is changed the day of its question stays: it was promised.
const putResolve = `
	INSERT INTO resolve (employee_id, batch_id, line, written_on, ask_on) VALUES ($1, $2, $3, $4::date, $5::date)
	ON CONFLICT (employee_id, batch_id) DO UPDATE SET line = excluded.line, written_on = excluded.written_on
	WHERE resolve.outcome IS NULL AND resolve.ask_on > excluded.written_on
	RETURNING batch_id`

// PutResolve stores the line of a person about a batch, in the place of the one before;
// ErrNotFound once its question has come.
func (t *Tx) PutResolve(ctx context.Context, employee int64, r resolve.Resolve) error {
	return t.one(ctx, &r.Batch, putResolve, employee, r.Batch, r.Line, r.Written.Format(time.DateOnly), r.AskOn.Format(time.DateOnly))
}

const answerResolve = `
	UPDATE resolve SET outcome = $3, answered_on = $4::date
	WHERE employee_id = $1 AND batch_id = $2 AND ask_on <= $4::date RETURNING batch_id`

// AnswerResolve stores what became of a resolve, in the place of what was said before;
// ErrNotFound before the day of its question, and when there is none.
func (t *Tx) AnswerResolve(ctx context.Context, employee, batch int64, o resolve.Outcome, day time.Time) error {
	if err := t.one(ctx, &batch, answerResolve, employee, batch, string(o), day.Format(time.DateOnly)); err != nil {
		return err
	}
	return t.dropQuestion(ctx, employee, batch)
}

const dropResolve = `DELETE FROM resolve WHERE employee_id = $1 AND batch_id = $2 RETURNING batch_id`

// DropResolve deletes a resolve; ErrNotFound when there is none.
func (t *Tx) DropResolve(ctx context.Context, employee, batch int64) error {
	if err := t.one(ctx, &batch, dropResolve, employee, batch); err != nil {
		return err
	}
	return t.dropQuestion(ctx, employee, batch)
}

const dropResolveQuestion = `UPDATE notice SET action = 'drop', reason = 'finished', reply = NULL WHERE key = $1 AND action = 'hold'`

// dropQuestion takes back the question that waits for working hours.
func (t *Tx) dropQuestion(ctx context.Context, employee, batch int64) error {
	_, err := t.tx.ExecContext(ctx, dropResolveQuestion, resolve.Key(resolve.AskPrefix, batch, employee))
	return safe("take a question back", err)
}

const copyResolves = `
	SELECT json_agg(json_build_object('pelatihan', b.name, 'isi', r.line, 'ditulis', r.written_on, 'ditanyakan', r.ask_on,
		'hasil', r.outcome, 'dijawab', r.answered_on) ORDER BY r.ask_on, r.batch_id)
	FROM resolve r JOIN batch b ON b.id = r.batch_id JOIN chat c ON c.employee_id = r.employee_id WHERE c.id = $1`

// CopyResolves returns what the person of a chat has resolved; nil when there is nothing.
func (t *Tx) CopyResolves(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	err := t.one(ctx, &raw, copyResolves, chatID)
	return raw, err
}

// eraseResolves is a part of Erase. The program may delete these rows at the person's wish
// at any time, so it needs no definer for them.
const eraseResolves = `DELETE FROM resolve WHERE employee_id = $1`

// A day counts from the midnight of UTC, so a line may stay one night longer.
var pruneResolves = `DELETE FROM resolve WHERE (employee_id, batch_id) IN (SELECT employee_id, batch_id FROM resolve
	WHERE ask_on < ($1::timestamptz - make_interval(days => ` + strconv.Itoa(resolve.KeepAfter) + `))::date LIMIT $2)`
