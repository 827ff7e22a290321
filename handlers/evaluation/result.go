package evaluation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/questionnaire"
	"bangkom/internal/report"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// result shows what may be shown of a batch: a picture whose finding its caption repeats.
func (e *env) result(ctx context.Context, a dialog.Action, _ int) error {
	if err := e.runs(ctx, a.Ref); err != nil {
		return err
	}
	r, err := e.tx.EvaluationResult(ctx, a.Ref)
	if err != nil {
		return err
	}
	d, err := e.tx.EvaluationForm(ctx)
	if err != nil {
		return err
	}
	if r.Atom == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.result_head", Text: e.nothingShown(r)})
		return nil
	}
	lines := e.findings(r, d)
	follow := e.reportReply(r)
	if follow.Text != "" && len(follow.Rows) == 0 {
		lines = append(lines, follow.Text)
	}
	body, _ := feature.Joined(lines, feature.CaptionBudget)
	data, err := json.Marshal(e.chart(r, d))
	if err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.result_head", Text: body, Rows: e.resultButtons(r),
		Picture: &dialog.Picture{Kind: resultPicture, Data: data}})
	if texts := r.Readable(); len(texts) > 0 {
		e.Out.Replies = append(e.Out.Replies, e.comments(texts))
	}
	if len(follow.Rows) > 0 { // a message of its own: its conversation cannot live on a picture
		e.Out.Replies = append(e.Out.Replies, follow)
	}
	return nil
}

// nothingShown says why there is no result: not yet, or never.
func (e *env) nothingShown(r evaluation.Result) string {
	return e.T("evaluation.result_head", text.Args{"nama": r.Name}) + "\n" + e.desk().whyNone(r)
}

func (p *desk) whyNone(r evaluation.Result) string {
	until := disclosure.PoolEnds(r.ClosedAt).In(p.Cfg.Location)
	return p.Cfg.Text.T(resultKey(r.State), text.Args{"batas": p.Cfg.Text.Deadline(r.Closes.In(p.Cfg.Location)), "sampai": p.Cfg.Text.Date(until)})
}

func resultKey(s evaluation.State) string {
	switch s {
	case evaluation.Open:
		return "evaluation.result_open"
	case evaluation.Pooled:
		return "evaluation.result_pooled"
	}
	return "evaluation.result_destroyed"
}

// findings say in words what the picture shows.
func (e *env) findings(r evaluation.Result, d questionnaire.Definition) []string {
	head := e.T("evaluation.result_head", text.Args{"nama": feature.Clip(r.Name, feature.LongName)})
	who := e.T("evaluation.result_who", text.Args{"n": r.Persons, "jumlah": r.Asked})
	if r.Batches > 1 || r.State == evaluation.Merged {
		who = e.T("evaluation.result_who_merged", text.Args{"n": r.Persons, "jumlah": r.Batches})
	}
	lines := []string{head, who}
	for _, c := range r.Cells {
		if row, ok := e.desk().scaleRow(c, d); ok && c.Part == disclosure.MeanOf {
			lines = append(lines, e.T("evaluation.result_mean", text.Args{"nama": feature.Clip(row.Name, 40), "nilai": c.Text, "paling": row.Top, "n": c.N}))
		}
	}
	before, has := evaluation.Find(r.Cells, evaluation.Ability, disclosure.AloneBefore)
	if !has {
		return append(lines, e.T("evaluation.result_hidden", nil))
	}
	now, _ := evaluation.Find(r.Cells, evaluation.Ability, disclosure.AloneNow)
	risen, _ := evaluation.Find(r.Cells, evaluation.Ability, disclosure.Risen)
	return append(lines, e.T("evaluation.result_ability", text.Args{"kemampuan": feature.Clip(r.Ability, feature.LongName),
		"sebelum": before.Text, "sekarang": now.Text, "naik": risen.Text}))
}

// reportReply says by when participants were promised to hear what was done; with a
// button for whoever may tell them.
func (e *env) reportReply(r evaluation.Result) dialog.Reply {
	out := dialog.Reply{Template: "evaluation.report_owed"}
	switch {
	case !r.Report.Given.IsZero():
		out.Text = e.T("evaluation.report_given", text.Args{"tanggal": e.Cfg.Text.Date(r.Report.Given.In(e.Cfg.Location))})
	case !r.Report.Promised.IsZero():
		out.Text = e.T("evaluation.report_owed", text.Args{"tanggal": e.Cfg.Text.Date(r.Report.Promised)})
		if e.Employee.Rights.HR {
			out.Rows = [][]dialog.Button{{{Label: e.Label("evaluation_report"), Action: dialog.Action{Flow: reportFlow, Ref: r.Batch, Verb: dialog.Resume}}}}
		}
	}
	return out
}

