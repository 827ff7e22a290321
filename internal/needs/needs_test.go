package needs

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
)

// person is somebody in one competency: what is required, and the two views.
type person struct{ required, rated, self competency.Level }

func tally(people ...person) (t Tally) {
	for _, p := range people {
		t.Add(competency.Weighted(p.rated, p.self, competency.DefaultWeights()), p.required)
	}
	return t
}

// Groups that were worked out by hand, to the printed digits: domain 3.3 says how a level,
// a gap and a priority come about.
func TestValuesByHand(t *testing.T) {
	for name, c := range map[string]struct {
		people     []person
		gap, lack  string
		share      disclosure.Share
		importance int
		priority   string
	}{
		// Levels 1,75 0,25 1 2 1: gaps -0,25 -0,75 0 1 0, of which 1 is a surplus. The mean
		// gap is 0, what is lacking 0,2: both round to 0 of five persons.
		"a surplus hides nothing from the share": {[]person{{2, 2, 1}, {1, 0, 1}, {1, 1, 1}, {1, 2, 2}, {1, 1, 1}}, "0,0", "0,0", disclosure.Share{Part: 1, Of: 3}, Important, "0"},
		// Levels 1 2 2 1 2 against 3: gaps -2 -1 -1 -2 -1, mean -1,4 and rounded -1,5. All
		// five lack something: the highest third. 1,5 × 3 × 5/6 = 3,75.
		"all lack": {[]person{{3, 1, 1}, {3, 2, 2}, {3, 2, 2}, {3, 1, 1}, {3, 2, 2}}, "-1,5", "1,5", disclosure.Share{Part: 2, Of: 3}, Absolute, "3,75"},
		// Ten persons against 2: six with 2, four with 1. The mean gap is -0,4 and rounds to
		// -0,5; four of ten are the third fifth. 0,5 × 1 × 0,5 = 0,25.
		"four of ten": {append(slices.Repeat([]person{{2, 2, 2}}, 6), slices.Repeat([]person{{2, 1, 1}}, 4)...), "-0,5", "0,5", disclosure.Share{Part: 2, Of: 5}, Needed, "0,25"},
		// Twelve persons with standards from three classes: 4 × (4, gap -1), 4 × (3, gap
		// -0,75 by 2 and 3), 4 × (1, gap 1). The mean gap is -0,25 and rounds to -0,2; what
		// is lacking is 7/12 = 0,58 and rounds to 0,6; 8 of 12 are the fourth fifth.
		// 0,6 × 2 × 0,7 = 0,84.
		"three standards": {slices.Concat(slices.Repeat([]person{{4, 3, 3}}, 4), slices.Repeat([]person{{3, 2, 3}}, 4), slices.Repeat([]person{{1, 2, 2}}, 4)), "-0,2", "0,6", disclosure.Share{Part: 3, Of: 5}, Important, "0,84"},
		// Twenty who lack three levels are told as 1,5 or more, and have no place in the order
		// when the importance is 0.
		"not asked": {slices.Repeat([]person{{4, 1, 1}}, 20), "-1,5", "1,5", disclosure.Share{Part: 4, Of: 5}, NotAsked, "0"},
	} {
		v := valueOf(tally(c.people...))
		if got := fmt.Sprintf("%s %s %v %s", inTenths(v.Gap), inTenths(v.Lack), v.Share, v.Priority(c.importance)); got != fmt.Sprintf("%s %s %v %s", c.gap, c.lack, c.share, c.priority) {
			t.Errorf("%s: %s, want %s %s %v %s", name, got, c.gap, c.lack, c.share, c.priority)
		}
	}
}

func inTenths(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d,%d", sign, n/10, n%10)
}

