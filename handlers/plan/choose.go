package plan

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/plan"
	"bangkom/internal/text"
)

// today is the moment of the update in the agency's zone, by which years are told.
func (e *env) today() time.Time { return e.Now.In(e.Cfg.Location) }

// wanted finds the proposal of a mark.
func (e *env) wanted(ctx context.Context, of string) (w plan.Want, ok bool, err error) {
	all, err := e.wants(ctx, plan.YearOf(e.today()))
	i := slices.IndexFunc(all, func(w plan.Want) bool { return mark(w.Item) == of })
	if err != nil || i < 0 {
		return w, false, err
	}
	return all[i], true, nil
}

// want shows what can be done about one thing.
func (e *env) want(ctx context.Context, a dialog.Action, message int) error {
	year := plan.YearOf(e.today())
	w, ok, err := e.wanted(ctx, a.Value)
	if err != nil {
		return err
	}
	if !ok {
		return e.showOwn(ctx, year, message, e.T("idp.gone", nil))
	}
	p, err := e.tx.Plan(ctx, e.Employee.ID, year)
	if err != nil {
		return err
	}
	lines := []string{e.T("idp.want_card", text.Args{"judul": w.Title, "selisih": e.desk().lack(w)})}
	var numbers []dialog.Button
	for i, act := range w.Actions() {
		k := strconv.Itoa(i + 1)
		lines = append(lines, e.T("idp.way", text.Args{"k": k, "cara": e.desk().actionWay(act), "porsi": e.desk().share(act.Form), "dipilih": e.chosenWord(p, w, act)}))
		b := e.button("", chooseStep, act.Course.Programme, mark(w.Item)+"-"+string(act.Form))
		b.Label = k
		numbers = append(numbers, b)
	}
	e.reply("idp.want_card", strings.Join(lines, "\n"), message, append(feature.Grid(feature.Numbers, numbers), []dialog.Button{e.button("idp_back", plan.OwnStep, int64(year), "")})...)
	return nil
}

// chosenWord says whether a way is in the plan.
func (e *env) chosenWord(p plan.Plan, w plan.Want, a plan.Action) string {
	l, ok := lineOf(p, w.Item, a)
	switch {
	case !ok:
		return ""
	case l.State == plan.Chosen:
		return e.desk().plain("idp.way_chosen", nil)
	}
	return e.desk().plain("idp.way_submitted", nil)
}

// lineOf is the line of a plan about an action.
func lineOf(p plan.Plan, item string, a plan.Action) (plan.Line, bool) {
	i := slices.IndexFunc(p.Lines, func(l plan.Line) bool {
		return l.Item == item && l.Form == a.Form && l.State != plan.Dropped && (l.Programme == a.Course.Programme || l.Programme == 0)
	})
	if i < 0 {
		return plan.Line{}, false
	}
	return p.Lines[i], true
}

// choose puts a way into the plan, or takes out what was not submitted. What is not proposed any
// more, or never was, changes nothing.
func (e *env) choose(ctx context.Context, a dialog.Action, message int) error {
	year := plan.YearOf(e.today())
	of, form, _ := strings.Cut(a.Value, "-")
	w, ok, err := e.wanted(ctx, of)
	if err != nil {
		return err
	}
	actions := w.Actions()
	i := slices.IndexFunc(actions, func(one plan.Action) bool { return string(one.Form) == form && one.Course.Programme == a.Ref })
	if !ok || i < 0 {
		return e.showOwn(ctx, year, message, e.T("idp.gone", nil))
	}
	p, err := e.tx.Plan(ctx, e.Employee.ID, year)
	if err != nil {
		return err
	}
	act, key := actions[i], "idp.stored"
	switch l, chosen := lineOf(p, w.Item, act); {
	case !chosen, l.State == plan.Chosen && l.Programme != act.Course.Programme: // the same way, with a training that is named
		stored := false
		if stored, err = e.tx.ChooseLine(ctx, e.Employee.ID, lineFor(year, w, act), e.Now); err == nil && !stored {
			return e.showOwn(ctx, year, message, e.T("idp.gone", nil))
		}
	case l.State == plan.Chosen && !l.Carried:
		key, err = "idp.taken_out", e.tx.DropLine(ctx, e.Employee.ID, l, plan.NoNeed, e.Now)
	}
	if err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return e.showOwn(ctx, year, message, e.T(key, text.Args{"judul": w.Title, "cara": e.desk().actionWay(act)}))
}

// longTitle is how long the title of a line may be.
const longTitle = 200

// lineFor is the line that an action becomes.
func lineFor(year int, w plan.Want, a plan.Action) plan.Line {
	return plan.Line{Year: year, Item: w.Item, Source: w.Source, Code: w.Code, Title: feature.Clip(w.Title, longTitle), Form: a.Form, Programme: a.Course.Programme}
}

// chooseAll chooses the first way of everything that is proposed on the card.
func (e *env) chooseAll(ctx context.Context, a dialog.Action, message int) error {
	year := plan.YearOf(e.today())
	if int64(year) != a.Ref {
		return dialog.ErrNotFound
	}
	c, err := e.load(ctx, year)
	if err != nil {
		return err
	}
	n := 0
	for _, w := range c.wants[:min(len(c.wants), mostWants)] {
		actions := w.Actions()
		if len(actions) == 0 {
			continue
		}
		if _, err := e.tx.ChooseLine(ctx, e.Employee.ID, lineFor(year, w, actions[0]), e.Now); err != nil {
			return err
		}
		n++
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return e.showOwn(ctx, year, message, e.T("idp.stored_all", text.Args{"n": n}))
}

// chosenMark tells one choice of lines from another, so that nobody submits what was not shown.
func chosenMark(lines []plan.Line) string {
	var parts []string
	for _, l := range lines {
		parts = append(parts, strconv.FormatInt(l.ID, 10), strconv.FormatInt(l.Programme, 10))
	}
	return mark(parts...)
}

// submit asks whether what was chosen shall be submitted, and the answer does it for exactly
// that.
func (e *env) submit(ctx context.Context, a dialog.Action, message int) error {
	year := int(a.Ref)
	p, err := e.tx.Plan(ctx, e.Employee.ID, year)
	if err != nil {
		return err
	}
	chosen := p.Of(plan.Chosen)
	boss, err := e.boss(ctx)
	if err != nil {
		return err
	}
	args := text.Args{"n": len(chosen), "atasan": boss, "hari": plan.SilentDays}
	ask, told := "idp.submit_ask", "idp.submitted"
	if boss == "" {
		ask, told = "idp.submit_ask_no_boss", "idp.submitted_no_boss"
	}
	switch {
	case len(chosen) == 0:
		return e.showOwn(ctx, year, message, "")
	case a.Value == "":
		e.reply(ask, e.T(ask, args), message, []dialog.Button{e.button("idp_submit_yes", submitStep, a.Ref, chosenMark(chosen))},
			[]dialog.Button{e.button("idp_back", plan.OwnStep, a.Ref, "")})
		return nil
	case a.Value != chosenMark(chosen):
		return e.showOwn(ctx, year, message, e.T("idp.submit_changed", nil))
	}
	if _, err := e.tx.SubmitPlan(ctx, e.Employee.ID, year, e.Now); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.sent", nil)
	return e.showOwn(ctx, year, message, e.T(told, args))
}
