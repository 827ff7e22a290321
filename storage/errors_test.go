package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
)

// TestErrorsHoldNoData breaks rules of the database with a planted NIP, which
// must stand in what Postgres says and nowhere in what storage says.
func TestErrorsHoldNoData(t *testing.T) {
	f := newFixture(t)
	f.employees(1)
	planted := nip(t, 0).Reveal()
	raw := func(query string, args ...any) func(context.Context, *Tx) error {
		return func(ctx context.Context, tx *Tx) error {
			_, err := tx.tx.ExecContext(ctx, query, args...)
			return safe("store", err)
		}
	}
	const insert = `INSERT INTO employee (nip, name, sex, unit_id) SELECT $1, 'x', $2::int, min(id) FROM unit`
	tests := []struct {
		name, code, constraint string
		do                     func(context.Context, *Tx) error
	}{
		{"duplicate", "23505", "employee_nip_key", raw(insert, planted, 1)},
		{"check", "23514", "employee_sex_check", raw(insert, "198507202010012999", 9)},
		{"check of the number", "23514", "employee_nip_check", raw(insert, planted+"0", 1)},
		{"wrong type", "22P02", "", raw(`SELECT $1::boolean`, planted)},
		{"number too large", "22003", "", raw(`SELECT ($1::text)::int`, planted)},
		{"foreign key", "23503", "employee_class_code_fkey", func(ctx context.Context, tx *Tx) error {
			_, err := tx.PutEmployee(ctx, personnel.Employee{NIP: nip(t, 5), Name: planted, UnitID: 1, ClassCode: planted})
			return err
		}},
		{"method with a duplicate", "23505", "link_code_hash_key", func(ctx context.Context, tx *Tx) error {
			for range 2 {
				if err := tx.AddCode(ctx, []byte(planted), 1, start, start.AddDate(0, 0, 1)); err != nil {
					return err
				}
			}
			return nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := f.try(tt.do)
			var pe *pq.Error
			if !errors.As(err, &pe) || string(pe.Code) != tt.code {
				t.Fatalf("got %v, want SQLSTATE %s", err, tt.code)
			}
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Error("x", "err", err)
			slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "err", err)
			printed := fmt.Sprintf("%v %+v %s %q %s", err, err, err, err, log.String())
			for _, secret := range []string{planted, "198507202010012999", "31393835"} {
				if strings.Contains(printed, secret) {
					t.Errorf("the printed error holds %s: %s", secret, printed)
				}
			}
			if !strings.Contains(printed, tt.code) || !strings.Contains(printed, tt.constraint) {
				t.Errorf("printed %q, want code %s and constraint %q", printed, tt.code, tt.constraint)
			}
			if tt.constraint != "" && (!violates(err, tt.constraint) || violates(err, tt.constraint+"x")) {
				t.Errorf("violates(%q) is wrong for %v", tt.constraint, err)
			}
		})
	}
}

func TestOpenRefusesABadURLWithoutPrintingIt(t *testing.T) {
	_, err := Open(Options{URL: "postgres://bangkom:rahasia@host:port/x"})
	if err == nil || strings.Contains(err.Error(), "rahasia") || !strings.Contains(err.Error(), "database.url") {
		t.Errorf("Open = %v, want an error that names the option and holds no password", err)
	}
}