// Whatever is shown of a group of 5 to 12 persons, of everybody at least two
// levels are possible, and both that they lack something and that they do not. Without the rounding the groups are found in which all are alike.
func TestNobodysLevelIsDetermined(t *testing.T) {
	exact := func(t Tally) string { return fmt.Sprint(t) }
	shown := func(t Tally) string { return fmt.Sprintf("%+v", valueOf(t)) }
	for _, n := range []int{5, 7, 10, 11, 12} {
		for required := competency.Level(1); required <= 4; required++ {
			for what, of := range map[string]func(competency.Level) bool{"level": nil, "lack": func(l competency.Level) bool { return l < required }} {
				if found := alike(n, required, shown, of); len(found) > 0 {
					t.Errorf("the %s of %d persons of a standard of %d is determined by %v", what, n, required, found)
				}
				if len(alike(n, required, exact, of)) < 2 {
					t.Errorf("without the rounding no %s is found of %d persons: the search proves nothing", what, n)
				}
			}
		}
	}
}

// alike lists what is shown in which only one level is possible for everybody, or only one
// answer to whether they lack something.
func alike(n int, required competency.Level, show func(Tally) string, lacks func(competency.Level) bool) (found []string) {
	possible := map[string]map[competency.Level]bool{}
	var fill func(levels []competency.Level)
	fill = func(levels []competency.Level) {
		if len(levels) < n {
			from := competency.Belum
			if len(levels) > 0 {
				from = levels[len(levels)-1]
			}
			for l := from; l <= competency.MaxLevel; l++ {
				fill(append(levels, l))
			}
			return
		}
		var t Tally
		for _, l := range levels {
			t.Add(l.Hundredths(), required)
		}
		s := show(t)
		if possible[s] == nil {
			possible[s] = map[competency.Level]bool{}
		}
		for _, l := range levels {
			if lacks != nil && lacks(l) {
				l = competency.Belum
			} else if lacks != nil {
				l = competency.MaxLevel
			}
			possible[s][l] = true
		}
	}
	fill(make([]competency.Level, 0, n))
	for s, levels := range possible {
		if len(levels) < 2 {
			found = append(found, s)
		}
	}
	return found
}

// frozen is an agency of units in which so many people have that level against 2.
func frozen(units []Unit, levels map[int64]map[string][]competency.Level) Frozen {
	f := Frozen{Competencies: []Competency{{"M.01", "Integritas", Important}, {"M.03", "Komunikasi", Important}}, Units: units}
	for i, u := range f.Units {
		for code, list := range levels[u.ID] {
			o := Own{Unit: u.ID, Code: code}
			for _, l := range list {
				o.Add(l.Hundredths(), 2)
			}
			f.Tallies = append(f.Tallies, o)
			f.Units[i].Counts = Counts{len(list), len(list), len(list), len(list)}
		}
	}
	return f
}

func many(n int, l competency.Level) []competency.Level {
	return slices.Repeat([]competency.Level{l}, n)
}

