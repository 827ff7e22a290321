package handlers

import (
	"context"
	"strconv"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// pageSize is how many people stand on one card.
const pageSize = 20

// team answers /tim: whom a superior leads and how far they are, never what
// they answered.
func (e *env) team(ctx context.Context, _ string) error {
	if e.session.ActiveForm == ratingFlow { // kept, and on show here
		e.out.activeForm, e.out.activeRef = "", 0
	} else {
		e.keepNote()
	}
	return e.showTeam(ctx, 0, 0)
}

func (e *env) teamPage(ctx context.Context, a dialog.Action, message int) error {
	page, err := strconv.Atoi(a.Value)
	if err != nil || page < 0 {
		return dialog.ErrNotFound
	}
	return e.showTeam(ctx, page, message)
}

func (e *env) showTeam(ctx context.Context, page, message int) error {
	people, err := e.tx.Team(ctx, e.employee.ID, e.now)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return e.helperCard(ctx, message)
	}
	if page*pageSize >= len(people) {
		page = 0
	}
	done := 0
	for _, m := range people {
		if m.Progress == string(task.Done) {
			done++
		}
	}
	head := e.t("team.head", e.person(text.Args{"jumlah": len(people), "selesai": done}))
	more, buttons, err := e.teamRatings(ctx, len(people))
	if err != nil {
		return err
	}
	if more != "" {
		head += "\n" + more
	}
	shown := people[page*pageSize : min(len(people), (page+1)*pageSize)]
	body, rows := e.numbered(head, shown, page*pageSize, "anggota", e.progressWord)
	rows = append(rows, e.pages(page, len(people), "timhal")...)
	rows = append(rows, buttons...)
	rows = append(rows, []dialog.Button{{Label: e.label("team_wrong"), Action: dialog.Action{Flow: ticketFlow, Ref: ticketTeam, Verb: dialog.Resume}}})
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "team.head", Text: body, Rows: rows, Edit: message})
	return nil
}

// numbered lists people, each with a button of its number that does step. word
// says something about one in plain text; long lines are cut so that all fit.
func (e *env) numbered(head string, people []personnel.Member, before int, step string,
	word func(personnel.Member) string) (body string, rows [][]dialog.Button) {
	lines := []string{head, ""}
	const around = 8 // number, dots and line break
	room := (messageBudget-length(head))/max(1, len(people)) - around
	for i, m := range people {
		n := strconv.Itoa(before + i + 1)
		name := fit(m.Address(), room/2)
		lines = append(lines, n+". "+name+": "+fit(word(m), room-length(name)))
		if i%5 == 0 {
			rows = append(rows, nil)
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], dialog.Button{Label: n, Action: e.menuAction(step, m.ID)})
	}
	return strings.Join(lines, "\n"), rows
}

// pages are the buttons to the page before and behind.
func (e *env) pages(page, total int, step string) [][]dialog.Button {
	var row []dialog.Button
	turn := func(label string, to int) {
		a := e.menuAction(step, 0)
		a.Value = strconv.Itoa(to)
		row = append(row, dialog.Button{Label: e.label(label), Action: a})
	}
	if page > 0 {
		turn("page_before", page-1)
	}
	if (page+1)*pageSize < total {
		turn("page_next", page+1)
	}
	if row == nil {
		return nil
	}
	return [][]dialog.Button{row}
}

// progressWord says how far somebody is with the self-assessment.
func (e *env) progressWord(m personnel.Member) string {
	switch {
	case m.Progress == string(task.Done):
		return e.t("team.done", nil)
	case m.Late:
		return e.t("team.late", nil)
	case m.Progress == string(task.Expired):
		return e.t("team.expired", nil)
	case m.Progress == string(task.Started):
		return e.t("team.started", nil)
	case m.Progress == string(task.Excused):
		return e.t("team.excused", nil)
	case !m.Linked:
		return e.t("team.not_linked", nil)
	case m.Progress == "":
		return e.t("team.nothing", nil)
	}
	return e.t("team.open", nil)
}

// teamMember opens one person; only of the presser's own team of this moment.
func (e *env) teamMember(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.TeamMember(ctx, e.employee.ID, a.Ref, e.now)
	if err != nil {
		return err
	}
	args := text.Args{"alamat": m.Address(), "jabatan": m.PositionTitle, "unit": m.UnitName, "keadaan": text.HTML(e.progressWord(m))}
	line, rows, err := e.memberRating(ctx, m)
	if err != nil {
		return err
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "team.member", Text: e.t("team.member", args) + line, Edit: message,
		Rows: append(rows, []dialog.Button{{Label: e.label("team_back"), Action: e.teamBack()}})})
	return nil
}

func (e *env) teamBack() dialog.Action {
	a := e.menuAction("timhal", 0)
	a.Value = "0"
	return a
}
