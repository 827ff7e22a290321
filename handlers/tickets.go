package handlers

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

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
	return e.ending("ticket.sent"), e.ask(ctx, t.kind, t.Body)
}

// ask stores a request to the personnel office and tells the office, without a
// word about who or what: of erasure each time, because the law counts hours;
// of the rest at most once an hour.
func (e *env) ask(ctx context.Context, kind personnel.TicketKind, body string) error {
	id, err := e.tx.AddTicket(ctx, e.employee.ID, e.session.ChatID, kind, body, e.now)
	if err != nil {
		return err
	}
	chats, err := e.tx.OfficeChats(ctx, e.employee.ID)
	if err != nil {
		return err
	}
	one := e.now.Truncate(time.Hour).Unix()
	news := "ticket.news"
	if kind == personnel.ErasureTicket {
		one, news = id, "ticket.news_erasure"
	}
	for _, chat := range chats {
		e.post(chat, fmt.Sprintf("%s:%d:%d", news, one, chat), dialog.Reply{Template: news, Text: e.t(news, nil), Class: dialog.ClassService,
			Rows: [][]dialog.Button{{{Label: e.label("tickets"), Action: e.menuAction("tiket", 0)}}}})
	}
	return nil
}

// ticketsShown is how many requests stand on one card, each with its text.
const ticketsShown = 5

// tickets lists the oldest requests that wait.
func (e *env) tickets(ctx context.Context, _ dialog.Action, message int) error {
	list, total, err := e.tx.OpenTickets(ctx, ticketsShown)
	if err != nil {
		return err
	}
	if total == 0 {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "manage.tickets_none", Text: e.t("manage.tickets_none", nil), Edit: message})
		return nil
	}
	lines := []string{e.t("manage.tickets", text.Args{"jumlah": e.cfg.Text.Number(total)})}
	var row []dialog.Button
	kinds := map[personnel.TicketKind]string{personnel.CorrectionTicket: "manage.ticket_correction",
		personnel.TeamTicket: "manage.ticket_team", personnel.ErasureTicket: "manage.ticket_erasure"}
	for i, one := range list {
		who, err := e.tx.Employee(ctx, one.EmployeeID)
		if err != nil {
			return err
		}
		n := strconv.Itoa(i + 1)
		lines = append(lines, "\n"+n+". "+e.t(kinds[one.Kind], text.Args{"alamat": cut(who.Address(), longName), "akhiran": who.NIP.Last4(), "unit": cut(who.UnitName, longName),
			"tanggal": e.cfg.Text.Date(one.At.In(e.cfg.Location))}), fit(one.Body, (messageBudget/ticketsShown)-3*longName))
		label, step := "label.ticket_done", "tiketya"
		if one.Kind == personnel.ErasureTicket {
			label, step = "label.ticket_erase", "hapusdata"
		}
		row = append(row, dialog.Button{Label: e.cfg.Text.Plain(label, text.Args{"n": n}), Action: e.menuAction(step, one.ID)})
	}
	var rows [][]dialog.Button
	for len(row) > 0 {
		n := min(2, len(row))
		rows, row = append(rows, row[:n]), row[n:]
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "manage.tickets", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

// closeTicket notes that a request was seen to and tells whoever asked.
func (e *env) closeTicket(ctx context.Context, a dialog.Action, message int) error {
	key := "ticket.handled"
	if a.Step == "hapusdatatdk" {
		key = "ticket.not_erased"
	}
	chat, err := e.tx.CloseTicket(ctx, a.Ref, e.employee.ID, e.now)
	if err != nil {
		return err
	}
	e.tellAsker(chat, a.Ref, key)
	return e.tickets(ctx, a, message)
}

// tellAsker tells what became of a request. The ledger keeps nothing of it.
func (e *env) tellAsker(chat, ticket int64, key string) {
	if chat != 0 && chat != e.session.ChatID {
		e.post(chat, "ticket:"+strconv.FormatInt(ticket, 10), dialog.Reply{Template: key, Text: e.t(key, e.help0()), Forget: key == "ticket.erased"})
	}
}

// eraseData shows the personnel office what a request for erasure would delete
// and keep, and deletes it after a question.
func (e *env) eraseData(ctx context.Context, a dialog.Action, message int) error {
	r, err := e.tx.Erasure(ctx, a.Ref)
	if err != nil {
		return err
	}
	who, err := e.tx.Employee(ctx, r.EmployeeID)
	if err != nil {
		return err
	}
	if r.EmployeeID == e.employee.ID {
		e.say("erasure.own", e.help0())
		return nil
	}
	if a.Step == "hapusdataya" {
		if err := e.tx.Erase(ctx, r, e.employee.ID, e.now); err != nil {
			return err
		}
		e.tellAsker(r.ChatID, r.TicketID, "ticket.erased")
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "erasure.done", Text: e.t("erasure.done", text.Args{"alamat": who.Address()}), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.label("tickets"), Action: e.menuAction("tiket", 0)}}}})
		return nil
	}
	account := e.t("erasure.unlinked", nil)
	if !r.LinkedAt.IsZero() {
		account = e.t("erasure.linked", text.Args{"tanggal": e.cfg.Text.Date(r.LinkedAt.In(e.cfg.Location))})
	}
	n := e.cfg.Text.Number
	args := text.Args{"alamat": who.Address(), "akhiran": who.NIP.Last4(), "unit": who.UnitName, "tanggal": e.cfg.Text.Date(r.At.In(e.cfg.Location)),
		"akun": text.HTML(account), "isian": n(r.Drafts), "jawaban": n(r.Answers), "tetap": n(r.Kept)}
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.label(label), Action: e.menuAction(step, r.TicketID)}}
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "erasure.ask", Text: e.t("erasure.ask", args), Edit: message,
		Rows: [][]dialog.Button{button("delete_yes", "hapusdataya"), button("erase_not", "hapusdatatdk"), button("delete_no", "tiket")}})
	return nil
}
