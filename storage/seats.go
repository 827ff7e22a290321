package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// Besides the batch, whoever moves somebody in it holds that person's row: two batches at
// one time are looked for among what is stored. Superiors, who may be told in the same
// transaction, are locked with the people, so that all are locked in one order.
const withSuperiors = `
	SELECT id FROM employee WHERE id = ANY($1) UNION SELECT supervisor_id FROM employee WHERE id = ANY($1) AND supervisor_id IS NOT NULL`

// lockSeats locks a batch, then people with their superiors, and reads the batch.
func (t *Tx) lockSeats(ctx context.Context, batch int64, people ...int64) (b training.Batch, err error) {
	if _, err := t.tx.ExecContext(ctx, lockBatches, pq.Array([]int64{batch})); err != nil {
		return b, safe("lock batch", err)
	}
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, withSuperiors, pq.Array(people)); err != nil {
		return b, safe("read superiors", err)
	}
	if err := t.LockPeople(ctx, ids); err != nil {
		return b, err
	}
	return t.Batch(ctx, batch)
}

// seatPerson is what a wish about a seat has to know of the person.
type seatPerson struct {
	NIP    string         `db:"nip"`
	Active bool           `db:"active"`
	Other  sql.NullString `db:"other"` // name of a batch at the same time
	Away   bool           `db:"away"`
	Hours  int            `db:"hours"` // JP of other batches of that year
	Units  pq.Int64Array  `db:"units"` // with a quota in this batch, in which the person is counted
	Queue  int            `db:"queue"` // how many wait
}

// $1 is the batch, $2 the person, $3 first and $4 last day, $5 the year as text.
const readSeatPerson = `
	SELECT e.nip, e.active,
	       (SELECT min(o.name) FROM enrolment n JOIN batch o ON o.id = n.batch_id JOIN training_session s ON s.batch_id = o.id
	        JOIN training_session mine ON mine.batch_id = $1 AND mine.starts_at < s.ends_at AND s.starts_at < mine.ends_at
	        WHERE n.employee_id = e.id AND n.batch_id <> $1 AND n.state IN ('applied', 'waiting', 'offered', 'seated')
	          AND o.state NOT IN ('done', 'cancelled')) AS other,
	       EXISTS (SELECT FROM absence a WHERE a.employee_id = e.id AND a.starts_on <= $4::date AND a.ends_on >= $3::date) AS away,
	       COALESCE((SELECT sum(g.jp) FROM enrolment n JOIN batch o ON o.id = n.batch_id JOIN programme g ON g.id = o.programme_id
	        WHERE n.employee_id = e.id AND n.batch_id <> $1 AND n.state = 'seated' AND to_char(o.starts_at, 'YYYY') = $5), 0) AS hours,
	       ARRAY(WITH RECURSIVE up AS (SELECT e.unit_id AS id UNION SELECT u.parent_id FROM unit u JOIN up ON up.id = u.id WHERE u.parent_id IS NOT NULL)
	             SELECT q.unit_id FROM batch_quota q JOIN up ON up.id = q.unit_id WHERE q.batch_id = $1) AS units,
	       (SELECT count(*) FROM enrolment n WHERE n.batch_id = $1 AND n.state = 'waiting') AS queue
	FROM employee e WHERE e.id = $2`

func (t *Tx) seatPerson(ctx context.Context, b training.Batch, employee int64) (p seatPerson, err error) {
	err = t.one(ctx, &p, readSeatPerson, b.ID, employee, civil(b.Starts()), civil(b.Ends()), b.Starts().Format("2006"))
	return p, err
}

// room tells why no seat is left for the person; "" = one is.
func (p seatPerson) room(b training.Batch) training.Verdict {
	if b.Free() <= 0 {
		return training.Full
	}
	for _, q := range b.Quotas {
		for _, u := range p.Units {
			if q.Unit == u && q.Taken >= q.Seats {
				return training.QuotaFull
			}
		}
	}
	return ""
}

