package handlers

import (
	"context"
	"errors"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// The names of the two ways to an account.
const (
	linkFlow  = "l" // by code; its ref is the code
	phoneFlow = "n" // by NIP and the own phone number
)

// The limits on failed proofs, wrong codes or phone numbers, of one account.
const (
	maxTries   = 5
	triesReset = time.Hour
)

// start answers /start, with or without the code of a deep link.
func (e *env) start(ctx context.Context, arg string) error {
	switch {
	case arg != "":
		return e.tryCode(ctx, arg)
	case e.linked():
		e.keepNote()
		e.menuCard("menu.title")
	default:
		e.say("start.no_code", e.help0())
	}
	return nil
}

// tryCode treats a text as a one-time code and shows the notice if it is one.
func (e *env) tryCode(ctx context.Context, typed string) error {
	if until := e.lockedUntil(); !until.IsZero() {
		return e.tryWhileLocked(ctx, typed, until)
	}
	if digits, ok := nipLike(typed); ok && !e.linked() {
		return e.tryNIP(ctx, digits)
	}
	normal, ok := NormaliseCode(typed)
	if !ok {
		if e.linked() {
			e.keepNote()
			e.menuCard("menu.title")
			return nil
		}
		e.say("start.not_a_code", e.help0())
		return nil
	}
	code, err := e.tx.CodeByHash(ctx, e.cfg.HashCode(normal), e.now)
	if err != nil && !errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	if e.linked() {
		e.codeWhileLinked(code)
		return nil
	}
	if err != nil || !code.Usable {
		e.wrongCode()
		return nil
	}
	return e.runFlow(ctx, linkFlow, code.ID, dialog.Input{Verb: dialog.Resume})
}

// tryWhileLocked answers during a lockout. Only a code that was made after it
// began is let through: whoever made it has seen the person.
func (e *env) tryWhileLocked(ctx context.Context, typed string, until time.Time) error {
	if normal, ok := NormaliseCode(typed); ok && !e.linked() {
		code, err := e.tx.CodeByHash(ctx, e.cfg.HashCode(normal), e.now)
		if err != nil && !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
		if err == nil && code.Usable && code.At.After(e.session.TriesSince) {
			return e.runFlow(ctx, linkFlow, code.ID, dialog.Input{Verb: dialog.Resume})
		}
	}
	e.say("start.locked", text.Args{"jam": e.cfg.Text.Clock(until), "bantuan": e.cfg.Agency.Helpdesk})
	return nil
}

func (e *env) codeWhileLinked(code personnel.Code) {
	e.keepNote()
	if code.EmployeeID != 0 && code.EmployeeID != e.employee.ID {
		e.say("start.other_person", e.person(e.help0()))
		return
	}
	e.say("start.already", e.person(nil))
}

// lockedUntil returns when codes may be tried again; zero = now.
func (e *env) lockedUntil() time.Time {
	until := e.session.TriesSince.Add(triesReset)
	if e.session.WrongTries < maxTries || !e.now.Before(until) {
		return time.Time{}
	}
	return until.In(e.cfg.Location)
}

func (e *env) wrongCode() { e.wrongTry("start.wrong_code") }

// wrongTry counts a failed proof and says so; the last one closes the door.
func (e *env) wrongTry(key string) {
	if !e.now.Before(e.session.TriesSince.Add(triesReset)) {
		e.session.WrongTries, e.session.TriesSince = 0, e.now
	}
	if e.session.WrongTries++; e.session.WrongTries == maxTries {
		e.session.TriesSince = e.now // the lockout begins
	}
	if until := e.lockedUntil(); !until.IsZero() {
		key = "start.locked"
		e.dropKeyboard(key, text.Args{"jam": e.cfg.Text.Clock(until), "bantuan": e.cfg.Agency.Helpdesk})
		return
	}
	e.dropKeyboard(key, e.help0())
}

// ending is a last message without buttons.
func (e *env) ending(key string) dialog.Ending {
	return dialog.Ending{Replies: []dialog.Reply{{Template: key, Text: e.t(key, e.help0())}}}
}

// dropKeyboard adds a message that takes the button of the phone number away.
func (e *env) dropKeyboard(key string, args text.Args) {
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, args), DropKeyboard: true})
}

// welcome greets a newly linked person with what is waiting.
func (e *env) welcome(ctx context.Context) (dialog.Reply, error) {
	t, ok, err := e.openTask(ctx)
	if err != nil {
		return dialog.Reply{}, err
	}
	if !ok {
		return dialog.Reply{Template: "notice.linked_none", Text: e.t("notice.linked_none", e.person(nil))}, nil
	}
	return dialog.Reply{Template: "notice.linked_task", Text: e.t("notice.linked_task", e.person(e.taskArgs(t))),
		Rows: [][]dialog.Button{{e.begin("start", t), {Label: e.label("later"), Action: e.menuAction("nanti", t.ID)}}}}, nil
}

// openTask returns the first thing that the person owes now.
func (e *env) openTask(ctx context.Context) (task.Task, bool, error) {
	tasks, err := e.tasksOf(ctx, owed)
	if err != nil {
		return task.Task{}, false, err
	}
	for _, t := range tasks {
		if t.State != task.Done && t.Availability(e.now) == task.Available {
			return t, true, nil
		}
	}
	return task.Task{}, false, nil
}
