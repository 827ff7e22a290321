package needs

import (
	"cmp"
	"slices"
	"strings"

	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
)

// Node is a place in the tree of units: a unit with all that is below it, or, of a unit
// that has others below it, its own staff, which is a child of it like those.
type Node struct {
	Unit     int64 // 0 = the agency
	OwnStaff bool
	Name     string
	Parent   int   // in Analysis.Nodes; -1 = the agency
	Children []int // with people, in the order in which they are shown
	Counts
	Values []Value // in the order of Analysis.Competencies
}

// Ranked tells whether anything is shown of it, so that it has a place by its needs.
func (n Node) Ranked() bool { return slices.ContainsFunc(n.Values, Value.Shown) }

// Hides tells whether something of it is hidden.
func (n Node) Hides() bool {
	return slices.ContainsFunc(n.Values, func(v Value) bool { return !v.Shown() })
}

// Analysis is what one reader may see of a period.
type Analysis struct {
	Period       Period
	Competencies []Competency // those of the largest need first
	Nodes        []Node       // the first is the agency; parents stand before their children
	Classes      []Group
	Statuses     []Group
}

// Agency is all units together.
func (a Analysis) Agency() Node { return a.Nodes[0] }

// Top is the agency, or the one unit that is above all others.
func (a Analysis) Top() (at int) {
	for len(a.Nodes[at].Children) == 1 && len(a.Nodes[a.Nodes[at].Children[0]].Children) > 0 {
		at = a.Nodes[at].Children[0]
	}
	return at
}

// At finds the node of a unit with all below it; 0 is the agency.
func (a Analysis) At(unit int64) (place int, ok bool) {
	place = slices.IndexFunc(a.Nodes, func(n Node) bool { return n.Unit == unit && !n.OwnStaff })
	return place, place >= 0
}

// Competency finds a competency by its code.
func (a Analysis) Competency(code string) (place int, ok bool) {
	place = slices.IndexFunc(a.Competencies, func(c Competency) bool { return c.Code == code })
	return place, place >= 0
}

// Analyse makes of what was frozen what its reader may see.
func Analyse(f Frozen) Analysis {
	a := Analysis{Period: f.Period, Classes: together(f.Classes), Statuses: together(f.Statuses)}
	at, known := a.plant(f.Units)
	tallies := make(map[string][]Tally, len(f.Competencies))
	for _, o := range f.Tallies {
		if tallies[o.Code] == nil {
			tallies[o.Code] = make([]Tally, len(a.Nodes))
		}
		tallies[o.Code][at[o.Unit]] = o.Tally
	}
	for _, c := range f.Competencies {
		if of := tallies[c.Code]; of != nil {
			a.Competencies = append(a.Competencies, c)
			a.measure(of, known)
		}
	}
	a.order()
	return a
}

// plant makes the tree, and returns the node of each unit's own people and how many of
// those the reader sees by name, by node.
func (a *Analysis) plant(units []Unit) (at map[int64]int, known []int) {
	below := map[int64][]Unit{}
	is := map[int64]bool{}
	for _, u := range units {
		is[u.ID] = true
	}
	for _, u := range units {
		if !is[u.Parent] {
			u.Parent = 0
		}
		below[u.Parent] = append(below[u.Parent], u)
	}
	at = map[int64]int{}
	a.Nodes, known = []Node{{Parent: -1}}, []int{0}
	add := func(n Node, knows int) int {
		place := len(a.Nodes)
		a.Nodes, known = append(a.Nodes, n), append(known, knows)
		a.Nodes[n.Parent].Children = append(a.Nodes[n.Parent].Children, place)
		return place
	}
	var grow func(parent int, unit int64)
	grow = func(parent int, unit int64) {
		for _, u := range below[unit] {
			n := Node{Unit: u.ID, Name: u.Name, Parent: parent, Counts: u.Counts}
			if at[u.ID] = add(n, u.Known); len(below[u.ID]) == 0 {
				continue
			}
			place := at[u.ID]
			a.Nodes[place].Counts, known[place] = Counts{}, 0
			if u.People > 0 {
				n.OwnStaff, n.Parent = true, place
				at[u.ID] = add(n, u.Known)
			}
			grow(place, u.ID)
		}
	}
	grow(0, 0)
	for i := len(a.Nodes) - 1; i > 0; i-- {
		above := &a.Nodes[a.Nodes[i].Parent]
		above.Counts = above.plus(a.Nodes[i].Counts)
	}
	return at, known
}

// groups are the nodes as groups of so many people of their own each, of whom a reader sees
// so many by name.
func (a *Analysis) groups(own func(node int) int, known []int) []disclosure.Group {
	groups := make([]disclosure.Group, len(a.Nodes))
	for i, n := range a.Nodes {
		groups[i] = disclosure.Group{Parent: n.Parent, Persons: own(i), Unknown: max(0, own(i)-known[i])}
	}
	for i := len(groups) - 1; i > 0; i-- {
		p := groups[i].Parent
		groups[p].Persons, groups[p].Unknown = groups[p].Persons+groups[i].Persons, groups[p].Unknown+groups[i].Unknown
	}
	return groups
}

