package satisfaction

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
)

const onPage = 10 // units or comparisons on one card

// open answers /layanan with the newest period.
func (e *env) open(ctx context.Context, _ string) error {
	e.KeepNote()
	return e.board(ctx, dialog.Action{}, 0)
}

// board shows the units in a period: first those that should be helped, then the others,
// each in the order of their names and never of their figures.
func (e *env) board(ctx context.Context, a dialog.Action, message int) error {
	all, err := e.tx.SurveyPeriods(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "skm.none", Text: e.T("skm.none", nil), Edit: message, Rows: e.endRows(nil)})
		return nil
	}
	of := all[0]
	if a.Value != "" {
		i := slices.IndexFunc(all, func(p satisfaction.Period) bool { return p.Key == a.Value })
		if i < 0 {
			return dialog.ErrNotFound
		}
		of = all[i]
	}
	list, err := e.tx.SurveysIn(ctx, of.Key)
	if err != nil {
		return err
	}
	low := slices.DeleteFunc(slices.Clone(list), func(s satisfaction.Survey) bool { return !satisfaction.BandOf(s.Index()).Low() })
	rest := slices.DeleteFunc(slices.Clone(list), func(s satisfaction.Survey) bool { return satisfaction.BandOf(s.Index()).Low() })
	page := 0
	if a.Ref > 0 && a.Ref <= int64((len(list)-1)/onPage) {
		page = int(a.Ref)
	}
	e.showBoard(of, low, rest, page, message, e.endRows(all))
	return nil
}

func (e *env) showBoard(of satisfaction.Period, low, rest []satisfaction.Survey, page, message int, end [][]dialog.Button) {
	people := 0
	for _, s := range slices.Concat(low, rest) {
		people += s.Respondents
	}
	n := e.Cfg.Text.Number
	lines := []string{e.T("skm.head", text.Args{"periode": e.desk().periodName(of), "unit": n(len(low) + len(rest)), "responden": n(people)})}
	if len(low) == 0 {
		lines = append(lines, e.T("skm.none_low", nil))
	}
	all := slices.Concat(low, rest)
	var numbers []dialog.Button
	for i := page * onPage; i < min((page+1)*onPage, len(all)); i++ {
		switch {
		case i == page*onPage && i < len(low):
			lines = append(lines, "", e.T("skm.low", nil))
		case i == max(len(low), page*onPage):
			lines = append(lines, "", e.T("skm.others", nil))
		}
		index := all[i].Index()
		lines = append(lines, e.T("skm.line", text.Args{"k": i + 1, "unit": feature.Clip(all[i].UnitName, feature.LongName), "nilai": index.Points(),
			"mutu": string(satisfaction.BandOf(index)), "arti": e.desk().band(satisfaction.BandOf(index))}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(unitStep, all[i].Unit)})
	}
	lines = append(lines, "", e.T("skm.hint", nil))
	turns := feature.Turns(page, (page+1)*onPage < len(all), func(label string, to int) dialog.Button {
		b := e.MenuAction(boardStep, int64(to))
		b.Value = of.Key
		return dialog.Button{Label: e.Label(label), Action: b}
	})
	rows := append(feature.Grid(feature.Numbers, numbers), turns...)
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "skm.head", Text: body, Edit: message, Rows: append(rows, end...)})
}

// endRows are the buttons below the board, whatever is on it.
func (e *env) endRows(periods []satisfaction.Period) (rows [][]dialog.Button) {
	if len(periods) > 1 {
		rows = append(rows, []dialog.Button{{Label: e.Label("skm_periods"), Action: e.MenuAction(periodsStep, 0)}})
	}
	return append(rows, []dialog.Button{{Label: e.Label("skm_compare"), Action: e.MenuAction(listStep, 0)}},
		[]dialog.Button{{Label: e.Label("skm_sample"), Action: e.MenuAction(sampleStep, 0)}})
}

// periods offers the periods, the newest first.
func (e *env) periods(ctx context.Context, _ dialog.Action, message int) error {
	all, err := e.tx.SurveyPeriods(ctx)
	if err != nil {
		return err
	}
	const shown = 12
	var rows [][]dialog.Button
	for _, p := range all[:min(len(all), shown)] {
		a := e.MenuAction(boardStep, 0)
		a.Value = p.Key
		rows = append(rows, []dialog.Button{{Label: e.desk().periodName(p), Action: a}})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "skm.periods", Text: e.T("skm.periods", nil), Edit: message, Rows: rows})
	return nil
}

// sample sends an empty spreadsheet.
func (e *env) sample(context.Context, dialog.Action, int) error {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "skm.sample", Text: e.T("skm.sample", nil),
		Picture: &dialog.Picture{Kind: sampleFile, Data: []byte("null"), File: true}, Shareable: true})
	return nil
}

// unit shows one unit: the newest survey, the way to it, what is lowest and what is
// proposed for that.
func (e *env) unit(ctx context.Context, a dialog.Action, message int) error {
	list, err := e.tx.SurveysOfUnit(ctx, a.Ref)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return dialog.ErrNotFound
	}
	const shown = 6
	trend := satisfaction.Trend(list)
	last := trend[len(trend)-1]
	index, p := last.Index(), e.desk()
	lines := []string{e.T("skm.unit", text.Args{"unit": last.UnitName, "layanan": last.Service, "periode": p.periodName(last.Period), "nilai": index.Points(),
		"mutu": string(satisfaction.BandOf(index)), "arti": p.band(satisfaction.BandOf(index)), "responden": e.Cfg.Text.Number(last.Respondents)})}
	if last.Published != 0 && last.Weight != satisfaction.Exact {
		lines = append(lines, e.T("skm.published", text.Args{"nilai": last.Published.Points(), "bobot": strings.ReplaceAll(string(last.Weight), ".", ",")}))
	}
	if len(trend) > 1 {
		lines = append(lines, "", e.T("skm.trend", nil))
		for _, s := range trend[max(0, len(trend)-shown):] {
			key := "skm.step_first"
			if s.Changed {
				key = "skm.step"
			}
			lines = append(lines, e.T(key, text.Args{"periode": p.periodName(s.Period), "nilai": s.Index().Points(), "gerak": p.moved(s.Change)}))
		}
	}
	lines = append(lines, "", e.T("skm.lowest", nil))
	for _, el := range last.Lowest() {
		lines = append(lines, e.T("skm.element", text.Args{"unsur": p.elementName(el), "nilai": last.Answers[el.Place()].Mean().Points()}))
	}
	proposed, err := e.proposedFor(ctx, last.Lowest())
	if err != nil {
		return err
	}
	body, _ := feature.Joined(append(lines, proposed...), feature.MessageBudget)
	back := e.MenuAction(boardStep, 0)
	back.Value = last.Period.Key
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "skm.unit", Text: body, Edit: message,
		Rows: [][]dialog.Button{{{Label: e.Label("back"), Action: back}}}})
	return nil
}

// proposedFor are lines with the competencies that the configuration proposes for elements.
func (e *env) proposedFor(ctx context.Context, elements []satisfaction.Element) (lines []string, err error) {
	var codes, names []string
	for _, el := range elements {
		codes = append(codes, e.Cfg.Proposed[el]...)
	}
	if len(codes) == 0 {
		return nil, nil
	}
	all, err := e.tx.Competencies(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if slices.Contains(codes, c.Code) {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	return []string{"", e.T("skm.proposed", text.Args{"daftar": strings.Join(names, ", ")})}, nil
}
