package evaluation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/questionnaire"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// pageOf names a batch whose results are wanted on paper, and the chat that asked for
// them: when they are drawn, it has to belong to somebody of the personnel office.
type pageOf struct {
	Batch int64     `json:"batch"`
	Chat  int64     `json:"chat"`
	At    time.Time `json:"at"`
}

// page sends the results to hand to the partner who held the batch. That is the
// personnel office's to do.
func (e *env) page(ctx context.Context, a dialog.Action, _ int) error {
	r, err := e.tx.EvaluationResult(ctx, a.Ref)
	if err == nil && r.Atom == 0 {
		err = dialog.ErrNotFound
	}
	if err != nil {
		return err
	}
	data, err := json.Marshal(pageOf{Batch: r.Batch, Chat: e.Session.ChatID, At: e.Now})
	if err != nil {
		return fmt.Errorf("encode results: %w", err)
	}
	unread := 0
	for _, m := range r.Remarks {
		if !m.Read {
			unread++
		}
	}
	body := e.T("evaluation.page", text.Args{"nama": r.Name})
	if unread > 0 {
		body += "\n" + e.T("evaluation.page_unread", text.Args{"n": unread})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.page", Text: body,
		Picture: &dialog.Picture{Kind: resultPage, Data: data, File: true}, Shareable: true})
	return nil
}

// inTx runs fn in a transaction of the room.
func (p *desk) inTx(ctx context.Context, fn func(Tx) error) error {
	return p.Cfg.Store.InTx(ctx, func(tx feature.Tx) error { return fn(tx.(Tx)) })
}

// drawPage makes the results on paper as they are now.
func (p *desk) drawPage(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of pageOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var body []byte
	err := p.inTx(ctx, func(tx Tx) error {
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err == nil && !office {
			err = dialog.ErrNotFound
		}
		if err != nil {
			return err
		}
		r, err := tx.EvaluationResult(ctx, of.Batch)
		if err == nil && r.Atom == 0 {
			err = dialog.ErrNotFound
		}
		if err != nil {
			return err
		}
		d, err := tx.EvaluationForm(ctx)
		if err != nil {
			return err
		}
		body, err = p.printed(r, d, of.At)
		return err
	})
	return body, err
}

// printed writes what is shown of a batch as a PDF.
func (p *desk) printed(r evaluation.Result, d questionnaire.Definition, at time.Time) ([]byte, error) {
	plain := p.Cfg.Text.Plain
	out := report.Results{Title: plain("evaluation.page_title", nil), Page: plain("evaluation.page_word", nil), Letter: p.Cfg.Agency.Letter}
	if p.Cfg.Agency.Helpdesk != "" {
		out.Letter = append(out.Letter, p.Cfg.Agency.Helpdesk)
	}
	out.Head = []string{"<b>" + plain("evaluation.page_title", nil) + "</b>", plain("evaluation.page_batch", text.Args{"nama": r.Name}),
		plain("evaluation.page_days", text.Args{"kapan": p.days(r)})}
	if r.House != "" {
		out.Head = append(out.Head, plain("evaluation.page_house", text.Args{"mitra": r.House}))
	}
	who := plain("evaluation.page_who", text.Args{"n": r.Persons, "jumlah": r.Asked})
	if r.Batches > 1 || r.State == evaluation.Merged {
		who = plain("evaluation.page_who_merged", text.Args{"n": r.Persons, "jumlah": r.Batches})
	}
	out.Head = append(out.Head, who)
	out.Sections = p.sections(r, d)
	out.Foot = []string{plain("evaluation.page_foot", nil), plain("evaluation.page_as_of", text.Args{"tanggal": p.Cfg.Text.Date(at.In(p.Cfg.Location))})}
	var b bytes.Buffer
	err := report.WriteResults(&b, out)
	return b.Bytes(), err
}

// days writes the first and the last day of a batch.
func (p *desk) days(r evaluation.Result) string {
	if r.Starts.IsZero() {
		return "-"
	}
	first, last := p.Cfg.Text.ShortDate(r.Starts.In(p.Cfg.Location)), p.Cfg.Text.ShortDate(r.Ends.In(p.Cfg.Location))
	if first == last {
		return first
	}
	return p.Cfg.Text.Plain("evaluation.page_span", text.Args{"dari": first, "sampai": last})
}

