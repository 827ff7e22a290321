package signoff

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

const (
	onPage = 10
)

// office tells whether whoever asks reads as the personnel office.
func (e *env) office() bool { return e.Employee.Rights.HR }

// round finds the round of a year; 0 is the newest.
func (e *env) round(ctx context.Context, year int64) (r needs.Round, all []needs.Round, err error) {
	if all, err = e.tx.SignoffRounds(ctx); err != nil {
		return r, nil, err
	}
	for _, one := range all {
		if year == 0 || int64(one.Year) == year {
			return one, all, nil
		}
	}
	return r, all, dialog.ErrNotFound
}

// list shows the units of a round that somebody may read.
func (e *env) list(ctx context.Context, a dialog.Action, message int) error {
	if a.Value == fresh {
		a.Value, message = "", 0
	}
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	return e.showList(ctx, a.Ref, page, message, "")
}

// showList shows that list below a note.
func (e *env) showList(ctx context.Context, year int64, page, message int, note string) error {
	r, rounds, err := e.round(ctx, year)
	if len(rounds) == 0 && e.office() {
		return e.noRound(ctx, message, note)
	}
	if err != nil {
		return err
	}
	all, err := e.tx.Signoffs(ctx, r.Year, e.office(), e.Employee.ID, e.desk().Today())
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return dialog.ErrNotFound
	}
	inTurn(all)
	if page*onPage >= len(all) {
		page = 0
	}
	lines := append(e.roundLines(r, all), "")
	var numbers []dialog.Button
	for i, s := range all[page*onPage : min(len(all), (page+1)*onPage)] {
		k := page*onPage + i + 1
		lines = append(lines, e.T("signoff.line", text.Args{"k": k, "unit": feature.Clip(s.UnitName, feature.LongName), "keadaan": e.state(r, s)}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(cardStep, s.ID)})
	}
	if note != "" {
		lines = append([]string{note, ""}, lines...)
	}
	body, _ := feature.Joined(append(lines, e.T("signoff.hint", nil)), feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(listStep, int64(r.Year), page, onPage, len(all))...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "signoff.head", Text: body, Edit: message, Rows: append(rows, e.roundRows(r, rounds)...)})
	return nil
}

// noRound says that no round was opened yet.
func (e *env) noRound(ctx context.Context, message int, note string) error {
	list, err := e.tx.NeedPeriods(ctx)
	if err != nil {
		return err
	}
	key, rows := "signoff.none", [][]dialog.Button{{{Label: e.Label("signoff_open"), Action: dialog.Action{Flow: openFlow, Verb: dialog.Resume}}}}
	if len(list) == 0 {
		key, rows = "signoff.no_period", nil
	}
	body := e.T(key, nil)
	if note != "" {
		body = note + "\n\n" + body
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Edit: message, Rows: append(rows, []dialog.Button{e.Link(feature.ToDemand, "back", 0)})})
	return nil
}

// inTurn puts first what waits for whoever reads, then what is least far; of equals the name
// decides.
func inTurn(all []needs.Signoff) {
	turn := func(s needs.Signoff) int {
		if s.May(needs.Approve) == "" || s.May(needs.Validate) == "" || s.Officer && s.May(needs.Prepare) == "" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(x, y needs.Signoff) int {
		return cmp.Or(cmp.Compare(turn(x), turn(y)), cmp.Compare(slices.Index(needs.Stages(), x.Stage), slices.Index(needs.Stages(), y.Stage)), strings.Compare(x.UnitName, y.UnitName))
	})
}

// roundLines say of what the round is, and how many units are how far.
func (e *env) roundLines(r needs.Round, all []needs.Signoff) []string {
	n := map[needs.Stage]int{}
	late, headless := 0, 0
	for _, s := range all {
		n[s.Stage]++
		if r.Overdue(s.Stage, e.desk().Today()) {
			late++
		}
		if s.Heads == 0 && s.Stage != needs.Approved && s.Stage != needs.Validated {
			headless++
		}
	}
	num := e.Cfg.Text.Number
	lines := []string{e.T("signoff.head", text.Args{"tahun": strconv.Itoa(r.Year), "periode": r.Period.Name, "tenggat": e.Cfg.Text.Date(r.Due)}),
		e.T("signoff.counts", text.Args{"jumlah": num(len(all)), "belum": num(n[needs.Unprepared]), "siap": num(n[needs.Prepared]), "setuju": num(n[needs.Approved]), "valid": num(n[needs.Validated])})}
	if late > 0 {
		lines = append(lines, e.T("signoff.late_units", text.Args{"n": num(late)}))
	}
	if headless > 0 && e.office() {
		lines = append(lines, e.T("signoff.headless_units", text.Args{"n": num(headless)}))
	}
	return lines
}

// state says how far a unit is, in a few words.
func (e *env) state(r needs.Round, s needs.Signoff) string {
	word := e.desk().stageWord(s.Stage)
	if r.Overdue(s.Stage, e.desk().Today()) {
		word = e.Cfg.Text.Plain("signoff.late", text.Args{"keadaan": word})
	}
	if s.Heads == 0 && (s.Stage == needs.Unprepared || s.Stage == needs.Prepared) {
		word = e.Cfg.Text.Plain("signoff.headless", text.Args{"keadaan": word})
	}
	return word
}

func (p *desk) stageWord(s needs.Stage) string {
	key := map[needs.Stage]string{needs.Unprepared: "signoff.stage_open", needs.Prepared: "signoff.stage_prepared", needs.Approved: "signoff.stage_approved",
		needs.Validated: "signoff.stage_validated"}[s]
	return p.Cfg.Text.Plain(key, nil)
}

