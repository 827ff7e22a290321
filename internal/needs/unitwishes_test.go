package needs

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/disclosure"
)

// unitChoices is how many of a unit have answered, and have chosen each of two topics.
type unitChoices struct{ n, a, b int }

// frozenWishes are units of one family that have chosen so, as they are frozen.
func frozenWishes(list []unitChoices) (a Analysis, all []Wish, own []OwnWish) {
	f := Frozen{}
	n, chosen := 0, [2]int{}
	for i, u := range list {
		id := int64(i + 1)
		f.Units = append(f.Units, Unit{ID: id, Name: fmt.Sprint("Unit ", id), Counts: Counts{People: u.n, Filled: u.n, Rated: u.n, Both: u.n}})
		own = append(own, OwnWish{id, "a", u.n, u.a}, OwnWish{id, "b", u.n, u.b})
		n, chosen[0], chosen[1] = n+u.n, chosen[0]+u.a, chosen[1]+u.b
	}
	all = []Wish{{"pelaksana", "a", "Aplikasi", n, chosen[0]}, {"pelaksana", "b", "Berkas", n, chosen[1]}}
	return Analyse(f), all, own
}

// saidOf is all that is told of wishes, of all units and of each.
func saidOf(all []WishTold, units []UnitWish) string {
	var out []string
	for _, w := range all {
		out = append(out, fmt.Sprintf("%s %d-%d/%d", w.Topic, w.From, w.To, w.N))
	}
	for _, w := range units {
		out = append(out, fmt.Sprintf("%s of %d: %d-%d/%d", w.Topic, w.Unit, w.From, w.To, w.N))
	}
	return strings.Join(out, "; ")
}

// telling is what is told of an agency by some of the rules.
type telling func(a Analysis, all []Wish, own []OwnWish) ([]WishTold, []UnitWish)

// tellBy leaves out the rules that are off.
func tellBy(cell func(w wishing, t WishTold, own []OwnWish) map[int]disclosure.Told, forced, tied bool) telling {
	return func(a Analysis, all []Wish, own []OwnWish) (told []WishTold, units []UnitWish) {
		w := newWishing(a, nil)
		told = Wishes(all)
		cells := make([]map[int]disclosure.Told, len(told))
		for i, t := range told {
			if cells[i] = cell(w, t, own); forced {
				hideSilent(t, cells[i])
				hideForced(t, cells[i])
			}
		}
		if tied {
			w.untie(cells)
		}
		for i, t := range told {
			units = append(units, w.units(t, cells[i])...)
		}
		return told, units
	}
}

// rangesBy tells every unit of five or more, in ranges that are made another way.
func rangesBy(rangeOf func(chosen, n int) disclosure.Range) func(w wishing, t WishTold, own []OwnWish) map[int]disclosure.Told {
	return func(w wishing, t WishTold, own []OwnWish) map[int]disclosure.Told {
		cells := map[int]disclosure.Told{}
		for _, o := range own {
			if o.Topic == t.Topic && o.N >= disclosure.GroupPersons {
				cells[w.leaves[o.Unit]] = disclosure.Told{N: o.N, Range: rangeOf(o.Chosen, o.N)}
			}
		}
		return cells
	}
}

// everyChoice calls fn with all that the people of units of these sizes may have chosen.
func everyChoice(sizes []int, fn func(list []unitChoices)) {
	list := make([]unitChoices, len(sizes))
	var play func(at int)
	play = func(at int) {
		if at == len(sizes) {
			fn(list)
			return
		}
		for a := range sizes[at] + 1 {
			for b := range sizes[at] - a + 1 {
				list[at] = unitChoices{sizes[at], a, b}
				play(at + 1)
			}
		}
	}
	play(0)
}

// fits tells whether what people have chosen is what is told.
func fits(list []unitChoices, told []WishTold, units []UnitWish) bool {
	of := func(topic string, u unitChoices) int {
		if topic == "a" {
			return u.a
		}
		return u.b
	}
	for _, w := range told {
		sum := 0
		for _, u := range list {
			sum += of(w.Topic, u)
		}
		if sum < w.From || sum > w.To {
			return false
		}
	}
	for _, w := range units {
		if n := of(w.Topic, list[w.Unit-1]); n < w.From || n > w.To {
			return false
		}
	}
	return true
}

