package evaluation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// partnerPage names a partner whose results are wanted on paper, and the chat that asked for
// them: when they are drawn, it has to belong to somebody of the personnel office.
type partnerPage struct {
	Partner int64     `json:"partner"`
	Chat    int64     `json:"chat"`
	At      time.Time `json:"at"`
}

// ofPartner is what the trainings of a partner show, and of which programmes; found is false
// where nothing was shown yet.
func (p *desk) ofPartner(ctx context.Context, tx Tx, partner int64, now time.Time) (c evaluation.Compared, programmes []string, found bool, err error) {
	all, err := tx.PublishedResults(ctx, ever, now.Add(time.Second))
	if err != nil {
		return c, nil, false, err
	}
	all = slices.DeleteFunc(all, func(s evaluation.Shown) bool { return s.Partner != partner })
	for _, s := range all {
		if !slices.Contains(programmes, s.Title) {
			programmes = append(programmes, s.Title)
		}
	}
	slices.Sort(programmes)
	list := evaluation.ByPartner(p.Cfg.Text, all)
	if len(list) == 0 {
		return c, nil, false, nil
	}
	return list[0], programmes, true, nil
}

// partner shows what the trainings of a partner were worth.
func (e *env) partner(ctx context.Context, a dialog.Action, message int) error {
	who, err := e.tx.Partner(ctx, a.Ref)
	if err != nil {
		return err
	}
	c, _, found, err := e.desk().ofPartner(ctx, e.tx, who.ID, e.Now)
	if err != nil {
		return err
	}
	c.Name = who.Name
	lines := []string{e.T("evaluation.partner_head", text.Args{"mitra": who.Name})}
	rows := [][]dialog.Button{}
	switch {
	case !found:
		lines = append(lines, e.T("evaluation.partner_none", nil))
	default:
		lines = append(lines, e.compareLine(c))
	}
	if c.Enough() {
		rows = append(rows, []dialog.Button{{Label: e.Label("partner_page"), Action: e.MenuAction("evmitrapdf", who.ID)}})
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.partner_head", Text: body, Edit: message, Rows: append(rows, []dialog.Button{e.Link(feature.ToPartners, "back", 0)})})
	return nil
}

// partnerPDF sends the results on paper, to hand to the partner, who has no account.
func (e *env) partnerPDF(ctx context.Context, a dialog.Action, _ int) error {
	who, err := e.tx.Partner(ctx, a.Ref)
	if err != nil {
		return err
	}
	c, _, _, err := e.desk().ofPartner(ctx, e.tx, who.ID, e.Now)
	if err == nil && !c.Enough() {
		err = dialog.ErrNotFound
	}
	if err != nil {
		return err
	}
	data, err := json.Marshal(partnerPage{Partner: who.ID, Chat: e.Session.ChatID, At: e.Now})
	if err != nil {
		return fmt.Errorf("encode results: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.partner_page", Text: e.T("evaluation.partner_page", text.Args{"mitra": who.Name}), Shareable: true,
		Picture: &dialog.Picture{Kind: partnerResults, Data: data, File: true}})
	return nil
}

// drawPartner makes that page as the results are now.
func (p *desk) drawPartner(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of partnerPage
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := p.inTx(ctx, func(tx Tx) error {
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err == nil && !office {
			err = dialog.ErrNotFound
		}
		if err != nil {
			return err
		}
		who, err := tx.Partner(ctx, of.Partner)
		if err != nil {
			return err
		}
		c, programmes, _, err := p.ofPartner(ctx, tx, who.ID, p.Cfg.Now())
		if err == nil && !c.Enough() {
			err = dialog.ErrNotFound
		}
		if err != nil {
			return err
		}
		c.Name = who.Name
		out.Reset()
		return report.WriteResults(&out, p.partnerResults(c, programmes, of.At))
	})
	return out.Bytes(), err
}

// partnerResults writes what a partner reads: values of all its batches together, and no
// comparison with others.
func (p *desk) partnerResults(c evaluation.Compared, programmes []string, at time.Time) report.Results {
	plain := p.Cfg.Text.Plain
	out := report.Results{Title: plain("evaluation.partner_title", nil), Page: plain("evaluation.page_word", nil), Letter: p.Cfg.Agency.Letter}
	out.Head = []string{"<b>" + plain("evaluation.partner_title", nil) + "</b>", plain("evaluation.page_house", text.Args{"mitra": c.Name}),
		plain("evaluation.partner_who", text.Args{"angkatan": c.Batches, "n": p.Cfg.Text.Number(c.Persons)})}
	row := func(column evaluation.Column, key string) (rows []report.ScaleRow) {
		v := c.Columns[column]
		if v.Text == "" {
			return nil
		}
		const top = 4
		from, to, low := v.Ends()
		one := report.ScaleRow{Name: plain(key, nil), Text: plain("evaluation.picture_value", text.Args{"nilai": v.Text, "paling": top}), Value: to, Low: low, Top: top}
		if from < to && !low {
			one.From = from
		}
		return []report.ScaleRow{one}
	}
	useful := report.ResultSection{Title: plain("evaluation.page_useful", nil), Rows: row(evaluation.Useful, "evaluation.compare_c_useful")}
	held := report.ResultSection{Title: plain("evaluation.page_held", nil)}
	held.Rows = slices.Concat(row(evaluation.Trainers, "evaluation.compare_c_trainers"), row(evaluation.Practice, "evaluation.compare_c_practice"), row(evaluation.Service, "evaluation.compare_c_service"))
	able := report.ResultSection{Title: plain("evaluation.partner_able", nil)}
	if now := c.Columns[evaluation.Now]; now.Text != "" {
		able.Lines = []string{plain("evaluation.page_alone", text.Args{"sebelum": c.Columns[evaluation.Before].Text, "sekarang": now.Text})}
	}
	list := report.ResultSection{Title: plain("evaluation.partner_programmes", nil)}
	for _, title := range programmes {
		list.Lines = append(list.Lines, "• "+title)
	}
	for _, s := range []report.ResultSection{useful, able, held, list} {
		if len(s.Rows)+len(s.Lines) > 0 {
			out.Sections = append(out.Sections, s)
		}
	}
	out.Foot = []string{plain("evaluation.partner_foot", text.Args{"n": evaluation.ComparedFrom}), plain("evaluation.page_as_of", text.Args{"tanggal": p.Cfg.Text.Date(at.In(p.Cfg.Location))})}
	return out
}
