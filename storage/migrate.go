package storage

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
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

// Migrate brings the schema up to the newest version and loads the reference
// rows; it returns how many migrations ran. Each is one transaction; all of
// them run while a further transaction holds a lock, so that several may be
// started at once. Needs at least two connections and the owner's rights.
func (d *DB) Migrate(ctx context.Context, seed Seed) (int, error) {
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
		p, err := d.provider()
		if err != nil {
			return err
		}
		results, err := p.Up(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		ran = len(results)
		return d.InTx(ctx, func(tx *Tx) error { return tx.seed(ctx, seed) })
	})
	return ran, err
}

// ErrOldSchema says that `bangkom migrate` has to run first.
var ErrOldSchema = errors.New("the database schema is not the one of this version: run `bangkom migrate`")

const schemaVersion = `
	SELECT COALESCE(max(version_id), 0) FROM goose_db_version WHERE is_applied`

// CheckSchema returns ErrOldSchema unless the newest migration of this build
// is the newest in the database.
func (d *DB) CheckSchema(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	sources := p.ListSources()
	want := sources[len(sources)-1].Version
	var have int64
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &have, schemaVersion) })
	if undefinedTable(err) || err == nil && have != want {
		return ErrOldSchema
	}
	if err != nil {
		return safe("read the schema version", err)
	}
	return nil
}
