package devdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"
)

// CreateDatabase makes an empty database.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	return Exec(ctx, c.URL("postgres", "postgres"), "CREATE DATABASE "+pq.QuoteIdentifier(name))
}

// CloneDatabase copies a database that nobody is connected to.
func (c *Cluster) CloneDatabase(ctx context.Context, name, template string) error {
	return c.administrate(func(a *Admin) error { return a.Clone(ctx, name, template) })
}

// DropDatabase removes a database and cuts who is still connected.
func (c *Cluster) DropDatabase(ctx context.Context, name string) error {
	return c.administrate(func(a *Admin) error { return a.Drop(ctx, name) })
}

func (c *Cluster) administrate(work func(*Admin) error) error {
	a, err := OpenAdmin(c.URL("postgres", "postgres"))
	if err != nil {
		return err
	}
	return errors.Join(work(a), a.Close())
}

// Admin manages databases as an administrator, on connections that it keeps: a new one
// costs a third of copying a database.
type Admin struct{ db *sql.DB }

// OpenAdmin takes the URL of an administrator; nothing is connected yet.
func OpenAdmin(url string) (*Admin, error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxIdleConns(4)
	return &Admin{db}, nil
}

// Close ends the connections.
func (a *Admin) Close() error { return a.db.Close() }

// Exec runs one statement.
func (a *Admin) Exec(ctx context.Context, statement string) error {
	if _, err := a.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("manage database: %w", err)
	}
	return nil
}

// Clone copies a database. The files are copied as they are, which costs less than half
// of writing each page to the log.
func (a *Admin) Clone(ctx context.Context, name, template string) error {
	return a.Exec(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(name)+" TEMPLATE "+pq.QuoteIdentifier(template)+" STRATEGY FILE_COPY")
}

// Drop removes a database and cuts who is still connected.
func (a *Admin) Drop(ctx context.Context, name string) error {
	return a.Exec(ctx, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
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
	a, err := OpenAdmin(url)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Exec(ctx, statement)
}
