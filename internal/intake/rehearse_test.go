package intake

import (
	"context"
	"errors"
	"testing"
)

// A rehearsal leaves nothing behind, and tells what went wrong in it.
func TestRehearse(t *testing.T) {
	broken := errors.New("broken")
	stored, rolledBack := 0, false
	inTx := func(_ context.Context, fn func(*int) error) error {
		n := stored
		err := fn(&n)
		if rolledBack = err != nil; !rolledBack {
			stored = n
		}
		return err
	}
	if err := Rehearse(t.Context(), inTx, func(n *int) error { *n++; return nil }); err != nil || stored != 0 || !rolledBack {
		t.Errorf("Rehearse = %v, %d stored, given up: %t", err, stored, rolledBack)
	}
	if err := Rehearse(t.Context(), inTx, func(*int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("Rehearse = %v, want what went wrong", err)
	}
}
