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

// A lease that would last ten times as long as any is given for comes from a
// clock that was set back: it is free, or nobody would send until that time.
const takeLease = `
	WITH seen AS (
		INSERT INTO replica (holder, seen_at) VALUES ($2, clock_timestamp())
		ON CONFLICT (holder) DO UPDATE SET seen_at = excluded.seen_at
	), taken AS (
		INSERT INTO lease AS l (name, holder, term, until)
		VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3::float8))
		ON CONFLICT (name) DO UPDATE
		SET holder = excluded.holder, until = excluded.until,
		    term = CASE WHEN l.holder = excluded.holder AND l.until > clock_timestamp() AND NOT $5 THEN l.term ELSE l.term + 1 END
		WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
		   OR l.until > clock_timestamp() + make_interval(secs => 10 * $3::float8)
		RETURNING term
	)
	SELECT COALESCE((SELECT term FROM taken), 0) AS term,
	       (SELECT count(*) FROM replica WHERE holder <> $2
	        AND seen_at BETWEEN clock_timestamp() - make_interval(secs => $4) AND clock_timestamp()) AS others`

// Take takes or renews a lease for ttl on the database clock. The term is 0
// while somebody else holds it; it rises with every new holder, and when the
// holder begins anew, so that a row marked under an older term is known to be
// nobody's.
func (d *DB) Take(ctx context.Context, name, holder string, ttl time.Duration, anew bool) (dialog.Holding, error) {
	var got dialog.Holding
	err := d.InTx(ctx, func(tx *Tx) error {
		return tx.tx.GetContext(ctx, &got, takeLease, name, holder, ttl.Seconds(), presence, anew)
	})
	return got, safe("take lease", err)
}

const releaseLease = `UPDATE lease SET until = clock_timestamp() - interval '1 ms' WHERE name = $1 AND holder = $2`

// Processes that were killed leave their row to whoever stops cleanly.
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
