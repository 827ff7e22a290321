package storage

import (
	"context"
	"fmt"
	"slices"

	"github.com/pressly/goose/v3"

	"bangkom/internal/advice"
)

// migrationVersions lists the versions of the migrations of this build, oldest
// first.
func migrationVersions() []int64 {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		panic(err) // embedded
	}
	out := make([]int64, len(files))
	for i, f := range files {
		if out[i], err = goose.NumericComponent(f.Name()); err != nil {
			panic(err) // checked by every test that opens a database
		}
	}
	return out
}

// newest is the schema version of this build.
var newest = slices.Max(migrationVersions())

// The schema is not the one of this version: ErrOldSchema says that `bangkom
// migrate` has to run first, ErrNewSchema that a newer version has run it.
var (
	ErrOldSchema error = advice.New("check.schema_old", "the database schema is older than this version: run `bangkom migrate`")
	ErrNewSchema error = advice.New("check.schema_new", "the database schema belongs to a newer version of Bangkom: install and start that version")
)

// ErrRunning says that a migration would take the tables away from processes that
// are answering people.
var ErrRunning error = advice.New("check.running", "stop every `bangkom serve` and run `bangkom migrate` again")

const (
	schemaThere   = `SELECT to_regclass('goose_db_version') IS NOT NULL`
	schemaVersion = `SELECT COALESCE(max(version_id), 0) FROM goose_db_version WHERE is_applied`
)

// schema returns the version of the database; 0 = it is empty.
func (t *Tx) schema(ctx context.Context) (version int64, err error) {
	var there bool
	if err := t.tx.GetContext(ctx, &there, schemaThere); err != nil || !there {
		return 0, safe("look for the schema version", err)
	}
	return version, safe("read the schema version", t.tx.GetContext(ctx, &version, schemaVersion))
}

// CheckSchema returns ErrOldSchema or ErrNewSchema unless the newest migration of
// this build is the newest in the database, and ErrGrants when this login may not look.
func (d *DB) CheckSchema(ctx context.Context) error {
	var have int64
	err := d.InTx(ctx, func(tx *Tx) (err error) {
		have, err = tx.schema(ctx)
		return err
	})
	switch {
	case forbiddenTo(err):
		return ErrGrants
	case err != nil:
		return err
	case have < newest:
		return ErrOldSchema
	case have > newest:
		return ErrNewSchema
	}
	return nil
}

// ErrReadOnly says that nothing can be stored on this server.
var ErrReadOnly error = advice.New("check.read_only", "the server only reads (default_transaction_read_only): "+
	"let it write, or name the server that does in database.url")

// errStandby says that this server is a copy.
var errStandby = advice.New("check.standby", "the server is a standby, which only reads: name the server that writes in database.url, or promote this one")

const readsOnly = `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS readonly`

// CheckWritable returns ErrReadOnly, or that it is a standby, where nothing can be stored.
func (d *DB) CheckWritable(ctx context.Context) error {
	var is struct{ Standby, ReadOnly bool }
	// In a transaction the driver would ask for one that writes, which a standby refuses.
	if err := d.db.GetContext(ctx, &is, readsOnly); err != nil {
		return safe("see whether the server writes", err)
	}
	switch {
	case is.Standby:
		return errStandby
	case is.ReadOnly:
		return ErrReadOnly
	}
	return nil
}

// newerSchema is true while the schema is newer than the version in the parameter.
// A statement that stores for good that something has failed asks for it: what a
// process cannot do because it is too old has not failed.
func newerSchema(version string) string {
	return `EXISTS (SELECT FROM goose_db_version WHERE is_applied AND version_id > ` + version + `)`
}

// Whoever holds the lease is alive until it ends, any other process writes more
// often than presence ($1). A row from a clock that was set back is nobody's: a
// process that is alive writes the present time. So a process that was killed is in
// the way for a minute at most, the longest time that a lease is given for.
const (
	replicasThere = `SELECT to_regclass('replica') IS NOT NULL`
	replicasAlive = `
		SELECT count(*) FROM (
			SELECT holder FROM replica WHERE seen_at BETWEEN clock_timestamp() - make_interval(secs => $1) AND clock_timestamp()
			UNION SELECT holder FROM lease WHERE until BETWEEN clock_timestamp() AND clock_timestamp() + interval '1 minute') alive`
)

// mayMigrate tells why the migrations that are due must not run now; nil = they
// may, or none is due.
func (d *DB) mayMigrate(ctx context.Context) error {
	return d.InTx(ctx, func(tx *Tx) error {
		have, err := tx.schema(ctx)
		switch {
		case err != nil:
			return err
		case have > newest:
			return ErrNewSchema
		case have == newest:
			return nil
		}
		var there bool
		if err := tx.tx.GetContext(ctx, &there, replicasThere); err != nil || !there {
			return safe("look for processes", err)
		}
		var alive int
		if err := tx.tx.GetContext(ctx, &alive, replicasAlive, presence); err != nil {
			return safe("look for processes", err)
		}
		if alive > 0 {
			return fmt.Errorf("processes of the bot that are running: %d (one that was killed counts for up to a minute): %w", alive, ErrRunning)
		}
		return nil
	})
}
