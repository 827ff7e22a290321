package received

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/text"
)

// The buttons of an officer of a unit. The ref of all but the first is an announcement.
const (
	unitStep   = "pgmunit"   // the announcements that somebody of the units lacks; its value is the page
	peopleStep = "pgmorang"  // who lacks one; its value is the page
	tellStep   = "pgmsampai" // Disampaikan langsung to one; its value is see told
	restStep   = "pgmsisa"   // to all who are left; its value is see rest
	bodyStep   = "pgmnaskah" // what the announcement says
	officerHas = 8           // announcements on a page
)

// unitLine is the button in /unit, with how many people are left to be told.
func (e *env) unitLine(ctx context.Context) (line string, row []dialog.Button, err error) {
	n, err := e.tx.UnitPeopleLeft(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return "", nil, err
	}
	a := e.MenuAction(unitStep, 0)
	a.Value = "0"
	label := e.Label("ann_unit_none")
	if n > 0 {
		label = e.Cfg.Text.Plain("label.ann_unit", text.Args{"n": e.Cfg.Text.Number(n)})
	}
	return "", []dialog.Button{{Label: label, Action: a}}, nil
}

// unitList lists the announcements that somebody of the own units has not received or
// not read.
func (e *env) unitList(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	list, err := e.tx.UnitAnnouncements(ctx, e.Employee.ID, e.Now, page*officerHas, officerHas+1)
	if err != nil {
		return err
	}
	if len(list) == 0 && page > 0 {
		a.Value = "0"
		return e.unitList(ctx, a, message)
	}
	more := len(list) > officerHas
	list = list[:min(len(list), officerHas)]
	if len(list) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "told.none", Text: e.T("told.none", nil), Edit: message, Rows: toDesk(e)})
		return nil
	}
	lines := []string{e.T("told.list", nil), ""}
	var numbers []dialog.Button
	for i, one := range list {
		k := page*officerHas + i + 1
		lines = append(lines, e.T("told.line", text.Args{"k": k, "judul": title(e, one.Title), "tanggal": e.Cfg.Text.ShortDate(one.At.In(e.Cfg.Location)),
			"keadaan": unitWords(e, one)}))
		open := e.MenuAction(peopleStep, one.ID)
		open.Value = "0"
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: open})
	}
	total := page*officerHas + len(list)
	if more {
		total++
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "told.list", Text: strings.Join(lines, "\n"), Edit: message,
		Rows: append(append(feature.Grid(feature.Numbers, numbers), e.Pages(unitStep, 0, page, officerHas, total)...), toDesk(e)...)})
	return nil
}

// toDesk is the way back to /unit.
func toDesk(e *env) [][]dialog.Button { return [][]dialog.Button{{e.Link(feature.ToDesk, "back", 0)}} }

// unitWords counts an announcement in an officer's units; what nobody is in is left out.
func unitWords(e *env, u announcement.UnitEntry) string {
	var parts []string
	for _, one := range []struct {
		key string
		n   int
	}{{"told.absent", u.Absent}, {"told.unread", u.Unread}, {"told.told", u.Told}} {
		if one.n > 0 {
			parts = append(parts, e.Cfg.Text.Plain(one.key, text.Args{"n": e.Cfg.Text.Number(one.n)}))
		}
	}
	return strings.Join(parts, " · ")
}

// unitPeople lists by name who has not received one announcement or not read it.
func (e *env) unitPeople(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	return e.showPeople(ctx, a.Ref, page, message)
}

func (e *env) showPeople(ctx context.Context, id int64, page, message int) error {
	list, err := e.tx.UnitPending(ctx, e.Employee.ID, id, e.Now, page*feature.PageSize, feature.PageSize)
	if err != nil {
		return err
	}
	if len(list.Pending) == 0 && page > 0 {
		return e.showPeople(ctx, id, 0, message)
	}
	lines := []string{e.T("told.people", text.Args{"judul": title(e, list.Title), "keadaan": unitWords(e, list.UnitEntry)}), ""}
	var numbers []dialog.Button
	for i, p := range list.Pending {
		k := strconv.Itoa(page*feature.PageSize + i + 1)
		lines = append(lines, k+". "+measure.Fit(p.Person.Address(), feature.LongName)+": "+e.T(pendingKey(p), text.Args{"tanggal": e.Cfg.Text.ShortDate(p.ToldAt.In(e.Cfg.Location))}))
		numbers = append(numbers, dialog.Button{Label: k, Action: tellAction(e, id, p, page)})
	}
	rows := feature.Grid(feature.Numbers, numbers)
	if n := list.Missing(); n > 1 {
		a := e.MenuAction(restStep, id)
		a.Value = strconv.Itoa(n)
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.ann_rest", text.Args{"n": e.Cfg.Text.Number(n)}), Action: a}})
	}
	rows = append(rows, e.Pages(peopleStep, id, page, feature.PageSize, list.Total)...)
	back := e.MenuAction(unitStep, 0)
	back.Value = "0"
	rows = append(rows, []dialog.Button{{Label: e.Label("ann_body"), Action: e.MenuAction(bodyStep, id)}, {Label: e.Label("back"), Action: back}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "told.people", Text: strings.Join(lines, "\n"), Edit: message, Rows: rows})
	return nil
}

