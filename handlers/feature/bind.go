package feature

import (
	"context"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Bind makes a feature of one that a room has written over its own view of an
// update, which on gives.
func Bind[E any](on func(*Env) E, f Feature[E]) Feature[*Env] {
	out := Feature[*Env]{Name: f.Name, Menu: f.Menu, Imports: f.Imports, Copy: f.Copy, Files: f.Files, Links: f.Links, Hooks: bindHooks(on, f.Hooks)}
	for _, c := range f.Conversations {
		out.Conversations = append(out.Conversations, bindConversation(on, c))
	}
	for _, c := range f.Commands {
		out.Commands = append(out.Commands, Command[*Env]{Name: c.Name, Aliases: c.Aliases, Place: c.Place, Unlinked: c.Unlinked, Who: c.Who,
			Run:  func(e *Env, ctx context.Context, arg string) error { return c.Run(on(e), ctx, arg) },
			Help: c.Help, Transcript: c.Transcript})
	}
	for _, b := range f.Buttons {
		out.Buttons = append(out.Buttons, Button[*Env]{Step: b.Step, Who: b.Who,
			Run: func(e *Env, ctx context.Context, a dialog.Action, message int) error {
				return b.Run(on(e), ctx, a, message)
			}})
	}
	for _, k := range f.Tasks {
		bound := TaskKind[*Env]{Kind: k.Kind, List: k.List, Others: k.Others, Begin: k.Begin}
		if k.Card != nil {
			bound.Card = func(e *Env, t task.Task) { k.Card(on(e), t) }
		}
		out.Tasks = append(out.Tasks, bound)
	}
	for _, p := range f.Person {
		out.Person = append(out.Person, PersonButtons[*Env]{Place: p.Place,
			Rows: func(e *Env, ctx context.Context, m personnel.Member) ([][]dialog.Button, error) {
				return p.Rows(on(e), ctx, m)
			}})
	}
	return out
}

func bindConversation[E any](on func(*Env) E, c Conversation[E]) Conversation[*Env] {
	out := Conversation[*Env]{Name: c.Name, Transcript: c.Transcript, Unlinked: c.Unlinked, OfTask: c.OfTask, Moves: c.Moves,
		Form:        func(d *Desk) dialog.Flow[*Env] { return boundFlow[E]{c.Form(d), on} },
		Interrupted: c.Interrupted, Discard: c.Discard, Gone: c.Gone}
	if c.Note != nil {
		out.Note = func(e *Env, rec dialog.Record) dialog.Reply { return c.Note(on(e), rec) }
	}
	if c.Discards != nil {
		out.Discards = func(e *Env, rec dialog.Record) bool { return c.Discards(on(e), rec) }
	}
	if c.OneTap != nil {
		out.OneTap = func(e *Env, ctx context.Context, ref int64) bool { return c.OneTap(on(e), ctx, ref) }
	}
	if c.Closed != nil {
		out.Closed = func(e *Env, ctx context.Context, ref int64) error { return c.Closed(on(e), ctx, ref) }
	}
	return out
}

// boundFlow is a form of a room as the registry holds it.
type boundFlow[E any] struct {
	flow dialog.Flow[E]
	on   func(*Env) E
}

// Name is that of the form.
func (b boundFlow[E]) Name() string { return b.flow.Name() }

// Handle gives the form the room's view of the update.
func (b boundFlow[E]) Handle(ctx context.Context, e *Env, r dialog.Record, in dialog.Input) (dialog.Turn, error) {
	return b.flow.Handle(ctx, b.on(e), r, in)
}

func bindHooks[E any](on func(*Env) E, h Hooks[E]) Hooks[*Env] {
	out := Hooks[*Env]{Work: h.Work, Papers: h.Papers}
	if h.Contact != nil {
		out.Contact = func(e *Env, ctx context.Context, c dialog.Contact) error { return h.Contact(on(e), ctx, c) }
	}
	if h.Code != nil {
		out.Code = func(e *Env, ctx context.Context, typed string) error { return h.Code(on(e), ctx, typed) }
	}
	if h.Media != nil {
		out.Media = func(e *Env, ctx context.Context, u dialog.Update) error { return h.Media(on(e), ctx, u) }
	}
	if h.Replied != nil {
		out.Replied = func(e *Env, ctx context.Context, u dialog.Update) (bool, error) { return h.Replied(on(e), ctx, u) }
	}
	if h.Office != nil {
		out.Office = func(e *Env, ctx context.Context) (string, error) { return h.Office(on(e), ctx) }
	}
	if h.Start != nil {
		out.Start = func(e *Env, ctx context.Context, arg string) (bool, error) { return h.Start(on(e), ctx, arg) }
	}
	if h.Summary != nil {
		out.Summary = func(e *Env, ctx context.Context, a dialog.Action, message int, run OnSummary) error {
			return h.Summary(on(e), ctx, a, message, run)
		}
	}
	if h.Owed != nil {
		out.Owed = func(e *Env, ctx context.Context, k int) (string, []dialog.Button, error) {
			return h.Owed(on(e), ctx, k)
		}
	}
	if h.Feedback != nil {
		out.Feedback = func(e *Env, ctx context.Context, k int) ([]string, [][]dialog.Button, error) {
			return h.Feedback(on(e), ctx, k)
		}
	}
	if h.Unit != nil {
		out.Unit = func(e *Env, ctx context.Context) (string, []dialog.Button, error) { return h.Unit(on(e), ctx) }
	}
	if h.Coming != nil {
		out.Coming = func(e *Env, ctx context.Context) (string, error) { return h.Coming(on(e), ctx) }
	}
	if h.Left != nil {
		out.Left = func(e *Env, ctx context.Context, ref int64, replies []dialog.Reply) error {
			return h.Left(on(e), ctx, ref, replies)
		}
	}
	if h.Sent != nil {
		out.Sent = func(e *Env, ctx context.Context, of task.Task) (*dialog.Reply, error) { return h.Sent(on(e), ctx, of) }
	}
	if h.Result != nil {
		out.Result = func(e *Env, ctx context.Context, of task.Task) (bool, error) { return h.Result(on(e), ctx, of) }
	}
	if h.Fresh != nil {
		out.Fresh = func(e *Env, ctx context.Context) ([]dialog.Reply, error) { return h.Fresh(on(e), ctx) }
	}
	return out
}