// sections are the parts of the page: what it was good for stands apart from how it was
// held.
func (p *desk) sections(r evaluation.Result, d questionnaire.Definition) (all []report.ResultSection) {
	plain := p.Cfg.Text.Plain
	useful := report.ResultSection{Title: plain("evaluation.page_useful", nil)}
	held := report.ResultSection{Title: plain("evaluation.page_held", nil)}
	able := report.ResultSection{Title: plain("evaluation.page_ability", text.Args{"kemampuan": r.Ability})}
	for _, c := range r.Cells {
		row, ok := p.scaleRow(c, d)
		switch {
		case !ok:
		case c.Part != disclosure.MeanOf:
			able.Rows = append(able.Rows, row)
		case c.Item == evaluation.UsefulItem:
			useful.Rows = append(useful.Rows, row)
		default:
			held.Rows = append(held.Rows, row)
		}
	}
	able.Lines = p.abilityLines(r)
	for _, s := range []report.ResultSection{useful, able, held} {
		if len(s.Rows)+len(s.Lines) > 0 {
			all = append(all, s)
		}
	}
	if texts := r.Readable(); len(texts) > 0 {
		said := report.ResultSection{Title: plain("evaluation.page_comments", nil)}
		for _, t := range texts {
			said.Lines = append(said.Lines, "• "+t)
		}
		all = append(all, said)
	}
	if lines := p.reportLines(r.Report); len(lines) > 0 {
		all = append(all, report.ResultSection{Title: plain("evaluation.page_report", nil), Lines: lines})
	}
	return all
}

// abilityLines say who can do it alone, in words; or that too few have said.
func (p *desk) abilityLines(r evaluation.Result) []string {
	plain := p.Cfg.Text.Plain
	before, has := evaluation.Find(r.Cells, evaluation.Ability, disclosure.AloneBefore)
	if !has {
		return []string{plain("evaluation.result_hidden", nil)}
	}
	now, _ := evaluation.Find(r.Cells, evaluation.Ability, disclosure.AloneNow)
	risen, _ := evaluation.Find(r.Cells, evaluation.Ability, disclosure.Risen)
	return []string{plain("evaluation.page_alone", text.Args{"sebelum": before.Text, "sekarang": now.Text}), plain("evaluation.page_risen", text.Args{"naik": risen.Text})}
}

// reportLines are the report-back, or by when it is promised.
func (p *desk) reportLines(r evaluation.Report) []string {
	switch {
	case !r.Given.IsZero():
		return []string{r.Body, p.Cfg.Text.Plain("evaluation.report_given", text.Args{"tanggal": p.Cfg.Text.Date(r.Given.In(p.Cfg.Location))})}
	case !r.Promised.IsZero():
		return []string{p.Cfg.Text.Plain("evaluation.report_owed", text.Args{"tanggal": p.Cfg.Text.Date(r.Promised)})}
	}
	return nil
}

// papers are what the dossier of a batch (berkas kegiatan) holds of its evaluation.
func (p *desk) papers(ctx context.Context, tx Tx, batch int64, at time.Time) (out feature.Papers, err error) {
	opened, err := tx.EvaluationOpened(ctx, batch)
	if err != nil || !opened {
		return out, err
	}
	r, err := tx.EvaluationResult(ctx, batch)
	if err != nil {
		return out, err
	}
	if r.Atom == 0 {
		out.Line = p.whyNone(r)
		return out, nil
	}
	d, err := tx.EvaluationForm(ctx)
	if err != nil {
		return out, err
	}
	out.Line, out.Name = p.Cfg.Text.Plain("evaluation.paper_line", text.Args{"n": r.Persons, "jumlah": r.Asked}), "hasil-evaluasi.pdf"
	if r.Batches > 1 || r.State == evaluation.Merged {
		out.Line = p.Cfg.Text.Plain("evaluation.paper_merged", text.Args{"n": r.Persons, "jumlah": r.Batches})
	}
	for _, line := range p.reportLines(r.Report) {
		out.Line += "\r\n" + line
	}
	out.Body, err = p.printed(r, d, at)
	return out, err
}
