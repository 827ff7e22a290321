package plan

import (
	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

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

// button is one button of a card.
func (e *env) button(label, step string, ref int64, value string) dialog.Button {
	a := e.MenuAction(step, ref)
	a.Value = value
	return dialog.Button{Label: e.Label(label), Action: a}
}

// reply adds a card, in place of the pressed message if there is one.
func (e *env) reply(key, body string, message int, rows ...[]dialog.Button) {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Rows: rows, Edit: message})
}

// noted puts a sentence above a card.
func noted(note, body string) string {
	if note == "" {
		return body
	}
	return note + "\n\n" + body
}

// plain is a piece of a sentence of the room, which is escaped when it is put in.
func (p *desk) plain(key string, args text.Args) string { return p.Cfg.Text.Plain(key, args) }
