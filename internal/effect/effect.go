// Package effect compares what citizens say of units before and after a training with what
// they say of comparable units whose people were not trained. It never claims a cause: it
// says how often chance alone gives a difference as large, and nothing at all where the
// units cannot be compared. All of it is counted in integer hundredths.
package effect

import (
	"cmp"
	"math/big"
	"slices"
)

// The rules of a comparison. They are ours and not of any regulation.
const (
	// Near is how far the figures before may lie apart, in hundredths.
	Near = 500
	// Fewest is from how many units on either side a probability is told.
	Fewest = 4
)

// Side is where a unit stands.
type Side int

// The sides. Who had some of its people trained, but not the share that counts, stands on
// neither side.
const (
	Untrained Side = iota
	Partly
	Trained
)

// Unit is one unit with its figures in both periods, in hundredths.
type Unit struct {
	ID            int64
	Name          string
	Service       string // units of one kind of service are compared with each other
	Before, After int64
	Side          Side
}

// Change is how much the figure has moved.
func (u Unit) Change() int64 { return u.After - u.Before }

// Verdict is what may be said.
type Verdict int

// The verdicts.
const (
	Nothing  Verdict = iota // no trained unit has both figures
	Alone                   // trained units have no comparable ones
	Few                     // fewer than Fewest on a side: the raw change and nothing else
	Unlike                  // the sides differed before already, more than chance makes them
	Late                    // what is compared was named after the figures came in
	Replaced                // it was named in time, but earlier figures were changed once later ones were known
	Rare                    // chance seldom gives as much
	Common                  // chance may well give as much
)

// Sentence is the word of the catalogue for what follows from a verdict.
func (v Verdict) Sentence() string {
	return map[Verdict]string{Nothing: "skm.nobody", Alone: "skm.alone", Few: "skm.too_few", Unlike: "skm.unlike", Late: "skm.late", Replaced: "skm.replaced",
		Rare: "skm.rare", Common: "skm.common"}[v]
}

// Mean is what the units of one side have in common, in hundredths, rounded.
type Mean struct {
	Units         int
	Before, After int64
}

// Change is how much the side has moved.
func (m Mean) Change() int64 { return m.After - m.Before }

// Picture is what a comparison shows.
type Picture struct {
	Verdict            Verdict
	Trained, Untrained Mean
	Chance             Chance // of Rare and Common
	Apart              []Unit // trained, and no comparable unit was found: belum dapat dibandingkan
	Partly             int    // units of which some people were trained, but too few
}

// Difference is how much more the trained units moved, as their two figures are shown.
func (p Picture) Difference() int64 { return p.Trained.Change() - p.Untrained.Change() }

// Tested tells whether a probability may be told.
func (p Picture) Tested() bool { return p.Verdict == Rare || p.Verdict == Common }

// Compare compares. named says that programme, figure and periods were fixed before a
// figure of the later period had come in; seed is where draws begin.
func Compare(units []Unit, named bool, seed uint64) (p Picture) {
	var trained, others []Unit
	for _, u := range units {
		switch u.Side {
		case Trained:
			trained = append(trained, u)
		case Untrained:
			others = append(others, u)
		case Partly:
			p.Partly++
		}
	}
	near, apart := matched(trained, others)
	beside, _ := matched(others, trained)
	p.Apart = apart
	switch {
	case len(trained) == 0:
		return p
	case len(near) == 0:
		p.Verdict, p.Trained = Alone, mean(trained, nil)
		return p
	}
	p.Trained, p.Untrained = mean(near, nil), mean(beside, near)
	switch {
	case len(near) < Fewest || len(beside) < Fewest:
		p.Verdict = Few
	case rarely(near, beside, func(u Unit) int64 { return u.Before }, seed):
		p.Verdict = Unlike
	case !named:
		p.Verdict = Late
	default:
		p.Verdict = Common
		if p.Chance = test(near, beside, Unit.Change, seed); p.Chance.Rare() {
			p.Verdict = Rare
		}
	}
	return p
}

// matched parts units into those that have a comparable one among others, of the same
// service and near before, and those that have none.
func matched(units, others []Unit) (with, without []Unit) {
	for _, u := range units {
		if slices.ContainsFunc(others, func(o Unit) bool {
			return o.Service == u.Service && max(o.Before-u.Before, u.Before-o.Before) <= Near
		}) {
			with = append(with, u)
		} else {
			without = append(without, u)
		}
	}
	return with, without
}

// mean is the mean of a side; like gives each kind of service the weight that it has among
// those, nil = that of the units themselves.
func mean(units, like []Unit) (m Mean) {
	if like == nil {
		like = units
	}
	m.Units = len(units)
	before, after, weight := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, u := range units {
		same := func(o Unit) bool { return o.Service == u.Service }
		w := big.NewRat(int64(count(like, same)), int64(count(units, same)))
		before.Add(before, new(big.Rat).Mul(w, big.NewRat(u.Before, 1)))
		after.Add(after, new(big.Rat).Mul(w, big.NewRat(u.After, 1)))
		weight.Add(weight, w)
	}
	m.Before, m.After = halfUp(before.Quo(before, weight)), halfUp(after.Quo(after, weight))
	return m
}

// halfUp rounds to a whole number, a half upwards.
func halfUp(r *big.Rat) int64 {
	n := new(big.Int).Lsh(r.Num(), 1)
	return n.Add(n, r.Denom()).Div(n, new(big.Int).Lsh(r.Denom(), 1)).Int64()
}

func count(units []Unit, of func(Unit) bool) (n int) {
	for _, u := range units {
		if of(u) {
			n++
		}
	}
	return n
}

// services are the services of units, in a fixed order.
func services(units []Unit) (names []string) {
	for _, u := range units {
		names = append(names, u.Service)
	}
	slices.SortFunc(names, cmp.Compare)
	return slices.Compact(names)
}
