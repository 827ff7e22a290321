package storage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	"bangkom/internal/devdb/devdbtest"
)

// forbidden is the SQLSTATE of a missing right.
const forbidden = "42501"

func TestProgramCannotChangeTheRecord(t *testing.T) {
	f := newFixture(t)
	tests := []struct{ name, statement string }{
		{"create table", `CREATE TABLE mine (n int)`},
		{"create schema", `CREATE SCHEMA mine`},
		{"create role", `CREATE ROLE mine`},
		{"drop table", `DROP TABLE outbox`},
		{"alter table", `ALTER TABLE answer ADD COLUMN n int`},
		{"disable trigger", `ALTER TABLE answer DISABLE TRIGGER ALL`},
		{"grant oneself rights", `GRANT DELETE ON answer TO bangkom_app; DELETE FROM answer`},
		{"change questionnaire", `UPDATE questionnaire SET hash = ''`},
		{"change schema version", `UPDATE goose_db_version SET version_id = 9`},
		{"delete employee", `DELETE FROM employee`},
		{"delete task", `DELETE FROM task`},
		{"delete period", `DELETE FROM period`},
		{"delete code", `DELETE FROM link_code`},
		{"delete update", `DELETE FROM inbox`},
	}
	for table, column := range map[string]string{"answer": "value", "response": "revision", "consent": "chat_id", "audit": "action"} {
		tests = append(tests, []struct{ name, statement string }{
			{"update " + table, `UPDATE ` + table + ` SET ` + column + ` = ` + column},
			{"delete " + table, `DELETE FROM ` + table},
			{"truncate " + table, `TRUNCATE ` + table + ` CASCADE`},
		}...)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := f.try(func(ctx context.Context, tx *Tx) error {
				_, err := tx.tx.ExecContext(ctx, tt.statement)
				return err
			})
			var pe *pq.Error
			if !errors.As(err, &pe) || string(pe.Code) != forbidden {
				t.Errorf("%s: %v, want SQLSTATE %s", tt.statement, err, forbidden)
			}
		})
	}
}

func TestMayChangeAnswers(t *testing.T) {
	f := newFixture(t)
	check := func(who string, db *DB, want bool) {
		t.Helper()
		if got, err := db.MayChangeAnswers(t.Context()); got != want || err != nil {
			t.Errorf("MayChangeAnswers of %s = %t, %v; want %t", who, got, err, want)
		}
	}
	check("the program", f.DB, false)
	check("the owner", f.open(Options{URL: f.ownerURL}), true)
	for _, right := range []string{"UPDATE ON answer", "DELETE ON answer", "UPDATE ON audit", "DELETE ON audit"} {
		f.exec(`GRANT ` + right + ` TO bangkom_app`)
		check("a program with "+right, f.DB, true)
		f.exec(`REVOKE ` + right + ` FROM bangkom_app`)
		check("a program without "+right, f.DB, false)
	}
}

// TestEveryTableHasItsRights wants a line in grants.sql for each table: one that
// has none the program cannot use after a restore.
func TestEveryTableHasItsRights(t *testing.T) {
	f := newFixture(t)
	without := f.text(`WITH wanted AS (` + grants + `)
		SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
		  AND NOT EXISTS (SELECT FROM wanted WHERE to_regclass(object) = c.oid AND kind = 'TABLE')`)
	if without != "" {
		t.Errorf("give these tables their line in grants.sql: %s", without)
	}
}

// heldRights are the rights of the role bangkom_app in this database.
const heldRights = `
	SELECT COALESCE(string_agg(r, chr(10) ORDER BY r), '') FROM (
		SELECT a.privilege_type || ' ON ' || c.oid::regclass AS r FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = 'bangkom_app'::regrole
		UNION SELECT a.privilege_type || ' ON ' || t.attrelid::regclass || '.' || t.attname FROM pg_attribute t, aclexplode(t.attacl) a WHERE a.grantee = 'bangkom_app'::regrole
		UNION SELECT a.privilege_type || ' ON ' || p.oid::regprocedure FROM pg_proc p, aclexplode(p.proacl) a WHERE a.grantee = 'bangkom_app'::regrole
		UNION SELECT a.privilege_type || ' ON ' || n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.grantee = 'bangkom_app'::regrole
	) held`

// A migration may give a right too; it must be one that grants.sql gives, or the
// next migrate would take it away.
func TestMigrationsAndGrantsAgree(t *testing.T) {
	f := newFixture(t)
	want := f.text(heldRights)
	f.exec(emptied)
	db := f.open(Options{URL: f.ownerURL})
	p, err := db.provider()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	given := strings.Split(want, "\n")
	for right := range strings.SplitSeq(f.text(heldRights), "\n") {
		if !slices.Contains(given, right) {
			t.Errorf("a migration gives %s, grants.sql does not", right)
		}
	}
}

