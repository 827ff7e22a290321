package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// takesSeat is true of an enrolment n that takes a seat of its batch.
const takesSeat = `n.state IN ('seated', 'offered') AND n.way <> 'walk_in'`

// batchColumns is the list that batchRow scans: b is batch, g its programme, r the
// partner of that, c whoever changed it last.
const batchColumns = `b.id, b.number, b.name AS b_name, b.letter, b.seats, b.opens_at, b.closes_at, b.permission_until, b.funding, b.journey,
	b.dress, b.bring, b.certificate, b.contact, b.target, b.state, b.cancelled_for, b.starts_at, b.ends_at, b.revision, b.changed_by,
	COALESCE(c.name, '') AS changed_name, COALESCE(c.sex, 0) AS changed_sex, b.changed_at, b.closed_at, COALESCE(b.offer_id, 0) AS offer_id, ` + programmeColumns

const ofBatch = `batch b JOIN ` + ofProgramme + ` ON g.id = b.programme_id LEFT JOIN employee c ON c.id = b.changed_by`

type batchRow struct {
	ID              int64         `db:"id"`
	Number          int           `db:"number"`
	Name            string        `db:"b_name"`
	Letter          string        `db:"letter"`
	Seats           int           `db:"seats"`
	Opens           sql.NullTime  `db:"opens_at"`
	Closes          sql.NullTime  `db:"closes_at"`
	PermissionUntil sql.NullTime  `db:"permission_until"`
	Funding         string        `db:"funding"`
	Journey         string        `db:"journey"`
	Dress           string        `db:"dress"`
	Bring           string        `db:"bring"`
	Certificate     string        `db:"certificate"`
	Contact         string        `db:"contact"`
	Target          string        `db:"target"`
	State           string        `db:"state"`
	CancelledFor    string        `db:"cancelled_for"`
	Starts          sql.NullTime  `db:"starts_at"`
	Ends            sql.NullTime  `db:"ends_at"`
	Revision        int           `db:"revision"`
	ChangedBy       sql.NullInt64 `db:"changed_by"`
	ChangedName     string        `db:"changed_name"`
	ChangedSex      int64         `db:"changed_sex"`
	ChangedAt       time.Time     `db:"changed_at"`
	ClosedAt        sql.NullTime  `db:"closed_at"`
	Offer           int64         `db:"offer_id"`
	programmeRow
}

func (r batchRow) batch() training.Batch {
	b := training.Batch{ID: r.ID, Programme: r.programme(), Number: r.Number, Name: r.Name, Letter: r.Letter, Seats: r.Seats,
		Opens: r.Opens.Time, Closes: r.Closes.Time, PermissionUntil: r.PermissionUntil.Time, Funding: training.Funding(r.Funding),
		Journey: training.Journey(r.Journey), Dress: r.Dress, Bring: r.Bring, Certificate: r.Certificate, Contact: r.Contact,
		Target: r.Target, State: training.State(r.State), CancelledFor: r.CancelledFor, First: r.Starts.Time, Last: r.Ends.Time,
		Offer: r.Offer, Revision: r.Revision, ChangedByID: r.ChangedBy.Int64, ChangedAt: r.ChangedAt, ClosedAt: r.ClosedAt.Time}
	if r.ChangedBy.Valid {
		b.ChangedBy = personnel.Employee{Name: r.ChangedName, Sex: sexOf(r.ChangedSex)}.Address()
	}
	return b
}

const (
	batchByID = `SELECT ` + batchColumns + ` FROM ` + ofBatch + ` WHERE b.id = $1`
	countsOf  = `
		SELECT count(*) FILTER (WHERE n.state = 'seated' AND n.way <> 'walk_in') AS seated, count(*) FILTER (WHERE n.state = 'offered') AS offered,
		       count(*) FILTER (WHERE n.state = 'waiting') AS waiting, count(*) FILTER (WHERE n.state = 'applied') AS applied,
		       count(*) FILTER (WHERE n.state = 'seated' AND n.permission = 'asked') AS asked,
		       count(*) FILTER (WHERE n.state = 'seated' AND n.assignment <> '') AS letters,
		       count(*) FILTER (WHERE n.state = 'seated' AND n.way = 'walk_in') AS walk_ins
		FROM enrolment n WHERE n.batch_id = $1`
	sessionsOf = `
		SELECT s.id, s.n, s.starts_at, s.ends_at, s.place, s.link, s.guests, s.taken_at IS NOT NULL AS taken,
		       s.taken_at IS NOT NULL OR EXISTS (SELECT FROM attendance a WHERE a.session_id = s.id) AS held, COALESCE(s.sheet_file, '') AS sheet,
		       ARRAY(SELECT x.name FROM session_trainer x WHERE x.session_id = s.id ORDER BY x.n) AS trainers
		FROM training_session s WHERE s.batch_id = $1 ORDER BY s.starts_at, s.n`
	// A unit counts with all below it.
	quotasOf = `
		SELECT q.unit_id, u.name, q.seats, (
			WITH RECURSIVE below AS (SELECT q.unit_id AS id UNION SELECT v.id FROM unit v JOIN below w ON v.parent_id = w.id)
			SELECT count(*) FROM enrolment n JOIN employee e ON e.id = n.employee_id
			WHERE n.batch_id = q.batch_id AND ` + takesSeat + ` AND e.unit_id IN (SELECT id FROM below)) AS taken
		FROM batch_quota q JOIN unit u ON u.id = q.unit_id WHERE q.batch_id = $1 ORDER BY u.name, u.id`
)

