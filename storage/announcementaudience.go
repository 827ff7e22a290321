package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/personnel"
)

// audience begins a query over the people e of an audience. Its parameters are those of
// audienceArgs. Fields that are filled narrow each other; the three roles are one field,
// for whoever has any of them.
var audience = `
	WITH RECURSIVE within AS (
		SELECT unnest($1::bigint[]) AS id UNION SELECT u.id FROM unit u JOIN within w ON u.parent_id = w.id
	), bosses AS MATERIALIZED (
		SELECT DISTINCT supervisor_id AS id FROM employee WHERE active AND supervisor_id IS NOT NULL AND $5::boolean
		UNION SELECT d.acting_id FROM delegation d WHERE ` + delegationWorks("$9::date") + ` AND $5::boolean
	), heads AS MATERIALIZED (
		SELECT id FROM (` + unitHeads + `) h WHERE $6::boolean
	), officers AS MATERIALIZED (
		SELECT DISTINCT employee_id AS id FROM role_grant WHERE role = 'officer' AND revoked_at IS NULL AND $7::boolean
	), unassessed AS MATERIALIZED (
		SELECT k.employee_id AS id FROM task k JOIN ` + occasions + ` p ON p.id = k.occasion_id
		WHERE $8::boolean AND p.closed_at IS NULL AND ` + isSelf("k") + ` AND k.state IN ('open', 'started')
	), away AS MATERIALIZED (
		SELECT employee_id AS id FROM absence WHERE $11::boolean AND $9::date BETWEEN starts_on AND ends_on
	), served AS MATERIALIZED (
		SELECT DISTINCT employee_id AS id FROM announcement_recipient
		WHERE $12::boolean AND state IN ('sent', 'unknown', 'queued') AND COALESCE(sent_at, $13::timestamptz) >= $13::timestamptz
	), audience AS (
		SELECT e.id, e.unit_id, e.name FROM employee e
		WHERE e.active
		  AND (cardinality($1::bigint[]) = 0 OR e.unit_id IN (SELECT id FROM within))
		  AND (cardinality($2::text[]) = 0 OR e.position_title = ANY($2))
		  AND (cardinality($3::text[]) = 0 OR e.class_code = ANY($3))
		  AND ($4 = '' OR ($4 = 'PNS') = (substr(e.nip, 13, 2) <= '12'))
		  AND (NOT ($5 OR $6 OR $7) OR e.id IN (SELECT id FROM bosses UNION ALL SELECT id FROM heads UNION ALL SELECT id FROM officers))
		  AND (NOT $8 OR e.id IN (SELECT id FROM unassessed))
		  AND (cardinality($10::bigint[]) = 0 OR e.id = ANY($10))
		  AND (NOT $11 OR e.id NOT IN (SELECT id FROM away))
		  AND (NOT $12 OR e.id NOT IN (SELECT id FROM served))
	)`

// audienceArgs are the parameters $1 to $13 of audience.
func audienceArgs(a announcement.Audience, now time.Time) []any {
	monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7)
	monday = time.Date(monday.Year(), monday.Month(), monday.Day(), 0, 0, 0, 0, now.Location())
	return []any{pq.Array(append([]int64{}, a.Units...)), pq.Array(append([]string{}, a.Titles...)), pq.Array(append([]string{}, a.Classes...)), a.Status,
		a.Superiors, a.Heads, a.Officers, a.Unassessed, now.Format(time.DateOnly), pq.Array(append([]int64{}, a.People...)),
		a.Minus.OnLeave, a.Minus.ThisWeek, monday}
}

var (
	countAudience  = audience + ` SELECT count(*) FROM audience`
	audiencePeople = audience + ` SELECT id FROM audience ORDER BY id`
	// One of each unit first, then a second one of each.
	audienceSample = audience + `
		SELECT ` + employeeColumns + ` FROM (SELECT id, row_number() OVER (PARTITION BY unit_id ORDER BY id) AS n FROM audience) s
		JOIN employee e ON e.id = s.id JOIN unit u ON u.id = e.unit_id ORDER BY s.n, e.unit_id, e.id LIMIT $14`
	audienceUnlinked = audience + `
		SELECT ` + employeeColumns + ` FROM audience s JOIN employee e ON e.id = s.id JOIN unit u ON u.id = e.unit_id
		WHERE NOT EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) ORDER BY u.name, e.name, e.id OFFSET $14 LIMIT $15`
)

// CountAudience counts the people of an audience at now.
func (t *Tx) CountAudience(ctx context.Context, a announcement.Audience, now time.Time) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, countAudience, audienceArgs(a, now)...)
	return n, safe("count audience", err)
}

// AudiencePeople lists the ids of an audience at now, in order.
func (t *Tx) AudiencePeople(ctx context.Context, a announcement.Audience, now time.Time) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, audiencePeople, audienceArgs(a, now)...)
	return ids, safe("list audience", err)
}

