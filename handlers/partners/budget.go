package partners

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/coverage"
	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/plan"
	"bangkom/internal/report"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

func (p *desk) drawPlanSheet(ctx context.Context, data json.RawMessage) ([]byte, error) {
	return p.draw(ctx, data, func(tx Tx, of fileOf, now time.Time, w io.Writer) error {
		return p.writePlan(ctx, tx, of.Year, now, false, w)
	})
}

func (p *desk) drawPlanPage(ctx context.Context, data json.RawMessage) ([]byte, error) {
	return p.draw(ctx, data, func(tx Tx, of fileOf, now time.Time, w io.Writer) error {
		return p.writePlan(ctx, tx, of.Year, now, true, w)
	})
}

// WritePlan writes the agency's plan of a year as a spreadsheet, or as a PDF, outside of the
// chat. now stands in the zone of the agency.
func WritePlan(ctx context.Context, tx Tx, cat *text.Catalogue, agency feature.Agency, year int, now time.Time, paper bool, w io.Writer) error {
	p := at(&feature.Desk{Cfg: feature.Config{Text: cat, Location: now.Location(), Agency: agency}})
	return p.writePlan(ctx, tx, year, now, paper, w)
}

// writePlan writes it. Nobody knows who will read it, so it holds what may be told to
// everybody.
func (p *desk) writePlan(ctx context.Context, tx Tx, year int, now time.Time, paper bool, w io.Writer) error {
	b, err := coverage.ReadOutward(ctx, tx, year, now)
	if err != nil {
		return err
	}
	of := b.Plan()
	if paper {
		return p.paper(b, of, now).WritePDF(w)
	}
	batches, err := tx.YearBatches(ctx, year, p.Cfg.Location)
	if err != nil {
		return err
	}
	return sheet.WriteBook(w, sheet.Page{Name: p.plain("hcdp.sheet"), Rows: p.agencyRows(of)}, sheet.Page{Name: p.plain("hcdp.sheet_units"), Rows: p.unitRows(of)},
		sheet.Page{Name: p.plain("demand.sheet_proposals"), Rows: p.proposalRows(b)}, sheet.Page{Name: p.plain("hcdp.sheet_batches"), Rows: p.batchRows(b, batches)},
		sheet.Page{Name: p.plain("demand.sheet_book"), Rows: p.bookRows([]string{"perlu_min", "coverage.book_need", "usulan_orang", "demand.book_proposed", "rencana_min", "hcdp.book_plans", "mandiri", "hcdp.book_forms", "direncanakan", "coverage.book_planned",
			"terlaksana", "coverage.book_held", "harga_per_orang", "hcdp.book_seat", "biaya_paling_banyak", "hcdp.book_cost"})})
}

