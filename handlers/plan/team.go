package plan

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/plan"
	"bangkom/internal/text"
)

// boss is the room's view of an update of somebody who leads people (atasan langsung), or
// stands in for one.
type boss struct{ *env }

// asBoss is a button of somebody who leads people.
func asBoss(run func(boss, context.Context, dialog.Action, int) error) func(*env, context.Context, dialog.Action, int) error {
	return func(e *env, ctx context.Context, a dialog.Action, message int) error {
		return run(boss{e}, ctx, a, message)
	}
}

// owed is the line of /tugas about plans that wait for the person's word.
func (e *env) owed(ctx context.Context, k int) (line string, row []dialog.Button, err error) {
	if !e.Employee.Rights.Supervises {
		return "", nil, nil
	}
	list, err := e.tx.PlansWaiting(ctx, e.Employee.ID, e.Now)
	if err != nil || len(list) == 0 {
		return "", nil, err
	}
	b := e.button("", plan.TeamStep, 0, "")
	b.Label = e.Cfg.Text.Plain("label.idp_team_n", text.Args{"n": len(list)})
	return e.T("idp.owed", text.Args{"k": k, "n": len(list)}), []dialog.Button{b}, nil
}

// waiting lists the plans that wait for the presser.
func (e boss) waiting(ctx context.Context, _ dialog.Action, message int) error {
	return e.showWaiting(ctx, message, "")
}

// inLine is how many plans, and lines of one, stand in the list in full.
const inLine = 3

