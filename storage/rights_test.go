package storage

import (
	"context"
	"errors"
	"testing"

	"github.com/lib/pq"
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
