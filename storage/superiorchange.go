package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

// readsThrough is true when somebody would read through an official on the civil
// date today: is the official, or has a letter that gives the ratings, now or
// later, checked or not.
func readsThrough(viewer, official, today string) string {
	return `(` + viewer + ` = ` + official + ` OR EXISTS (SELECT FROM delegation d WHERE d.acting_id = ` + viewer + ` AND d.for_id = ` + official + `
		AND d.rates AND d.ended_at IS NULL AND d.ends_on >= ` + today + `))`
}

// newcomer is true when adder alone says that the official exists, and brought that
// one in after the person: it may be the adder under another name, for whom the
// person's answers would open. Tables o and e are the official and the person.
func newcomer(adder, o, e string) string {
	return `(` + o + `.added_by = ` + adder + ` AND ` + o + `.added_at > COALESCE(` + e + `.added_at, '-infinity'))`
}

// The unit directly above an officer's own is within reach, because superiors
// often sit there: $3 who asks, $4 the new superior, $6 the person.
var needsSecond = inArea + `
	SELECT ` + readsThrough("$3::bigint", "$4::bigint", "$5::date") + `
		OR EXISTS (SELECT FROM employee o, employee e WHERE o.id = $4 AND e.id = $6::bigint AND ` + newcomer("$3::bigint", "o", "e") + `)
		OR NOT $1::boolean AND NOT EXISTS (
		SELECT FROM employee b WHERE b.id = $4 AND (b.unit_id IN (SELECT unit_id FROM mine) OR b.unit_id IN (
			SELECT u.parent_id FROM role_grant g JOIN unit u ON u.id = g.unit_id
			WHERE g.employee_id = $2 AND g.role = 'officer' AND g.revoked_at IS NULL)))`

// NeedsSecond tells whether somebody with this area may not make another person
// the superior of somebody without a second person: because it lets the one who
// asks read, or may do so, as the superior is known by them alone; or because it goes
// beyond the officer's units and the one above.
func (t *Tx) NeedsSecond(ctx context.Context, a personnel.Area, c personnel.SuperiorChange, now time.Time) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, needsSecond, a.All, a.Officer, c.By, c.New, now.Format(time.DateOnly), c.EmployeeID)
	return yes, safe("read who must approve", err)
}

const (
	lockBoss    = `SELECT COALESCE(supervisor_id, 0) FROM employee WHERE id = $1 AND active FOR NO KEY UPDATE`
	setBoss     = `UPDATE employee SET supervisor_id = $2 WHERE id = $1 AND id <> $2`
	auditChange = auditPerson + ` RETURNING id`
)

// endChanges ends the requests about people that wait, because something else was
// decided, on $2; whoever asked is told with the next run of the reminders.
func endChanges(people, now string) string {
	return `WITH ended AS (
			UPDATE superior_change r SET decided_at = ` + now + `, outcome = CASE WHEN r.expires_at <= ` + now + ` THEN 'expired' ELSE 'replaced' END
			WHERE r.decided_at IS NULL AND r.employee_id ` + people + ` RETURNING r.id
		)
		UPDATE notice n SET at = least(n.at, ` + now + `), not_before = NULL FROM ended
		WHERE n.action = 'hold' AND n.key = '` + courier.ChangeEndKey + `' || ended.id`
}

var endChangesOf = endChanges("= $1", "$2::timestamptz")

// bossDetail is the detail of an audit row about another superior: numbers of
// people, 0 = none. The copy of the own data has the names.
func bossDetail(old, new int64) string { return fmt.Sprintf("old %d, new %d", old, new) }

// ChangeSuperior gives a person another direct superior, on behalf of by, and
// returns the number of the audit row. ErrNotFound when the superior is not Old
// any more, so that of two who change at once the second sees what the first did.
// Requests that wait for the same person end.
func (t *Tx) ChangeSuperior(ctx context.Context, c personnel.SuperiorChange, by int64, now time.Time) (id int64, err error) {
	var old int64
	if err := t.one(ctx, &old, lockBoss, c.EmployeeID); err != nil {
		return 0, err
	}
	if old != c.Old || c.New == c.EmployeeID {
		return 0, ErrNotFound
	}
	if _, err := t.tx.ExecContext(ctx, setBoss, c.EmployeeID, c.New); err != nil {
		return 0, safe("set superior", err)
	}
	if err := t.fitRatings(ctx, c.EmployeeID, now); err != nil {
		return 0, err
	}
	if _, err := t.tx.ExecContext(ctx, endChangesOf, c.EmployeeID, now); err != nil {
		return 0, safe("end requests", err)
	}
	detail := bossDetail(c.Old, c.New)
	if by != c.By && c.By != 0 {
		detail += fmt.Sprintf(", asked by %d", c.By)
	}
	err = t.tx.GetContext(ctx, &id, auditChange, now, by, "superior", c.EmployeeID, detail)
	return id, safe("audit", err)
}