// showWaiting shows that list as it is now, below a note.
func (e boss) showWaiting(ctx context.Context, message int, note string) error {
	list, err := e.tx.PlansWaiting(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	progress := []dialog.Button{e.button("idp_progress", progressStep, 0, "")}
	if len(list) == 0 {
		e.reply("idp.team_none", noted(note, e.T("idp.team_none", e.Person(nil))), message, progress)
		return nil
	}
	lines := []string{e.T("idp.team_head", e.Person(text.Args{"n": len(list)})), ""}
	for i, w := range list[:min(len(list), feature.PageSize)] {
		var items []string
		for _, l := range w.Lines[:min(len(w.Lines), inLine)] {
			items = append(items, e.desk().plain("idp.team_item", text.Args{"judul": feature.Clip(l.Title, feature.LongName), "cara": e.desk().way(l.Form, l.Course)}))
		}
		if rest := len(w.Lines) - inLine; rest > 0 {
			items = append(items, e.desk().plain("idp.team_more", text.Args{"n": rest}))
		}
		lines = append(lines, e.T("idp.team_line", text.Args{"k": i + 1, "alamat": w.Person.Address(), "tahun": strconv.Itoa(w.Year), "daftar": strings.Join(items, ", ")}))
	}
	if rest := len(list) - feature.PageSize; rest > 0 {
		lines = append(lines, e.T("idp.team_more", text.Args{"n": rest}))
	}
	all := e.button("", plan.AgreeAllStep, 0, "")
	all.Label = e.Cfg.Text.Plain("label.idp_agree_all", text.Args{"n": len(list)})
	each := e.button("idp_each", oneStep, list[0].Person.ID, named(list[0]))
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.reply("idp.team_head", noted(note, body), message, []dialog.Button{all}, []dialog.Button{each}, progress)
	return nil
}

// named is a plan as it is shown, in a button beside its person: the year and the revision.
func named(w plan.Waiting) string { return fmt.Sprintf("%d-%d", w.Year, w.Revision) }

// teamMark tells one list of plans from another, so that nobody agrees to what was not shown.
func teamMark(list []plan.Waiting) string {
	var parts []string
	for _, w := range list {
		parts = append(parts, strconv.FormatInt(w.Person.ID, 10), named(w))
	}
	return mark(parts...)
}

// agreeAll agrees to all plans that wait (Setujui semua 7): it names the people, and the answer
// does it for exactly what was shown.
func (e boss) agreeAll(ctx context.Context, a dialog.Action, message int) error {
	list, err := e.tx.PlansWaiting(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	switch {
	case len(list) == 0:
		return e.showWaiting(ctx, message, "")
	case a.Value == "" || a.Value == plan.Fresh:
		const most = 12
		var names []string
		for _, w := range list[:min(len(list), most)] {
			names = append(names, w.Person.Address())
		}
		if rest := len(list) - most; rest > 0 {
			names = append(names, e.desk().plain("idp.team_more", text.Args{"n": rest}))
		}
		e.reply("idp.agree_ask", e.T("idp.agree_ask", text.Args{"n": len(list), "daftar": strings.Join(names, ", ")}), message,
			[]dialog.Button{e.button("idp_agree_yes", plan.AgreeAllStep, 0, teamMark(list))}, []dialog.Button{e.button("idp_team_back", plan.TeamStep, 0, "")})
		return nil
	case a.Value != teamMark(list):
		return e.showWaiting(ctx, message, e.T("idp.agree_changed", nil))
	}
	agreed, err := e.agree(ctx, list)
	if err != nil {
		return err
	}
	key, args := "idp.agreed", text.Args{"n": len(agreed)}
	if rest := len(list) - len(agreed); rest > 0 {
		key, args["sisa"] = "idp.agreed_part", rest
	}
	return e.showWaiting(ctx, message, e.T(key, args))
}

// agree agrees to plans as they were shown, and tells their people.
func (e boss) agree(ctx context.Context, shown []plan.Waiting) ([]plan.Waiting, error) {
	agreed, err := e.tx.AgreePlans(ctx, e.Employee.ID, shown, e.Now)
	if err != nil {
		return nil, err
	}
	for _, w := range agreed {
		e.Notify(w.Person.ID, fmt.Sprintf("plan:%d:%d:%d", w.Person.ID, w.Year, w.Revision), outreach.Plan, dialog.Reply{Template: "idp.told_agreed",
			Text: e.T("idp.told_agreed", text.Args{"sapaan": w.Person.Salutation(), "nama": w.Person.DisplayName(), "tahun": strconv.Itoa(w.Year), "atasan": e.Employee.Address()}),
			Rows: [][]dialog.Button{{e.button("idp", plan.OwnStep, int64(w.Year), plan.Fresh)}}})
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return agreed, nil
}

// find finds one plan that waits, by its person and the year of the button; at is its place.
func (e boss) find(ctx context.Context, a dialog.Action) (list []plan.Waiting, at int, err error) {
	list, err = e.tx.PlansWaiting(ctx, e.Employee.ID, e.Now)
	year, _, _ := strings.Cut(a.Value, "-")
	return list, slices.IndexFunc(list, func(w plan.Waiting) bool { return w.Person.ID == a.Ref && strconv.Itoa(w.Year) == year }), err
}

// one shows one plan with all its lines.
func (e boss) one(ctx context.Context, a dialog.Action, message int) error {
	list, at, err := e.find(ctx, a)
	if err != nil {
		return err
	}
	if at < 0 {
		return e.showWaiting(ctx, message, e.T("idp.one_gone", e.Person(nil)))
	}
	return e.showOne(list, at, message, "")
}

func (e boss) showOne(list []plan.Waiting, at, message int, note string) error {
	w := list[at]
	lines := []string{e.T("idp.one_card", text.Args{"alamat": w.Person.Address(), "tahun": strconv.Itoa(w.Year), "tanggal": e.Cfg.Text.Date(w.SubmittedAt.In(e.Cfg.Location))})}
	for _, l := range w.Lines {
		lines = append(lines, e.T("idp.one_line", text.Args{"judul": l.Title, "cara": e.desk().way(l.Form, l.Course), "porsi": e.desk().share(l.Form)}))
	}
	rows := [][]dialog.Button{{e.button("idp_agree", agreeStep, w.Person.ID, named(w))}}
	if next := list[(at+1)%len(list)]; len(list) > 1 {
		rows = append(rows, []dialog.Button{e.button("idp_next", oneStep, next.Person.ID, named(next))})
	}
	hint := e.T("idp.one_hint", nil)
	body, _ := feature.Joined(lines, feature.MessageBudget-measure.Units(hint))
	body += "\n" + hint
	e.reply("idp.one_card", noted(note, body), message, append(rows, []dialog.Button{e.button("idp_team_back", plan.TeamStep, 0, "")})...)
	return nil
}

// agreeOne agrees to one plan as it was shown. One that was changed since then is shown as it is
// now.
func (e boss) agreeOne(ctx context.Context, a dialog.Action, message int) error {
	list, at, err := e.find(ctx, a)
	if err != nil {
		return err
	}
	if at < 0 {
		return e.showWaiting(ctx, message, e.T("idp.one_gone", e.Person(nil)))
	}
	changed := e.T("idp.one_changed", text.Args{"alamat": list[at].Person.Address()})
	if named(list[at]) != a.Value {
		return e.showOne(list, at, message, changed)
	}
	agreed, err := e.agree(ctx, list[at:at+1])
	switch {
	case err != nil:
		return err
	case len(agreed) == 0:
		return e.showWaiting(ctx, message, changed)
	}
	return e.showWaiting(ctx, message, e.T("idp.agreed", text.Args{"n": 1}))
}

// progress lists the team with how far the plans are.
func (e boss) progress(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	year := plan.YearOf(e.today())
	if a.Ref != 0 {
		year = int(a.Ref)
	}
	team, err := e.tx.Team(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if page*feature.PageSize >= len(team) {
		page = 0
	}
	shown := team[page*feature.PageSize : min(len(team), (page+1)*feature.PageSize)]
	var ids []int64
	for _, m := range shown {
		ids = append(ids, m.ID)
	}
	far, err := e.tx.TeamProgress(ctx, ids, year)
	if err != nil {
		return err
	}
	body, rows := feature.NumberedBy(e.T("idp.progress", text.Args{"tahun": strconv.Itoa(year)}), shown, page*feature.PageSize, func(id int64) dialog.Action {
		act := e.MenuAction(memberStep, id)
		act.Value = strconv.Itoa(year)
		return act
	}, func(m personnel.Member) string {
		if p := far[m.ID]; p.Lines > 0 {
			return e.desk().plain("idp.progress_word", text.Args{"n": p.Lines, "selesai": p.Done})
		}
		return e.desk().plain("idp.progress_none", nil)
	})
	rows = append(rows, e.Pages(progressStep, int64(year), page, feature.PageSize, len(team))...)
	e.reply("idp.progress", body, message, append(rows, []dialog.Button{e.button("idp_team_back", plan.TeamStep, 0, "")})...)
	return nil
}

// member shows the plan of one of the team, without what was never submitted.
func (e boss) member(ctx context.Context, a dialog.Action, message int) error {
	year, err := strconv.Atoi(a.Value)
	if err != nil {
		return dialog.ErrNotFound
	}
	p, m, err := e.tx.PlanForSuperior(ctx, a.Ref, year, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	e.reply("idp.member", e.planText(p, m.Address()), message, []dialog.Button{e.button("back", progressStep, int64(year), "")})
	return nil
}

// planText lists what somebody else sees of a plan.
func (e *env) planText(p plan.Plan, address string) string {
	lines := []string{e.T("idp.member", text.Args{"tahun": strconv.Itoa(p.Year), "alamat": address})}
	for _, l := range p.Lines {
		lines = append(lines, e.T("idp.member_line", text.Args{"judul": l.Title, "cara": e.desk().way(l.Form, l.Course), "keadaan": e.desk().standing(l)}))
	}
	if len(p.Lines) == 0 {
		lines = append(lines, e.T("idp.member_none", nil))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	return body
}
