package pg

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// MaxTries is how often a transaction is run at most.
const MaxTries = 4

// InTx runs fn in one transaction, again as a whole when Postgres asks for it; fn must
// therefore have no effects outside the transaction.
func InTx(ctx context.Context, db *sqlx.DB, fn func(*sqlx.Tx) error) error {
	return Again(ctx, func() error { return Once(ctx, db, fn) })
}

// Again runs fn, and repeats what Postgres asks to repeat.
func Again(ctx context.Context, fn func() error) error {
	for try := 1; ; try++ {
		err := fn()
		if err == nil || try == MaxTries || !Retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try*try) * 5 * time.Millisecond):
		}
	}
}

// Once runs fn in one transaction, which is rolled back when fn fails or panics.
func Once(ctx context.Context, db *sqlx.DB, fn func(*sqlx.Tx) error) (err error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error or a panic of fn: the panic goes on
			_ = tx.Rollback()
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	done = true
	switch err := tx.Commit(); {
	case errors.Is(err, driver.ErrBadConn): // the connector does not see a commit
		return fmt.Errorf("commit: %w", ErrOutcomeUnknown)
	case err != nil:
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