const changeColumns = `r.id, r.employee_id, COALESCE(r.old_id, 0) AS old_id, r.new_id, r.asked_by, r.asked_at, r.expires_at`

type changeRow struct {
	ID         int64     `db:"id"`
	EmployeeID int64     `db:"employee_id"`
	Old        int64     `db:"old_id"`
	New        int64     `db:"new_id"`
	By         int64     `db:"asked_by"`
	At         time.Time `db:"asked_at"`
	Expires    time.Time `db:"expires_at"`
}

func (r changeRow) change() personnel.SuperiorChange {
	return personnel.SuperiorChange{ID: r.ID, EmployeeID: r.EmployeeID, Old: r.Old, New: r.New, By: r.By, At: r.At, Expires: r.Expires}
}

const addChange = `
	INSERT INTO superior_change (employee_id, old_id, new_id, asked_by, asked_at, expires_at)
	VALUES ($1, nullif($2, 0), $3, $4, $5, $6) RETURNING id`

// AskSuperior stores a request for another superior, which waits for a second
// person; an older one about the same person ends.
func (t *Tx) AskSuperior(ctx context.Context, c personnel.SuperiorChange) (id int64, err error) {
	if _, err := t.tx.ExecContext(ctx, endChangesOf, c.EmployeeID, c.At); err != nil {
		return 0, safe("end requests", err)
	}
	if err := t.tx.GetContext(ctx, &id, addChange, c.EmployeeID, c.Old, c.New, c.By, c.At, c.Expires); err != nil {
		return 0, safe("ask for superior", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, c.At, c.By, "superior.asked", c.EmployeeID, bossDetail(c.Old, c.New))
	return id, safe("audit", err)
}

// mayApprove is true when the person may decide about the request r on the civil
// date today: neither asked for it, nor is concerned, nor would read by it.
func mayApprove(person, today string) string {
	return person + ` NOT IN (r.asked_by, r.employee_id, r.new_id) AND NOT ` + readsThrough(person, "r.new_id", today)
}

// approversOf lists who of the personnel office may decide about one of the
// requests r on the civil date today.
func approversOf(today string) string {
	return `
		SELECT DISTINCT g.employee_id FROM r, role_grant g JOIN employee e ON e.id = g.employee_id
		WHERE g.role = 'hr' AND g.revoked_at IS NULL AND e.active AND ` + mayApprove("g.employee_id", today) + ` ORDER BY g.employee_id`
}

var (
	approvers = `
		WITH r AS (SELECT $1::bigint AS asked_by, $2::bigint AS employee_id, $3::bigint AS new_id)` + approversOf("$4::date")
	importApprovers = `
		WITH r AS (SELECT asked_by, employee_id, new_id FROM superior_change WHERE asked_by = $1 AND asked_at = $2 AND decided_at IS NULL)` + approversOf("$3::date")
	waitingChanges = `
		SELECT ` + changeColumns + ` FROM superior_change r
		WHERE r.decided_at IS NULL AND r.expires_at > $2 AND ` + mayApprove("$1::bigint", "$3::date") + ` ORDER BY r.asked_at, r.id`
	changeByID = `SELECT ` + changeColumns + ` FROM superior_change r WHERE r.id = $1 AND r.decided_at IS NULL AND ` + mayApprove("$2::bigint", "$3::date")
	lockChange = changeByID + ` FOR UPDATE OF r`
)

// Approvers lists who of the personnel office may decide about a change.
func (t *Tx) Approvers(ctx context.Context, c personnel.SuperiorChange, now time.Time) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, approvers, c.By, c.EmployeeID, c.New, now.Format(time.DateOnly))
	return ids, safe("list approvers", err)
}

// ImportApprovers lists who of the personnel office may decide about one of the
// changes that wait since somebody's import at a moment.
func (t *Tx) ImportApprovers(ctx context.Context, by int64, at time.Time) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, importApprovers, by, at, at.Format(time.DateOnly))
	return ids, safe("list approvers", err)
}

