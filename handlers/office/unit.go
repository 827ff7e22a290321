package office

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// unitBoard answers /unit: what the officer of a unit has to look after. What
// people answered is never shown here.
func (e *env) unitBoard(ctx context.Context, _ string) error {
	e.KeepNote()
	return e.showUnit(ctx, 0)
}

// showUnit shows the own units to their officer.
func (e *env) showUnit(ctx context.Context, message int) error {
	b, err := e.tx.Board(ctx, personnel.Area{Officer: e.Employee.ID})
	if err != nil {
		return err
	}
	lines, more, err := e.UnitLines(ctx)
	if err != nil {
		return err
	}
	lines = append([]string{e.T("unit.board", e.boardArgs(b))}, lines...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "unit.board", Edit: message, Text: strings.Join(lines, "\n"),
		Rows: append([][]dialog.Button{
			{e.searchButton("find_person")},
			{{Label: e.Label("not_linked"), Action: e.lackAction(personnel.NoAccount, 0)}},
			{{Label: e.Label("slips"), Action: e.MenuAction(slipsStep, 0)}},
			{{Label: e.Label("no_superior"), Action: e.lackAction(personnel.NoSuperior, 0)},
				{Label: e.Label("delegations"), Action: e.MenuAction("plt", 0)}},
		}, more...)})
	return nil
}

// The values of the button that closes a person as "mandiri saja" or opens them again.
const selfOnly, rated = "ya", "tidak"

func (e *env) boardArgs(b personnel.Board) text.Args {
	n := e.Cfg.Text.Number
	return text.Args{"pegawai": n(b.People), "terhubung": n(b.Linked), "tanpa_atasan": n(b.NoSuperior), "tanpa_kelas": n(b.NoClass),
		"tanpa_hp": n(b.NoPhone), "delegasi": n(b.Delegations)}
}

func (e *env) searchButton(label string) dialog.Button {
	return dialog.Button{Label: e.Label(label), Action: dialog.Action{Flow: searchFlow, Verb: dialog.Resume}}
}

// lackAction opens a page of the people who lack something; its value is what
// and, behind a dot, the page.
func (e *env) lackAction(what personnel.Lack, page int) dialog.Action {
	a := e.MenuAction("belum", 0)
	a.Value = string(what) + "." + strconv.Itoa(page)
	return a
}

// lacking lists people of the area who lack an account, a class or a superior.
func (e *env) lacking(ctx context.Context, a dialog.Action, message int) error {
	word, number, _ := strings.Cut(a.Value, ".")
	what := personnel.Lack(word)
	keys := map[personnel.Lack]string{personnel.NoAccount: "unit.list_account", personnel.NoClass: "unit.list_class",
		personnel.NoSuperior: "unit.list_superior"}
	page, err := feature.PageOf(number)
	if err != nil || keys[what] == "" {
		return dialog.ErrNotFound
	}
	people, err := e.tx.Lacking(ctx, e.Area(), what, page*feature.PageSize, feature.PageSize+1)
	if err != nil {
		return err
	}
	if len(people) == 0 && page > 0 { // the list has become shorter
		return e.lacking(ctx, e.lackAction(what, 0), message)
	}
	turns := feature.Turns(page, len(people) > feature.PageSize, func(label string, to int) dialog.Button {
		return dialog.Button{Label: e.Label(label), Action: e.lackAction(what, to)}
	})
	people = people[:min(len(people), feature.PageSize)]
	e.listPeople(keys[what], people, page*feature.PageSize, message, turns...)
	return nil
}

// listPeople shows people with a button each and further rows below; before is
// how many stand on the pages before.
func (e *env) listPeople(key string, people []personnel.Member, before, message int, below ...[]dialog.Button) {
	if len(people) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "unit.list_none", Text: e.T("unit.list_none", nil), Edit: message, Rows: [][]dialog.Button{e.backRow()}})
		return
	}
	body, rows := e.Numbered(e.T(key, text.Args{"n": feature.PageSize}), people, before, "orang", func(m personnel.Member) string {
		return m.PositionTitle + ", " + m.UnitName
	})
	for _, row := range below {
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Rows: append(rows, e.backRow()), Edit: message})
}

// personCard shows one person of the area and what may be done for them.
func (e *env) personCard(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	return e.showPerson(ctx, m, message)
}

func (e *env) showPerson(ctx context.Context, m personnel.Member, message int) error {
	unknown := e.Cfg.Text.Plain("person.unknown", nil)
	boss := unknown
	if m.SupervisorID != nil {
		s, err := e.tx.Employee(ctx, *m.SupervisorID)
		if err != nil {
			return err
		}
		if s.Status == personnel.Active {
			boss = s.Address()
		}
	}
	account := "person.not_linked"
	rows := [][]dialog.Button{{{Label: e.Label("new_code"), Action: e.MenuAction("kode", m.ID)}}}
	if m.Linked {
		account = "person.linked"
		if !e.Employee.Rights.HR {
			account = "person.linked_unit"
		}
		free := []dialog.Button{{Label: e.Label("unlink_other"), Action: e.MenuAction("copot", m.ID)}}
		if rows = append([][]dialog.Button{free}, rows...); !e.Employee.Rights.HR {
			rows = rows[:1] // with a code the account can be asked to move
		}
	}
	more, err := e.PersonButtons(ctx, feature.BelowAccount, m)
	if err != nil {
		return err
	}
	rows = append(rows, more...)
	rows = append(rows, []dialog.Button{{Label: e.Label("set_superior"), Action: dialog.Action{Flow: superiorFlow, Ref: m.ID, Verb: dialog.Resume}}},
		[]dialog.Button{{Label: e.Label("set_leave"), Action: dialog.Action{Flow: leaveFlow, Ref: m.ID, Verb: dialog.Resume}}})
	mode := "person.rated"
	if m.SelfOnly {
		mode = "person.self_only"
	}
	if e.Employee.Rights.HR {
		label, turn := "self_only", e.MenuAction("mandiri", m.ID)
		if turn.Value = selfOnly; m.SelfOnly {
			label, turn.Value = "not_self_only", rated
		}
		rows = append(rows, []dialog.Button{{Label: e.Label("set_class"), Action: e.MenuAction("kelas", m.ID)}},
			[]dialog.Button{{Label: e.Label(label), Action: turn}})
	}
	if more, err = e.PersonButtons(ctx, feature.AtTheEnd, m); err != nil {
		return err
	}
	rows = append(append(rows, more...), e.backRow())
	class, err := e.className(ctx, m.ClassCode)
	if err != nil {
		return err
	}
	args := text.Args{"alamat": m.Address(), "akhiran": m.NIP.Last4(), "jabatan": m.PositionTitle, "unit": m.UnitName,
		"kelas": cmp.Or(class, unknown), "atasan": boss, "akun": text.HTML(e.T(account, nil)),
		"penilaian": text.HTML(e.T(mode, nil))}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "person.card", Text: e.T("person.card", args), Rows: rows, Edit: message})
	return nil
}
