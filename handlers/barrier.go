package handlers

import (
	"context"

	"bangkom/internal/dialog"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// barrierCard asks what is in the way of a task. The answer only chooses the help:
// it is stored nowhere, so it can be shown to nobody (domain.md 8).
func (e *env) barrierCard(ctx context.Context, a dialog.Action, _ int) error {
	t, ok, err := e.pendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	button := func(label, cause string) dialog.Button {
		act := e.menuAction("sebab", t.ID)
		act.Value = cause
		return dialog.Button{Label: e.label(label), Action: act}
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "barrier.ask", Text: e.t("barrier.ask", text.Args{"judul": e.title(t)}),
		Rows: [][]dialog.Button{{button("barrier_time", "waktu"), button("barrier_signal", "sinyal")},
			{button("barrier_how", "cara")}, {button("barrier_need", "perlu")}}})
	return nil
}

// barrierHelp answers a cause with the help that fits it.
func (e *env) barrierHelp(ctx context.Context, a dialog.Action, message int) error {
	key, known := map[string]string{"waktu": "barrier.time", "sinyal": "barrier.signal", "cara": "barrier.how", "perlu": "barrier.need"}[a.Value]
	if !known {
		return dialog.ErrNotFound
	}
	t, ok, err := e.pendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	label := "start"
	if t.State == task.Started {
		label = "resume_filling"
	}
	args := e.person(e.taskArgs(t))
	args["bantuan"] = e.cfg.Agency.Helpdesk
	args["unit"] = e.employee.UnitName
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, args), Edit: message, Rows: [][]dialog.Button{
		{e.begin(label, t)},
		{{Label: e.label("later"), Action: e.menuAction("nanti", t.ID)}},
		{{Label: e.label("attention_stop"), Action: e.wishAction("henti")}},
	}})
	return nil
}