// pppk is Outcome.PPPKHours.
func (p seatPerson) pppk(b training.Batch) int {
	nip, err := personnel.RestoreNIP(p.NIP)
	if err != nil || nip.Kind() != personnel.PPPK || p.Hours+b.Programme.JP < training.PPPKNear {
		return 0
	}
	return p.Hours + b.Programme.JP
}

// had is what somebody has in a batch already; the zero Enrolment is nothing.
func (t *Tx) had(ctx context.Context, batch, employee int64) (training.Enrolment, error) {
	var r enrolmentRow
	err := t.one(ctx, &r, enrolmentOf, batch, employee)
	if errors.Is(err, ErrNotFound) {
		return training.Enrolment{}, nil
	}
	return r.enrolment(), err
}

// standing adds to an outcome where the person stands.
func (t *Tx) standing(ctx context.Context, out training.Outcome, b training.Batch, employee int64) (training.Outcome, error) {
	n, err := t.had(ctx, b.ID, employee)
	n.Batch = b
	out.Now = n
	return out, err
}

const (
	// Whoever comes back keeps the row and gets a new place.
	putEnrolment = `
		INSERT INTO enrolment AS n (batch_id, employee_id, way, state, place, applied_at, changed_at, seated_at, permission, nominated_by, nomination, nomination_date)
		VALUES ($1, $2, $3, $4, $5, $6, $6, CASE WHEN $4 = 'seated' THEN $6::timestamptz END, $7, $8, $9, $10)
		ON CONFLICT (batch_id, employee_id) DO UPDATE SET way = excluded.way, state = excluded.state, place = excluded.place,
		       applied_at = excluded.applied_at, changed_at = excluded.changed_at, seated_at = excluded.seated_at, cause = NULL,
		       offered_at = NULL, delivered_at = NULL, offer_until = NULL, passed = NULL, permission = excluded.permission, permission_by = NULL,
		       permission_at = NULL, permission_reason = '', permission_letter = '', permission_date = NULL, asked_until = NULL, warned_at = NULL, listed_at = NULL,
		       nominated_by = excluded.nominated_by, nomination = excluded.nomination, nomination_date = excluded.nomination_date, replaces_id = NULL,
		       assignment = '', assignment_date = NULL, assignment_by = NULL, kept_revision = NULL`
	nextPlace = `UPDATE batch SET next_place = next_place + 1, look_at = COALESCE(least(look_at, $2), $2) WHERE id = $1 RETURNING next_place - 1`
	lookNow   = `UPDATE batch SET look_at = COALESCE(least(look_at, $2), $2) WHERE id = $1 AND state <> 'planned'`
)

// put stores where somebody begins to stand in a batch.
func (t *Tx) put(ctx context.Context, b training.Batch, n training.Enrolment, by int64, now time.Time) error {
	var place int64
	if err := t.tx.GetContext(ctx, &place, nextPlace, b.ID, now); err != nil {
		return safe("take a place", err)
	}
	_, err := t.tx.ExecContext(ctx, putEnrolment, b.ID, n.Employee, string(n.Way), string(n.Standing), place, now, string(n.Permission),
		nullID(by), n.Nomination, civil(n.NominationDate))
	return safe("enrol", err)
}

// look says that the job of seats has something to do in a batch.
func (t *Tx) look(ctx context.Context, batch int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, lookNow, batch, now)
	return safe("note batch", err)
}