// measure adds what may be shown of one competency to all nodes; of are the tallies of
// people of their own, and are added up.
func (a *Analysis) measure(of []Tally, known []int) {
	groups := a.groups(func(i int) int { return of[i].N }, known)
	for i := len(groups) - 1; i > 0; i-- {
		p := groups[i].Parent
		of[p] = of[p].Plus(of[i])
	}
	for i, shown := range disclosure.Seen(groups) {
		v := Value{}
		if shown {
			v = valueOf(of[i])
		}
		a.Nodes[i].Values = append(a.Nodes[i].Values, v)
	}
}

// order puts what needs most first: competencies by the priority of the agency, the
// children of each node by what is shown of them. Where nothing is shown, the name
// decides, and stands last.
func (a *Analysis) order() {
	place := make([]int, len(a.Competencies))
	for i := range place {
		place[i] = i
	}
	agency := a.Nodes[0].Values
	slices.SortStableFunc(place, func(x, y int) int {
		return cmp.Or(cmp.Compare(agency[y].Priority(a.Competencies[y].Importance), agency[x].Priority(a.Competencies[x].Importance)),
			-cmp.Compare(min(1, a.Competencies[x].Importance), min(1, a.Competencies[y].Importance)), strings.Compare(a.Competencies[x].Code, a.Competencies[y].Code))
	})
	sorted := make([]Competency, len(place))
	for i, k := range place {
		sorted[i] = a.Competencies[k]
	}
	a.Competencies = sorted
	for i := range a.Nodes {
		values := make([]Value, len(place))
		for j, k := range place {
			values[j] = a.Nodes[i].Values[k]
		}
		a.Nodes[i].Values = values
	}
	for i := range a.Nodes {
		n := &a.Nodes[i]
		n.Children = slices.DeleteFunc(n.Children, func(c int) bool { return a.Nodes[c].People == 0 })
		a.sort(n.Children)
	}
}

// sort puts nodes in the order in which they are shown: the largest need first, those of
// which nothing is shown last, by name.
func (a Analysis) sort(nodes []int) {
	slices.SortStableFunc(nodes, func(x, y int) int {
		m, n := a.Nodes[x], a.Nodes[y]
		if m.Ranked() != n.Ranked() {
			if m.Ranked() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Need(n), a.Need(m)), strings.Compare(strings.ToLower(m.Name), strings.ToLower(n.Name)), cmp.Compare(m.Unit, n.Unit))
	})
}

// Need is the mean priority of what is shown of a node.
func (a Analysis) Need(n Node) competency.Hundredths {
	sum, shown := 0, 0
	for i, v := range n.Values {
		if v.Shown() {
			sum, shown = sum+int(v.Priority(a.Competencies[i].Importance)), shown+1
		}
	}
	if shown == 0 {
		return 0
	}
	return competency.Hundredths((2*sum + shown) / (2 * shown))
}

// Lacking are the units without units below them, and own staffs, that lack something in a
// competency, the largest need first; of equal ones by name.
func (a Analysis) Lacking(competency int) (list []Node) {
	for _, n := range a.Nodes[1:] {
		if len(n.Children) == 0 && n.Values[competency].Lack > 0 {
			list = append(list, n)
		}
	}
	slices.SortStableFunc(list, func(m, n Node) int {
		x, y := m.Values[competency], n.Values[competency]
		return cmp.Or(cmp.Compare(y.Priority(Needed), x.Priority(Needed)), strings.Compare(strings.ToLower(m.Name), strings.ToLower(n.Name)), cmp.Compare(m.Unit, n.Unit))
	})
	return list
}

// Strengths are at most competency.TopCount competencies of a node in which nothing is
// lacking on the whole, the largest surplus first; as places in Competencies.
func (a Analysis) Strengths(n Node) []int {
	return a.best(n, func(i int) bool { return n.Values[i].Strong() }, func(x, y int) int {
		return cmp.Compare(n.Values[y].Gap, n.Values[x].Gap)
	})
}

// Areas are at most competency.TopCount competencies of a node in which something is
// lacking, by priority; as places in Competencies.
func (a Analysis) Areas(n Node) []int {
	return a.best(n, func(i int) bool { return n.Values[i].Lack > 0 && a.Competencies[i].Importance > 0 }, func(x, y int) int {
		return cmp.Compare(n.Values[y].Priority(a.Competencies[y].Importance), n.Values[x].Priority(a.Competencies[x].Importance))
	})
}

func (a Analysis) best(n Node, keep func(i int) bool, order func(x, y int) int) (places []int) {
	for i := range n.Values {
		if keep(i) {
			places = append(places, i)
		}
	}
	slices.SortStableFunc(places, order)
	return places[:min(competency.TopCount, len(places))]
}

// together puts groups of fewer than GroupPersons into one without a name, and the
// smallest others with them until they are enough; the largest group stands first.
func together(groups []Group) (out []Group) {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.People, a.People), strings.Compare(a.Name, b.Name))
	})
	var rest Group
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g.Name == "" || g.People < disclosure.GroupPersons || rest.People > 0 && rest.People < disclosure.GroupPersons {
			rest.Counts = rest.plus(g.Counts)
			continue
		}
		out = append(out, g)
	}
	slices.Reverse(out)
	if rest.People > 0 {
		out = append(out, rest)
	}
	return out
}
