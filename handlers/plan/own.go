package plan

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/personnel"
	"bangkom/internal/plan"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// mostWants is how many proposals stand on the card at a time.
const mostWants = 9

// open answers /rencana: the plan of the year, and what could be in it.
func (e *env) open(ctx context.Context, _ string) error {
	e.KeepNote()
	return e.showOwn(ctx, plan.YearOf(e.today()), 0, "")
}

// own shows the plan of the year that is the ref.
func (e *env) own(ctx context.Context, a dialog.Action, message int) error {
	year := plan.YearOf(e.today())
	if a.Ref != 0 {
		year = int(a.Ref)
	}
	if a.Value == plan.Fresh {
		message = 0
	}
	return e.showOwn(ctx, year, message, "")
}

// card is what the card of a plan shows, in the order of its numbers.
type card struct {
	plan  plan.Plan
	lines []plan.Line // that are open
	wants []plan.Want // about which nothing is chosen, of the present plan year
}

// showOwn shows the plan of a year below a note.
func (e *env) showOwn(ctx context.Context, year, message int, note string) error {
	c, err := e.load(ctx, year)
	if err != nil {
		return err
	}
	state, err := e.state(ctx, c)
	if err != nil {
		return err
	}
	lines := []string{e.T("idp.head", e.Person(text.Args{"tahun": strconv.Itoa(year)})), state}
	var numbers []dialog.Button
	number := func(step string, ref int64, value string) int {
		k := len(numbers) + 1
		b := e.button("", step, ref, value)
		b.Label = strconv.Itoa(k)
		numbers = append(numbers, b)
		return k
	}
	if len(c.lines) > 0 {
		lines = append(lines, "", e.T("idp.lines", nil))
	}
	for _, l := range c.lines {
		lines = append(lines, e.T("idp.line", text.Args{"k": number(plan.LineStep, l.ID, ""), "judul": l.Title, "cara": e.desk().way(l.Form, l.Course), "keadaan": e.desk().ownStanding(l)}))
	}
	lines = append(lines, e.history(c.plan)...)
	if year != plan.YearOf(e.today()) {
		for _, l := range c.plan.Of(plan.Done, plan.Moved, plan.Dropped) {
			lines = append(lines, e.T("idp.member_line", text.Args{"judul": l.Title, "cara": e.desk().way(l.Form, l.Course), "keadaan": e.desk().standing(l)}))
		}
	} else {
		lines = append(lines, e.proposed(c, number)...)
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.ownRows(ctx, c)...)
	more, err := e.moreRows(ctx, year)
	if err != nil {
		return err
	}
	body, _ := feature.Joined(lines, feature.MessageBudget-measure.Units(note)-2)
	e.reply("idp.head", noted(note, body), message, append(rows, more...)...)
	return nil
}

// load reads the plan and what could be done beside it.
func (e *env) load(ctx context.Context, year int) (c card, err error) {
	if c.plan, err = e.tx.Plan(ctx, e.Employee.ID, year); err != nil {
		return c, err
	}
	c.lines = c.plan.Of(plan.Chosen, plan.Submitted, plan.Agreed)
	if year != plan.YearOf(e.today()) {
		return c, nil
	}
	all, err := e.wants(ctx, year)
	taken := map[string]bool{}
	for _, l := range c.plan.Lines {
		taken[l.Item] = taken[l.Item] || l.State != plan.Dropped
	}
	for _, w := range all {
		if !taken[w.Item] {
			c.wants = append(c.wants, w)
		}
	}
	return c, err
}

// wants are all proposals of a year, with the person's own wishes last.
func (e *env) wants(ctx context.Context, year int) ([]plan.Want, error) {
	all, err := e.tx.PlanWants(ctx, e.Employee.ID, year, e.Now)
	if err != nil {
		return nil, err
	}
	answers, err := e.tx.PlanWish(ctx, e.Employee.ID)
	if err != nil {
		return nil, err
	}
	family := competency.FamilyOf(e.Employee.ClassCode, e.Employee.PositionTitle)
	for _, a := range answers {
		def, ok := e.Definition(a.Code, a.Version)
		item, has := def.Item(a.Item)
		if !ok || !has || a.Value == questionnaire.Skipped {
			continue
		}
		for _, choice := range item.Fitting(family).Choices {
			if choice.Value == a.Value && len(choice.For) > 0 { // what is offered to everybody is no topic
				all = append(all, plan.Want{Source: plan.FromWish, Item: plan.WishItem(a.Value), Title: choice.Label})
			}
		}
	}
	return all, nil
}

