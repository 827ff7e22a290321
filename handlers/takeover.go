package handlers

import (
	"context"
	"fmt"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// askTakeover lets the former account decide whether a proven person moves to
// the account that is talking.
func (e *env) askTakeover(ctx context.Context, n notice, former int64) error {
	id, err := e.tx.AskTakeover(ctx, n.claim, e.session.ChatID, e.now, e.now.Add(takeoverLife))
	if err != nil {
		return err
	}
	args := text.Args{"sapaan": n.employee.Salutation(), "nama": n.employee.DisplayName(), "jam": e.cfg.Text.Clock(e.now)}
	e.post(former, fmt.Sprintf("takeover:%d", id), dialog.Reply{Template: "takeover.ask", Text: e.t("takeover.ask", args),
		Rows: [][]dialog.Button{
			{{Label: e.label("takeover_yes"), Action: e.menuAction("pindah", id)}},
			{{Label: e.label("takeover_no"), Action: e.menuAction("tolakpindah", id)}},
		}})
	return nil
}

// decideTakeover answers a button on the former account.
func (e *env) decideTakeover(ctx context.Context, a dialog.Action, message int) error {
	r, err := e.tx.Takeover(ctx, a.Ref, e.employee.ID, e.now)
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
	done := dialog.Reply{Template: key, Text: e.t(key, e.person(e.help0())), Edit: message}
	if a.Step != "pindah" {
		e.out.replies = append(e.out.replies, done)
		e.post(r.ChatID, fmt.Sprintf("takeover:%d:no", r.ID), dialog.Reply{Template: told, Text: e.t(told, e.help0())})
		return e.tx.RefuseTakeover(ctx, r, e.now)
	}
	if err := e.moveTo(ctx, r); err != nil {
		return err
	}
	e.out.replies = append(e.out.replies, done)
	return nil
}

func (e *env) moveTo(ctx context.Context, r personnel.Takeover) error {
	if err := e.tx.AcceptTakeover(ctx, r, e.session.ChatID, e.now); err != nil {
		return err
	}
	reply, err := e.welcome(ctx)
	if err != nil {
		return err
	}
	e.post(r.ChatID, fmt.Sprintf("takeover:%d:yes", r.ID), reply)
	e.leaveAccount()
	return nil
}

// leaveAccount ends the tie between this chat and the person for the rest of
// the decision.
func (e *env) leaveAccount() {
	e.session.EmployeeID, e.employee = 0, personnel.Employee{}
	e.out.activeForm, e.out.activeRef, e.out.draft = "", 0, nil
}
