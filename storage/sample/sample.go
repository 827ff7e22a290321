// Package sample is what only drills and benchmarks need of the database: they fill it
// with an agency that does not exist, bend what a fault bends, and read the books that
// are compared with what people did. No table and no rule is known here that storage
// does not know.
package sample

import (
	"context"

	"github.com/jmoiron/sqlx"

	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// DB is the database of a drill or a benchmark. It is safe for concurrent use.
type DB struct{ db *sqlx.DB }

// Open prepares the pool of a login that owns the tables. It does not connect.
func Open(o pg.Options) (*DB, error) {
	db, err := pg.Open(o)
	return &DB{db}, err
}

// Close ends all connections.
func (d *DB) Close() error { return d.db.Close() }

func (d *DB) inTx(ctx context.Context, fn func(*sqlx.Tx) error) error { return pg.InTx(ctx, d.db, fn) }

// isSelf and isRating are true of the two tasks that a period owes.
func isSelf(of string) string   { return pg.OfKind(of, task.SelfAssessment) }
func isRating(of string) string { return pg.OfKind(of, task.Rating) }
