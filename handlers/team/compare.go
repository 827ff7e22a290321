package team

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/rating"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// laterCompare puts the message that both views are open off.
func (e *env) laterCompare(_ context.Context, a dialog.Action, message int) error {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "rating.open_later", Text: e.T("rating.open_later", nil), Edit: message,
		Rows: e.openButtons(a.Ref, false)})
	return nil
}

// reader is the side on which whoever reads both views stands.
type reader int

const (
	subject  reader = iota // the person whose views they are
	superior               // the direct superior, or a stand-in
	office                 // the personnel office, with a reason
)

// readerOf tells on which side the presser stands, who may read the pair.
func (e comparison) readerOf(pair rating.Pair) reader {
	if e.Employee.ID == pair.Subject.ID {
		return subject
	}
	return superior
}

// compare shows both views to somebody who may see them, from the moment at which
// both were sent: a picture, and a text that says the same. Storage records who
// opened them.
func (e *env) compare(ctx context.Context, id int64) error {
	pair, err := e.tx.Pair(ctx, id, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	return e.showPair(ctx, pair, comparison{e}.readerOf(pair))
}

// showPair shows both views. What differs and what is below the standard comes
// first; the personnel office, whose reason is good for one opening, has the rest
// below it at once.
func (e *env) showPair(ctx context.Context, pair rating.Pair, who reader) error {
	result, err := e.combine(ctx, pair)
	if err != nil {
		return err
	}
	data, err := json.Marshal(comparison{e}.pairChart(pair, result))
	if err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "rating.pair_head", Text: strings.Join(comparison{e}.pairFindings(pair, result), "\n"),
		Picture: &dialog.Picture{Kind: feature.GapPicture, Data: data}}, comparison{e}.pairList(pair, result, who, who == office))
	return nil
}

// compareAll shows every competency in the place of the list, or with the value
// "ringkas" the list again. It opens the answers anew, which is recorded.
func (e *env) compareAll(ctx context.Context, a dialog.Action, message int) error {
	pair, err := e.tx.Pair(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	result, err := e.combine(ctx, pair)
	if err != nil {
		return err
	}
	reply := comparison{e}.pairList(pair, result, comparison{e}.readerOf(pair), a.Value != shortList)
	reply.Edit = message
	e.Out.Replies = append(e.Out.Replies, reply)
	return nil
}

// shortList is the value of the button that leads back to what matters most.
const shortList = "ringkas"

// pairList is the list of competencies with its buttons: all of them, or those
// that differ or are below the standard.
func (e comparison) pairList(pair rating.Pair, r rating.Result, who reader, all bool) dialog.Reply {
	body, rest := e.pairText(pair, r, all)
	if next := e.NextStep(e.DefinitionOf(pair.Task), r.Profile); next != "" && who == subject {
		body += "\n\n" + next
	}
	reply := dialog.Reply{Template: "rating.pair_list", Text: body}
	row := func(label string, act dialog.Action) {
		reply.Rows = append(reply.Rows, []dialog.Button{{Label: e.Label(label), Action: act}})
	}
	if who == superior && len(pair.Open(r)) > 0 {
		reply.Rows = append(reply.Rows, e.openButtons(pair.Task.ID, true)[1])
	}
	act := e.MenuAction("bandingsemua", pair.Task.ID)
	switch {
	case who == office:
	case all:
		act.Value = shortList
		row("pair_short", act)
	case rest > 0:
		row("pair_all", act)
	}
	switch {
	case who == superior:
		row("team_back", e.teamBack())
	case who == subject:
		row("idp", e.Link(feature.ToOwnPlan, "idp", 0).Action)
	}
	if who == subject && (!pair.Former || pair.Reply.Body != "") { // what was written stays within reach
		reply.Rows = append(reply.Rows, []dialog.Button{replies(e).replyButton(pair.Task.ID, pair.Reply.Body != "")})
	}
	return reply
}

// pairFindings is what the picture says, in words.
func (e comparison) pairFindings(pair rating.Pair, r rating.Result) []string {
	lines := []string{e.T("rating.pair_head", text.Args{"alamat": pair.Subject.Address(), "periode": pair.Task.Occasion.Name})}
	if r.JPMBand == "" {
		return append(lines, e.T("result.no_standard", nil))
	}
	lines = append(lines, e.T("rating.jpm", text.Args{"jpm": r.JPM.String(), "kelas": r.JPMBand, "golongan": text.HTML(e.jpmBands())}))
	def := e.DefinitionOf(pair.Task)
	if names := feature.Titles(def, r.Profile.Strengths); names != "" {
		lines = append(lines, e.T("result.strengths", text.Args{"daftar": names}))
	}
	if len(r.Profile.Areas) == 0 {
		return append(lines, e.T("result.no_areas", nil))
	}
	return append(lines, e.T("result.areas", text.Args{"daftar": feature.Titles(def, r.Profile.Areas)}))
}

// jpmBands says from where the classes of the match begin.
func (e comparison) jpmBands() string {
	var bands []string
	for _, b := range competency.JPMBands() {
		key := "rating.jpm_from"
		if b.From == 0 {
			key = "rating.jpm_below"
		}
		bands = append(bands, e.T(key, text.Args{"kelas": b.Name, "persen": int(b.From) / 100}))
	}
	return strings.Join(bands, ", ")
}

// levelWord is a level as it is read, without decimals.
func (p *desk) levelWord(l competency.Level, known bool) string {
	if !known {
		return strings.ToLower(p.Cfg.Text.Plain("label.unknown", nil))
	}
	return p.ratedAs(fmt.Sprint(int(l)))
}

// pairChart draws the final level; the two views stand beside the name.
func (e comparison) pairChart(pair rating.Pair, r rating.Result) report.GapChart {
	plain := e.Cfg.Text.Plain
	c := report.GapChart{Title: plain("picture.pair_title", nil),
		Subtitle: plain("picture.pair_subtitle", text.Args{"alamat": pair.Subject.Address(), "periode": pair.Task.Occasion.Name}),
		Legend: report.GapLegend{Level: plain("picture.pair_level", nil), Standard: plain("picture.standard", nil),
			Zero: plain("picture.belum", nil), Skipped: plain("picture.pair_unknown", nil)}}
	for _, row := range r.Rows {
		g := report.GapRow{Level: row.Level.Float(), Skipped: row.Skipped,
			Name: plain("picture.pair_row", text.Args{"nama": row.Item.Title, "mandiri": e.desk.levelWord(row.Self, row.SelfKnown),
				"atasan": e.desk.levelWord(row.Rated, row.RatedKnown)})}
		if row.Compared {
			g.Required = int(row.Required)
		}
		c.Rows = append(c.Rows, g)
	}
	return c
}
