// Package storage keeps everything in Postgres. With the packages below it, it is the
// only importer of sqlx and lib/pq and the only place with SQL: each statement stands
// as a constant above its only method. Every write is one statement or inside an
// explicit transaction, and carries a natural unique key.
package storage

import (
	"cmp"
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"bangkom/internal/disclosure"
	"bangkom/storage/pg"
)

// DB is the database. It is safe for concurrent use.
type DB struct {
	db   *sqlx.DB
	long *sqlx.DB // for InLongTx; the same as db unless Options.KeepPlans
	// compose makes the messages of announcements; nil = they cannot be claimed.
	compose Composer
	seal    *disclosure.Sealer // nil = this program has no key; see SealWith
}

// Open prepares the pool. It does not connect: Ping does.
func Open(o Options) (*DB, error) {
	if !o.KeepPlans {
		db, err := pg.Open(o)
		return &DB{db: db, long: db}, err
	}
	o.MaxOpen = cmp.Or(o.MaxOpen, pg.MaxOpen)
	long := max(2, o.MaxOpen/5)
	o.MaxOpen -= long
	db, err := pg.OpenPlanned(o)
	if err != nil {
		return nil, err
	}
	o.MaxOpen = long
	rest, err := pg.Open(o)
	return &DB{db: db, long: rest}, err
}

// Close ends all connections.
func (d *DB) Close() error {
	if d.long == d.db {
		return d.db.Close()
	}
	return errors.Join(d.db.Close(), d.long.Close())
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.db.PingContext(ctx) }

// Tx is one open transaction. Its methods are the statements of the program.
type Tx struct {
	sealing
	tx       *conn
	importer int64   // whose import it is, see ImportFor; 0 = the command line
	slot     JobSlot // of the job whose work this is, see ClaimSlot
}

// InTx runs fn in one transaction. It is repeated as a whole when Postgres
// asks for it (serialisation failure, deadlock); fn must therefore have no
// effects outside the transaction. Nobody else calls Begin, Commit, Rollback.
func (d *DB) InTx(ctx context.Context, fn func(*Tx) error) error { return d.inTx(ctx, d.db, fn) }

// InTxOnce is InTx that is never repeated.
func (d *DB) InTxOnce(ctx context.Context, fn func(*Tx) error) error {
	return pg.Once(ctx, d.db, func(tx *sqlx.Tx) error { return fn(&Tx{tx: &conn{Tx: tx}, sealing: sealing{d.seal}}) })
}

// InLongTx is InTx for work over many rows, which no update waits for.
func (d *DB) InLongTx(ctx context.Context, fn func(*Tx) error) error {
	return d.inTx(ctx, d.long, fn)
}

// alone runs fn, which is a single statement and may be repeated, without a
// transaction around it: Postgres commits it by itself, in one round trip
// instead of three.
func (d *DB) alone(ctx context.Context, fn func(sqlx.QueryerContext) error) error {
	return pg.Again(ctx, func() error { return fn(d.db) })
}

func (d *DB) inTx(ctx context.Context, db *sqlx.DB, fn func(*Tx) error) error {
	return pg.InTx(ctx, db, func(tx *sqlx.Tx) error { return fn(&Tx{tx: &conn{Tx: tx}, sealing: sealing{d.seal}}) })
}

// once is inTx without a repetition.
func once(ctx context.Context, db *sqlx.DB, fn func(*Tx) error) error {
	return pg.Once(ctx, db, func(tx *sqlx.Tx) error { return fn(&Tx{tx: &conn{Tx: tx}}) })
}
