package attention

import (
	"context"

	"bangkom/internal/dialog"
	"bangkom/internal/reminder"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// unclear is the cause for which there are helpers (Belum paham caranya).
const unclear = "cara"

// barrierCard asks what is in the way of a task. The answer only chooses the help:
// it is stored nowhere, so it can be shown to nobody (domain.md 8).
func (e *env) barrierCard(ctx context.Context, a dialog.Action, _ int) error {
	t, ok, err := e.PendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	button := func(label, cause string) dialog.Button {
		act := e.MenuAction("sebab", t.ID)
		act.Value = cause
		return dialog.Button{Label: e.Label(label), Action: act}
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "barrier.ask", Text: e.T("barrier.ask", text.Args{"judul": e.Title(t)}),
		Rows: [][]dialog.Button{{button("barrier_time", "waktu"), button("barrier_signal", "sinyal")},
			{button("barrier_how", unclear)}, {button("barrier_need", "perlu")}}})
	return nil
}

// barrierHelp answers a cause with the help that fits it.
func (e *env) barrierHelp(ctx context.Context, a dialog.Action, message int) error {
	key, known := map[string]string{"waktu": "barrier.time", "sinyal": "barrier.signal", unclear: "barrier.how", "perlu": "barrier.need"}[a.Value]
	if !known {
		return dialog.ErrNotFound
	}
	t, ok, err := e.PendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	args := e.Person(e.TaskArgs(t))
	args["bantuan"] = e.Cfg.Agency.Helpdesk
	args["unit"] = e.Employee.UnitName
	reply := dialog.Reply{Template: key, Text: e.T(key, args), Edit: message, Rows: [][]dialog.Button{
		{e.Begin(startLabel(t), t)},
		{{Label: e.Label("later"), Action: e.MenuAction("nanti", t.ID)}},
		{{Label: e.Label("attention_stop"), Action: e.preferenceAction(reminder.Stop)}},
	}}
	if a.Value == unclear {
		line, row, err := e.helpOffer(ctx, t)
		if err != nil {
			return err
		}
		if line != "" {
			reply.Text += "\n\n" + line
		}
		if row != nil {
			reply.Rows = append([][]dialog.Button{row}, reply.Rows...)
		}
	}
	e.Out.Replies = append(e.Out.Replies, reply)
	return nil
}

// startLabel is the label of the button that begins a task, or goes on with it.
func startLabel(t task.Task) string {
	if t.State == task.Started {
		return "resume_filling"
	}
	return "start"
}
