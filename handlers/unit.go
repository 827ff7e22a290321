package handlers

import (
	"context"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// area is the part of the register that the person may work with.
func (e *env) area() personnel.Area {
	switch r := e.employee.Rights; {
	case r.HR:
		return personnel.Area{All: true}
	case r.Officer:
		return personnel.Area{Officer: e.employee.ID}
	}
	return personnel.Area{}
}

// unitBoard answers /unit: what the officer of a unit has to look after. What
// people answered is never shown here.
func (e *env) unitBoard(ctx context.Context, _ string) error {
	e.keepNote()
	b, err := e.tx.Board(ctx, personnel.Area{Officer: e.employee.ID})
	if err != nil {
		return err
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "unit.board", Text: e.t("unit.board", e.boardArgs(b)),
		Rows: [][]dialog.Button{
			{e.searchButton("find_code"), e.searchButton("find_account")},
			{{Label: e.label("not_linked"), Action: e.lackAction(personnel.NoAccount)}},
			{{Label: e.label("no_superior"), Action: e.lackAction(personnel.NoSuperior)}},
			{{Label: e.label("delegations"), Action: e.menuAction("plt", 0)}},
		}})
	return nil
}

func (e *env) boardArgs(b personnel.Board) text.Args {
	n := e.cfg.Text.Number
	return text.Args{"pegawai": n(b.People), "terhubung": n(b.Linked), "tanpa_atasan": n(b.NoSuperior), "tanpa_kelas": n(b.NoClass),
		"tanpa_hp": n(b.NoPhone), "delegasi": n(b.Delegations)}
}

func (e *env) searchButton(label string) dialog.Button {
	return dialog.Button{Label: e.label(label), Action: dialog.Action{Flow: searchFlow, Verb: dialog.Resume}}
}

func (e *env) lackAction(what personnel.Lack) dialog.Action {
	a := e.menuAction("belum", 0)
	a.Value = string(what)
	return a
}

// lacking lists people of the area who lack an account, a class or a superior.
func (e *env) lacking(ctx context.Context, a dialog.Action, message int) error {
	what := personnel.Lack(a.Value)
	people, err := e.tx.Lacking(ctx, e.area(), what, pageSize)
	if err != nil {
		return err
	}
	keys := map[personnel.Lack]string{personnel.NoAccount: "unit.list_account", personnel.NoClass: "unit.list_class",
		personnel.NoSuperior: "unit.list_superior"}
	return e.listPeople(keys[what], people, message)
}

func (e *env) listPeople(key string, people []personnel.Member, message int) error {
	if len(people) == 0 {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "unit.list_none", Text: e.t("unit.list_none", nil), Edit: message})
		return nil
	}
	head := e.t(key, text.Args{"n": pageSize})
	body, rows := e.numbered(head, people, 0, "orang", func(m personnel.Member) string {
		return m.PositionTitle + ", " + m.UnitName
	})
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: body, Rows: rows, Edit: message})
	return nil
}

// personCard shows one person of the area and what may be done for them.
func (e *env) personCard(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.area(), a.Ref)
	if err != nil {
		return err
	}
	return e.showPerson(ctx, m, message)
}

func (e *env) showPerson(ctx context.Context, m personnel.Member, message int) error {
	boss := "-"
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
	rows := [][]dialog.Button{{{Label: e.label("new_code"), Action: e.menuAction("kode", m.ID)}}}
	if m.Linked {
		account = "person.linked"
		free := []dialog.Button{{Label: e.label("unlink_other"), Action: e.menuAction("copot", m.ID)}}
		if rows = append([][]dialog.Button{free}, rows...); !e.employee.Rights.HR {
			rows = rows[:1] // with a code the account can be asked to move
		}
	}
	if !m.Linked {
		paper, err := e.paperButtons(ctx, m.ID)
		if err != nil {
			return err
		}
		rows = append(rows, paper...)
	}
	rows = append(rows, []dialog.Button{{Label: e.label("set_superior"), Action: dialog.Action{Flow: superiorFlow, Ref: m.ID, Verb: dialog.Resume}}},
		[]dialog.Button{{Label: e.label("set_leave"), Action: dialog.Action{Flow: leaveFlow, Ref: m.ID, Verb: dialog.Resume}}})
	mode := "person.rated"
	if m.SelfOnly {
		mode = "person.self_only"
	}
	if e.employee.Rights.HR {
		label := "self_only"
		if m.SelfOnly {
			label = "not_self_only"
		}
		rows = append(rows, []dialog.Button{{Label: e.label("set_class"), Action: e.menuAction("kelas", m.ID)}},
			[]dialog.Button{{Label: e.label(label), Action: e.menuAction("mandiri", m.ID)}},
			[]dialog.Button{{Label: e.label("see_result"), Action: dialog.Action{Flow: reasonFlow, Ref: m.ID, Verb: dialog.Resume}}})
	}
	args := text.Args{"alamat": m.Address(), "akhiran": m.NIP.Last4(), "jabatan": m.PositionTitle, "unit": m.UnitName,
		"kelas": orDash(strings.ReplaceAll(m.ClassCode, "_", " ")), "atasan": boss, "akun": text.HTML(e.t(account, nil)),
		"penilaian": text.HTML(e.t(mode, nil))}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "person.card", Text: e.t("person.card", args), Rows: rows, Edit: message})
	return nil
}
