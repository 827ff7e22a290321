package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// privacy answers /privasi: what is stored and why, who sees it, and what a
// person may do about it (UU 27/2022, Pasal 5 to 9).
func (e *env) privacy(_ context.Context, _ string) error {
	e.keepNote()
	if !e.linked() {
		e.say("privacy.unlinked", e.help0())
		return nil
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

// CopyFile is the kind of file that holds a copy of somebody's own data.
const CopyFile = "copy"

// copyOf says whose copy is wanted: of whoever the chat belongs to when it is
// sent, so that nobody else's can go out.
type copyOf struct {
	Chat int64 `json:"chat"`
}

// copyLines is how many of the latest answers stand in the text; the file has all.
const copyLines = 5

// sendCopy sends the copy: a readable text, and a file for machines (UU
// 27/2022, Pasal 7).
func (e *env) sendCopy(ctx context.Context, _ dialog.Action, _ int) error {
	c, err := e.tx.Copy(ctx, e.session.ChatID)
	if err != nil {
		return err
	}
	lines := []string{e.t("copy.head", e.person(text.Args{"nip": e.employee.NIP.Masked(), "jabatan": cut(c.Position, longName), "unit": cut(c.Unit, longName),
		"atasan": cut(orDash(c.Superior), longName), "tertaut": e.cfg.Text.Date(c.LinkedAt.In(e.cfg.Location)), "jumlah": len(c.Responses)}))}
	for _, r := range c.Responses[max(0, len(c.Responses)-copyLines):] {
		lines = append(lines, e.t("copy.line", text.Args{"periode": r.Period, "tanggal": e.cfg.Text.Date(r.SentAt.In(e.cfg.Location)),
			"n": len(r.Answers)}))
	}
	body, _ := joined(lines, captionBudget)
	data, err := json.Marshal(copyOf{Chat: e.session.ChatID})
	if err != nil {
		return fmt.Errorf("encode copy: %w", err)
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "copy.head", Text: body,
		Picture: &dialog.Picture{Kind: CopyFile, Data: data, File: true}})
	return nil
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
		if err := e.tx.AddTicket(ctx, e.employee.ID, personnel.ErasureTicket, "", e.now); err != nil {
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

// ticketFlow asks for a text for the personnel office. Its ref is what for.
const (
	ticketFlow       = "k"
	ticketCorrection = 1
	ticketTeam       = 2
	ticketLimit      = 500 // characters
)

type ticket struct {
	Body string `json:"body"`
	kind personnel.TicketKind
}

func (p *Processor) ticketForm() dialog.Form[ticket, *env] {
	return dialog.Form[ticket, *env]{
		FormName: ticketFlow, Say: p.wording("form.review_hint"),
		Load: func(_ context.Context, e *env, r *dialog.Record) (ticket, error) {
			kind := map[int64]personnel.TicketKind{ticketCorrection: personnel.CorrectionTicket, ticketTeam: personnel.TeamTicket}[r.Ref]
			if kind == "" || !e.linked() {
				return ticket{}, dialog.ErrNotFound
			}
			return ticket{kind: kind}, nil
		},
		Steps: func(t ticket) []dialog.Step[ticket] {
			return []dialog.Step[ticket]{{Key: "isi", Ask: p.askTicket, Accept: p.acceptTicket}}
		},
		Finish: finishTicket,
	}
}

func (p *Processor) askTicket(t ticket, _ dialog.Place) dialog.Prompt {
	key := "ticket.correction"
	if t.kind == personnel.TeamTicket {
		key = "ticket.team"
	}
	return dialog.Prompt{Template: key, Text: p.cfg.Text.T(key, nil), Bare: true,
		Rows: [][]dialog.Choice{{{Label: p.cfg.Text.Plain("label.cancel", nil), Value: "batal"}}}}
}

func (p *Processor) acceptTicket(t *ticket, value string, typed bool) error {
	value = strings.TrimSpace(value)
	if n := utf8.RuneCountInString(value); typed && (n == 0 || n > ticketLimit) {
		return dialog.Invalid(p.cfg.Text.T("form.text_hint", text.Args{"n": ticketLimit}))
	}
	t.Body = ""
	if typed && !strings.EqualFold(value, "batal") {
		t.Body = value
	}
	return nil
}

func finishTicket(ctx context.Context, e *env, t ticket) (dialog.Ending, error) {
	if t.Body == "" {
		return e.ending("ticket.cancelled"), nil
	}
	return e.ending("ticket.sent"), e.tx.AddTicket(ctx, e.employee.ID, t.kind, t.Body, e.now)
}
