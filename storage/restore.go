package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/storage/pg"
)

// aside is the schema in which the tables of a database wait while a backup takes
// their place.
const aside = "bangkom_replaced"

// Target is the database into which a backup shall go.
type Target struct {
	Tables  int    `db:"tables"`  // of anybody; 0 = it is empty
	Served  bool   `db:"served"`  // a process of the bot was seen in the last seconds
	Aside   bool   `db:"aside"`   // a restore that was cut off has left tables aside
	Name    string `db:"name"`    // of the database
	Version int    `db:"version"` // major version of the server
}

const (
	readTarget = `
		SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '` + aside + `')) AS tables,
		       to_regnamespace('` + aside + `') IS NOT NULL AS aside, false AS served, current_database() AS name,
		       current_setting('server_version_num')::int / 10000 AS version`
	readServed = `
		SELECT EXISTS (SELECT FROM lease WHERE until > clock_timestamp())
		    OR EXISTS (SELECT FROM replica WHERE seen_at > clock_timestamp() - make_interval(secs => $1))`
)

// Target looks at the database into which a backup shall go.
func (d *DB) Target(ctx context.Context) (out Target, err error) {
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &out, readTarget) })
	if err != nil || out.Tables == 0 {
		return out, safe("look at the database", err)
	}
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &out.Served, readServed, presence) })
	if pg.UndefinedTable(err) { // the tables are somebody else's
		err = nil
	}
	return out, safe("look at the database", err)
}

const (
	setAside  = `ALTER SCHEMA public RENAME TO ` + aside
	makeNew   = `CREATE SCHEMA public AUTHORIZATION pg_database_owner`
	openNew   = `GRANT USAGE ON SCHEMA public TO PUBLIC`
	dropNew   = `DROP SCHEMA public CASCADE`
	bringBack = `ALTER SCHEMA ` + aside + ` RENAME TO public`
	dropAside = `DROP SCHEMA ` + aside + ` CASCADE`
)

// SetAside moves everything of the schema public aside and leaves an empty one.
func (d *DB) SetAside(ctx context.Context) error {
	return d.each(ctx, "set the tables aside", setAside, makeNew, openNew)
}

// PutBack undoes SetAside; what was restored is gone then.
func (d *DB) PutBack(ctx context.Context) error {
	return d.each(ctx, "put the former tables back", dropNew, bringBack)
}

// restoring is the table that says, before the first table of a backup comes, that
// what comes is a backup.
const restoring = "bangkom_restoring"

const (
	markRestoring   = `CREATE TABLE IF NOT EXISTS ` + restoring + ` ()`
	unmarkRestoring = `DROP TABLE IF EXISTS ` + restoring
	isMarked        = `SELECT to_regclass('` + restoring + `') IS NOT NULL`
)

// MarkRestoring notes that a backup is about to come. Migrate then holds sending,
// also when the restore was cut off and somebody migrates later: a backup that is
// older than the stored place of sending would be taken for a new database.
func (d *DB) MarkRestoring(ctx context.Context) error {
	return d.each(ctx, "mark the database", markRestoring)
}

// UnmarkRestoring undoes MarkRestoring: no backup came.
func (d *DB) UnmarkRestoring(ctx context.Context) error {
	return d.each(ctx, "unmark the database", unmarkRestoring)
}

// holdRestored holds sending where the mark of MarkRestoring stands, and takes the
// mark away in the same transaction.
func (t *Tx) holdRestored(ctx context.Context) error {
	var marked bool
	if err := t.tx.GetContext(ctx, &marked, isMarked); err != nil || !marked {
		return safe("look for a restore", err)
	}
	if err := t.Hold(ctx, dialog.HoldRestored); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, unmarkRestoring)
	return safe("unmark the database", err)
}

// DropAside deletes what SetAside has moved.
func (d *DB) DropAside(ctx context.Context) error {
	return d.each(ctx, "delete the former tables", dropAside)
}

// each runs statements of an administrator in one transaction.
func (d *DB) each(ctx context.Context, what string, statements ...string) error {
	return d.InTx(ctx, func(tx *Tx) error {
		for _, s := range statements {
			if _, err := tx.tx.ExecContext(ctx, s); err != nil {
				return safe(what, err)
			}
		}
		return nil
	})
}

// RoleHeld is a role that somebody has.
type RoleHeld struct {
	Role  personnel.Role `db:"role"`
	Name  string         `db:"name"`
	Last4 string         `db:"last4"` // digits of the NIP
	Unit  string         `db:"unit"`  // of an officer
	Since time.Time      `db:"granted_at"`
	Back  bool           `db:"back"` // the replaced database did not have it any more
}

