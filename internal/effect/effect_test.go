package effect

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"bangkom/internal/devdb/devdbtest"
)

// naive counts the splits a second way: every choice of units of the table as a bit set, of
// which those count that take as many of each service as were trained; means as fractions.
func naive(trained, others []Unit) Chance {
	all := slices.Concat(trained, others)
	want := map[string]int{}
	for _, u := range trained {
		want[u.Service]++
	}
	statistic := func(set uint) *big.Rat {
		out := new(big.Rat)
		for service, t := range want {
			var in, outside, rest int64
			for i, u := range all {
				switch {
				case u.Service != service:
				case set>>i&1 == 1:
					in += u.After - u.Before
				default:
					outside, rest = outside+u.After-u.Before, rest+1
				}
			}
			d := new(big.Rat).Sub(big.NewRat(in, int64(t)), big.NewRat(outside, rest))
			out.Add(out, d.Mul(d, big.NewRat(int64(t), int64(len(trained)))))
		}
		return out.Abs(out)
	}
	seen := statistic(1<<len(trained) - 1)
	var c Chance
	for set := uint(0); set < 1<<len(all); set++ {
		if bits.OnesCount(set) != len(trained) {
			continue
		}
		got := map[string]int{}
		for i, u := range all {
			if set>>i&1 == 1 {
				got[u.Service]++
			}
		}
		fits := true
		for service, n := range want {
			fits = fits && got[service] == n
		}
		if !fits {
			continue
		}
		c.Of++
		if statistic(set).Cmp(seen) >= 0 {
			c.Hits++
		}
	}
	return c
}

// The test agrees with the naive count in twenty small tables of one to three services, in
// which many changes are equal.
func TestRecount(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 1))
	for table := range 20 {
		var trained, others []Unit
		for service := range 1 + table%3 {
			for i := range 4 + r.IntN(6)/(1+table%3) {
				u := Unit{Service: fmt.Sprint(service), Before: 8000, After: 8000 + 50*int64(r.IntN(9))}
				if i < 2 || i > 3 && r.IntN(2) == 0 {
					trained = append(trained, u)
				} else {
					others = append(others, u)
				}
			}
		}
		if got, want := test(trained, others, Unit.Change, 1), naive(trained, others); got != want {
			t.Errorf("table %d of %d and %d units: %+v, counted naively %+v", table, len(trained), len(others), got, want)
		}
	}
}

// Draws come near to the count of all splits, never give zero, and are the same again.
func TestDrawsComeNear(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 2))
	trained, others := world{trained: 8, others: 8}.units(r)
	all := test(trained, others, Unit.Change, 1)
	strata, slack := stratify(trained, others, Unit.Change)
	var seen int64
	for _, v := range strata[0].values[:8] {
		seen += v
	}
	part := strata[0].part(seen)
	drawn := draw(strata, max(part, -part)-slack, 7, Draws)
	if want, got := float64(all.Hits)/float64(all.Of), float64(drawn)/Draws; math.Abs(want-got) > 0.01 {
		t.Errorf("drawn %.4f, counted %.4f", got, want)
	}
	trained, others = world{trained: 12, others: 12, effect: 30}.units(r)
	first := test(trained, others, Unit.Change, 7)
	if first != (Chance{Hits: first.Hits, Of: Draws + 1}) || first.Hits < 1 || first != test(trained, others, Unit.Change, 7) {
		t.Errorf("12 against 12 gives %+v", first)
	}
}

// Whoever only wants to know whether it is rare gets the same answer sooner.
func TestRarelyAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 8))
	for i := range 6 {
		trained, others := world{trained: 12, others: 12, effect: float64(i) / 3}.units(r)
		if full := test(trained, others, Unit.Change, 3); full.Rare() != rarely(trained, others, Unit.Change, 3) {
			t.Errorf("effect %d: %+v", i, full)
		}
	}
}

func TestSplits(t *testing.T) {
	of := func(trained, all int) stratum { return stratum{trained: trained, values: make([]int64, all)} }
	for _, c := range []struct {
		strata []stratum
		total  int
		few    bool
	}{
		{[]stratum{of(4, 8)}, 70, true}, {[]stratum{of(8, 16)}, 12870, true}, {[]stratum{of(28, 30)}, 435, true}, {[]stratum{of(4, 8), of(2, 6)}, 1050, true},
		{[]stratum{of(10, 20)}, 184756, true}, {[]stratum{of(11, 21)}, 0, false}, {[]stratum{of(8, 16), of(4, 8)}, 0, false}, {[]stratum{of(300, 600)}, 0, false},
	} {
		if total, few := splits(c.strata); total != c.total || few != c.few {
			t.Errorf("%d splits, %v; want %d, %v", total, few, c.total, c.few)
		}
	}
}

