package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
)

// codesAsked is the action of an audit row that tells that a superior has asked for
// a code for somebody; the index audit_codes has the same word.
const codesAsked = "codes.asked"

// askedAt is when a code was asked for last for a person.
func askedAt(person string) string {
	return `(SELECT max(a.at) FROM audit a WHERE a.employee_id = ` + person + ` AND a.action = '` + codesAsked + `')`
}

var teamCodeless = members + `
	SELECT m.boss, m.id, m.name, m.sex, ` + askedAt("m.id") + ` AS asked FROM member m
	WHERE m.state IN ('open', 'started') AND NOT m.linked AND m.opens_at <= $3 AND m.due_at > $3
	ORDER BY m.boss, m.name, m.id`

// codeless adds who of the teams owes a self-assessment and has no account.
func (t *Tx) codeless(ctx context.Context, ids any, now time.Time, caps outreach.Caps, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss  int64        `db:"boss"`
		Asked sql.NullTime `db:"asked"`
		superiorRow
	}
	if err := t.tx.SelectContext(ctx, &rows, teamCodeless, ids, now.Format(time.DateOnly), now); err != nil {
		return safe("list who has no account", err)
	}
	for _, r := range rows {
		f, ok := out[r.Boss]
		if !ok {
			continue
		}
		c := summary.Codeless{Person: r.person()}
		if r.Asked.Valid {
			c.From = caps.NudgeFrom(r.Asked.Time, now.Location())
		}
		f.Codeless = append(f.Codeless, c)
	}
	return nil
}

// The nearest unit upwards that has an officer with an account, else the personnel
// office; of several the one who has been there longest. $2 asks, and is not asked.
const codeOfficers = `
	WITH RECURSIVE up AS (
		SELECT e.id AS person, e.unit_id, 0 AS far FROM employee e WHERE e.id = ANY($1) AND e.active
		UNION ALL SELECT up.person, u.parent_id, up.far + 1 FROM up JOIN unit u ON u.id = up.unit_id WHERE u.parent_id IS NOT NULL AND up.far < 20
	), able AS (
		SELECT up.person, g.id AS grant_id, g.employee_id, up.far, false AS office FROM up
		JOIN role_grant g ON g.role = 'officer' AND g.unit_id = up.unit_id AND g.revoked_at IS NULL
		UNION ALL SELECT e.id, g.id, g.employee_id, 1000, true FROM employee e, role_grant g
		WHERE e.id = ANY($1) AND e.active AND g.role = 'hr' AND g.revoked_at IS NULL
	)
	SELECT p.id AS person_id, p.name AS person_name, p.sex AS person_sex, o.id, o.name, o.sex, o.office
	FROM employee p CROSS JOIN LATERAL (
		SELECT b.id, b.name, b.sex, a.office FROM able a JOIN employee b ON b.id = a.employee_id AND b.active
		JOIN chat c ON c.employee_id = b.id AND c.reachable
		WHERE a.person = p.id AND b.id NOT IN ($2, p.id) ORDER BY a.far, a.grant_id LIMIT 1
	) o
	WHERE p.id = ANY($1) AND NOT EXISTS (SELECT FROM chat c WHERE c.employee_id = p.id)
	ORDER BY o.id, p.name, p.id`

// CodeOfficers tells who can give codes to people who have no account: for each
// officer those people. Who asks is not among the officers; people for whom there is
// nobody are left out.
func (t *Tx) CodeOfficers(ctx context.Context, people []int64, asker int64) (out []personnel.CodeOfficer, err error) {
	var rows []struct {
		PersonID   int64  `db:"person_id"`
		PersonName string `db:"person_name"`
		PersonSex  int64  `db:"person_sex"`
		Office     bool   `db:"office"`
		superiorRow
	}
	if err := t.tx.SelectContext(ctx, &rows, codeOfficers, pq.Array(people), asker); err != nil {
		return nil, safe("find officers", err)
	}
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].Officer.ID != r.ID {
			out = append(out, personnel.CodeOfficer{Officer: r.person(), Office: r.Office})
		}
		last := &out[len(out)-1]
		last.People = append(last.People, personnel.Employee{ID: r.PersonID, Name: r.PersonName, Sex: sexOf(r.PersonSex)})
	}
	return out, nil
}

const askCodes = `INSERT INTO audit (at, actor, action, employee_id) SELECT $1, $2, '` + codesAsked + `', i.id FROM unnest($3::bigint[]) AS i (id)`

// AskCodes notes that somebody has asked for codes for people.
func (t *Tx) AskCodes(ctx context.Context, people []int64, by int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, askCodes, now, by, pq.Array(people))
	return safe("audit", err)
}

const codeAskedAt = `SELECT max(at) FROM audit WHERE employee_id = $1 AND action = '` + codesAsked + `'`

// CodeAsked tells when a code was asked for last for somebody; zero = never.
func (t *Tx) CodeAsked(ctx context.Context, person int64) (time.Time, error) {
	var at sql.NullTime
	err := t.tx.GetContext(ctx, &at, codeAskedAt, person)
	return at.Time, safe("read requests of codes", err)
}
