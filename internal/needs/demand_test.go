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

// staffed is a unit's own people in one competency: those of each level who show it, and
// who do not.
type staffed map[competency.Level][2]int

// needing is an agency in which units have such people in Komunikasi.
func needing(units []Unit, people map[int64]staffed) (f Frozen, levels []OwnLevel) {
	f = Frozen{Competencies: []Competency{{"M.03", "Komunikasi", Important}}, Units: slices.Clone(units)}
	for i, u := range f.Units {
		o := Own{Unit: u.ID, Code: "M.03"}
		for l := competency.Level(1); l <= competency.MaxLevel; l++ {
			c := people[u.ID][l]
			for range c[0] {
				o.Add(l.Hundredths(), l)
			}
			for range c[1] {
				o.Add(l.Hundredths()-100, l)
			}
			if n := c[0] + c[1]; n > 0 {
				levels = append(levels, OwnLevel{Unit: u.ID, Code: "M.03", Level: l, N: n, Affected: c[1]})
			}
		}
		if o.N > 0 {
			f.Tallies = append(f.Tallies, o)
		}
		f.Units[i].Counts = Counts{o.N, o.N, o.N, o.N}
	}
	return f, levels
}

// written is a demand in one line.
func written(d Demand) string {
	r := func(t disclosure.Told) string { return fmt.Sprintf("%d-%d/%d", t.From, t.To, t.N) }
	out := []string{r(d.Told), "|"}
	for _, l := range d.Levels {
		out = append(out, fmt.Sprint("L", int(l.Level)), r(l.Told))
	}
	out = append(out, "|")
	for _, u := range d.Units {
		out = append(out, u.Name, r(u.Told))
	}
	return strings.Join(out, " ")
}