// chart is the picture. It holds what is written and nothing finer.
func (e *env) chart(r evaluation.Result, d questionnaire.Definition) report.ScaleChart {
	plain := e.Cfg.Text.Plain
	c := report.ScaleChart{Title: plain("evaluation.picture_title", nil), Subtitle: r.Name,
		Footer: plain("evaluation.picture_foot", text.Args{"n": r.Persons})}
	for _, cell := range r.Cells {
		if row, ok := e.desk().scaleRow(cell, d); ok {
			c.Rows = append(c.Rows, row)
		}
	}
	return c
}

// scaleRow is the bar of a mean; ok is false of a share.
func (p *desk) scaleRow(cell evaluation.Cell, d questionnaire.Definition) (row report.ScaleRow, ok bool) {
	plain := p.Cfg.Text.Plain
	v, low, ok := cell.Value()
	if !ok {
		return row, false
	}
	row = report.ScaleRow{Name: evaluation.Title(d, cell.Item), Value: v, Low: low, Top: evaluation.Top(d, cell.Item)}
	switch cell.Part {
	case disclosure.MeanBefore:
		row.Name = plain("evaluation.picture_before", nil)
	case disclosure.MeanNow:
		row.Name = plain("evaluation.picture_now", nil)
	}
	if cell.Item == evaluation.UsefulItem {
		row.Name = plain("evaluation.picture_useful", nil)
	}
	row.Text = plain("evaluation.picture_value", text.Args{"nilai": cell.Text, "paling": row.Top})
	return row, true
}

// resultButtons are what may be done with a result.
func (e *env) resultButtons(r evaluation.Result) [][]dialog.Button {
	rows := [][]dialog.Button{{{Label: e.Label("evaluation_sheet"), Action: e.MenuAction("evxlsx", r.Batch)}}}
	if !e.Employee.Rights.HR {
		return rows
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("evaluation_page"), Action: e.MenuAction("evpdf", r.Batch)}})
	if len(r.Remarks) > 0 {
		rows = append(rows, []dialog.Button{{Label: e.Label("evaluation_remarks"), Action: e.MenuAction("evsaran", r.Batch)}})
	}
	return rows
}

// comments are those that others may read, in alphabetical order.
func (e *env) comments(texts []string) dialog.Reply {
	lines := []string{e.T("evaluation.comments_head", nil)}
	for _, t := range texts {
		lines = append(lines, e.T("evaluation.comment_line", text.Args{"saran": t}))
	}
	body, n := feature.Joined(lines, feature.MessageBudget)
	if n < len(lines) {
		body += "\n" + e.T("evaluation.comments_more", nil)
	}
	return dialog.Reply{Template: "evaluation.comments_head", Text: body}
}

// sheet sends the results as a spreadsheet: the shown values, as texts.
func (e *env) sheet(ctx context.Context, a dialog.Action, _ int) error {
	if err := e.runs(ctx, a.Ref); err != nil {
		return err
	}
	r, err := e.tx.EvaluationResult(ctx, a.Ref)
	if err == nil && r.Atom == 0 {
		err = dialog.ErrNotFound
	}
	if err != nil {
		return err
	}
	d, err := e.tx.EvaluationForm(ctx)
	if err != nil {
		return err
	}
	data, err := json.Marshal(e.sheetRows(r, d))
	if err != nil {
		return fmt.Errorf("encode results: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.sheet", Text: e.T("evaluation.sheet", text.Args{"nama": r.Name}),
		Picture: &dialog.Picture{Kind: resultSheet, Data: data, File: true}, Shareable: true})
	return nil
}

// sheetRows are the cells of the spreadsheet, its heading first.
func (e *env) sheetRows(r evaluation.Result, d questionnaire.Definition) [][]string {
	plain := e.Cfg.Text.Plain
	rows := [][]string{{plain("evaluation.sheet_item", nil), plain("evaluation.sheet_value", nil), plain("evaluation.sheet_persons", nil)}}
	for _, c := range r.Cells {
		name := evaluation.Title(d, c.Item)
		if key, ok := map[disclosure.Part]string{disclosure.MeanBefore: "evaluation.picture_before", disclosure.MeanNow: "evaluation.picture_now",
			disclosure.AloneBefore: "evaluation.sheet_alone_before", disclosure.AloneNow: "evaluation.sheet_alone_now", disclosure.Risen: "evaluation.sheet_risen"}[c.Part]; ok {
			name = plain(key, nil)
		}
		rows = append(rows, []string{name, c.Text, fmt.Sprint(c.N)})
	}
	for _, t := range r.Readable() {
		rows = append(rows, []string{plain("evaluation.sheet_comment", nil), t, ""})
	}
	return rows
}

// writeSheet writes the spreadsheet of rows.
func writeSheet(data json.RawMessage) ([]byte, error) {
	var rows [][]string
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := sheet.Write(&b, "Hasil evaluasi", rows)
	return b.Bytes(), err
}
