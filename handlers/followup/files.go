package followup

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/questionnaire"
	"bangkom/internal/report"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// mostBars is how many parts a picture of groups has beside the whole.
const mostBars = 8

// groupPicture sends a page of groups as a picture: the values that the page shows, and
// nothing finer.
func (e *env) groupPicture(ctx context.Context, a dialog.Action, _ int) error {
	all, base, err := groupsSeen(ctx, e.tx, e.Cfg.Text, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	g, err := pageOf(all, base, a.Ref, a.Value)
	if err == nil && len(g.days) == 0 {
		err = dialog.ErrNotFound
	}
	if err != nil {
		return err
	}
	p := at(e.Desk)
	data, err := json.Marshal(p.groupChart(g))
	if err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "followup.picture", Picture: &dialog.Picture{Kind: groupPictureFile, Data: data},
		Text: e.T("followup.picture", text.Args{"nama": p.groupTitle(g), "hari": g.day, "n": e.Cfg.Text.Number(g.whole.Persons)})})
	return nil
}

// groupChart draws the means of the whole, and the ability of each part.
func (p *desk) groupChart(g groupPage) report.ScaleChart {
	plain := p.Cfg.Text.Plain
	c := report.ScaleChart{Title: plain("followup.picture_title", text.Args{"hari": g.day}), Subtitle: p.groupTitle(g),
		Footer: plain("followup.picture_foot", text.Args{"n": p.Cfg.Text.Number(g.whole.Persons)})}
	bar := func(name string, j followup.Joined, item string) {
		m, ok := j.Means[item]
		if !ok {
			return
		}
		row := report.ScaleRow{Name: name, Text: plain("evaluation.picture_value", text.Args{"nilai": p.meanWord(j, item), "paling": questionnaire.LevelCount}),
			Value: float64(m.To) / 10, Low: m.Low(), Top: questionnaire.LevelCount}
		if m.Low() {
			row.Value = 1
		} else if m.From != m.To {
			row.From = max(1, float64(m.From)/10)
		}
		c.Rows = append(c.Rows, row)
	}
	for _, one := range [][2]string{{followup.Ability, "followup.picture_self"}, {followup.Seen, "followup.picture_seen"}, {followup.Frequency, "followup.picture_often"}} {
		bar(plain(one[1], nil), g.whole, one[0])
	}
	if len(g.list) > 1 {
		for _, j := range g.list[:min(len(g.list), mostBars)] {
			bar(feature.Clip(p.houseName(j), 60), j, followup.Ability)
		}
	}
	return c
}

// groupsOf says for whom groups are wanted as a spreadsheet, in which chat.
type groupsOf struct {
	Reader int64 `json:"reader"`
	Chat   int64 `json:"chat"`
}

// groupSheet sends all groups as a spreadsheet. It is as its reader may see it: others know
// other people by name, so it may not be passed on.
func (e *env) groupSheet(ctx context.Context, _ dialog.Action, _ int) error {
	if err := e.tx.RecordExport(ctx, "follow-ups", e.Cfg.Text.Plain("needs.own_office", nil), e.Employee.ID, e.Now); err != nil {
		return err
	}
	data, err := json.Marshal(groupsOf{Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode groups: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "followup.file", Text: e.T("followup.file", nil),
		Picture: &dialog.Picture{Kind: groupSheetFile, Data: data, File: true, Report: true}})
	return nil
}

// drawGroups makes that file as its reader may see it. Whoever has lost the right, or the chat,
// since then gets none.
func (p *desk) drawGroups(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of groupsOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	return feature.BookForOffice(ctx, p.Desk, of.Chat, of.Reader, func(tx Tx) ([]sheet.Page, error) {
		all, base, err := groupsSeen(ctx, tx, p.Cfg.Text, of.Reader, p.Cfg.Now())
		return p.groupPages(all, base), err
	})
}

// groupPages are the sheets: what the pages of the chat show, in their words.
func (p *desk) groupPages(all []followup.Shown, base map[int64]string) []sheet.Page {
	plain := func(key string) string { return p.Cfg.Text.Plain(key, nil) }
	whole := []string{plain("followup.col_day"), plain("followup.col_name"), plain("followup.col_persons")}
	for _, v := range p.values(followup.Joined{}) {
		whole = append(whole, plain(v.column))
	}
	part := append(whole[:5:5], plain("followup.col_base"))
	programmes, partners, batches := [][]string{append(whole, part[5])}, [][]string{part[:5:5]}, [][]string{append([]string{part[0], plain("followup.col_programme")}, part[1:5]...)}
	for _, day := range followup.Days(all) {
		shown := followup.Of(all, day)
		row := func(name string, j followup.Joined, most int) []string {
			cells := []string{strconv.Itoa(day), name, strconv.Itoa(j.Persons)}
			for _, v := range p.values(j) {
				cells = append(cells, v.text)
			}
			return cells[:min(len(cells), most):most]
		}
		programmes = append(programmes, append(row(plain("followup.groups_all"), followup.Join(shown), len(whole)), ""))
		for _, j := range followup.ByProgramme(shown) {
			programmes = append(programmes, append(row(j.Name, j, len(whole)), base[j.ID]))
			of := followup.ByBatch(ofProgramme(shown, j.ID))
			for _, one := range of {
				cells := row(one.Name, one, 5)
				batches = append(batches, append([]string{cells[0], j.Name}, cells[1:]...))
			}
		}
		for _, j := range followup.ByPartner(shown) {
			partners = append(partners, row(p.houseName(j), j, 5))
		}
	}
	return []sheet.Page{{Name: plain("followup.sheet_programmes"), Rows: programmes}, {Name: plain("followup.sheet_partners"), Rows: partners},
		{Name: plain("followup.sheet_batches"), Rows: batches}, {Name: plain("followup.sheet_notes"), Rows: [][]string{{plain("followup.sheet_how")}}}}
}

// ofProgramme keeps the groups of a programme.
func ofProgramme(all []followup.Shown, programme int64) (list []followup.Shown) {
	for _, g := range all {
		if g.Programme == programme {
			list = append(list, g)
		}
	}
	return list
}
