package partners

import (
	"context"
	"slices"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/coverage"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// book reads the year that is a ref, 0 = this one, as the asker may see it.
func (e *env) book(ctx context.Context, ref int64) (coverage.Book, error) {
	year := int(ref)
	if this := e.desk().Today().Year(); ref == 0 {
		year = this
	} else if year < this-1 || year > this+1 {
		return coverage.Book{}, dialog.ErrNotFound
	}
	return coverage.ReadMarket(ctx, e.tx, year, e.Employee.ID, e.Now.In(e.Cfg.Location))
}

// mostCovered is how many competencies stand on the card of coverage; the file has all.
const mostCovered = 20

// cover shows how far the needs are covered in a year.
func (e *env) cover(ctx context.Context, a dialog.Action, message int) error {
	b, err := e.book(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Value == fresh {
		message = 0
	}
	lines := []string{e.T("coverage.head", text.Args{"tahun": strconv.Itoa(b.Year), "tawaran": len(b.Offers)})}
	if b.Period.ID == 0 {
		lines = append(lines, e.T("coverage.no_period", nil))
	}
	var numbers []dialog.Button
	open, more := 0, 0
	for _, l := range b.Lines() {
		if l.Level != 0 {
			continue
		}
		if l.Lacks() > 0 && l.Offered == 0 {
			open++
		}
		if len(numbers) == mostCovered {
			more++
			continue
		}
		k := len(numbers) + 1
		lines = append(lines, e.coverLine("coverage.line", k, l))
		act := e.MenuAction(competencyStep, int64(b.Year))
		act.Value = l.Code
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: act})
	}
	if more > 0 {
		lines = append(lines, e.T("coverage.more", text.Args{"n": e.Cfg.Text.Number(more)}))
	}
	if open > 0 {
		lines = append(lines, e.T("coverage.open", text.Args{"n": open}))
	}
	lines = append(lines, e.T("coverage.hint", nil))
	body, _ := feature.Joined(lines, feature.MessageBudget)
	button := func(label, step string) dialog.Button {
		return dialog.Button{Label: e.Label(label), Action: e.MenuAction(step, int64(b.Year))}
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.years(b.Year)...)
	rows = append(rows, []dialog.Button{button("partners", partnersStep), button("coverage_sheet", sheetStep)},
		[]dialog.Button{button("plan_sheet", planSheetStep), button("plan_page", planPageStep)}, []dialog.Button{e.Link(feature.ToDemand, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "coverage.head", Text: body, Rows: rows, Edit: message})
	return nil
}

// years is a button for this year and the next one, without the one on show.
func (e *env) years(year int) [][]dialog.Button {
	this := e.desk().Today().Year()
	for _, y := range []int{this + 1, this} {
		if y != year {
			return [][]dialog.Button{{{Label: strconv.Itoa(y), Action: e.MenuAction(coverStep, int64(y))}}}
		}
	}
	return nil
}

// coverLine is one line of the coverage.
func (e *env) coverLine(key string, k int, l coverage.Line) string {
	n := e.Cfg.Text.Number
	return e.T(key, text.Args{"k": k, "nama": feature.Clip(l.Name, feature.LongName), "tingkat": strconv.Itoa(l.Level), "perlu": feature.NeedWord(e.Cfg.Text, l.Need), "tawaran": n(l.Offered),
		"rencana": n(l.Planned), "terlaksana": n(l.Held)})
}

// competency shows one competency with its levels, and the offers for it.
func (e *env) competency(ctx context.Context, a dialog.Action, message int) error {
	b, err := e.book(ctx, a.Ref)
	if err != nil {
		return err
	}
	all := b.Lines()
	i := slices.IndexFunc(all, func(l coverage.Line) bool { return l.Code == a.Value && l.Level == 0 })
	if i < 0 {
		return dialog.ErrNotFound
	}
	lines := []string{e.coverLine("coverage.competency", 0, all[i])}
	for _, l := range all[i+1:] {
		if l.Level == 0 {
			break
		}
		lines = append(lines, e.coverLine("coverage.level", 0, l))
	}
	if lacks := all[i].Lacks(); lacks > 0 {
		lines = append(lines, e.T("coverage.lacks", text.Args{"n": e.Cfg.Text.Number(lacks)}))
	}
	plans, err := coverage.ReadPlans(ctx, e.tx, b.Year, e.Now.In(e.Cfg.Location))
	if err != nil {
		return err
	}
	if people := plans.Of(a.Value).People; needs.Tells(people) {
		lines = append(lines, e.T("coverage.plans", text.Args{"orang": feature.NeedWord(e.Cfg.Text, people), "tanggal": e.Cfg.Text.Date(plans.AsOf)}))
	}
	lines = append(lines, "")
	offers, rows := e.offerLines(b.Of(a.Value))
	back := dialog.Button{Label: e.Label("back"), Action: e.MenuAction(coverStep, int64(b.Year))}
	body, _ := feature.Joined(append(lines, offers...), feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "coverage.competency", Text: body, Edit: message, Rows: append(rows, []dialog.Button{back})})
	return nil
}

