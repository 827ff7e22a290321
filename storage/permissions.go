package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// requestColumns lists the permissions that are asked for: n is enrolment, e the person,
// u the unit.
var requestColumns = `
	n.id AS n_id, COALESCE(n.asked_until, b.permission_until) AS until, n.warned_at IS NOT NULL AS warned, ` + employeeColumns + `, ` + batchColumns + `,
	(SELECT count(DISTINCT m.id) FROM employee m WHERE m.supervisor_id = e.supervisor_id AND m.id <> e.id AND m.active AND (
	     EXISTS (SELECT FROM absence a WHERE a.employee_id = m.id AND a.starts_on <= b.ends_at::date AND a.ends_on >= b.starts_at::date)
	  OR EXISTS (SELECT FROM enrolment x JOIN batch o ON o.id = x.batch_id WHERE x.employee_id = m.id AND x.state = 'seated' AND x.permission <> 'asked'
	             AND o.starts_at < b.ends_at AND b.starts_at < o.ends_at))) AS away
	FROM enrolment n JOIN employee e ON e.id = n.employee_id JOIN unit u ON u.id = e.unit_id JOIN batch b ON b.id = n.batch_id
	     JOIN programme g ON g.id = b.programme_id LEFT JOIN partner r ON r.id = g.partner_id LEFT JOIN employee c ON c.id = b.changed_by
	WHERE n.permission = 'asked' AND n.state = 'seated' AND b.state IN ('planned', 'open', 'closed')`

var (
	requests = `SELECT ` + requestColumns + ` AND ` + mySubordinates + ` ORDER BY b.permission_until NULLS LAST, b.starts_at, b.id, e.name, e.id`
	// Of a superior who is not known the officer is asked; of one who is silent after
	// the warning, too.
	requestsOfUnit = inArea + ` SELECT ` + requestColumns + ` AND (n.warned_at IS NOT NULL OR ` + noBoss + `)
		AND ($1 OR e.unit_id IN (SELECT unit_id FROM mine)) ORDER BY b.permission_until NULLS LAST, b.starts_at, e.name, e.id`
)

// Requests lists the permissions that wait for a superior, or for whoever stands in on
// the civil date of now, by deadline.
func (t *Tx) Requests(ctx context.Context, superior int64, now time.Time) ([]training.Request, error) {
	return t.requests(ctx, requests, superior, now.Format(time.DateOnly))
}

// RequestsOfUnit lists the permissions of an area for which no superior can be waited.
func (t *Tx) RequestsOfUnit(ctx context.Context, a personnel.Area, _ time.Time) ([]training.Request, error) {
	return t.requests(ctx, requestsOfUnit, a.All, a.Officer)
}

func (t *Tx) requests(ctx context.Context, query string, args ...any) ([]training.Request, error) {
	var rows []struct {
		NID    int64        `db:"n_id"`
		Until  sql.NullTime `db:"until"`
		Warned bool         `db:"warned"`
		Away   int          `db:"away"`
		// Both rows have a column name: that of the employee is read here.
		employeeRow
		batchRow
	}
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list requests", err)
	}
	out := make([]training.Request, len(rows))
	for i, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		out[i] = training.Request{Enrolment: r.NID, Batch: r.batch(), Person: e, Until: r.Until.Time, Warned: r.Warned, Away: r.Away}
	}
	return out, nil
}

const (
	batchOfEnrolment = `SELECT batch_id, employee_id FROM enrolment WHERE id = $1`
	answerPermission = `
		UPDATE enrolment SET permission = $2, permission_by = $3, permission_at = $4, permission_reason = $5, changed_at = $4,
		       state = CASE WHEN $2 = 'refused' THEN 'refused' ELSE state END
		WHERE id = $1`
	letterPermission = `
		UPDATE enrolment SET permission = 'letter', permission_by = $2, permission_at = $3, permission_letter = $4, permission_date = $5, changed_at = $3
		WHERE id = $1`
)

// lockEnrolment locks the batch of an enrolment and its person, and reads both.
func (t *Tx) lockEnrolment(ctx context.Context, id int64) (b training.Batch, n training.Enrolment, err error) {
	var r struct {
		Batch    int64 `db:"batch_id"`
		Employee int64 `db:"employee_id"`
	}
	if err := t.one(ctx, &r, batchOfEnrolment, id); err != nil {
		return b, n, err
	}
	if b, err = t.lockSeats(ctx, r.Batch, r.Employee); err != nil {
		return b, n, err
	}
	n, err = t.had(ctx, r.Batch, r.Employee)
	n.Batch = b
	return b, n, err
}