// Batch reads a batch with its sessions, quotas and counts, or ErrNotFound.
func (t *Tx) Batch(ctx context.Context, id int64) (b training.Batch, err error) {
	var r batchRow
	if err := t.one(ctx, &r, batchByID, id); err != nil {
		return b, err
	}
	b = r.batch()
	if b.Programme.Aims, err = t.aims(ctx, b.Programme.ID); err != nil {
		return b, err
	}
	return b, t.fillBatch(ctx, &b)
}

// fillBatch reads what stands beside the row of a batch.
func (t *Tx) fillBatch(ctx context.Context, b *training.Batch) (err error) {
	if b.Sessions, err = t.sessions(ctx, b.ID); err != nil {
		return err
	}
	var quotas []struct {
		Unit  int64  `db:"unit_id"`
		Name  string `db:"name"`
		Seats int    `db:"seats"`
		Taken int    `db:"taken"`
	}
	if err := t.tx.SelectContext(ctx, &quotas, quotasOf, b.ID); err != nil {
		return safe("read quotas", err)
	}
	b.Quotas = nil
	for _, q := range quotas {
		b.Quotas = append(b.Quotas, training.Quota{Unit: q.Unit, Name: q.Name, Seats: q.Seats, Taken: q.Taken})
	}
	return safe("count seats", t.tx.GetContext(ctx, &b.Counts, countsOf, b.ID))
}

func (t *Tx) sessions(ctx context.Context, batch int64) ([]training.Session, error) {
	var rows []struct {
		ID       int64          `db:"id"`
		N        int            `db:"n"`
		Starts   time.Time      `db:"starts_at"`
		Ends     time.Time      `db:"ends_at"`
		Place    string         `db:"place"`
		Link     string         `db:"link"`
		Guests   int            `db:"guests"`
		Taken    bool           `db:"taken"`
		Held     bool           `db:"held"`
		Sheet    string         `db:"sheet"`
		Trainers pq.StringArray `db:"trainers"`
	}
	if err := t.tx.SelectContext(ctx, &rows, sessionsOf, batch); err != nil {
		return nil, safe("read sessions", err)
	}
	out := make([]training.Session, len(rows))
	for i, r := range rows {
		out[i] = training.Session{ID: r.ID, N: r.N, Starts: r.Starts, Ends: r.Ends, Place: r.Place, Link: r.Link,
			Trainers: []string(r.Trainers), Guests: r.Guests, Taken: r.Taken, Held: r.Held, Sheet: r.Sheet}
	}
	return out, nil
}

// runs is true of a batch b that the person $1 runs: of the personnel office when $2,
// of the committee until the moment that $3 days before now is.
const runs = `($2::boolean OR EXISTS (SELECT FROM committee m WHERE m.batch_id = b.id AND m.employee_id = $1)
	AND COALESCE(b.ends_at, 'infinity') > $3::timestamptz)`

const (
	mayRun     = `SELECT b.id FROM batch b WHERE b.id = $4 AND ` + runs
	batchesRun = `
		SELECT ` + batchColumns + `, count(*) OVER () AS total FROM ` + ofBatch + ` WHERE ` + runs + `
		ORDER BY b.state IN ('done', 'cancelled'), CASE WHEN b.state IN ('done', 'cancelled') THEN 'infinity' ELSE COALESCE(b.starts_at, 'infinity') END,
		         b.starts_at DESC, b.id DESC OFFSET $4 LIMIT $5`
)

const lastBatch = `
	SELECT COALESCE((SELECT b.id FROM batch b WHERE b.programme_id = $1 AND b.state <> 'cancelled'
		AND EXISTS (SELECT FROM training_session s WHERE s.batch_id = b.id) ORDER BY b.number DESC LIMIT 1), 0)`

// LastBatch is the newest batch of a programme that has sessions and was not cancelled; found
// is false when there is none.
func (t *Tx) LastBatch(ctx context.Context, programme int64) (b training.Batch, found bool, err error) {
	var id int64
	if err := t.one(ctx, &id, lastBatch, programme); err != nil || id == 0 {
		return b, false, err
	}
	b, err = t.Batch(ctx, id)
	return b, err == nil, err
}

// BatchRun is Batch for whoever runs it; ErrNotFound for everybody else.
func (t *Tx) BatchRun(ctx context.Context, id int64, who personnel.Employee, now time.Time) (b training.Batch, err error) {
	var found int64
	if err := t.one(ctx, &found, mayRun, who.ID, who.Rights.HR, now.AddDate(0, 0, -training.CommitteeDays), id); err != nil {
		return b, err
	}
	return t.Batch(ctx, id)
}

// BatchesRun lists what somebody runs: what is ahead first, nearest first, then what is
// over, newest first; total is how many there are.
func (t *Tx) BatchesRun(ctx context.Context, who personnel.Employee, now time.Time, skip, limit int) (list []training.Batch, total int, err error) {
	var rows []struct {
		batchRow
		Total int `db:"total"`
	}
	err = t.tx.SelectContext(ctx, &rows, batchesRun, who.ID, who.Rights.HR, now.AddDate(0, 0, -training.CommitteeDays), skip, limit)
	if err != nil {
		return nil, 0, safe("list batches", err)
	}
	for _, r := range rows {
		b := r.batch()
		if err := t.tx.GetContext(ctx, &b.Counts, countsOf, b.ID); err != nil {
			return nil, 0, safe("count seats", err)
		}
		list, total = append(list, b), r.Total
	}
	return list, total, nil
}
