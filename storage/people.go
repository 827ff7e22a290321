package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/personnel"
)

// inArea begins a query over the people e of an area: $1 = all, $2 = officer.
const inArea = `
	WITH RECURSIVE mine AS (
		SELECT unit_id FROM role_grant WHERE employee_id = $2 AND role = 'officer' AND revoked_at IS NULL
		UNION SELECT u.id FROM unit u JOIN mine m ON u.parent_id = m.unit_id
	)`

const areaOf = `e.active AND ($1 OR e.unit_id IN (SELECT unit_id FROM mine))`

// noBoss is true for a person e whose superior is not known or has left.
const noBoss = `NOT e.self_only AND NOT EXISTS (SELECT FROM employee b WHERE b.id = e.supervisor_id AND b.active)`

var memberColumns = employeeColumns + `, COALESCE(` + progress + `, '') AS state,
	EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) AS linked`

var (
	boardOf = inArea + `
		SELECT count(*) AS people,
		       count(*) FILTER (WHERE EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id)) AS linked,
		       count(*) FILTER (WHERE ` + noBoss + `) AS no_superior,
		       count(*) FILTER (WHERE e.class_code IS NULL) AS no_class,
		       count(*) FILTER (WHERE e.phone IS NULL) AS no_phone,
		       count(*) FILTER (WHERE EXISTS (SELECT FROM delegation d WHERE d.for_id = e.id
		             AND d.checked_at IS NULL AND d.ended_at IS NULL AND d.starts_on IS NOT NULL)) AS delegations
		FROM employee e WHERE ` + areaOf
	peopleIn = inArea + `
		SELECT ` + memberColumns + ` FROM employee e JOIN unit u ON u.id = e.unit_id
		WHERE ` + areaOf
	byID        = peopleIn + ` AND e.id = $3`
	byName      = peopleIn + ` AND (e.name ILIKE '%' || $3 || '%' OR e.nip = $4) ORDER BY e.name, e.id LIMIT $5`
	byNameBelow = `
		WITH RECURSIVE below AS (
			SELECT b.id FROM employee b WHERE b.supervisor_id = $1
			UNION SELECT b.id FROM employee b JOIN below a ON b.supervisor_id = a.id
		)
		SELECT ` + memberColumns + ` FROM employee e JOIN unit u ON u.id = e.unit_id
		WHERE e.active AND e.id IN (SELECT id FROM below) AND e.id <> $1
		  AND (e.name ILIKE '%' || $2 || '%' OR e.nip = $3) ORDER BY e.name, e.id LIMIT $4`
	lackChat  = peopleIn + ` AND NOT EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) ORDER BY u.name, e.name, e.id OFFSET $3 LIMIT $4`
	lackClass = peopleIn + ` AND e.class_code IS NULL ORDER BY e.position_title, e.name, e.id OFFSET $3 LIMIT $4`
	lackBoss  = peopleIn + ` AND ` + noBoss + ` ORDER BY u.name, e.name, e.id OFFSET $3 LIMIT $4`
)

// Board counts what an area has and lacks.
func (t *Tx) Board(ctx context.Context, a personnel.Area) (b personnel.Board, err error) {
	err = t.tx.GetContext(ctx, &b, boardOf, a.All, a.Officer)
	return b, safe("count people", err)
}

// Person returns one active person of an area, or ErrNotFound.
func (t *Tx) Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error) {
	list, err := t.members(ctx, byID, a.All, a.Officer, id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return personnel.Member{}, err
	}
	return list[0], nil
}

// FindPeople lists at most limit people of an area whose name contains the
// text, or whose NIP is nip, by name.
func (t *Tx) FindPeople(ctx context.Context, a personnel.Area, name string, nip personnel.NIP, limit int) ([]personnel.Member, error) {
	return t.members(ctx, byName, a.All, a.Officer, likeLiteral(name), nip.Reveal(), limit)
}

// FindBelow does the same among those whom somebody leads, at any depth.
func (t *Tx) FindBelow(ctx context.Context, superior int64, name string, nip personnel.NIP, limit int) ([]personnel.Member, error) {
	return t.members(ctx, byNameBelow, superior, likeLiteral(name), nip.Reveal(), limit)
}

