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
)

// Planner is who adds up what people plan.
type Planner interface {
	// PlanSums adds up what people plan for a year, up to days that are told by plan.AsOf.
	PlanSums(ctx context.Context, year int, now time.Time) (plan.Sums, error)
}

// Planned is how many people's plans hold something about one competency, as everybody may
// read it.
type Planned struct {
	Code, Name string // "" = about no competency: wishes, and what units propose
	People     disclosure.Told
	// Forms are told of all units together alone, and only beside a number of people. N of
	// each is that number.
	Forms map[plan.Form]disclosure.Told
	Units []PlannedUnit
}

// PlannedUnit is the same of one unit, in whatever form.
type PlannedUnit struct {
	Unit   int64
	Name   string
	People disclosure.Told
}

// Plans are the sums of people's plans of a year.
type Plans struct {
	AsOf time.Time // zero = too few have submitted one
	List []Planned // by name; what is about no competency comes last
}

// ReadPlans adds up what people plan for a year, as everybody may read it.
func ReadPlans(ctx context.Context, tx Planner, year int, now time.Time) (Plans, error) {
	sums, err := tx.PlanSums(ctx, year, now)
	return tellPlans(sums), err
}

// tellPlans says of exact sums what may be told to everybody.
func tellPlans(sums plan.Sums) (p Plans) {
	p.AsOf = sums.AsOf
	for _, c := range sums.Cells {
		if c.Form != "" {
			continue
		}
		groups := make([]needs.Counted, len(sums.Units))
		for i, u := range sums.Units {
			groups[i] = needs.Counted{N: u.People, Affected: u.Cells[c.Code], Known: u.Knows}
		}
		one := Planned{Code: c.Code, Name: c.Name, Forms: map[plan.Form]disclosure.Told{}}
		var units []disclosure.Told
		one.People, units = needs.TellOutward(needs.Counted{N: sums.People, Affected: c.People, Known: sums.Knows}, groups)
		for i, told := range units {
			if told.N > 0 && needs.Tells(one.People) {
				one.Units = append(one.Units, PlannedUnit{sums.Units[i].Unit, sums.Units[i].Name, told})
			}
		}
		if one.People.N > 0 && one.People.Exact() {
			for _, f := range plan.Forms() {
				one.Forms[f], _ = needs.TellOutward(needs.Counted{N: c.People, Affected: sums.In(c.Code, f), Known: min(sums.Knows, c.People)}, nil)
			}
		}
		p.List = append(p.List, one)
	}
	slices.SortStableFunc(p.List, func(x, y Planned) int {
		if (x.Code == "") != (y.Code == "") {
			return cmp.Compare(len(y.Code), len(x.Code))
		}
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Code, y.Code))
	})
	return p
}

// Of is what is planned about a competency; the zero Planned = nothing is told.
func (p Plans) Of(code string) (one Planned) {
	for _, l := range p.List {
		if l.Code == code {
			return l
		}
	}
	return one
}
