package demand

import (
	"context"
	"slices"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/coverage"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// overview is all that the personnel office reads about a year.
type overview struct {
	year      int
	period    needs.Period // zero = none was closed
	demands   []needs.Demand
	proposals []needs.Proposal
	supplies  []needs.Supply
}

// read gathers it for one reader; 0 is nobody, who knows no one by name.
func (p *desk) read(ctx context.Context, tx Tx, year int, reader int64) (overview, error) {
	b, err := coverage.Read(ctx, tx, year, p.Cfg.Location, reader)
	return overviewOf(b), err
}

func overviewOf(b coverage.Book) overview {
	return overview{year: b.Year, period: b.Period, demands: b.Demands, proposals: b.Proposals, supplies: b.Supplies}
}

// developing are the programmes that develop a competency.
func (o overview) developing(code string) (list []needs.Supply) {
	return slices.DeleteFunc(slices.Clone(o.supplies), func(s needs.Supply) bool {
		_, ok := s.Develops(code)
		return !ok
	})
}

// seats adds up what is planned and proposed of some programmes.
func seats(list []needs.Supply) (seats, proposed int) {
	for _, s := range list {
		seats, proposed = seats+s.Seats, proposed+s.Proposed
	}
	return seats, proposed
}

// board shows the needs of the newest closed period beside what units propose for a year
// and what is planned in it.
func (e *env) board(ctx context.Context, a dialog.Action, message int) error {
	year, years, err := e.year(ctx, a.Ref)
	if err != nil {
		return err
	}
	o, err := e.desk().read(ctx, e.tx, year, e.Employee.ID)
	if err != nil {
		return err
	}
	if a.Value == fresh {
		message = 0
	}
	people := 0
	for _, p := range o.proposals {
		people += p.People
	}
	lines := []string{e.T("demand.head", text.Args{"tahun": strconv.Itoa(year)})}
	if len(o.proposals) == 0 {
		lines = append(lines, e.T("demand.no_proposals", nil))
	} else {
		lines = append(lines, e.T("demand.proposals", text.Args{"n": e.Cfg.Text.Number(len(o.proposals)), "orang": e.Cfg.Text.Number(people),
			"unit": e.Cfg.Text.Number(len(needs.ByUnit(o.proposals)))}))
	}
	more, numbers := e.needLines(o)
	body, _ := feature.Joined(append(append(lines, ""), more...), feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.yearRow(year, years)...)
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, int64(year))}}
	}
	if len(o.proposals) > 0 {
		rows = append(rows, button("demand_trainings", trainingsStep), button("demand_units", unitsStep))
	}
	if o.period.ID != 0 {
		rows = append(rows, []dialog.Button{e.Link(feature.ToSignoff, "signoff", 0)})
	}
	rows = append(rows, []dialog.Button{e.Link(feature.ToCoverage, "coverage", int64(year))}, button("demand_sheet", sheetStep), append(button("demand_year", yearStep), button("demand_calendar", calendarStep)...), []dialog.Button{e.Link(feature.ToNeeds, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "demand.head", Text: body, Rows: rows, Edit: message})
	return nil
}

// yearRow are the years for which anything is proposed, and this and the next one, without
// the one on show.
func (e *env) yearRow(year int, years []int) [][]dialog.Button {
	this := e.desk().Today().Year()
	all := append(slices.Clone(years), this, this+1)
	slices.Sort(all)
	var row []dialog.Button
	for _, y := range slices.Compact(all) {
		if y != year && y >= this-1 && y <= this+1 {
			row = append(row, dialog.Button{Label: strconv.Itoa(y), Action: e.MenuAction(boardStep, int64(y))})
		}
	}
	return [][]dialog.Button{row}
}

// needLines are the competencies with their needs, a button each, and what nobody offers.
func (e *env) needLines(o overview) (lines []string, numbers []dialog.Button) {
	if o.period.ID == 0 {
		return []string{e.T("demand.no_period", nil)}, nil
	}
	lines = []string{e.T("demand.needs", text.Args{"periode": o.period.Name})}
	missing := 0
	for i, d := range o.demands {
		offer := o.developing(d.Code)
		n, proposed := seats(offer)
		key := "demand.line"
		switch {
		case d.N == 0:
			key = "demand.line_hidden"
		case len(offer) == 0:
			key = "demand.line_none"
		}
		lines = append(lines, e.T(key, text.Args{"k": i + 1, "nama": d.Name, "kurang": feature.NeedWord(e.Cfg.Text, d.Told), "n": e.Cfg.Text.Number(d.N),
			"tempat": e.Cfg.Text.Number(n), "usulan": e.Cfg.Text.Number(proposed)}))
		action := e.MenuAction(competencyStep, int64(o.year))
		action.Value = d.Code
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: action})
		if n == 0 && d.N > 0 && d.To > 0 && d.Importance != needs.NotAsked {
			missing++
		}
	}
	if missing > 0 {
		lines = append(lines, "", e.T("demand.missing", text.Args{"n": missing, "jumlah": len(o.demands)}))
	}
	return append(lines, e.T("demand.hint", nil)), numbers
}