// Returned is what came back with a backup and may have changed since.
type Returned struct {
	Roles    []RoleHeld
	Accounts int       // linked
	Codes    int       // one-time codes that work
	Erasures int       // requests for erasure that wait
	LastLink time.Time // zero = nobody is linked
	LastSent time.Time // of answers; zero = none
	LastNote time.Time // of the audit log; zero = it is empty
	Queued   []Queued
	// Compared tells that the replaced database was there to compare with; the two
	// numbers are known only then.
	Compared     bool
	CodesBack    int // codes that work again and were used or closed there
	AccountsBack int // accounts that are linked again and were freed, or another person's, there
}

const (
	readRoles = `
		SELECT r.role, e.name, right(e.nip, 4) AS last4, COALESCE(u.name, '') AS unit, r.granted_at, false AS back
		FROM role_grant r JOIN employee e ON e.id = r.employee_id LEFT JOIN unit u ON u.id = r.unit_id
		WHERE r.revoked_at IS NULL ORDER BY r.role, e.name, r.id`
	readReturned = `
		SELECT (SELECT count(*) FROM chat WHERE employee_id IS NOT NULL) AS accounts, (SELECT max(linked_at) FROM chat) AS last_link,
		       (SELECT count(*) FROM link_code WHERE used_at IS NULL AND closed_at IS NULL AND expires_at > $1) AS codes,
		       (SELECT count(*) FROM ticket WHERE kind = 'erasure' AND handled_at IS NULL) AS erasures,
		       (SELECT max(sent_at) FROM response) AS last_sent, (SELECT max(at) FROM audit) AS last_note`
)

// Returned reads what a restored backup has brought back. compare asks for the
// difference to what was set aside.
func (t *Tx) Returned(ctx context.Context, compare bool, now time.Time) (Returned, error) {
	var out Returned
	var r struct {
		Accounts int          `db:"accounts"`
		Codes    int          `db:"codes"`
		Erasures int          `db:"erasures"`
		LastLink sql.NullTime `db:"last_link"`
		LastSent sql.NullTime `db:"last_sent"`
		LastNote sql.NullTime `db:"last_note"`
	}
	err := t.tx.GetContext(ctx, &r, readReturned, now)
	if err == nil {
		err = t.tx.SelectContext(ctx, &out.Roles, readRoles)
	}
	if err != nil {
		return out, safe("read what came back", err)
	}
	out.Accounts, out.Codes, out.Erasures = r.Accounts, r.Codes, r.Erasures
	out.LastLink, out.LastSent, out.LastNote = r.LastLink.Time, r.LastSent.Time, r.LastNote.Time
	if out.Queued, err = t.Queued(ctx, now); err != nil || !compare {
		return out, err
	}
	return out, t.compare(ctx, &out, now)
}

const (
	// People are the same by their NIP, roles by person, role and unit.
	compareRoles = `
		SELECT r.role, e.name, right(e.nip, 4) AS last4, COALESCE(u.name, '') AS unit, r.granted_at, NOT EXISTS (
		           SELECT FROM ` + aside + `.role_grant o JOIN ` + aside + `.employee p ON p.id = o.employee_id
		               LEFT JOIN ` + aside + `.unit v ON v.id = o.unit_id
		           WHERE o.revoked_at IS NULL AND o.role = r.role AND p.nip = e.nip AND v.code IS NOT DISTINCT FROM u.code) AS back
		FROM role_grant r JOIN employee e ON e.id = r.employee_id LEFT JOIN unit u ON u.id = r.unit_id
		WHERE r.revoked_at IS NULL ORDER BY r.role, e.name, r.id`
	compareCounts = `
		SELECT (SELECT count(*) FROM link_code c JOIN ` + aside + `.link_code o ON o.hash = c.hash
		        WHERE c.used_at IS NULL AND c.closed_at IS NULL AND c.expires_at > $1 AND (o.used_at IS NOT NULL OR o.closed_at IS NOT NULL)) AS codes,
		       (SELECT count(*) FROM chat c JOIN employee e ON e.id = c.employee_id
		        WHERE NOT EXISTS (SELECT FROM ` + aside + `.chat o JOIN ` + aside + `.employee p ON p.id = o.employee_id
		                          WHERE o.id = c.id AND p.nip = e.nip)) AS accounts`
)

// compare looks at what was set aside. Where that was no database of Bangkom's there
// is nothing to compare.
func (t *Tx) compare(ctx context.Context, out *Returned, now time.Time) error {
	var known bool
	if err := t.tx.GetContext(ctx, &known, `SELECT to_regclass('`+aside+`.role_grant') IS NOT NULL`); err != nil || !known {
		return safe("compare with what was there", err)
	}
	var n struct {
		Codes    int `db:"codes"`
		Accounts int `db:"accounts"`
	}
	out.Roles = nil
	err := t.tx.SelectContext(ctx, &out.Roles, compareRoles)
	if err == nil {
		err = t.tx.GetContext(ctx, &n, compareCounts, now)
	}
	out.Compared, out.CodesBack, out.AccountsBack = err == nil, n.Codes, n.Accounts
	return safe("compare with what was there", err)
}
