package disclosure

import (
	"math/rand/v2"
	"testing"
)

// forest is a tree of groups with the persons of each.
type forest struct {
	groups []Group
	in     []view // by group
	known  map[int64]bool
}

// grow makes a tree: each group that has others within it has persons of its own too, in
// one more group, as units and their direct staff.
func grow(r *rand.Rand) forest {
	f := forest{groups: []Group{{Parent: -1}}, in: []view{nil}, known: map[int64]bool{}}
	for range 2 + r.IntN(14) {
		f.groups, f.in = append(f.groups, Group{Parent: r.IntN(len(f.groups))}), append(f.in, nil)
	}
	leaf := make([]bool, len(f.groups))
	for i := range leaf {
		leaf[i] = true
	}
	for _, g := range f.groups[1:] {
		leaf[g.Parent] = false
	}
	for i := range leaf {
		if !leaf[i] {
			f.groups, f.in = append(f.groups, Group{Parent: i}), append(f.in, nil)
			leaf = append(leaf, true)
		}
	}
	person := int64(0)
	for i := range f.groups {
		if !leaf[i] {
			continue
		}
		for range r.IntN(11) {
			if person++; r.IntN(6) == 0 {
				f.known[person] = true
			}
			for at := i; at >= 0; at = f.groups[at].Parent {
				f.in[at] = append(f.in[at], person)
			}
		}
	}
	return f
}

// read counts the persons as somebody sees them who knows these.
func (f forest) read(known map[int64]bool) []Group {
	out := make([]Group, len(f.groups))
	for i, g := range f.groups {
		out[i] = Group{Parent: g.Parent, Persons: len(f.in[i])}
		for _, p := range f.in[i] {
			if !known[p] {
				out[i].Unknown++
			}
		}
	}
	return out
}

// shownTo are the sums that are shown, without the persons whom the reader knows: they are
// subtracted.
func (f forest) shownTo(shown []bool, known map[int64]bool) (views []view) {
	for i, yes := range shown {
		if !yes {
			continue
		}
		var v view
		for _, p := range f.in[i] {
			if !known[p] {
				v = append(v, p)
			}
		}
		views = append(views, v)
	}
	return views
}

// onlyTooSmall hides groups that are too small and nothing more: what the rules forbid.
func onlyTooSmall(groups []Group) []bool {
	out := make([]bool, len(groups))
	for i, g := range groups {
		out[i] = g.Persons >= GroupPersons
	}
	return out
}

// The program "equations" over trees of groups, for somebody who knows nobody, for a
// reader with a team, and for both together: no set of four or fewer has a sum that can be
// worked out. Without the rules it finds such sets: parent minus children, and the rest of
// a group behind a team.
func TestNoGroupBelowFiveIsWorkedOut(t *testing.T) {
	r := rand.New(rand.NewPCG(40, 1))
	nobody := map[int64]bool{}
	const trees = 80
	byDifference, byTeam, seen, whole := 0, 0, 0, 0
	for range trees {
		f := grow(r)
		all, own := Seen(f.read(nobody)), Seen(f.read(f.known))
		for what, views := range map[string][]view{"shown to all": f.shownTo(all, nobody), "shown to a reader": f.shownTo(own, f.known),
			"what readers show each other": append(f.shownTo(all, nobody), f.shownTo(own, nobody)...)} {
			if few := isolated(views); few != nil {
				t.Fatalf("%s: %d persons can be worked out of %d groups", what, len(few), len(views))
			}
		}
		if isolated(f.shownTo(onlyTooSmall(f.read(nobody)), nobody)) != nil {
			byDifference++
		}
		if isolated(f.shownTo(all, f.known)) != nil {
			byTeam++
		}
		for i, g := range f.read(nobody) {
			if g.Persons >= GroupPersons {
				whole++
			}
			if all[i] {
				seen++
			}
			if own[i] && !all[i] {
				t.Fatal("a reader with a team sees more than one without")
			}
		}
	}
	if byDifference < trees/4 || byTeam < trees/4 {
		t.Errorf("with the rules off %d trees are found by difference and %d by the own team: the search proves nothing", byDifference, byTeam)
	}
	if seen*2 < whole {
		t.Errorf("of %d groups that are large enough only %d are shown", whole, seen)
	}
	t.Logf("%d of %d groups that are large enough are shown; with the rules off %d and %d of %d trees are found", seen, whole, byDifference, byTeam, trees)
}

// What is shown of an area is worked out by hand.
func TestSeen(t *testing.T) {
	for name, c := range map[string]struct {
		groups []Group
		want   []bool
	}{
		"nothing is small":               {[]Group{{-1, 16, 16}, {0, 9, 9}, {0, 7, 7}}, []bool{true, true, true}},
		"the smallest further one hides": {[]Group{{-1, 24, 24}, {0, 12, 12}, {0, 9, 9}, {0, 3, 3}}, []bool{true, true, false, false}},
		"two small ones are enough":      {[]Group{{-1, 19, 19}, {0, 12, 12}, {0, 4, 4}, {0, 3, 3}}, []bool{true, true, false, false}},
		"an empty one hides nothing":     {[]Group{{-1, 12, 12}, {0, 12, 12}, {0, 0, 0}}, []bool{true, true, false}},
		"nobody else is there":           {[]Group{{-1, 4, 4}, {0, 4, 4}}, []bool{false, false}},
		"a team of eight of twelve":      {[]Group{{-1, 152, 144}, {0, 12, 4}, {0, 60, 60}, {0, 80, 80}}, []bool{true, false, false, true}},
		"a team of nine of forty":        {[]Group{{-1, 90, 81}, {0, 50, 50}, {0, 40, 31}}, []bool{true, false, false}},
		"a team of nine of sixty":        {[]Group{{-1, 120, 111}, {0, 60, 60}, {0, 60, 51}}, []bool{true, true, true}},
		"two storeys":                    {[]Group{{-1, 30, 30}, {0, 15, 15}, {0, 15, 15}, {1, 12, 12}, {1, 3, 3}}, []bool{true, true, true, false, false}},
	} {
		got := Seen(c.groups)
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: shown are %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

// Means are rounded as the number of persons allows, in either direction.
func TestRoundHundredths(t *testing.T) {
	for _, c := range []struct{ sum, n, want int }{
		{375, 5, 10}, {374, 5, 5}, {-375, 5, -10}, {0, 7, 0}, {124, 5, 0}, {125, 5, 5}, {650, 10, 5}, {750, 10, 10}, {-750, 10, -10}, {770, 11, 8}, {-770, 11, -8}, {1090, 20, 6}, {1155, 21, 6}, {1154, 21, 5}, {100, 11, 0}, {100, 21, 0},
	} {
		if got := RoundHundredths(c.sum, c.n); got != c.want {
			t.Errorf("%d of %d persons = %d, want %d", c.sum, c.n, got, c.want)
		}
	}
}
