package pg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"

	"github.com/lib/pq"
)

// ErrStale says that what was read is older than what was locked, or that somebody was at
// it: the transaction, where it is one, is run again.
var ErrStale = errors.New("session was read before something else came into the chat")

// Unavailable tells whether an error means that the database cannot be reached
// or does not answer, as against a fault of the statement or of its data.
func Unavailable(err error) bool {
	if err == nil {
		return false
	}
	var pe *pq.Error
	if errors.As(err, &pe) {
		switch pe.Code.Class() {
		case "08", "53", "57", "58": // connection, resources, shutdown or timeout, system
			return true
		}
		switch pe.Code {
		case "25006", "25P03", "55P03": // read-only standby, transaction idle for too long, lock not available
			return true
		}
		return false
	}
	var ne net.Error
	return errors.Is(err, ErrOutcomeUnknown) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &ne) ||
		errors.Is(err, sql.ErrTxDone)
}

// Refused tells whether the database does not take a value: what it cannot
// represent, what a constraint forbids, what is too large. It would refuse the
// same value for ever, so that waiting is of no use.
func Refused(err error) bool {
	var pe *pq.Error
	if !errors.As(err, &pe) {
		return false
	}
	class := pe.Code.Class()
	return class == "22" || class == "23" || class == "54"
}

// Retryable tells whether Postgres wants the transaction to be run again.
func Retryable(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01") || outdated(err) || errors.Is(err, ErrStale)
}

// Violates tells whether an error is the breach of the named constraint.
func Violates(err error, constraint string) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && pe.Constraint == constraint
}

// Safe removes bound values from a database error: their text and detail may
// hold a NIP. What stays is the SQLSTATE, the constraint and the table.
func Safe(what string, err error) error {
	if err == nil {
		return nil
	}
	var pe *pq.Error
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", what, redacted{pe})
	}
	return fmt.Errorf("%s: %w", what, err)
}

// redacted is a database error that prints without the data that caused it.
type redacted struct{ err *pq.Error }

// Error names the SQLSTATE, the constraint and the table.
func (e redacted) Error() string {
	return fmt.Sprintf("postgres %s (constraint %q, table %q)", e.err.Code, e.err.Constraint, e.err.Table)
}

// Unwrap gives the original to errors.As; it is never printed.
func (e redacted) Unwrap() error { return e.err }

// UndefinedTable tells whether a statement named a table that does not exist.
func UndefinedTable(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && pe.Code == "42P01"
}
