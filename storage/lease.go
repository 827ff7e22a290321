package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

const takeLease = `
	INSERT INTO lease AS l (name, holder, term, until)
	VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
	ON CONFLICT (name) DO UPDATE
	SET holder = excluded.holder, until = excluded.until,
	    term = CASE WHEN l.holder = excluded.holder AND l.until > clock_timestamp() THEN l.term ELSE l.term + 1 END
	WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
	RETURNING term`

// Take takes or renews a lease for ttl on the database clock. ok is false
// while somebody else holds it. The term rises with every new holder, so that
// a row marked under an older term is known to be nobody's.
func (d *DB) Take(ctx context.Context, name, holder string, ttl time.Duration) (term int64, ok bool, err error) {
	err = d.InTx(ctx, func(tx *Tx) error {
		return tx.tx.GetContext(ctx, &term, takeLease, name, holder, ttl.Seconds())
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return term, err == nil, safe("take lease", err)
}

const releaseLease = `UPDATE lease SET until = clock_timestamp() - interval '1 ms' WHERE name = $1 AND holder = $2`

// Release gives a lease back, so that the next holder need not wait.
func (d *DB) Release(ctx context.Context, name, holder string) error {
	return d.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, releaseLease, name, holder)
		return safe("release lease", err)
	})
}

const pauseSending = `
	INSERT INTO bot_state AS s (name, at) VALUES ('paused_until', clock_timestamp() + make_interval(secs => $1))
	ON CONFLICT (name) DO UPDATE SET at = greatest(s.at, excluded.at)`

// Pause stores that nothing may be sent for d from now on (database clock);
// a longer pause that is already stored stays.
func (d *DB) Pause(ctx context.Context, wait time.Duration) error {
	return d.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, pauseSending, wait.Seconds())
		return safe("pause sending", err)
	})
}

const pausedFor = `
	SELECT greatest(0, extract(epoch FROM at - clock_timestamp()))::float8 FROM bot_state WHERE name = 'paused_until'`

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
