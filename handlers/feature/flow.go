package feature

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/task"
)

// MenuCard shows the menu below sentences of the catalogue: the one of key, and those that
// were made already.
func (e *Env) MenuCard(key string, more ...string) {
	if e.Linked() {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: strings.Join(append([]string{e.T(key, e.Person(nil))}, more...), " "), Rows: e.menuRows()})
		return
	}
	sentence := ""
	if key != "menu.title" {
		sentence = strings.Join(append([]string{e.T(key, nil)}, more...), " ") + "\n\n"
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "menu.title_unlinked",
		Text: sentence + e.T("menu.title_unlinked", nil), Rows: e.menuRows()})
}

// menuRows are the buttons of the menu that the person has.
func (e *Env) menuRows() (rows [][]dialog.Button) {
	row := 0
	for _, m := range e.Reg.menu {
		if !e.Linked() && !m.Unlinked || !e.Reg.may(m.Opens, e.Employee.Rights) {
			continue
		}
		if m.Row != row {
			rows, row = append(rows, nil), m.Row
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], dialog.Button{Label: e.Label(m.Label), Action: e.MenuAction(m.Opens, 0)})
	}
	return rows
}

// KeepNote leaves the conversation in which another command comes in between. It
// ends or is kept, as its feature wants; if it is kept, the person is told.
func (e *Env) KeepNote() {
	rec, ok := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef)
	c := e.Reg.Conversations[rec.Form]
	switch {
	case !ok:
	case c.Interrupted == Kept:
		e.Out.ActiveForm, e.Out.ActiveRef = "", 0
		if c.Note != nil {
			e.Out.Replies = append(e.Out.Replies, c.Note(e, rec))
		}
	case e.Linked(): // somebody without an account stays in the conversation that links one
		rec.Done = true
		e.Out.Draft, e.Out.ActiveForm, e.Out.ActiveRef = &rec, "", 0
	}
}

// ErrNoDraft says that a button belongs to a form that is not open any more.
var ErrNoDraft = errors.New("no such draft")

// ErrNotTaken says that the question on show takes no picture and no file, or that a weak
// text is no answer to it.
var ErrNotTaken = errors.New("the step does not take this")

// RunFlow applies one input to a form and takes its turn over.
func (e *Env) RunFlow(ctx context.Context, name string, ref int64, in dialog.Input) error {
	flow, ok := e.Flows[name]
	if !ok {
		return ErrNoDraft
	}
	c := e.Reg.Conversations[name]
	rec, open := e.Session.Draft(name, ref)
	cards := []int{rec.Message, in.Message}
	if !open && in.Verb != dialog.Resume && (c.OneTap == nil || !c.OneTap(e, ctx, ref)) {
		if c.Closed == nil {
			return ErrNoDraft
		}
		return c.Closed(e, ctx, ref)
	}
	turn, err := flow.Handle(ctx, e, rec, in)
	if err != nil {
		return err
	}
	if turn.NotTaken {
		return ErrNotTaken
	}
	if turn.Left && !turn.Record.Done && c.OfTask {
		if err := e.left(ctx, ref, turn.Replies); err != nil {
			return err
		}
	}
	from := len(e.Out.Replies)
	e.Out.Replies = append(e.Out.Replies, turn.Replies...)
	e.unbutton(turn.Replies, cards)
	for i := from; i < len(e.Out.Replies); i++ {
		e.Out.Replies[i].Sealed = dialog.Sealed(name)
	}
	e.Out.Toast = turn.Toast
	if open || !turn.Record.Done {
		e.Out.Draft = &turn.Record
	}
	if !turn.Left {
		e.Out.ActiveForm, e.Out.ActiveRef = name, ref
	} else if e.Out.ActiveForm == name && e.Out.ActiveRef == ref {
		e.Out.ActiveForm, e.Out.ActiveRef = "", 0
	}
	return nil
}

