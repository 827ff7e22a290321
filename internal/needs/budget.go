package needs

import (
	"slices"

	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
)

// manyPersons is of how many persons at least both parts of an exact number are that leaves
// the house: its reader may know some of them by name, and is not known.
const manyPersons = 25

// Outward are the demands as they may stand in a file of which nobody knows who will read
// it: f is what somebody reads who knows nobody by name. Of all units together and of levels
// a number is exact only where both parts are large. A unit is named only where something
// may be told of it to whoever knows most of its people by name, in ranges that are wide
// enough for that reader.
func Outward(f Frozen, levels []OwnLevel, teams []Team) []Demand {
	own, known := Analyse(f).leaves(), map[int64]map[int64]int{}
	for _, t := range teams {
		if known[t.Unit] == nil {
			known[t.Unit] = map[int64]int{}
		}
		known[t.Unit][t.Superior] += t.N
	}
	counts := map[string]map[int]Tally{}
	for _, t := range f.Tallies {
		if counts[t.Code] == nil {
			counts[t.Code] = map[int]Tally{}
		}
		counts[t.Code][own[t.Unit]] = counts[t.Code][own[t.Unit]].Plus(t.Tally)
	}
	classes := map[string]map[competency.Level]Tally{}
	for _, l := range levels {
		if classes[l.Code] == nil {
			classes[l.Code] = map[competency.Level]Tally{}
		}
		classes[l.Code][l.Level] = classes[l.Code][l.Level].Plus(Tally{N: l.N, Affected: l.Affected})
	}
	everywhere := map[int64]int{}
	for _, team := range known {
		for who, n := range team {
			everywhere[who] += n
		}
	}
	list := Demands(f, levels)
	for i := range list {
		d := &list[i]
		var whole Tally
		for _, n := range counts[d.Code] {
			whole = whole.Plus(n)
		}
		d.Units = slices.DeleteFunc(d.Units, func(u UnitDemand) bool { return u.N < fewestNamed || !disclosure.Enough(u.N, most(known[u.Unit])) })
		for k := range d.Units {
			u := &d.Units[k]
			of := counts[d.Code][own[u.Unit]]
			u.Known = most(known[u.Unit])
			u.Range = disclosure.RangeOf(of.Affected, of.N, 0, u.Known)
		}
		d.Units = slices.DeleteFunc(d.Units, func(u UnitDemand) bool { return !Tells(u.Told) })
		d.outward(whole, classes[d.Code], most(everywhere))
	}
	return list
}

// outward tells the whole and its levels as narrowly as it may stand beside the units, to
// readers of whom one knows so many by name.
func (d *Demand) outward(whole Tally, classes map[competency.Level]Tally, knows int) {
	if d.N == 0 {
		return
	}
	var units []disclosure.Told
	rest := whole.N
	for _, u := range d.Units {
		units, rest = append(units, u.Told), rest-u.N
	}
	units = append(units, disclosure.Hidden(rest))
	for width := 1; width <= whole.N; width *= 5 {
		d.Told = outwardOf(whole, width, knows)
		var levels []disclosure.Told
		rest := whole.N
		for i := range d.Levels {
			l := &d.Levels[i]
			l.Told = outwardOf(classes[l.Level], width, min(knows, l.N))
			levels, rest = append(levels, l.Told), rest-l.N
		}
		levels = append(levels, disclosure.Hidden(rest))
		if !disclosure.Determined(disclosure.Within(d.Range, levels), units) && !disclosure.Determined(disclosure.Within(d.Range, units), levels) {
			return
		}
	}
	d.Told, d.Levels = disclosure.Hidden(whole.N), nil
}

// outwardOf is a number only where both parts are large, and at least so wide else.
func outwardOf(t Tally, width, known int) disclosure.Told {
	r := disclosure.RangeOf(t.Affected, t.N, width, known)
	if r.Exact() && min(t.Affected, t.N-t.Affected) < manyPersons {
		r = disclosure.RangeOf(t.Affected, t.N, 0, known)
	}
	return disclosure.Told{N: t.N, Known: known, Range: r}
}

// Tells tells whether a number of a group, or a range, says anything.
func Tells(t disclosure.Told) bool { return t.N > 0 && (t.From > 0 || t.To < t.N) }

// Counted is a group of persons of whom some are counted; Known are those of whom somebody who
// may read the number knows it by name.
type Counted struct{ N, Affected, Known int }

// TellOutward says of a whole and of the groups in it how many are counted, as it may stand in
// a file of which nobody knows who will read it. Of the whole it is a number where both parts
// are large, of groups always a range. Groups of which nothing may be told get the zero Told.
// What is told together says of no group, and of what is left of the whole, that all or none
// are counted.
func TellOutward(whole Counted, groups []Counted) (all disclosure.Told, parts []disclosure.Told) {
	parts = make([]disclosure.Told, len(groups))
	knows := max(1, whole.Known)
	if whole.N-knows < disclosure.GroupPersons {
		return all, parts
	}
	var told []disclosure.Told
	rest := whole.N
	for i, g := range groups {
		known := max(1, g.Known)
		one := disclosure.Told{N: g.N, Known: known, Range: disclosure.RangeOf(g.Affected, g.N, 0, known)}
		if g.N >= fewestNamed && disclosure.Enough(g.N, known) && Tells(one) {
			parts[i], told, rest = one, append(told, one), rest-g.N
		}
	}
	told = append(told, disclosure.Hidden(max(0, rest)))
	for width := 1; width <= whole.N; width *= 5 {
		all = outwardOf(Tally{N: whole.N, Affected: whole.Affected}, width, knows)
		if Tells(all) && !disclosure.Determined(all.Range, told) {
			return all, parts
		}
	}
	return disclosure.Told{}, parts
}
