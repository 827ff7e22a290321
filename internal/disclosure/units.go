package disclosure

import (
	"cmp"
	"slices"
)

// ByUnits puts the answers of a survey together by the units of their people (Held.Batch), so
// that each group has AtomPersons or more and each unit stands in one group. parents are the
// units above each unit, 0 or none at the top; asked are the units in which somebody was asked.
//
// A unit with enough is a group of its own. What is left below a unit is put together there,
// its own people as one of the parts; where that is not enough it waits for the next unit
// above. A group is named by all units that were put together, also by one in which nobody
// has answered, so that it does not tell where somebody has. lost are the persons of what is too few
// even at the top: nothing is ever told of it.
func ByUnits(items []Item, parents map[int64]int64, asked []int64, held []Held) (atoms []Atom, lost int) {
	type part struct {
		units []int64
		held  []Held
	}
	own, below := map[int64][]Held{}, map[int64][]part{}
	for _, h := range Latest(held) {
		own[h.Batch] = append(own[h.Batch], h)
	}
	place := func(p part, at int64) {
		if len(p.held) >= AtomPersons {
			a := atomOf(items, 0, p.held)
			a.Members = slices.Sorted(slices.Values(p.units))
			atoms = append(atoms, *a)
			return
		}
		below[at] = append(below[at], p)
	}
	for _, u := range slices.Compact(slices.Sorted(slices.Values(asked))) {
		place(part{[]int64{u}, own[u]}, u)
	}
	for _, u := range deepestFirst(parents, asked) {
		var together part
		for _, p := range below[u] {
			together.units, together.held = append(together.units, p.units...), append(together.held, p.held...)
		}
		delete(below, u)
		place(together, parents[u])
	}
	var rest part
	for _, p := range below[0] {
		rest.units, rest.held = append(rest.units, p.units...), append(rest.held, p.held...)
	}
	if len(rest.held) < AtomPersons {
		lost = len(rest.held)
	} else {
		place(rest, 0)
	}
	slices.SortFunc(atoms, func(a, b Atom) int { return cmp.Compare(a.Members[0], b.Members[0]) })
	return atoms, lost
}

// deepestFirst are the units and all above them, those with the most units above first.
func deepestFirst(parents map[int64]int64, units []int64) (order []int64) {
	depth := map[int64]int{}
	var of func(u int64, steps int) int
	of = func(u int64, steps int) int {
		if u == 0 || steps > len(parents) { // a ring of units ends
			return 0
		}
		if _, ok := depth[u]; !ok {
			depth[u] = 1 + of(parents[u], steps+1)
		}
		return depth[u]
	}
	for _, u := range units {
		of(u, 0)
	}
	for u := range depth {
		order = append(order, u)
	}
	slices.SortFunc(order, func(a, b int64) int { return cmp.Or(cmp.Compare(depth[b], depth[a]), cmp.Compare(a, b)) })
	return order
}
