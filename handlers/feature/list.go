package feature

import (
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/measure"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// MessageBudget is how long a message that lists things may be, in the units in
// which Telegram counts (UTF-16). Markup and escapes are counted too, although
// Telegram does not: so there is always room. CaptionBudget is the same for the
// text below a file.
const (
	MessageBudget = 4000
	CaptionBudget = 1000
	LongName      = 80 // UTF-16 units of the name of a person, a post or a unit where several stand together
)

// Joined puts lines below each other as long as they fit; n is how many did.
func Joined(lines []string, budget int) (text string, n int) {
	used := 0
	for n < len(lines) {
		if used += measure.Units(lines[n]) + 1; used > budget {
			break
		}
		n++
	}
	return strings.Join(lines[:n], "\n"), n
}

// OrDash writes a dash for nothing.
func OrDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Clip shortens a name that would burst a list.
func Clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// NeedWord says of a group how many need something: a number, a range, or that nothing is told.
func NeedWord(cat *text.Catalogue, t disclosure.Told) string {
	switch {
	case !needs.Tells(t):
		return cat.Plain("demand.untold", nil)
	case t.Exact():
		return cat.Number(t.From)
	case t.From == 0:
		return cat.Plain("demand.up_to", text.Args{"n": cat.Number(t.To)})
	}
	return cat.Number(t.From) + "-" + cat.Number(t.To)
}

// Titles lists competencies by name.
func Titles(d questionnaire.Definition, rows []competency.Row) string {
	names := make([]string, len(rows))
	for i, r := range rows {
		item, _ := d.Item(r.Code)
		names[i] = item.Title
	}
	return strings.Join(names, ", ")
}

// Grid puts buttons into rows of so many; the last row may have fewer.
func Grid[B dialog.Button | dialog.Choice](inRow int, buttons []B) [][]B {
	return slices.Collect(slices.Chunk(buttons, inRow))
}

// Numbers is how many buttons with a number on them stand in a row.
const Numbers = 5

// PlansInRow is how many buttons that plan a batch (ToPlan) stand in a row.
const PlansInRow = 2

// PageSize is how many people stand on one card.
const PageSize = 20

// Numbered lists people, each with a button of its number that does step. word
// says something about one in plain text; long lines are cut so that all fit.
func (e *Env) Numbered(head string, people []personnel.Member, before int, step string,
	word func(personnel.Member) string) (body string, rows [][]dialog.Button) {
	return NumberedBy(head, people, before, Opens(step), word)
}

// NumberedBy is Numbered with buttons that do what opens says.
func NumberedBy(head string, people []personnel.Member, before int, opens func(ref int64) dialog.Action,
	word func(personnel.Member) string) (body string, rows [][]dialog.Button) {
	lines := []string{head, ""}
	var buttons []dialog.Button
	const around = 8 // number, dots and line break
	room := (MessageBudget-measure.Units(head))/max(1, len(people)) - around
	for i, m := range people {
		n := strconv.Itoa(before + i + 1)
		name := measure.Fit(m.Address(), room/2)
		lines = append(lines, n+". "+name+": "+measure.Fit(word(m), room-measure.Units(name)))
		buttons = append(buttons, dialog.Button{Label: n, Action: opens(m.ID)})
	}
	return strings.Join(lines, "\n"), Grid(Numbers, buttons)
}

// Pages are the buttons to the page before and behind, where so many stand on one; the value
// of a button is its page.
func (e *Env) Pages(step string, ref int64, page, size, total int) [][]dialog.Button {
	return Turns(page, (page+1)*size < total, func(label string, to int) dialog.Button {
		a := e.MenuAction(step, ref)
		a.Value = strconv.Itoa(to)
		return dialog.Button{Label: e.Label(label), Action: a}
	})
}

// Turns are the same buttons where a value says more than a page: to makes the button with
// that label for that page, more is whether there is one behind.
func Turns(page int, more bool, to func(label string, page int) dialog.Button) [][]dialog.Button {
	var row []dialog.Button
	if page > 0 {
		row = append(row, to("page_before", page-1))
	}
	if more {
		row = append(row, to("page_next", page+1))
	}
	if row == nil {
		return nil
	}
	return [][]dialog.Button{row}
}

// maxPages keeps a forged page number small.
const maxPages = 10_000

// PageOf reads the page of a button that Pages or Turns has made; "" is the first one.
func PageOf(value string) (page int, err error) {
	if value == "" {
		return 0, nil
	}
	if page, err = strconv.Atoi(value); err != nil || page < 0 || page > maxPages {
		return 0, dialog.ErrNotFound
	}
	return page, nil
}

// ProgressWord says how far somebody is with the self-assessment.
func (e *Env) ProgressWord(m personnel.Member) string {
	switch {
	case m.Progress == string(task.Done):
		return e.T("team.done", nil)
	case m.Late:
		return e.T("team.late", nil)
	case m.Progress == string(task.Expired):
		return e.T("team.expired", nil)
	case m.Progress == string(task.Started):
		return e.T("team.started", nil)
	case m.Progress == string(task.Excused):
		return e.T("team.excused", nil)
	case !m.Linked:
		return e.T("team.not_linked", nil)
	case m.Progress == "":
		return e.T("team.nothing", nil)
	}
	return e.T("team.open", nil)
}
