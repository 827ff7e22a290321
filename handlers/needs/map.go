package needs

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

const (
	unitsShown = 10 // how many units stand on one picture, so that a phone shows its letters
)

// open answers /laporan.
func (e *env) open(ctx context.Context, _ string) error {
	e.KeepNote()
	return e.showMap(ctx, 0, pages{}, 0)
}

// heat shows the map of the units below one. Below a picture it is changed in place.
func (e *env) heat(ctx context.Context, a dialog.Action, message int) error {
	p, err := pagesOf(a.Value)
	if err != nil {
		return err
	}
	return e.showMap(ctx, a.Ref, p, message)
}

// pages are which part of a map is on show, and whether its button stands below a picture.
type pages struct {
	units, columns int
	over           bool
}

func (p pages) value() string {
	v := strconv.Itoa(p.units) + "-" + strconv.Itoa(p.columns)
	if p.over {
		v += "-g"
	}
	return v
}

// pagesOf reads what pages.value has written; "" are the first ones.
func pagesOf(value string) (p pages, err error) {
	value, p.over = strings.CutSuffix(value, "-g")
	if value == "" {
		return p, nil
	}
	units, columns, _ := strings.Cut(value, "-")
	for _, part := range []struct {
		typed string
		into  *int
	}{{units, &p.units}, {columns, &p.columns}} {
		if *part.into, err = feature.PageOf(part.typed); err != nil {
			return p, err
		}
	}
	return p, nil
}

// analysis is that of the newest closed period, for whoever asks; ok is false when there
// is none.
func (e *env) analysis(ctx context.Context) (a needs.Analysis, ok bool, err error) {
	list, err := e.tx.NeedPeriods(ctx)
	if err != nil || len(list) == 0 {
		return a, false, err
	}
	f, err := e.tx.Needs(ctx, list[0].ID, e.Employee.ID)
	return needs.Analyse(f), true, err
}

// showMap shows a page of the map of a unit; 0 is the agency.
func (e *env) showMap(ctx context.Context, unit int64, p pages, message int) error {
	a, ok, err := e.analysis(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return e.notYet(ctx)
	}
	at, ok := a.At(unit)
	if !ok {
		return dialog.ErrNotFound
	}
	if unit == 0 {
		at = a.Top()
	}
	v := e.viewOf(a, at, p)
	if len(v.rows) == 0 || len(v.columns) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.too_few", Text: e.headLine(a, a.Agency()) + "\n" + e.T("needs.too_few", nil),
			Rows: [][]dialog.Button{{e.Link(feature.ToDemand, "demand", 0)}}})
		return nil
	}
	data, err := json.Marshal(e.chart(v))
	if err != nil {
		return fmt.Errorf("encode map: %w", err)
	}
	r := dialog.Reply{Template: "needs.head", Text: e.caption(v), Rows: e.mapRows(v), Picture: &dialog.Picture{Kind: mapPicture, Data: data}}
	if p.over {
		r.Edit, r.OverPicture = message, true
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// notYet says that nothing is closed: until then only how many have sent it.
func (e *env) notYet(ctx context.Context) error {
	b, err := e.tx.PeriodBoard(ctx)
	if err != nil {
		return err
	}
	key := "needs.no_period"
	if b.Name != "" {
		key = "needs.open_period"
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Rows: [][]dialog.Button{{e.Link(feature.ToProgress, "progress", 0)}, {e.Link(feature.ToDemand, "demand", 0)}},
		Text: e.T(key, text.Args{"periode": b.Name, "mengisi": e.Cfg.Text.Number(b.Done), "pegawai": e.Cfg.Text.Number(b.People)})})
	return nil
}

// view is what of the map is on show.
type view struct {
	needs.Analysis
	at      int   // node
	rows    []int // nodes
	columns []int // places of competencies
	from    int   // of the first column
	pages
}

// viewOf cuts a page out of the map; what is beyond its end begins anew.
func (e *env) viewOf(a needs.Analysis, at int, p pages) view {
	v := view{Analysis: a, at: at, pages: p}
	children := a.Nodes[at].Children
	if len(children) == 0 {
		children = []int{at}
	}
	if p.units*unitsShown >= len(children) {
		v.units = 0
	}
	if p.columns*report.MostColumns >= len(a.Competencies) {
		v.pages.columns = 0
	}
	v.rows = children[v.units*unitsShown : min(len(children), (v.units+1)*unitsShown)]
	v.from = v.pages.columns * report.MostColumns
	for i := v.from; i < min(len(a.Competencies), v.from+report.MostColumns); i++ {
		v.columns = append(v.columns, i)
	}
	if !a.Agency().Ranked() {
		v.rows = nil
	}
	return v
}

// letter is what a row is called on the picture and on its button.
func letter(i int) string { return string(rune('A' + i)) }

