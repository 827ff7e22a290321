package storage

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/outreach"
	"bangkom/internal/register"
	"bangkom/internal/training"
)

const (
	partnerCodes    = `SELECT code FROM partner`
	competencyCodes = `SELECT code FROM competency`
)

// TrainingCodes returns the codes of all partners and of all competencies.
func (t *Tx) TrainingCodes(ctx context.Context) (partners, competencies map[string]bool, err error) {
	read := func(query string) (map[string]bool, error) {
		var all []string
		err := t.tx.SelectContext(ctx, &all, query)
		out := make(map[string]bool, len(all))
		for _, code := range all {
			out[code] = true
		}
		return out, safe("read codes", err)
	}
	if partners, err = read(partnerCodes); err != nil {
		return nil, nil, err
	}
	competencies, err = read(competencyCodes)
	return partners, competencies, err
}

// ImportTrainings stores batches with their programmes. A batch that is over, or whose
// days, hours or place would change while people are in it, is refused: a conversation
// changes it, which tells them.
func (t *Tx) ImportTrainings(ctx context.Context, list []register.Plan, now time.Time) (out register.Imported, err error) {
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	own, err := t.OwnCalendar(ctx)
	if err != nil {
		return out, err
	}
	units, err := t.unitsByKey(ctx)
	if err != nil {
		return out, err
	}
	partners, err := t.Partners(ctx)
	if err != nil {
		return out, err
	}
	in := &planning{Tx: t, now: now, units: units, partners: map[string]training.Partner{}, seen: map[string]int64{},
		calendar: outreach.NewCalendar(own.Facts(now.Location()), outreach.DefaultRules().Hours)}
	for _, p := range partners {
		in.partners[p.Code] = p
	}
	if err := t.lockPlans(ctx, list); err != nil {
		return out, err
	}
	for _, p := range list {
		if err := in.store(ctx, p, &out); err != nil {
			return out, err
		}
	}
	if err := t.countRegister(ctx, &out); err != nil {
		return out, err
	}
	out.Programmes = len(in.seen)
	_, err = t.tx.ExecContext(ctx, auditRow, now, "import.trainings", "")
	return out, safe("audit", err)
}

const plannedBatches = `
	SELECT b.id FROM unnest($1::text[], $2::int[]) AS i (code, number) JOIN programme g ON g.code = i.code
	JOIN batch b ON b.programme_id = g.id AND b.number = i.number
	UNION SELECT b.id FROM programme g JOIN batch b ON b.programme_id = g.id AND b.state NOT IN ('done', 'cancelled') WHERE g.code = ANY($1)`

// lockPlans locks all batches of a file before the first one is changed, whatever their order
// in it, and the others of its programmes: with how seats are won they change too.
func (t *Tx) lockPlans(ctx context.Context, list []register.Plan) error {
	codes, numbers := make([]string, len(list)), make([]int64, len(list))
	for i, p := range list {
		codes[i], numbers[i] = p.Programme.Code, int64(p.Batch.Number)
	}
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, plannedBatches, pq.Array(codes), pq.Array(numbers)); err != nil {
		return safe("find batches", err)
	}
	if err := t.lockCarriers(ctx, ids); err != nil {
		return err
	}
	return t.LockBatches(ctx, ids)
}

// planning is one import of trainings.
type planning struct {
	*Tx
	now      time.Time
	calendar *outreach.Calendar
	units    map[string]int64
	partners map[string]training.Partner
	seen     map[string]int64 // programmes that were stored by this import
}

// planRefused undoes a row; its value is the reason.
type planRefused string

func (r planRefused) Error() string { return "the row is refused: " + string(r) }

// store stores one row, and counts what that was. What a refused row has written about its
// programme is undone with it.
func (in *planning) store(ctx context.Context, p register.Plan, out *register.Imported) error {
	_, known := in.seen[p.Programme.Code]
	failed, err := in.Part(ctx, func() error { return in.row(ctx, p, out) })
	var refused planRefused
	if err != nil || !errors.As(failed, &refused) {
		return errors.Join(err, failed)
	}
	if !known {
		delete(in.seen, p.Programme.Code)
	}
	out.Refused = append(out.Refused, p.Refuse(string(refused)))
	return nil
}

