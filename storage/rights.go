package storage

import (
	"context"
	_ "embed"
	"errors"
	"strings"

	"github.com/lib/pq"

	"bangkom/internal/advice"
)

// grants is the list of what the role bangkom_app may do, as a query.
//
//go:embed grants.sql
var grants string

// The role is of the whole server: another database may have made it just now. A
// login that may not make roles leaves that to the administrator.
const makeRole = `
	DO $$ BEGIN
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
			CREATE ROLE bangkom_app NOLOGIN;
		END IF;
	EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
	END $$`

// What everybody may do by default goes first, then what the role has, then what
// it shall have is given. Only what belongs to whoever migrates is touched: an
// extension has objects of its own.
var rightsToMake = `
	WITH wanted AS (` + grants + `),
	app AS (SELECT oid FROM pg_roles WHERE rolname = 'bangkom_app'),
	held AS (
		SELECT format('%s %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass) AS object
		FROM pg_class c, app
		WHERE c.relnamespace = 'public'::regnamespace AND pg_has_role(c.relowner, 'USAGE')
		  AND (EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = app.oid)
		       OR EXISTS (SELECT FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid AND a.grantee = app.oid))
		UNION ALL
		SELECT format('FUNCTION %s', p.oid::regprocedure) FROM pg_proc p, app, aclexplode(p.proacl) a
		WHERE p.pronamespace = 'public'::regnamespace AND pg_has_role(p.proowner, 'USAGE') AND a.grantee = app.oid
	)
	SELECT statement FROM (
		SELECT 1 AS step, format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', datname) AS statement FROM pg_database
		WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE') AND has_database_privilege('public', oid, 'TEMP')
		UNION ALL
		SELECT 1, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC' FROM pg_namespace
		WHERE nspname = 'public' AND pg_has_role(nspowner, 'USAGE') AND has_schema_privilege('public', oid, 'CREATE')
		UNION ALL
		SELECT 1, format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', oid::regprocedure) FROM pg_proc
		WHERE prosecdef AND pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')
		UNION ALL
		SELECT 2, format('REVOKE ALL ON %s FROM bangkom_app', object) FROM held
		UNION ALL
		SELECT 3, format('GRANT %s ON %s %s TO bangkom_app', rights, kind, object) FROM wanted, app
	) s ORDER BY step, statement`

// makeRights gives the role bangkom_app exactly the rights of grants.sql, and
// takes from everybody what an attack on the owner's functions would need. Where
// the role does not exist and may not be made, one login does everything.
func (t *Tx) makeRights(ctx context.Context) error {
	if _, err := t.tx.ExecContext(ctx, makeRole); err != nil {
		return safe("make the role bangkom_app", err)
	}
	var statements []string
	if err := t.tx.SelectContext(ctx, &statements, rightsToMake); err != nil {
		return safe("read rights", err)
	}
	_, err := t.tx.ExecContext(ctx, strings.Join(statements, ";\n"))
	if forbiddenTo(err) {
		return errNotOwner
	}
	if err != nil {
		return safe("make rights", err)
	}
	// A login that does not own the tables gets only a warning from Postgres,
	// which nobody sees: so the rights are looked at.
	switch missing, err := t.missingRights(ctx, appRole); {
	case err != nil:
		return err
	case len(missing) > 0:
		return errNotOwner
	}
	return nil
}

// errNotOwner says that somebody else owns the tables.
var errNotOwner = advice.New("check.not_owner", "only the owner of the tables can give the role bangkom_app its rights: run `bangkom migrate` with database.owner_url")

// ErrGrants says that this login may not do what the program does.
var ErrGrants error = advice.New("check.grants", "this login of the database lacks rights: run `bangkom migrate` with database.owner_url, "+
	"and make the login a member of the role bangkom_app (docs/operations.md)")

// $1 = the role; ” = this login. A role that does not exist lacks nothing.
var readMissing = `
	WITH wanted AS (` + grants + `)
	SELECT r || ' ON ' || object FROM wanted, unnest(string_to_array(rights, ', ')) r,
	       (SELECT rolname AS who FROM pg_roles WHERE rolname = COALESCE(nullif($1, ''), current_user)) role
	WHERE NOT COALESCE(CASE kind
		WHEN 'SCHEMA' THEN has_schema_privilege(who, object, r)
		WHEN 'SEQUENCE' THEN has_sequence_privilege(who, to_regclass(object), r)
		WHEN 'FUNCTION' THEN has_function_privilege(who, to_regprocedure(object), r)
		ELSE has_table_privilege(who, to_regclass(object), r) END, false)`

const (
	appRole  = "bangkom_app"
	maxNamed = 3 // missing rights that an error names
)

// missingRights lists what a role lacks of grants.sql.
func (t *Tx) missingRights(ctx context.Context, role string) (missing []string, err error) {
	err = t.tx.SelectContext(ctx, &missing, readMissing, role)
	return missing, safe("read rights", err)
}

// CheckGrants returns ErrGrants, with the first that are missing, unless this
// login has every right that the program needs. The schema must be the present one.
func (d *DB) CheckGrants(ctx context.Context) error {
	var missing []string
	err := d.InTx(ctx, func(tx *Tx) (err error) {
		missing, err = tx.missingRights(ctx, "")
		return err
	})
	switch n := len(missing); {
	case forbiddenTo(err):
		return ErrGrants
	case err != nil:
		return err
	case n > maxNamed:
		return advice.New("check.grants_more", "%w; missing are %s and %d more", ErrGrants, strings.Join(missing[:maxNamed], ", "), n-maxNamed)
	case n > 0:
		return advice.New("check.grants_few", "%w; missing are %s", ErrGrants, strings.Join(missing, ", "))
	}
	return nil
}

// forbiddenTo tells whether a statement failed because a right is missing.
func forbiddenTo(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && pe.Code == "42501"
}

const mayChangeAnswers = `
	SELECT has_table_privilege('answer', 'UPDATE') OR has_table_privilege('answer', 'DELETE')
	    OR has_table_privilege('audit', 'UPDATE') OR has_table_privilege('audit', 'DELETE')`

// MayChangeAnswers tells whether this login could change what people have sent.
// The program never does; a login of the role bangkom_app also cannot.
func (d *DB) MayChangeAnswers(ctx context.Context) (yes bool, err error) {
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &yes, mayChangeAnswers) })
	return yes, safe("read rights", err)
}

// LooseRights are doors that should be shut beside those of the login itself.
type LooseRights struct {
	Temporary  bool `db:"temporary"`  // everybody may make temporary tables
	Create     bool `db:"create"`     // everybody may make tables beside those of the program
	Superuser  bool `db:"superuser"`  // the functions of the owner run as a superuser
	Statements bool `db:"statements"` // statements are written into the log of the server
	Commits    bool `db:"commits"`    // the server keeps when each transaction was committed
}

const looseRights = `
	SELECT has_database_privilege('public', current_database(), 'TEMP') AS temporary,
	       has_schema_privilege('public', 'public', 'CREATE') AS create,
	       EXISTS (SELECT FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
	               WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND r.rolsuper) AS superuser,
	       current_setting('log_statement') IN ('mod', 'all') OR current_setting('log_min_duration_statement') = '0' AS statements,
	       current_setting('track_commit_timestamp')::boolean AS commits`

// LooseRights tells which of these doors stand open in this database.
func (d *DB) LooseRights(ctx context.Context) (r LooseRights, err error) {
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &r, looseRights) })
	return r, safe("read rights", err)
}
