package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// decide routes one update. Authority comes from the chat's stored link, never
// from what an update says. An error that is errGone asks to decide the update
// again, as less than it meant.
func (e *env) decide(ctx context.Context, u dialog.Update) error {
	if e.reading != asMeant {
		return e.decideLess(ctx, u)
	}
	switch u.Kind {
	case dialog.KindGroup:
		e.refuseGroup()
	case dialog.KindBlocked:
		e.Session.Reachable = false
	case dialog.KindUnblocked:
		e.Session.Reachable = true
	case dialog.KindEdited:
		e.Say("odd.edited", nil)
	case dialog.KindContact:
		return e.OnContact(ctx, u.Contact)
	case dialog.KindMedia:
		return e.media(ctx, u)
	case dialog.KindPress:
		e.Session.Reachable = true
		return e.press(ctx, u)
	case dialog.KindText:
		e.Session.Reachable = true
		return e.typed(ctx, u)
	case dialog.KindFlood:
		e.Say("odd.flood", nil)
	case dialog.KindAgain:
		return e.askAgain(ctx)
	case dialog.KindOther:
	}
	return nil
}

// askAgain shows the present question once more after an outage in which a press
// may have been lost. Somebody who is in the middle of nothing any more is left
// alone; somebody who cannot go on, because the deadline has passed meanwhile, is
// told that and no more. Nobody is woken when the update had to wait until the
// night: the question is still there.
func (e *env) askAgain(ctx context.Context) error {
	if _, open := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef); !open || !e.Linked() {
		return nil
	}
	gate, err := e.Cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return err
	}
	if at, ok := gate.Calendar.Next(outreach.Service, e.Now, outreach.Diary{}); !ok || at.After(e.Now) {
		return nil
	}
	if err := e.RunFlow(ctx, e.Session.ActiveForm, e.Session.ActiveRef, dialog.Input{Verb: dialog.Resume}); err != nil {
		return gone(err)
	}
	for i := range e.Out.Replies {
		e.Out.Replies[i].Class = dialog.ClassService // the bot starts it by itself
	}
	if e.Out.ActiveForm == "" {
		return nil
	}
	first := &e.Out.Replies[0]
	first.Text = e.T("odd.recovered", nil) + "\n\n" + first.Text
	return nil
}

// guards are the messages that guard an account, about a second phone or about
// freeing it. They are of use at once or never, so they go at any hour, also to a
// chat that has done nothing itself.
var guards = []string{"takeover.ask", "takeover.refused_new", "notice.linked_none", "notice.linked_task", "notice.linked_many", "person.unlink_notice", "person.unlinked_note"}

// way is by what right a posted message goes; "" = by none.
func (e *env) way(p feature.Posted) dialog.Way {
	switch {
	case p.ChatID == e.Session.ChatID:
		return dialog.WayAnswer
	case slices.Contains(guards, p.Reply.Template):
		return dialog.WayGuard
	}
	return ""
}

// refuseGroup refuses a group at most once a day.
func (e *env) refuseGroup() {
	e.Post(e.Session.ChatID, fmt.Sprintf("group:%d:%s", e.Session.ChatID, e.Now.Format(time.DateOnly)),
		dialog.Reply{Template: "odd.group", Text: e.T("odd.group", text.Args{"bot": e.Cfg.BotUsername()})})
}

func (e *env) typed(ctx context.Context, u dialog.Update) error {
	if name, arg, ok := u.Command(); ok {
		return e.command(ctx, name, arg)
	}
	if u.Content.ReplyTo != 0 && e.Linked() {
		if taken, err := e.OnReplied(ctx, u); taken || err != nil {
			return gone(err)
		}
	}
	word := plainWord(u.Text)
	if _, open := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef); open && e.Session.ActiveForm != "" {
		if e.overForm(word) {
			return e.understood(ctx, word)
		}
		return e.answered(ctx, u, word)
	}
	switch {
	case e.Linked():
		return e.unasked(ctx, u.Text, word)
	case word != "" && word != plainMenu && word != plainAnswer: // a greeting is told how to come in
		return e.understood(ctx, word)
	}
	return e.OnCode(ctx, u.Text)
}

// media gives what is neither text nor a button to the question on show, if that takes
// pictures and files, else to the feature that reads files.
func (e *env) media(ctx context.Context, u dialog.Update) error {
	if _, open := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef); open && e.Linked() {
		e.Session.Reachable = true
		in := dialog.Input{Verb: dialog.Answer, Typed: true, Media: true, Content: &u.Content}
		err := e.RunFlow(ctx, e.Session.ActiveForm, e.Session.ActiveRef, in)
		if !errors.Is(err, feature.ErrNotTaken) {
			return gone(err)
		}
	}
	return e.OnMedia(ctx, u)
}

func (e *env) command(ctx context.Context, name, arg string) error {
	c, ok := e.Reg.Names[name]
	switch {
	case !ok || !c.May(e.Employee.Rights):
		e.KeepNote()
		e.MenuCard("menu.unknown_command", e.nearCommands(name)...)
		return nil
	case !c.Unlinked && !e.Linked():
		e.Say("start.no_code", e.Helpdesk())
		return nil
	}
	return c.Run(e.Env, ctx, arg)
}

func (e *env) press(ctx context.Context, u dialog.Update) error {
	a := u.Press.Action
	if !u.Press.OK {
		return e.stalePress(ctx)
	}
	if a.Flow == feature.MenuFlow {
		return e.menuPress(ctx, a, u.MessageID)
	}
	in := dialog.Input{Verb: a.Verb, Step: a.Step, Value: a.Value, Message: u.MessageID}
	return gone(e.RunFlow(ctx, a.Flow, a.Ref, in))
}

// stalePress answers a button that means nothing any more: it changes nothing
// and shows where the person stands.
func (e *env) stalePress(ctx context.Context) error {
	sentence := e.Cfg.Text.Plain("form.stale", nil)
	e.Out.Toast = sentence
	if _, ok := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef); !ok || e.Session.ActiveForm == "" {
		e.MenuCard("form.stale")
		return nil
	}
	if e.reading == asNothing {
		e.dropActive()
		e.MenuCard("form.stale")
		return nil
	}
	if err := e.RunFlow(ctx, e.Session.ActiveForm, e.Session.ActiveRef, dialog.Input{Verb: dialog.Resume}); err != nil {
		return gone(err)
	}
	first := &e.Out.Replies[0]
	first.Text = e.T("form.stale", nil) + "\n\n" + first.Text
	e.Out.Toast = sentence
	return nil
}

// dropActive leaves a form that cannot go on because what it is about is gone:
// the period was closed, the person came in with an account. Its feature says
// whether the draft is kept.
func (e *env) dropActive() {
	rec, _ := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef)
	e.Out.ActiveForm, e.Out.ActiveRef = "", 0
	if e.Reg.Conversations[rec.Form].Gone != feature.Kept {
		rec.Done = true
		e.Out.Draft = &rec
	}
}
