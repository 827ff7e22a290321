package office

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// manage answers /kelola: what the personnel office looks after.
func (e *env) manage(ctx context.Context, _ string) error {
	e.KeepNote()
	return e.showManage(ctx, 0)
}

// deskStep leads back to what somebody looks after, from any card that was opened there.
const deskStep = "meja"

// backToDesk shows it in the place of the card: all of the agency, or the own units. With
// a ref the card is a picture, which stays.
func (e *env) backToDesk(ctx context.Context, a dialog.Action, message int) error {
	if a.Ref != 0 {
		message = 0
	}
	if e.Employee.Rights.HR {
		return e.showManage(ctx, message)
	}
	return e.showUnit(ctx, message)
}

// backRow is the way back below a card.
func (e *env) backRow() []dialog.Button {
	return []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction(deskStep, 0)}}
}

// toPerson is the way back to the card of a person.
func (e *env) toPerson(id int64) []dialog.Button {
	return []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction("orang", id)}}
}

// showManage shows the agency to the personnel office.
func (e *env) showManage(ctx context.Context, message int) error {
	b, err := e.tx.Board(ctx, personnel.Area{All: true})
	if err != nil {
		return err
	}
	_, tickets, err := e.tx.OpenTickets(ctx, 1)
	if err != nil {
		return err
	}
	proofs, err := e.proofLines(ctx)
	if err != nil {
		return err
	}
	changes, err := e.tx.WaitingChanges(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	lines, err := e.OfficeLines(ctx)
	if err != nil {
		return err
	}
	rows, err := manageRows(ctx, e)
	if err != nil {
		return err
	}
	args := e.boardArgs(b)
	args["permintaan"], args["pergantian"] = e.Cfg.Text.Number(tickets), e.Cfg.Text.Number(len(changes))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "manage.board", Edit: message, Text: strings.Join(append([]string{e.T("manage.board", args) + proofs}, lines...), "\n"),
		Rows: rows})
	return nil
}

// manageRows are the buttons below the agency. Positions without a technical standard are
// of interest once the agency has one.
func manageRows(ctx context.Context, e *env) ([][]dialog.Button, error) {
	rows := [][]dialog.Button{
		{{Label: e.Label("period"), Action: e.MenuAction("periode", 0)}, e.Link(feature.ToProgress, "progress", 0)},
		{e.searchButton("find_person")},
		{{Label: e.Label("slips"), Action: e.MenuAction(slipsStep, 0)}},
		{{Label: e.Label("no_class"), Action: e.lackAction(personnel.NoClass, 0)},
			{Label: e.Label("no_superior"), Action: e.lackAction(personnel.NoSuperior, 0)}},
		{{Label: e.Label("tickets"), Action: e.MenuAction("tiket", 0)}, {Label: e.Label("delegations"), Action: e.MenuAction("plt", 0)}},
		{{Label: e.Label("changes"), Action: e.MenuAction("ganti", 0)}},
		{e.Link(feature.ToTrainings, "plan", 0), e.Link(feature.ToPartners, "partners", 0)},
		{e.Link(feature.ToQuestionnaires, "questionnaires", 0)},
		{e.Link(feature.ToPauses, "pauses", 0)},
	}
	duty, err := e.tx.AnyDuty(ctx)
	if duty {
		rows = append(rows, []dialog.Button{e.Link(feature.ToStandards, "standards", 0)})
	}
	return rows, err
}

// proofLines tells of the codes and numbers that did not match in a day, and of
// the requests to move an account; "" when there were none. It does not tell
// whose they were: nobody is to be suspected because of a slip of paper.
func (e *env) proofLines(ctx context.Context) (string, error) {
	p, err := e.tx.ProofBoard(ctx, e.Now)
	if err != nil || p.Failed == 0 && p.Takeovers == 0 {
		return "", err
	}
	n := e.Cfg.Text.Number
	lines := "\n" + e.T("manage.proofs", text.Args{"gagal": n(p.Failed), "akun": n(p.Accounts), "pindah": n(p.Takeovers), "setuju": n(p.Moved)})
	if p.Hour >= feature.ManyProofs {
		lines += "\n" + e.T("manage.proofs_many", text.Args{"jam": n(p.Hour)})
	}
	return lines, nil
}

