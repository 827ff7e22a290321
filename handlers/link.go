package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// NoticeVersion is the version of the privacy notice that a consent names.
// It rises with every change of its text.
const NoticeVersion = "2026-11"

const linkFlow = "l"

// The limits on wrong codes of one account.
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
		e.say("start.locked", text.Args{"jam": e.cfg.Text.Clock(until), "bantuan": e.cfg.Agency.Helpdesk})
		return nil
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

func (e *env) wrongCode() {
	if !e.now.Before(e.session.TriesSince.Add(triesReset)) {
		e.session.WrongTries, e.session.TriesSince = 0, e.now
	}
	e.session.WrongTries++
	if until := e.lockedUntil(); !until.IsZero() {
		e.say("start.locked", text.Args{"jam": e.cfg.Text.Clock(until), "bantuan": e.cfg.Agency.Helpdesk})
		return
	}
	e.say("start.wrong_code", e.help0())
}

// notice is the state of the privacy notice of one code.
type notice struct {
	Choice   string             `json:"-"`
	code     personnel.Code     // looked up anew at each input
	employee personnel.Employee // whom the code is for
}

// linkForm shows the privacy notice and links the account after Setuju.
func (p *Processor) linkForm() dialog.Form[notice, *env] {
	return dialog.Form[notice, *env]{
		FormName: linkFlow, Say: p.wording("notice.hint"),
		Load: loadNotice,
		Steps: func(notice) []dialog.Step[notice] {
			return []dialog.Step[notice]{{Key: "setuju", Ask: p.askNotice, Accept: p.acceptNotice}}
		},
		Guard: func(_ *env, n notice) (dialog.Prompt, bool) {
			return dialog.Prompt{Template: "start.wrong_code",
				Text: p.cfg.Text.T("start.wrong_code", text.Args{"bantuan": p.cfg.Agency.Helpdesk})}, !n.code.Usable
		},
		Finish: finishNotice,
	}
}

func loadNotice(ctx context.Context, e *env, r *dialog.Record) (notice, error) {
	code, err := e.tx.CodeByID(ctx, r.Ref, e.now)
	if err != nil {
		return notice{}, err
	}
	if e.linked() {
		return notice{}, dialog.ErrNotFound
	}
	emp, err := e.tx.Employee(ctx, code.EmployeeID)
	if err != nil {
		return notice{}, err
	}
	r.State = json.RawMessage("{}")
	return notice{code: code, employee: emp}, nil
}

func (p *Processor) askNotice(n notice, _ dialog.Place) dialog.Prompt {
	a := p.cfg.Agency
	promise := ""
	if a.Promise != "" {
		promise = " " + a.Promise
	}
	first, _, _ := strings.Cut(n.employee.DisplayName(), " ")
	label := func(key string) string { return p.cfg.Text.Plain("label."+key, nil) }
	return dialog.Prompt{Template: "notice.body",
		Text: p.cfg.Text.T("notice.body", text.Args{"badan": a.Name, "pengenal": a.Recognition,
			"samar": personnel.MaskedName(first), "akhiran": n.employee.NIP.Last4(), "unit": n.employee.UnitName, "janji": promise}),
		Bare: true,
		Rows: [][]dialog.Choice{
			{{Label: label("agree"), Value: "ya"}},
			{{Label: label("not_me"), Value: "bukan"}, {Label: label("decline"), Value: "tidak"}},
		}}
}

func (p *Processor) acceptNotice(n *notice, value string, typed bool) error {
	if typed {
		words := map[string]string{"setuju": "ya", "bukan saya": "bukan", "tidak bersedia": "tidak"}
		value = words[strings.ToLower(strings.Trim(value, " .\n"))]
	}
	switch value {
	case "ya", "bukan", "tidak":
		n.Choice = value
		return nil
	}
	return dialog.Invalid(p.cfg.Text.T("notice.hint", nil))
}

func finishNotice(ctx context.Context, e *env, n notice) (dialog.Ending, error) {
	switch n.Choice {
	case "bukan":
		e.out.forget = true
		return e.ending("notice.not_me"), e.tx.CloseCode(ctx, n.code.ID, e.now)
	case "tidak":
		e.out.forget = true
		return e.ending("notice.declined"), nil
	}
	elsewhere, err := e.tx.LinkedElsewhere(ctx, n.employee.ID, e.session.ChatID)
	if err != nil {
		return dialog.Ending{}, err
	}
	if elsewhere {
		return e.ending("start.elsewhere"), nil
	}
	emp, err := e.tx.Link(ctx, n.code.ID, e.session.ChatID, NoticeVersion, e.now)
	if err != nil {
		return dialog.Ending{}, fmt.Errorf("link: %w", err)
	}
	e.employee, e.session.EmployeeID, e.session.WrongTries = emp, emp.ID, 0
	reply, err := e.welcome(ctx)
	return dialog.Ending{Replies: []dialog.Reply{reply}}, err
}

// ending is a last message without buttons.
func (e *env) ending(key string) dialog.Ending {
	return dialog.Ending{Replies: []dialog.Reply{{Template: key, Text: e.t(key, e.help0())}}}
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
	tasks, err := e.tx.Tasks(ctx, e.employee.ID, owed)
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