// pendingKey is the word for where an announcement stands for somebody. Who is silent by
// own wish is not reached like anybody else: nobody is to be asked why.
func pendingKey(p announcement.Pending) string {
	switch {
	case !p.ToldAt.IsZero():
		return "told.state_told"
	case p.Delivery == announcement.Sent && p.Old:
		return "told.state_old"
	case p.Delivery == announcement.Sent:
		return "told.state_unread"
	}
	return pendingKeys[p.Delivery]
}

var pendingKeys = map[announcement.Delivery]string{
	announcement.Held: "told.state_held", announcement.Unknown: "told.state_unknown", announcement.Failed: "told.state_failed",
	announcement.Expired: "told.state_expired", announcement.Unreachable: "told.state_unreachable", announcement.Unlinked: "told.state_unlinked",
}

// The values of the button of one person: what it does, and behind a dot the person and
// the page. A second press of the same button leaves things as they are.
const tellYes, tellNo = "ya", "tidak"

// tellAction is the button of one person. Its ref is the announcement, as of all of
// this card.
func tellAction(e *env, id int64, p announcement.Pending, page int) dialog.Action {
	a := e.MenuAction(tellStep, id)
	word := tellYes
	if !p.ToldAt.IsZero() {
		word = tellNo
	}
	a.Value = word + "." + strconv.FormatInt(p.Person.ID, 36) + "." + strconv.Itoa(page)
	return a
}

// tell notes that one person was told directly, or takes that back.
func (e *env) tell(ctx context.Context, a dialog.Action, message int) error {
	f := strings.Split(a.Value, ".")
	if len(f) != 3 || f[0] != tellYes && f[0] != tellNo {
		return dialog.ErrNotFound
	}
	person, err := strconv.ParseInt(f[1], 36, 64)
	if err != nil {
		return dialog.ErrNotFound
	}
	page, err := feature.PageOf(f[2])
	if err != nil {
		return err
	}
	if err := e.tx.TellDirectly(ctx, e.Employee.ID, a.Ref, person, f[0] == tellYes, e.Now); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return e.showPeople(ctx, a.Ref, page, message)
}

// tellRest notes it for all who are left, after asking. Its value is how many that were
// when it was asked, and "ya" behind it once it was answered: when it is another number
// by then, it is asked again.
func (e *env) tellRest(ctx context.Context, a dialog.Action, message int) error {
	number, word, _ := strings.Cut(a.Value, ".")
	asked, err := strconv.Atoi(number)
	if err != nil {
		return dialog.ErrNotFound
	}
	list, err := e.tx.UnitPending(ctx, e.Employee.ID, a.Ref, e.Now, 0, 1)
	if err != nil {
		return err
	}
	switch n := list.Missing(); {
	case n == 0:
		return e.showPeople(ctx, a.Ref, 0, message)
	case word == tellYes && n == asked:
		if _, err := e.tx.TellRest(ctx, e.Employee.ID, a.Ref, e.Now); err != nil {
			return err
		}
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
		return e.showPeople(ctx, a.Ref, 0, message)
	default:
		a.Value = strconv.Itoa(n) + "." + tellYes
		back := e.MenuAction(peopleStep, a.Ref)
		back.Value = "0"
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "told.rest", Edit: message,
			Text: e.T("told.rest", e.Person(text.Args{"n": e.Cfg.Text.Number(n), "judul": title(e, list.Title)})),
			Rows: [][]dialog.Button{{{Label: e.Label("ann_rest_yes"), Action: a}, {Label: e.Label("cancel"), Action: back}}}})
	}
	return nil
}

// unitBody shows what the announcement says to an officer who has to tell it.
func (e *env) unitBody(ctx context.Context, a dialog.Action, _ int) error {
	if _, err := e.tx.UnitPending(ctx, e.Employee.ID, a.Ref, e.Now, 0, 1); err != nil {
		return err
	}
	of, err := e.tx.Announcement(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, e.desk.writer().Preview(of, of.StartedAt))
	return nil
}

// ownCopy is the part of the own copy.
func ownCopy(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
	return tx.(Tx).CopyAnnouncements(ctx, chatID)
}