// forcedBy lists what is told of agencies of these sizes from which it follows that all of a unit,
// or nobody, have chosen a topic; in units of five and more where two tell each other, below where
// nobody tells; or that of a told one fewer than three numbers are possible. told counts the units that are told.
func forcedBy(sizes []int, tell telling) (found []string, told int) {
	done := map[string]bool{}
	everyChoice(sizes, func(list []unitChoices) {
		a, all, own := frozenWishes(list)
		whole, units := tell(a, all, own)
		said := saidOf(whole, units)
		if done[said] {
			return
		}
		done[said], told = true, told+len(units)
		least, most := make([][2]int, len(sizes)), make([][2]int, len(sizes))
		for i, n := range sizes {
			least[i] = [2]int{n, n}
		}
		everyChoice(sizes, func(other []unitChoices) {
			if !fits(other, whole, units) {
				return
			}
			for i, u := range other {
				for k, n := range []int{u.a, u.b} {
					least[i][k], most[i][k] = min(least[i][k], n), max(most[i][k], n)
				}
			}
		})
		for _, u := range units {
			i, k := int(u.Unit)-1, strings.Index("ab", u.Topic)
			if most[i][k]-least[i][k] < 2 {
				found = append(found, fmt.Sprintf("only %d to %d of unit %d by %q", least[i][k], most[i][k], i+1, said))
			}
		}
		for i, n := range sizes {
			tells := 2
			if n < disclosure.GroupPersons {
				tells = 0
			}
			for k := range 2 {
				if least[i][k] > n-1-tells || most[i][k] < 1+tells {
					found = append(found, fmt.Sprintf("%d to %d of unit %d by %q", least[i][k], most[i][k], i+1, said))
				}
			}
		}
	})
	slices.Sort(found)
	return found, told
}

// The program "worlds" about wishes of units: of everything that people of small agencies may
// have chosen, what is told says of no unit that everybody has chosen a topic, or nobody. With
// a rule off it does.
func TestUnitWishesSayNeitherAllNorNone(t *testing.T) {
	rules, all := tellBy(wishing.seen, true, true), 0
	for _, sizes := range [][]int{{9, 10}, {8, 9}, {10, 9, 3}, {14, 4}, {8, 20}, {11, 12}} {
		found, told := forcedBy(sizes, rules)
		if len(found) > 0 {
			t.Errorf("%v: %d are forced, for example %s", sizes, len(found), found[0])
		}
		all += told
	}
	if all < 20 {
		t.Errorf("%d units are told: nothing is proved", all)
	}
	for name, c := range map[string]struct {
		sizes []int
		tell  telling
	}{
		"exact numbers": {[]int{9, 10}, tellBy(rangesBy(func(chosen, _ int) disclosure.Range { return disclosure.Range{From: chosen, To: chosen} }), false, false)},
		"ranges cut at five": {[]int{7, 9}, tellBy(rangesBy(func(chosen, n int) disclosure.Range {
			return disclosure.Range{From: chosen / 5 * 5, To: min(n, chosen/5*5+4)}
		}), false, false)},
		"the rest not looked": {[]int{8, 20}, tellBy(wishing.seen, false, true)},
		"topics not together": {[]int{11, 12}, tellBy(wishing.seen, true, false)},
	} {
		found, _ := forcedBy(c.sizes, c.tell)
		if t.Logf("%s: %d are forced", name, len(found)); len(found) == 0 {
			t.Errorf("%s: nothing is forced with the rule off: nothing is proved", name)
		}
	}
}

