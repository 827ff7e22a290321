package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

const batchOfSession = `SELECT batch_id FROM training_session WHERE id = $1`

// lockSession locks the batch of a session and reads both; ErrNotFound.
func (t *Tx) lockSession(ctx context.Context, session int64) (b training.Batch, s training.Session, err error) {
	var batch int64
	if err := t.one(ctx, &batch, batchOfSession, session); err != nil {
		return b, s, err
	}
	if b, err = t.lockSeats(ctx, batch); err != nil {
		return b, s, err
	}
	for _, one := range b.Sessions {
		if one.ID == session {
			return b, one, nil
		}
	}
	return b, s, ErrNotFound
}

// maySit is true of an enrolment n of somebody who may be in a session.
const maySit = `n.state = 'seated' AND n.permission IN ('none', 'given', 'letter')`

const (
	// Who came by code and is not among the absent keeps the code's hour.
	takeAttendance = `
		INSERT INTO attendance AS a (session_id, employee_id, present, way, by_id, at)
		SELECT $1, n.employee_id, NOT n.employee_id = ANY($3), 'committee', $4, $5 FROM enrolment n WHERE n.batch_id = $2 AND ` + maySit + `
		ON CONFLICT (session_id, employee_id) DO UPDATE SET present = excluded.present, way = excluded.way, by_id = excluded.by_id, at = excluded.at,
		       claimed_at = CASE WHEN excluded.present THEN a.claimed_at END, decided_at = CASE WHEN excluded.present THEN a.decided_at END, decided_by = NULL
		WHERE a.present IS DISTINCT FROM excluded.present`
	wereAbsent = `
		SELECT n.employee_id FROM enrolment n LEFT JOIN attendance a ON a.session_id = $1 AND a.employee_id = n.employee_id
		WHERE n.batch_id = $2 AND ` + maySit + ` AND n.employee_id = ANY($3) AND COALESCE(a.present, true) ORDER BY n.employee_id`
	sessionTaken = `UPDATE training_session SET taken_at = $2, taken_by = $3 WHERE id = $1`
)

// TakeAttendance marks everybody who may be in a session as present but those absent
// (Semua hadir, kecuali …), on behalf of by. It returns who is absent and was not before:
// they are told. Gone people and strangers in absent mean nothing.
func (t *Tx) TakeAttendance(ctx context.Context, session int64, absent []int64, by int64, now time.Time) (fresh []int64, err error) {
	b, _, err := t.lockSession(ctx, session)
	if err != nil {
		return nil, err
	}
	if err := t.tx.SelectContext(ctx, &fresh, wereAbsent, session, b.ID, pq.Array(absent)); err != nil {
		return nil, safe("read attendance", err)
	}
	if absent == nil {
		absent = []int64{} // nil would be NULL
	}
	if _, err := t.tx.ExecContext(ctx, takeAttendance, session, b.ID, pq.Array(absent), nullID(by), now); err != nil {
		return nil, safe("take attendance", err)
	}
	if _, err := t.tx.ExecContext(ctx, sessionTaken, session, now, nullID(by)); err != nil {
		return nil, safe("take attendance", err)
	}
	return fresh, t.auditBatch(ctx, now, by, "attendance", b.ID, fmt.Sprintf(", session %d, absent %d", session, len(absent)))
}

const checkIn = `
	INSERT INTO attendance AS a (session_id, employee_id, present, way, by_id, at) VALUES ($1, $2, true, 'code', $2, $3)
	ON CONFLICT (session_id, employee_id) DO NOTHING RETURNING employee_id`

// CheckIn marks somebody who may be in a session as present by code. What the committee
// has marked is not changed by it: Unchanged. NotAllowed = has no seat, or no permission.
func (t *Tx) CheckIn(ctx context.Context, session, employee int64, now time.Time) (out training.Outcome, err error) {
	b, _, err := t.lockSession(ctx, session)
	if err != nil {
		return out, err
	}
	n, err := t.had(ctx, b.ID, employee)
	switch {
	case err != nil:
		return out, err
	case b.State == training.Cancelled:
		out.Verdict = training.Gone
	case n.Standing != training.Seated || !n.Permission.Holds():
		out.Verdict = training.NotAllowed
	default:
		var id int64
		switch err := t.one(ctx, &id, checkIn, session, employee, now); {
		case errors.Is(err, ErrNotFound):
			out.Verdict = training.Unchanged
		case err != nil:
			return out, err
		default:
			out.Verdict = training.Accepted
		}
	}
	n.Batch = b
	out.Now = n
	return out, nil
}

const markPresent = `
	INSERT INTO attendance AS a (session_id, employee_id, present, way, by_id, at) VALUES ($1, $2, true, 'committee', $3, $4)
	ON CONFLICT (session_id, employee_id) DO UPDATE SET present = true, way = 'committee', by_id = excluded.by_id, at = excluded.at WHERE NOT a.present`

// AddWalkIn lets somebody in service be in a session who has no seat, and none is taken;
// on behalf of by. Unchanged = has a seat, and is marked as present.
func (t *Tx) AddWalkIn(ctx context.Context, session, employee, by int64, now time.Time) (out training.Outcome, err error) {
	b, _, err := t.lockSession(ctx, session)
	if err != nil {
		return out, err
	}
	if _, err := t.Person(ctx, personnel.Area{All: true}, employee); err != nil {
		return out, err
	}
	n, err := t.had(ctx, b.ID, employee)
	if err != nil {
		return out, err
	}
	out.Verdict = training.Unchanged
	if n.Standing != training.Seated {
		seat := training.Enrolment{Employee: employee, Way: training.WalkIn, Standing: training.Seated, Permission: training.NotNeeded}
		if err := t.put(ctx, b, seat, by, now); err != nil {
			return out, err
		}
		out.Verdict = training.Accepted
	}
	if _, err := t.tx.ExecContext(ctx, markPresent, session, employee, nullID(by), now); err != nil {
		return out, safe("mark present", err)
	}
	return t.standing(ctx, out, b, employee)
}