// Demands that were worked out by hand.
func TestDemandsByHand(t *testing.T) {
	units := []Unit{{ID: 1, Name: "Dinas"}, {ID: 2, Name: "Badan"}, {ID: 3, Name: "Kelurahan"}, {ID: 4, Parent: 1, Name: "UPT"}}
	for name, c := range map[string]struct {
		people map[int64]staffed
		known  map[int64]int
		want   string
	}{
		// 8 + 7 + 2 = 17 of 60; by level 9 of 33 and 8 of 27. Units in ranges of five.
		"exact of all, ranges of units": {people: map[int64]staffed{1: {1: {8, 4}, 2: {4, 4}}, 2: {1: {9, 4}, 2: {4, 3}}, 3: {1: {7, 1}, 2: {11, 1}}},
			want: "17-17/60 | L1 9-9/33 L2 8-8/27 | Badan 5-9/20 Dinas 5-9/20 Kelurahan 0-4/20"},
		// A unit of three is hidden, and so is the smallest of the others with it.
		"a small unit": {people: map[int64]staffed{1: {1: {8, 6}}, 2: {1: {9, 8}}, 3: {1: {0, 3}}},
			want: "17-17/34 | L1 17-17/34 | Badan 5-9/17"},
		// Everybody and nobody: neither is said.
		"all and none": {people: map[int64]staffed{1: {1: {0, 20}}, 2: {1: {20, 0}}},
			want: "20-20/40 | L1 20-20/40 | Dinas 15-20/20 Badan 0-4/20"},
		// All lack it: 38 of 40 may not.
		"all": {people: map[int64]staffed{1: {1: {0, 20}}, 2: {1: {0, 20}}}, want: "35-40/40 | L1 35-40/40 | Badan 15-20/20 Dinas 15-20/20"},
		// The exact 18 of 29 would tell that all nine lack it, because the twenty are told as
		// 5 to 9, so at most nine of them do. With 15 to 19 it is six of the nine or more.
		"the whole would tell of a part": {people: map[int64]staffed{1: {1: {0, 9}}, 2: {1: {11, 9}}}, want: "15-19/29 | L1 15-19/29 | Badan 5-9/20 Dinas 5-9/9"},
		// Level 3 is the chief of each of three units: three persons are never shown, and with
		// them hides the smallest further level, or they would be the rest of the whole.
		"a level of three": {people: map[int64]staffed{1: {1: {9, 6}, 2: {2, 3}, 3: {1, 0}}, 2: {1: {9, 6}, 2: {2, 3}, 3: {1, 0}}, 3: {1: {9, 6}, 2: {2, 3}, 3: {1, 0}}},
			want: "27-27/63 | L1 18-18/45 | Badan 5-9/21 Dinas 5-9/21 Kelurahan 5-9/21"},
		// All of level 2 are in one unit, beside two others: the difference of unit and level
		// would be those two.
		"a level that is nearly a unit": {people: map[int64]staffed{1: {1: {1, 1}, 2: {5, 5}}, 2: {1: {10, 10}}}, want: "16-16/32 | | Badan 10-14/20 Dinas 5-12/12"},
		// Somebody who knows ten of a hundred is told of the hundred in ranges of fifteen, so
		// that the ninety others are never all or none.
		"a reader with a team": {people: map[int64]staffed{1: {1: {60, 40}}, 2: {1: {26, 4}}}, known: map[int64]int{1: 10}, want: "44-44/130 | L1 44-44/130 | Dinas 30-44/100 Badan 0-4/30"},
		// Of twenty it is half: nothing is told of them, and so nothing of all.
		"a reader with half a unit": {people: map[int64]staffed{1: {1: {10, 10}}, 2: {1: {26, 4}}}, known: map[int64]int{1: 10}, want: "0-0/0 | |"},
		// Own staff of a unit stands for itself.
		"own staff": {people: map[int64]staffed{1: {1: {10, 5}}, 4: {1: {9, 6}}}, want: "11-11/30 | L1 11-11/30 | Dinas 5-9/15 UPT 5-9/15"},
		"too few":   {people: map[int64]staffed{1: {1: {1, 3}}}, want: "0-0/0 | |"},
	} {
		list := slices.Clone(units)
		for i := range list {
			list[i].Known = c.known[list[i].ID]
		}
		f, levels := needing(list, c.people)
		if got := written(Demands(f, levels)[0]); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Whatever the map and the demand show together of 5 to 12 persons, of everybody at least
// two levels are possible, and both that they lack something and that they do not.
func TestDemandBesideTheMapDeterminesNobody(t *testing.T) {
	shown := func(t Tally) string {
		return fmt.Sprintf("%+v %v", valueOf(t), disclosure.RangeOf(t.Affected, t.N, 0, 0))
	}
	for _, n := range []int{5, 7, 9, 10, 11, 12} {
		for required := competency.Level(1); required <= 4; required++ {
			for what, of := range map[string]func(competency.Level) bool{"level": nil, "lack": func(l competency.Level) bool { return l < required }} {
				if found := alike(n, required, shown, of); len(found) > 0 {
					t.Errorf("the %s of %d persons of a standard of %d is determined by %v", what, n, required, found)
				}
			}
		}
	}
}

// Over generated agencies every range holds the count, and the whole and the levels with
// the units say of no group that all or none need it.
func TestDemandsSayNeitherAllNorNone(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 3))
	exact, levelled, agencies := 0, 0, 0
	for range 400 {
		var units []Unit
		people := map[int64]staffed{}
		for id := int64(1); id <= int64(2+r.IntN(7)); id++ {
			units = append(units, Unit{ID: id, Parent: r.Int64N(id), Name: fmt.Sprint("Unit ", id)})
			people[id] = staffed{}
			bias := r.IntN(3) // all, none, mixed
			for l := competency.Level(1); l <= 4; l++ {
				n := r.IntN(16) / int(l)
				lack := r.IntN(n + 1)
				if bias == 0 {
					lack = n
				} else if bias == 1 {
					lack = 0
				}
				people[id][l] = [2]int{n - lack, lack}
			}
		}
		f, levels := needing(units, people)
		d := Demands(f, levels)[0]
		if d.N == 0 {
			continue
		}
		agencies++
		count := func(level competency.Level, unit int64) (n int) {
			for _, o := range levels {
				if (level == 0 || o.Level == level) && (unit == 0 || o.Unit == unit) {
					n += o.Affected
				}
			}
			return n
		}
		holds := func(what string, told disclosure.Told, n int) {
			if n < told.From || n > told.To || told.N < disclosure.GroupPersons {
				t.Fatalf("%s: %+v does not hold %d", what, told, n)
			}
		}
		holds("all", d.Told, count(0, 0))
		parts, rest := []disclosure.Told{}, d.N
		for _, u := range d.Units {
			holds(u.Name, u.Told, count(0, u.Unit))
			if u.Exact() {
				t.Fatalf("%s is told exactly", u.Name)
			}
			parts, rest = append(parts, u.Told), rest-u.N
		}
		if disclosure.Determined(d.Range, append(parts, disclosure.Hidden(rest))) {
			t.Fatalf("the units are determined: %s", written(d))
		}
		parts, rest = nil, d.N
		for _, l := range d.Levels {
			holds(fmt.Sprint("level ", l.Level), l.Told, count(l.Level, 0))
			parts, rest, levelled = append(parts, l.Told), rest-l.N, levelled+1
		}
		if len(parts) > 0 && disclosure.Determined(d.Range, append(parts, disclosure.Hidden(rest))) {
			t.Fatalf("the levels are determined: %s", written(d))
		}
		if d.Exact() {
			exact++
		}
	}
	if exact*3 < agencies || levelled < agencies {
		t.Errorf("of %d agencies %d are told exactly, with %d levels: too little is told", agencies, exact, levelled)
	}
	t.Logf("of %d agencies %d are told exactly, with %d levels", agencies, exact, levelled)
}
