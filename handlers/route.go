package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// decide routes one update. Authority comes from the chat's stored link, never
// from what an update says.
func (e *env) decide(ctx context.Context, u dialog.Update) error {
	switch u.Kind {
	case dialog.KindGroup:
		e.groupNotice()
	case dialog.KindBlocked:
		e.session.Reachable = false
	case dialog.KindUnblocked:
		e.session.Reachable = true
	case dialog.KindEdited:
		e.say("odd.edited", nil)
	case dialog.KindContact:
		return e.contact(ctx, u.Contact)
	case dialog.KindMedia:
		return e.media(ctx, u)
	case dialog.KindPress:
		e.session.Reachable = true
		return e.press(ctx, u)
	case dialog.KindText:
		e.session.Reachable = true
		return e.typed(ctx, u)
	case dialog.KindFlood:
		e.say("odd.flood", nil)
	case dialog.KindAgain:
		return e.askAgain(ctx)
	case dialog.KindOther:
	}
	return nil
}

// askAgain shows the present question once more after an outage in which a
// press may have been lost. Who is in the middle of nothing any more is left
// alone; who cannot go on, because the deadline has passed meanwhile, is told that
// and no more.
func (e *env) askAgain(ctx context.Context) error {
	if _, open := e.session.Draft(e.session.ActiveForm, e.session.ActiveRef); !open || !e.linked() {
		return nil
	}
	err := e.runFlow(ctx, e.session.ActiveForm, e.session.ActiveRef, dialog.Input{Verb: dialog.Resume})
	if errors.Is(err, dialog.ErrNotFound) {
		e.dropActive()
		return nil
	}
	if err != nil {
		return err
	}
	for i := range e.out.replies {
		e.out.replies[i].Class = dialog.ClassService // the bot starts it by itself
	}
	if e.out.activeForm == "" {
		return nil
	}
	first := &e.out.replies[0]
	first.Text = e.t("odd.recovered", nil) + "\n\n" + first.Text
	return nil
}

// post sends a message outside this decision, to any chat, at most once per key.
func (e *env) post(chatID int64, key string, r dialog.Reply) {
	e.out.loose = append(e.out.loose, posted{chatID: chatID, key: key, reply: r})
}

// notify tells somebody what became of a matter of theirs, once for each key. The
// person has done nothing at this moment, so the gate decides: it is a service.
func (e *env) notify(employee int64, key string, k outreach.Kind, r dialog.Reply) {
	e.out.started = append(e.out.started, courier.Message{Employee: employee, Key: key, Reply: r,
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: k}})
}

// groupNotice refuses a group at most once a day.
func (e *env) groupNotice() {
	e.post(e.session.ChatID, fmt.Sprintf("group:%d:%s", e.session.ChatID, e.now.Format(time.DateOnly)),
		dialog.Reply{Template: "odd.group", Text: e.t("odd.group", text.Args{"bot": e.cfg.BotUsername()})})
}

func (e *env) typed(ctx context.Context, u dialog.Update) error {
	if name, arg, ok := u.Command(); ok {
		return e.command(ctx, name, arg)
	}
	if e.session.ActiveForm != "" {
		if _, ok := e.session.Draft(e.session.ActiveForm, e.session.ActiveRef); ok {
			in := dialog.Input{Verb: dialog.Answer, Value: u.Text, Typed: true}
			err := e.runFlow(ctx, e.session.ActiveForm, e.session.ActiveRef, in)
			if !errors.Is(err, dialog.ErrNotFound) {
				return err
			}
			e.dropActive()
			e.menuCard("menu.unknown_text")
			return nil
		}
	}
	if !e.linked() {
		return e.tryCode(ctx, u.Text)
	}
	e.menuCard("menu.unknown_text")
	return nil
}

func (e *env) command(ctx context.Context, name, arg string) error {
	c, ok := findCommand(name)
	switch {
	case !ok || !c.may(e.employee.Rights):
		e.keepNote()
		e.menuCard("menu.unknown_command")
		return nil
	case !c.unlinked && !e.linked():
		e.say("start.no_code", e.help0())
		return nil
	}
	return c.run(e, ctx, arg)
}

func (e *env) press(ctx context.Context, u dialog.Update) error {
	a := u.Press.Action
	if !u.Press.OK {
		return e.stalePress(ctx)
	}
	if a.Flow == menuFlow {
		return e.menuPress(ctx, a, u.MessageID)
	}
	in := dialog.Input{Verb: a.Verb, Step: a.Step, Value: a.Value, Message: u.MessageID}
	err := e.runFlow(ctx, a.Flow, a.Ref, in)
	if errors.Is(err, dialog.ErrNotFound) || errors.Is(err, errNoDraft) {
		return e.stalePress(ctx)
	}
	return err
}