func TestOf100(t *testing.T) {
	for _, c := range []struct {
		chance Chance
		of100  int
		rare   bool
	}{{Chance{2, 70}, 3, true}, {Chance{4, 70}, 6, false}, {Chance{34, 100}, 34, false}, {Chance{1, 100_000}, 1, true}, {Chance{5, 100}, 5, true}, {Chance{70, 70}, 100, false}, {Chance{}, 100, false}} {
		if c.chance.Of100() != c.of100 || c.chance.Rare() != c.rare {
			t.Errorf("%+v: %d of 100, rare %v", c.chance, c.chance.Of100(), c.chance.Rare())
		}
	}
}

// world is an agency made by chance: figures before and after are a true value with noise,
// so that the change of a unit without training has the standard deviation sd.
type world struct {
	trained, others int
	effect          float64 // in standard deviations of the noise of a change
	weakest         bool    // the units with the lowest figures before are trained
	often           float64 // weaker units are trained so much more often, 0 = by chance alone
	spread          float64 // of the true values, in hundredths
}

const sd = 200 // hundredths

func (w world) units(r *rand.Rand) (trained, others []Unit) {
	all := make([]Unit, w.trained+w.others)
	for i := range all {
		truth := 8000 + w.spread*r.NormFloat64()
		noise := func() float64 { return r.NormFloat64() * sd / math.Sqrt2 }
		all[i] = Unit{ID: int64(i + 1), Service: "kecamatan", Before: int64(truth + noise()), After: int64(truth + noise())}
	}
	draw := make([]float64, len(all))
	for i, u := range all {
		switch {
		case w.weakest:
			draw[i] = float64(u.Before)
		case w.often > 0:
			draw[i] = float64(u.Before)/w.often + sd*r.NormFloat64()
		default:
			draw[i] = r.Float64()
		}
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(math.Copysign(1, draw[a]-draw[b])) })
	for n, i := range order {
		if u := all[i]; n < w.trained {
			u.Side, u.After = Trained, u.After+int64(w.effect*sd)
			trained = append(trained, u)
		} else {
			others = append(others, u)
		}
	}
	return trained, others
}

// play counts the verdicts of so many worlds.
func (w world) play(worlds int, seed uint64) map[Verdict]int {
	r, out := rand.New(rand.NewPCG(seed, 3)), map[Verdict]int{}
	for range worlds {
		trained, others := w.units(r)
		out[Compare(slices.Concat(trained, others), true, 1).Verdict]++
	}
	return out
}

// Worlds without effect are seldom called, worlds that train the weakest are not either,
// and an effect of three standard deviations of noise is found as often as four units
// against four allow.
func TestWorlds(t *testing.T) {
	for _, c := range []struct {
		name     string
		world    world
		from, to int  // of 1,000 worlds that are called
		apart    int  // at least so many are not comparable, or are too few that are
		long     bool // too many splits for everyday
	}{
		{"4 against 4", world{trained: 4, others: 4, spread: 50}, 5, 50, 0, false},
		{"8 against 8", world{trained: 8, others: 8, spread: 50}, 20, 73, 0, true},
		{"3 against 3", world{trained: 3, others: 3, spread: 50, effect: 10}, 0, 0, 1000, false},
		{"3 against 9", world{trained: 3, others: 9, spread: 50, effect: 10}, 0, 0, 1000, false},
		{"an effect", world{trained: 4, others: 4, spread: 50, effect: 3}, 790, 870, 0, false},
		{"the weakest 4", world{trained: 4, others: 4, weakest: true, spread: 100}, 0, 73, 980, false},
		{"the weakest 8", world{trained: 8, others: 8, weakest: true, spread: 300}, 0, 73, 980, true},
		{"the weakest, nothing but noise", world{trained: 4, others: 12, weakest: true}, 0, 73, 980, false},
		{"weaker ones more often", world{trained: 4, others: 4, often: 2, spread: 100}, 0, 73, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long {
				devdbtest.Long(t, "counts 25 million splits")
			}
			out := c.world.play(1000, 20)
			t.Logf("called %d, not comparable %d, too few %d", out[Rare], out[Unlike]+out[Alone], out[Few])
			if apart := out[Unlike] + out[Alone] + out[Few]; apart < c.apart {
				t.Errorf("%d of 1,000 worlds are not comparable, want %d: %v", apart, c.apart, out)
			}
			if out[Rare] < c.from || out[Rare] > c.to {
				t.Errorf("%d of 1,000 worlds are called, want %d to %d: %v", out[Rare], c.from, c.to, out)
			}
		})
	}
}

