package disclosure

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Ranges that were worked out by hand.
func TestRangeOf(t *testing.T) {
	for _, c := range []struct {
		count, n, width, known int
		want                   Range
	}{
		{0, 5, 5, 0, Range{0, 5}}, {5, 5, 5, 0, Range{0, 5}}, {8, 8, 5, 0, Range{0, 8}}, // too small to be parted
		{0, 9, 5, 0, Range{0, 4}}, {4, 9, 5, 0, Range{0, 4}}, {5, 9, 5, 0, Range{5, 9}}, {9, 9, 5, 0, Range{5, 9}},
		{7, 13, 5, 0, Range{5, 13}}, {13, 13, 5, 0, Range{5, 13}}, {14, 14, 5, 0, Range{10, 14}}, {9, 14, 5, 0, Range{5, 9}},
		{37, 120, 5, 0, Range{35, 39}}, {37, 120, 25, 0, Range{25, 49}},
		{37, 120, 1, 0, Range{37, 37}}, {5, 10, 1, 0, Range{5, 5}}, {4, 100, 1, 0, Range{0, 4}}, {96, 100, 1, 0, Range{95, 100}},
		{0, 100, 1, 0, Range{0, 4}}, {100, 100, 1, 0, Range{95, 100}}, {7, 100, 1, 3, Range{0, 9}}, {8, 100, 1, 3, Range{8, 8}}, // five whom the reader does not know
	} {
		if got := RangeOf(c.count, c.n, c.width, c.known); got != c.want {
			t.Errorf("%d of %d, width %d, known %d: %v, want %v", c.count, c.n, c.width, c.known, got, c.want)
		}
	}
}

// Whatever the count of 5 to 200 persons is, it lies in its range; the ranges of one width
// lie beside each other; and none of them, with two persons who tell each other, says that
// all or none are counted. Of ranges that are cut at their width it does.
func TestRangesSayNeitherAllNorNone(t *testing.T) {
	says := func(r Range, n int) bool { return Determined(r, []Told{{N: n, Range: r}}) }
	off := 0
	for n := GroupPersons; n <= 60; n++ { // a reader who knows some of them
		for known := range n {
			for count := range n + 1 {
				if r := RangeOf(count, n, 5, known); Determined(r, []Told{{N: n, Known: known, Range: r}}) && (r != Range{0, n}) {
					t.Fatalf("%d of %d, of whom %d are known: %v", count, n, known, r)
				}
			}
		}
	}
	for n := GroupPersons; n <= 200; n++ {
		for _, width := range []int{1, 5, 25, 125} {
			for count := range n + 1 {
				r := RangeOf(count, n, width, 0)
				if count < r.From || count > r.To || says(r, n) {
					t.Fatalf("%d of %d, width %d: %v", count, n, width, r)
				}
				if same := RangeOf(r.From, n, width, 0); width > 1 && same != r {
					t.Fatalf("%d of %d, width %d: %v, but its first number is in %v", count, n, width, r, same)
				}
				if says(Range{count / 5 * 5, min(n, count/5*5+4)}, n) {
					off++
				}
			}
		}
	}
	if off == 0 {
		t.Error("ranges that are cut at their width say it of nobody: nothing is proved")
	}
}

// What is told of the parts of a whole and of the whole together, counted out: Determined
// finds every part of which all that fits has the same answer for everybody but two.
func TestDeterminedFindsWhatIsForced(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 1))
	found, free := 0, 0
	for range 3000 {
		groups := make([]Told, 2+r.IntN(3))
		counts, sum, all := make([]int, len(groups)), 0, 0
		for i := range groups {
			n := GroupPersons + r.IntN(8)
			counts[i] = r.IntN(n + 1)
			groups[i] = Told{N: n, Range: RangeOf(counts[i], n, 5, 0)}
			sum, all = sum+counts[i], all+n
		}
		whole := RangeOf(sum, all, 1, 0)
		least, most := extremes(whole, groups)
		forced := false
		for i, g := range groups {
			forced = forced || least[i] > g.N-3 || most[i] < 3
		}
		if got := Determined(whole, groups); got != forced {
			t.Fatalf("%v of %+v: %t, counted out %t", whole, groups, got, forced)
		}
		if forced {
			found++
		} else {
			free++
		}
	}
	if found < 20 || free < 20 {
		t.Errorf("%d are forced and %d are not: nothing is proved", found, free)
	}
}