// Whatever became of the rights, the next migrate makes them as they should be.
func TestMigrateMakesTheRightsAgain(t *testing.T) {
	devdbtest.Long(t, "migrates a database of its own")
	s := newServer(t)
	want := s.text(heldRights)
	for _, change := range []string{
		`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM bangkom_app; REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM bangkom_app;
		 REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM bangkom_app; REVOKE ALL ON SCHEMA public FROM bangkom_app`,
		`GRANT ALL ON ALL TABLES IN SCHEMA public TO bangkom_app`, `GRANT UPDATE (value) ON answer TO bangkom_app`,
		`GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC`, `GRANT CREATE ON SCHEMA public TO PUBLIC`,
		`DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END $$`,
		`CREATE TABLE of_another_kind (n int); GRANT SELECT ON of_another_kind TO bangkom_app`,
	} {
		s.exec(change)
		if err := prepare(t.Context(), s.ownerURL); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.text(heldRights)); diff != "" {
			t.Errorf("after %s the rights differ (-want +got):\n%s", change, diff)
		}
		loose, err := s.LooseRights(t.Context())
		if err != nil || loose != (LooseRights{}) {
			t.Errorf("after %s: %+v, %v; want nothing loose", change, loose, err)
		}
		if s.count(`SELECT has_function_privilege('public', 'prune_inbox(integer)', 'EXECUTE')::int`) != 0 {
			t.Errorf("after %s everybody may call prune_inbox", change)
		}
	}
}

func TestOnlyTheOwnerMigrates(t *testing.T) {
	devdbtest.Long(t, "migrates a database of its own")
	s := newServer(t)
	if err := prepare(t.Context(), s.appURL); err != nil {
		t.Errorf("Migrate as the login that serves, with nothing to do: %v", err)
	}
	for _, missing := range []string{"UPDATE ON task", "ALL ON draft"} {
		s.exec(`REVOKE ` + missing + ` FROM bangkom_app`)
		if err := prepare(t.Context(), s.appURL); !errors.Is(err, errNotOwner) {
			t.Errorf("Migrate as the login that serves, without %s: %v, want %v", missing, err, errNotOwner)
		}
		if err := prepare(t.Context(), s.ownerURL); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCheckGrants(t *testing.T) {
	devdbtest.Long(t, "migrates a database of its own")
	s := newServer(t)
	if err := s.CheckGrants(t.Context()); err != nil {
		t.Fatalf("the login that serves: %v", err)
	}
	if err := s.open(Options{URL: s.ownerURL}).CheckGrants(t.Context()); err != nil {
		t.Errorf("the owner: %v", err)
	}
	for right, back := range map[string]string{
		"INSERT ON TABLE public.answer": "", "EXECUTE ON FUNCTION public.prune_inbox(integer)": "",
		"USAGE ON SEQUENCE public.notice_id_seq": "", "SELECT ON TABLE public.goose_db_version": "",
		"USAGE ON SCHEMA public": "PUBLIC, ",
	} {
		s.exec(`REVOKE ` + right + ` FROM ` + back + `bangkom_app`)
		err := s.CheckGrants(t.Context())
		if !errors.Is(err, ErrGrants) {
			t.Errorf("without %s: %v, want %v", right, err, ErrGrants)
		}
		s.exec(`GRANT ` + right + ` TO ` + back + `bangkom_app`)
	}
	s.exec(`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM bangkom_app`)
	if err := s.CheckGrants(t.Context()); !errors.Is(err, ErrGrants) || !strings.Contains(err.Error(), " more") {
		t.Errorf("without any: %v", err)
	}
	if err := s.CheckSchema(t.Context()); !errors.Is(err, ErrGrants) {
		t.Errorf("CheckSchema without any: %v, want %v", err, ErrGrants)
	}
}

func TestLooseRights(t *testing.T) {
	devdbtest.Long(t, "migrates a database of its own")
	s := newServer(t)
	for change, want := range map[string]LooseRights{
		`DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END $$`: {Temporary: true},
		`GRANT CREATE ON SCHEMA public TO PUBLIC`:                                                       {Create: true},
	} {
		s.exec(change)
		if got, err := s.LooseRights(t.Context()); got != want || err != nil {
			t.Errorf("after %s: %+v, %v; want %+v", change, got, err, want)
		}
		if err := prepare(t.Context(), s.ownerURL); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTablesOfASuperuser(t *testing.T) {
	if got, err := newFixture(t).LooseRights(t.Context()); !got.Superuser || err != nil {
		t.Errorf("LooseRights = %+v, %v; want that they belong to a superuser", got, err)
	}
}
