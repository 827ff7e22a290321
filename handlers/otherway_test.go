package handlers

import (
	"context"
	"errors"
	"testing"

	"bangkom/handlers/feature"
)

// countedStore counts the transactions that are asked of it.
type countedStore struct {
	Store
	opened int
}

func (s *countedStore) InTx(context.Context, func(Tx) error) error {
	s.opened++
	return nil
}

// What is decided with others opens no transaction and fetches no file: it goes alone
// before anything is touched. What is decided alone may do both.
func TestNoOtherWayInABatch(t *testing.T) {
	t.Parallel()
	store, fetched := &countedStore{}, 0
	fetch := fetching(func(context.Context, string) ([]byte, error) { fetched++; return nil, nil })
	both := map[string]func(ctx context.Context) error{
		"a transaction": func(ctx context.Context) error {
			return roomStore{store}.InTx(ctx, func(feature.Tx) error { return nil })
		},
		"a file": func(ctx context.Context) error { _, err := fetch(ctx, "f"); return err },
	}
	for name, reach := range both {
		try := func(ctx context.Context) (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = errAlone
				}
			}()
			return reach(ctx)
		}
		if err := try(context.WithValue(t.Context(), decidedTogether{}, true)); !errors.Is(err, errAlone) {
			t.Errorf("%s is had in a batch: %v", name, err)
		}
		if store.opened+fetched != 0 {
			t.Errorf("%s was touched in a batch", name)
		}
		if err := try(t.Context()); err != nil || store.opened+fetched != 1 {
			t.Errorf("%s is not had alone: %v", name, err)
		}
		store.opened, fetched = 0, 0
	}
}
