package needs

import (
	"cmp"
	"slices"
	"strings"

	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
)

// OwnLevel are the people of a unit, without those of the units below it, whose positions
// require a level of a competency: how many of them are rated and have sent it themselves,
// and how many of those do not show that level.
type OwnLevel struct {
	Unit        int64
	Code        string
	Level       competency.Level
	N, Affected int
}

// Demand is how many people need one competency, as one reader may see it.
type Demand struct {
	Competency
	disclosure.Told // of all units together; N = 0: nothing may be shown
	// Levels are what the positions require, from the lowest; those of which nothing may be
	// shown beside the units are left out.
	Levels []LevelDemand
	// Units are the units without units below them, and own staffs, of which something may
	// be shown; those with most people first.
	Units []UnitDemand
}

// LevelDemand are those whose positions require a level and who do not show it.
type LevelDemand struct {
	Level competency.Level
	disclosure.Told
}

// UnitDemand are those of a unit who do not show what their positions require.
type UnitDemand struct {
	Node
	disclosure.Told
}

// Demands counts who needs what, in the order of the analysis: of all units exactly or
// nearly so, of single units in ranges of five (disclosure.RangeOf).
func Demands(f Frozen, levels []OwnLevel) (list []Demand) {
	a := Analyse(f)
	byCode := map[string][]OwnLevel{}
	for _, l := range levels {
		byCode[l.Code] = append(byCode[l.Code], l)
	}
	own := a.leaves()
	for i, c := range a.Competencies {
		d := demand{analysis: a, at: i, own: own, known: map[int64]int{}}
		for _, u := range f.Units {
			d.known[u.ID] = u.Known
		}
		for _, t := range f.Tallies {
			if t.Code == c.Code {
				d.tallies = append(d.tallies, t)
			}
		}
		list = append(list, d.count(c, byCode[c.Code]))
	}
	return list
}

// leaves finds the node of each unit's own people.
func (a Analysis) leaves() map[int64]int {
	own := map[int64]int{}
	for i, n := range a.Nodes {
		if len(n.Children) == 0 && n.Unit != 0 {
			own[n.Unit] = i
		}
	}
	return own
}

// demand is one competency while it is counted.
type demand struct {
	analysis Analysis
	at       int           // the competency
	own      map[int64]int // nodes of units
	known    map[int64]int // of each unit's own people whom the reader sees by name
	tallies  []Own
}

// count makes the demand of a competency. All is told as narrowly as possible, but so that
// what is told of the whole and of the levels says of no unit and no level that all of it
// needs it, or nobody.
func (d demand) count(c Competency, levels []OwnLevel) Demand {
	out := Demand{Competency: c}
	if !d.analysis.Agency().Values[d.at].Shown() {
		return out
	}
	var whole Tally
	for _, t := range d.tallies {
		whole = whole.Plus(t.Tally)
	}
	known := 0
	for _, n := range d.known {
		known += n
	}
	units, told := d.units(whole)
	out.Units = units
	shown, sums := d.levels(levels)
	for width := 1; ; width *= 5 {
		if width > whole.N {
			out.Told, out.Levels = disclosure.Hidden(whole.N), nil
			return out
		}
		out.Told, out.Levels = disclosure.Told{N: whole.N, Known: known, Range: disclosure.RangeOf(whole.Affected, whole.N, width, known)}, nil
		var parts []disclosure.Told
		rest := whole.N
		for l, s := range sums {
			if shown[l] {
				one := disclosure.Told{N: s.N, Known: min(known, s.N), Range: disclosure.RangeOf(s.Affected, s.N, width, known)}
				parts, rest = append(parts, one), rest-s.N
				out.Levels = append(out.Levels, LevelDemand{competency.Level(l), one})
			}
		}
		parts = append(parts, disclosure.Hidden(rest))
		if !disclosure.Determined(disclosure.Within(out.Range, parts), told) && !disclosure.Determined(disclosure.Within(out.Range, told), parts) {
			return out
		}
	}
}

// units are the units of which something may be shown, and all groups with the rest.
func (d demand) units(whole Tally) (units []UnitDemand, told []disclosure.Told) {
	at, knows := map[int]Tally{}, map[int]int{}
	for unit, n := range d.known {
		knows[d.own[unit]] += n
	}
	for _, t := range d.tallies {
		at[d.own[t.Unit]] = at[d.own[t.Unit]].Plus(t.Tally)
	}
	rest := whole.N
	for i, n := range d.analysis.Nodes {
		t, ok := at[i]
		if !ok || !n.Values[d.at].Shown() {
			continue
		}
		one := disclosure.Told{N: t.N, Known: knows[i], Range: disclosure.RangeOf(t.Affected, t.N, 0, knows[i])}
		units, told, rest = append(units, UnitDemand{n, one}), append(told, one), rest-t.N
	}
	slices.SortStableFunc(units, func(x, y UnitDemand) int {
		return cmp.Or(cmp.Compare(y.From, x.From), cmp.Compare(y.To, x.To), strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), cmp.Compare(x.Unit, y.Unit))
	})
	return units, append(told, disclosure.Hidden(rest))
}

// levels adds up the levels, and tells which may be shown beside the units that are shown
// on the map.
func (d demand) levels(list []OwnLevel) (shown []bool, sums []Tally) {
	const classes = int(competency.MaxLevel) + 1
	sums = make([]Tally, classes)
	in := map[int]*disclosure.Mixed{}
	for _, l := range list {
		sums[l.Level] = sums[l.Level].Plus(Tally{N: l.N, Affected: l.Affected})
		node := d.own[l.Unit]
		for node > 0 && !d.analysis.Nodes[node].Values[d.at].Shown() {
			node = d.analysis.Nodes[node].Parent
		}
		if in[node] == nil {
			in[node] = &disclosure.Mixed{Classes: make([]int, classes)}
		}
		in[node].Classes[l.Level] += l.N
	}
	for unit, n := range d.known {
		node, ok := d.own[unit]
		for ok && node > 0 && !d.analysis.Nodes[node].Values[d.at].Shown() {
			node = d.analysis.Nodes[node].Parent
		}
		if ok && in[node] != nil {
			in[node].Known += n
		}
	}
	var groups []disclosure.Mixed
	for _, g := range in {
		groups = append(groups, *g)
	}
	return disclosure.Apart(groups, classes), sums
}
