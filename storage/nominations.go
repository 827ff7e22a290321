package storage

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// Nominate gives a seat to somebody of an area (pengusulan), linked or not: the unit
// head's letter is the permission. Who waited or was ranked gets the seat that way, too;
// of somebody who has one, the letter is stored. ErrNotFound = not of the area.
func (t *Tx) Nominate(ctx context.Context, a personnel.Area, n training.Nomination, now time.Time) (out training.Outcome, err error) {
	b, err := t.lockSeats(ctx, n.Batch, n.Employee)
	if err != nil {
		return out, err
	}
	if _, err := t.Person(ctx, a, n.Employee); err != nil {
		return out, err
	}
	return t.nominate(ctx, b, n, now)
}

// nominate is Nominate in a batch that is locked, of somebody in service.
func (t *Tx) nominate(ctx context.Context, b training.Batch, n training.Nomination, now time.Time) (out training.Outcome, err error) {
	had, err := t.had(ctx, b.ID, n.Employee)
	if err != nil {
		return out, err
	}
	p, err := t.seatPerson(ctx, b, n.Employee)
	if err != nil {
		return out, err
	}
	out.Verdict = b.MayNominate(had, n, now)
	switch {
	case out.Verdict != "":
	case !p.Active:
		out.Verdict = training.NotInService
	case p.Other.Valid:
		out.Verdict, out.Other = training.Overlaps, p.Other.String
	case !had.Standing.Takes():
		out.Verdict = p.room(b)
	}
	if out.Verdict != "" {
		return t.standing(ctx, out, b, n.Employee)
	}
	seat := training.Enrolment{Employee: n.Employee, Way: training.Nominated, Standing: training.Seated, Permission: training.NotNeeded,
		Nomination: n.Letter, NominationDate: n.Day}
	if err := t.put(ctx, b, seat, n.By, now); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, auditPerson, now, nullID(n.By), "nominate", n.Employee, fmt.Sprintf("batch %d", b.ID)); err != nil {
		return out, safe("audit", err)
	}
	return t.standing(ctx, training.Outcome{Verdict: training.Accepted, PPPKHours: p.pppk(b)}, b, n.Employee)
}

const (
	replaced = `
		UPDATE enrolment SET state = 'replaced', changed_at = $3, offer_until = NULL WHERE batch_id = $1 AND employee_id = $2 RETURNING id`
	replaces = `UPDATE enrolment SET replaces_id = $3 WHERE batch_id = $1 AND employee_id = $2`
)

// Replace gives the seat of one to another of an area (Ganti peserta), with the letter
// of the first, until the first session has ended. ErrNotFound = one of them is not of
// the area, or the first is not in the batch.
func (t *Tx) Replace(ctx context.Context, a personnel.Area, batch, leaves, comes, by int64, now time.Time) (out training.Outcome, err error) {
	b, err := t.lockSeats(ctx, batch, leaves, comes)
	if err != nil {
		return out, err
	}
	if _, err := t.Person(ctx, a, comes); err != nil {
		return out, err
	}
	old, err := t.had(ctx, batch, leaves)
	if err != nil {
		return out, err
	}
	if old.ID == 0 {
		return out, ErrNotFound
	}
	if err := t.mayLeave(ctx, a, leaves); err != nil {
		return out, err
	}
	had, err := t.had(ctx, batch, comes)
	if err != nil {
		return out, err
	}
	p, err := t.seatPerson(ctx, b, comes)
	if err != nil {
		return out, err
	}
	switch {
	case !b.MayReplace(now):
		out.Verdict = training.Gone
	case old.Standing != training.Seated || old.Way == training.WalkIn:
		out.Verdict = training.Unchanged
	case had.Standing.Takes():
		out.Verdict = training.AlreadyInside
	case p.Other.Valid:
		out.Verdict, out.Other = training.Overlaps, p.Other.String
	}
	if out.Verdict != "" {
		return t.standing(ctx, out, b, comes)
	}
	return t.swap(ctx, b, old, comes, by, now)
}

// swap takes the seat of one and gives it to another: the count stays as it was. Where
// there is no letter of the unit head that could hold for the other, too, the superior of
// the other is asked, while there is time.
func (t *Tx) swap(ctx context.Context, b training.Batch, old training.Enrolment, comes, by int64, now time.Time) (out training.Outcome, err error) {
	var id int64
	if err := t.one(ctx, &id, replaced, b.ID, old.Employee, now); err != nil {
		return out, err
	}
	seat := training.Enrolment{Employee: comes, Way: training.Nominated, Standing: training.Seated, Permission: training.NotNeeded,
		Nomination: old.Nomination, NominationDate: old.NominationDate}
	if old.Way == training.Registered && b.At(now) != training.Running {
		seat.Way, seat.Permission = training.Registered, b.Permission()
	}
	if err := t.put(ctx, b, seat, by, now); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, replaces, b.ID, comes, id); err != nil {
		return out, safe("replace", err)
	}
	if _, err := t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "replace", comes, fmt.Sprintf("batch %d, for %d", b.ID, old.Employee)); err != nil {
		return out, safe("audit", err)
	}
	return t.standing(ctx, training.Outcome{Verdict: training.Accepted}, b, comes)
}

const inAreaAnyway = inArea + ` SELECT e.id FROM employee e WHERE e.id = $3 AND ($1 OR e.unit_id IN (SELECT unit_id FROM mine))`

// mayLeave looks whether somebody is of an area, in service or not: whoever has retired
// is replaced, too.
func (t *Tx) mayLeave(ctx context.Context, a personnel.Area, id int64) error {
	var found int64
	return t.one(ctx, &found, inAreaAnyway, a.All, a.Officer, id)
}
