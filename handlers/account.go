package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// An account that the officer of a unit wants to be free may object for
// unlinkWait. A request is good for unlinkLife, and as long an objection holds:
// whoever is free to ask anew every hour wins in the end.
const (
	unlinkWait = 24 * time.Hour
	unlinkLife = 7 * 24 * time.Hour
)

// guardedAccount says no when the officer of a unit wants the account of
// somebody who holds a role or leads people: whoever has a code of theirs could
// use the right.
func (e *env) guardedAccount(ctx context.Context, m personnel.Member) (bool, error) {
	if e.employee.Rights.HR {
		return false, nil
	}
	guarded, err := e.tx.Guarded(ctx, m.ID, e.now)
	if guarded {
		e.say("person.guarded", text.Args{"alamat": m.Address(), "bantuan": e.cfg.Agency.Helpdesk})
	}
	return guarded, err
}

// newCode makes a one-time code for a person of the area and shows it once. For
// somebody who has an account only the personnel office may: with the code the
// account can be asked to move.
func (e *env) newCode(ctx context.Context, a dialog.Action, _ int) error {
	m, err := e.tx.Person(ctx, e.area(), a.Ref)
	if err != nil {
		return err
	}
	if guarded, err := e.guardedAccount(ctx, m); guarded || err != nil {
		return err
	}
	if m.Linked && !e.employee.Rights.HR {
		e.say("person.code_linked", text.Args{"alamat": m.Address(), "bantuan": e.cfg.Agency.Helpdesk})
		return nil
	}
	code, err := NewCode(rand.Reader)
	if err != nil {
		return fmt.Errorf("new code: %w", err)
	}
	expires := e.now.AddDate(0, 0, e.cfg.CodeDays)
	if err := e.tx.NewCode(ctx, m.ID, e.cfg.HashCode(code), e.employee.ID, e.now, expires); err != nil {
		return err
	}
	link := ""
	if bot := e.cfg.BotUsername(); bot != "" {
		link = "\nhttps://t.me/" + bot + "?start=" + code
	}
	key := "person.code"
	if m.Linked {
		key = "person.code_moves"
	}
	e.say(key, text.Args{"alamat": m.Address(), "akhiran": m.NIP.Last4(), "kode": FormatCode(code), "tautan": link,
		"pengenal": e.cfg.Agency.Recognition, "batas": e.cfg.Text.Date(expires)})
	return nil
}

// The states of the wish to free an account.
const (
	unlinkMay      = "may"      // at once: the personnel office, or nobody has objected
	unlinkAsk      = "ask"      // the account is asked first
	unlinkWaits    = "waits"    // it may still object
	unlinkObjected = "objected" // it has
)

func (e *env) unlinkState(ctx context.Context, m personnel.Member) (state string, r personnel.UnlinkRequest, err error) {
	if e.employee.Rights.HR {
		return unlinkMay, r, nil
	}
	r, err = e.tx.UnlinkRequest(ctx, m.ID, e.now.Add(-unlinkLife))
	switch {
	case errors.Is(err, dialog.ErrNotFound):
		return unlinkAsk, r, nil
	case err != nil:
		return "", r, err
	case r.Objected:
		return unlinkObjected, r, nil
	case e.now.Before(r.At.Add(unlinkWait)):
		return unlinkWaits, r, nil
	}
	return unlinkMay, r, nil
}

// unlinkOther frees the account of somebody whose phone is lost, after a
// question. The officer of a unit cannot do so alone: the account is told, and
// is freed a day later unless it objects.
func (e *env) unlinkOther(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.area(), a.Ref)
	if err != nil {
		return err
	}
	if !m.Linked || m.ID == e.employee.ID { // the own account is left through /privasi
		return dialog.ErrNotFound
	}
	if guarded, err := e.guardedAccount(ctx, m); guarded || err != nil {
		return err
	}
	if a.Step == "copottdk" {
		return e.showPerson(ctx, m, message)
	}
	state, r, err := e.unlinkState(ctx, m)
	if err != nil {
		return err
	}
	args := text.Args{"alamat": m.Address(), "akhiran": m.NIP.Last4(), "bantuan": e.cfg.Agency.Helpdesk}
	show := func(key string, rows ...[]dialog.Button) {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, args), Edit: message, Rows: rows})
	}
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.label(label), Action: e.menuAction(step, m.ID)}}
	}
	switch {
	case state == unlinkObjected:
		show("person.unlink_objected")
	case state == unlinkWaits:
		args["batas"] = e.until(r.At.Add(unlinkWait))
		show("person.unlink_waits")
	case state == unlinkAsk && a.Step == "copotminta":
		args["batas"] = e.until(e.now.Add(unlinkWait))
		if err := e.askUnlink(ctx, m); err != nil {
			return err
		}
		show("person.unlink_asked")
	case state == unlinkAsk:
		show("person.unlink_request", button("unlink_request", "copotminta"), button("unlink_no", "copottdk"))
	case a.Step == "copotya":
		if err := e.freeAccount(ctx, m); err != nil {
			return err
		}
		show("person.unlinked", button("new_code", "kode"))
	default:
		show("person.unlink_ask", button("unlink_yes", "copotya"), button("unlink_no", "copottdk"))
	}
	return nil
}

// until writes a moment of today or later.
func (e *env) until(t time.Time) string { return e.cfg.Text.Deadline(t.In(e.cfg.Location)) }

// askUnlink stores the request and tells the account, which may object.
func (e *env) askUnlink(ctx context.Context, m personnel.Member) error {
	id, err := e.tx.AskUnlink(ctx, m.ID, e.employee.ID, e.now)
	if err != nil {
		return err
	}
	chat, err := e.tx.ChatOf(ctx, m.ID)
	if err != nil || chat == 0 {
		return err
	}
	args := text.Args{"sapaan": m.Salutation(), "nama": m.DisplayName(), "batas": e.until(e.now.Add(unlinkWait)), "bantuan": e.cfg.Agency.Helpdesk}
	e.post(chat, fmt.Sprintf("unlink:ask:%d", id), dialog.Reply{Template: "person.unlink_notice", Text: e.t("person.unlink_notice", args),
		Rows: [][]dialog.Button{{{Label: e.label("unlink_object"), Action: e.menuAction("tolakcopot", id)}}}})
	return nil
}

func (e *env) freeAccount(ctx context.Context, m personnel.Member) error {
	former, err := e.tx.Unlink(ctx, m.ID, e.employee.ID, "by officer", e.now)
	if err != nil || former == 0 {
		return err
	}
	e.post(former, fmt.Sprintf("unlink:%d:%d", former, e.session.Update.ID),
		dialog.Reply{Template: "person.unlinked_note", Text: e.t("person.unlinked_note", e.help0())})
	return nil
}

// objectUnlink answers the button on the account that was to be freed, and
// tells the officer.
func (e *env) objectUnlink(ctx context.Context, a dialog.Action, message int) error {
	by, err := e.tx.ObjectUnlink(ctx, a.Ref, e.employee.ID, e.now)
	if err != nil {
		return err
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "person.unlink_kept", Text: e.t("person.unlink_kept", e.help0()), Edit: message})
	chat, err := e.tx.ChatOf(ctx, by)
	if err != nil || chat == 0 || chat == e.session.ChatID {
		return err
	}
	args := text.Args{"alamat": e.employee.Address(), "bantuan": e.cfg.Agency.Helpdesk}
	e.post(chat, fmt.Sprintf("unlink:no:%d", a.Ref), dialog.Reply{Template: "person.unlink_objected", Text: e.t("person.unlink_objected", args)})
	return nil
}