// extremes tries all counts that fit.
func extremes(whole Range, groups []Told) (least, most []int) {
	counts := make([]int, len(groups))
	var try func(at, sum int)
	try = func(at, sum int) {
		if at < len(groups) {
			for counts[at] = groups[at].From; counts[at] <= groups[at].To; counts[at]++ {
				try(at+1, sum+counts[at])
			}
			return
		}
		if sum < whole.From || sum > whole.To {
			return
		}
		if least == nil {
			least, most = append([]int{}, counts...), append([]int{}, counts...)
		}
		for i, c := range counts {
			least[i], most[i] = min(least[i], c), max(most[i], c)
		}
	}
	try(0, 0)
	return least, most
}

// population is people in groups by classes, each person in one of both.
type population struct {
	group, class []int
	known        map[int64]bool
}

func populate(r *rand.Rand) (p population, groups []Mixed) {
	p.known = map[int64]bool{}
	groups = make([]Mixed, 2+r.IntN(4))
	const classes = 4
	favourite := r.IntN(2) == 0
	for i := range groups {
		groups[i].Classes = make([]int, classes)
		usual := r.IntN(classes)
		for range 5 + r.IntN(9) {
			c := r.IntN(classes)
			if favourite && r.IntN(8) > 0 {
				c = usual
			}
			groups[i].Classes[c]++
			p.group, p.class = append(p.group, i), append(p.class, c)
			if r.IntN(12) == 0 {
				p.known[int64(len(p.group)-1)] = true
				groups[i].Known++
			}
		}
	}
	return p, groups
}

// views are the sums over groups and over the classes that are shown, without whom the
// reader knows. Of a group with fewer than five others nothing is shown.
func (p population) views(shown []bool, groups int, known map[int64]bool) (list []view) {
	of := func(in func(i int) bool) (v view) {
		for i := range p.group {
			if in(i) && !known[int64(i)] {
				v = append(v, int64(i))
			}
		}
		return v
	}
	list = append(list, of(func(int) bool { return true }))
	for g := range groups {
		list = append(list, of(func(i int) bool { return p.group[i] == g }))
	}
	for c, is := range shown {
		if is {
			list = append(list, of(func(i int) bool { return p.class[i] == c }))
		}
	}
	return list
}

// The program "equations" over people in units by required levels, for somebody who knows
// nobody and for a reader with a team: no set of four or fewer has a sum that can be worked
// out of sums over units and levels. Where every level of five persons is shown, it finds
// such sets.
func TestLevelsBesideUnitsTellOfNobody(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 2))
	nobody := map[int64]bool{}
	off, seen, whole, worlds := 0, 0, 0, 0
	for range 150 {
		p, groups := populate(r)
		small := false // of such a group nothing is shown, which is not the matter here
		alone := make([]Mixed, len(groups))
		size := make([]int, 4)
		for i, g := range groups {
			n := 0
			for c, k := range g.Classes {
				n, size[c] = n+k, size[c]+k
			}
			small = small || n-g.Known < GroupPersons
			alone[i] = Mixed{Classes: g.Classes}
		}
		if small {
			continue
		}
		worlds++
		all, own := Apart(alone, 4), Apart(groups, 4)
		for what, views := range map[string][]view{"everybody": p.views(all, len(groups), nobody), "a reader": p.views(own, len(groups), p.known)} {
			if few := isolated(views); few != nil {
				t.Fatalf("%s can work out %d persons: %+v", what, len(few), groups)
			}
		}
		large := make([]bool, 4)
		for c, n := range size {
			if large[c] = n >= GroupPersons; large[c] {
				whole++
			}
			if all[c] {
				seen++
			}
			if all[c] && n < GroupPersons {
				t.Fatal(fmt.Sprint("a class of ", n, " is shown"))
			}
		}
		if isolated(p.views(large, len(groups), nobody)) != nil {
			off++
		}
	}
	if off < 10 || seen*4 < whole {
		t.Errorf("with the rule off %d worlds are found, %d of %d large classes are shown: nothing is proved", off, seen, whole)
	}
	t.Logf("%d worlds: %d of %d large classes are shown; with the rule off %d worlds are found", worlds, seen, whole, off)
}
