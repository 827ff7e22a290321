package needs

import (
	"cmp"
	"slices"
	"strings"

	"bangkom/internal/disclosure"
)

// Team is how many of a unit's own people one superior had at the close: those who are rated
// and have sent it themselves.
type Team struct {
	Unit, Superior int64 // Superior is whoever knows them by name, as superior or otherwise
	N              int
}

// Passed is what of a node and its children may stand on paper that is passed on. Nobody
// knows who will read it, so each superior counts as its reader: a value is there where it
// may be shown to the one who sees most of the group by name, and so are the rests. It lists
// the children of which something is left, those of the largest need first.
func (a Analysis) Passed(at int, teams []Team) (whole Node, children []Node) {
	parts := append([]int{at}, a.Nodes[at].Children...)
	known := a.teamsIn(at, teams)
	whole = a.Nodes[at]
	whole.Values = slices.Clone(whole.Values)
	for _, n := range parts[1:] {
		child := a.Nodes[n]
		child.Values = slices.Clone(child.Values)
		children = append(children, child)
	}
	for c := range a.Competencies {
		if !whole.Values[c].Shown() || !disclosure.Enough(whole.Values[c].N, most(known[at])) {
			whole.Values[c] = Value{}
		}
		for i, n := range parts[1:] {
			if v := &children[i].Values[c]; !whole.Values[c].Shown() || !disclosure.Enough(v.N, most(known[n])) {
				*v = Value{}
			}
		}
		for rest(whole, children, parts, known, c) {
			hideSmallest(children, c)
		}
	}
	children = slices.DeleteFunc(children, func(n Node) bool { return !n.Ranked() })
	slices.SortStableFunc(children, func(m, n Node) int {
		return cmp.Or(cmp.Compare(a.Need(n), a.Need(m)), strings.Compare(strings.ToLower(m.Name), strings.ToLower(n.Name)), cmp.Compare(m.Unit, n.Unit))
	})
	return whole, children
}

// fewestNamed is how many persons a unit has at least that is named to everybody as one that
// lacks something: of five to eight the demand tells nothing either.
const fewestNamed = 9

// Targets are the units that lack something in a competency and may be named to everybody,
// the largest need first: those of Lacking that are large enough for whoever knows most of
// their people by name, or, where there is none, the large ones below Top.
func (a Analysis) Targets(competency int, teams []Team) (list []Node) {
	known, own := map[int]map[int64]int{}, a.leaves()
	for _, t := range teams {
		if node, ok := own[t.Unit]; ok {
			if known[node] == nil {
				known[node] = map[int64]int{}
			}
			known[node][t.Superior] += t.N
		}
	}
	for i, n := range a.Nodes {
		if own[n.Unit] != i || n.Unit == 0 || n.Values[competency].Lack <= 0 || n.Values[competency].N < fewestNamed {
			continue
		}
		if disclosure.Enough(n.Values[competency].N, most(known[i])) {
			list = append(list, n)
		}
	}
	if len(list) == 0 {
		_, list = a.Passed(a.Top(), teams)
		list = slices.DeleteFunc(list, func(n Node) bool { return n.OwnStaff || n.Values[competency].Lack <= 0 })
	}
	slices.SortStableFunc(list, func(m, n Node) int {
		x, y := m.Values[competency], n.Values[competency]
		return cmp.Or(cmp.Compare(y.Priority(Needed), x.Priority(Needed)), strings.Compare(strings.ToLower(m.Name), strings.ToLower(n.Name)), cmp.Compare(m.Unit, n.Unit))
	})
	return list
}

// teamsIn counts the people of each superior in a node and in each of its children.
func (a Analysis) teamsIn(at int, teams []Team) map[int]map[int64]int {
	known, own := map[int]map[int64]int{}, a.leaves()
	add := func(node int, t Team) {
		if known[node] == nil {
			known[node] = map[int64]int{}
		}
		known[node][t.Superior] += t.N
	}
	for _, t := range teams {
		node, ok := own[t.Unit]
		if !ok {
			continue
		}
		for node > 0 && node != at && a.Nodes[node].Parent != at {
			node = a.Nodes[node].Parent
		}
		if add(at, t); node != at {
			add(node, t)
		}
	}
	return known
}

// most is how many persons somebody sees by name at most: everybody sees one.
func most(of map[int64]int) (n int) {
	n = 1
	for _, k := range of {
		n = max(n, k)
	}
	return n
}

// rest tells whether what is shown of the children leaves a rest that is too small.
func rest(whole Node, children []Node, parts []int, known map[int]map[int64]int, c int) bool {
	left, hidden, shown := whole.Values[c].N, map[int64]int{}, false
	for superior, n := range known[parts[0]] {
		hidden[superior] = n
	}
	for i, child := range children {
		if !child.Values[c].Shown() {
			continue
		}
		shown, left = true, left-child.Values[c].N
		for superior, n := range known[parts[i+1]] {
			hidden[superior] -= n
		}
	}
	return shown && left > 0 && !disclosure.Enough(left, min(left, most(hidden)))
}

// hideSmallest hides the smallest child of which a competency is shown, of equals the first.
func hideSmallest(children []Node, c int) {
	at := -1
	for i, child := range children {
		if v := child.Values[c]; v.Shown() && (at < 0 || v.N < children[at].Values[c].N) {
			at = i
		}
	}
	children[at].Values[c] = Value{}
}
