package campaign

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/persuasion"
	"bangkom/internal/text"
)

// list names the newest campaigns.
func (e *env) list(ctx context.Context, _ dialog.Action, message int) error {
	all, err := e.tx.Campaigns(ctx)
	if err != nil {
		return err
	}
	lines := []string{e.T("campaign.list", nil), ""}
	var numbers []dialog.Button
	for i, c := range all {
		lines = append(lines, e.T("campaign.line", text.Args{"no": i + 1, "nama": c.Name, "tanggal": e.date(c), "keadaan": e.standing(c)}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(cardStep, c.ID)})
	}
	if len(all) == 0 {
		lines = append(lines, e.T("campaign.none", nil))
	}
	offered, err := e.tx.Choosable(ctx, e.Now)
	if err != nil {
		return err
	}
	rows := feature.Grid(feature.Numbers, numbers)
	if len(offered) > 0 {
		rows = append(rows, []dialog.Button{{Label: e.Label("campaign_new"), Action: dialog.Action{Flow: startFlow, Verb: dialog.Resume}}})
	} else {
		lines = append(lines, "", e.T("campaign.nothing", nil))
	}
	rows = append(rows, []dialog.Button{e.Link(feature.ToPauses, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "campaign.list", Edit: message, Text: strings.Join(lines, "\n"), Rows: rows})
	return nil
}

func (e *env) date(c persuasion.Campaign) string { return e.Cfg.Text.Date(c.Starts.In(e.Cfg.Location)) }

// standing says where a campaign stands, in plain text.
func (e *env) standing(c persuasion.Campaign) string {
	switch {
	case c.Figures != nil:
		return e.Cfg.Text.Plain("campaign.state_counted", nil)
	case e.Now.Before(c.Ends):
		return e.Cfg.Text.Plain("campaign.state_open", text.Args{"batas": e.Cfg.Text.Deadline(c.Ends.In(e.Cfg.Location))})
	}
	return e.Cfg.Text.Plain("campaign.state_waits", text.Args{"tanggal": e.Cfg.Text.Date(c.CountsAt.In(e.Cfg.Location))})
}

func (e *env) card(ctx context.Context, a dialog.Action, message int) error {
	card, err := e.campaignCard(ctx, a.Ref)
	card.Edit = message
	e.Out.Replies = append(e.Out.Replies, card)
	return err
}

// campaignCard shows what was written, and once it was counted how many did the task.
func (e *env) campaignCard(ctx context.Context, id int64) (dialog.Reply, error) {
	c, err := e.tx.CampaignByID(ctx, id)
	if err != nil {
		return dialog.Reply{}, err
	}
	lines := []string{e.T("campaign.card", text.Args{"nama": c.Name, "tanggal": e.date(c), "keadaan": e.standing(c)}), ""}
	lines = append(lines, e.wordLines(c.Words)...)
	rows := [][]dialog.Button{{{Label: e.Label("back"), Action: e.MenuAction(listStep, 0)}}}
	switch {
	case c.Figures != nil:
		lines = append(lines, "", e.T("campaign.figures", text.Args{"hari": persuasion.CountDays}), e.told("campaign.with", c.Figures.Text), e.told("campaign.without", c.Figures.Plain),
			e.T("campaign.figures_note", nil))
	default:
		lines = append(lines, "", e.T("campaign.figures_wait", text.Args{"tanggal": e.Cfg.Text.Date(c.CountsAt.In(e.Cfg.Location))}))
		if e.Now.Before(c.Ends) {
			rows = append([][]dialog.Button{{{Label: e.Label("campaign_stop"), Action: e.MenuAction(stopStep, c.ID)}}}, rows...)
		}
	}
	return dialog.Reply{Template: "campaign.card", Text: strings.Join(lines, "\n"), Rows: rows}, nil
}

// told says how many of a group were reached and did the task.
func (e *env) told(key string, t persuasion.Told) string {
	number := func(n persuasion.Number) string {
		switch n.How {
		case persuasion.Exactly:
			return e.Cfg.Text.Number(n.N)
		case persuasion.Few:
			return e.Cfg.Text.Plain("campaign.fewer", nil)
		case persuasion.Most:
			return e.Cfg.Text.Plain("campaign.most", nil)
		}
		return e.Cfg.Text.Plain("campaign.hidden", nil)
	}
	return e.T(key, text.Args{"sampai": number(t.Reached), "selesai": number(t.Done)})
}

// wordLines say which patterns were chosen, with what was written for them.
func (p *desk) wordLines(w persuasion.Words) (lines []string) {
	for _, one := range w.Patterns {
		key, args := "campaign.pattern", text.Args{"pola": p.Cfg.Text.Plain(one.Traits().Name, nil), "isi": w.Written[one]}
		if w.Written[one] != "" {
			key = "campaign.pattern_written"
		}
		lines = append(lines, p.Cfg.Text.T(key, args))
	}
	return lines
}

func (e *env) wordLines(w persuasion.Words) []string { return at(e.Desk).wordLines(w) }

// stop asks once more, and lets nothing more go of a campaign.
func (e *env) stop(ctx context.Context, a dialog.Action, message int) error {
	c, err := e.tx.CampaignByID(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Step == stopYes {
		if err := e.tx.StopCampaign(ctx, c.ID, e.Employee.ID, e.Now); err != nil {
			return err
		}
		return e.card(ctx, a, message)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "campaign.stop_ask", Edit: message, Text: e.T("campaign.stop_ask", text.Args{"nama": c.Name}),
		Rows: [][]dialog.Button{{{Label: e.Label("campaign_stop_yes"), Action: e.MenuAction(stopYes, c.ID)}}, {{Label: e.Label("cancel"), Action: e.MenuAction(cardStep, c.ID)}}}})
	return nil
}