// unbutton takes the buttons away from cards of a form that are not what it shows
// now: of two copies of a question both would look alive.
func (e *Env) unbutton(shown []dialog.Reply, cards []int) {
	for i, card := range cards {
		lives := slices.ContainsFunc(shown, func(r dialog.Reply) bool { return r.Edit == card })
		if card != 0 && len(shown) > 0 && !lives && !slices.Contains(cards[:i], card) {
			e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "form.old_card", Edit: card, Unbutton: true})
		}
	}
}

// Attempt runs a part of a decision that may find that its matter is gone. Then
// ok is false, everything is as it was before, and the caller may answer
// something else. If anything had been written by then, the error is returned
// instead, and the whole update is decided again.
func (e *Env) Attempt(part func() error) (ok bool, err error) {
	out, session, person, writes := e.Out, e.Session, e.Employee, e.Tx.Writes()
	e.Out.Replies, e.Session.Drafts = slices.Clone(out.Replies), slices.Clone(session.Drafts)
	err = part()
	if !errors.Is(err, dialog.ErrNotFound) && !errors.Is(err, ErrNoDraft) {
		return err == nil, err
	}
	if e.Tx.Writes() != writes {
		return false, err
	}
	e.Out, e.Session, e.Employee = out, session, person
	return false, nil
}

// GoneTask answers a press of a conversation whose draft is gone: card adds the reply that shows
// where the task stands by now, and above it stands that the button does nothing any more.
// ErrNoDraft for who has no account.
func GoneTask(ctx context.Context, e *Env, ref int64, card func(task.Task)) error {
	if !e.Linked() {
		return ErrNoDraft
	}
	t, err := e.TaskOf(ctx, ref)
	if err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("form.stale", nil)
	card(t)
	first := &e.Out.Replies[0]
	first.Text = e.T("form.stale", nil) + "\n\n" + first.Text
	return nil
}

// Traces are the messages of a chat that hold something of a conversation without names, kept in
// its state, so that they can be emptied when it is sent.
type Traces struct {
	Cards []int       `json:"cards"` // messages on which the form was shown
	Typed []TypedLine `json:"typed"` // messages of the person that are answers
}

// TypedLine is a message that a person typed as an answer.
type TypedLine struct {
	Message int       `json:"message"`
	At      time.Time `json:"at"`
}

// Remember notes what the update and the card of the conversation leave in the chat.
func (t *Traces) Remember(u dialog.Update, card int, now time.Time) {
	pressed := 0
	if u.Kind == dialog.KindPress {
		pressed = u.MessageID
	}
	for _, m := range []int{card, pressed} {
		if m != 0 && !slices.Contains(t.Cards, m) {
			t.Cards = append(t.Cards, m)
		}
	}
	if u.Kind == dialog.KindText && !strings.HasPrefix(u.Text, "/") {
		t.Typed = append(t.Typed, TypedLine{u.MessageID, now})
	}
}

// deletable is for how long Telegram lets the bot delete what somebody typed, with an
// hour to spare.
const deletable = 47 * time.Hour

// Emptied takes what was remembered out of the chat: every card but the one that was pressed now
// says emptied, every typed message is deleted; late says that one is too old for that. template is the
// name of all cards of the conversation, because which of them it is says something.
func Emptied(e *Env, t Traces, template, emptied string) (replies []dialog.Reply, late bool) {
	pressed := 0
	if e.Update.Kind == dialog.KindPress {
		pressed = e.Update.MessageID
	}
	for _, card := range t.Cards {
		if card != pressed {
			replies = append(replies, dialog.Reply{Template: template, Edit: card, Text: emptied})
		}
	}
	for _, m := range t.Typed {
		if e.Now.Sub(m.At) > deletable {
			late = true
			continue
		}
		replies = append(replies, dialog.Reply{Template: template, Edit: m.Message, Delete: true})
	}
	return replies, late
}
