package effect

import "math/rand/v2"

// MostSplits is up to how many splits all of them are counted; beyond it Draws are made.
const (
	MostSplits = 200_000
	Draws      = 99_999
)

// Chance is how many of how many random splits give a difference at least as large, in
// either direction.
type Chance struct{ Hits, Of int }

// Rare tells whether it is one in twenty or less.
func (c Chance) Rare() bool { return c.Of > 0 && 20*c.Hits <= c.Of }

// Of100 is how many of a hundred, rounded up: what is rare is never said to be rarer.
func (c Chance) Of100() int {
	if c.Of == 0 {
		return 100
	}
	return (100*c.Hits + c.Of - 1) / c.Of
}

// stratum are the units of one kind of service. Splits never move a unit out of its own.
type stratum struct {
	values  []int64 // those of the trained first
	trained int
	sum     int64
	// A split adds factor * (n * its sum - trained * sum) / untrained to the statistic, which
	// is the difference of means, times the number of the trained, times the common
	// denominator.
	common int64
}

// largestCommon is up to which common denominator the statistic is exact. Beyond it each
// stratum is rounded, and what could be as large counts as being so.
const largestCommon = 1_000_000

// test is the two-sided permutation test of the difference of means of what value gives,
// each kind of service with the weight of its trained units.
func test(trained, others []Unit, value func(Unit) int64, seed uint64) Chance {
	return enough(trained, others, value, seed, Draws)
}

// rarely is whether the test would call it rare; it stops drawing when it cannot any more.
func rarely(trained, others []Unit, value func(Unit) int64, seed uint64) bool {
	return enough(trained, others, value, seed, (Draws+1)/20).Rare()
}

// enough is the test that stops drawing after more than so many hits.
func enough(trained, others []Unit, value func(Unit) int64, seed uint64, most int) Chance {
	strata, slack := stratify(trained, others, value)
	var seen int64
	for _, s := range strata {
		var sum int64
		for _, v := range s.values[:s.trained] {
			sum += v
		}
		seen += s.part(sum)
	}
	least := max(seen, -seen) - slack
	if total, few := splits(strata); few {
		return Chance{Hits: countAll(strata, least), Of: total}
	}
	return Chance{Hits: draw(strata, least, seed, most) + 1, Of: Draws + 1}
}

func stratify(trained, others []Unit, value func(Unit) int64) (strata []stratum, slack int64) {
	common := int64(1)
	for _, name := range services(trained) {
		var s stratum
		for i, list := range [][]Unit{trained, others} {
			for _, u := range list {
				if u.Service != name {
					continue
				}
				if i == 0 {
					s.trained++
				}
				s.values, s.sum = append(s.values, value(u)), s.sum+value(u)
			}
		}
		strata = append(strata, s)
		if common <= largestCommon {
			common = leastCommon(common, int64(len(s.values)-s.trained))
		}
	}
	if common > largestCommon {
		common, slack = largestCommon, 2*int64(len(strata))
	}
	for i := range strata {
		strata[i].common = common
	}
	return strata, slack
}

func leastCommon(a, b int64) int64 {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

// part is what a split whose trained units have that sum adds to the statistic.
func (s stratum) part(sum int64) int64 {
	n, untrained := int64(len(s.values)), int64(len(s.values)-s.trained)
	return s.common * (n*sum - int64(s.trained)*s.sum) / untrained
}

// splits is how many splits there are; few is false when there are more than MostSplits.
func splits(strata []stratum) (total int, few bool) {
	total = 1
	for _, s := range strata {
		for i := range min(s.trained, len(s.values)-s.trained) { // rises up to the binomial coefficient
			if total = total * (len(s.values) - i) / (i + 1); total > MostSplits {
				return 0, false
			}
		}
	}
	return total, true
}

// countAll counts the splits whose statistic is at least as large.
func countAll(strata []stratum, least int64) (hits int) {
	parts := make([][]int64, len(strata))
	for i, s := range strata {
		var walk func(from, left int, sum int64)
		walk = func(from, left int, sum int64) {
			if left == 0 {
				parts[i] = append(parts[i], s.part(sum))
				return
			}
			for at := from; at+left <= len(s.values); at++ {
				walk(at+1, left-1, sum+s.values[at])
			}
		}
		walk(0, s.trained, 0)
	}
	var join func(at int, sum int64)
	join = func(at int, sum int64) {
		if at == len(parts) {
			if max(sum, -sum) >= least {
				hits++
			}
			return
		}
		for _, one := range parts[at] {
			join(at+1, sum+one)
		}
	}
	join(0, 0)
	return hits
}

// draw counts the same among random splits, until there are more than most.
func draw(strata []stratum, least int64, seed uint64, most int) (hits int) {
	r := rand.New(rand.NewPCG(seed, Draws))
	for range Draws {
		if hits > most {
			break
		}
		var all int64
		for _, s := range strata {
			var sum int64
			for i := range s.trained {
				j := i + r.IntN(len(s.values)-i)
				s.values[i], s.values[j] = s.values[j], s.values[i]
				sum += s.values[i]
			}
			all += s.part(sum)
		}
		if max(all, -all) >= least {
			hits++
		}
	}
	return hits
}
