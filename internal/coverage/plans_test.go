package coverage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/plan"
	"bangkom/internal/training"
)

// planners is an agency of people who plan one competency or do not: by unit, and by form.
type planners struct {
	plans []bool // of each person
	form  []plan.Form
	unit  []int
	knows int // plans of a unit that one person reads
}

// sums adds them up as storage does.
func (p planners) sums() (s plan.Sums) {
	s.AsOf, s.People, s.Knows = time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), len(p.plans), p.knows
	forms := map[plan.Form]int{}
	all := 0
	for i, yes := range p.plans {
		at := slices.IndexFunc(s.Units, func(u plan.UnitSum) bool { return u.Unit == int64(p.unit[i]) })
		if at < 0 {
			at = len(s.Units)
			s.Units = append(s.Units, plan.UnitSum{Unit: int64(p.unit[i]), Name: fmt.Sprint("Unit ", p.unit[i]), Knows: p.knows, Cells: map[string]int{}})
		}
		s.Units[at].People++
		if yes {
			s.Units[at].Cells["M.03"]++
			forms[p.form[i]]++
			all++
		}
	}
	s.Cells = []plan.Cell{{Code: "M.03", Name: "Komunikasi", People: all}}
	for f, n := range forms {
		s.Cells = append(s.Cells, plan.Cell{Code: "M.03", Form: f, People: n})
	}
	return s
}

func chance(r *rand.Rand) (p planners) {
	p.knows = 1 + r.IntN(4)
	all := plan.Forms()
	for unit := range 2 + r.IntN(6) {
		bias := r.IntN(3) // all, none, mixed
		for range 3 + r.IntN(40) {
			p.plans = append(p.plans, bias == 0 || bias == 2 && r.IntN(2) == 0)
			p.form = append(p.form, all[min(r.IntN(len(all)), r.IntN(len(all)))])
			p.unit = append(p.unit, unit)
		}
	}
	return p
}

// The program "equations" over what people plan: over agencies made by chance, each range holds
// its count, and the whole, the units and the forms say together of no group that all plan it or
// none, with two who tell each other and whoever reads most plans by name. With numbers of units
// instead of ranges, with ranges that do not know who reads plans, and with the whole always as a
// number it finds such groups.
func TestPlansTellOfNobody(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 2))
	off := map[string]int{}
	told, exact := 0, 0
	for range 600 {
		sums := chance(r).sums()
		one := tellPlans(sums).Of("M.03")
		if !needs.Tells(one.People) {
			continue
		}
		told++
		n := sums.Cells[0].People
		holds := func(what string, t2 disclosure.Told, n int) {
			if n < t2.From || n > t2.To {
				t.Fatalf("%s: %+v does not hold %d", what, t2, n)
			}
		}
		holds("all", one.People, n)
		var parts, exactly, blind []disclosure.Told
		rest := sums.People
		for _, u := range one.Units {
			of := sums.Units[u.Unit]
			holds(u.Name, u.People, of.Cells["M.03"])
			if u.People.N < 9 || u.People.N-of.Knows < disclosure.GroupPersons || u.People.Exact() {
				t.Fatalf("%s of %d persons, of whom one knows %d, is told as %+v", u.Name, of.People, of.Knows, u.People)
			}
			parts, rest = append(parts, u.People), rest-u.People.N
			with := u.People
			with.Range = disclosure.Range{From: of.Cells["M.03"], To: of.Cells["M.03"]}
			exactly = append(exactly, with)
			with.Range = disclosure.RangeOf(of.Cells["M.03"], of.People, 0, 0)
			blind = append(blind, with)
		}
		hidden := disclosure.Hidden(rest)
		if disclosure.Determined(one.People.Range, append(parts, hidden)) {
			t.Fatalf("units are determined: %+v", one)
		}
		for what, groups := range map[string][]disclosure.Told{"numbers of units": exactly, "ranges that know no readers": blind} {
			if disclosure.Determined(one.People.Range, append(groups, hidden)) {
				off[what]++
			}
		}
		if disclosure.Determined(disclosure.Range{From: n, To: n}, append(parts, hidden)) {
			off["the whole always as a number"]++
		}
		if !one.People.Exact() {
			if len(one.Forms) > 0 {
				t.Fatalf("forms stand beside a range: %+v", one)
			}
			continue
		}
		exact++
		for f, part := range one.Forms {
			holds(string(f), part, sums.In("M.03", f))
			if part.N > 0 && disclosure.Determined(part.Range, []disclosure.Told{part}) {
				t.Fatalf("all or none of %d plan it as %s: %+v", part.N, f, part)
			}
			if one := sums.In("M.03", f); one > 0 && one < disclosure.GroupPersons || n-one > 0 && n-one < disclosure.GroupPersons {
				off["numbers of forms"]++ // a form of fewer than five, or all but fewer than five
				if part.Exact() && part.N > 0 {
					t.Fatalf("%d of %d as %s are told as a number", one, n, f)
				}
			}
		}
	}
	if told < 300 || exact < 50 {
		t.Errorf("of 600 agencies %d are told, %d as a number: too little is told", told, exact)
	}
	for _, what := range []string{"numbers of units", "ranges that know no readers", "the whole always as a number", "numbers of forms"} {
		if off[what] == 0 {
			t.Errorf("%s: nothing is found, so nothing is proved", what)
		}
	}
	t.Logf("%d told, %d as a number; with a rule off: %v", told, exact, off)
}

