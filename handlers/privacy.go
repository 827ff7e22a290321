package handlers

import (
	"context"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// privacy answers /privasi: what is stored and why, who sees it, and what a
// person may do about it (UU 27/2022, Pasal 5 to 9).
func (e *env) privacy(ctx context.Context, _ string) error {
	e.keepNote()
	if !e.linked() {
		return e.privacyUnlinked(ctx)
	}
	promise := ""
	if e.cfg.Agency.Promise != "" {
		promise = " " + e.cfg.Agency.Promise
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "privacy.body",
		Text: e.t("privacy.body", e.person(text.Args{"nip": e.employee.NIP.Masked(), "unit": e.employee.UnitName,
			"janji": promise, "melihat": text.HTML(e.whoSees()), "bantuan": e.cfg.Agency.Helpdesk})),
		Rows: [][]dialog.Button{
			{{Label: e.label("copy"), Action: e.menuAction("salinan", 0)}},
			{{Label: e.label("correct"), Action: dialog.Action{Flow: ticketFlow, Ref: ticketCorrection, Verb: dialog.Resume}}},
			{{Label: e.label("unlink"), Action: e.menuAction("lepas", 0)}},
		}})
	return nil
}

// privacyUnlinked tells a stranger that nothing is stored, and whoever has left
// the account what still is.
func (e *env) privacyUnlinked(ctx context.Context) error {
	former, asked, err := e.tx.FormerAccount(ctx, e.session.ChatID)
	switch {
	case err != nil:
		return err
	case !former:
		e.say("privacy.unlinked", e.help0())
	case asked.IsZero():
		e.say("privacy.former", e.help0())
	default:
		e.say("privacy.former_asked", text.Args{"tanggal": e.cfg.Text.Date(asked.In(e.cfg.Location)), "bantuan": e.cfg.Agency.Helpdesk})
	}
	return nil
}

// whoSees writes the lines about answers of the table who sees what.
func (e *env) whoSees() string {
	var lines []string
	for _, one := range []struct {
		viewer personnel.Viewer
		keys   map[personnel.Sight]string
	}{
		{personnel.Self, map[personnel.Sight]string{personnel.Named: "privacy.sees_self"}},
		{personnel.Superior, map[personnel.Sight]string{personnel.AfterBoth: "privacy.sees_superior"}},
		{personnel.PersonnelHR, map[personnel.Sight]string{personnel.WithReason: "privacy.sees_hr"}},
		{personnel.AgencyHead, map[personnel.Sight]string{personnel.Grouped: "privacy.sees_groups"}},
	} {
		if key, ok := one.keys[personnel.Sees(one.viewer, personnel.Answers)]; ok {
			lines = append(lines, e.t(key, e.person(nil)))
		}
	}
	return strings.Join(lines, "; ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// unlinkSelf ends the tie with the account, after a question.
func (e *env) unlinkSelf(ctx context.Context, a dialog.Action, message int) error {
	show := func(key string, rows ...[]dialog.Button) {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, e.person(e.help0())), Edit: message, Rows: rows})
	}
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.label(label), Action: e.menuAction(step, 0)}}
	}
	key := "unlink.done"
	switch a.Step {
	case "lepas":
		show("unlink.ask", button("unlink_yes", "lepasya"), button("unlink_erase", "lepashapus"), button("unlink_no", "lepastdk"))
		return nil
	case "lepastdk":
		show("unlink.kept")
		return nil
	case "lepashapus":
		key = "unlink.erasure"
		if err := e.ask(ctx, personnel.ErasureTicket, ""); err != nil {
			return err
		}
	}
	show(key)
	if _, err := e.tx.Unlink(ctx, e.employee.ID, e.employee.ID, "self", e.now); err != nil {
		return err
	}
	e.leaveAccount()
	return nil
}