// Permit answers the request of an enrolment for the superior of its person, or whoever
// stands in: Given, or Denied with a reason, which frees the seat.
func (t *Tx) Permit(ctx context.Context, enrolment, superior int64, p training.Permission, reason string, now time.Time) (out training.Outcome, err error) {
	b, n, err := t.lockEnrolment(ctx, enrolment)
	if err != nil {
		return out, err
	}
	if _, err := t.TeamMember(ctx, superior, n.Employee, now); errors.Is(err, ErrNotFound) {
		return training.Outcome{Verdict: training.NotAllowed}, nil
	} else if err != nil {
		return out, err
	}
	if out.Verdict = b.MayPermit(n, p, now); out.Verdict != "" {
		return t.standing(ctx, out, b, n.Employee)
	}
	if _, err := t.tx.ExecContext(ctx, answerPermission, enrolment, string(p), superior, now, reason); err != nil {
		return out, safe("answer request", err)
	}
	if err := t.look(ctx, b.ID, now); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, auditPerson, now, superior, "permission."+string(p), n.Employee, fmt.Sprintf("batch %d", b.ID)); err != nil {
		return out, safe("audit", err)
	}
	out = training.Outcome{Verdict: training.Accepted}
	if p == training.Denied {
		out.Freed = b.Frees(n.Standing, now)
	}
	return t.standing(ctx, out, b, n.Employee)
}

// RecordLetter stores the number and day of an Izin tertulis for somebody of an area;
// NotAllowed for oneself.
func (t *Tx) RecordLetter(ctx context.Context, a personnel.Area, enrolment int64, number string, day time.Time, by int64, now time.Time) (out training.Outcome, err error) {
	b, n, err := t.lockEnrolment(ctx, enrolment)
	if err != nil {
		return out, err
	}
	if _, err := t.Person(ctx, a, n.Employee); err != nil {
		return out, err
	}
	if n.Employee == by {
		return training.Outcome{Verdict: training.NotAllowed}, nil
	}
	if out.Verdict = b.MayPermit(n, training.Written, now); out.Verdict != "" {
		return t.standing(ctx, out, b, n.Employee)
	}
	if _, err := t.tx.ExecContext(ctx, letterPermission, enrolment, nullID(by), now, number, civil(day)); err != nil {
		return out, safe("record letter", err)
	}
	if _, err := t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "permission.letter", n.Employee, fmt.Sprintf("batch %d", b.ID)); err != nil {
		return out, safe("audit", err)
	}
	return t.standing(ctx, training.Outcome{Verdict: training.Accepted}, b, n.Employee)
}

const (
	assignmentsOwed = inArea + `
		SELECT ` + batchColumns + `, t.seated, t.letters FROM ` + ofBatch + `
		CROSS JOIN LATERAL (SELECT count(*) AS seated, count(*) FILTER (WHERE n.assignment <> '') AS letters
		    FROM enrolment n JOIN employee e ON e.id = n.employee_id
		    WHERE n.batch_id = b.id AND n.state = 'seated' AND n.way <> 'walk_in' AND n.permission IN ('none', 'given', 'letter')
		      AND ($1 OR e.unit_id IN (SELECT unit_id FROM mine)) OFFSET 0) t
		WHERE b.state IN ('open', 'closed', 'running', 'planned') AND b.ends_at > $3 AND t.letters < t.seated ORDER BY b.starts_at, b.id`
	setAssignment = inArea + `
		UPDATE enrolment n SET assignment = $4, assignment_date = $5, assignment_by = $6, changed_at = $7 FROM employee e
		WHERE n.batch_id = $3 AND e.id = n.employee_id AND n.state = 'seated' AND n.way <> 'walk_in' AND n.assignment = ''
		  AND n.permission IN ('none', 'given', 'letter') AND ($1 OR e.unit_id IN (SELECT unit_id FROM mine))`
)

// AssignmentsOwed lists the batches that are not over in which people of an area have a
// seat, may come, and have no surat tugas; Counts holds Seated and Letters of the area.
func (t *Tx) AssignmentsOwed(ctx context.Context, a personnel.Area, now time.Time) ([]training.Batch, error) {
	var rows []struct {
		batchRow
		Seated  int `db:"seated"`
		Letters int `db:"letters"`
	}
	if err := t.tx.SelectContext(ctx, &rows, assignmentsOwed, a.All, a.Officer, now); err != nil {
		return nil, safe("list letters of assignment", err)
	}
	out := make([]training.Batch, len(rows))
	for i, r := range rows {
		out[i] = r.batch()
		out[i].Counts = training.Counts{Seated: r.Seated, Letters: r.Letters}
	}
	return out, nil
}

// SetAssignment stores the surat tugas of everybody of an area who has a seat in a batch,
// may come and has none yet, and returns for how many.
func (t *Tx) SetAssignment(ctx context.Context, a personnel.Area, batch int64, number string, day time.Time, by int64, now time.Time) (int, error) {
	if _, err := t.lockSeats(ctx, batch); err != nil {
		return 0, err
	}
	res, err := t.tx.ExecContext(ctx, setAssignment, a.All, a.Officer, batch, number, civil(day), nullID(by), now)
	if err != nil {
		return 0, safe("store letter of assignment", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, safe("store letter of assignment", err)
	}
	return int(n), t.auditBatch(ctx, now, by, "assignment", batch, fmt.Sprintf(", %d people", n))
}