// likeLiteral takes the meaning from the wildcards of LIKE.
func likeLiteral(text string) string {
	out := make([]rune, 0, len(text))
	for _, r := range text {
		if r == '%' || r == '_' || r == '\\' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

// Lacking lists at most limit people of an area who lack something, behind the
// first skip of them.
func (t *Tx) Lacking(ctx context.Context, a personnel.Area, what personnel.Lack, skip, limit int) ([]personnel.Member, error) {
	query, ok := map[personnel.Lack]string{personnel.NoAccount: lackChat, personnel.NoClass: lackClass,
		personnel.NoSuperior: lackBoss}[what]
	if !ok {
		return nil, fmt.Errorf("list people: unknown lack %q", what)
	}
	return t.members(ctx, query, a.All, a.Officer, skip, limit)
}

const (
	setClass    = `UPDATE employee SET class_code = $2 WHERE id = $1`
	setSelfOnly = `UPDATE employee SET self_only = $2 WHERE id = $1`
)

// SetClass assigns the class of a person's position.
func (t *Tx) SetClass(ctx context.Context, id int64, class string, by int64, now time.Time) error {
	return t.amend(ctx, id, amendment{setClass, class, "class", class}, by, now)
}

// SetSelfOnly says whether nobody rates a person (mandiri saja).
func (t *Tx) SetSelfOnly(ctx context.Context, id int64, yes bool, by int64, now time.Time) error {
	return t.amend(ctx, id, amendment{setSelfOnly, yes, "self_only", fmt.Sprint(yes)}, by, now)
}

// amendment is a change of one column of the register by hand.
type amendment struct {
	query          string // $1 = the person, $2 = the value
	value          any
	action, detail string // of the audit row
}

// amend makes a change and fits the ratings to it, on behalf of by.
func (t *Tx) amend(ctx context.Context, id int64, a amendment, by int64, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, a.query, id, a.value); err != nil {
		return safe("amend "+a.action, err)
	}
	if err := t.fitRatings(ctx, id, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, a.action, id, a.detail)
	return safe("audit", err)
}

// NewCode stores one new code for a person, by its keyed hash, on behalf of
// somebody, and closes the former ones.
func (t *Tx) NewCode(ctx context.Context, employeeID int64, hash []byte, by int64, now, expires time.Time) error {
	if _, err := t.tx.ExecContext(ctx, closeCodesOf, employeeID, now); err != nil {
		return safe("close codes", err)
	}
	if err := t.AddCode(ctx, hash, employeeID, now, expires); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "code", employeeID, "")
	return safe("audit", err)
}

const closeCodesOf = `UPDATE link_code SET closed_at = $2 WHERE employee_id = $1 AND used_at IS NULL AND closed_at IS NULL`

const readClasses = `SELECT code, name FROM position_class ORDER BY required_level DESC, code`

// Classes lists the classes of positions in the order of competency.Classes,
// which is that of the regulation; others stand behind them.
func (t *Tx) Classes(ctx context.Context) (out []personnel.ClassName, err error) {
	err = t.tx.SelectContext(ctx, &out, readClasses)
	known := competency.Classes()
	rank := func(c personnel.ClassName) int {
		if i := slices.IndexFunc(known, func(k competency.Class) bool { return k.Code == c.Code }); i >= 0 {
			return i
		}
		return len(known)
	}
	slices.SortStableFunc(out, func(a, b personnel.ClassName) int { return rank(a) - rank(b) })
	return out, safe("read classes", err)
}

const addAbsence = `
	INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, $2, $3, $4)
	ON CONFLICT (employee_id, starts_on, kind) DO UPDATE SET ends_on = excluded.ends_on`

// AddAbsence stores when somebody is away, both days included.
func (t *Tx) AddAbsence(ctx context.Context, id int64, from, to time.Time, kind personnel.AbsenceKind, by int64, now time.Time) error {
	if _, err := t.tx.ExecContext(ctx, addAbsence, id, civil(from), civil(to), kind); err != nil {
		return safe("add absence", err)
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "absence", id, "")
	return safe("audit", err)
}
