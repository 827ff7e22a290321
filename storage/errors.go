package storage

import (
	"bangkom/internal/dialog"
	"bangkom/storage/pg"
)

// Options says how to open the database. URL is required.
type Options = pg.Options

// ErrNotFound says that there is no such row, or none that the asker may see.
var ErrNotFound = dialog.ErrNotFound

// ErrOutcomeUnknown says that the connection was lost while a statement ran:
// it may or may not have taken effect. It is never repeated silently.
var ErrOutcomeUnknown = pg.ErrOutcomeUnknown

// Unavailable tells whether an error means that the database cannot be reached
// or does not answer, as against a fault of the statement or of its data.
func Unavailable(err error) bool { return pg.Unavailable(err) }

// safe removes bound values from a database error: see pg.Safe. It ends every
// statement of this package, so its name is short.
func safe(what string, err error) error { return pg.Safe(what, err) }

// violates tells whether an error is the breach of the named constraint.
func violates(err error, constraint string) bool { return pg.Violates(err, constraint) }
