package imports

import (
	"context"

	"bangkom/handlers/feature"
)

// env is what the room works with while one update is decided.
type env struct {
	*feature.Env
	desk *desk
	tx   Tx
}

// on is the room's view of an update.
func on(e *feature.Env) *env { return &env{Env: e, desk: at(e.Desk), tx: e.Tx.(Tx)} }

// desk is what the room works with when there is no update.
type desk struct{ *feature.Desk }

// at is the room's view of the desk.
func at(d *feature.Desk) *desk { return &desk{Desk: d} }

// inTx runs fn in a transaction of its own.
func (d *desk) inTx(ctx context.Context, fn func(Tx) error) error {
	return d.Cfg.Store.InTx(ctx, func(tx feature.Tx) error { return fn(tx.(Tx)) })
}