// chooseClass offers the classes for a person; the standard follows from them.
func (e *env) chooseClass(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	classes, err := e.tx.Classes(ctx)
	if err != nil {
		return err
	}
	var buttons []dialog.Button
	for _, c := range classes {
		act := e.MenuAction("kelasya", m.ID)
		act.Value = strings.ReplaceAll(c.Code, "_", "-")
		buttons = append(buttons, dialog.Button{Label: shortClass(c.Name), Action: act})
	}
	rows := append(feature.Grid(2, buttons), []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction("orang", m.ID)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "manage.class", Edit: message, Rows: rows,
		Text: e.T("manage.class", text.Args{"alamat": m.Address(), "jabatan": m.PositionTitle})})
	return nil
}

// shortClass is the name of a class as it fits on a button beside another one.
func shortClass(name string) string {
	return strings.TrimPrefix(strings.Replace(name, "Jabatan Pimpinan Tinggi", "JPT", 1), "Jabatan Fungsional ")
}

// class is the class of that code; false when there is none.
func (e *env) class(ctx context.Context, code string) (personnel.ClassName, bool, error) {
	classes, err := e.tx.Classes(ctx)
	at := slices.IndexFunc(classes, func(c personnel.ClassName) bool { return c.Code == code })
	if err != nil || at < 0 {
		return personnel.ClassName{}, false, err
	}
	return classes[at], true, nil
}

// className is how a class is called: by its code when there is no such class any more,
// "" of no class.
func (e *env) className(ctx context.Context, code string) (string, error) {
	if code == "" {
		return "", nil
	}
	c, _, err := e.class(ctx, code)
	return cmp.Or(c.Name, code), err
}

func (e *env) setClass(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	c, found, err := e.class(ctx, strings.ReplaceAll(a.Value, "-", "_"))
	if err != nil {
		return err
	}
	if !found {
		return dialog.ErrNotFound
	}
	if err := e.tx.SetClass(ctx, m.ID, c.Code, e.Employee.ID, e.Now); err != nil {
		return err
	}
	m.ClassCode = c.Code
	return e.showPerson(ctx, m, message)
}

// setSelfOnly closes a person as "mandiri saja", or opens them again. The button says
// which: its second press leaves things as they are.
func (e *env) setSelfOnly(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	only, known := map[string]bool{selfOnly: true, rated: false}[a.Value]
	if !known {
		return dialog.ErrNotFound
	}
	if m.SelfOnly != only {
		m.SelfOnly = only
		if err := e.tx.SetSelfOnly(ctx, m.ID, only, e.Employee.ID, e.Now); err != nil {
			return err
		}
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
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "manage.period_none", Text: e.T("manage.period_none", nil), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.Label("period_open"), Action: dialog.Action{Flow: periodFlow, Verb: dialog.Resume}}}, e.backRow()}})
		return nil
	}
	w, err := e.tx.Weights(ctx)
	if err != nil {
		return err
	}
	n := e.Cfg.Text.Number
	excused := ""
	if b.Excused > 0 {
		excused = e.Cfg.Text.Plain("manage.period_excused", text.Args{"n": n(b.Excused)})
	}
	args := text.Args{"kecuali": excused, "periode": b.Name, "atasan": w.Supervisor, "mandiri": w.Self, "batas": e.Cfg.Text.Deadline(b.DueAt.In(e.Cfg.Location)), "pegawai": n(b.People),
		"selesai": n(b.Done), "sedang": n(b.Started), "belum": n(b.People - b.Done - b.Started)}
	key := "manage.period"
	if !e.Now.Before(b.DueAt) {
		key, args["sisa"] = "manage.period_late", n(b.People-b.Done)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), Edit: message,
		Rows: [][]dialog.Button{{{Label: e.Label("extend"), Action: e.MenuAction(extendStep, b.ID)}}, {{Label: e.Label("period_close"), Action: e.MenuAction("tutup", b.ID)}}, e.backRow()}})
	return nil
}

