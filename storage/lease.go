package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bangkom/internal/dialog"
)

// presence is how long a process counts as alive after its last attempt, in
// seconds; it makes several each second or two.
const presence = 10

// A lease that would last ten times as long as any is given for was written by a
// clock that was set back since. It counts as free, or nobody would send until
// that time. Where sending is held, nobody gets the lease. When it shows here for
// the first time that this is another database, or an older one than was seen,
// sending is held from now on.
var takeLease = `
	WITH current AS (
		SELECT 1 WHERE NOT ` + newerSchema("$10") + `
	), here AS MATERIALIZED (` + here + `), allowed AS (` + allowed + `), judged AS MATERIALIZED (
		SELECT here.place, here.log, a.place IS NULL AS fresh, COALESCE(a.since, now()) AS since, COALESCE(l.term, 0) AS term,
		       a.held_since, CASE
		           WHEN a.hold <> '' THEN a.hold
		           WHEN a.place <> here.place THEN 'moved'
		           WHEN $6 = here.place AND (a.since < $7 OR a.since = $7 AND (COALESCE(l.term, 0) < $8 OR here.log < $9)) THEN 'set_back'
		           ELSE '' END AS hold
		FROM here, allowed a LEFT JOIN lease l ON l.name = $1
	), begun AS (
		INSERT INTO bot_state (name, at, text) SELECT 'sending_place', since, place FROM judged WHERE fresh AND hold = ''
		ON CONFLICT (name) DO NOTHING
	), held AS (
		INSERT INTO bot_state AS s (name, at, text) SELECT 'sending_hold', now(), hold FROM judged WHERE hold <> '' AND held_since IS NULL
		ON CONFLICT (name) DO UPDATE SET at = excluded.at, text = excluded.text WHERE COALESCE(s.text, '') = ''
	), seen AS (
		INSERT INTO replica (holder, seen_at) SELECT $2, clock_timestamp() FROM current
		ON CONFLICT (holder) DO UPDATE SET seen_at = excluded.seen_at
	), taken AS (
		INSERT INTO lease AS l (name, holder, term, until)
		SELECT $1, $2, 1, clock_timestamp() + make_interval(secs => $3::float8) FROM judged, current WHERE hold = ''
		ON CONFLICT (name) DO UPDATE
		SET holder = excluded.holder, until = excluded.until,
		    term = CASE WHEN l.holder = excluded.holder AND l.until > clock_timestamp() AND NOT $5 THEN l.term ELSE l.term + 1 END
		WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
		   OR l.until > clock_timestamp() + make_interval(secs => 10 * $3::float8)
		RETURNING term
	)
	SELECT COALESCE((SELECT term FROM taken), 0) AS term, j.place, j.log, j.since AS allowed, j.hold,
	       COALESCE(j.held_since, now()) AS held_since, greatest(j.term, (SELECT term FROM taken)) AS lease_term,
	       (SELECT count(*) FROM replica WHERE holder <> $2
	        AND seen_at BETWEEN clock_timestamp() - make_interval(secs => $4) AND clock_timestamp()) AS others,
	       NOT EXISTS (SELECT FROM current) AS outdated
	FROM judged j`

// Take takes or renews a lease for ttl on the database clock. The term is 0 while
// somebody else holds it, or while sending is held here. It rises with every new
// holder, and when the holder asks for a newTerm, so that a row marked under an
// older term is known to be nobody's.
func (d *DB) Take(ctx context.Context, name, holder string, ttl time.Duration, newTerm bool) (dialog.Holding, error) {
	return d.TakeSince(ctx, name, holder, ttl, newTerm, dialog.Sighting{})
}