// Apply registers somebody for a batch (Saya ikut): a seat when one is free and nobody
// waits, else the queue; or until the close, where seats are ranked. leave = the person
// was asked about recorded leave and comes.
func (t *Tx) Apply(ctx context.Context, batch, employee int64, leave bool, now time.Time) (out training.Outcome, err error) {
	b, err := t.lockSeats(ctx, batch, employee)
	if err != nil {
		return out, err
	}
	n, err := t.had(ctx, batch, employee)
	if err != nil {
		return out, err
	}
	if out.Verdict = b.MayApply(n.Standing, now); out.Verdict != "" {
		if out.Verdict == training.NotOpen {
			out.At = b.Opens
		}
		return t.standing(ctx, out, b, employee)
	}
	p, err := t.seatPerson(ctx, b, employee)
	switch {
	case err != nil:
		return out, err
	case !p.Active:
		return training.Outcome{Verdict: training.NotInService}, nil
	case p.Other.Valid:
		return t.standing(ctx, training.Outcome{Verdict: training.Overlaps, Other: p.Other.String}, b, employee)
	case p.Away && !leave:
		return t.standing(ctx, training.Outcome{Verdict: training.OnLeave}, b, employee)
	}
	n = training.Enrolment{Employee: employee, Way: training.Registered, Standing: training.Waiting, Permission: training.NotNeeded}
	switch {
	case b.Programme.WayIn == training.Ranked:
		n.Standing = training.Applied
	case p.Queue == 0 && p.room(b) == "":
		n.Standing, n.Permission = training.Seated, b.Permission()
	}
	if err := t.put(ctx, b, n, 0, now); err != nil {
		return out, err
	}
	return t.standing(ctx, training.Outcome{Verdict: training.Accepted, PPPKHours: p.pppk(b)}, b, employee)
}

const leaveSeat = `
	UPDATE enrolment SET state = $3, cause = nullif($4, ''), changed_at = $5, offer_until = NULL WHERE batch_id = $1 AND employee_id = $2`

// Withdraw gives back what somebody has in a batch (Berhalangan), before it begins.
func (t *Tx) Withdraw(ctx context.Context, batch, employee int64, cause training.Cause, now time.Time) (out training.Outcome, err error) {
	b, err := t.lockSeats(ctx, batch, employee)
	if err != nil {
		return out, err
	}
	n, err := t.had(ctx, batch, employee)
	if err != nil {
		return out, err
	}
	state := b.At(now)
	switch {
	case n.ID == 0:
		return out, ErrNotFound
	case state.Over() || state == training.Running:
		return t.standing(ctx, training.Outcome{Verdict: training.Gone}, b, employee)
	case !n.Standing.In():
		return t.standing(ctx, training.Outcome{Verdict: training.Unchanged}, b, employee)
	}
	if _, err := t.tx.ExecContext(ctx, leaveSeat, batch, employee, string(training.Withdrawn), string(cause), now); err != nil {
		return out, safe("withdraw", err)
	}
	if err := t.look(ctx, batch, now); err != nil {
		return out, err
	}
	return t.standing(ctx, training.Outcome{Verdict: training.Accepted, Freed: b.Frees(n.Standing, now)}, b, employee)
}

const seatOffered = `
	UPDATE enrolment SET state = 'seated', seated_at = $3, changed_at = $3, permission = $4, permission_by = NULL, permission_at = NULL, asked_until = NULL, listed_at = NULL, offer_until = NULL
	WHERE batch_id = $1 AND employee_id = $2`

