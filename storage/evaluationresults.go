package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/evaluation"
	"bangkom/internal/personnel"
)

// runsBatch is true of a batch b whose evaluation the person $1 may run and read: the
// personnel office, and its committee until 14 days after its last session. $2 = is of
// the office, $3 = now.
const runsBatch = `($2::boolean OR EXISTS (SELECT FROM committee c WHERE c.batch_id = b.id AND c.employee_id = $1)
	AND b.ends_at > $3::timestamptz - interval '14 days')`

const evaluationRun = `SELECT b.id FROM batch b WHERE b.id = $4 AND ` + runsBatch

// RunsEvaluation tells whether somebody may open the evaluation of a batch and read its
// results: the personnel office, and its committee until 14 days after its last session.
func (t *Tx) RunsEvaluation(ctx context.Context, batch int64, who personnel.Employee, now time.Time) (bool, error) {
	var ids []int64
	err := t.tx.SelectContext(ctx, &ids, evaluationRun, who.ID, who.Rights.HR, now, batch)
	return len(ids) == 1, safe("read who runs a batch", err)
}

// What is late comes first, then the newest. $6 is the civil date of now.
const evaluationsRun = `
	SELECT b.id AS batch_id, b.name, COALESCE(v.state, '') AS state, v.closes_at, r.promised_on IS NOT NULL AND r.given_at IS NULL AS owes, r.promised_on,
	       COALESCE(EXISTS (SELECT FROM remark m WHERE m.atom_id = v.atom_id AND NOT EXISTS (SELECT FROM remark_reading x WHERE x.atom_id = m.atom_id AND x.n = m.n)), false) AS unread,
	       count(*) OVER () AS total
	FROM batch b LEFT JOIN evaluation v ON v.batch_id = b.id LEFT JOIN report_back r ON r.batch_id = b.id
	WHERE b.starts_at <= $3 AND (v.batch_id IS NOT NULL OR b.starts_at > $3::timestamptz - interval '90 days') AND b.state <> 'cancelled'
	  AND (v.batch_id IS NOT NULL OR b.ends_at > $3::timestamptz - interval '14 days') AND ` + runsBatch + `
	ORDER BY (r.promised_on < $6::date AND r.given_at IS NULL) IS TRUE DESC, b.starts_at DESC, b.id DESC LIMIT $4 OFFSET $5`

// EvaluationsRun lists the batches whose evaluation somebody may open or read: those with
// a report that is late, then the newest; and how many there are.
func (t *Tx) EvaluationsRun(ctx context.Context, who personnel.Employee, now time.Time, skip, limit int) ([]evaluation.Standing, int, error) {
	var rows []struct {
		Batch    int64        `db:"batch_id"`
		Name     string       `db:"name"`
		State    string       `db:"state"`
		Closes   sql.NullTime `db:"closes_at"`
		Owes     bool         `db:"owes"`
		Promised sql.NullTime `db:"promised_on"`
		Unread   bool         `db:"unread"`
		Total    int          `db:"total"`
	}
	if err := t.tx.SelectContext(ctx, &rows, evaluationsRun, who.ID, who.Rights.HR, now, limit, skip, now.Format(time.DateOnly)); err != nil {
		return nil, 0, safe("list evaluations", err)
	}
	total := 0
	out := make([]evaluation.Standing, len(rows))
	for i, r := range rows {
		out[i] = evaluation.Standing{Batch: r.Batch, Name: r.Name, State: evaluation.State(r.State), Closes: r.Closes.Time, OwesReport: r.Owes, Promised: r.Promised.Time, Unread: r.Unread}
		total = r.Total
	}
	return out, total, nil
}

const evaluationOpened = `SELECT EXISTS (SELECT FROM evaluation WHERE batch_id = $1)`

// EvaluationOpened tells whether the evaluation of a batch was opened.
func (t *Tx) EvaluationOpened(ctx context.Context, batch int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, evaluationOpened, batch)
	return yes, safe("read evaluation", err)
}

const (
	atomShown    = `SELECT cell, n, text FROM shown WHERE atom_id = $1 ORDER BY cell`
	batchHeld    = `SELECT b.starts_at, b.ends_at, COALESCE(r.name, '') AS house FROM evaluation v JOIN batch b ON b.id = v.batch_id LEFT JOIN partner r ON r.id = v.partner_id WHERE v.batch_id = $1`
	atomPersons  = `SELECT persons, (SELECT count(*) FROM evaluation v WHERE v.atom_id = a.id) AS batches FROM atom a WHERE id = $1`
	atomRemarks  = `SELECT r.n, r.text, x.at IS NOT NULL AS read, COALESCE(x.text, '') AS shown FROM remark r LEFT JOIN remark_reading x ON x.atom_id = r.atom_id AND x.n = r.n WHERE r.atom_id = $1 ORDER BY r.n`
	reportBackOf = `SELECT promised_on, body, given_at FROM report_back WHERE batch_id = $1`
)