// proposed are the lines about what could be done.
func (e *env) proposed(c card, number func(step string, ref int64, value string) int) []string {
	switch {
	case len(c.wants) == 0 && len(c.plan.Lines) == 0:
		return []string{"", e.T("idp.want_none", nil)}
	case len(c.wants) == 0:
		return nil
	}
	lines := []string{"", e.T("idp.wants", nil)}
	for _, w := range c.wants[:min(len(c.wants), mostWants)] {
		var ways []string
		for _, a := range w.Actions() {
			ways = append(ways, e.desk().actionWay(a))
		}
		lines = append(lines, e.T("idp.want", text.Args{"k": number(wantStep, 0, mark(w.Item)), "judul": w.Title, "selisih": e.desk().lack(w),
			"cara": strings.Join(ways, e.desk().plain("idp.or", nil))}))
	}
	if rest := len(c.wants) - mostWants; rest > 0 {
		lines = append(lines, e.T("idp.want_more", text.Args{"n": rest}))
	}
	return lines
}

// history counts what has ended, and names the mix of what is planned.
func (e *env) history(p plan.Plan) (lines []string) {
	done, moved, dropped := len(p.Of(plan.Done)), len(p.Of(plan.Moved)), len(p.Of(plan.Dropped))
	if done+moved+dropped > 0 {
		lines = append(lines, e.T("idp.ended", text.Args{"selesai": done, "pindah": moved, "keluar": dropped}))
	}
	if planned := p.Of(plan.Chosen, plan.Submitted, plan.Agreed, plan.Done); len(planned) > 0 {
		class, others, work := plan.Mix(planned)
		lines = append(lines, e.T("idp.mix", text.Args{"kelas": class, "lain": others, "kerja": work}))
	}
	return lines
}

// state says in one or two sentences where the plan stands.
func (e *env) state(ctx context.Context, c card) (string, error) {
	p := c.plan
	args := text.Args{"tanggal": e.Cfg.Text.Date(p.SubmittedAt.In(e.Cfg.Location)), "hari": plan.SilentDays, "n": len(p.Of(plan.Chosen))}
	boss, err := e.boss(ctx)
	if err != nil {
		return "", err
	}
	args["atasan"] = boss
	var key string
	switch {
	case len(p.Lines) == 0:
		return e.T("idp.state_none", nil), nil
	case p.SubmittedAt.IsZero():
	case !p.AgreedAt.IsZero():
		key, args["atasan"], args["tanggal"] = "idp.state_agreed", p.AgreedBy, e.Cfg.Text.Date(p.AgreedAt.In(e.Cfg.Location))
	case len(p.Of(plan.Submitted)) == 0: // all that waited has ended
	case boss == "":
		key = "idp.state_no_boss"
	case !p.StandsAt.IsZero():
		key = "idp.state_stands"
	default:
		key = "idp.state_waiting"
	}
	var said []string
	if key != "" {
		said = append(said, e.T(key, args))
	}
	if len(p.Of(plan.Chosen)) > 0 {
		said = append(said, e.T("idp.state_chosen", args))
	}
	return strings.Join(said, " "), nil
}

// boss is how the direct superior is called; "" = the register knows none in service.
func (e *env) boss(ctx context.Context) (string, error) {
	if e.Employee.SupervisorID == nil {
		return "", nil
	}
	b, err := e.tx.Employee(ctx, *e.Employee.SupervisorID)
	if err != nil || b.Status != personnel.Active {
		return "", err
	}
	return b.Address(), nil
}

// ownRows are the buttons of the own plan.
func (e *env) ownRows(_ context.Context, c card) (rows [][]dialog.Button) {
	if chosen := c.plan.Of(plan.Chosen); len(chosen) > 0 {
		rows = append(rows, []dialog.Button{e.button("idp_submit", submitStep, int64(c.plan.Year), "")})
	}
	if len(c.wants) > 1 {
		rows = append(rows, []dialog.Button{e.button("idp_all", allStep, int64(c.plan.Year), "")})
	}
	return rows
}

// moreRows lead to the plans of other years and to those of the team.
func (e *env) moreRows(ctx context.Context, year int) (rows [][]dialog.Button, err error) {
	years, err := e.tx.PlanYears(ctx, e.Employee.ID)
	if err != nil {
		return nil, err
	}
	const most = 2
	for _, y := range append([]int{plan.YearOf(e.today())}, years...) {
		if y != year && len(rows) < most {
			b := e.button("", plan.OwnStep, int64(y), "")
			b.Label = e.Cfg.Text.Plain("label.idp_year", text.Args{"tahun": strconv.Itoa(y)})
			if len(rows) == 0 || rows[len(rows)-1][0].Label != b.Label {
				rows = append(rows, []dialog.Button{b})
			}
		}
	}
	if !e.Employee.Rights.Supervises {
		return rows, nil
	}
	list, err := e.tx.PlansWaiting(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return nil, err
	}
	b := e.button("idp_team", plan.TeamStep, 0, "")
	if len(list) > 0 {
		b.Label = e.Cfg.Text.Plain("label.idp_team_n", text.Args{"n": len(list)})
	}
	return append(rows, []dialog.Button{b}), nil
}
