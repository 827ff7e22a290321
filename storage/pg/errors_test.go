package pg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

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
		{"redacted", Safe("x", state("57P01")), true},
		{"outcome unknown", fmt.Errorf("x: %w", ErrOutcomeUnknown), true},
		{"bad connection", fmt.Errorf("begin: %w", driver.ErrBadConn), true},
		{"connection done", sql.ErrConnDone, true},
		{"transaction done", sql.ErrTxDone, true},
		{"deadline", context.DeadlineExceeded, true},
		{"cancelled", context.Canceled, true},
		{"network", fmt.Errorf("x: %w", &net.OpError{Op: "read", Err: io.EOF}), true},
		{"unique violation", state("23505"), false},
		{"check violation", Safe("x", state("23514")), false},
		{"wrong type", state("22P02"), false},
		{"missing right", state("42501"), false},
		{"syntax", state("42601"), false},
		{"failed transaction", state("25P02"), false},
		{"object not in the right state", state("55000"), false},
		{"no rows", sql.ErrNoRows, false},
		{"rule of the domain", fmt.Errorf("open: %w", errors.New("a period is open")), false},
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
		{"redacted", Safe("x", &pq.Error{Constraint: "k"}), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Violates(tt.err, "k"); got != tt.want {
				t.Errorf("Violates = %t, want %t", got, tt.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	state := func(code string) error { return Safe("x", &pq.Error{Code: pqerror.Code(code)}) }
	for code, want := range map[string]bool{"22021": true, "22P05": true, "22P02": true, "23505": true, "54000": true,
		"42501": false, "42601": false, "40001": false, "53100": false, "57014": false, "08006": false} {
		if err := state(code); Refused(err) != want || want && Unavailable(err) {
			t.Errorf("refused(%s) = %t, want %t", code, Refused(err), want)
		}
	}
	if Refused(nil) || Refused(errors.New("x")) || Refused(ErrOutcomeUnknown) {
		t.Error("what is no word of the database is taken for a refusal")
	}
}