func (in *planning) row(ctx context.Context, p register.Plan, out *register.Imported) error {
	programme, changed, err := in.programme(ctx, p.Programme)
	if err != nil {
		return err
	}
	next := in.batch(p, programme)
	var id int64
	err = in.one(ctx, &id, batchByNumber, programme, p.Batch.Number)
	if errors.Is(err, ErrNotFound) {
		out.New++
		_, err = in.AddBatch(ctx, next, in.importer, in.now)
		return err
	}
	if err != nil {
		return err
	}
	old, err := in.lockBatch(ctx, id)
	if err != nil {
		return err
	}
	moved, room := training.Moved(old.Sessions, next.Sessions)
	switch c := old.Counts; {
	case old.At(in.now).Over() || old.At(in.now) == training.Running:
		return planRefused(register.BatchOver)
	case (moved || room) && c.Seated+c.Offered+c.Waiting+c.Applied > 0:
		return planRefused(register.BatchShown)
	}
	next.ID, next.Revision = old.ID, old.Revision
	if !changed && sayTheSame(old, next) {
		out.Unchanged++
		return nil
	}
	done, _, _, err := in.ChangeBatch(ctx, next, in.importer, in.now)
	switch {
	case err != nil:
		return err
	case done.Verdict != training.Accepted: // somebody who is registered nowhere was in a session
		return planRefused(register.BatchShown)
	default:
		out.Changed++
	}
	return nil
}

const (
	programmeByCode = `SELECT id FROM programme WHERE code = $1`
	batchByNumber   = `SELECT id FROM batch WHERE programme_id = $1 AND number = $2`
)

// programme stores the programme of a row, once for each import; changed = it said
// something else before.
func (in *planning) programme(ctx context.Context, p training.Programme) (id int64, changed bool, err error) {
	if id, ok := in.seen[p.Code]; ok {
		return id, false, nil
	}
	p.Partner = in.partners[p.Partner.Code]
	err = in.one(ctx, &id, programmeByCode, p.Code)
	if errors.Is(err, ErrNotFound) {
		if p.Partner.Removed {
			return 0, false, planRefused(register.PartnerRemoved)
		}
		id, err = in.AddProgramme(ctx, p, in.importer, in.now)
		in.seen[p.Code] = id
		return id, true, err
	}
	if err != nil {
		return 0, false, err
	}
	in.seen[p.Code] = id
	old, err := in.Programme(ctx, id)
	if err != nil {
		return id, false, err
	}
	p.ID = id
	if p.Aim == "" { // what a file leaves blank stays
		p.Aim = old.Aim
	}
	if len(p.Aims) == 0 {
		p.Aims = old.Aims
	}
	if p.Partner.ID == 0 {
		p.Partner = old.Partner
	}
	if p.Partner.Removed && p.Partner.ID != old.Partner.ID {
		return id, false, planRefused(register.PartnerRemoved)
	}
	if old.Same(p) {
		return id, false, nil
	}
	if used, err := in.wayInUse(ctx, old, p); err != nil || used {
		return id, false, cmp.Or(err, error(planRefused(register.WayInUse)))
	}
	return id, true, in.ChangeProgramme(ctx, p, in.importer, in.now)
}

// batch is the batch of a row.
func (in *planning) batch(p register.Plan, programme int64) training.Batch {
	loc := in.now.Location()
	at := func(day time.Time, plus int) time.Time {
		if day.IsZero() {
			return day
		}
		return time.Date(day.Year(), day.Month(), day.Day()+plus, 0, 0, 0, 0, loc)
	}
	b := p.Batch
	b.Programme.ID = programme
	b.Opens, b.Closes, b.PermissionUntil = at(p.Opens, 0), at(p.Closes, 1), at(p.Permission, 1)
	like := training.Session{Place: p.Place, Link: p.Link, Trainers: p.Trainers}
	b.Sessions = training.Timetable(at(p.First, 0), at(p.Last, 0), p.From, p.To, like, func(day time.Time) bool {
		return in.calendar.Working(outreach.DayOf(day, loc), outreach.Week{})
	})
	for _, q := range p.Quotas {
		b.Quotas = append(b.Quotas, training.Quota{Unit: in.units[q.Unit], Seats: q.Seats})
	}
	return b
}

