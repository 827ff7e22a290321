package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/register"
)

// ImportFor says whose import the rest of this transaction is. An import alone
// gives nobody who was known before a superior through whom its sender reads, or
// who only its sender brought in after them; and its sender may not check the stand-ins that it brought.
func (t *Tx) ImportFor(employeeID int64) { t.importer = employeeID }

// bossChanges are the people whom the database knew before a file (id up to $4)
// and to whom the file gives another superior. A superior who is given but is not
// in service counts as none. A change waits for somebody else when who imports
// ($5, 0 = the command line) would read by it on the civil date $6, as in the chat,
// or when the superior is new with the file, or known by the sender alone: it may be
// the sender under another number.
var bossChanges = `
	FROM unnest($1::text[], $2::text[], $3::boolean[]) AS i (nip, boss, given) JOIN employee e ON e.nip = i.nip
	LEFT JOIN employee b ON b.nip = i.boss AND b.active AND b.nip <> i.nip
	CROSS JOIN LATERAL (SELECT e.id <= $4::bigint AND $5::bigint <> 0
		AND COALESCE(b.id > $4::bigint OR ` + newcomer("$5::bigint", "b", "e") + ` OR ` + readsThrough("$5::bigint", "b.id", "$6::date") + `, false) AS waits) w
	WHERE i.given AND e.supervisor_id IS DISTINCT FROM b.id`

var (
	lastEmployee    = `SELECT COALESCE(max(id), 0) FROM employee` // who is new has a higher id
	listBossChanges = `
		SELECT e.name, right(e.nip, 4) AS nip4, u.name AS unit, COALESCE(o.name, '') AS old, COALESCE(b.name, '') AS new,
		       c.waits
		FROM (SELECT e.id, b.id AS boss, w.waits` + bossChanges + ` AND e.id <= $4) c JOIN employee e ON e.id = c.id JOIN unit u ON u.id = e.unit_id
		LEFT JOIN employee b ON b.id = c.boss LEFT JOIN employee o ON o.id = e.supervisor_id
		ORDER BY c.waits DESC, e.name, e.nip`
	logBossChanges = `
		INSERT INTO audit (at, actor, action, employee_id, detail)
		SELECT $7::timestamptz, nullif($5::bigint, 0), 'superior', e.id, 'old ' || COALESCE(e.supervisor_id, 0) || ', new ' || COALESCE(b.id, 0)` + bossChanges + `
		  AND e.id <= $4 AND NOT w.waits ORDER BY e.id`
	endBossRequests = endChanges(`IN (SELECT e.id`+bossChanges+` AND e.id <= $4)`, "$7::timestamptz")
	askBossChanges  = `
		INSERT INTO superior_change (employee_id, old_id, new_id, asked_by, asked_at, expires_at)
		SELECT e.id, e.supervisor_id, b.id, $5::bigint, $7::timestamptz, $7::timestamptz + interval '` + changeLife + `'` + bossChanges + ` AND w.waits ORDER BY e.id`
	storeBosses = `
		UPDATE employee SET supervisor_id = c.boss
		FROM (SELECT e.id, b.id AS boss` + bossChanges + ` AND NOT w.waits) c WHERE employee.id = c.id`
)

// changeLife is how long a request for another superior waits.
var changeLife = fmt.Sprintf("%d days", personnel.ChangeDays)

// importSuperiors stores the superiors that a file gives, and lists those of people
// who were known before, with id up to known, by name. now is in the agency's zone.
func (t *Tx) importSuperiors(ctx context.Context, nips, bosses []string, given []bool, known int64, now time.Time) (list []register.NewSuperior, err error) {
	args := []any{pq.Array(nips), pq.Array(bosses), pq.Array(given), known, t.importer, now.Format(time.DateOnly)}
	if err := t.tx.SelectContext(ctx, &list, listBossChanges, args...); err != nil {
		return nil, safe("list changes of superiors", err)
	}
	for i, s := range list {
		list[i].Name, list[i].Old, list[i].New = personnel.DisplayName(s.Name), personnel.DisplayName(s.Old), personnel.DisplayName(s.New)
	}
	for _, q := range []string{logBossChanges, endBossRequests, askBossChanges} {
		if _, err := t.tx.ExecContext(ctx, q, append(args[:len(args):len(args)], now)...); err != nil {
			return nil, safe("note changes of superiors", err)
		}
	}
	_, err = t.tx.ExecContext(ctx, storeBosses, args...)
	return list, safe("import superiors", err)
}