// listed is how many units and programmes stand on the card of a competency.
const listed = 10

// competency shows who needs a competency, and what is offered.
func (e *env) competency(ctx context.Context, a dialog.Action, message int) error {
	year, _, err := e.year(ctx, a.Ref)
	if err != nil {
		return err
	}
	o, err := e.desk().read(ctx, e.tx, year, e.Employee.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(o.demands, func(d needs.Demand) bool { return d.Code == a.Value })
	if i < 0 {
		return dialog.ErrNotFound
	}
	d := o.demands[i]
	lines := []string{e.T("demand.competency", text.Args{"nama": d.Name, "kurang": feature.NeedWord(e.Cfg.Text, d.Told), "n": e.Cfg.Text.Number(d.N)})}
	if d.N == 0 {
		lines = []string{e.T("demand.competency_hidden", text.Args{"nama": d.Name})}
	}
	for _, l := range d.Levels {
		lines = append(lines, e.T("demand.level", text.Args{"tingkat": strconv.Itoa(int(l.Level)), "kurang": feature.NeedWord(e.Cfg.Text, l.Told), "n": e.Cfg.Text.Number(l.N)}))
	}
	if len(d.Units) > 0 {
		lines = append(lines, "", e.T("demand.units", nil))
	}
	for _, u := range d.Units[:min(len(d.Units), listed)] {
		lines = append(lines, e.T("demand.unit_line", text.Args{"nama": feature.Clip(e.desk().unitName(u.Node), feature.LongName), "kurang": feature.NeedWord(e.Cfg.Text, u.Told), "n": e.Cfg.Text.Number(u.N)}))
	}
	if more := len(d.Units) - listed; more > 0 {
		lines = append(lines, e.T("demand.more_units", text.Args{"n": more}))
	}
	offer, rows := e.offerLines(o, d.Code)
	body, _ := feature.Joined(append(append(lines, ""), offer...), feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "demand.competency", Text: body, Edit: message,
		Rows: append(rows, []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction(boardStep, int64(year))}})})
	return nil
}

// offerLines are the programmes that develop a competency, with what is planned and
// proposed, and a button each.
func (e *env) offerLines(o overview, code string) (lines []string, rows [][]dialog.Button) {
	list := o.developing(code)
	if len(list) == 0 {
		return []string{e.T("demand.no_programmes", nil)}, [][]dialog.Button{{e.Link(feature.ToTrainings, "plan", 0)}}
	}
	lines = []string{e.T("demand.programmes", text.Args{"tahun": strconv.Itoa(o.year)})}
	var numbers, plans []dialog.Button
	for i, s := range list[:min(len(list), listed)] {
		level, _ := s.Develops(code)
		lines = append(lines, e.T("demand.programme_line", text.Args{"k": i + 1, "judul": feature.Clip(s.Title, feature.LongName), "tingkat": level,
			"angkatan": e.Cfg.Text.Number(s.Batches), "tempat": e.Cfg.Text.Number(s.Seats), "usulan": e.Cfg.Text.Number(s.Proposed)}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.Link(feature.ToProgramme, "back", s.Programme).Action})
		if o.period.ID != 0 {
			plan := dialog.Button{Label: e.Cfg.Text.Plain("label.needs_plan", text.Args{"n": i + 1}), Action: e.Opener(feature.ToPlan)(s.Programme)}
			plan.Action.Value = code
			plans = append(plans, plan)
		}
	}
	return append(lines, e.T("demand.programme_hint", nil)), append(feature.Grid(feature.Numbers, numbers), feature.Grid(feature.PlansInRow, plans)...)
}

// unitName is what a unit is called, or its own staff.
func (p *desk) unitName(n needs.Node) string {
	if n.OwnStaff {
		return p.Cfg.Text.Plain("needs.own_staff", text.Args{"unit": n.Name})
	}
	return n.Name
}