// Each rule about wishes of units, with an agency in which it hides something, and what would be
// told without it.
func TestUnitWishesByHand(t *testing.T) {
	of := func(n, a, b int) unitChoices { return unitChoices{n, a, b} }
	for name, c := range map[string]struct {
		units []unitChoices
		known map[int64]int
		want  string
	}{
		"ranges of five, the largest first": {units: []unitChoices{of(20, 7, 2), of(30, 12, 9)}, want: "a of 2: 10-14/30; a of 1: 5-9/20; b of 2: 5-9/30"},
		// Of 4, hidden; and the smallest further one with it, or they would be the rest.
		"a unit of four": {units: []unitChoices{of(20, 7, 0), of(30, 12, 0), of(4, 2, 0)}, want: "a of 2: 10-14/30"},
		// Of 8 it may be any number of them, so nothing is told.
		"a unit of eight": {units: []unitChoices{of(8, 6, 0), of(30, 12, 0), of(20, 3, 0)}, want: "a of 2: 10-14/30"},
		// Were nothing told of the thirty, at least six of the eight would have chosen it: they are told of at no time.
		"silence that tells": {units: []unitChoices{of(8, 6, 0), of(30, 12, 0)}, want: ""},
		// Fewer than five have chosen it in either, though nine have together.
		"under five in each": {units: []unitChoices{of(20, 4, 0), of(30, 4, 0)}, want: ""},
		// 8 + 7 of 16: both lower ends would leave six; with 5-9 and 5-9 of 13 three.
		"topics that leave few": {units: []unitChoices{of(13, 6, 7), of(40, 8, 6)}, want: "a of 1: 5-13/13; a of 2: 5-9/40; b of 2: 5-9/40"},
		// Whoever knows ten of thirty reads in ranges that ten more do not fill.
		"a reader with a team":      {units: []unitChoices{of(40, 7, 0), of(60, 27, 0)}, known: map[int64]int{2: 10}, want: "a of 2: 15-29/60; a of 1: 5-9/40"},
		"a reader with half a unit": {units: []unitChoices{of(40, 17, 0), of(20, 12, 0)}, known: map[int64]int{2: 10}, want: ""},
	} {
		a, all, own := frozenWishes(c.units)
		if got := saidOf(nil, UnitWishes(a, all, own, c.known)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Over generated agencies each range holds the count, is of five numbers or more, and the units
// with all units together force nothing. With the rule about the rest off some would.
func TestUnitWishesHoldTheCount(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 19))
	told := 0
	for range 400 {
		var list []unitChoices
		for range 2 + r.IntN(6) {
			n := r.IntN(30)
			a := r.IntN(n + 1)
			list = append(list, unitChoices{n, a, r.IntN(n - a + 1)})
		}
		a, all, own := frozenWishes(list)
		for _, w := range UnitWishes(a, all, own, nil) {
			told++
			n := list[w.Unit-1].a
			if w.Topic == "b" {
				n = list[w.Unit-1].b
			}
			if n < w.From || n > w.To || w.From < 5 || w.To-w.From < 4 || w.N < 9 {
				t.Fatalf("%+v: %s", list, saidOf(nil, []UnitWish{w}))
			}
		}
	}
	if told < 300 {
		t.Errorf("%d cells are told: nothing is proved", told)
	}
}

// countedOn lists the topics of units of these sizes of which everybody else of a unit, seen by
// somebody who knows the rules and the own answer, must have chosen them, or nobody else can have:
// by what is told, and by what is not. told counts the units that are told.
func countedOn(sizes []int, tell telling) (found []string, told int) {
	type bounds struct{ least, most [][2]int }
	same := map[string]*bounds{} // what may have been chosen where the same is told
	everyChoice(sizes, func(list []unitChoices) {
		a, all, own := frozenWishes(list)
		whole, units := tell(a, all, own)
		said := saidOf(whole, units)
		b := same[said]
		if b == nil {
			b = &bounds{make([][2]int, len(sizes)), make([][2]int, len(sizes))}
			for i, n := range sizes {
				b.least[i] = [2]int{n, n}
			}
			same[said], told = b, told+len(units)
		}
		for i, u := range list {
			for k, n := range []int{u.a, u.b} {
				b.least[i][k], b.most[i][k] = min(b.least[i][k], n), max(b.most[i][k], n)
			}
		}
	})
	for said, b := range same {
		for i, n := range sizes {
			for k := range 2 {
				if b.least[i][k] >= n-1 || b.most[i][k] <= 1 {
					found = append(found, fmt.Sprintf("%d to %d of unit %d by %q", b.least[i][k], b.most[i][k], i+1, said))
				}
			}
		}
	}
	slices.Sort(found)
	return found, told
}

// The program "worlds" about what is not told of wishes: of a unit that is left out the reader
// knows by which rules. Whoever was silent, on leave or did not answer is no part of a unit's number, so the reader is
// taken to know that number, and the own answer. With the rule about silence off, of ten, nine
// and three people the three are known.
func TestUnitWishesAreSilentAlike(t *testing.T) {
	all := 0
	for _, sizes := range [][]int{{10, 9, 3}, {10, 3, 3}, {9, 10}, {14, 4}, {11, 12}} {
		found, told := countedOn(sizes, tellBy(wishing.seen, true, true))
		if len(found) > 0 {
			t.Errorf("%v: %d are known, for example %s", sizes, len(found), found[0])
		}
		all += told
	}
	if all < 20 {
		t.Errorf("%d units are told: nothing is proved", all)
	}
	loud := func(a Analysis, all []Wish, own []OwnWish) (told []WishTold, units []UnitWish) {
		w := newWishing(a, nil)
		told = Wishes(all)
		for _, one := range told {
			cells := w.seen(one, own)
			hideForced(one, cells)
			units = append(units, w.units(one, cells)...)
		}
		return told, units
	}
	if found, _ := countedOn([]int{10, 9, 3}, loud); len(found) == 0 {
		t.Error("nothing is known with the rule off: nothing is proved")
	} else {
		t.Logf("with the rule off %d are known, for example %s", len(found), found[0])
	}
}
