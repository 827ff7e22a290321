package handlers

import (
	"context"
	"errors"
	"html"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// manage answers /kelola: what the personnel office looks after.
func (e *env) manage(ctx context.Context, _ string) error {
	e.keepNote()
	b, err := e.tx.Board(ctx, personnel.Area{All: true})
	if err != nil {
		return err
	}
	_, tickets, err := e.tx.OpenTickets(ctx, 1)
	if err != nil {
		return err
	}
	args := e.boardArgs(b)
	args["permintaan"] = e.cfg.Text.Number(tickets)
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "manage.board", Text: e.t("manage.board", args),
		Rows: [][]dialog.Button{
			{{Label: e.label("period"), Action: e.menuAction("periode", 0)}},
			{e.searchButton("find_person")},
			{{Label: e.label("no_class"), Action: e.lackAction(personnel.NoClass)}},
			{{Label: e.label("no_superior"), Action: e.lackAction(personnel.NoSuperior)}},
			{{Label: e.label("tickets"), Action: e.menuAction("tiket", 0)}},
			{{Label: e.label("delegations"), Action: e.menuAction("plt", 0)}},
			{{Label: e.label("pauses"), Action: e.menuAction("jeda", 0)}},
		}})
	return nil
}

// chooseClass offers the classes for a person; the standard follows from them.
func (e *env) chooseClass(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.area(), a.Ref)
	if err != nil {
		return err
	}
	classes, err := e.tx.Classes(ctx)
	if err != nil {
		return err
	}
	var rows [][]dialog.Button
	for i, c := range classes {
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		act := e.menuAction("kelasya", m.ID)
		act.Value = strings.ReplaceAll(c.Code, "_", "-")
		last := len(rows) - 1
		rows[last] = append(rows[last], dialog.Button{Label: strings.ReplaceAll(c.Code, "_", " "), Action: act})
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "manage.class", Edit: message, Rows: rows,
		Text: e.t("manage.class", text.Args{"alamat": m.Address(), "jabatan": m.PositionTitle})})
	return nil
}

func (e *env) setClass(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.area(), a.Ref)
	if err != nil {
		return err
	}
	classes, err := e.tx.Classes(ctx)
	if err != nil {
		return err
	}
	for _, c := range classes {
		if c.Code != strings.ReplaceAll(a.Value, "-", "_") {
			continue
		}
		if err := e.tx.SetClass(ctx, m.ID, c.Code, e.employee.ID, e.now); err != nil {
			return err
		}
		m.ClassCode = c.Code
		return e.showPerson(ctx, m, message)
	}
	return dialog.ErrNotFound
}

// setSelfOnly closes a person as "mandiri saja", or opens them again.
func (e *env) setSelfOnly(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.area(), a.Ref)
	if err != nil {
		return err
	}
	m.SelfOnly = !m.SelfOnly
	if err := e.tx.SetSelfOnly(ctx, m.ID, m.SelfOnly, e.employee.ID, e.now); err != nil {
		return err
	}
	return e.showPerson(ctx, m, message)
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
		lines = append(lines, "\n"+n+". "+e.t(kinds[one.Kind], text.Args{"alamat": who.Address(), "akhiran": who.NIP.Last4(), "unit": who.UnitName,
			"tanggal": e.cfg.Text.Date(one.At.In(e.cfg.Location))}), html.EscapeString(one.Body))
		row = append(row, dialog.Button{Label: e.cfg.Text.Plain("label.ticket_done", text.Args{"n": n}), Action: e.menuAction("tiketya", one.ID)})
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
	who, err := e.tx.CloseTicket(ctx, a.Ref, e.employee.ID, e.now)
	if err != nil {
		return err
	}
	chat, err := e.tx.ChatOf(ctx, who)
	if err != nil {
		return err
	}
	if chat != 0 && chat != e.session.ChatID {
		e.post(chat, "ticket:"+strconv.FormatInt(a.Ref, 10), dialog.Reply{Template: "ticket.handled", Text: e.t("ticket.handled", e.help0())})
	}
	return e.tickets(ctx, a, message)
}

