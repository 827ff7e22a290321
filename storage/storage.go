// Package storage keeps everything in Postgres. It is the only importer of
// sqlx and lib/pq and the only place with SQL: each statement stands as a
// constant above its only method. Every write is inside an explicit
// transaction and carries a natural unique key.
package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Options says how to open the database. URL is required.
type Options struct {
	URL              string
	MaxOpen          int           // connections; 0 = 20
	StatementTimeout time.Duration // one statement at the server; 0 = 10 s
	IOTimeout        time.Duration // silence on the wire; 0 = 15 s
	// KeepPlans is for a program that decides updates: what runs with each of
	// them is planned once for a connection, and goes by indexes, because a plan
	// may come from a moment when a table was small. Long work has connections of
	// its own.
	KeepPlans bool
}

// DB is the database. It is safe for concurrent use.
type DB struct {
	db   *sqlx.DB
	long *sqlx.DB // for InLongTx; the same as db unless Options.KeepPlans
}

// Open prepares the pool. It does not connect: Ping does.
func Open(o Options) (*DB, error) {
	o.MaxOpen = orDefault(o.MaxOpen, 20)
	o.StatementTimeout = orDefault(o.StatementTimeout, 10*time.Second)
	o.IOTimeout = orDefault(o.IOTimeout, 15*time.Second)
	if !o.KeepPlans {
		db, err := pool(o, nil)
		return &DB{db: db, long: db}, err
	}
	long := max(2, o.MaxOpen/5)
	o.MaxOpen -= long
	db, err := pool(o, map[string]string{keptPlans: keptPlansAs, "enable_seqscan": "off", "jit": "off"})
	if err != nil {
		return nil, err
	}
	o.MaxOpen = long
	rest, err := pool(o, nil)
	return &DB{db: db, long: rest}, err
}

// pool opens one pool, with settings that every connection begins with.
func pool(o Options, settings map[string]string) (*sqlx.DB, error) {
	cfg, err := pq.NewConfig(o.URL)
	if err != nil {
		return nil, errors.New("database.url cannot be read: expected postgres://user:password@host/name or key=value pairs")
	}
	// One round trip instead of two for a statement with arguments, and the
	// only form that is safe behind a pooler in transaction mode.
	cfg.BinaryParameters = true
	cfg.Runtime = withTimeouts(cfg.Runtime, o.StatementTimeout)
	maps.Copy(cfg.Runtime, settings)
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("database connector: %w", err)
	}
	connector.Dialer(deadlineDialer{io: o.IOTimeout})
	p := sql.OpenDB(safeConnector{connector, settings[keptPlans] != ""})
	p.SetMaxOpenConns(o.MaxOpen)
	p.SetMaxIdleConns(o.MaxOpen)
	p.SetConnMaxLifetime(5*time.Minute + rand.N(time.Minute))
	p.SetConnMaxIdleTime(time.Minute)
	return sqlx.NewDb(p, "postgres"), nil
}

// withTimeouts adds the limits of the server side, unless the URL names them.
// They are start-up parameters; a pooler in transaction mode must be told to
// ignore them (docs/operations.md).
func withTimeouts(runtime map[string]string, statement time.Duration) map[string]string {
	out := map[string]string{
		"statement_timeout":                   strconv.FormatInt(statement.Milliseconds(), 10),
		"lock_timeout":                        strconv.FormatInt(statement.Milliseconds()/2, 10),
		"idle_in_transaction_session_timeout": strconv.FormatInt(3*statement.Milliseconds(), 10),
	}
	maps.Copy(out, runtime)
	return out
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
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
type Tx struct{ tx *sqlx.Tx }

const maxTries = 4

// InTx runs fn in one transaction. It is repeated as a whole when Postgres
// asks for it (serialisation failure, deadlock); fn must therefore have no
// effects outside the transaction. Nobody else calls Begin, Commit, Rollback.
func (d *DB) InTx(ctx context.Context, fn func(*Tx) error) error { return inTx(ctx, d.db, fn) }

// InLongTx is InTx for work over many rows, which no update waits for.
func (d *DB) InLongTx(ctx context.Context, fn func(*Tx) error) error { return inTx(ctx, d.long, fn) }

// alone runs fn, which is a single statement and may be repeated, without a
// transaction around it: Postgres commits it by itself, in one round trip
// instead of three.
func (d *DB) alone(ctx context.Context, fn func(sqlx.QueryerContext) error) error {
	return again(ctx, func() error { return fn(d.db) })
}

func inTx(ctx context.Context, db *sqlx.DB, fn func(*Tx) error) error {
	return again(ctx, func() error { return once(ctx, db, fn) })
}

// again repeats what Postgres asks to repeat.
func again(ctx context.Context, fn func() error) error {
	for try := 1; ; try++ {
		err := fn()
		if err == nil || try == maxTries || !retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try*try) * 5 * time.Millisecond):
		}
	}
}

func once(ctx context.Context, db *sqlx.DB, fn func(*Tx) error) (err error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error or a panic of fn: the panic goes on
			_ = tx.Rollback()
		}
	}()
	if err := fn(&Tx{tx: tx}); err != nil {
		return err
	}
	done = true
	switch err := tx.Commit(); {
	case errors.Is(err, driver.ErrBadConn): // the connector does not see a commit
		return fmt.Errorf("commit: %w", ErrOutcomeUnknown)
	case err != nil:
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
