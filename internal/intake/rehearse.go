package intake

import (
	"context"
	"errors"
)

// errRehearsed gives up the transaction of a rehearsal.
var errRehearsed = errors.New("the transaction was a rehearsal")

// Rehearse runs fn in a transaction that is given up, so that the numbers of an
// import that only looks are those of the real one. inTx is what opens
// transactions; an error of fn or of it is returned.
func Rehearse[Tx any](ctx context.Context, inTx func(context.Context, func(Tx) error) error, fn func(Tx) error) error {
	err := inTx(ctx, func(tx Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}