// errNoDraft says that a button belongs to a form that is not open any more.
var errNoDraft = errors.New("no such draft")

// stalePress answers a button that means nothing any more: it changes nothing
// and shows where the person stands.
func (e *env) stalePress(ctx context.Context) error {
	sentence := e.cfg.Text.Plain("form.stale", nil)
	e.out.toast = sentence
	if _, ok := e.session.Draft(e.session.ActiveForm, e.session.ActiveRef); ok && e.session.ActiveForm != "" {
		err := e.runFlow(ctx, e.session.ActiveForm, e.session.ActiveRef, dialog.Input{Verb: dialog.Resume})
		if err == nil {
			first := &e.out.replies[0]
			first.Text = e.t("form.stale", nil) + "\n\n" + first.Text
			e.out.toast = sentence
		}
		if !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
		e.dropActive()
	}
	e.menuCard("form.stale")
	return nil
}

// dropActive leaves a form that cannot go on because what it is about is gone:
// the period was closed, the person came in with an account. What was typed from
// a sheet is kept, a short question is not.
func (e *env) dropActive() {
	rec, _ := e.session.Draft(e.session.ActiveForm, e.session.ActiveRef)
	e.out.activeForm, e.out.activeRef = "", 0
	if rec.Form != paperFlow && rec.Form != questionnaireFlow {
		rec.Done = true
		e.out.draft = &rec
	}
}

// runFlow applies one input to a form and takes its turn over.
func (e *env) runFlow(ctx context.Context, name string, ref int64, in dialog.Input) error {
	flow, ok := e.flows[name]
	if !ok {
		return errNoDraft
	}
	rec, open := e.session.Draft(name, ref)
	if !open && in.Verb != dialog.Resume && !e.oneTap(ctx, name, ref) {
		return e.closedForm(ctx, name, ref)
	}
	turn, err := flow.Handle(ctx, e, rec, in)
	if err != nil {
		return err
	}
	if turn.Left && !turn.Record.Done && name == questionnaireFlow {
		if err := e.offerTimes(ctx, ref, turn.Replies); err != nil {
			return err
		}
	}
	e.out.replies = append(e.out.replies, turn.Replies...)
	e.out.toast = turn.Toast
	if open || !turn.Record.Done {
		e.out.draft = &turn.Record
	}
	if !turn.Left {
		e.out.activeForm, e.out.activeRef = name, ref
	} else if e.out.activeForm == name && e.out.activeRef == ref {
		e.out.activeForm, e.out.activeRef = "", 0
	}
	return nil
}

// oneTap tells whether a button may answer without a draft: a questionnaire of
// one question is shown without being begun.
func (e *env) oneTap(ctx context.Context, name string, ref int64) bool {
	if name != questionnaireFlow || !e.linked() {
		return false
	}
	t, err := e.tx.Task(ctx, ref, e.employee.ID)
	return err == nil && t.Kind == task.Interest && t.State != task.Done
}

// closedForm shows the state of what a button without a draft was about.
func (e *env) closedForm(ctx context.Context, name string, ref int64) error {
	if name != questionnaireFlow || !e.linked() {
		return errNoDraft
	}
	t, err := e.tx.Task(ctx, ref, e.employee.ID)
	if err != nil {
		return err
	}
	e.out.toast = e.cfg.Text.Plain("form.stale", nil)
	e.taskCard(t)
	return nil
}

func (e *env) linked() bool { return e.session.EmployeeID != 0 }

// t renders a catalogue entry as HTML.
func (e *env) t(key string, args text.Args) string { return e.cfg.Text.T(key, args) }

// label renders a button's label.
func (e *env) label(key string) string { return e.cfg.Text.Plain("label."+key, nil) }

// say adds a message without buttons.
func (e *env) say(key string, args text.Args) {
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, args)})
}

// help0 holds the argument of the last line of every dead end.
func (e *env) help0() text.Args { return text.Args{"bantuan": e.cfg.Agency.Helpdesk} }

// person adds how the person is addressed.
func (e *env) person(args text.Args) text.Args {
	out := text.Args{"sapaan": e.employee.Salutation(), "nama": e.employee.DisplayName()}
	for k, v := range args {
		out[k] = v
	}
	return out
}
