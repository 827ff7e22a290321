package evaluation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/report"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// What is compared, as values of the buttons.
const (
	byProgramme = "program"
	byPartner   = "mitra"
)

// compareOf says what is compared in a file, and for which chat.
type compareOf struct {
	By   string `json:"by"`
	Chat int64  `json:"chat"`
}

// ever is when the first results may have been published: comparisons look at all.
var ever = time.Unix(0, 0)

// compared reads what is compared, by the value of a button.
func (p *desk) compared(ctx context.Context, tx Tx, by string, now time.Time) (list []evaluation.Compared, err error) {
	all, err := tx.PublishedResults(ctx, ever, now.Add(time.Second))
	if err != nil {
		return nil, err
	}
	switch by {
	case byProgramme:
		return evaluation.ByProgramme(p.Cfg.Text, all), nil
	case byPartner:
		return evaluation.ByPartner(p.Cfg.Text, all), nil
	}
	return nil, dialog.ErrNotFound
}

// compare shows the results of programmes, or of partners, beside each other.
func (e *env) compare(ctx context.Context, a dialog.Action, message int) error {
	if a.Value == "" {
		a.Value = byProgramme
	}
	list, err := e.desk().compared(ctx, e.tx, a.Value, e.Now)
	if err != nil {
		return err
	}
	head, none, other, label := "evaluation.compare_programmes", "evaluation.compare_none", byPartner, "evaluation_partners"
	if a.Value == byPartner {
		head, other, label = "evaluation.compare_partners", byProgramme, "evaluation_programmes"
	}
	lines := []string{e.T(head, text.Args{"n": evaluation.ComparedFrom})}
	if len(list) == 0 {
		lines = append(lines, e.T(none, nil))
	}
	for _, c := range list {
		lines = append(lines, e.compareLine(c))
	}
	body, n := feature.Joined(lines, feature.MessageBudget-100)
	if n < len(lines) {
		body += "\n" + e.T("evaluation.compare_more", text.Args{"n": len(lines) - n})
	}
	button := func(label, step, value string) []dialog.Button {
		b := dialog.Button{Label: e.Label(label), Action: e.MenuAction(step, 0)}
		b.Action.Value = value
		return []dialog.Button{b}
	}
	rows := [][]dialog.Button{button(label, "evbanding", other)}
	if len(e.desk().comparedRows(list)) > 0 {
		rows = append(rows, button("evaluation_picture", "evbandinggambar", a.Value))
	}
	if len(list) > 0 {
		rows = append(rows, button("evaluation_sheet", "evbandingxlsx", a.Value))
	}
	rows = append(rows, button("back", "evhal", ""))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: head, Text: body, Rows: rows, Edit: message})
	return nil
}

// desk is the room's view of the desk of the update.
func (e *env) desk() *desk { return at(e.Desk) }

// house is the name of a programme or a partner; the agency itself has none.
func (p *desk) house(c evaluation.Compared) string {
	if c.Name == "" {
		return p.Cfg.Text.Plain("evaluation.own_house", nil)
	}
	return c.Name
}

// compareLine is one programme or partner.
func (e *env) compareLine(c evaluation.Compared) string {
	args := text.Args{"nama": feature.Clip(e.desk().house(c), feature.LongName), "angkatan": c.Batches, "n": c.Persons}
	if !c.Enough() {
		return e.T("evaluation.compare_few", args)
	}
	line := e.T("evaluation.compare_line", args)
	if v := c.Columns[evaluation.Useful]; v.Text != "" {
		line += "\n" + e.T("evaluation.compare_useful", text.Args{"nilai": v.Text})
	}
	if v := c.Columns[evaluation.Now]; v.Text != "" {
		line += "\n" + e.T("evaluation.compare_alone", text.Args{"sebelum": c.Columns[evaluation.Before].Text, "sekarang": v.Text})
	}
	return line
}

// pictured is how many programmes or partners stand on one picture.
const pictured = 20