// closePeriod closes the open period, after a question.
func (e *env) closePeriod(ctx context.Context, a dialog.Action, message int) error {
	b, err := e.tx.PeriodBoard(ctx)
	if err != nil || b.Name == "" || b.ID != a.Ref {
		return errors.Join(err, dialog.ErrNotFound)
	}
	key := "manage.period_ask"
	rows := [][]dialog.Button{e.backRow()}
	if a.Step == "tutupya" {
		key = "manage.period_closed"
		if _, err := e.tx.EndPeriod(ctx, e.Now); err != nil {
			return err
		}
	} else {
		rows = [][]dialog.Button{{{Label: e.Label("period_yes"), Action: e.MenuAction("tutupya", b.ID)}},
			{{Label: e.Label("unlink_no"), Action: e.MenuAction("periode", 0)}}}
	}
	args := text.Args{"periode": b.Name, "belum": e.Cfg.Text.Number(b.People - b.Done)}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), Edit: message, Rows: rows})
	return nil
}

// periodFlow opens a period.
const periodFlow = "p"

type newPeriod struct {
	Name      string    `json:"name"`
	Until     time.Time `json:"until"` // the first moment after the last day
	Cancelled bool      `json:"cancelled,omitempty"`
	now       time.Time
}

func (p *desk) periodForm() dialog.Form[newPeriod, *env] {
	q := feature.Short[newPeriod]{Desk: p.Desk, Cancelled: func(s *newPeriod) *bool { return &s.Cancelled }}
	return dialog.Form[newPeriod, *env]{
		FormName: periodFlow, Say: p.Wording("form.review_hint"),
		Load: func(_ context.Context, e *env, r *dialog.Record) (s newPeriod, err error) {
			if !e.Employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			err = feature.DecodeState(r, &s)
			s.now = e.Now
			return s, err
		},
		Steps: func(s newPeriod) []dialog.Step[newPeriod] {
			return q.Steps(s,
				q.Words("nama", "period.name", "period.name_hint", 3, 60, func(s *newPeriod) *string { return &s.Name }),
				q.Question("sampai", "period.until", func(s *newPeriod, value string) error {
					until, ok := p.Until(value, s.now)
					if !ok {
						return dialog.Invalid(p.Cfg.Text.T("period.until_hint", nil))
					}
					s.Until = until
					return nil
				}))
		},
		Review: func(s newPeriod) dialog.Prompt {
			if s.Cancelled {
				return dialog.Prompt{}
			}
			return dialog.Prompt{Template: "period.review", Text: p.Cfg.Text.T("period.review", text.Args{"periode": s.Name,
				"batas": p.Cfg.Text.Deadline(s.Until.In(p.Cfg.Location))})}
		},
		Finish: finishPeriod,
	}
}

func finishPeriod(ctx context.Context, e *env, s newPeriod) (dialog.Ending, error) {
	if s.Cancelled {
		return e.Ending("form.cancelled"), nil
	}
	n, err := e.tx.StartPeriod(ctx, s.Name, e.Now, s.Until, s.Until.AddDate(0, 0, rating.DaysAfter))
	switch {
	case errors.Is(err, task.ErrPeriodOpen):
		return e.Ending("period.is_open"), nil
	case errors.Is(err, task.ErrPeriodName):
		return e.Ending("period.name_taken"), nil
	case err != nil:
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "period.opened",
		Text: e.T("period.opened", text.Args{"periode": s.Name, "jumlah": e.Cfg.Text.Number(int(n))}), Rows: [][]dialog.Button{e.backRow()}}}}, nil
}
