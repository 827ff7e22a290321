package devdb

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/lib/pq"
)

// CreateDatabase makes an empty database.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	return Exec(ctx, c.URL("postgres", "postgres"), "CREATE DATABASE "+pq.QuoteIdentifier(name))
}

// CloneDatabase copies a database that nobody is connected to.
func (c *Cluster) CloneDatabase(ctx context.Context, name, template string) error {
	return c.admin(func(db *sql.DB) error { return Clone(ctx, db, name, template) })
}

// DropDatabase removes a database and cuts who is still connected.
func (c *Cluster) DropDatabase(ctx context.Context, name string) error {
	return c.admin(func(db *sql.DB) error { return Drop(ctx, db, name) })
}

// admin runs an administrator's work on a connection of its own.
func (c *Cluster) admin(work func(*sql.DB) error) error {
	db, err := sql.Open("postgres", c.URL("postgres", "postgres"))
	if err != nil {
		return fmt.Errorf("open Postgres: %w", err)
	}
	defer db.Close()
	return work(db)
}

// Clone copies a database as an administrator. The files are copied as they are, which
// costs less than half of writing each page to the log.
func Clone(ctx context.Context, admin *sql.DB, name, template string) error {
	return execute(ctx, admin, "CREATE DATABASE "+pq.QuoteIdentifier(name)+" TEMPLATE "+pq.QuoteIdentifier(template)+" STRATEGY FILE_COPY")
}

// Drop removes a database as an administrator.
func Drop(ctx context.Context, admin *sql.DB, name string) error {
	return execute(ctx, admin, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
}

// AppUser makes a login that has the rights of the program and no more: it is
// a member of the role that the migrations made. It may be called twice.
func AppUser(ctx context.Context, ownerURL, name string) error {
	user := pq.QuoteIdentifier(name)
	return Exec(ctx, ownerURL, `DO $$ BEGIN
		CREATE ROLE `+user+` LOGIN;
	EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
	DO $$ BEGIN
		IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN GRANT bangkom_app TO `+user+`; END IF;
	EXCEPTION WHEN unique_violation THEN NULL; END $$`)
}

// Exec runs one administrator's statement on a connection of its own.
func Exec(ctx context.Context, url, statement string) error {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close()
	return execute(ctx, db, statement)
}

func execute(ctx context.Context, db *sql.DB, statement string) error {
	if _, err := db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("manage database: %w", err)
	}
	return nil
}