// sayTheSame tells whether a batch says what another one would make of it.
func sayTheSame(old, next training.Batch) bool {
	moved, room := training.Moved(old.Sessions, next.Sessions)
	staff := !slices.EqualFunc(old.Sessions, next.Sessions, func(a, b training.Session) bool { return slices.Equal(a.Trainers, b.Trainers) })
	quotas := map[int64]int{}
	for _, q := range old.Quotas {
		quotas[q.Unit] = q.Seats
	}
	for _, q := range next.Quotas {
		if n, ok := quotas[q.Unit]; !ok || n != q.Seats {
			return false
		}
	}
	words := func(b training.Batch) []string {
		return []string{b.Letter, string(b.Funding), string(b.Journey), b.Dress, b.Bring, b.Certificate, b.Contact, b.Target}
	}
	return !moved && !room && !staff && len(old.Quotas) == len(next.Quotas) && old.Seats == next.Seats && old.Opens.Equal(next.Opens) &&
		old.Closes.Equal(next.Closes) && old.PermissionUntil.Equal(next.PermissionUntil) && slices.Equal(words(old), words(next))
}

const (
	batchNamed  = `SELECT b.id FROM batch b JOIN programme g ON g.id = b.programme_id WHERE g.code = $1 AND b.number = $2`
	leaveUntold = `UPDATE enrolment SET told = false WHERE batch_id = $1 AND employee_id = $2`
)

// ImportNominees gives seats to people whom units nominate, in the order of the file. What
// cannot be (no such batch, no seat left, another training at that time) is refused. The
// job of seats tells the people and their superiors.
func (t *Tx) ImportNominees(ctx context.Context, list []register.Nominee, now time.Time) (out register.Imported, err error) {
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	batches := map[string]int64{}
	people := make([]int64, len(list))
	for i, n := range list {
		if people[i], err = t.EmployeeByNIP(ctx, n.NIP); err != nil && !errors.Is(err, ErrNotFound) {
			return out, err
		}
		key := n.Programme + " " + batchName("", n.Number)
		if _, known := batches[key]; known {
			continue
		}
		var id int64
		if err := t.one(ctx, &id, batchNamed, n.Programme, n.Number); err != nil && !errors.Is(err, ErrNotFound) {
			return out, err
		}
		batches[key] = id
	}
	if err := t.lockNominees(ctx, batches, people); err != nil {
		return out, err
	}
	for i, n := range list {
		if err := t.importNominee(ctx, n, batches[n.Programme+" "+batchName("", n.Number)], people[i], now, &out); err != nil {
			return out, err
		}
	}
	if err := t.countRegister(ctx, &out); err != nil {
		return out, err
	}
	_, err = t.tx.ExecContext(ctx, auditRow, now, "import.participants", "")
	return out, safe("audit", err)
}

// lockNominees locks all batches of a file, then all its people with their superiors.
func (t *Tx) lockNominees(ctx context.Context, batches map[string]int64, people []int64) error {
	var ids []int64
	for _, id := range batches {
		ids = append(ids, id)
	}
	if _, err := t.tx.ExecContext(ctx, lockBatches, pq.Array(ids)); err != nil {
		return safe("lock batches", err)
	}
	var all []int64
	if err := t.tx.SelectContext(ctx, &all, withSuperiors, pq.Array(people)); err != nil {
		return safe("read superiors", err)
	}
	return t.LockPeople(ctx, all)
}

// importNominee gives one seat, or says why not.
func (t *Tx) importNominee(ctx context.Context, n register.Nominee, batch, person int64, now time.Time, out *register.Imported) error {
	refuse := func(code string) error {
		out.Refused = append(out.Refused, n.Refuse(code))
		return nil
	}
	switch {
	case person == 0:
		return refuse(register.PersonUnknown)
	case batch == 0:
		return refuse(register.BatchUnknown)
	}
	b, err := t.Batch(ctx, batch)
	if err != nil {
		return err
	}
	had, err := t.had(ctx, batch, person)
	if err != nil {
		return err
	}
	done, err := t.nominate(ctx, b, training.Nomination{Batch: batch, Employee: person, Letter: n.Letter, Day: n.Day, By: t.importer}, now)
	if err != nil {
		return err
	}
	switch done.Verdict {
	case training.Accepted:
		if _, err := t.tx.ExecContext(ctx, leaveUntold, batch, person); err != nil {
			return safe("note nomination", err)
		}
		if had.ID == 0 {
			out.New++
		} else {
			out.Changed++
		}
	case training.Unchanged:
		out.Unchanged++
	case training.Full:
		return refuse(register.SeatsFull)
	case training.QuotaFull:
		return refuse(register.QuotaFull)
	case training.Overlaps:
		return refuse(register.TrainingOverlaps)
	default:
		return refuse(register.BatchOver)
	}
	return nil
}