// A world of two files: one person of a unit submits between two months. What is told of the
// unit does not move, and without the rule about time it does.
func TestFilesOfTwoMonths(t *testing.T) {
	at := func(month time.Month) time.Time { return time.Date(2027, month, 10, 0, 0, 0, 0, time.UTC) }
	var changes []plan.Change
	for p := range int64(29) {
		changes = append(changes, plan.Change{Unit: 1, Person: p, At: at(1)})
	}
	world := func(n int, asOf time.Time) plan.Sums {
		return plan.Sums{AsOf: asOf, People: n + 100, Knows: 1, Cells: []plan.Cell{{Code: "M.03", People: 40 + n}},
			Units: []plan.UnitSum{{Unit: 1, People: n, Knows: 1, Cells: map[string]int{"M.03": n - 20}}}}
	}
	// Nine of 29 plan it. One more joins in February and plans it too.
	first := tellPlans(world(29, plan.AsOf(changes, plan.FewestChangesInUnit, at(2))))
	changes = append(changes, plan.Change{Unit: 1, Person: 29, At: at(2)})
	if units := plan.AsOfUnits(changes, at(3)); len(units) != 1 || !units[0].AsOf.Equal(first.AsOf) {
		t.Errorf("one person moves the sums of a unit: %+v", units)
	}
	if whole := plan.AsOf(changes, plan.FewestChanges, at(3)); !whole.Equal(first.AsOf) {
		t.Errorf("one person moves the sums of the agency: %s", whole)
	}
	second := tellPlans(world(30, at(3)))
	if a, b := first.Of("M.03"), second.Of("M.03"); a.Units[0].People.Range == b.Units[0].People.Range || a.People.Range == b.People.Range {
		t.Errorf("without the rule nothing moves either, so nothing is proved: %+v, %+v", a, b)
	}
}

// Costs are worked out of what is told and of prices that everybody in the office knows: of two
// counts that are told alike they are the same.
func TestCostsTellNoMoreThanRanges(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 3))
	told := map[string]int64{}
	for range 400 {
		p := chance(r)
		b := Book{Offers: []training.PartnerOffer{{Aim: training.Aim{Code: "M.03", Name: "Komunikasi", Level: 2}, Seats: 10, Price: 1_000_000, For: training.PerPerson}}, Plans: tellPlans(p.sums())}
		of := b.Plan()
		for _, u := range of.Units {
			key := fmt.Sprintf("unit %+v", u.People.Range)
			if was, ok := told[key]; ok && was != u.Rupiah {
				t.Fatalf("%s costs %d and %d", key, was, u.Rupiah)
			}
			told[key] = u.Rupiah
		}
		for _, l := range of.Agency {
			people := l.Plans.People
			if f, ok := l.Plans.Forms[plan.Training]; ok && needs.Tells(f) {
				people = f
			}
			if l.Told && l.Rupiah != int64(people.To)*1_000_000 || needs.Tells(people) != l.Told {
				t.Fatalf("%+v costs %d", people, l.Rupiah)
			}
		}
	}
	if len(told) < 10 {
		t.Errorf("%d ranges of units are told: nothing is proved", len(told))
	}
}