// TakeOffer takes the seat that a batch has offered to somebody. An offer that has ended
// is ended with the tap, also before the job of seats has looked.
func (t *Tx) TakeOffer(ctx context.Context, batch, employee int64, now time.Time) (out training.Outcome, err error) {
	b, err := t.lockSeats(ctx, batch, employee)
	if err != nil {
		return out, err
	}
	n, err := t.had(ctx, batch, employee)
	if err != nil {
		return out, err
	}
	switch {
	case n.ID == 0:
		return out, ErrNotFound
	case n.Standing == training.Seated:
		return t.standing(ctx, training.Outcome{Verdict: training.Unchanged}, b, employee)
	case b.At(now).Over() || b.At(now) == training.Running:
		return t.standing(ctx, training.Outcome{Verdict: training.Gone}, b, employee)
	case n.Standing != training.Offered:
		return t.standing(ctx, training.Outcome{Verdict: training.OfferEnded}, b, employee)
	case b.OfferOver(n.OfferUntil, now):
		if _, err := t.tx.ExecContext(ctx, leaveSeat, batch, employee, string(training.Lapsed), "", now); err != nil {
			return out, safe("end offer", err)
		}
		if err := t.look(ctx, batch, now); err != nil {
			return out, err
		}
		return t.standing(ctx, training.Outcome{Verdict: training.OfferEnded, At: n.OfferUntil}, b, employee)
	}
	if _, err := t.tx.ExecContext(ctx, seatOffered, batch, employee, now, string(b.Permission())); err != nil {
		return out, safe("take offer", err)
	}
	if err := t.look(ctx, batch, now); err != nil {
		return out, err
	}
	return t.standing(ctx, training.Outcome{Verdict: training.Accepted}, b, employee)
}

const keepSeat = `
	UPDATE enrolment n SET kept_revision = b.revision, changed_at = $3 FROM batch b
	WHERE n.batch_id = $1 AND n.employee_id = $2 AND b.id = n.batch_id AND n.state IN ('applied', 'waiting', 'offered', 'seated')
	  AND n.kept_revision IS DISTINCT FROM b.revision RETURNING n.id`

// KeepSeat notes that somebody still comes after a batch has moved (Tetap ikut).
func (t *Tx) KeepSeat(ctx context.Context, batch, employee int64, now time.Time) (out training.Outcome, err error) {
	b, err := t.lockSeats(ctx, batch, employee)
	if err != nil {
		return out, err
	}
	if b.State.Over() {
		return t.standing(ctx, training.Outcome{Verdict: training.Gone}, b, employee)
	}
	var id int64
	switch err := t.one(ctx, &id, keepSeat, batch, employee, now); {
	case errors.Is(err, ErrNotFound):
		out.Verdict = training.Unchanged
	case err != nil:
		return out, err
	default:
		out.Verdict = training.Accepted
	}
	return t.standing(ctx, out, b, employee)
}

const firstWaiting = `
	SELECT n.employee_id FROM enrolment n WHERE n.batch_id = $1 AND n.state = 'waiting' ORDER BY n.place, n.id`

// FillByHand gives a free seat to the first in the queue who is in service and whose unit
// has room, once offers
// are not made any more; Unchanged when nobody waits, NotAllowed while offers are made.
func (t *Tx) FillByHand(ctx context.Context, batch, by int64, now time.Time) (out training.Outcome, err error) {
	b, err := t.lockSeats(ctx, batch)
	switch {
	case err != nil:
		return out, err
	case b.At(now).Over():
		return training.Outcome{Verdict: training.Gone}, nil
	case !b.ByHand(now):
		return training.Outcome{Verdict: training.NotAllowed}, nil
	}
	var queue []int64
	if err := t.tx.SelectContext(ctx, &queue, firstWaiting, batch); err != nil {
		return out, safe("read queue", err)
	}
	out.Verdict = training.Unchanged
	for _, employee := range queue {
		p, err := t.seatPerson(ctx, b, employee)
		if err != nil {
			return out, err
		}
		if !p.Active {
			continue
		}
		if out.Verdict = p.room(b); out.Verdict == training.QuotaFull {
			continue
		}
		if out.Verdict != "" {
			return out, nil
		}
		if _, err := t.tx.ExecContext(ctx, seatOffered, batch, employee, now, string(b.Permission())); err != nil {
			return out, safe("give seat", err)
		}
		if err := t.look(ctx, batch, now); err != nil {
			return out, err
		}
		out.Verdict = training.Accepted
		if out, err = t.standing(ctx, out, b, employee); err != nil {
			return out, err
		}
		_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "batch.fill", employee, "")
		return out, safe("audit", err)
	}
	return out, nil
}
