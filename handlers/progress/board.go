package progress

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/report"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

const (
	unitsShown = 10 // how many units stand on one picture, so that a phone shows its letters
	inPicture  = 1  // the ref of a button below the picture, which is changed in place
)

// board shows a page of the units of the area: a picture, and the same in words below it.
// The units that have sent the least stand first. Its value is the page.
func (e *env) board(ctx context.Context, a dialog.Action, message int) error {
	p, err := e.tx.UnitProgress(ctx, e.Area())
	if err != nil {
		return err
	}
	if len(p.Units) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "progress.none", Text: e.T("progress.none", nil), Rows: e.back(0)})
		return nil
	}
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	if page*unitsShown >= len(p.Units) { // there are fewer units by now
		page = 0
	}
	from := page * unitsShown
	shown := p.Units[from:min(from+unitsShown, len(p.Units))]
	data, err := json.Marshal(e.chart(p, shown, from))
	if err != nil {
		return fmt.Errorf("encode board: %w", err)
	}
	r := dialog.Reply{Template: "progress.board", Text: e.caption(p, shown, from), Rows: e.boardRows(p, shown, from),
		Picture: &dialog.Picture{Kind: boardPicture, Data: data}}
	if a.Ref == inPicture {
		r.Edit, r.OverPicture = message, true
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// back leads to what the officer looks after; at is inPicture below a picture.
func (e *env) back(at int64) [][]dialog.Button {
	return [][]dialog.Button{{e.Link(feature.ToDesk, "back", at)}}
}

// boardRows are the buttons below a page: a number for each unit whose people can be
// listed, the pages, the spreadsheet.
func (e *env) boardRows(p task.Progress, shown []task.UnitProgress, from int) (rows [][]dialog.Button) {
	var numbers []dialog.Button
	for i, u := range shown {
		if p.Period != "" && u.Sent < u.Owed {
			numbers = append(numbers, dialog.Button{Label: strconv.Itoa(from + i + 1), Action: e.MenuAction(namesStep, u.Unit)})
		}
	}
	rows = append(feature.Grid(feature.Numbers, numbers), e.Pages(boardStep, inPicture, from/unitsShown, unitsShown, len(p.Units))...)
	return append(append(rows, []dialog.Button{{Label: e.Label("progress_sheet"), Action: e.MenuAction(sheetStep, 0)}}), e.back(inPicture)...)
}

// counts are the values of the sentences about one or all units.
func (e *env) counts(u task.UnitProgress) text.Args {
	n := e.Cfg.Text.Number
	return text.Args{"unit": feature.Clip(u.Name, feature.LongName), "pegawai": n(u.Owed), "terhubung": n(u.Linked), "terkirim": n(u.Sent), "sedang": n(u.Started),
		"belum": n(u.Fresh), "tanpa_akun": n(u.Unlinked), "diminta": n(u.Asked), "dinilai": n(u.Rated), "kecuali": n(u.Excused)}
}

// caption says in words what the picture shows.
func (e *env) caption(p task.Progress, shown []task.UnitProgress, from int) string {
	all := p.All()
	args := e.counts(all)
	head, word := "progress.linked", "progress.line_linked"
	if p.Period != "" {
		head, word = "progress.board", "progress.line"
		if !e.Now.Before(p.Due) {
			head = "progress.board_late"
		}
		args["periode"], args["batas"] = p.Period, e.Cfg.Text.Deadline(p.Due.In(e.Cfg.Location))
	}
	lines := []string{e.T(head, args)}
	if p.Period != "" && all.Excused > 0 {
		lines[0] += e.T("progress.excused", args)
	}
	if len(p.Units) > len(shown) {
		lines = append(lines, e.T("progress.page", text.Args{"dari": from + 1, "ke": from + len(shown), "jumlah": e.Cfg.Text.Number(len(p.Units))}))
	}
	if p.Period != "" {
		lines = append(lines, e.T("progress.hint", nil))
	}
	lines = append(lines, "")
	room := (feature.CaptionBudget-measure.Units(strings.Join(lines, "\n")))/len(shown) - 1
	for i, u := range shown {
		one := e.counts(u)
		one["k"], one["unit"] = from+i+1, ""
		rest := measure.Units(e.T(word, one))
		one["unit"] = measure.Cut(u.Name, max(8, room-rest))
		lines = append(lines, e.T(word, one))
	}
	return strings.Join(lines, "\n")
}

// chart is the picture of a page.
func (e *env) chart(p task.Progress, shown []task.UnitProgress, from int) report.UnitChart {
	plain := e.Cfg.Text.Plain
	c := report.UnitChart{Title: plain("progress.title_linked", nil), Subtitle: plain("progress.of_all_linked", e.counts(p.All())),
		Footer: plain("progress.as_of", text.Args{"tanggal": e.Cfg.Text.Date(e.Now.In(e.Cfg.Location)), "jam": e.Cfg.Text.Clock(e.Now.In(e.Cfg.Location))}),
		Legend: report.UnitLegend{Fresh: plain("progress.legend_linked", nil), Unlinked: plain("progress.legend_unlinked", nil)}}
	if p.Period != "" {
		c.Title, c.Subtitle = p.Period, plain("progress.of_all", e.counts(p.All()))
		c.Legend = report.UnitLegend{Sent: plain("progress.legend_sent", nil), Started: plain("progress.legend_started", nil), Fresh: plain("progress.legend_fresh", nil),
			Unlinked: plain("progress.legend_unlinked", nil), Rated: plain("progress.legend_rated", nil)}
	}
	for i, u := range shown {
		args := e.counts(u)
		row := report.UnitRow{Name: strconv.Itoa(from+i+1) + ". " + u.Name, Value: plain("progress.value_linked", args), Fresh: u.Fresh, Unlinked: u.Unlinked}
		if p.Period != "" {
			row.Value, row.Text = plain("progress.value", args), plain("progress.rest", args)
			row.Sent, row.Started, row.Rated = u.Sent, u.Started, u.Rated
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}
