package needs

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// unit shows the strengths and areas of one unit.
func (e *env) unit(ctx context.Context, act dialog.Action, _ int) error {
	a, ok, err := e.analysis(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(a.Nodes, func(n needs.Node) bool { return n.Unit == act.Ref && n.OwnStaff == (act.Value == ownStaff) })
	if !ok || act.Ref == 0 || at < 0 {
		return dialog.ErrNotFound
	}
	n := a.Nodes[at]
	lines := []string{e.headLine(a, n)}
	if n.Few() {
		lines = append(lines, e.T("needs.few_unit", nil))
	}
	lines = append(append(lines, ""), e.strengthLine(a, n))
	areas := a.Areas(n)
	lines = append(lines, e.areaLines(a, n, "needs.area_numbered")...)
	w, err := e.wishes(ctx, a)
	if err != nil {
		return err
	}
	lines = append(lines, e.ofUnit(w, n)...)
	if n.Hides() {
		lines = append(lines, "", e.T("needs.hidden_unit", text.Args{"n": hidden(n), "jumlah": len(n.Values)}), e.T("needs.hidden", nil))
	}
	var numbers []dialog.Button
	for k, i := range areas {
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k + 1), Action: e.competencyAction(competencyStep, a.Competencies[i].Code, 0)})
	}
	rows := feature.Grid(feature.Numbers, numbers)
	if len(n.Children) > 0 && !n.OwnStaff {
		rows = append(rows, []dialog.Button{e.mapButton("needs_below", n.Unit, pages{})})
	}
	if n.Both > 0 && !n.OwnStaff {
		rows = append(rows, []dialog.Button{{Label: e.Label("needs_people"), Action: dialog.Action{Flow: peopleFlow, Ref: n.Unit, Verb: dialog.Resume}}})
	}
	above := a.Nodes[n.Parent].Unit
	rows = append(rows, []dialog.Button{e.mapButton("back", above, pages{})})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.head_unit", Text: strings.Join(lines, "\n"), Rows: rows})
	return nil
}

// hidden counts the competencies of which nothing is shown.
func hidden(n needs.Node) (count int) {
	for _, v := range n.Values {
		if !v.Shown() {
			count++
		}
	}
	return count
}

// strengthLine names the strengths of a node.
func (e *env) strengthLine(a needs.Analysis, n needs.Node) string {
	var names []string
	for _, i := range a.Strengths(n) {
		names = append(names, a.Competencies[i].Name)
	}
	if len(names) == 0 {
		return e.T("needs.no_strengths", nil)
	}
	return e.T("needs.strengths", text.Args{"nama": feature.Clip(strings.Join(names, ", "), 3*feature.LongName)})
}
