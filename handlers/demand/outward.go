package demand

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/coverage"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// partnerSheet sends the sheet of needs that the personnel office hands to a partner, for the
// year that offers are made for: from July on the next one.
func (e *env) partnerSheet(ctx context.Context, a dialog.Action, _ int) error {
	p, err := e.tx.Partner(ctx, a.Ref)
	if err != nil {
		return err
	}
	year := e.desk().Today().AddDate(0, 6, 0).Year()
	if err := e.tx.RecordExport(ctx, "demand", p.Name, e.Employee.ID, e.Now); err != nil {
		return err
	}
	data, err := json.Marshal(bookOf{Year: year, Reader: e.Employee.ID, Chat: e.Session.ChatID, Partner: p.ID})
	if err != nil {
		return fmt.Errorf("encode demand: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "demand.partner_file", Shareable: true, Picture: &dialog.Picture{Kind: partnerSheet, Data: data, File: true, Report: true},
		Text: e.T("demand.partner_file", text.Args{"mitra": p.Name, "tahun": strconv.Itoa(year)})})
	return nil
}

// partnerPages are the sheets for the partner that was asked for.
func (p *desk) partnerPages(ctx context.Context, tx Tx, of bookOf) ([]sheet.Page, error) {
	partner, err := tx.Partner(ctx, of.Partner)
	if err != nil {
		return nil, err
	}
	return p.outward(ctx, tx, of.Year, partner, p.Cfg.Now().In(p.Cfg.Location))
}

// PartnerPages are the sheets that a partner gets (mitra): of all units together, and no
// number of fewer than five people. The year is of what is planned and proposed; now stands in
// the zone of the agency.
func PartnerPages(ctx context.Context, tx Tx, cat *text.Catalogue, now time.Time, year int, partner training.Partner) ([]sheet.Page, error) {
	return at(&feature.Desk{Cfg: feature.Config{Text: cat, Location: now.Location()}}).outward(ctx, tx, year, partner, now)
}

// outward makes those sheets; the second one is what the partner sends back as offers.
func (p *desk) outward(ctx context.Context, tx Tx, year int, partner training.Partner, now time.Time) ([]sheet.Page, error) {
	b, err := coverage.ReadOutward(ctx, tx, year, now)
	if err != nil {
		return nil, err
	}
	o, plans := overviewOf(b), b.Plans
	rows := [][]string{{"kompetensi", "tingkat", "dinilai", "belum_mencapai", "rencana_pegawai", "tempat_direncanakan"}}
	for _, d := range o.demands {
		if d.N == 0 {
			continue
		}
		n, _ := seats(o.developing(d.Code))
		rows = append(rows, []string{d.Name, p.plain("demand.all_levels"), strconv.Itoa(d.N), p.atLeastFive(d.Told), p.planned(plans, d.Code), strconv.Itoa(n)})
		for _, l := range d.Levels {
			rows = append(rows, []string{d.Name, strconv.Itoa(int(l.Level)), strconv.Itoa(l.N), p.atLeastFive(l.Told), "", ""})
		}
	}
	fill := [][]string{append(register.OffersTemplate(), p.plain("demand.partner_name"), p.plain("demand.partner_need"))}
	for _, d := range o.demands {
		for _, l := range d.Levels {
			if d.N > 0 && needs.Tells(l.Told) && l.To > 0 && l.Level > 0 {
				fill = append(fill, append(register.OfferFor(partner.Code, d.Code, int(l.Level)), d.Name, p.atLeastFive(l.Told)))
			}
		}
		if d.N > 0 && len(d.Levels) == 0 && needs.Tells(d.Told) && d.To > 0 {
			fill = append(fill, append(register.OfferFor(partner.Code, d.Code, 1), d.Name, p.atLeastFive(d.Told)))
		}
	}
	wanted := [][]string{{"pelatihan", "orang"}}
	for _, w := range needs.ByTraining(o.proposals) {
		if w.People >= disclosure.GroupPersons {
			wanted = append(wanted, []string{w.Name, strconv.Itoa(w.People)})
		}
	}
	about := [][]string{{p.plain("demand.partner_for"), partner.Name}, {p.plain("demand.partner_period"), feature.OrDash(o.period.Name)},
		{p.plain("demand.partner_year"), strconv.Itoa(year)}, {p.plain("needs.book_rules"), p.plain("demand.partner_rules")},
		{p.plain("demand.sheet_offers"), p.plain("demand.partner_fill")}}
	return []sheet.Page{{Name: p.plain("demand.sheet_about"), Rows: about}, {Name: p.plain("demand.sheet_offers"), Rows: fill}, {Name: p.plain("demand.sheet_needs"), Rows: rows}, {Name: p.plain("demand.sheet_proposals"), Rows: wanted}}, nil
}

// planned writes how many people's plans hold a competency; "" where nothing is told.
func (p *desk) planned(plans coverage.Plans, code string) string {
	if t := plans.Of(code).People; needs.Tells(t) {
		return p.atLeastFive(t)
	}
	return ""
}

// atLeastFive writes how many need it, and less of fewer than five.
func (p *desk) atLeastFive(t disclosure.Told) string {
	switch {
	case t.From == 0 && t.To == t.N:
		return p.plain("demand.untold")
	case t.From == 0:
		return p.Cfg.Text.Plain("demand.fewer_than", text.Args{"n": strconv.Itoa(t.To + 1)})
	case t.Exact():
		return strconv.Itoa(t.From)
	}
	return strconv.Itoa(t.From) + "-" + strconv.Itoa(t.To)
}