// EvaluationResult reads what is shown of a batch that is closed; the zero Result, with
// the evaluation, while nothing is.
func (t *Tx) EvaluationResult(ctx context.Context, batch int64) (out evaluation.Result, err error) {
	if out.Evaluation, err = t.Evaluation(ctx, batch); err != nil || out.Atom == 0 {
		return out, err
	}
	var held struct {
		Starts sql.NullTime `db:"starts_at"`
		Ends   sql.NullTime `db:"ends_at"`
		House  string       `db:"house"`
	}
	if err := t.one(ctx, &held, batchHeld, batch); err != nil {
		return out, err
	}
	out.Starts, out.Ends, out.House = held.Starts.Time, held.Ends.Time, held.House
	var size struct {
		Persons int `db:"persons"`
		Batches int `db:"batches"`
	}
	if err := t.one(ctx, &size, atomPersons, out.Atom); err != nil {
		return out, err
	}
	out.Persons, out.Batches = size.Persons, size.Batches
	var cells []struct {
		Cell string `db:"cell"`
		N    int    `db:"n"`
		Text string `db:"text"`
	}
	if err := t.tx.SelectContext(ctx, &cells, atomShown, out.Atom); err != nil {
		return out, safe("read results", err)
	}
	for _, c := range cells {
		out.Cells = append(out.Cells, evaluation.ParseCell(c.Cell, c.N, c.Text))
	}
	if err := t.tx.SelectContext(ctx, &out.Remarks, atomRemarks, out.Atom); err != nil {
		return out, safe("read comments", err)
	}
	out.Report, err = t.reportBack(ctx, batch)
	return out, err
}

func (t *Tx) reportBack(ctx context.Context, batch int64) (out evaluation.Report, err error) {
	var rows []struct {
		Promised time.Time    `db:"promised_on"`
		Body     string       `db:"body"`
		Given    sql.NullTime `db:"given_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, reportBackOf, batch); err != nil || len(rows) == 0 {
		return out, safe("read a report", err)
	}
	return evaluation.Report{Promised: rows[0].Promised, Body: rows[0].Body, Given: rows[0].Given.Time}, nil
}

// What was decided about a comment stays: somebody may have read it.
const readRemark = `
	INSERT INTO remark_reading (atom_id, n, text, by_id, at)
	SELECT r.atom_id, r.n, nullif($3, ''), $4, $5 FROM remark r WHERE r.atom_id = $1 AND r.n = $2
	ON CONFLICT (atom_id, n) DO NOTHING`

// ReadRemark stores what others may read of a comment; "" = nothing. false when that
// was decided before.
func (t *Tx) ReadRemark(ctx context.Context, atom int64, n int, text string, by int64, now time.Time) (bool, error) {
	r, err := t.tx.ExecContext(ctx, readRemark, atom, n, text, by, now)
	if err != nil {
		return false, safe("store what is read of a comment", err)
	}
	rows, err := r.RowsAffected()
	return rows == 1, safe("store what is read of a comment", err)
}

const giveReport = `
	UPDATE report_back SET body = $2, given_by = $3, given_at = $4 WHERE batch_id = $1 AND given_at IS NULL`

// GiveReport stores what was done about what participants said; false when it was
// stored before, or nothing was published.
func (t *Tx) GiveReport(ctx context.Context, batch int64, body string, by int64, now time.Time) (bool, error) {
	r, err := t.tx.ExecContext(ctx, giveReport, batch, body, by, now)
	if err != nil {
		return false, safe("store a report", err)
	}
	rows, err := r.RowsAffected()
	return rows == 1, safe("store a report", err)
}

const evaluationAsked = `SELECT employee_id FROM task WHERE occasion_id = $1 AND kind = $2 ORDER BY employee_id`

// EvaluationAsked lists who was asked about a batch.
func (t *Tx) EvaluationAsked(ctx context.Context, batch int64, kind string) (people []int64, err error) {
	err = t.tx.SelectContext(ctx, &people, evaluationAsked, batch, kind)
	return people, safe("list who was asked", err)
}

const evaluationReaders = `
	SELECT DISTINCT e.id FROM employee e JOIN chat h ON h.employee_id = e.id
	WHERE e.active AND (EXISTS (SELECT FROM committee c JOIN batch b ON b.id = c.batch_id
	            WHERE c.batch_id = $1 AND c.employee_id = e.id AND b.ends_at > $2::timestamptz - interval '14 days')
	   OR EXISTS (SELECT FROM role_grant g WHERE g.employee_id = e.id AND g.role = 'hr' AND g.revoked_at IS NULL))
	ORDER BY e.id`

// EvaluationReaders are who sees the results of a batch: its committee, while it has
// one, and the personnel office.
func (t *Tx) EvaluationReaders(ctx context.Context, batch int64, now time.Time) (people []int64, err error) {
	err = t.tx.SelectContext(ctx, &people, evaluationReaders, batch, now)
	return people, safe("list who reads results", err)
}

const reportsOverdue = `SELECT count(*) FROM report_back WHERE given_at IS NULL AND promised_on < $1::date`

// ReportsOverdue counts the batches whose participants were promised a report that is
// late on the civil date of now.
func (t *Tx) ReportsOverdue(ctx context.Context, now time.Time) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, reportsOverdue, now.Format(time.DateOnly))
	return n, safe("count reports that are late", err)
}
