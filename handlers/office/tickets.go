package office

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// ticketFlow asks for a text for the personnel office. Its ref tells what about.
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

// ticketForm takes one text down and sends it to the personnel office.
func (p *desk) ticketForm() dialog.Form[ticket, *env] {
	return feature.OneText[ticket, *env]{
		Name: ticketFlow, Step: "isi", Cancelled: "ticket.cancelled",
		Load: func(_ context.Context, e *env, r *dialog.Record) (ticket, error) {
			kind := map[int64]personnel.TicketKind{ticketCorrection: personnel.CorrectionTicket, ticketTeam: personnel.TeamTicket}[r.Ref]
			if kind == "" || !e.Linked() {
				return ticket{}, dialog.ErrNotFound
			}
			return ticket{kind: kind}, nil
		},
		Ask: func(t ticket) (string, text.Args) {
			if t.kind == personnel.TeamTicket {
				return "ticket.team", nil
			}
			return "ticket.correction", nil
		},
		Read: func(typed string) (string, error) {
			typed = strings.TrimSpace(typed)
			if n := utf8.RuneCountInString(typed); n == 0 || n > ticketLimit {
				return "", dialog.Invalid(p.Cfg.Text.T("form.text_hint", text.Args{"n": ticketLimit}))
			}
			return typed, nil
		},
		Into: func(t *ticket) *string { return &t.Body },
		Finish: func(ctx context.Context, e *env, t ticket) (dialog.Ending, error) {
			return e.Ending("ticket.sent"), e.Ask(ctx, t.kind, t.Body)
		},
	}.Form(p.Desk)
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
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "manage.tickets_none", Text: e.T("manage.tickets_none", nil), Edit: message, Rows: [][]dialog.Button{e.backRow()}})
		return nil
	}
	lines := []string{e.T("manage.tickets", text.Args{"jumlah": e.Cfg.Text.Number(total)})}
	var rows [][]dialog.Button
	kinds := map[personnel.TicketKind]string{personnel.CorrectionTicket: "manage.ticket_correction",
		personnel.TeamTicket: "manage.ticket_team", personnel.ErasureTicket: "manage.ticket_erasure", personnel.ReplyTicket: "manage.ticket_reply"}
	for i, one := range list {
		who, err := e.tx.Employee(ctx, one.EmployeeID)
		if err != nil {
			return err
		}
		n := strconv.Itoa(i + 1)
		lines = append(lines, "\n"+n+". "+e.T(kinds[one.Kind], text.Args{"alamat": measure.Cut(who.Address(), feature.LongName), "akhiran": who.NIP.Last4(), "unit": measure.Cut(who.UnitName, feature.LongName),
			"tanggal": e.Cfg.Text.Date(one.At.In(e.Cfg.Location))}), measure.Fit(one.Body, (feature.MessageBudget/ticketsShown)-3*feature.LongName))
		button := func(label string, a dialog.Action) dialog.Button {
			return dialog.Button{Label: e.Cfg.Text.Plain(label, text.Args{"n": n}), Action: a}
		}
		if one.Kind == personnel.ErasureTicket {
			rows = append(rows, []dialog.Button{button("label.ticket_erase", e.MenuAction("hapusdata", one.ID))})
			continue
		}
		rows = append(rows, []dialog.Button{button("label.ticket_answer", dialog.Action{Flow: answerFlow, Ref: one.ID, Verb: dialog.Resume}),
			button("label.ticket_done", e.MenuAction("tiketya", one.ID))})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "manage.tickets", Text: strings.Join(lines, "\n"), Rows: append(rows, e.backRow()), Edit: message})
	return nil
}

// closeTicket notes that a request was seen to and tells whoever asked.
func (e *env) closeTicket(ctx context.Context, a dialog.Action, message int) error {
	key := "ticket.handled"
	if a.Step == "hapusdatatdk" {
		key = "ticket.not_erased"
	}
	asker, err := e.tx.CloseTicket(ctx, a.Ref, e.Employee.ID, "", e.Now)
	if err != nil {
		return err
	}
	e.tellAsker(asker, a.Ref, key, "")
	return e.tickets(ctx, a, message)
}