// roundRows are the other years, and what the personnel office may do to rounds.
func (e *env) roundRows(r needs.Round, rounds []needs.Round) (rows [][]dialog.Button) {
	var years []dialog.Button
	for _, one := range rounds[:min(len(rounds), 3)] {
		if one.Year != r.Year {
			years = append(years, dialog.Button{Label: strconv.Itoa(one.Year), Action: e.MenuAction(listStep, int64(one.Year))})
		}
	}
	if len(years) > 0 {
		rows = append(rows, years)
	}
	if !e.office() {
		return rows
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("signoff_due"), Action: dialog.Action{Flow: dueFlow, Ref: int64(r.Year), Verb: dialog.Resume}}})
	if len(e.desk().freeYears(rounds)) > 0 {
		rows = append(rows, []dialog.Button{{Label: e.Label("signoff_open"), Action: dialog.Action{Flow: openFlow, Verb: dialog.Resume}}})
	}
	return append(rows, []dialog.Button{e.Link(feature.ToDemand, "back", 0)})
}

// freeYears are this and the next year, as far as they have no round.
func (p *desk) freeYears(rounds []needs.Round) (years []int) {
	this := p.Today().Year()
	for _, y := range []int{this, this + 1} {
		if !slices.ContainsFunc(rounds, func(r needs.Round) bool { return r.Year == y }) {
			years = append(years, y)
		}
	}
	return years
}

// waits is what waits for somebody in a round.
type waits struct {
	needs.Round
	units []needs.Signoff
}

// waiting lists the rounds in which something waits for a deed of whoever reads, the oldest
// first.
func (e *env) waiting(ctx context.Context, office bool, is func(needs.Signoff) bool) (list []waits, err error) {
	rounds, err := e.tx.SignoffRounds(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(rounds)
	for _, r := range rounds {
		all, err := e.tx.Signoffs(ctx, r.Year, office, e.Employee.ID, e.desk().Today())
		if err != nil {
			return nil, err
		}
		if units := slices.DeleteFunc(all, func(s needs.Signoff) bool { return !is(s) }); len(units) > 0 {
			list = append(list, waits{r, units})
		}
	}
	return list, nil
}

// may tells whether a deed is possible.
func may(d needs.Deed) func(needs.Signoff) bool {
	return func(s needs.Signoff) bool { return s.May(d) == "" }
}

// toApprove lists the rounds in which something waits for whoever reads as a head, the oldest
// first.
func (e *env) toApprove(ctx context.Context) (list []waits, err error) {
	own, err := e.tx.OwnSignoffs(ctx, e.Employee.ID, e.desk().Today())
	if err != nil || len(own) == 0 {
		return nil, err
	}
	rounds, err := e.tx.SignoffRounds(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(rounds)
	for _, r := range rounds {
		units := slices.DeleteFunc(slices.Clone(own), func(s needs.Signoff) bool { return s.Year != r.Year || s.May(needs.Approve) != "" })
		if len(units) > 0 {
			list = append(list, waits{r, units})
		}
	}
	return list, nil
}

// owed is a line of /tugas for heads of units.
func (e *env) owed(ctx context.Context, k int) (line string, row []dialog.Button, err error) {
	if !e.Employee.Rights.Supervises {
		return "", nil, nil
	}
	list, err := e.toApprove(ctx)
	if err != nil || len(list) == 0 {
		return "", nil, err
	}
	r := list[0] // the next one stands here when this one is done
	return e.T("signoff.owed", text.Args{"k": k, "n": len(r.units), "tahun": strconv.Itoa(r.Year), "tenggat": e.Cfg.Text.Date(r.Due)}), []dialog.Button{e.approvals(r)}, nil
}

// approvals opens the only unit that waits, or the list.
func (e *env) approvals(r waits) dialog.Button {
	b := dialog.Button{Label: e.Label("signoff"), Action: e.Opener(feature.ToSignoff)(int64(r.Year))}
	if len(r.units) == 1 {
		b.Action = e.MenuAction(cardStep, r.units[0].ID)
		b.Action.Value = fresh
	}
	return b
}

// unitLine are lines of /unit: how many units are to be prepared, of each round.
func (e *env) unitLine(ctx context.Context) (line string, row []dialog.Button, err error) {
	list, err := e.waiting(ctx, false, func(needs.Signoff) bool { return true })
	if err != nil || len(list) == 0 {
		return "", nil, err
	}
	var lines []string
	opens := list[len(list)-1].Year // the newest, or the oldest with something to do
	for _, r := range list {
		n := 0
		for _, s := range r.units {
			if s.Officer && s.Stage == needs.Unprepared {
				n++
			}
		}
		if n == 0 {
			continue
		}
		if len(lines) == 0 {
			opens = r.Year
		}
		lines = append(lines, e.T("signoff.unit_line", text.Args{"n": n, "tahun": strconv.Itoa(r.Year), "tenggat": e.Cfg.Text.Date(r.Due)}))
	}
	return strings.Join(lines, "\n"), []dialog.Button{e.Link(feature.ToSignoff, "signoff", int64(opens))}, nil
}

// officeLine are lines of /kelola: how many units wait for the personnel office, of each
// round.
func (e *env) officeLine(ctx context.Context) (string, error) {
	list, err := e.waiting(ctx, e.office(), may(needs.Validate))
	if err != nil {
		return "", err
	}
	var lines []string
	for _, r := range list {
		lines = append(lines, e.T("signoff.office_line", text.Args{"n": len(r.units), "tahun": strconv.Itoa(r.Year)}))
	}
	return strings.Join(lines, "\n"), nil
}
