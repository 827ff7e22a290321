package needs

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
)

// handed is a demand as it goes out of the house, with what the generator knows: how many of
// each unit need it, and how many of them whoever knows most of the unit reads by name.
type handed struct {
	Demand
	needs, knows, size map[int64]int
	all                int
	inside             disclosure.Told // as it is told to somebody in the house who knows nobody by name
}

// handedOut makes an agency by chance and the sheet that goes to partners (Outward).
func handedOut(r *rand.Rand) (h handed, ok bool) {
	var units []Unit
	var teams []Team
	people := map[int64]staffed{}
	h.needs, h.knows, h.size = map[int64]int{}, map[int64]int{}, map[int64]int{}
	for id := int64(1); id <= int64(2+r.IntN(7)); id++ {
		units = append(units, Unit{ID: id, Parent: r.Int64N(id), Name: fmt.Sprint("Unit ", id)})
		people[id] = staffed{}
		bias := r.IntN(4) // all, none, mixed, a few
		for l := competency.Level(1); l <= 4; l++ {
			n := r.IntN(24) / int(l)
			lack := []int{n, 0, r.IntN(n + 1), min(n, r.IntN(3))}[bias]
			people[id][l] = [2]int{n - lack, lack}
			h.needs[id], h.size[id], h.all = h.needs[id]+lack, h.size[id]+n, h.all+lack
		}
		h.knows[id] = min(h.size[id], r.IntN(6))
		teams = append(teams, Team{Unit: id, Superior: 100 + id, N: h.knows[id]})
	}
	f, levels := needing(units, people)
	h.Demand, h.inside = Outward(f, levels, teams)[0], Demands(f, levels)[0].Told
	return h, h.N > 0
}

// The program "equations" over the sheet of what is needed, which goes to partners: over
// agencies made by chance each range holds its count, no unit of fewer than nine stands in it, and
// the whole, the units and the levels say together of no group that all need it or none, also to
// whoever knows most of it by name and is told by one more. With a rule off it finds such groups:
// numbers of units instead of ranges, ranges that do not know who reads them, small units, the whole
// as it is told in the house, and the whole always as a number, which tells who knows the many of
// the few that are left.
func TestDemandSheetTellsOfNobody(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 4))
	off := map[string]int{}
	told, units := 0, 0
	for range 800 {
		h, ok := handedOut(r)
		if !ok {
			continue
		}
		told++
		if h.all < h.From || h.all > h.To {
			t.Fatalf("%+v does not hold %d", h.Told, h.all)
		}
		if part := min(h.all, h.N-h.all); h.Exact() && part < manyPersons {
			t.Fatalf("%d of %d are told as a number", h.all, h.N)
		} else if part > 0 && part < disclosure.GroupPersons {
			off["the whole always as a number"]++ // fewer than five stand alone
		}
		var parts, exact, blind []disclosure.Told
		rest := h.N
		for _, u := range h.Units {
			units++
			n := h.needs[u.Unit]
			if u.N < fewestNamed || u.N-h.knows[u.Unit] < disclosure.GroupPersons || u.Exact() || n < u.From || n > u.To {
				t.Fatalf("%s of %d, of whom one knows %d and %d need it, is told as %+v", u.Name, h.size[u.Unit], h.knows[u.Unit], n, u.Range)
			}
			one := disclosure.Told{N: u.N, Known: h.knows[u.Unit], Range: u.Range}
			parts, rest = append(parts, one), rest-u.N
			one.Range = disclosure.Range{From: n, To: n}
			exact = append(exact, one)
			one.Range = disclosure.RangeOf(n, u.N, 0, 0)
			blind = append(blind, one)
		}
		hidden := disclosure.Hidden(rest)
		if disclosure.Determined(h.Range, append(parts, hidden)) {
			t.Fatalf("the units are determined, %v are known: %s", h.knows, written(h.Demand))
		}
		if disclosure.Determined(h.inside.Range, append(parts, hidden)) {
			off["the whole as it is told in the house"]++
		}
		levels, rest := []disclosure.Told{}, h.N
		for _, l := range h.Levels {
			levels, rest = append(levels, l.Told), rest-l.N
		}
		if len(levels) > 0 && disclosure.Determined(h.Range, append(levels, disclosure.Hidden(rest))) {
			t.Fatalf("the levels are determined: %s", written(h.Demand))
		}
		for what, groups := range map[string][]disclosure.Told{"numbers of units": exact, "ranges that know no readers": blind} {
			if disclosure.Determined(h.Range, append(groups, hidden)) {
				off[what]++
			}
		}
		for unit, size := range h.size {
			if left := size - h.knows[unit]; size > 0 && left < disclosure.GroupPersons {
				off["small units"]++ // whoever knows the others reads a range of fewer than five
			}
		}
	}
	if told < 500 || units < 800 {
		t.Errorf("of 800 agencies %d are told, with %d units: too little is told", told, units)
	}
	for _, what := range []string{"numbers of units", "ranges that know no readers", "small units", "the whole always as a number", "the whole as it is told in the house"} {
		if off[what] == 0 {
			t.Errorf("%s: nothing is found, so nothing is proved", what)
		}
	}
	t.Logf("%d told with %d units; with a rule off: %v", told, units, off)
}
