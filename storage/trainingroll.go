package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// LockBatches locks batches in the order of their ids. Whoever changes seats in several
// of them locks all before the first one is changed, and before people are locked.
func (t *Tx) LockBatches(ctx context.Context, ids []int64) error {
	_, err := t.tx.ExecContext(ctx, lockBatches, pq.Array(ids))
	return safe("lock batches", err)
}

// LockSeats locks batches, then people with their superiors, each in the order of their
// ids. Whoever moves several people calls it before the first: each move locks a superior
// beside the person, who may have a lower id than somebody who is locked already.
func (t *Tx) LockSeats(ctx context.Context, batches, people []int64) error {
	if err := t.LockBatches(ctx, batches); err != nil {
		return err
	}
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, withSuperiors, pq.Array(people)); err != nil {
		return safe("read superiors", err)
	}
	return t.LockPeople(ctx, ids)
}

// BatchOfSession tells to which batch a session belongs, or ErrNotFound.
func (t *Tx) BatchOfSession(ctx context.Context, session int64) (batch int64, err error) {
	err = t.one(ctx, &batch, batchOfSession, session)
	return batch, err
}

// BatchOfEnrolment tells to which batch an enrolment belongs, or ErrNotFound.
func (t *Tx) BatchOfEnrolment(ctx context.Context, enrolment int64) (int64, error) {
	var r struct {
		Batch    int64 `db:"batch_id"`
		Employee int64 `db:"employee_id"`
	}
	err := t.one(ctx, &r, batchOfEnrolment, enrolment)
	return r.Batch, err
}

const enrolledPerson = `
	SELECT ` + employeeColumns + ` FROM enrolment n JOIN employee e ON e.id = n.employee_id JOIN unit u ON u.id = e.unit_id WHERE n.id = $1`

// EnrolledPerson is who an enrolment is about, or ErrNotFound.
func (t *Tx) EnrolledPerson(ctx context.Context, enrolment int64) (personnel.Employee, error) {
	var r employeeRow
	if err := t.one(ctx, &r, enrolledPerson, enrolment); err != nil {
		return personnel.Employee{}, err
	}
	return r.employee()
}

// Who may be in a session: seats that nobody has still to permit, and who came without
// one.
const rollOf = `
	SELECT ` + employeeColumns + `, e.grade, n.way, EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) AS linked, a.present
	FROM training_session s JOIN enrolment n ON n.batch_id = s.batch_id AND ` + maySit + `
	JOIN employee e ON e.id = n.employee_id JOIN unit u ON u.id = e.unit_id
	LEFT JOIN attendance a ON a.session_id = s.id AND a.employee_id = e.id
	WHERE s.id = $1 AND (n.way <> 'walk_in' OR a.present IS NOT NULL) ORDER BY e.name, e.id`

// Roll lists who may be in a session, and what is marked of them, by name.
func (t *Tx) Roll(ctx context.Context, session int64) ([]training.Attendee, error) {
	var rows []struct {
		Grade   string       `db:"grade"`
		Way     string       `db:"way"`
		Linked  bool         `db:"linked"`
		Present sql.NullBool `db:"present"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, rollOf, session); err != nil {
		return nil, safe("list attendees", err)
	}
	out := make([]training.Attendee, len(rows))
	for i, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		out[i] = training.Attendee{Person: e, Grade: r.Grade, Way: training.Way(r.Way), Linked: r.Linked, Marked: r.Present.Valid, Present: r.Present.Bool}
	}
	return out, nil
}

const meetingsNow = `
	SELECT s.id, s.n, s.starts_at, s.ends_at, s.batch_id, b.name, n.code_tries, n.code_since
	FROM enrolment n JOIN batch b ON b.id = n.batch_id JOIN training_session s ON s.batch_id = b.id
	WHERE n.employee_id = $1 AND ` + maySit + ` AND b.state NOT IN ('planned', 'cancelled') AND s.starts_at <= $3 AND s.ends_at > $2
	ORDER BY s.starts_at, s.id`

// MeetingsNow lists the sessions in which somebody may be and whose codes of attendance
// work at now.
func (t *Tx) MeetingsNow(ctx context.Context, employee int64, now time.Time) ([]training.Meeting, error) {
	var rows []struct {
		ID     int64        `db:"id"`
		N      int          `db:"n"`
		Starts time.Time    `db:"starts_at"`
		Ends   time.Time    `db:"ends_at"`
		Batch  int64        `db:"batch_id"`
		Name   string       `db:"name"`
		Tries  int          `db:"code_tries"`
		Since  sql.NullTime `db:"code_since"`
	}
	if err := t.tx.SelectContext(ctx, &rows, meetingsNow, employee, now, now.Add(training.CodeOpens)); err != nil {
		return nil, safe("list sessions of now", err)
	}
	out := make([]training.Meeting, len(rows))
	for i, r := range rows {
		out[i] = training.Meeting{Session: training.Session{ID: r.ID, N: r.N, Starts: r.Starts, Ends: r.Ends}, Batch: r.Batch, Name: r.Name,
			Tries: r.Tries, Since: r.Since.Time}
	}
	return out, nil
}

// The hour begins with the first wrong code.
const countCodeTry = `
	UPDATE enrolment SET code_tries = CASE WHEN code_since > $4 THEN code_tries + 1 ELSE 1 END,
	       code_since = CASE WHEN code_since > $4 THEN code_since ELSE $3 END
	WHERE batch_id = $1 AND employee_id = $2 RETURNING code_tries`

// CountCodeTry notes a wrong code of attendance that somebody in a batch has typed, and
// returns how many there were within training.CodeWindow.
func (t *Tx) CountCodeTry(ctx context.Context, batch, employee int64, now time.Time) (n int, err error) {
	err = t.one(ctx, &n, countCodeTry, batch, employee, now, now.Add(-training.CodeWindow))
	return n, err
}
