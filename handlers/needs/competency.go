package needs

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// listed is how many units stand on the card of a competency, and programmes on that of
// the trainings.
const listed = 10

// onCard is the ref of buttons on a card without a picture, which is changed in place.
const onCard = 1

// competency shows one competency: of all, and the units that lack most.
func (e *env) competency(ctx context.Context, act dialog.Action, message int) error {
	a, i, err := e.competencyOf(ctx, act.Value)
	if err != nil {
		return err
	}
	if act.Ref != onCard {
		message = 0
	}
	return e.showCompetency(ctx, a, i, "", message)
}

// competencyOf finds a competency of the analysis.
func (e *env) competencyOf(ctx context.Context, code string) (a needs.Analysis, place int, err error) {
	a, _, err = e.analysis(ctx)
	if err != nil {
		return a, 0, err
	}
	place, ok := a.Competency(code)
	if !ok {
		return a, 0, dialog.ErrNotFound
	}
	return a, place, nil
}

func (e *env) showCompetency(ctx context.Context, a needs.Analysis, i int, above string, message int) error {
	w, err := e.wishes(ctx, a)
	if err != nil {
		return err
	}
	c := a.Competencies[i]
	lines := []string{e.T("needs.competency", text.Args{"nama": c.Name, "kepentingan": e.desk().importanceWord(c.Importance)}), e.valueLine(e.desk().name(a.Agency()), a.Agency().Values[i])}
	if c.Importance == needs.NotAsked {
		lines = append(lines, e.T("needs.not_asked", nil))
	}
	lines = append(lines, "", e.T("needs.units", nil))
	units, hides := a.Lacking(i), 0
	for _, n := range a.Nodes[1:] {
		if len(n.Children) == 0 && n.People > 0 && !n.Values[i].Shown() {
			hides++
		}
	}
	for _, n := range units[:min(len(units), listed)] {
		lines = append(lines, "• "+e.valueLine(e.desk().name(n), n.Values[i]))
	}
	if len(units) == 0 {
		lines = append(lines, e.T("needs.no_units", nil))
	}
	if more := len(units) - listed; more > 0 {
		lines = append(lines, e.T("needs.more_units", text.Args{"n": more}))
	}
	if hides > 0 {
		lines = append(lines, e.T("needs.hidden_units", text.Args{"n": e.Cfg.Text.Number(hides)}))
	}
	lines = append(lines, e.ofCompetency(w, c)...)
	if above != "" {
		lines = append([]string{above, ""}, lines...)
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: e.competencyAction(step, c.Code, 0)}}
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.competency", Text: body, Edit: message,
		Rows: [][]dialog.Button{button("needs_trainings", trainingsStep), button("needs_importance", importanceStep), {e.mapButton("back", 0, pages{})}}})
	return nil
}

// valueLine says what is lacking in a group, and of how many it is told.
func (e *env) valueLine(name string, v needs.Value) string {
	args := text.Args{"nama": feature.Clip(name, feature.LongName), "n": e.Cfg.Text.Number(v.N), "kurang": e.LackWord(v), "bagian": ""}
	if !v.Shown() {
		return e.T("needs.value_hidden", args)
	}
	args["bagian"] = e.ShareWord(v.Share)
	return e.T("needs.value", args)
}

// importance asks how much a competency counts, or stores it.
func (e *env) importance(ctx context.Context, act dialog.Action, message int) error {
	a, i, err := e.competencyOf(ctx, act.Value)
	if err != nil {
		return err
	}
	c := a.Competencies[i]
	if act.Ref == 0 {
		var rows [][]dialog.Button
		for n := needs.Absolute; n >= needs.NotAsked; n-- {
			rows = append(rows, []dialog.Button{{Label: strconv.Itoa(n) + " " + e.desk().importanceWord(n), Action: e.competencyAction(importanceStep, c.Code, int64(n)+1)}})
		}
		rows = append(rows, []dialog.Button{{Label: e.Label("back"), Action: e.competencyAction(competencyStep, c.Code, onCard)}})
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.importance_ask", Edit: message, Rows: rows,
			Text: e.T("needs.importance_ask", text.Args{"nama": c.Name, "kepentingan": e.desk().importanceWord(c.Importance)})})
		return nil
	}
	to := int(act.Ref) - 1
	if to < needs.NotAsked || to > needs.Absolute {
		return dialog.ErrNotFound
	}
	changed, err := e.tx.SetImportance(ctx, c.Code, to, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	note := e.T("needs.importance_same", nil)
	if changed {
		note = e.T("needs.importance_set", text.Args{"kepentingan": e.desk().importanceWord(to)})
	}
	if a, i, err = e.competencyOf(ctx, c.Code); err != nil {
		return err
	}
	return e.showCompetency(ctx, a, i, note, message)
}

// trainings lists the programmes that develop a competency, with the seats of their
// batches ahead.
func (e *env) trainings(ctx context.Context, act dialog.Action, message int) error {
	a, i, err := e.competencyOf(ctx, act.Value)
	if err != nil {
		return err
	}
	list, err := e.tx.Developing(ctx, act.Value, e.Now)
	if err != nil {
		return err
	}
	lines := []string{e.T("needs.trainings", text.Args{"nama": a.Competencies[i].Name})}
	if len(list) == 0 {
		lines = append(lines, e.T("needs.no_trainings", nil))
	}
	var numbers, plans []dialog.Button
	for k, d := range list[:min(len(list), listed)] {
		key := "needs.training"
		if d.Batches == 0 {
			key = "needs.training_none"
		}
		lines = append(lines, e.T(key, text.Args{"k": k + 1, "judul": feature.Clip(d.Title, feature.LongName), "tingkat": d.Level, "angkatan": d.Batches,
			"sisa": d.Free(), "tempat": d.Seats, "rencana": d.Planned}))
		b := e.Link(feature.ToProgramme, "back", d.ID)
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k + 1), Action: b.Action})
		plan := dialog.Button{Label: e.Cfg.Text.Plain("label.needs_plan", text.Args{"n": k + 1}), Action: e.Opener(feature.ToPlan)(d.ID)}
		plan.Action.Value = act.Value
		plans = append(plans, plan)
	}
	rows := append(feature.Grid(feature.Numbers, numbers), feature.Grid(feature.PlansInRow, plans)...)
	if len(list) > 0 {
		lines = append(lines, e.T("needs.training_hint", nil))
	} else {
		rows = append(rows, []dialog.Button{e.Link(feature.ToTrainings, "plan", 0)})
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("back"), Action: e.competencyAction(competencyStep, act.Value, onCard)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.trainings", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}
