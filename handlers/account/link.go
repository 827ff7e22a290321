package account

import (
	"context"
	"errors"
	"strings"

	"bangkom/handlers/feature"
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

// start answers /start, with or without the code of a deep link.
func (e *env) start(ctx context.Context, arg string) error {
	taken, err := e.OnStart(ctx, arg)
	switch {
	case taken || err != nil:
		return err
	case arg != "":
		return e.tryCode(ctx, arg)
	case e.Linked():
		e.KeepNote()
		e.MenuCard("menu.title")
	default:
		e.Say("start.no_code", e.Helpdesk())
	}
	return nil
}

// tryCode treats a text as a one-time code and shows the notice if it is one.
func (e *env) tryCode(ctx context.Context, typed string) error {
	if inside := personnel.NIPInside(typed); inside != "" {
		typed = inside
	} else if inside := personnel.CodeInside(typed); inside != "" {
		typed = inside
	}
	if closed, err := e.closedDoor(ctx); err != nil {
		return err
	} else if !closed.until.IsZero() {
		return e.tryWhileLocked(ctx, typed, closed)
	}
	if digits, ok := nipLike(typed); ok && !e.Linked() {
		return e.tryNIP(ctx, digits)
	}
	normal, ok := personnel.NormaliseCode(typed)
	if !ok {
		if e.Linked() {
			e.KeepNote()
			e.MenuCard("menu.title")
			return nil
		}
		e.Say("start.not_a_code", e.Helpdesk())
		return nil
	}
	code, err := e.tx.CodeByHash(ctx, e.Cfg.HashCode(normal), e.Now)
	if err != nil && !errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	if e.Linked() {
		return e.codeWhileLinked(ctx, code)
	}
	if err != nil || !code.Usable {
		return e.wrongTry(ctx, "start.wrong_code")
	}
	return e.RunFlow(ctx, linkFlow, code.ID, dialog.Input{Verb: dialog.Resume})
}

// tryWhileLocked answers a code during a lockout. Only a code that was made after
// the lockout began is let through: the officer who made it has seen the person. Any
// other try counts among the failed ones of everybody and does not move the end.
func (e *env) tryWhileLocked(ctx context.Context, typed string, closed door) error {
	if normal, ok := personnel.NormaliseCode(typed); ok {
		code, err := e.tx.CodeByHash(ctx, e.Cfg.HashCode(normal), e.Now)
		if err != nil && !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
		right := err == nil && code.Usable
		if right && !e.Linked() && code.At.After(closed.since) {
			return e.RunFlow(ctx, linkFlow, code.ID, dialog.Input{Verb: dialog.Resume})
		}
		if e.Linked() && code.EmployeeID != e.Employee.ID || !e.Linked() && !right {
			if err := e.countLockedOut(ctx); err != nil {
				return err
			}
		}
	}
	e.Say("start.locked", e.lockedArgs(closed))
	return nil
}

// codeWhileLinked answers a one-time code that is typed into an account which
// somebody has already. If the code is not that person's own, the answer does not
// tell whether there is such a code, and it counts as a wrong try like any other.
func (e *env) codeWhileLinked(ctx context.Context, code personnel.Code) error {
	e.KeepNote()
	if code.EmployeeID != e.Employee.ID {
		closed, err := e.countWrong(ctx)
		if err != nil {
			return err
		}
		if !closed.until.IsZero() {
			e.Say("start.locked", e.lockedArgs(closed))
			return nil
		}
	}
	e.Say("start.already", e.Person(e.Helpdesk()))
	return nil
}

// dropKeyboard adds a message that takes the button of the phone number away.
func (e *env) dropKeyboard(key string, args text.Args) {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), DropKeyboard: true})
}

// welcome greets a newly linked person with all that is waiting: a superior learns at once
// how many ratings that is.
func (e *env) welcome(ctx context.Context) (dialog.Reply, error) {
	t, ok, err := e.openTask(ctx)
	if err != nil {
		return dialog.Reply{}, err
	}
	first := 1
	if ok {
		first = 2
	}
	more, rows, err := e.OwedLines(ctx, first)
	if err != nil {
		return dialog.Reply{}, err
	}
	if len(more) > 0 {
		return e.welcomeAll(t, ok, more, rows), nil
	}
	if !ok {
		return dialog.Reply{Template: "notice.linked_none", Text: e.T("notice.linked_none", e.Person(nil))}, nil
	}
	return dialog.Reply{Template: "notice.linked_task", Text: e.T("notice.linked_task", e.Person(e.TaskArgs(t))),
		Rows: [][]dialog.Button{{e.Begin("start", t), e.Link(feature.ToLater, "later", t.ID)}}}, nil
}

// welcomeAll greets somebody for whom more waits than one task of their own.
func (e *env) welcomeAll(t task.Task, ok bool, more []string, rows [][]dialog.Button) dialog.Reply {
	n := len(more)
	if ok {
		n++
		more = append([]string{e.T("notice.linked_own", e.TaskArgs(t))}, more...)
		rows = append([][]dialog.Button{{e.Begin("start", t)}}, rows...)
	}
	head := e.T("notice.linked_many", e.Person(text.Args{"n": e.Cfg.Text.Count(n)}))
	return dialog.Reply{Template: "notice.linked_many", Text: strings.Join(append([]string{head}, more...), "\n"), Rows: rows}
}

// openTask returns the first thing that the person owes now.
func (e *env) openTask(ctx context.Context) (task.Task, bool, error) {
	tasks, err := e.TasksOf(ctx, e.Reg.Listed())
	if err != nil {
		return task.Task{}, false, err
	}
	for _, t := range tasks {
		if t.State != task.Done && t.Availability(e.Now) == task.Available {
			return t, true, nil
		}
	}
	return task.Task{}, false, nil
}
