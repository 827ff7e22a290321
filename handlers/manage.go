package handlers

import (
	"context"
	"errors"
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
			{{Label: e.label("no_class"), Action: e.lackAction(personnel.NoClass, 0)}},
			{{Label: e.label("no_superior"), Action: e.lackAction(personnel.NoSuperior, 0)}},
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
		rows[last] = append(rows[last], dialog.Button{Label: shortClass(c.Name), Action: act})
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "manage.class", Edit: message, Rows: rows,
		Text: e.t("manage.class", text.Args{"alamat": m.Address(), "jabatan": m.PositionTitle})})
	return nil
}

// shortClass is the name of a class as it fits on a button beside another one.
func shortClass(name string) string {
	return strings.TrimPrefix(strings.Replace(name, "Jabatan Pimpinan Tinggi", "JPT", 1), "Jabatan Fungsional ")
}

// className is how a class is called; "" of no class.
func (e *env) className(ctx context.Context, code string) (string, error) {
	if code == "" {
		return "", nil
	}
	classes, err := e.tx.Classes(ctx)
	for _, c := range classes {
		if c.Code == code {
			return c.Name, err
		}
	}
	return code, err
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
	w, err := e.tx.Weights(ctx)
	if err != nil {
		return err
	}
	n := e.cfg.Text.Number
	args := text.Args{"periode": b.Name, "atasan": w.Supervisor, "mandiri": w.Self, "batas": e.cfg.Text.Deadline(b.DueAt.In(e.cfg.Location)), "pegawai": n(b.People),
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
	Name      string    `json:"name"`
	Until     time.Time `json:"until"` // the first moment after the last day
	Cancelled bool      `json:"cancelled,omitempty"`
	now       time.Time
}

func (p *Processor) periodForm() dialog.Form[newPeriod, *env] {
	ask := func(key string) func(newPeriod, dialog.Place) dialog.Prompt {
		return func(newPeriod, dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: key, Text: p.cfg.Text.T(key, nil), Bare: true, Rows: p.cancelRow()}
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
		Steps: func(s newPeriod) []dialog.Step[newPeriod] {
			return unless(s.Cancelled, []dialog.Step[newPeriod]{
				{Key: "nama", Ask: ask("period.name"), Accept: func(s *newPeriod, value string, _ bool) error {
					if s.Cancelled = cancels(value); s.Cancelled {
						return nil
					}
					if s.Name = strings.Join(strings.Fields(value), " "); len(s.Name) < 3 || len(s.Name) > 60 {
						return dialog.Invalid(p.cfg.Text.T("period.name_hint", nil))
					}
					return nil
				}},
				{Key: "sampai", Ask: ask("period.until"), Accept: func(s *newPeriod, value string, _ bool) error {
					if s.Cancelled = cancels(value); s.Cancelled {
						return nil
					}
					last, ok := p.typedDate(value)
					if !ok || last.Before(midnight(s.now)) {
						return dialog.Invalid(p.cfg.Text.T("period.until_hint", nil))
					}
					s.Until = last.AddDate(0, 0, 1)
					return nil
				}},
			})
		},
		Review: func(s newPeriod) dialog.Prompt {
			if s.Cancelled {
				return dialog.Prompt{}
			}
			return dialog.Prompt{Template: "period.review", Text: p.cfg.Text.T("period.review", text.Args{"periode": s.Name,
				"batas": p.cfg.Text.Deadline(s.Until.In(p.cfg.Location))})}
		},
		Finish: finishPeriod,
	}
}

func finishPeriod(ctx context.Context, e *env, s newPeriod) (dialog.Ending, error) {
	if s.Cancelled {
		return e.ending("form.cancelled"), nil
	}
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
