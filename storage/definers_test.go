package storage

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
)

// server is a database with an owner of its own that is no superuser, and a
// login that serves, both as an operator makes them.
type server struct {
	*fixture
	ownerRole, appRole string
}

// newServer makes such a database and migrates it as its owner.
func newServer(t *testing.T) *server {
	t.Helper()
	t.Parallel()
	admin := devdbtest.Empty(t)
	id := fmt.Sprintf("%d_%s", os.Getpid(), strings.ToLower(strings.ReplaceAll(t.Name(), "/", "_")))
	s := &server{fixture: &fixture{t: t}, ownerRole: "owner_" + id, appRole: "app_" + id}
	t.Cleanup(func() {
		for _, role := range []string{s.appRole, s.ownerRole} {
			for _, q := range []string{`REASSIGN OWNED BY "` + role + `" TO CURRENT_USER`, `DROP OWNED BY "` + role + `"`, `DROP ROLE "` + role + `"`} {
				if err := devdb.Exec(context.Background(), admin, q); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for _, q := range []string{
		`CREATE ROLE "` + s.ownerRole + `" LOGIN CREATEROLE`, `CREATE ROLE "` + s.appRole + `" LOGIN`,
		`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO "` + s.ownerRole + `"', current_database()); END $$`,
		makeRole, `GRANT bangkom_app TO "` + s.appRole + `"`,
	} {
		if err := devdb.Exec(t.Context(), admin, q); err != nil {
			t.Fatal(err)
		}
	}
	s.ownerURL, s.appURL = devdbtest.As(admin, s.ownerRole), devdbtest.As(admin, s.appRole)
	if err := prepare(t.Context(), s.ownerURL); err != nil {
		t.Fatal(err)
	}
	s.DB = s.open(Options{URL: s.appURL})
	var err error
	if s.owner, err = sql.Open("postgres", s.ownerURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.owner.Close() })
	return s
}

// definers lists the functions that run with the rights of the owner.
func (f *fixture) definers() map[string]string {
	f.t.Helper()
	out := map[string]string{}
	rows, err := f.owner.Query(`SELECT p.oid::regprocedure::text, COALESCE(array_to_string(proconfig, ';'), '') FROM pg_proc p
		JOIN pg_namespace n ON n.oid = pronamespace WHERE prosecdef AND nspname NOT IN ('pg_catalog', 'information_schema')`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, settings string
		if err := rows.Scan(&name, &settings); err != nil {
			f.t.Fatal(err)
		}
		out[name] = settings
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	return out
}

func TestDefinersSearchTheCallersTablesLast(t *testing.T) {
	devdbtest.Long(t, "migrates a database of its own")
	s := newServer(t)
	for name, settings := range s.definers() {
		if settings != "search_path=pg_catalog, public, pg_temp" {
			t.Errorf("%s is defined with %q", name, settings)
		}
		if s.count(`SELECT has_function_privilege('public', $1, 'EXECUTE')::int`, name) != 0 {
			t.Errorf("everybody may call %s", name)
		}
	}
}

// calls tells how the program calls each function that runs as the owner; ids
// are an open request for erasure, whose person is the first employee, and an
// officer.
func calls() map[string]string {
	return map[string]string{
		"prune_inbox(integer)":                                 `SELECT prune_inbox(10)`,
		"prune_follow_up(integer)":                             `SELECT prune_follow_up(10)`,
		"prune_staff_survey(integer)":                          `SELECT prune_staff_survey(10)`,
		"prune_announcement()":                                 `SELECT prune_announcement()`,
		"erase_person(bigint,bigint,timestamp with time zone)": `SELECT erase_person((SELECT min(id) FROM public.ticket), (SELECT max(id) FROM public.employee), now())`,
	}
}

// evil is what an attacker wants the owner to run.
const evil = `
	CREATE FUNCTION pg_temp.evil() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
		IF current_user <> session_user THEN
			DELETE FROM public.audit WHERE action = 'planted';
			BEGIN
				EXECUTE format('GRANT %I TO %I', current_user, session_user);
			EXCEPTION WHEN insufficient_privilege THEN NULL; -- from Postgres 16 on
			END;
		END IF;
		RETURN true;
	END $$;
	CREATE FUNCTION pg_temp.evil_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		PERFORM pg_temp.evil(); RETURN OLD;
	END $$;`

// The two ways of getting the owner to run it: a temporary table of the name of
// one of the program's, whose trigger does it at every change, and a view that
// does it at every reading.
const (
	evilTables = `DO $$ DECLARE n text; BEGIN
		FOR n IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
			EXECUTE format('CREATE TEMP TABLE %1$I (LIKE public.%1$I INCLUDING ALL)', n);
			EXECUTE format('INSERT INTO pg_temp.%1$I OVERRIDING SYSTEM VALUE SELECT * FROM public.%1$I', n);
			EXECUTE format('GRANT ALL ON pg_temp.%I TO PUBLIC', n);
			EXECUTE format('CREATE TRIGGER evil BEFORE INSERT OR UPDATE OR DELETE ON pg_temp.%I
				FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.evil_trigger()', n);
		END LOOP; END $$`
	evilViews = `DO $$ DECLARE n text; BEGIN
		FOR n IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
			EXECUTE format('CREATE TEMP VIEW %1$I AS SELECT * FROM public.%1$I WHERE pg_temp.evil()', n);
			EXECUTE format('CREATE TRIGGER evil INSTEAD OF INSERT OR UPDATE OR DELETE ON pg_temp.%I
				FOR EACH ROW EXECUTE FUNCTION pg_temp.evil_trigger()', n);
			EXECUTE format('GRANT ALL ON pg_temp.%I TO PUBLIC', n);
		END LOOP; END $$`
)

// The attack is run on every function that runs as the owner, by the login that
// serves. That temporary tables cannot be made at all is a second lock: here it
// is open.
func TestServingLoginCannotBecomeTheOwner(t *testing.T) {
	devdbtest.Long(t, "migrates a database of its own")
	s := newServer(t)
	s.exec(`DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END $$`)
	ids := s.employees(2)
	s.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.AddTicket(ctx, ids[0], 5, personnel.ErasureTicket, "", start)
		return err
	})
	s.arrive(5, 1)
	s.exec(`INSERT INTO audit (at, action) VALUES (now(), 'planted')`)
	s.exec(`UPDATE inbox SET done_at = now() - interval '4 days'`)
	functions := s.definers()
	if len(functions) == 0 {
		t.Fatal("no function runs as the owner: delete this test")
	}
	for name := range functions {
		call := calls()[name]
		if call == "" {
			t.Errorf("%s runs as the owner: tell this test how it is called", name)
			continue
		}
		for way, traps := range map[string]string{"tables": evilTables, "views": evilViews} {
			s.attack(t, name+" through "+way, traps, call)
		}
	}
}

// attack lays traps on a connection of the login that serves, calls the function
// and looks whether anything was caught. What the function did is undone.
func (s *server) attack(t *testing.T, name, traps, call string) {
	t.Helper()
	db, err := sql.Open("postgres", s.appURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, q := range []string{evil, traps} {
		if _, err := tx.Exec(q); err != nil {
			t.Fatalf("%s: the trap cannot be laid: %v", name, err)
		}
	}
	if _, err := tx.Exec(call); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	var owner bool
	var planted int
	if err := tx.QueryRow(`SELECT pg_has_role($1, 'MEMBER'), (SELECT count(*) FROM public.audit WHERE action = 'planted')`, s.ownerRole).
		Scan(&owner, &planted); err != nil {
		t.Fatal(err)
	}
	if owner || planted != 1 {
		t.Errorf("%s: the login became the owner = %t, %d of 1 audit rows are left", name, owner, planted)
	}
}

func TestServingLoginMakesNoTables(t *testing.T) {
	devdbtest.Long(t, "migrates a database of its own")
	s := newServer(t)
	for _, q := range []string{`CREATE TEMP TABLE inbox (n int)`, `CREATE TEMP VIEW inbox AS SELECT 1`, `CREATE TABLE public.inbox2 (n int)`,
		`CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`} {
		err := s.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.tx.ExecContext(ctx, q)
			return err
		})
		if !forbiddenTo(err) {
			t.Errorf("%s: %v, want SQLSTATE %s", q, err, forbidden)
		}
	}
}