// AudienceSample returns some people of an audience, spread over all units.
func (t *Tx) AudienceSample(ctx context.Context, a announcement.Audience, limit int, now time.Time) ([]personnel.Employee, error) {
	return t.employeeList(ctx, audienceSample, append(audienceArgs(a, now), limit)...)
}

// UnlinkedOf lists those of an audience without an account, by unit and name.
func (t *Tx) UnlinkedOf(ctx context.Context, a announcement.Audience, skip, limit int, now time.Time) ([]personnel.Employee, error) {
	return t.employeeList(ctx, audienceUnlinked, append(audienceArgs(a, now), skip, limit)...)
}

func (t *Tx) employeeList(ctx context.Context, query string, args ...any) ([]personnel.Employee, error) {
	var rows []employeeRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list people", err)
	}
	out := make([]personnel.Employee, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.employee(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const peopleByNIP = `SELECT nip, id FROM employee WHERE active AND nip = ANY($1)`

// PeopleByNIP finds people in service by number; who is not in the map is nobody's.
func (t *Tx) PeopleByNIP(ctx context.Context, nips []string) (map[string]int64, error) {
	var rows []struct {
		NIP string `db:"nip"`
		ID  int64  `db:"id"`
	}
	if err := t.tx.SelectContext(ctx, &rows, peopleByNIP, pq.Array(nips)); err != nil {
		return nil, safe("find people by number", err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.NIP] = r.ID
	}
	return out, nil
}

// The people of a unit are counted with those of all units below it.
const (
	unitOption = `
		SELECT u.id, u.name, (SELECT count(*) FROM unit b WHERE b.parent_id = u.id) AS below, (
			WITH RECURSIVE within AS (SELECT u.id UNION SELECT b.id FROM unit b JOIN within w ON b.parent_id = w.id)
			SELECT count(*) FROM employee e WHERE e.active AND e.unit_id IN (SELECT id FROM within)) AS people
		FROM unit u`
	unitsBelow = unitOption + ` WHERE u.parent_id IS NOT DISTINCT FROM nullif($1, 0) ORDER BY u.name, u.id`
	findUnits  = `SELECT * FROM (` + unitOption + ` WHERE u.name ILIKE '%' || $1 || '%') o ORDER BY people DESC, name, id LIMIT $2`
	findTitles = `
		SELECT position_title AS name, count(*) AS people FROM employee
		WHERE active AND position_title <> '' AND position_title ILIKE '%' || $1 || '%'
		GROUP BY position_title ORDER BY count(*) DESC, position_title LIMIT $2`
	classOptions = `
		SELECT c.code, c.name, count(*) AS people FROM employee e JOIN position_class c ON c.code = e.class_code
		WHERE e.active GROUP BY c.code, c.name, c.required_level ORDER BY c.required_level DESC, c.code`
	namesOfUnits = `SELECT id, name FROM unit WHERE id = ANY($1)`
)

// UnitOptions lists the units directly below one; 0 = those at the top.
func (t *Tx) UnitOptions(ctx context.Context, above int64) ([]announcement.Option, error) {
	return t.options(ctx, unitsBelow, above)
}

// FindUnits lists at most limit units whose name contains a text, the largest first.
func (t *Tx) FindUnits(ctx context.Context, name string, limit int) ([]announcement.Option, error) {
	return t.options(ctx, findUnits, likeLiteral(name), limit)
}

// FindTitles lists at most limit names of positions that contain a text, the commonest
// first.
func (t *Tx) FindTitles(ctx context.Context, name string, limit int) ([]announcement.Option, error) {
	return t.options(ctx, findTitles, likeLiteral(name), limit)
}

// ClassOptions lists the classes of positions that somebody holds.
func (t *Tx) ClassOptions(ctx context.Context) ([]announcement.Option, error) {
	return t.options(ctx, classOptions)
}

func (t *Tx) options(ctx context.Context, query string, args ...any) ([]announcement.Option, error) {
	var rows []struct {
		ID     int64  `db:"id"`
		Name   string `db:"name"`
		Code   string `db:"code"`
		People int    `db:"people"`
		Below  int    `db:"below"`
	}
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list what an audience may be", err)
	}
	out := make([]announcement.Option, len(rows))
	for i, r := range rows {
		out[i] = announcement.Option{ID: r.ID, Name: r.Name, Code: r.Code, People: r.People, Below: r.Below}
	}
	return out, nil
}

// UnitNames names units by id.
func (t *Tx) UnitNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	list, err := t.options(ctx, namesOfUnits, pq.Array(ids))
	out := make(map[int64]string, len(list))
	for _, o := range list {
		out[o.ID] = o.Name
	}
	return out, err
}
