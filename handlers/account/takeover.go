package account

import (
	"context"
	"fmt"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// takeoverLimits bound the requests of one day. Three leave room for somebody who
// has missed the question twice.
var takeoverLimits = personnel.TakeoverLimits{PerPerson: 3, PerAccount: 3}

// askTakeover lets the former account decide whether a proven person moves to
// the account that is talking. The answer is the same whether the question is put
// now, still waits, or was put often enough today: nobody learns here what
// happens on the other phone.
func (e *env) askTakeover(ctx context.Context, n notice, former int64) (dialog.Ending, error) {
	asked, err := e.tx.AskTakeover(ctx, n.claim, e.Session.ChatID, e.Now, e.Now.Add(takeoverLife), takeoverLimits)
	if err != nil {
		return dialog.Ending{}, err
	}
	if !asked.Until.IsZero() {
		args := text.Args{"mulai": e.When(asked.Until), "bantuan": e.Cfg.Agency.Helpdesk}
		return dialog.Ending{Replies: []dialog.Reply{{Template: "takeover.enough", Text: e.T("takeover.enough", args)}}}, nil
	}
	if asked.ID != 0 {
		e.putTakeover(n, former, asked.ID)
	}
	return e.Ending("start.elsewhere"), nil
}

// putTakeover asks the former account.
func (e *env) putTakeover(n notice, former, id int64) {
	args := text.Args{"sapaan": n.employee.Salutation(), "nama": n.employee.DisplayName(), "jam": e.Cfg.Text.Clock(e.Now)}
	e.Post(former, fmt.Sprintf("takeover:%d", id), dialog.Reply{Template: "takeover.ask", Text: e.T("takeover.ask", args),
		Rows: [][]dialog.Button{
			{{Label: e.Label("takeover_yes"), Action: e.MenuAction("pindah", id)}},
			{{Label: e.Label("takeover_no"), Action: e.MenuAction("tolakpindah", id)}},
		}})
}

// decideTakeover answers a button on the former account.
func (e *env) decideTakeover(ctx context.Context, a dialog.Action, message int) error {
	r, err := e.tx.Takeover(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if !r.Open {
		return dialog.ErrNotFound
	}
	key, told := "takeover.refused", "takeover.refused_new"
	if a.Step == "pindah" {
		key = "takeover.moved"
	}
	done := dialog.Reply{Template: key, Text: e.T(key, e.Person(e.Helpdesk())), Edit: message}
	if a.Step != "pindah" {
		e.Out.Replies = append(e.Out.Replies, done)
		e.Post(r.ChatID, fmt.Sprintf("takeover:%d:no", r.ID), dialog.Reply{Template: told, Text: e.T(told, e.Helpdesk())})
		return e.tx.RefuseTakeover(ctx, r, e.Now)
	}
	if err := e.moveTo(ctx, r); err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, done)
	return nil
}

func (e *env) moveTo(ctx context.Context, r personnel.Takeover) error {
	if err := e.tx.AcceptTakeover(ctx, r, e.Session.ChatID, e.Reg.Moves, e.Now); err != nil {
		return err
	}
	reply, err := e.welcome(ctx)
	if err != nil {
		return err
	}
	e.Post(r.ChatID, fmt.Sprintf("takeover:%d:yes", r.ID), reply)
	e.leaveAccount()
	return nil
}

// leaveAccount ends the tie between this chat and the person for the rest of
// the decision.
func (e *env) leaveAccount() {
	e.Session.EmployeeID, e.Employee = 0, personnel.Employee{}
	e.Out.ActiveForm, e.Out.ActiveRef, e.Out.Draft = "", 0, nil
}