const (
	setGuests = `UPDATE training_session SET guests = $2 WHERE id = $1`
	setSheet  = `UPDATE training_session SET sheet_file = $2, sheet_by = $3, sheet_at = $4 WHERE id = $1`
)

// SetGuests stores how many heads of a session are no participants (tamu).
func (t *Tx) SetGuests(ctx context.Context, session int64, heads int, by int64, now time.Time) error {
	b, _, err := t.lockSession(ctx, session)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, setGuests, session, heads); err != nil {
		return safe("count guests", err)
	}
	return t.auditBatch(ctx, now, by, "guests", b.ID, fmt.Sprintf(", session %d, %d heads", session, heads))
}

// SetSheet attaches the photograph of the signed list of a session; a newer one takes
// the place of the older.
func (t *Tx) SetSheet(ctx context.Context, session int64, file string, by int64, now time.Time) error {
	b, _, err := t.lockSession(ctx, session)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, setSheet, session, file, nullID(by), now); err != nil {
		return safe("attach list", err)
	}
	return t.auditBatch(ctx, now, by, "sheet", b.ID, fmt.Sprintf(", session %d", session))
}

const (
	claim = `
		UPDATE attendance SET claimed_at = $3 WHERE session_id = $1 AND employee_id = $2 AND NOT present AND claimed_at IS NULL RETURNING employee_id`
	claims = `
		SELECT s.id, s.n, s.starts_at, a.claimed_at, ` + employeeColumns + `
		FROM attendance a JOIN training_session s ON s.id = a.session_id JOIN employee e ON e.id = a.employee_id JOIN unit u ON u.id = e.unit_id
		WHERE s.batch_id = $1 AND a.claimed_at IS NOT NULL AND a.decided_at IS NULL AND NOT a.present ORDER BY a.claimed_at, e.id`
	decideClaim = `
		UPDATE attendance SET present = $3, way = CASE WHEN $3 THEN 'claim' ELSE way END, decided_by = $4, decided_at = $5
		WHERE session_id = $1 AND employee_id = $2 AND claimed_at IS NOT NULL AND decided_at IS NULL AND NOT present RETURNING employee_id`
)

// Claim stores Saya hadir of somebody who was marked absent; Unchanged when it was said
// before, or the person is not marked absent. Until when it may be said is the caller's.
func (t *Tx) Claim(ctx context.Context, session, employee int64, now time.Time) (training.Outcome, error) {
	return t.changed(ctx, session, claim, session, employee, now)
}

// Claims lists the claims of a batch about which the committee has not decided.
func (t *Tx) Claims(ctx context.Context, batch int64) ([]training.Claim, error) {
	var rows []struct {
		ID     int64     `db:"id"`
		N      int       `db:"n"`
		Starts time.Time `db:"starts_at"`
		At     time.Time `db:"claimed_at"`
		employeeRow
	}
	if err := t.tx.SelectContext(ctx, &rows, claims, batch); err != nil {
		return nil, safe("list claims", err)
	}
	out := make([]training.Claim, len(rows))
	for i, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		out[i] = training.Claim{Session: r.ID, N: r.N, Starts: r.Starts, Person: e, At: r.At}
	}
	return out, nil
}

// DecideClaim accepts a claim or not, on behalf of by; Unchanged when it was decided. Who
// runs a batch and takes part in it decides about others only: OwnClaim.
func (t *Tx) DecideClaim(ctx context.Context, session, employee int64, present bool, by int64, now time.Time) (training.Outcome, error) {
	if by == employee {
		return training.Outcome{Verdict: training.OwnClaim}, nil
	}
	out, err := t.changed(ctx, session, decideClaim, session, employee, present, nullID(by), now)
	if err != nil || out.Verdict != training.Accepted {
		return out, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "claim", employee, fmt.Sprintf("session %d, %t", session, present))
	return out, safe("audit", err)
}

// changed runs a statement about the attendance in a session, whose batch is locked.
func (t *Tx) changed(ctx context.Context, session int64, query string, args ...any) (training.Outcome, error) {
	if _, _, err := t.lockSession(ctx, session); err != nil {
		return training.Outcome{}, err
	}
	var id int64
	switch err := t.one(ctx, &id, query, args...); {
	case errors.Is(err, ErrNotFound):
		return training.Outcome{Verdict: training.Unchanged}, nil
	case err != nil:
		return training.Outcome{}, err
	}
	return training.Outcome{Verdict: training.Accepted}, nil
}

const attended = `
	SELECT a.employee_id, count(*) AS there FROM attendance a JOIN training_session s ON s.id = a.session_id
	WHERE s.batch_id = $1 AND a.present GROUP BY a.employee_id ORDER BY a.employee_id`

// Attended lists who counts as present in a batch (training.Present), by id. Sessions in
// which attendance was never taken count as sessions.
func (t *Tx) Attended(ctx context.Context, batch int64) (ids []int64, err error) {
	b, err := t.Batch(ctx, batch)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID    int64 `db:"employee_id"`
		There int   `db:"there"`
	}
	if err := t.tx.SelectContext(ctx, &rows, attended, batch); err != nil {
		return nil, safe("read attendance", err)
	}
	for _, r := range rows {
		if training.Present(r.There, len(b.Sessions), b.Programme.Share) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}
