package storage

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

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

func TestUnavailable(t *testing.T) {
	state := func(code string) error { return &pq.Error{Code: pqerror.Code(code)} }
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"connection failure", state("08006"), true},
		{"too many connections", state("53300"), true},
		{"disk full", state("53100"), true},
		{"statement timeout", state("57014"), true},
		{"shutdown", state("57P01"), true},
		{"starting up", state("57P03"), true},
		{"I/O error", state("58030"), true},
		{"read-only standby", state("25006"), true},
		{"idle in transaction", state("25P03"), true},
		{"lock not available", state("55P03"), true},
		{"redacted", safe("x", state("57P01")), true},
		{"outcome unknown", fmt.Errorf("x: %w", ErrOutcomeUnknown), true},
		{"bad connection", fmt.Errorf("begin: %w", driver.ErrBadConn), true},
		{"connection done", sql.ErrConnDone, true},
		{"transaction done", sql.ErrTxDone, true},
		{"deadline", context.DeadlineExceeded, true},
		{"cancelled", context.Canceled, true},
		{"network", fmt.Errorf("x: %w", &net.OpError{Op: "read", Err: io.EOF}), true},
		{"unique violation", state("23505"), false},
		{"check violation", safe("x", state("23514")), false},
		{"wrong type", state("22P02"), false},
		{"missing right", state("42501"), false},
		{"syntax", state("42601"), false},
		{"failed transaction", state("25P02"), false},
		{"object not in the right state", state("55000"), false},
		{"not found", ErrNotFound, false},
		{"no rows", sql.ErrNoRows, false},
		{"rule of the domain", ErrPeriodOpen, false},
		{"other", errors.New("x"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Unavailable(tt.err); got != tt.want {
				t.Errorf("Unavailable(%v) = %t, want %t", tt.err, got, tt.want)
			}
		})
	}
}

func TestViolates(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"other error", errors.New("k"), false},
		{"the constraint", &pq.Error{Constraint: "k"}, true},
		{"another constraint", &pq.Error{Constraint: "k2"}, false},
		{"redacted", safe("x", &pq.Error{Constraint: "k"}), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := violates(tt.err, "k"); got != tt.want {
				t.Errorf("violates = %t, want %t", got, tt.want)
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
