package needs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// pageOf says whose page is wanted, of which period and for which plan year, in which chat,
// and when that was.
type pageOf struct {
	sheetOf
	Year int       `json:"year"`
	At   time.Time `json:"at"`
}

// page sends the analysis on one page, for those who decide. It is made to be passed on.
func (e *env) page(ctx context.Context, _ dialog.Action, _ int) error {
	list, err := e.tx.NeedPeriods(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return dialog.ErrNotFound
	}
	years, err := e.tx.ProposalYears(ctx)
	if err != nil {
		return err
	}
	of := pageOf{sheetOf{Period: list[0].ID, Reader: e.Employee.ID, Chat: e.Session.ChatID}, e.desk().Today().Year(), e.Now}
	if len(years) > 0 {
		of.Year = years[0]
	}
	b, err := e.desk().briefing(ctx, e.tx, of)
	if err != nil {
		return err
	}
	if !b.whole.Ranked() {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.page_too_few", Text: e.T("needs.page_too_few", nil), Rows: [][]dialog.Button{{e.mapButton("back", 0, pages{})}}})
		return nil
	}
	if err := e.tx.RecordExport(ctx, mapPage, e.Cfg.Text.Plain("needs.page_for", nil), e.Employee.ID, e.Now); err != nil {
		return err
	}
	data, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("encode page: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.page_file", Shareable: true, Picture: &dialog.Picture{Kind: mapPage, Data: data, File: true, Report: true},
		Text: e.T("needs.page_file", text.Args{"periode": list[0].Name, "tahun": strconv.Itoa(of.Year)})})
	return nil
}

// briefing is what stands on the page.
type briefing struct {
	needs.Analysis
	whole    needs.Node
	units    []needs.Node
	supplies []needs.Supply
	wishes   []needs.WishTold
	year     int
	at       time.Time
}

func (p *desk) briefing(ctx context.Context, tx Tx, of pageOf) (b briefing, err error) {
	f, err := tx.Needs(ctx, of.Period, of.Reader)
	if err != nil {
		return b, err
	}
	teams, err := tx.NeedTeams(ctx, of.Period)
	if err != nil {
		return b, err
	}
	b = briefing{Analysis: needs.Analyse(f), year: of.Year, at: of.At.In(p.Cfg.Location)}
	b.whole, b.units = b.Passed(b.Top(), teams)
	wishes, err := tx.NeedWishes(ctx, of.Period)
	if err != nil {
		return b, err
	}
	b.wishes = needs.Wishes(wishes)
	b.supplies, err = tx.Supplies(ctx, of.Year, p.Cfg.Location)
	return b, err
}

// drawPage makes the page. Whoever has lost the right, or the chat, since it was asked for
// gets none.
func (p *desk) drawPage(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of pageOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	b, err := feature.ReadForOffice(ctx, p.Desk, of.Chat, of.Reader, func(tx Tx) (briefing, error) { return p.briefing(ctx, tx, of) })
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = p.onePage(b).WritePDF(&out)
	return out.Bytes(), err
}

// onePage lays the page out.
func (p *desk) onePage(b briefing) report.OnePage {
	plain, n, year := p.Cfg.Text.Plain, p.Cfg.Text.Number, strconv.Itoa(b.year)
	batches, seats := planned(b.supplies)
	o := report.OnePage{Title: plain("needs.page_title", nil), Letter: p.Cfg.Agency.Letter, Heading: plain("needs.page_title", nil),
		Subtitle: plain("needs.page_subtitle", text.Args{"periode": b.Period.Name, "tanggal": p.Cfg.Text.Date(b.Period.ClosedAt.In(p.Cfg.Location))}),
		Tiles: []report.Tile{{Figure: n(b.whole.People), Label: plain("needs.page_people", nil)}, {Figure: n(b.whole.Filled), Label: plain("needs.page_filled", nil)},
			{Figure: n(b.whole.Rated), Label: plain("needs.page_rated", nil)},
			{Figure: n(seats), Label: plain("needs.page_seats", text.Args{"tahun": year, "angkatan": n(batches)})}},
		BarsHead: [4]string{plain("needs.page_names", nil), plain("needs.page_lack", nil), plain("needs.page_share", nil), plain("needs.page_plan", text.Args{"tahun": year})},
		MapHead:  plain("needs.page_units", nil), MapNote: plain("needs.page_units_note", nil),
		Foot: []string{plain("needs.page_source", text.Args{"n": n(b.whole.Both)}), plain("needs.page_seat_note", text.Args{"tahun": year}),
			plain("needs.page_date", text.Args{"badan": p.Cfg.Agency.Name, "tanggal": p.Cfg.Text.Date(b.at)})}}
	order := b.order()
	for _, i := range order[:min(len(order), report.MostBars)] {
		o.Bars = append(o.Bars, p.pageBar(b, i))
	}
	for _, u := range b.units {
		row := report.HeatRow{Name: p.name(u)}
		for _, i := range order[:min(len(order), report.MostBars)] {
			row.Cells = append(row.Cells, cell(u.Values[i]))
		}
		o.Map = append(o.Map, row)
	}
	if len(b.units) == 0 {
		o.MapNote = plain("needs.page_no_units", nil)
	}
	o.Boxes = []report.PageBox{{Title: plain("needs.page_strengths", nil), Text: p.listed(b, b.Strengths(b.whole), "needs.page_no_strengths")},
		{Title: plain("needs.page_missing", nil), Text: p.listed(b, b.missing(), "needs.page_nothing_missing")}}
	o.Boxes = append(o.Boxes, p.wishBox(b.wishes)...)
	return o
}

