package storage

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"bangkom/internal/advice"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the key of the lock that one migrating process holds; the
// number has no meaning.
const migrationLock = 7_226_455_610

const (
	lockMigrations   = `SELECT pg_advisory_xact_lock($1)`
	waitForLock      = `SET LOCAL lock_timeout = '60s'`
	keepHolding      = `SET LOCAL idle_in_transaction_session_timeout = 0`
	waitForStatement = `SET LOCAL statement_timeout = 0`
)

func (d *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("embedded migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, d.db.DB, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return p, nil
}

// Migrate brings the schema up to the newest version, makes the rights of
// grants.sql and loads the reference rows; it returns how many migrations ran.
// Each is one transaction; all of them run while a further transaction holds a
// lock, so that several may be started at once. Nothing runs while a process of the
// bot is alive (ErrRunning), nor on the schema of a newer version (ErrNewSchema).
// Needs at least two connections and the owner's rights; a database that is not
// UTF-8 and a server that only reads are left as they are. Where a backup was just put in, sending is held first.
func (d *DB) Migrate(ctx context.Context, seed Seed) (int, error) {
	if err := d.CheckWritable(ctx); err != nil {
		return 0, err
	}
	if err := d.CheckEncoding(ctx); err != nil {
		return 0, err
	}
	ran := 0
	err := once(ctx, d.db, func(lock *Tx) error {
		for _, q := range []string{waitForLock, keepHolding, waitForStatement} {
			if _, err := lock.tx.ExecContext(ctx, q); err != nil {
				return safe("prepare the migration lock", err)
			}
		}
		if _, err := lock.tx.ExecContext(ctx, lockMigrations, migrationLock); err != nil {
			return safe("another migration is running", err)
		}
		if err := d.mayMigrate(ctx); err != nil {
			return err
		}
		if err := d.InTx(ctx, func(tx *Tx) error { return tx.holdRestored(ctx) }); err != nil {
			return err
		}
		p, err := d.provider()
		if err != nil {
			return err
		}
		results, err := p.Up(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		ran = len(results)
		return d.InTx(ctx, func(tx *Tx) error {
			if err := tx.makeRights(ctx); err != nil {
				return err
			}
			return tx.seed(ctx, seed)
		})
	})
	return ran, err
}

// ErrEncoding says that the database cannot hold what people write.
var ErrEncoding error = advice.New("check.encoding", "make a database with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0 "+
	"and use that one (pg_dump and pg_restore bring the data over)")

const encoding = `SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()`

// CheckEncoding returns ErrEncoding unless the database is stored in UTF-8: any
// other has no place for every character that a message may hold.
func (d *DB) CheckEncoding(ctx context.Context) error {
	var name string
	if err := d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &name, encoding) }); err != nil {
		return safe("read the encoding", err)
	}
	if name != "UTF8" {
		return advice.New("check.encoding_of", "the database is stored in %s and cannot hold every character that people write: %w", name, ErrEncoding)
	}
	return nil
}
