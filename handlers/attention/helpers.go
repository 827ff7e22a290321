package attention

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/persuasion"
	"bangkom/internal/text"
)

// The buttons about helpers (pendamping). The ref of the first is a person, of the last two a
// unit.
const (
	helperPick  = "pendampingbaru"
	helperList  = "pendamping"
	helperEnds  = "pendampinglepas" // ref: the unit; value: the helper
	helperYes   = "pendampingya"    // ref: the person; value: the unit
	helperUnits = 5                 // the own unit and so many above it, together
)

// helpersOnPage is how many helpers stand on one card.
const helpersOnPage = 10

// helpers lists who helps which unit. The personnel office names one from the card of a person.
func (e *env) helpers(ctx context.Context, a dialog.Action, message int) error {
	page, _ := strconv.Atoi(a.Value)
	page = max(page, 0)
	list, err := e.tx.Helpers(ctx, page*helpersOnPage, helpersOnPage+1)
	if err != nil {
		return err
	}
	lines := []string{e.T("helper.list", nil), ""}
	var numbers []dialog.Button
	for i, h := range list[:min(len(list), helpersOnPage)] {
		n := strconv.Itoa(page*helpersOnPage + i + 1)
		key := "helper.line"
		if !h.Linked {
			key = "helper.line_unlinked"
		}
		lines = append(lines, e.T(key, text.Args{"no": n, "unit": h.UnitName, "alamat": h.Name}))
		end := e.MenuAction(helperEnds, h.Unit)
		end.Value = strconv.FormatInt(h.Employee, 10)
		numbers = append(numbers, dialog.Button{Label: e.Cfg.Text.Plain("label.helper_end", text.Args{"n": n}), Action: end})
	}
	if len(list) == 0 {
		lines = append(lines, e.T("helper.none", nil))
	}
	rows := feature.Grid(2, numbers)
	if len(list) > helpersOnPage {
		next := e.MenuAction(helperList, 0)
		next.Value = strconv.Itoa(page + 1)
		rows = append(rows, []dialog.Button{{Label: e.Label("helper_more"), Action: next}})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "helper.list", Edit: message, Text: strings.Join(lines, "\n"),
		Rows: append(rows, []dialog.Button{e.Link(feature.ToPauses, "back", 0)})})
	return nil
}

// helperButton stands on the card of a person, for the personnel office.
func (e *env) helperButton(_ context.Context, m personnel.Member) ([][]dialog.Button, error) {
	if !e.Employee.Rights.HR {
		return nil, nil
	}
	return [][]dialog.Button{{{Label: e.Label("helper_pick"), Action: e.MenuAction(helperPick, m.ID)}}}, nil
}

// pickHelper asks for which unit a person shall help: the own one, or one above it.
func (e *env) pickHelper(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	units, err := e.tx.HelperUnits(ctx, m.ID, helperUnits)
	if err != nil {
		return err
	}
	ask := "helper.ask"
	if !m.Linked {
		ask = "helper.ask_unlinked"
	}
	lines := []string{e.T(ask, text.Args{"alamat": m.Address()}), ""}
	var numbers []dialog.Button
	for i, u := range units {
		key := "helper.unit"
		switch u.Employee {
		case 0:
		case m.ID:
			key = "helper.unit_own"
		default:
			key = "helper.unit_other"
		}
		lines = append(lines, e.T(key, text.Args{"no": i + 1, "unit": u.UnitName}))
		yes := e.MenuAction(helperYes, m.ID)
		yes.Value = strconv.FormatInt(u.Unit, 10)
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: yes})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: ask, Edit: message, Text: strings.Join(lines, "\n"),
		Rows: append(feature.Grid(feature.Numbers, numbers), []dialog.Button{e.Link(feature.ToPerson, "back", m.ID)})})
	return nil
}

// nameHelper names the person for the unit that was pressed, when it is one of those above.
func (e *env) nameHelper(ctx context.Context, a dialog.Action, message int) error {
	units, err := e.tx.HelperUnits(ctx, a.Ref, helperUnits)
	if err != nil {
		return err
	}
	for _, u := range units {
		if strconv.FormatInt(u.Unit, 10) != a.Value {
			continue
		}
		if err := e.tx.NameHelper(ctx, u.Unit, a.Ref, e.Employee.ID, e.Now); err != nil {
			return err
		}
		if u.Employee != a.Ref { // who will be called for has to know it before the first request
			e.Notify(a.Ref, fmt.Sprintf("helper:%d:%d:%d", u.Unit, a.Ref, e.Now.Unix()), outreach.Help,
				dialog.Reply{Template: "helper.named", Text: e.T("helper.named", text.Args{"unit": u.UnitName, "hari": persuasion.SilentDays})})
		}
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
		return e.helpers(ctx, dialog.Action{}, message)
	}
	return dialog.ErrNotFound
}

// endHelper ends what somebody is for a unit, unless it is another one by now.
func (e *env) endHelper(ctx context.Context, a dialog.Action, message int) error {
	helper, err := strconv.ParseInt(a.Value, 10, 64)
	if err != nil {
		return dialog.ErrNotFound
	}
	if err := e.tx.DropHelper(ctx, a.Ref, helper, e.Employee.ID, e.Now); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return e.helpers(ctx, dialog.Action{}, message)
}
