// Package coverage puts what people need beside what partners offer, what is planned and
// what was held (cakupan kebutuhan), and makes the agency's plan for the budget of it
// (HCDP, rencana pengembangan kompetensi perangkat daerah). Seats are counted, not people.
package coverage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/plan"
	"bangkom/internal/training"
)

// Reader is what is read of a year.
type Reader interface {
	Proposals(ctx context.Context, year int) ([]needs.Proposal, error)
	Supplies(ctx context.Context, year int, place *time.Location) ([]needs.Supply, error)
	NeedPeriods(ctx context.Context) ([]needs.Period, error)
	Needs(ctx context.Context, period, reader int64) (needs.Frozen, error)
	NeedLevels(ctx context.Context, period int64) ([]needs.OwnLevel, error)
}

// Market is Reader with what partners offer, and who knows whom by name.
type Market interface {
	Reader
	// YearOffers lists what partners offer for a year and what has not begun on the civil day
	// of now.
	YearOffers(ctx context.Context, year int, now time.Time) ([]training.PartnerOffer, error)
	Planner
	NeedTeams(ctx context.Context, period int64) ([]needs.Team, error)
}

// Book is what the personnel office reads of a year: the needs of the newest closed period
// beside what units propose for it, what is planned in it and what partners offer. All that
// is said about a year is counted from one of these.
type Book struct {
	Year      int
	Period    needs.Period // zero = none was closed
	Demands   []needs.Demand
	Proposals []needs.Proposal
	Supplies  []needs.Supply
	Offers    []training.PartnerOffer
	Plans     Plans // what people plan; read outward alone
}

// Read gathers what one reader may see of a year; reader 0 is nobody, who knows no one by
// name. Offers are not read.
func Read(ctx context.Context, tx Reader, year int, place *time.Location, reader int64) (b Book, err error) {
	f, levels, err := b.fill(ctx, tx, year, place, reader)
	if err == nil && b.Period.ID != 0 {
		b.Demands = needs.Demands(f, levels)
	}
	return b, err
}

// ReadMarket is Read with the offers that have not begun at now.
func ReadMarket(ctx context.Context, tx Market, year int, reader int64, now time.Time) (b Book, err error) {
	if b, err = Read(ctx, tx, year, now.Location(), reader); err != nil {
		return b, err
	}
	b.Offers, err = tx.YearOffers(ctx, year, now)
	return b, err
}

// ReadOutward is ReadMarket for a file of which nobody knows who will read it.
func ReadOutward(ctx context.Context, tx Market, year int, now time.Time) (b Book, err error) {
	f, levels, err := b.fill(ctx, tx, year, now.Location(), 0)
	if err != nil {
		return b, err
	}
	if b.Period.ID != 0 {
		teams, err := tx.NeedTeams(ctx, b.Period.ID)
		if err != nil {
			return b, err
		}
		b.Demands = needs.Outward(f, levels, teams)
	}
	if b.Plans, err = ReadPlans(ctx, tx, year, now); err != nil {
		return b, err
	}
	b.Offers, err = tx.YearOffers(ctx, year, now)
	return b, err
}

// fill reads everything but the offers, and what was frozen of the newest closed period.
func (b *Book) fill(ctx context.Context, tx Reader, year int, place *time.Location, reader int64) (f needs.Frozen, levels []needs.OwnLevel, err error) {
	b.Year = year
	if b.Proposals, err = tx.Proposals(ctx, year); err != nil {
		return f, nil, err
	}
	if b.Supplies, err = tx.Supplies(ctx, year, place); err != nil {
		return f, nil, err
	}
	b.Supplies = needs.Propose(b.Supplies, b.Proposals)
	list, err := tx.NeedPeriods(ctx)
	if err != nil || len(list) == 0 {
		return f, nil, err
	}
	b.Period = list[0]
	if f, err = tx.Needs(ctx, b.Period.ID, reader); err != nil {
		return f, nil, err
	}
	levels, err = tx.NeedLevels(ctx, b.Period.ID)
	return f, levels, err
}

// Line is the coverage of a competency, or of one of its levels. Seats of what develops up
// to a level stand beside the need of that level.
type Line struct {
	Code, Name string
	Level      int             // 0 = all levels together
	Need       disclosure.Told // N = 0: nothing may be told, or nobody is rated in it
	Offered    int             // seats of offers of which no batch was planned yet
	Planned    int             // seats of batches of the year that are not over
	Held       int             // seats of batches of the year that are over
}

// Lacks is how many seats are missing at most: the top of the need without what is planned
// and held. 0 where nothing is told.
func (l Line) Lacks() int {
	if !needs.Tells(l.Need) {
		return 0
	}
	return max(0, l.Need.To-l.Planned-l.Held)
}

// Lines are all competencies in the order of the needs, each followed by its levels of which
// anything is known; then those that nobody is rated in and somebody offers, by
// name.
func (b Book) Lines() (lines []Line) {
	seen := map[string]bool{}
	for _, d := range b.Demands {
		seen[d.Code] = true
		lines = append(lines, b.of(d.Code, d.Name, d.Told, d.Levels)...)
	}
	var more []Line
	for _, o := range b.Offers {
		if !seen[o.Aim.Code] {
			seen[o.Aim.Code] = true
			more = append(more, Line{Code: o.Aim.Code, Name: o.Aim.Name})
		}
	}
	slices.SortFunc(more, func(x, y Line) int { return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Code, y.Code)) })
	for _, m := range more {
		lines = append(lines, b.of(m.Code, m.Name, disclosure.Told{}, nil)...)
	}
	return lines
}

