package partners

import (
	"context"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// partners lists all partners, with where their agreements stand.
func (e *env) partners(ctx context.Context, a dialog.Action, message int) error {
	list, err := e.tx.Partners(ctx)
	if err != nil {
		return err
	}
	if a.Value == fresh {
		a.Value, message = "", 0
	}
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	from := min(page*feature.PageSize, len(list))
	lines := []string{e.T("partner.list", text.Args{"n": len(list)})}
	if len(list) == 0 {
		lines = []string{e.T("partner.none", nil)}
	}
	var numbers []dialog.Button
	for i, p := range list[from:min(from+feature.PageSize, len(list))] {
		k := from + i + 1
		lines = append(lines, e.T("partner.line", text.Args{"k": k, "nama": feature.Clip(p.Name, feature.LongName), "keadaan": e.desk().standing(p)}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(partnerStep, p.ID)})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(partnersStep, 0, page, feature.PageSize, len(list))...)
	rows = append(rows, []dialog.Button{{Label: e.Label("coverage"), Action: e.MenuAction(coverStep, 0)}}, []dialog.Button{e.Link(feature.ToDesk, "back", 0)})
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "partner.list", Text: body, Rows: rows, Edit: message})
	return nil
}

// standing says where the agreement with a partner stands.
func (p *desk) standing(r training.Partner) string {
	args := text.Args{"sampai": p.Cfg.Text.Date(r.Until)}
	switch {
	case r.Removed:
		return p.Cfg.Text.Plain("partner.is_removed", nil)
	case r.Until.IsZero():
		return p.Cfg.Text.Plain("partner.is_bare", nil)
	case r.Ended(p.Today()):
		return p.Cfg.Text.Plain("partner.is_over", args)
	case r.DaysLeft(p.Today()) <= training.AgreementSoon:
		args["hari"] = r.DaysLeft(p.Today())
		return p.Cfg.Text.Plain("partner.is_soon", args)
	}
	return p.Cfg.Text.Plain("partner.is_running", args)
}

// partner shows one partner.
func (e *env) partner(ctx context.Context, a dialog.Action, message int) error {
	return e.showPartner(ctx, a.Ref, message, "")
}

func (e *env) showPartner(ctx context.Context, id int64, message int, above string) error {
	p, err := e.tx.Partner(ctx, id)
	if err != nil {
		return err
	}
	offers, err := e.tx.PartnerOffers(ctx, id, e.Now.In(e.Cfg.Location))
	if err != nil {
		return err
	}
	var lines []string
	if above != "" {
		lines = append(lines, above, "")
	}
	lines = append(lines, e.T("partner.card", text.Args{"nama": p.Name, "kode": p.Code, "nomor": feature.OrDash(p.Agreement), "keadaan": e.desk().standing(p)}))
	if !p.Removed && p.Ended(e.desk().Today()) {
		lines = append(lines, e.T("partner.renew", nil))
	}
	more, rows := e.offerLines(offers)
	if p.Removed {
		rows = nil
	}
	body, _ := feature.Joined(append(append(lines, ""), more...), feature.MessageBudget)
	state := dialog.Button{Label: e.Label("partner_remove"), Action: e.MenuAction(removeStep, p.ID)}
	if p.Removed {
		state = dialog.Button{Label: e.Label("partner_restore"), Action: e.MenuAction(restoreStep, p.ID)}
	}
	rows = append(rows, []dialog.Button{e.Link(feature.ToPartnerSheet, "partner_sheet", p.ID)}, []dialog.Button{e.Link(feature.ToPartnerResult, "partner_result", p.ID)},
		[]dialog.Button{state}, []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction(partnersStep, 0)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "partner.card", Text: body, Rows: rows, Edit: message})
	return nil
}

// remove says that nothing new is planned with a partner, once it was asked whether to, or
// that something is again. What it has held and what is planned with it stays.
func (e *env) remove(ctx context.Context, a dialog.Action, message int) error {
	p, err := e.tx.Partner(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Step == removeStep {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "partner.remove_ask", Edit: message, Text: e.T("partner.remove_ask", text.Args{"nama": p.Name}),
			Rows: [][]dialog.Button{{{Label: e.Label("partner_sure"), Action: e.MenuAction(removeSureStep, p.ID)}}, {{Label: e.Label("back"), Action: e.MenuAction(partnerStep, p.ID)}}}})
		return nil
	}
	if err := e.tx.SetPartnerRemoved(ctx, p.ID, a.Step == removeSureStep, e.Employee.ID, e.Now); err != nil {
		return err
	}
	key := map[string]string{removeSureStep: "partner.removed", restoreStep: "partner.restored"}[a.Step]
	return e.showPartner(ctx, p.ID, message, e.T(key, text.Args{"nama": p.Name}))
}