// names are the nodes below one, as a reader sees them.
func names(a Analysis, at int) string {
	var out []string
	for _, c := range a.Nodes[at].Children {
		name := a.Nodes[c].Name
		if a.Nodes[c].OwnStaff {
			name += "*"
		}
		if !a.Nodes[c].Ranked() {
			name = "(" + name + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

// What lacks most stands first, what is hidden last and by name; direct staff of a unit is
// a child of its own; units without people are not there.
func TestOrder(t *testing.T) {
	units := []Unit{{ID: 1, Name: "Dinas"}, {ID: 2, Parent: 1, Name: "UPT Barat"}, {ID: 3, Parent: 1, Name: "UPT Timur"}, {ID: 4, Name: "Zeta"}, {ID: 5, Name: "Alfa"}, {ID: 6, Name: "Kosong"}, {ID: 7, Name: "Badan"}}
	a := Analyse(frozen(units, map[int64]map[string][]competency.Level{
		1: {"M.01": many(6, 2), "M.03": many(6, 1)}, 2: {"M.01": many(8, 2), "M.03": many(8, 2)}, 3: {"M.01": many(7, 1), "M.03": many(7, 0)},
		4: {"M.01": many(3, 2), "M.03": many(3, 0)}, 5: {"M.01": many(4, 2), "M.03": many(4, 0)}, 7: {"M.01": many(9, 2), "M.03": many(9, 2)}}))
	if got, want := a.Competencies[0].Name, "Komunikasi"; got != want {
		t.Errorf("first is %s, want %s", got, want)
	}
	if got, want := names(a, 0), "Dinas Badan (Alfa) (Zeta)"; got != want {
		t.Errorf("the agency is %q, want %q", got, want)
	}
	at, _ := a.At(1)
	if got, want := names(a, at), "UPT Timur Dinas* UPT Barat"; got != want {
		t.Errorf("the agency's Dinas is %q, want %q", got, want)
	}
	if n := a.Nodes[at]; n.People != 21 || n.Values[0].N != 21 {
		t.Errorf("a unit counts %d people and %d, want those below it too", n.People, n.Values[0].N)
	}
	if east := a.Nodes[a.Nodes[at].Children[0]]; len(a.Strengths(east)) != 0 || fmt.Sprint(a.Areas(east)) != "[0 1]" {
		t.Errorf("strengths %v, areas %v", a.Strengths(east), a.Areas(east))
	}
	if west := a.Nodes[a.Nodes[at].Children[2]]; len(a.Areas(west)) != 0 || len(a.Strengths(west)) != 2 {
		t.Errorf("strengths %v, areas %v", a.Strengths(west), a.Areas(west))
	}
}

// What somebody does not see has no place in any order: whatever the levels of hidden
// groups are, everything that is shown stands where it stood.
func TestHiddenLevelsMoveNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(40, 2))
	units := func() (list []Unit) {
		for i := range int64(12) {
			list = append(list, Unit{ID: i + 1, Name: fmt.Sprint("Unit ", (i*5)%12)})
		}
		return list
	}
	small := map[int64]bool{2: true, 5: true, 9: true}
	world := func(hidden competency.Level, seed uint64) string {
		r := rand.New(rand.NewPCG(seed, seed))
		levels := map[int64]map[string][]competency.Level{}
		for i := range int64(12) {
			list, n := many(4, hidden), 5+r.IntN(9)
			if !small[i+1] {
				list = nil
				for range n {
					list = append(list, competency.Level(r.IntN(4)))
				}
			}
			levels[i+1] = map[string][]competency.Level{"M.01": list, "M.03": list}
		}
		return names(Analyse(frozen(units(), levels)), 0)
	}
	for range 50 {
		seed := r.Uint64()
		if a, b := world(0, seed), world(3, seed); a != b {
			t.Fatalf("the order of what is shown tells of what is hidden:\n%s\n%s", a, b)
		}
	}
}

// Classes and statuses of fewer than five are counted together with the smallest others.
func TestSmallGroupsAreCountedTogether(t *testing.T) {
	groups := []Group{{"JPT Pratama", Counts{People: 3}}, {"Pelaksana", Counts{People: 40}}, {"Pengawas", Counts{People: 6}}, {"", Counts{People: 1}}, {"Administrator", Counts{People: 12}}}
	if got, want := fmt.Sprint(together(groups)), "[{Pelaksana {40 0 0 0}} {Administrator {12 0 0 0}} { {10 0 0 0}}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Whoever has rated or leads people subtracts them: they do not count among the five.
func TestOwnTeamIsSubtracted(t *testing.T) {
	f := frozen([]Unit{{ID: 1, Name: "Bidang"}, {ID: 2, Name: "Lain"}, {ID: 3, Name: "Besar"}},
		map[int64]map[string][]competency.Level{1: {"M.01": many(12, 1)}, 2: {"M.01": many(45, 1)}, 3: {"M.01": many(60, 1)}})
	if got, want := names(Analyse(f), 0), "Besar Bidang Lain"; got != want {
		t.Errorf("somebody without a team sees %q, want %q", got, want)
	}
	f.Units[0].Known = 8
	if got, want := names(Analyse(f), 0), "Besar (Bidang) (Lain)"; got != want {
		t.Errorf("who knows eight of twelve sees %q, want %q", got, want)
	}
}
