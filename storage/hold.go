package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/dialog"
)

// Sending is allowed for one place: a cluster, a database in it, a table outbox
// in that, a timeline. A dump that is restored has another outbox, a copy of the
// database another OID, and a copy of the cluster that went its own way another
// timeline. After a migration that replaces the table outbox, sending would have
// to be allowed again.
//
// The place stands in bot_state under sending_place, with the time at which
// sending was allowed there, and the reason of a hold under sending_hold.
// Everybody may call the functions that tell the place, also the login of the
// program. log is how much Postgres has written to its log for good: it never
// becomes less while a cluster lives.
const (
	here = `
		SELECT concat_ws('/', s.system_identifier, d.oid, COALESCE(to_regclass('outbox')::oid, 0),
		                 left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)) AS place,
		       pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint AS log
		FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()`
	allowed = `
		SELECT max(text) FILTER (WHERE name = 'sending_place') AS place, max(at) FILTER (WHERE name = 'sending_place') AS since,
		       COALESCE(max(text) FILTER (WHERE name = 'sending_hold'), '') AS hold,
		       max(at) FILTER (WHERE name = 'sending_hold' AND text <> '') AS held_since
		FROM bot_state WHERE name IN ('sending_place', 'sending_hold')`
)

// Standing is whether messages may go from this database.
type Standing struct {
	Hold  dialog.Hold     // "" = they may
	Since time.Time       // of the hold; zero = nobody has tried to send since it became so
	Seen  dialog.Sighting // its place is empty where sending never began; otherwise the present one
}

const readStanding = `
	WITH here AS MATERIALIZED (` + here + `), allowed AS (` + allowed + `)
	SELECT here.place, here.log, a.since, a.held_since, COALESCE((SELECT max(term) FROM lease), 0) AS lease_term,
	       CASE WHEN a.hold <> '' THEN a.hold WHEN a.place <> here.place THEN 'moved' ELSE '' END AS hold
	FROM here, allowed a`

// Standing tells whether messages may go from this database. It changes nothing.
func (t *Tx) Standing(ctx context.Context) (Standing, error) {
	var r struct {
		Place string       `db:"place"`
		Log   int64        `db:"log"`
		Since sql.NullTime `db:"since"`
		Held  sql.NullTime `db:"held_since"`
		Term  int64        `db:"lease_term"`
		Hold  dialog.Hold  `db:"hold"`
	}
	if err := t.tx.GetContext(ctx, &r, readStanding); err != nil {
		return Standing{}, safe("read where sending is allowed", err)
	}
	out := Standing{Hold: r.Hold, Since: r.Held.Time}
	if r.Since.Valid {
		out.Seen = dialog.Sighting{Place: r.Place, Allowed: r.Since.Time, Term: r.Term, Log: r.Log}
	}
	return out, nil
}

const holdSending = `
	INSERT INTO bot_state AS s (name, at, text) VALUES ('sending_hold', clock_timestamp(), $1)
	ON CONFLICT (name) DO UPDATE SET at = excluded.at, text = excluded.text`

// Hold stops everything that goes out, until Resume.
func (t *Tx) Hold(ctx context.Context, why dialog.Hold) error {
	_, err := t.tx.ExecContext(ctx, holdSending, string(why))
	return safe("hold sending", err)
}

// The time at which sending is allowed is always later than the one before, even
// if the clock was set back: a process that has seen the older one must believe
// the newer one.
const resumeSending = `
	WITH here AS (` + here + `), allowed AS (
		INSERT INTO bot_state AS s (name, at, text) SELECT 'sending_place', clock_timestamp(), place FROM here
		ON CONFLICT (name) DO UPDATE SET at = greatest(excluded.at, s.at + interval '1 microsecond'), text = excluded.text
	), noted AS (
		INSERT INTO audit (at, action, detail) VALUES ($1, 'sending.resumed', $2)
	)
	UPDATE bot_state SET at = NULL, text = NULL WHERE name = 'sending_hold'`

// Resume allows sending from this database, where it stands now, and notes it in the
// audit log with the reason of the hold.
func (t *Tx) Resume(ctx context.Context, why dialog.Hold, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, resumeSending, now, string(why))
	return safe("resume sending", err)
}

// Queued is how many messages of a kind wait.
type Queued struct {
	Class  dialog.Class `db:"class"`
	Kind   string       `db:"template"`
	Count  int          `db:"n"`      // messages
	Oldest time.Time    `db:"oldest"` // when the oldest of them was stored
	Newest time.Time    `db:"newest"` // the same of the newest
}

const readQueued = `
	SELECT class, template, count(*) AS n, min(created_at) AS oldest, max(created_at) AS newest
	FROM outbox WHERE (state = 'new' OR state = 'sending' AND class <> ALL($2)) AND expires_at > $1
	GROUP BY class, template ORDER BY class, template`

// Queued lists what would go if sending were allowed at now, by class and kind.
// What has expired is left out, and what was cut off and may not go twice.
func (t *Tx) Queued(ctx context.Context, now time.Time) ([]Queued, error) {
	var rows []Queued
	return rows, safe("read what waits", t.tx.SelectContext(ctx, &rows, readQueued, now, pq.Array(neverTwice())))
}

const readUndecided = `SELECT count(*) FROM inbox WHERE done_at IS NULL AND lane IS NOT NULL`

// Undecided counts updates that are stored and not decided; each may be answered.
func (t *Tx) Undecided(ctx context.Context) (n int, err error) {
	return n, safe("count updates", t.tx.GetContext(ctx, &n, readUndecided))
}

// A message that must be forgotten leaves no row; no payload stays of the others.
const dropQueued = `
	WITH forgotten AS (
		DELETE FROM outbox WHERE state IN ('new', 'sending') AND forget AND announcement_id IS NULL RETURNING 1
	), gone AS (
		UPDATE outbox SET state = 'cancelled', cause = 'restored', payload = NULL, ` + cutLoose + `
		WHERE state IN ('new', 'sending') AND (NOT forget OR announcement_id IS NOT NULL) RETURNING 1
	)
	SELECT (SELECT count(*) FROM forgotten) + (SELECT count(*) FROM gone)`

// DropQueued gives up everything that waits to be sent, and returns how many
// messages that were.
func (t *Tx) DropQueued(ctx context.Context) (n int, err error) {
	return n, safe("give up what waits", t.tx.GetContext(ctx, &n, dropQueued))
}
