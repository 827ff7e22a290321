package resolve

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/resolve"
	"bangkom/internal/text"
)

// writableDays is for how many days after a training the list offers to write: as many as
// there are before the question.
const writableDays = 29

// most bounds the list; somebody who attended more within a month finds the newest.
const most = 10

// list answers /niat: what the person has written, and the trainings about which something
// may be written. The only thing there is is opened at once.
func (e *env) list(ctx context.Context, _ string) error {
	e.KeepNote()
	all, err := e.tx.Resolves(ctx, e.Employee.ID, 0, feature.Midnight(e.Now.In(e.Cfg.Location)).AddDate(0, 0, -writableDays), e.Now)
	if err != nil {
		return err
	}
	switch len(all) {
	case 0:
		e.Say("resolve.none", e.Person(nil))
		return nil
	case 1:
		return e.open(ctx, e.dated(all[0]))
	}
	lines := []string{e.T("resolve.list", e.Person(nil))}
	var numbers []dialog.Button
	for i, r := range all[:min(len(all), most)] {
		r, n := e.dated(r), strconv.Itoa(i+1)
		lines = append(lines, e.T("resolve.line", text.Args{"k": n, "nama": feature.Clip(r.Name, feature.LongName), "keadaan": e.state(r)}))
		numbers = append(numbers, dialog.Button{Label: n, Action: e.opens(r)})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: cardTemplate, Text: strings.Join(lines, "\n"), Rows: feature.Grid(feature.Numbers, numbers), Sealed: true})
	return nil
}

// open shows a resolve, or asks for one where there is none.
func (e *env) open(ctx context.Context, r resolve.Resolve) error {
	if r.Line == "" {
		return e.RunFlow(ctx, resolve.Flow, r.Batch, dialog.Input{Verb: dialog.Resume})
	}
	e.Out.Replies = append(e.Out.Replies, e.shown(r, 0))
	return nil
}

// opens is the button that does that.
func (e *env) opens(r resolve.Resolve) dialog.Action {
	if r.Line == "" {
		return dialog.Action{Flow: resolve.Flow, Ref: r.Batch, Verb: dialog.Resume}
	}
	return e.MenuAction(resolve.CardStep, r.Batch)
}

// state says in the list where a resolve stands, without its words.
func (e *env) state(r resolve.Resolve) string {
	args := text.Args{"tanggal": e.Cfg.Text.Date(r.AskOn), "hasil": e.outcome(r.Outcome)}
	switch {
	case r.Line == "":
		return e.Cfg.Text.Plain("resolve.state_open", args)
	case r.Outcome != "":
		return e.Cfg.Text.Plain("resolve.state_answered", args)
	case r.Answerable(e.today()):
		return e.Cfg.Text.Plain("resolve.state_asked", nil)
	}
	return e.Cfg.Text.Plain("resolve.state_written", args)
}

// outcome is an outcome in a word; "" of none.
func (e *env) outcome(o resolve.Outcome) string {
	key := map[resolve.Outcome]string{resolve.Done: "resolve.done", resolve.Partly: "resolve.partly", resolve.NotYet: "resolve.notyet"}[o]
	if key == "" {
		return ""
	}
	return e.Cfg.Text.Plain(key, nil)
}

// cardTemplate is the name of every message of the room that the person causes: which of
// them it is says something.
const cardTemplate = "resolve.card"

// shown is the card of a resolve: its line, and what may be done with it today.
func (e *env) shown(r resolve.Resolve, message int) dialog.Reply {
	args := e.Person(text.Args{"pelatihan": r.Name, "isi": r.Line, "ditulis": e.Cfg.Text.Date(r.Written), "tanggal": e.Cfg.Text.Date(r.AskOn),
		"hasil": e.outcome(r.Outcome), "hapus": e.Cfg.Text.Date(r.GoneOn())})
	key := "resolve.waits"
	rows := [][]dialog.Button{{
		{Label: e.Label("resolve_change"), Action: dialog.Action{Flow: resolve.Flow, Ref: r.Batch, Verb: dialog.Resume}},
		{Label: e.Label("resolve_drop"), Action: e.MenuAction(dropStep, r.Batch)}}}
	if r.Answerable(e.today()) {
		key = "resolve.question"
		if r.Outcome != "" {
			key = "resolve.answered"
		}
		rows = [][]dialog.Button{nil, {{Label: e.Label("resolve_drop"), Action: e.MenuAction(dropStep, r.Batch)}}}
		for _, o := range resolve.Outcomes() {
			a := e.MenuAction(answerStep, r.Batch)
			a.Value = string(o)
			rows[0] = append(rows[0], dialog.Button{Label: e.Label(map[resolve.Outcome]string{resolve.Done: "resolve_done", resolve.Partly: "resolve_partly", resolve.NotYet: "resolve_notyet"}[o]), Action: a})
		}
	}
	return dialog.Reply{Template: cardTemplate, Text: e.T("resolve.card", args) + "\n\n" + e.T(key, args), Rows: rows, Edit: message, Sealed: true}
}

// card shows the own resolve in the place of the message that brought it back.
func (e *env) card(ctx context.Context, a dialog.Action, message int) error {
	r, err := e.written(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, e.shown(r, message))
	return nil
}

// written is the own resolve about a batch; dialog.ErrNotFound when there is none.
func (e *env) written(ctx context.Context, batch int64) (resolve.Resolve, error) {
	r, err := e.own(ctx, batch)
	if err == nil && r.Line == "" {
		err = dialog.ErrNotFound
	}
	return r, err
}

// answer stores what became of it.
func (e *env) answer(ctx context.Context, a dialog.Action, message int) error {
	o := resolve.Outcome(a.Value)
	if !slices.Contains(resolve.Outcomes(), o) {
		return dialog.ErrNotFound
	}
	r, err := e.written(ctx, a.Ref)
	if err != nil {
		return err
	}
	if err := e.tx.AnswerResolve(ctx, e.Employee.ID, r.Batch, o, e.today()); err != nil {
		return err
	}
	r.Outcome, r.Answered = o, e.today()
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	e.Out.Replies = append(e.Out.Replies, e.shown(r, message))
	return nil
}

// askDrop asks before a resolve is deleted.
func (e *env) askDrop(ctx context.Context, a dialog.Action, message int) error {
	r, err := e.written(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: cardTemplate, Text: e.T("resolve.drop", text.Args{"nama": r.Name}), Edit: message, Sealed: true,
		Rows: [][]dialog.Button{{{Label: e.Label("resolve_drop_yes"), Action: e.MenuAction(dropYes, r.Batch)},
			{Label: e.Label("back"), Action: e.MenuAction(resolve.CardStep, r.Batch)}}}})
	return nil
}

// drop deletes it; the question does not come then.
func (e *env) drop(ctx context.Context, a dialog.Action, message int) error {
	if err := e.tx.DropResolve(ctx, e.Employee.ID, a.Ref); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: cardTemplate, Text: e.T("resolve.dropped", nil), Edit: message, Sealed: true})
	return nil
}