// listed is how many offers stand on one card.
const listed = 10

// offerLines lists offers with a button each that opens it, and one that plans a batch.
func (e *env) offerLines(list []training.PartnerOffer) (lines []string, rows [][]dialog.Button) {
	if len(list) == 0 {
		return []string{e.T("coverage.no_offers", nil)}, nil
	}
	lines = []string{e.T("coverage.offers", nil)}
	var numbers, plans []dialog.Button
	for i, o := range list[:min(len(list), listed)] {
		args := e.offerArgs(o)
		args["k"] = i + 1
		lines = append(lines, e.T("coverage.offer_line", args))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(offerStep, o.ID)})
		plans = append(plans, dialog.Button{Label: e.Cfg.Text.Plain("label.needs_plan", text.Args{"n": i + 1}), Action: e.Opener(feature.ToOffer)(o.ID)})
	}
	if more := len(list) - listed; more > 0 {
		lines = append(lines, e.T("coverage.more_offers", text.Args{"n": more}))
	}
	lines = append(lines, e.T("coverage.offer_hint", nil))
	return lines, append(feature.Grid(feature.Numbers, numbers), feature.Grid(feature.PlansInRow, plans)...)
}

// offerArgs are the words of an offer.
func (e *env) offerArgs(o training.PartnerOffer) text.Args {
	days := e.Cfg.Text.ShortDate(o.Starts)
	if !o.Ends.Equal(o.Starts) {
		days = e.Cfg.Text.Plain("coverage.days", text.Args{"dari": days, "sampai": e.Cfg.Text.ShortDate(o.Ends)})
	}
	planned := ""
	if o.Planned > 0 {
		planned = e.T("coverage.offer_planned", text.Args{"n": o.Planned})
	}
	return text.Args{"judul": feature.Clip(o.Title, feature.LongName), "mitra": feature.Clip(o.Partner.Name, feature.LongName), "kompetensi": o.Aim.Name, "tingkat": strconv.Itoa(o.Aim.Level),
		"hari": o.Days, "jp": o.JP, "tempat": e.Cfg.Text.Number(o.Seats), "harga": e.desk().price(o), "kapan": days, "direncanakan": text.HTML(planned)}
}

// price says what an offer costs.
func (p *desk) price(o training.PartnerOffer) string {
	key := map[training.PriceOf]string{training.PerPerson: "coverage.per_person", training.PerClass: "coverage.per_class"}[o.For]
	switch {
	case key == "":
		return p.Cfg.Text.Plain("coverage.no_price", nil)
	case o.Price == 0:
		return p.Cfg.Text.Plain("coverage.free", nil)
	}
	return p.Cfg.Text.Plain(key, text.Args{"harga": p.rupiah(o.Price)})
}

// rupiah writes an amount: "Rp1.250.000".
func (p *desk) rupiah(n int64) string { return "Rp" + p.Cfg.Text.Number(int(n)) }

// offer shows one offer.
func (e *env) offer(ctx context.Context, a dialog.Action, message int) error {
	o, err := e.tx.PartnerOffer(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.showOffer(o, message)
	return nil
}

func (e *env) showOffer(o training.PartnerOffer, message int) {
	lines := []string{e.T("coverage.offer", e.offerArgs(o))}
	if until := o.Partner.Until; !until.IsZero() && until.Before(o.Ends) {
		lines = append(lines, e.T("coverage.offer_late", text.Args{"sampai": e.Cfg.Text.Date(until)}))
	}
	cover := dialog.Button{Label: e.Label("back"), Action: e.MenuAction(competencyStep, int64(o.Starts.Year()))}
	cover.Action.Value = o.Aim.Code
	rows := [][]dialog.Button{{{Label: e.Label("offer_plan"), Action: e.Opener(feature.ToOffer)(o.ID)}}}
	if o.Partner.Removed || !o.Starts.After(e.desk().Today()) {
		rows = nil
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "coverage.offer", Text: body, Edit: message, Rows: append(rows,
		[]dialog.Button{{Label: e.Label("offer_drop"), Action: e.MenuAction(dropStep, o.ID)}}, []dialog.Button{cover})})
}

// withdraw takes an offer back, once it was asked whether to.
func (e *env) withdraw(ctx context.Context, a dialog.Action, message int) error {
	o, err := e.tx.PartnerOffer(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Step == dropStep {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "coverage.drop_ask", Edit: message, Text: e.T("coverage.drop_ask", e.offerArgs(o)),
			Rows: [][]dialog.Button{{{Label: e.Label("proposal_sure"), Action: e.MenuAction(sureStep, o.ID)}}, {{Label: e.Label("back"), Action: e.MenuAction(offerStep, o.ID)}}}})
		return nil
	}
	if err := e.tx.WithdrawOffer(ctx, o.ID, e.Employee.ID, e.Now); err != nil {
		return err
	}
	return e.showPartner(ctx, o.Partner.ID, message, e.T("coverage.dropped", e.offerArgs(o)))
}