// comparedRows are the bars of those that are compared and of which usefulness is shown.
func (p *desk) comparedRows(list []evaluation.Compared) (rows []report.ScaleRow) {
	const top = 4
	for _, c := range list {
		v := c.Columns[evaluation.Useful]
		if !c.Enough() || v.Text == "" {
			continue
		}
		from, to, low := v.Ends()
		row := report.ScaleRow{Name: p.house(c), Text: p.Cfg.Text.Plain("evaluation.picture_value", text.Args{"nilai": v.Text, "paling": top}),
			Value: to, Low: low, Top: top}
		if from < to && !low {
			row.From = from
		}
		rows = append(rows, row)
	}
	return rows
}

// comparePicture sends the comparison as a picture. It holds what is written and nothing
// finer.
func (e *env) comparePicture(ctx context.Context, a dialog.Action, _ int) error {
	list, err := e.desk().compared(ctx, e.tx, a.Value, e.Now)
	if err != nil {
		return err
	}
	rows := e.desk().comparedRows(list)
	if len(rows) == 0 {
		return dialog.ErrNotFound
	}
	plain := e.Cfg.Text.Plain
	subtitle := map[string]string{byProgramme: plain("evaluation.compare_by_programme", nil), byPartner: plain("evaluation.compare_by_partner", nil)}[a.Value]
	c := report.ScaleChart{Title: plain("evaluation.picture_useful", nil), Subtitle: subtitle, Rows: rows[:min(len(rows), pictured)],
		Footer: plain("evaluation.compare_foot", text.Args{"n": evaluation.ComparedFrom})}
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode comparison: %w", err)
	}
	caption := e.T("evaluation.compare_caption", text.Args{"menurut": subtitle})
	if more := len(rows) - pictured; more > 0 {
		caption += "\n" + e.T("evaluation.compare_more", text.Args{"n": more})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.compare_caption", Text: caption, Picture: &dialog.Picture{Kind: comparedPicture, Data: data}})
	return nil
}

// compareSheet sends the comparison as a spreadsheet.
func (e *env) compareSheet(_ context.Context, a dialog.Action, _ int) error {
	key := map[string]string{byProgramme: "evaluation.compare_file_programmes", byPartner: "evaluation.compare_file_partners"}[a.Value]
	if key == "" {
		return dialog.ErrNotFound
	}
	data, err := json.Marshal(compareOf{By: a.Value, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode comparison: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, nil),
		Picture: &dialog.Picture{Kind: compareSheetFile, Data: data, File: true}, Shareable: true})
	return nil
}

// drawCompared makes the spreadsheet of a comparison as it is now.
func (p *desk) drawCompared(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of compareOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var list []evaluation.Compared
	err := p.inTx(ctx, func(tx Tx) error {
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err == nil && !office {
			err = dialog.ErrNotFound
		}
		if err != nil {
			return err
		}
		list, err = p.compared(ctx, tx, of.By, p.Cfg.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = sheet.Write(&out, p.Cfg.Text.Plain("evaluation.compare_sheet", nil), p.compareRows(of.By, list))
	return out.Bytes(), err
}

// compareRows are the cells of the spreadsheet of a comparison, its heading first.
func (p *desk) compareRows(by string, list []evaluation.Compared) [][]string {
	plain := p.Cfg.Text.Plain
	first := plain("evaluation.compare_programme", nil)
	if by == byPartner {
		first = plain("evaluation.compare_partner", nil)
	}
	head := []string{first, plain("evaluation.compare_batches", nil), plain("evaluation.sheet_persons", nil), plain("evaluation.compare_c_useful", nil),
		plain("evaluation.compare_c_trainers", nil), plain("evaluation.compare_c_practice", nil), plain("evaluation.compare_c_service", nil),
		plain("evaluation.sheet_alone_before", nil), plain("evaluation.sheet_alone_now", nil)}
	rows := [][]string{head}
	for _, c := range list {
		row := []string{p.house(c), strconv.Itoa(c.Batches), strconv.Itoa(c.Persons)}
		for _, v := range c.Columns {
			cell := v.Text
			if !c.Enough() {
				cell = plain("evaluation.compare_not_yet", nil)
			} else if cell == "" {
				cell = plain("evaluation.compare_hidden", nil)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows
}