// TakeSince is Take for a process that remembers how far the database was seen to
// be: one that is at the same place and not as far was set back.
func (d *DB) TakeSince(ctx context.Context, name, holder string, ttl time.Duration, newTerm bool, seen dialog.Sighting) (dialog.Holding, error) {
	var got struct {
		dialog.Sighting
		Own    int64       `db:"term"`
		Others int         `db:"others"`
		Hold   dialog.Hold `db:"hold"`
		Since  time.Time   `db:"held_since"`

		Outdated bool `db:"outdated"`
	}
	err := d.InTx(ctx, func(tx *Tx) error {
		return tx.tx.GetContext(ctx, &got, takeLease, name, holder, ttl.Seconds(), presence, newTerm, seen.Place, seen.Allowed, seen.Term, seen.Log, newest)
	})
	if err == nil && got.Outdated {
		return dialog.Holding{}, ErrNewSchema
	}
	out := dialog.Holding{Term: got.Own, Others: got.Others, Hold: got.Hold, Seen: got.Sighting}
	if got.Hold != "" {
		out.Since = got.Since
	}
	return out, safe("take lease", err)
}

const releaseLease = `UPDATE lease SET until = clock_timestamp() - interval '1 ms' WHERE name = $1 AND holder = $2`

// A process that was killed leaves its row behind; a process that stops cleanly
// removes it after a day.
const leave = `DELETE FROM replica WHERE holder = $1 OR seen_at < clock_timestamp() - interval '1 day'`

// Release gives a lease back, so that the next holder need not wait.
func (d *DB) Release(ctx context.Context, name, holder string) error {
	return d.InTx(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, releaseLease, name, holder); err != nil {
			return safe("release lease", err)
		}
		_, err := tx.tx.ExecContext(ctx, leave, holder)
		return safe("leave", err)
	})
}

// The length is kept beside the end: a clock that is set back must not make the
// pause longer.
const pauseSending = `
	INSERT INTO bot_state AS s (name, at, text)
	VALUES ('paused_until', clock_timestamp() + make_interval(secs => $1::float8), ($1::float8)::text)
	ON CONFLICT (name) DO UPDATE SET at = greatest(s.at, excluded.at),
	       text = CASE WHEN excluded.at >= s.at THEN excluded.text ELSE s.text END`

// Pause stores that nothing may be sent for d from now on (database clock);
// a longer pause that is already stored stays.
func (d *DB) Pause(ctx context.Context, wait time.Duration) error {
	return d.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, pauseSending, wait.Seconds())
		return safe("pause sending", err)
	})
}

const pausedFor = `
	SELECT greatest(0, least(extract(epoch FROM at - clock_timestamp()), text::numeric))::float8
	FROM bot_state WHERE name = 'paused_until'`

// Paused tells how long nothing may be sent; 0 = sending is free.
func (d *DB) Paused(ctx context.Context) (time.Duration, error) {
	var secs float64
	err := d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &secs, pausedFor) })
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return time.Duration(secs * float64(time.Second)), safe("read pause", err)
}

const (
	readFact  = `SELECT COALESCE(text, '') FROM bot_state WHERE name = $1`
	writeFact = `INSERT INTO bot_state (name, text) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET text = excluded.text WHERE bot_state.text IS DISTINCT FROM excluded.text`
)

// Fact reads a stored fact about this installation; "" = not known.
func (d *DB) Fact(ctx context.Context, name string) (string, error) {
	var text string
	err := d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &text, readFact, name) })
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, safe("read fact", err)
}

const claimFact = `
	INSERT INTO bot_state (name, text) VALUES ($1, $2)
	ON CONFLICT (name) DO UPDATE SET text = COALESCE(bot_state.text, excluded.text) RETURNING text`

// ClaimFact stores a fact unless there is one already, and returns what is
// stored then: of several processes at once exactly one wins.
func (d *DB) ClaimFact(ctx context.Context, name, text string) (stored string, err error) {
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &stored, claimFact, name, text) })
	return stored, safe("claim fact", err)
}

// SetFact stores a fact about this installation.
func (d *DB) SetFact(ctx context.Context, name, text string) error {
	return d.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, writeFact, name, text)
		return safe("write fact", err)
	})
}