// tellAsker tells what became of a request: the person, or, when the chat that
// asked is nobody's account any more, that chat. About an erasure nothing is kept
// in the ledger of messages.
func (e *env) tellAsker(to personnel.Asker, ticket int64, key, answer string) {
	args := e.Helpdesk()
	args["jawaban"] = answer
	r := dialog.Reply{Template: key, Text: e.T(key, args), Forget: key == "ticket.erased"}
	once := "ticket:" + strconv.FormatInt(ticket, 10)
	switch {
	case to.ChatID == e.Session.ChatID:
	case to.Linked:
		e.Notify(to.EmployeeID, once, outreach.Answered, r)
	case to.ChatID != 0:
		e.NotifyOutside(to.ChatID, once, r)
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
	if r.EmployeeID == e.Employee.ID {
		e.Say("erasure.own", e.Helpdesk())
		return nil
	}
	if a.Step == "hapusdataya" {
		if err := e.tx.Erase(ctx, r, e.Employee.ID, e.Now); err != nil {
			return err
		}
		e.tellAsker(personnel.Asker{ChatID: r.ChatID}, r.TicketID, "ticket.erased", "") // the erasure has ended the account too
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "erasure.done", Text: e.T("erasure.done", text.Args{"alamat": who.Address()}), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.Label("tickets"), Action: e.MenuAction("tiket", 0)}}}})
		return nil
	}
	account := e.T("erasure.unlinked", nil)
	if !r.LinkedAt.IsZero() {
		account = e.T("erasure.linked", text.Args{"tanggal": e.Cfg.Text.Date(r.LinkedAt.In(e.Cfg.Location))})
	}
	n := e.Cfg.Text.Number
	args := text.Args{"alamat": who.Address(), "akhiran": who.NIP.Last4(), "unit": who.UnitName, "tanggal": e.Cfg.Text.Date(r.At.In(e.Cfg.Location)),
		"akun": text.HTML(account), "isian": n(r.Drafts), "jawaban": n(r.Answers), "tetap": n(r.Kept)}
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, r.TicketID)}}
	}
	reason := dialog.Button{Label: e.Label("erase_not_because"), Action: dialog.Action{Flow: answerFlow, Ref: r.TicketID, Verb: dialog.Resume}}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "erasure.ask", Text: e.T("erasure.ask", args), Edit: message,
		Rows: [][]dialog.Button{button("delete_yes", "hapusdataya"), button("erase_not", "hapusdatatdk"), {reason}, button("delete_no", "tiket")}})
	return nil
}

// answerFlow answers a request in one line and closes it. Its ref is the request.
const (
	answerFlow  = "kj"
	answerLimit = 300 // characters
)

type ticketAnswer struct {
	Line   string `json:"line"`
	ticket personnel.Ticket
	who    personnel.Employee
}

// answerForm takes the line down. A request for erasure that is answered is closed without
// an erasure, and the line says why.
func (p *desk) answerForm() dialog.Form[ticketAnswer, *env] {
	return feature.OneText[ticketAnswer, *env]{
		Name: answerFlow, Step: "jawab", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s ticketAnswer, err error) {
			if !e.Employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			if s.ticket, err = e.tx.OpenTicket(ctx, r.Ref); err != nil {
				return s, err
			}
			s.who, err = e.tx.Employee(ctx, s.ticket.EmployeeID)
			return s, err
		},
		Ask: func(s ticketAnswer) (string, text.Args) {
			args := text.Args{"alamat": s.who.Address(), "isi": measure.Cut(s.ticket.Body, ticketLimit)}
			if s.ticket.Kind == personnel.ErasureTicket {
				return "ticket.reason_ask", args
			}
			return "ticket.answer_ask", args
		},
		Read: func(typed string) (string, error) {
			line := strings.Join(strings.Fields(typed), " ")
			if n := utf8.RuneCountInString(line); n == 0 || n > answerLimit {
				return "", dialog.Invalid(p.Cfg.Text.T("form.text_hint", text.Args{"n": answerLimit}))
			}
			return line, nil
		},
		Into: func(s *ticketAnswer) *string { return &s.Line },
		Finish: func(ctx context.Context, e *env, s ticketAnswer) (dialog.Ending, error) {
			asker, err := e.tx.CloseTicket(ctx, s.ticket.ID, e.Employee.ID, s.Line, e.Now)
			if err != nil {
				return dialog.Ending{}, err
			}
			key := "ticket.answered"
			if s.ticket.Kind == personnel.ErasureTicket {
				key = "ticket.not_erased_because"
			}
			e.tellAsker(asker, s.ticket.ID, key, s.Line)
			return dialog.Ending{Replies: []dialog.Reply{{Template: "ticket.answer_sent", Text: e.T("ticket.answer_sent", text.Args{"alamat": s.who.Address()}),
				Rows: [][]dialog.Button{{{Label: e.Label("tickets"), Action: e.MenuAction("tiket", 0)}}, e.backRow()}}}}, nil
		},
	}.Form(p.Desk)
}
