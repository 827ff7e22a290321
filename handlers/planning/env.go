package planning

import (
	"context"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/seating"
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

// desk is the desk of an update.
func (e *env) desk() *desk { return at(e.Env.Desk) }

// clerk writes what people are told about their seats.
func (e *env) clerk() *seating.Clerk {
	return seating.New(seating.Config{Courier: e.Cfg.Courier, Text: e.Cfg.Text, Location: e.Cfg.Location})
}

// start is a button that begins a conversation.
func (e *env) start(label, flow string, ref int64) []dialog.Button {
	return []dialog.Button{{Label: e.Label(label), Action: dialog.Action{Flow: flow, Ref: ref, Verb: dialog.Resume}}}
}

// step is a button of the room.
func (e *env) step(label, step string, ref int64, value string) []dialog.Button {
	a := e.MenuAction(step, ref)
	a.Value = value
	return []dialog.Button{{Label: e.Label(label), Action: a}}
}

// sure is the value of the button that throws a draft away.
const sure = "ya"

// discard throws the draft of a conversation away, after a question.
func (e *env) discard(_ context.Context, a dialog.Action, message int) error {
	rec, ok := e.Session.Draft(strings.TrimPrefix(a.Step, discardStep), a.Ref)
	if !ok {
		return dialog.ErrNotFound
	}
	if a.Value != sure {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.discard_ask", Text: e.T("plan.discard_ask", nil), Edit: message, Rows: [][]dialog.Button{
			e.step("delete_yes", a.Step, a.Ref, sure), {{Label: e.Label("resume"), Action: dialog.Action{Flow: rec.Form, Ref: rec.Ref, Verb: dialog.Resume}}}}})
		return nil
	}
	rec.Done = true
	e.Out.Draft, e.Out.ActiveForm, e.Out.ActiveRef = &rec, "", 0
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.discarded", Text: e.T("plan.discarded", nil), Edit: message,
		Rows: [][]dialog.Button{e.step("plan_all", listStep, 0, "")}})
	return nil
}
