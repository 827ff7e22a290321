package needs

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
)

// passable makes a period of one competency, with units below each other, and teams that
// divide their people.
func passable(r *rand.Rand) (f Frozen, teams []Team) {
	f = Frozen{Competencies: []Competency{{"M.01", "Integritas", Important}}}
	for u := range int64(2 + r.IntN(9)) {
		unit := Unit{ID: u + 1, Name: fmt.Sprint("Unit ", u+1), Counts: Counts{}}
		if u > 2 && r.IntN(3) == 0 {
			unit.Parent = 1 + r.Int64N(u)
		}
		n := r.IntN(120)
		unit.Counts = Counts{People: n + r.IntN(3), Filled: n, Rated: n, Both: n}
		f.Units = append(f.Units, unit)
		lack := r.IntN(n + 1)
		f.Tallies = append(f.Tallies, Own{Unit: unit.ID, Code: "M.01", Tally: Tally{N: n, Gap: -50, Lack: 50, Affected: lack}})
		for left := n; left > 0; {
			k := min(left, 1+r.IntN(20))
			left -= k
			teams = append(teams, Team{Unit: unit.ID, Superior: 1 + r.Int64N(12), N: k}) // superiors may have people in several units
		}
	}
	return f, teams
}

// Whoever reads the page, of whatever team: what stands there of the whole, of a child and of
// all that is not shown of the children is enough for that reader. With the rule off it is not.
func TestPassedIsEnoughForEverySuperior(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 5))
	shown, off := 0, 0
	for range 400 {
		f, teams := passable(r)
		a := Analyse(f)
		whole, children := a.Passed(0, teams)
		known := a.teamsIn(0, teams)
		for superior := int64(1); superior <= 12; superior++ {
			shown += few(a, whole, children, known, superior, func(what string, n, knows int) {
				t.Fatalf("%s of %d persons stands there, of whom %d are seen by name", what, n, knows)
			})
			var all []Node
			for _, c := range a.Nodes[0].Children {
				all = append(all, a.Nodes[c])
			}
			few(a, a.Nodes[0], all, known, superior, func(string, int, int) { off++ })
		}
	}
	if shown < 1000 || off == 0 {
		t.Errorf("%d groups are shown, and %d are too small with the rule off: nothing is proved", shown, off)
	}
}

// few finds what is not enough for a superior, and returns how many groups are shown.
func few(a Analysis, whole Node, children []Node, known map[int]map[int64]int, superior int64, found func(what string, n, knows int)) (shown int) {
	if !whole.Values[0].Shown() {
		return 0
	}
	check := func(what string, n, knows int) {
		if shown++; n > 0 && !disclosure.Enough(n, min(n, max(knows, 1))) {
			found(what, n, knows)
		}
	}
	check("the whole", whole.Values[0].N, known[0][superior])
	left, knows, any := whole.Values[0].N, known[0][superior], false
	for _, c := range children {
		if !c.Values[0].Shown() {
			continue
		}
		at, _ := a.At(c.Unit)
		any, left, knows = true, left-c.Values[0].N, knows-known[at][superior]
		check(c.Name, c.Values[0].N, known[at][superior])
	}
	if any {
		check("the rest", left, knows)
	}
	return shown
}

// A unit that is named to everybody has nine persons or more and is large enough for whoever
// knows most of them by name. With the rule off (Lacking) some are not.
func TestTargetsAreForEverybody(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 6))
	named, off := 0, 0
	for range 400 {
		f, teams := passable(r)
		for i, o := range f.Tallies {
			f.Tallies[i].Gap, f.Tallies[i].Lack = -60*competency.Hundredths(o.N), 60*competency.Hundredths(o.N)
		}
		for i := range teams { // each team has a superior of its own
			teams[i].Superior = int64(100 + i)
		}
		a := Analyse(f)
		below := a.teamsIn(a.Top(), teams)
		tooFew := func(n Node) bool {
			at, _ := a.At(n.Unit)
			own, leaf := map[int64]int{}, a.leaves()[n.Unit]
			for _, team := range teams {
				if a.leaves()[team.Unit] == leaf {
					own[team.Superior] += team.N
				}
			}
			if len(n.Children) > 0 {
				own = below[at]
			}
			return !disclosure.Enough(n.Values[0].N, most(own))
		}
		for _, n := range a.Targets(0, teams) {
			if named++; tooFew(n) {
				t.Fatalf("%s of %d persons is named", n.Name, n.Values[0].N)
			}
		}
		for _, n := range a.Lacking(0) {
			if tooFew(n) {
				off++
			}
		}
	}
	if named < 100 || off == 0 {
		t.Errorf("%d units are named, and %d are too small with the rule off: nothing is proved", named, off)
	}
}