// periods shows where the open period stands.
func (e *env) periods(ctx context.Context, _ dialog.Action, message int) error {
	b, err := e.tx.PeriodBoard(ctx)
	if err != nil {
		return err
	}
	if b.Name == "" {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "manage.period_none", Text: e.t("manage.period_none", nil), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.label("period_open"), Action: dialog.Action{Flow: periodFlow, Verb: dialog.Resume}}}}})
		return nil
	}
	n := e.cfg.Text.Number
	args := text.Args{"periode": b.Name, "batas": e.cfg.Text.Deadline(b.DueAt.In(e.cfg.Location)), "pegawai": n(b.People),
		"selesai": n(b.Done), "sedang": n(b.Started), "belum": n(b.People - b.Done - b.Started)}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "manage.period", Text: e.t("manage.period", args), Edit: message,
		Rows: [][]dialog.Button{{{Label: e.label("period_close"), Action: e.menuAction("tutup", 0)}}}})
	return nil
}

// closePeriod closes the open period, after a question.
func (e *env) closePeriod(ctx context.Context, a dialog.Action, message int) error {
	b, err := e.tx.PeriodBoard(ctx)
	if err != nil || b.Name == "" {
		return errors.Join(err, dialog.ErrNotFound)
	}
	key := "manage.period_ask"
	var rows [][]dialog.Button
	if a.Step == "tutupya" {
		key = "manage.period_closed"
		if _, err := e.tx.EndPeriod(ctx, e.now); err != nil {
			return err
		}
	} else {
		rows = [][]dialog.Button{{{Label: e.label("period_yes"), Action: e.menuAction("tutupya", 0)}},
			{{Label: e.label("unlink_no"), Action: e.menuAction("periode", 0)}}}
	}
	args := text.Args{"periode": b.Name, "belum": e.cfg.Text.Number(b.People - b.Done)}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, args), Edit: message, Rows: rows})
	return nil
}

// periodFlow opens a period.
const periodFlow = "p"

// ratingDays is how long superiors may rate after the self-assessment has ended.
const ratingDays = 7

type newPeriod struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"` // the first moment after the last day
	now   time.Time
}

func (p *Processor) periodForm() dialog.Form[newPeriod, *env] {
	ask := func(key string) func(newPeriod, dialog.Place) dialog.Prompt {
		return func(newPeriod, dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: key, Text: p.cfg.Text.T(key, nil), Bare: true}
		}
	}
	return dialog.Form[newPeriod, *env]{
		FormName: periodFlow, Say: p.wording("form.review_hint"),
		Load: func(_ context.Context, e *env, r *dialog.Record) (s newPeriod, err error) {
			if !e.employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			err = decodeState(r, &s)
			s.now = e.now
			return s, err
		},
		Steps: func(newPeriod) []dialog.Step[newPeriod] {
			return []dialog.Step[newPeriod]{
				{Key: "nama", Ask: ask("period.name"), Accept: func(s *newPeriod, value string, _ bool) error {
					if s.Name = strings.Join(strings.Fields(value), " "); len(s.Name) < 3 || len(s.Name) > 60 {
						return dialog.Invalid(p.cfg.Text.T("period.name_hint", nil))
					}
					return nil
				}},
				{Key: "sampai", Ask: ask("period.until"), Accept: func(s *newPeriod, value string, _ bool) error {
					last, ok := p.typedDate(value)
					if !ok || last.Before(midnight(s.now)) {
						return dialog.Invalid(p.cfg.Text.T("period.until_hint", nil))
					}
					s.Until = last.AddDate(0, 0, 1)
					return nil
				}},
			}
		},
		Review: func(s newPeriod) dialog.Prompt {
			return dialog.Prompt{Template: "period.review", Text: p.cfg.Text.T("period.review", text.Args{"periode": s.Name,
				"batas": p.cfg.Text.Deadline(s.Until.In(p.cfg.Location))})}
		},
		Finish: finishPeriod,
	}
}

func finishPeriod(ctx context.Context, e *env, s newPeriod) (dialog.Ending, error) {
	n, err := e.tx.StartPeriod(ctx, s.Name, e.now, s.Until, s.Until.AddDate(0, 0, ratingDays))
	switch {
	case errors.Is(err, task.ErrPeriodOpen):
		return e.ending("period.is_open"), nil
	case errors.Is(err, task.ErrPeriodName):
		return e.ending("period.name_taken"), nil
	case err != nil:
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "period.opened",
		Text: e.t("period.opened", text.Args{"periode": s.Name, "jumlah": e.cfg.Text.Number(int(n))})}}}, nil
}
