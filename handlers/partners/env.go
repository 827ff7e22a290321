package partners

import "bangkom/handlers/feature"

// env is what the room works with while one update is decided.
type env struct {
	*feature.Env
	tx Tx
}

// on is the room's view of an update.
func on(e *feature.Env) *env { return &env{Env: e, tx: e.Tx.(Tx)} }

// desk is what the room works with when there is no update.
type desk struct{ *feature.Desk }

// at is the room's view of the desk.
func at(d *feature.Desk) *desk { return &desk{Desk: d} }

// desk is the room's view of the desk of an update.
func (e *env) desk() *desk { return at(e.Desk) }