// mapRows are the buttons below a map: a letter for each unit, a number for each
// competency, the pages, the spreadsheet.
func (e *env) mapRows(v view) (rows [][]dialog.Button) {
	var units, competencies []dialog.Button
	for i, n := range v.rows {
		units = append(units, dialog.Button{Label: letter(i), Action: e.unitAction(v.Nodes[n])})
	}
	for i, c := range v.columns {
		competencies = append(competencies, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.competencyAction(competencyStep, v.Competencies[c].Code, 0)})
	}
	rows = append(feature.Grid(feature.Numbers, units), feature.Grid(feature.Numbers, competencies)...)
	more := (v.units+1)*unitsShown < len(v.Nodes[v.at].Children)
	rows = append(rows, feature.Turns(v.units, more, func(label string, to int) dialog.Button {
		return e.mapButton(label, v.Nodes[v.at].Unit, pages{to, v.pages.columns, true})
	})...)
	if len(v.Competencies) > report.MostColumns {
		next := v.pages.columns + 1
		if next*report.MostColumns >= len(v.Competencies) {
			next = 0
		}
		rows = append(rows, []dialog.Button{e.mapButton("needs_more", v.Nodes[v.at].Unit, pages{v.units, next, true})})
	}
	if v.at != 0 {
		rows = append(rows, []dialog.Button{e.mapButton("needs_all", 0, pages{over: true})})
	}
	return append(rows, []dialog.Button{{Label: e.Label("needs_page"), Action: e.MenuAction(pageStep, 0)}, {Label: e.Label("needs_sheet"), Action: e.MenuAction(sheetStep, 0)}}, []dialog.Button{e.Link(feature.ToDemand, "demand", 0)})
}

// mapButton leads to a map.
func (e *env) mapButton(label string, unit int64, p pages) dialog.Button {
	a := e.MenuAction(mapStep, unit)
	a.Value = p.value()
	return dialog.Button{Label: e.Label(label), Action: a}
}

// caption says in words what the map shows.
func (e *env) caption(v view) string {
	n := v.Nodes[v.at]
	lines := []string{e.headLine(v.Analysis, n)}
	lines = append(lines, e.areaLines(v.Analysis, n, "needs.area")...)
	lines = append(lines, "", e.T("needs.order", nil))
	hides, few := false, false
	for _, r := range v.rows {
		few = few || v.Nodes[r].Few()
		for _, c := range v.columns {
			hides = hides || !v.Nodes[r].Values[c].Shown()
		}
	}
	if hides {
		lines = append(lines, e.T("needs.hidden", nil))
	}
	if few {
		lines = append(lines, e.T("needs.star", nil))
	}
	if total := max(1, len(n.Children)); total > len(v.rows) {
		lines = append(lines, e.T("needs.page", text.Args{"dari": v.units*unitsShown + 1, "ke": v.units*unitsShown + len(v.rows), "jumlah": e.Cfg.Text.Number(total)}))
	}
	lines = append(lines, e.T("needs.hint", nil))
	body, _ := feature.Joined(lines, feature.CaptionBudget)
	return body
}

// chart is the picture. It holds what is shown and nothing finer.
func (e *env) chart(v view) report.HeatMap {
	plain := e.Cfg.Text.Plain
	n := v.Nodes[v.at]
	m := report.HeatMap{Title: plain("needs.picture_title", nil), Subtitle: v.Period.Name,
		Footer: plain("needs.picture_foot", text.Args{"tanggal": e.Cfg.Text.ShortDate(v.Period.ClosedAt.In(e.Cfg.Location))})}
	if n.Unit != 0 {
		m.Subtitle = n.Name + ", " + v.Period.Name
	}
	m.Legend = report.HeatLegend{Steps: [report.HeatSteps]string{plain("needs.step_0", nil), plain("needs.step_1", nil), plain("needs.step_2", nil),
		plain("needs.step_3", nil), plain("needs.step_4", nil)}}
	for _, c := range v.columns {
		m.Columns = append(m.Columns, v.Competencies[c].Name)
	}
	few := false
	for i, r := range v.rows {
		row := report.HeatRow{Mark: letter(i), Name: e.desk().name(v.Nodes[r]), Text: plain("needs.row", e.counts(v.Nodes[r].Counts))}
		if v.Nodes[r].Few() {
			row.Name, few = row.Name+" *", true
		}
		for _, c := range v.columns {
			cell := cell(v.Nodes[r].Values[c])
			if row.Cells = append(row.Cells, cell); cell.Hidden {
				m.Legend.Hidden = plain("needs.step_hidden", nil)
			}
		}
		m.Rows = append(m.Rows, row)
	}
	if few {
		m.Footer = plain("needs.star", nil) + " " + m.Footer
	}
	return m
}

// cell is one value of the map.
func cell(v needs.Value) report.HeatCell {
	if !v.Shown() {
		return report.HeatCell{Hidden: true}
	}
	step := 0
	for _, from := range []int{1, 6, 11, needs.MostLack} { // tenths of a level
		if v.Lack >= from {
			step++
		}
	}
	out := report.HeatCell{Text: feature.Tenths(v.Lack), Step: step}
	if v.Lack == needs.MostLack {
		out.Text += "+"
	}
	return out
}
