package handlers

import "bangkom/internal/dialog"

// hasty answers a press that belongs to a double tap with a sentence and nothing
// else. Any other press is kept in the row of the chat, which every update locks and writes
// anyway: so all processes agree, also after a restart and when the transaction runs
// again. A hasty one is not kept, or somebody who goes on tapping would wait for ever.
func (e *env) hasty(u dialog.Update) bool {
	if u.Kind != dialog.KindPress || !u.Press.OK {
		return false
	}
	s := &e.Session
	now := dialog.Pressed{Message: u.MessageID, Card: u.Press.Card, Button: u.Press.Button, At: s.Update.Came}
	if s.Pressed.Hasty(now, e.Cfg.DoublePress) {
		e.Out.Toast = e.Cfg.Text.Plain("toast.again", nil)
		return true
	}
	s.Pressed = now
	return false
}
