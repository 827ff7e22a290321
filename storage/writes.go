package storage

import (
	"context"
	"database/sql"
	"regexp"
	"sync"

	"github.com/jmoiron/sqlx"
)

// conn is the open transaction as the methods of Tx use it. It counts the
// statements that have changed something, so that whoever wants to answer
// "nothing was changed" can know.
type conn struct {
	*sqlx.Tx
	writes int
}

// changes finds the statements that write, in a text from which the locks of rows
// were taken out. Functions of the migrations that write are found by their
// names.
var (
	changes = regexp.MustCompile(`\b(INSERT INTO|UPDATE|DELETE FROM|erase_person|prune_\w+)\b`)
	locks   = regexp.MustCompile(`FOR (NO KEY )?UPDATE`)
)

var writing sync.Map // of statements: whether they write

func writes(query string) bool {
	if known, ok := writing.Load(query); ok {
		return known.(bool)
	}
	yes := changes.MatchString(locks.ReplaceAllString(query, ""))
	writing.Store(query, yes)
	return yes
}

// ExecContext runs a statement and notes whether rows were changed.
func (c *conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	r, err := c.Tx.ExecContext(ctx, query, args...)
	if err == nil && writes(query) {
		if n, unknown := r.RowsAffected(); n > 0 || unknown != nil {
			c.writes++
		}
	}
	return r, err
}

// GetContext reads one row. A statement that writes returns a row if it has
// changed one: without a row it counts as none.
func (c *conn) GetContext(ctx context.Context, into any, query string, args ...any) error {
	err := c.Tx.GetContext(ctx, into, query, args...)
	if err == nil && writes(query) {
		c.writes++
	}
	return err
}

// SelectContext reads rows; a statement that writes counts whatever it returns.
func (c *conn) SelectContext(ctx context.Context, into any, query string, args ...any) error {
	err := c.Tx.SelectContext(ctx, into, query, args...)
	if err == nil && writes(query) {
		c.writes++
	}
	return err
}

// Writes tells how many statements have changed something since the chat was
// loaded, or since the transaction began.
func (t *Tx) Writes() int { return t.tx.writes }