// WaitingChanges lists the changes about which somebody of the personnel office
// may decide, the oldest first.
func (t *Tx) WaitingChanges(ctx context.Context, by int64, now time.Time) ([]personnel.SuperiorChange, error) {
	var rows []changeRow
	if err := t.tx.SelectContext(ctx, &rows, waitingChanges, by, now, now.Format(time.DateOnly)); err != nil {
		return nil, safe("list changes of superiors", err)
	}
	out := make([]personnel.SuperiorChange, len(rows))
	for i, r := range rows {
		out[i] = r.change()
	}
	return out, nil
}

// The right to ask and what the register said must still hold: $1 who asked, $2
// the person, $3 the former superior, $4 the new one.
const changeHolds = `
	WITH RECURSIVE mine AS (
		SELECT unit_id FROM role_grant WHERE employee_id = $1 AND role = 'officer' AND revoked_at IS NULL
		UNION SELECT u.id FROM unit u JOIN mine m ON u.parent_id = m.unit_id
	)
	SELECT EXISTS (SELECT FROM employee a WHERE a.id = $1 AND a.active)
	   AND EXISTS (SELECT FROM employee n WHERE n.id = $4 AND n.active)
	   AND EXISTS (SELECT FROM employee e WHERE e.id = $2 AND e.active AND COALESCE(e.supervisor_id, 0) = $3 AND (
	       e.unit_id IN (SELECT unit_id FROM mine)
	       OR EXISTS (SELECT FROM role_grant g WHERE g.employee_id = $1 AND g.role = 'hr' AND g.revoked_at IS NULL)))`

// WaitingChange reads a request about which somebody may decide, or ErrNotFound.
func (t *Tx) WaitingChange(ctx context.Context, id, by int64, now time.Time) (personnel.SuperiorChange, error) {
	var r changeRow
	err := t.one(ctx, &r, changeByID, id, by, now.Format(time.DateOnly))
	return r.change(), err
}

const (
	decideChange = `UPDATE superior_change SET decided_at = $2, decided_by = $3, outcome = $4 WHERE id = $1`
	confirm      = `UPDATE employee SET added_by = NULL WHERE id = $1 AND added_by <> $2`
	dropEnd      = `
		UPDATE notice SET action = 'drop', reason = '` + string(outreach.Finished) + `', reply = NULL, decided_at = $2, at = $2
		WHERE key = '` + courier.ChangeEndKey + `' || $1::bigint AND action = 'hold'`
)

// DecideChange decides about a request once, on behalf of somebody of the
// personnel office, and tells what became of it: it may have expired or lapsed
// by now. ErrNotFound when it was decided before or is not theirs to decide.
// People are to be locked before (LockPeople), so that no two wait for each other.
func (t *Tx) DecideChange(ctx context.Context, id, by int64, accept bool, now time.Time) (out personnel.ChangeOutcome, audit int64, err error) {
	var r changeRow
	if err := t.one(ctx, &r, lockChange, id, by, now.Format(time.DateOnly)); err != nil {
		return "", 0, err
	}
	holds := false
	if err := t.tx.GetContext(ctx, &holds, changeHolds, r.By, r.EmployeeID, r.Old, r.New); err != nil {
		return "", 0, safe("read change", err)
	}
	out = personnel.ChangeApproved
	switch {
	case !now.Before(r.Expires):
		out = personnel.ChangeExpired
	case !holds:
		out = personnel.ChangeLapsed
	case !accept:
		out = personnel.ChangeReturned
	}
	if _, err := t.tx.ExecContext(ctx, decideChange, id, now, sql.NullInt64{Int64: by, Valid: true}, out); err != nil {
		return "", 0, safe("decide change", err)
	}
	if out != personnel.ChangeExpired {
		if _, err := t.tx.ExecContext(ctx, dropEnd, id, now); err != nil {
			return "", 0, safe("drop notification", err)
		}
	}
	if out == personnel.ChangeApproved {
		if _, err := t.tx.ExecContext(ctx, confirm, r.New, by); err != nil {
			return "", 0, safe("confirm superior", err)
		}
		audit, err = t.ChangeSuperior(ctx, r.change(), by, now)
		return out, audit, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "superior."+string(out), r.EmployeeID, bossDetail(r.Old, r.New))
	return out, 0, safe("audit", err)
}
