package needs

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"bangkom/internal/disclosure"
)

// OwnWish is how many of a unit's own people have answered what they would like to learn and
// could choose a topic, and how many have chosen it.
type OwnWish struct {
	Unit      int64
	Topic     string
	N, Chosen int
}

// UnitWish is a topic as it may be shown of a unit without units below it, or of an own staff.
type UnitWish struct {
	Node
	WishTold
}

// UnitWishes are the topics of Wishes that may also be told of single units, in the order of
// Wishes, of each the units of most people first. own is what was frozen of the units, and
// known of how many of each unit's own people whoever reads may know the answer, because they
// are known by name. Only what five or more of a unit have chosen is told, in ranges of five,
// where five or more others of that unit have answered, and where the rest of all units, and all
// units together, say of no unit that everybody has chosen a topic, or nobody.
func UnitWishes(a Analysis, all []Wish, own []OwnWish, known map[int64]int) (out []UnitWish) {
	w := newWishing(a, known)
	told := Wishes(all)
	cells := make([]map[int]disclosure.Told, len(told))
	for i, t := range told {
		cells[i] = w.seen(t, own)
		hideSilent(t, cells[i])
		hideForced(t, cells[i])
	}
	w.untie(cells)
	for i, t := range told {
		out = append(out, w.units(t, cells[i])...)
	}
	return out
}

// wishing is a period while the wishes of its units are counted.
type wishing struct {
	analysis Analysis
	leaves   map[int64]int // nodes of units
	known    map[int]int   // by node
}

func newWishing(a Analysis, known map[int64]int) wishing {
	w := wishing{analysis: a, leaves: a.leaves(), known: map[int]int{}}
	for unit, n := range known {
		if at, ok := w.leaves[unit]; ok {
			w.known[at] += n
		}
	}
	return w
}

// units are those of which something is told of a topic, those of most people first.
func (w wishing) units(t WishTold, cells map[int]disclosure.Told) (units []UnitWish) {
	for at, one := range cells {
		if isTold(one) {
			units = append(units, UnitWish{w.analysis.Nodes[at], WishTold{Topic: t.Topic, Label: t.Label, Told: one}})
		}
	}
	slices.SortFunc(units, func(x, y UnitWish) int {
		return cmp.Or(cmp.Compare(y.From, x.From), cmp.Compare(y.To, x.To), strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), cmp.Compare(x.Unit, y.Unit))
	})
	return units
}

// isTold tells whether a range is told; what fewer than five may have chosen is not.
func isTold(cell disclosure.Told) bool { return cell.From >= disclosure.GroupPersons }

// seen are the nodes that are large enough to be told of a topic, with the ranges. Those in which
// fewer than five have chosen it are among them, because that nothing is told says nearly as much.
func (w wishing) seen(whole WishTold, own []OwnWish) map[int]disclosure.Told {
	counts := map[int]OwnWish{}
	for _, o := range own {
		at, ok := w.leaves[o.Unit]
		if !ok || o.Topic != whole.Topic {
			continue
		}
		counts[at] = OwnWish{N: counts[at].N + o.N, Chosen: counts[at].Chosen + o.Chosen}
	}
	places := make([]int, 0, len(counts))
	for at := range counts {
		places = append(places, at)
	}
	slices.Sort(places)
	groups := []disclosure.Group{{Parent: -1}}
	for _, at := range places {
		n := counts[at].N
		one := disclosure.Group{Parent: 0, Persons: n, Unknown: n - min(n, w.known[at])}
		groups[0].Persons, groups[0].Unknown = groups[0].Persons+n, groups[0].Unknown+one.Unknown
		groups = append(groups, one)
	}
	seen := disclosure.Seen(groups)
	cells := map[int]disclosure.Told{}
	for i, at := range places {
		if !seen[0] || !seen[i+1] {
			continue
		}
		c, knows := counts[at], min(counts[at].N, w.known[at])
		cells[at] = disclosure.Told{N: c.N, Known: knows, Range: disclosure.RangeOf(c.Chosen, c.N, 0, knows)}
	}
	return cells
}

// hideSilent takes out of the cells of a topic the units of which the fact that nothing is told
// would tell too much: it says that fewer than five of the unit have chosen the topic, and where all
// units together are told so many that fewer than five of all others may not have, somebody
// could count on the others. Nothing is told of such a unit whatever it has chosen; that follows
// from sizes and from what everybody reads, so its silence says nothing.
func hideSilent(whole WishTold, cells map[int]disclosure.Told) {
	maps.DeleteFunc(cells, func(_ int, one disclosure.Told) bool {
		others := whole.From - (disclosure.GroupPersons - 1)
		return whole.N-one.N-others < disclosure.GroupPersons
	})
}

// hideForced takes the smallest units out of those of a topic until what is told says, with what
// is told of all units together, of no unit and not of the rest that all of it have chosen the
// topic, or nobody.
func hideForced(whole WishTold, cells map[int]disclosure.Told) {
	for {
		rest, smallest := whole.N, -1
		var groups []disclosure.Told
		for _, at := range slices.Sorted(maps.Keys(cells)) {
			one := cells[at]
			groups, rest = append(groups, one), rest-one.N
			if isTold(one) && (smallest < 0 || one.N < cells[smallest].N) {
				smallest = at
			}
		}
		groups = append(groups, disclosure.Hidden(rest))
		if smallest < 0 || !disclosure.Determined(disclosure.Within(whole.Range, groups), groups) {
			return
		}
		delete(cells, smallest)
	}
}

// untie takes topics out of the cells of a unit until the lower ends of what is told of it leave
// five persons or more of those to whom it was offered: everybody chooses once, as with Wishes.
func (w wishing) untie(cells []map[int]disclosure.Told) {
	for _, at := range w.leaves {
		for {
			var topics []int
			for i := range cells {
				if isTold(cells[i][at]) {
					topics = append(topics, i)
				}
			}
			set := tightIn(topics, func(i int) disclosure.Told { return cells[i][at] })
			if set < 0 {
				break
			}
			delete(cells[set], at)
		}
	}
}

// tightIn finds topics of one unit whose lower ends leave fewer than five persons, and returns
// that of fewest people among them; -1 = there are none. To how many any of the topics was offered is
// at least to how many the one was that most were offered.
func tightIn(topics []int, of func(topic int) disclosure.Told) int {
	for mask := 1; mask < 1<<len(topics); mask++ {
		from, persons, least := 0, 0, -1
		for i, t := range topics {
			if mask&(1<<i) == 0 {
				continue
			}
			from, persons = from+of(t).From, max(persons, of(t).N)
			if least < 0 || of(t).From <= of(least).From {
				least = t
			}
		}
		if persons-from < disclosure.GroupPersons {
			return least
		}
	}
	return -1
}