// amount is an amount in a cell; "" where none is told.
func amount(n int64, told bool) string {
	if !told {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// formCells are how many do it in each form, in the order of plan.Forms: "12", "0-4", or
// nothing.
func formCells(forms map[plan.Form]disclosure.Told) (cells []string) {
	for _, f := range plan.Forms() {
		cell := ""
		if t := forms[f]; needs.Tells(t) {
			if cell = strconv.Itoa(t.From); !t.Exact() {
				cell += "-" + strconv.Itoa(t.To)
			}
		}
		cells = append(cells, cell)
	}
	return cells
}

// planName is what a line of the plan is about.
func (p *desk) planName(code, name string) string {
	if code == "" {
		return p.plain("hcdp.no_competency")
	}
	return name
}

func (p *desk) agencyRows(of coverage.Plan) [][]string {
	rows := [][]string{{"kode_kompetensi", "kompetensi", "perlu_min", "perlu_maks", "usulan_orang", "rencana_min", "rencana_maks", "mandiri", "bimbingan", "pendampingan", "pelatihan", "penugasan",
		"direncanakan", "terlaksana", "harga_per_orang", "biaya_paling_banyak"}}
	for _, l := range of.Agency {
		row := append([]string{l.Code, p.planName(l.Code, l.Name)}, told(l.Need)...)
		row = append(append(row, strconv.Itoa(l.Proposed)), told(l.Plans.People)...)
		row = append(append(row, formCells(l.Plans.Forms)...), strconv.Itoa(l.Planned), strconv.Itoa(l.Held), amount(l.Seat, l.Told), amount(l.Rupiah, l.Told))
		rows = append(rows, row)
	}
	total := make([]string, len(rows[0]))
	total[1], total[len(total)-1] = p.plain("hcdp.total"), strconv.FormatInt(of.Rupiah, 10)
	return append(rows, total)
}

func (p *desk) unitRows(of coverage.Plan) [][]string {
	rows := [][]string{{"unit_kerja", "kode_kompetensi", "kompetensi", "rencana_min", "rencana_maks", "biaya_paling_banyak"}}
	for _, u := range of.Units {
		rows = append(rows, append(append([]string{u.PlannedUnit.Name, u.Code, p.planName(u.Code, u.Name)}, told(u.People)...), amount(u.Rupiah, u.Told)))
	}
	return rows
}

// proposalRows are what units propose, by training, with what an offer of that title costs.
func (p *desk) proposalRows(b coverage.Book) [][]string {
	rows := [][]string{{"pelatihan", "usulan", "orang", "harga_per_orang", "biaya_paling_banyak"}}
	for _, w := range needs.ByTraining(b.Proposals) {
		var seat int64
		priced := false
		for _, o := range b.Offers {
			if n, ok := o.Seat(); ok && needs.TitleKey(o.Title) == needs.TitleKey(w.Name) {
				seat, priced = max(seat, n), true
			}
		}
		rows = append(rows, []string{w.Name, strconv.Itoa(w.Proposals), strconv.Itoa(w.People), amount(seat, priced), amount(seat*int64(w.People), priced)})
	}
	return rows
}

// batchRows are the batches of the year, with what the offer costs from which one was planned.
func (p *desk) batchRows(b coverage.Book, list []training.Batch) [][]string {
	rows := [][]string{{"pelatihan", "mulai", "selesai", "jp", "tempat", "mitra", "biaya"}}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(p.Cfg.Location).Format(time.DateOnly)
	}
	for _, one := range list {
		cost, priced := int64(0), false
		for _, o := range b.Offers {
			if o.ID == one.Offer {
				if cost, priced = o.Class(); o.For == training.PerPerson {
					cost = o.Price * int64(one.Seats)
				}
			}
		}
		rows = append(rows, []string{one.Name, day(one.Starts()), day(one.Ends()), strconv.Itoa(one.Programme.JP), strconv.Itoa(one.Seats), one.Programme.Partner.Name, amount(cost, priced)})
	}
	return rows
}

// paper is the plan as a document for the budget.
func (p *desk) paper(b coverage.Book, of coverage.Plan, now time.Time) report.Recap {
	n, plain := p.Cfg.Text.Number, p.plain
	r := report.Recap{Letterhead: p.Cfg.Agency.Letter, Title: plain("hcdp.title"), Unit: p.Cfg.Text.Plain("hcdp.year", text.Args{"tahun": strconv.Itoa(b.Year)}),
		NeedsTitle: plain("hcdp.table"), ProposalTitle: plain("hcdp.table_forms"), Page: plain("hcdp.page"),
		Head:         []string{plain("hcdp.c_competency"), plain("hcdp.c_need"), plain("hcdp.c_proposed"), plain("hcdp.c_plans"), plain("hcdp.c_planned"), plain("hcdp.c_held"), plain("hcdp.c_seat"), plain("hcdp.c_cost")},
		ProposalHead: []string{plain("hcdp.c_competency"), plain("hcdp.c_plans"), plain("hcdp.c_self"), plain("hcdp.c_coaching"), plain("hcdp.c_mentoring"), plain("hcdp.c_training"), plain("hcdp.c_assignment")},
		Sign:         report.SignBlock{Place: p.Cfg.Text.Plain("hcdp.place", text.Args{"tempat": cmp.Or(p.Cfg.Agency.Place, "................"), "tanggal": p.Cfg.Text.Date(now)}), Title: plain("hcdp.sign")}}
	r.Facts = [][2]string{{plain("hcdp.f_period"), feature.OrDash(b.Period.Name)}, {plain("hcdp.f_as_of"), p.asOf(of.AsOf)}, {plain("hcdp.f_offers"), n(len(b.Offers))}, {plain("hcdp.f_cost"), p.rupiah(of.Rupiah)}}
	if of.Open > 0 {
		r.Facts = append(r.Facts, [2]string{plain("hcdp.f_open"), n(of.Open)})
	}
	money := func(v int64, told bool) string {
		if !told {
			return "-"
		}
		return p.rupiah(v)
	}
	people := func(t disclosure.Told) string {
		if !needs.Tells(t) {
			return "-"
		}
		return feature.NeedWord(p.Cfg.Text, t)
	}
	for _, l := range of.Agency {
		name := p.planName(l.Code, l.Name)
		r.Needs = append(r.Needs, []string{name, people(l.Need), n(l.Proposed), people(l.Plans.People), n(l.Planned), n(l.Held), money(l.Seat, l.Told), money(l.Rupiah, l.Told)})
		if len(l.Plans.Forms) > 0 {
			row := []string{name, people(l.Plans.People)}
			for _, f := range plan.Forms() {
				row = append(row, people(l.Plans.Forms[f]))
			}
			r.Proposals = append(r.Proposals, row)
		}
	}
	units := report.RecapTable{Title: plain("hcdp.table_units"), Head: []string{plain("hcdp.c_unit"), plain("hcdp.c_competency"), plain("hcdp.c_plans"), plain("hcdp.c_cost")}}
	for _, u := range of.Units {
		units.Rows = append(units.Rows, []string{u.PlannedUnit.Name, p.planName(u.Code, u.Name), people(u.People), money(u.Rupiah, u.Told)})
	}
	r.More = []report.RecapTable{units}
	r.Notes = []string{plain("hcdp.note_plans"), plain("hcdp.note_cost"), plain("hcdp.note_units"), plain("hcdp.note_as_of")}
	return r
}

// asOf says up to when plans are added up.
func (p *desk) asOf(day time.Time) string {
	if day.IsZero() {
		return p.plain("hcdp.none_yet")
	}
	return p.Cfg.Text.Plain("hcdp.before", text.Args{"tanggal": p.Cfg.Text.Date(day.In(p.Cfg.Location))})
}