// of are the lines of one competency.
func (b Book) of(code, name string, told disclosure.Told, levels []needs.LevelDemand) []Line {
	all, at := Line{Code: code, Name: name, Need: told}, map[int]*Line{}
	level := func(n int) *Line {
		if at[n] == nil {
			at[n] = &Line{Code: code, Name: name, Level: n}
		}
		return at[n]
	}
	for _, l := range levels {
		level(int(l.Level)).Need = l.Told
	}
	for _, o := range b.Offers {
		if o.Aim.Code == code && o.Planned == 0 {
			all.Offered += o.Seats
			level(o.Aim.Level).Offered += o.Seats
		}
	}
	for _, s := range b.Supplies {
		if to, ok := s.Develops(code); ok && s.Batches > 0 {
			one := level(to)
			all.Planned, all.Held = all.Planned+s.Seats-s.Held, all.Held+s.Held
			one.Planned, one.Held = one.Planned+s.Seats-s.Held, one.Held+s.Held
		}
	}
	lines := []Line{all}
	for n := range 6 {
		if at[n] != nil {
			lines = append(lines, *at[n])
		}
	}
	return lines
}

// Of are the offers for a competency.
func (b Book) Of(code string) (list []training.PartnerOffer) {
	for _, o := range b.Offers {
		if o.Aim.Code == code {
			list = append(list, o)
		}
	}
	return list
}

// Cost is what it costs in rupiah at most when so many people are trained: the top of what is
// told of them times the highest price of a seat. Told is false where nothing is told of
// them, or no partner has told a price.
type Cost struct {
	Seat   int64 // the highest price of a seat; 0 also where nothing is told
	Rupiah int64
	Told   bool
}

// seat is the highest price of a seat that is offered for a competency.
func (b Book) seat(code string) (price int64, told bool) {
	for _, o := range b.Of(code) {
		if p, ok := o.Seat(); ok {
			price, told = max(price, p), true
		}
	}
	return price, told
}

func (b Book) cost(code string, people disclosure.Told) (c Cost) {
	c.Seat, c.Told = b.seat(code)
	if c.Told = c.Told && needs.Tells(people); c.Told {
		c.Rupiah = int64(people.To) * c.Seat
	}
	return c
}

// PlanLine is one competency of the agency's plan: of all units together.
type PlanLine struct {
	Line
	Proposed int // people whom units propose for programmes that develop it
	Plans    Planned
	Cost
}

// PlanUnit is one competency of one unit in the agency's plan.
type PlanUnit struct {
	PlannedUnit
	Code, Name string
	Cost
}

// Plan is the agency's plan of a year (HCDP): the sum of what people plan, beside what is
// needed, proposed and held.
type Plan struct {
	AsOf   time.Time // what was submitted before is added up; zero = nothing is yet
	Agency []PlanLine
	Units  []PlanUnit // by unit, then by competency
	Rupiah int64      // of all competencies of which a cost is told
	Open   int        // what is planned without a cost
}

// Plan makes it of a book that was read outward. What is about no competency comes last.
func (b Book) Plan() (p Plan) {
	p.AsOf = b.Plans.AsOf
	seen := map[string]bool{}
	for _, l := range b.Lines() {
		if l.Level == 0 {
			seen[l.Code] = true
			p.Agency = append(p.Agency, b.planLine(l, b.Plans.Of(l.Code)))
		}
	}
	for _, planned := range b.Plans.List {
		if !seen[planned.Code] {
			p.Agency = append(p.Agency, b.planLine(Line{Code: planned.Code, Name: planned.Name}, planned))
		}
		for _, u := range planned.Units {
			p.Units = append(p.Units, PlanUnit{PlannedUnit: u, Code: planned.Code, Name: planned.Name, Cost: b.cost(planned.Code, u.People)})
		}
	}
	for _, l := range p.Agency {
		p.Rupiah += l.Rupiah
		if needs.Tells(l.Plans.People) && !l.Told {
			p.Open++
		}
	}
	slices.SortStableFunc(p.Units, func(x, y PlanUnit) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.PlannedUnit.Name), strings.ToLower(y.PlannedUnit.Name)), cmp.Compare(x.Unit, y.Unit))
	})
	return p
}

// planLine puts what is planned beside a line. Its cost is that of the trainings in it; where
// the forms are not told, of all of it.
func (b Book) planLine(l Line, planned Planned) PlanLine {
	out := PlanLine{Line: l, Plans: planned}
	for _, s := range b.Supplies {
		if _, ok := s.Develops(l.Code); ok {
			out.Proposed += s.Proposed
		}
	}
	people := planned.People
	if t, ok := planned.Forms[plan.Training]; ok && needs.Tells(t) {
		people = t
	}
	out.Cost = b.cost(l.Code, people)
	return out
}
