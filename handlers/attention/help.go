package attention

import (
	"context"
	"fmt"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/persuasion"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// helpOffer says below the help for who does not know how that a helper may call, with the
// button that agrees to it; what was agreed before is said instead. Nothing where there is no
// helper but the superior: then the helpdesk stands there alone.
func (e *env) helpOffer(ctx context.Context, t task.Task) (line string, row []dialog.Button, err error) {
	asked, known, err := e.tx.RequestOf(ctx, e.Employee.ID, t.ID)
	if err != nil {
		return "", nil, err
	}
	if known {
		key := "help.asked_before"
		if !asked.Contacted.IsZero() {
			key = "help.called_before"
		}
		return e.T(key, e.Person(text.Args{"pendamping": asked.HelperName, "hari": persuasion.SilentDays, "tanggal": e.Cfg.Text.Date(asked.Asked.In(e.Cfg.Location))})), nil, nil
	}
	h, ok, err := e.tx.HelperOf(ctx, e.Employee.ID, e.Now)
	if err != nil || !ok {
		return "", nil, err
	}
	agree := e.MenuAction(persuasion.AskStep, t.ID)
	agree.Value = strconv.FormatInt(h.Employee, 10)
	return e.T("help.offer", e.Person(text.Args{"pendamping": h.Name, "hari": persuasion.KeepDays})), []dialog.Button{{Label: e.Label("help_agree"), Action: agree}}, nil
}

// askHelp is the press that agrees: the helper who was named gets the name and the number. When
// it is another one by now, the person is asked anew.
func (e *env) askHelp(ctx context.Context, a dialog.Action, message int) error {
	t, ok, err := e.PendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	helper, err := strconv.ParseInt(a.Value, 10, 64)
	if err != nil {
		return dialog.ErrNotFound
	}
	var id int64
	stored, err := e.Attempt(func() (err error) {
		id, err = e.tx.AskHelp(ctx, e.Employee.ID, t.ID, helper, e.Now)
		return err
	})
	if err != nil {
		return err
	}
	if !stored {
		return e.barrierHelp(ctx, dialog.Action{Ref: t.ID, Value: unclear}, message)
	}
	asked, _, err := e.tx.RequestOf(ctx, e.Employee.ID, t.ID)
	if err != nil {
		return err
	}
	e.Notify(helper, fmt.Sprintf("help:%d", id), outreach.Help, dialog.Reply{Template: "help.news", Text: e.T("help.news", text.Args{"unit": asked.Unit}),
		Rows: [][]dialog.Button{{{Label: e.Label("help_open"), Action: e.MenuAction(persuasion.RequestStep, id)}}}})
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "help.agreed", Edit: message,
		Text: e.T("help.agreed", e.Person(text.Args{"pendamping": asked.HelperName, "hari": persuasion.SilentDays, "bantuan": e.Cfg.Agency.Helpdesk})),
		Rows: [][]dialog.Button{{e.Begin(startLabel(t), t)}}})
	return nil
}

// requestCard shows whoever is to call whom and under which number. It is looked up with every
// press who that is; the message is noted, so that it does not show them for ever.
func (e *env) requestCard(ctx context.Context, a dialog.Action, message int) error {
	q, err := e.tx.RequestFor(ctx, a.Ref, e.Employee.ID, feature.HR(e.Employee.Rights), e.Now)
	if err != nil {
		return err
	}
	if !q.Contacted.IsZero() {
		if err := e.tx.HideRequest(ctx, e.Session.ChatID, message); err != nil {
			return err
		}
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "help.done", Edit: message, Text: e.T("help.done", nil)})
		return nil
	}
	if err := e.tx.ShowRequest(ctx, q.ID, e.Session.ChatID, message); err != nil {
		return err
	}
	phone := q.Phone
	if phone == "" {
		phone = e.Cfg.Text.Plain("help.no_phone", nil)
	}
	key := "help.card"
	if q.Helper != e.Employee.ID {
		key = "help.card_passed"
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Edit: message,
		Text: e.T(key, text.Args{"alamat": q.Name, "unit": q.Unit, "nomor": phone, "judul": q.Title, "pendamping": q.HelperName, "tanggal": e.Cfg.Text.Date(q.Asked.In(e.Cfg.Location))}),
		Rows: [][]dialog.Button{{{Label: e.Label("help_done"), Action: e.MenuAction(persuasion.DoneStep, q.ID)}}}})
	return nil
}

// requestDone notes that the person was called; the card forgets name and number.
func (e *env) requestDone(ctx context.Context, a dialog.Action, message int) error {
	q, err := e.tx.RequestFor(ctx, a.Ref, e.Employee.ID, feature.HR(e.Employee.Rights), e.Now)
	if err != nil {
		return err
	}
	if q.Contacted.IsZero() {
		if err := e.tx.ContactRequest(ctx, q.ID, e.Employee.ID, e.Now); err != nil {
			return err
		}
	}
	return e.requestCard(ctx, a, message)
}