// The rule of comparable units is what keeps worlds that train the weakest from being
// called: without it more than a third of them are.
func TestWithoutTheRule(t *testing.T) {
	r, called := rand.New(rand.NewPCG(20, 4)), 0
	for range 1000 {
		trained, others := world{trained: 4, others: 12, weakest: true}.units(r)
		if test(trained, others, Unit.Change, 1).Rare() {
			called++
		}
	}
	if t.Logf("called %d", called); called < 333 {
		t.Errorf("%d of 1,000 worlds are called without the rule: the worlds above prove nothing", called)
	}
}

func TestVerdicts(t *testing.T) {
	four := func(side Side, service string, before, change int64) (list []Unit) {
		for i := range int64(4) {
			list = append(list, Unit{ID: i + 1, Side: side, Service: service, Before: before + 50*i, After: before + 50*i + change + 10*i})
		}
		return list
	}
	with := func(lists ...[]Unit) []Unit { return slices.Concat(lists...) }
	trained, others := four(Trained, "a", 7800, 310), four(Untrained, "a", 7820, 240)
	for _, c := range []struct {
		name           string
		units          []Unit
		named          bool
		verdict        Verdict
		apart, partly  int
		change, beside int64
	}{
		{"nobody trained", others, true, Nothing, 0, 0, 0, 0},
		{"rare", with(trained, others), true, Rare, 0, 0, 325, 255},
		{"common", with(trained, four(Untrained, "a", 7820, 310)), true, Common, 0, 0, 325, 325},
		{"named too late", with(trained, others), false, Late, 0, 0, 325, 255},
		{"three", with(trained[:3], others), true, Few, 0, 0, 320, 255},
		{"three comparable", with(trained, others[:3]), true, Few, 0, 0, 325, 250},
		{"another service", with(trained, four(Untrained, "b", 7800, 240)), true, Alone, 4, 0, 325, 0},
		{"far away", with(trained, four(Untrained, "a", 8500, 240)), true, Alone, 4, 0, 325, 0},
		{"unlike before", with(trained, four(Untrained, "a", 8200, 240)), true, Unlike, 0, 0, 325, 255},
		{"one without a comparable", with(trained, others, []Unit{{Side: Trained, Service: "b", Before: 8000, After: 9000}}), true, Rare, 1, 0, 325, 255},
		{"partly trained", with(trained, others, four(Partly, "a", 7800, 900)), true, Rare, 0, 4, 325, 255},
	} {
		p := Compare(c.units, c.named, 1)
		if p.Verdict != c.verdict || len(p.Apart) != c.apart || p.Partly != c.partly || p.Trained.Change() != c.change || p.Untrained.Change() != c.beside {
			t.Errorf("%s: %+v", c.name, p)
		}
		if p.Tested() != (p.Chance.Of > 0) {
			t.Errorf("%s: a probability %+v with the verdict %d", c.name, p.Chance, p.Verdict)
		}
	}
}

// A figure that lies exactly five points away is comparable, one hundredth more is not.
func TestNear(t *testing.T) {
	for before, want := range map[int64]int{8500: 0, 8501: 1, 7500: 0, 7499: 1} {
		p := Compare([]Unit{{Side: Trained, Before: 8000, After: 8000}, {Before: before, After: before}}, true, 1)
		if len(p.Apart) != want {
			t.Errorf("%d beside 8000: %+v", before, p)
		}
	}
}

// Kinds of service weigh in the comparison as they do among the trained, and a common
// denominator that is too large only makes equal what nearly is.
func TestServices(t *testing.T) {
	var units []Unit
	add := func(service string, side Side, n int, change int64) {
		for range n {
			units = append(units, Unit{Service: service, Side: side, Before: 8000, After: 8000 + change})
		}
	}
	add("a", Trained, 3, 400)
	add("a", Untrained, 7, 200)
	add("b", Trained, 1, 0)
	add("b", Untrained, 1, 100)
	if p := Compare(units, true, 1); p.Untrained.Change() != 175 || p.Trained.Change() != 300 || p.Difference() != 125 {
		t.Errorf("got %+v", p)
	}
	units = nil
	for i, n := range []int{7, 11, 13, 17, 19, 23} {
		add(fmt.Sprint(i), Trained, 2, 300)
		add(fmt.Sprint(i), Untrained, n, 100)
	}
	if p := Compare(units, true, 1); p.Verdict != Rare || p.Chance != (Chance{1, Draws + 1}) {
		t.Errorf("six services: %+v", p)
	}
}

func BenchmarkEightAgainstEight(b *testing.B) {
	trained, others := world{trained: 8, others: 8, spread: 50}.units(rand.New(rand.NewPCG(20, 5)))
	units := slices.Concat(trained, others)
	for b.Loop() {
		Compare(units, true, 1)
	}
}

func BenchmarkDraws(b *testing.B) {
	trained, others := world{trained: 40, others: 60, spread: 50}.units(rand.New(rand.NewPCG(20, 5)))
	for b.Loop() {
		test(trained, others, Unit.Change, 1)
	}
}
