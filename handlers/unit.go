package handlers

import (
	"context"
	"strconv"
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
			{e.searchButton("find_person")},
			{{Label: e.label("not_linked"), Action: e.lackAction(personnel.NoAccount, 0)}},
			{{Label: e.label("no_superior"), Action: e.lackAction(personnel.NoSuperior, 0)}},
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

// lackAction opens a page of the people who lack something; its value is what
// and, behind a dot, the page.
func (e *env) lackAction(what personnel.Lack, page int) dialog.Action {
	a := e.menuAction("belum", 0)
	a.Value = string(what) + "." + strconv.Itoa(page)
	return a
}

// lacking lists people of the area who lack an account, a class or a superior.
func (e *env) lacking(ctx context.Context, a dialog.Action, message int) error {
	word, number, _ := strings.Cut(a.Value, ".")
	what := personnel.Lack(word)
	keys := map[personnel.Lack]string{personnel.NoAccount: "unit.list_account", personnel.NoClass: "unit.list_class",
		personnel.NoSuperior: "unit.list_superior"}
	page, err := strconv.Atoi(number)
	if err != nil || page < 0 || page > mostPages || keys[what] == "" {
		return dialog.ErrNotFound
	}
	people, err := e.tx.Lacking(ctx, e.area(), what, page*pageSize, pageSize+1)
	if err != nil {
		return err
	}
	if len(people) == 0 && page > 0 { // the list has become shorter
		return e.lacking(ctx, e.lackAction(what, 0), message)
	}
	var turn []dialog.Button
	if page > 0 {
		turn = append(turn, dialog.Button{Label: e.label("page_before"), Action: e.lackAction(what, page-1)})
	}
	if len(people) > pageSize {
		people = people[:pageSize]
		turn = append(turn, dialog.Button{Label: e.label("page_next"), Action: e.lackAction(what, page+1)})
	}
	e.listPeople(keys[what], people, page*pageSize, message, turn)
	return nil
}

// mostPages keeps a forged page number small.
const mostPages = 10_000

// listPeople shows people with a button each and further rows below; before is
// how many stand on the pages before.
func (e *env) listPeople(key string, people []personnel.Member, before, message int, below ...[]dialog.Button) {
	if len(people) == 0 {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "unit.list_none", Text: e.t("unit.list_none", nil), Edit: message})
		return
	}
	body, rows := e.numbered(e.t(key, text.Args{"n": pageSize}), people, before, "orang", func(m personnel.Member) string {
		return m.PositionTitle + ", " + m.UnitName
	})
	for _, row := range below {
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: body, Rows: rows, Edit: message})
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
		if !e.employee.Rights.HR {
			account = "person.linked_unit"
		}
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
	class, err := e.className(ctx, m.ClassCode)
	if err != nil {
		return err
	}
	args := text.Args{"alamat": m.Address(), "akhiran": m.NIP.Last4(), "jabatan": m.PositionTitle, "unit": m.UnitName,
		"kelas": orDash(class), "atasan": boss, "akun": text.HTML(e.t(account, nil)),
		"penilaian": text.HTML(e.t(mode, nil))}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "person.card", Text: e.t("person.card", args), Rows: rows, Edit: message})
	return nil
}
