package satisfaction

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/effect"
	"bangkom/internal/report"
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
)

// belowPicture is the ref of a button below a picture, which is not changed in place.
const belowPicture = 1

// list shows the comparisons that were named.
func (e *env) list(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	if a.Ref == belowPicture {
		message = 0
	}
	all, err := e.tx.Comparisons(ctx)
	if err != nil {
		return err
	}
	if page*onPage >= len(all) {
		page = 0
	}
	key := "skm.comparisons"
	if len(all) == 0 {
		key = "skm.no_comparisons"
	}
	lines := []string{e.T(key, nil)}
	var numbers []dialog.Button
	for i := page * onPage; i < min((page+1)*onPage, len(all)); i++ {
		lines = append(lines, e.T("skm.comparison_line", e.desk().namedArgs(all[i], i+1)))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(cardStep, all[i].ID)})
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(listStep, 0, page, onPage, len(all))...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Edit: message, Rows: append(rows,
		[]dialog.Button{{Label: e.Label("skm_name"), Action: dialog.Action{Flow: nameFlow, Verb: dialog.Resume}}},
		[]dialog.Button{{Label: e.Label("back"), Action: e.MenuAction(boardStep, 0)}})})
	return nil
}

// namedArgs are what sentences say of a comparison.
func (p *desk) namedArgs(n effect.Named, k int) text.Args {
	return text.Args{"k": k, "program": feature.Clip(n.Title, feature.LongName), "angka": p.elementName(n.Element), "sebelum": p.periodName(n.Before),
		"sesudah": p.periodName(n.After), "tanggal": p.Cfg.Text.ShortDate(n.At.In(p.Cfg.Location)), "persen": n.Share}
}

// card shows one comparison.
func (e *env) card(ctx context.Context, a dialog.Action, _ int) error {
	n, err := e.tx.Comparison(ctx, a.Ref)
	if err != nil {
		return err
	}
	return e.showComparison(ctx, n, "")
}

// showComparison shows a comparison below a note: its picture, or that its figures are not
// there yet.
func (e *env) showComparison(ctx context.Context, n effect.Named, note string) error {
	rows := [][]dialog.Button{{{Label: e.Label("skm_comparisons"), Action: e.MenuAction(listStep, belowPicture)}}}
	args := e.desk().namedArgs(n, 0)
	say := func(key string) {
		body := e.T(key, args)
		if note != "" {
			body = note + "\n\n" + body
		}
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Rows: rows})
	}
	before, err := e.tx.SurveysIn(ctx, n.Before.Key)
	if err != nil {
		return err
	}
	after, err := e.tx.SurveysIn(ctx, n.After.Key)
	if err != nil {
		return err
	}
	switch {
	case len(before) == 0:
		args["periode"] = args["sebelum"]
		say("skm.waiting")
		return nil
	case len(after) == 0:
		args["periode"] = args["sesudah"]
		say("skm.waiting")
		return nil
	}
	o, err := e.tx.Outcome(ctx, n, e.Cfg.Location)
	if err != nil {
		return err
	}
	p := o.Picture
	if p.Verdict == effect.Nothing {
		say("skm.nobody")
		return nil
	}
	data, err := json.Marshal(e.desk().chart(n, p))
	if err != nil {
		return fmt.Errorf("encode effect: %w", err)
	}
	lines := append([]string{note}, e.desk().caption(n, p)...)
	if p.Tested() {
		if lines, err = e.severalLine(ctx, n, lines); err != nil {
			return err
		}
	}
	body, _ := feature.Joined(lines, feature.CaptionBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "skm.effect", Text: strings.TrimSpace(body), Rows: rows, Picture: &dialog.Picture{Kind: effectPicture, Data: data}})
	return nil
}

// severalLine adds how many comparisons were named of the same programme and periods: of
// many, one looks rare sooner.
func (e *env) severalLine(ctx context.Context, n effect.Named, lines []string) ([]string, error) {
	all, err := e.tx.Comparisons(ctx)
	if err != nil {
		return nil, err
	}
	same := 0
	for _, one := range all {
		if one.Programme == n.Programme && one.Before.Key == n.Before.Key && one.After.Key == n.After.Key {
			same++
		}
	}
	if same > 1 {
		lines = append(lines, e.T("skm.several", text.Args{"n": same}))
	}
	return lines, nil
}

// sentence says what follows from a comparison. It stands in the picture and below it.
func (p *desk) sentence(of effect.Picture) string {
	return p.Cfg.Text.Plain(of.Verdict.Sentence(), text.Args{"n": of.Chance.Of100()})
}

// moves are the values of the sentence about one side.
func moves(m effect.Mean) text.Args {
	return text.Args{"n": m.Units, "sebelum": satisfaction.Centi(m.Before).Points(), "sesudah": satisfaction.Centi(m.After).Points(), "gerak": satisfaction.Centi(m.Change()).Signed()}
}

// caption says in words what the picture shows.
func (p *desk) caption(n effect.Named, of effect.Picture) []string {
	t := p.Cfg.Text
	lines := []string{t.T("skm.effect", p.namedArgs(n, 0)), t.T("skm.side_trained", moves(of.Trained))}
	if of.Untrained.Units > 0 {
		lines = append(lines, t.T("skm.side_others", moves(of.Untrained)))
	}
	if of.Tested() {
		lines = append(lines, t.T("skm.difference", text.Args{"n": satisfaction.Centi(of.Difference()).Signed()}))
	}
	lines = append(lines, "", p.sentence(of))
	if len(of.Apart) > 0 && of.Verdict != effect.Alone {
		lines = append(lines, t.T("skm.apart", text.Args{"n": len(of.Apart)}))
	}
	if of.Partly > 0 {
		lines = append(lines, t.T("skm.partly", text.Args{"n": of.Partly, "persen": n.Share}))
	}
	return append(lines, "", t.T("skm.rule", p.namedArgs(n, 0)))
}

// chart is the picture.
func (p *desk) chart(n effect.Named, of effect.Picture) report.EffectChart {
	plain := p.Cfg.Text.Plain
	c := report.EffectChart{Title: feature.Clip(n.Title, feature.LongName), Subtitle: p.elementName(n.Element), Sentence: p.sentence(of), Footer: plain("skm.footer", p.namedArgs(n, 0)),
		Legend: report.EffectLegend{Before: p.periodName(n.Before), After: p.periodName(n.After)}}
	if of.Tested() {
		c.Subtitle = plain("skm.subtitle", text.Args{"angka": c.Subtitle, "n": satisfaction.Centi(of.Difference()).Signed()})
	}
	row := func(key string, m effect.Mean) {
		args := moves(m)
		c.Rows = append(c.Rows, report.EffectRow{Name: plain(key, args), Value: args["gerak"].(string), Text: plain("skm.from_to", args),
			Before: float64(m.Before) / 100, After: float64(m.After) / 100})
	}
	row("skm.row_trained", of.Trained)
	if of.Untrained.Units > 0 {
		row("skm.row_others", of.Untrained)
	}
	return c
}
