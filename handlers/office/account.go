package office

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// A person may object for unlinkWait when the officer of a unit wants to free
// their account. A request is good for unlinkLife, and an objection rules out
// further requests for as long: otherwise whoever may ask again every hour wins
// in the end.
const (
	unlinkWait = 24 * time.Hour
	unlinkLife = 7 * 24 * time.Hour
)

// guardedAccount says no when the officer of a unit wants the account of
// somebody who holds a role or leads people: whoever has a code of theirs could
// use the right.
func (e *env) guardedAccount(ctx context.Context, m personnel.Member) (bool, error) {
	if e.Employee.Rights.HR {
		return false, nil
	}
	guarded, err := e.tx.Guarded(ctx, m.ID, e.Now)
	if guarded {
		e.Say("person.guarded", text.Args{"alamat": m.Address(), "bantuan": e.Cfg.Agency.Helpdesk})
	}
	return guarded, err
}

// newCode makes a one-time code for a person of the area and shows it once. For
// somebody who has an account only the personnel office may: with the code the
// account can be asked to move.
func (e *env) newCode(ctx context.Context, a dialog.Action, _ int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	if guarded, err := e.guardedAccount(ctx, m); guarded || err != nil {
		return err
	}
	if m.Linked && !e.Employee.Rights.HR {
		e.Say("person.code_linked", text.Args{"alamat": m.Address(), "bantuan": e.Cfg.Agency.Helpdesk})
		return nil
	}
	code, err := personnel.NewCode(rand.Reader)
	if err != nil {
		return fmt.Errorf("new code: %w", err)
	}
	expires := e.Now.AddDate(0, 0, e.Cfg.CodeDays)
	if err := e.tx.NewCode(ctx, m.ID, e.Cfg.HashCode(code), e.Employee.ID, e.Now, expires); err != nil {
		return err
	}
	link := ""
	if bot := e.Cfg.BotUsername(); bot != "" {
		link = "\nhttps://t.me/" + bot + "?start=" + code
	}
	key := "person.code"
	if m.Linked {
		key = "person.code_moves"
	}
	e.Say(key, text.Args{"alamat": m.Address(), "akhiran": m.NIP.Last4(), "kode": personnel.FormatCode(code), "tautan": link,
		"pengenal": e.Cfg.Agency.Recognition, "batas": e.Cfg.Text.Date(expires)})
	return nil
}

// How far an officer is with freeing the account of a person.
const (
	unlinkMay      = "may"      // at once: the personnel office, or nobody has objected
	unlinkAsk      = "ask"      // the account is asked first
	unlinkWaits    = "waits"    // it may still object
	unlinkObjected = "objected" // it has
)

func (e *env) unlinkState(ctx context.Context, m personnel.Member) (state string, r personnel.UnlinkRequest, err error) {
	if e.Employee.Rights.HR {
		return unlinkMay, r, nil
	}
	r, err = e.tx.UnlinkRequest(ctx, m.ID, e.Now.Add(-unlinkLife))
	switch {
	case errors.Is(err, dialog.ErrNotFound):
		return unlinkAsk, r, nil
	case err != nil:
		return "", r, err
	case r.Objected:
		return unlinkObjected, r, nil
	case e.Now.Before(r.At.Add(unlinkWait)):
		return unlinkWaits, r, nil
	}
	return unlinkMay, r, nil
}

// unlinkOther frees the account of somebody whose phone is lost, after a
// question. The officer of a unit cannot do so alone: the account is told, and
// is freed a day later unless it objects.
func (e *env) unlinkOther(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	if !m.Linked || m.ID == e.Employee.ID { // the own account is left through /privasi
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
	args := text.Args{"alamat": m.Address(), "akhiran": m.NIP.Last4(), "bantuan": e.Cfg.Agency.Helpdesk}
	show := func(key string, rows ...[]dialog.Button) {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), Edit: message, Rows: rows})
	}
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, m.ID)}}
	}
	switch {
	case state == unlinkObjected:
		show("person.unlink_objected")
	case state == unlinkWaits:
		args["batas"] = e.until(r.At.Add(unlinkWait))
		show("person.unlink_waits", e.toPerson(m.ID))
	case state == unlinkAsk && a.Step == "copotminta":
		args["batas"] = e.until(e.Now.Add(unlinkWait))
		if err := e.askUnlink(ctx, m); err != nil {
			return err
		}
		show("person.unlink_asked", e.toPerson(m.ID))
	case state == unlinkAsk:
		show("person.unlink_request", button("unlink_request", "copotminta"), button("unlink_no", "copottdk"))
	case a.Step == "copotya":
		if err := e.freeAccount(ctx, m); err != nil {
			return err
		}
		show("person.unlinked", button("new_code", "kode"), e.toPerson(m.ID))
	default:
		show("person.unlink_ask", button("unlink_yes", "copotya"), button("unlink_no", "copottdk"))
	}
	return nil
}

// until writes a moment of today or later.
func (e *env) until(t time.Time) string { return e.Cfg.Text.Deadline(t.In(e.Cfg.Location)) }

// askUnlink stores the request and tells the account, which may object.
func (e *env) askUnlink(ctx context.Context, m personnel.Member) error {
	id, err := e.tx.AskUnlink(ctx, m.ID, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	chat, err := e.tx.ChatOf(ctx, m.ID)
	if err != nil || chat == 0 {
		return err
	}
	args := text.Args{"sapaan": m.Salutation(), "nama": m.DisplayName(), "batas": e.until(e.Now.Add(unlinkWait)), "bantuan": e.Cfg.Agency.Helpdesk}
	e.Post(chat, fmt.Sprintf("unlink:ask:%d", id), dialog.Reply{Template: "person.unlink_notice", Text: e.T("person.unlink_notice", args),
		Rows: [][]dialog.Button{{{Label: e.Label("unlink_object"), Action: e.MenuAction("tolakcopot", id)}}}})
	return nil
}

func (e *env) freeAccount(ctx context.Context, m personnel.Member) error {
	former, err := e.tx.Unlink(ctx, m.ID, e.Employee.ID, "by officer", e.Now)
	if err != nil || former == 0 {
		return err
	}
	e.Post(former, feature.Here(e.Session.Update, "unlink"),
		dialog.Reply{Template: "person.unlinked_note", Text: e.T("person.unlinked_note", e.Helpdesk())})
	return nil
}

// objectUnlink answers the button on the account that was to be freed, and
// tells the officer.
func (e *env) objectUnlink(ctx context.Context, a dialog.Action, message int) error {
	by, err := e.tx.ObjectUnlink(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "person.unlink_kept", Text: e.T("person.unlink_kept", e.Helpdesk()), Edit: message})
	args := text.Args{"alamat": e.Employee.Address(), "bantuan": e.Cfg.Agency.Helpdesk}
	e.Notify(by, fmt.Sprintf("unlink:no:%d", a.Ref), outreach.Answered, dialog.Reply{Template: "person.unlink_objected", Text: e.T("person.unlink_objected", args)})
	return nil
}