// order are the competencies as they stand on the page: those of which nothing may stand
// there are the last, by name, whatever is known of them elsewhere.
func (b briefing) order() (places []int) {
	for i := range b.Competencies {
		places = append(places, i)
	}
	slices.SortStableFunc(places, func(x, y int) int {
		m, n := b.whole.Values[x].Shown(), b.whole.Values[y].Shown()
		switch {
		case m && n:
			return 0
		case m:
			return -1
		case n:
			return 1
		}
		return cmp.Compare(b.Competencies[x].Name, b.Competencies[y].Name)
	})
	return places
}

// developing are the programmes that develop a competency.
func (b briefing) developing(i int) []needs.Supply {
	return slices.DeleteFunc(slices.Clone(b.supplies), func(s needs.Supply) bool {
		_, ok := s.Develops(b.Competencies[i].Code)
		return !ok
	})
}

// planned adds up the batches and seats of programmes.
func planned(list []needs.Supply) (batches, seats int) {
	for _, s := range list {
		batches, seats = batches+s.Batches, seats+s.Seats
	}
	return batches, seats
}

// missing are the competencies in which something lacks and that no programme develops.
func (b briefing) missing() (places []int) {
	for i, c := range b.Competencies {
		if b.whole.Values[i].Lack > 0 && c.Importance != needs.NotAsked && len(b.developing(i)) == 0 {
			places = append(places, i)
		}
	}
	return places
}

// pageBar is one competency, with what is planned against it.
func (p *desk) pageBar(b briefing, i int) report.PageBar {
	plain, v := p.Cfg.Text.Plain, b.whole.Values[i]
	out := report.PageBar{Name: b.Competencies[i].Name, Lacking: true}
	offer := b.developing(i)
	switch batches, seats := planned(offer); {
	case len(offer) == 0:
		out.Plan = plain("needs.page_no_programme", nil)
	case batches == 0:
		out.Plan = plain("needs.page_unplanned", nil)
	default:
		out.Plan, out.Lacking = plain("needs.page_planned", text.Args{"angkatan": p.Cfg.Text.Number(batches), "tempat": p.Cfg.Text.Number(seats)}), false
	}
	if !v.Shown() {
		out.Hidden, out.Text, out.Lacking = true, plain("needs.page_hidden", nil), false
		return out
	}
	out.Text, out.Fill, out.Share, out.Lacking = cell(v).Text, float64(v.Lack)/needs.MostLack, p.ShareWord(v.Share), out.Lacking && v.Lack > 0
	return out
}

// listed names competencies, or says that there are none.
func (p *desk) listed(b briefing, places []int, none string) string {
	const mostNamed = 8
	var names []string
	for _, i := range places[:min(len(places), mostNamed)] {
		names = append(names, b.Competencies[i].Name)
	}
	if len(names) == 0 {
		return p.plain(none)
	}
	if left := len(places) - len(names); left > 0 {
		names = append(names, p.Cfg.Text.Plain("needs.page_more", text.Args{"n": left}))
	}
	return strings.Join(names, ", ") + "."
}
