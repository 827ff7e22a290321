package disclosure

import (
	"cmp"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// multisets calls fn with each way in which n persons may give the values.
func multisets(values []string, n int, fn func(all []string)) {
	all := make([]string, n)
	var fill func(at, from int)
	fill = func(at, from int) {
		if at == n {
			fn(all)
			return
		}
		for i := from; i < len(values); i++ {
			all[at] = values[i]
			fill(at+1, i)
		}
	}
	fill(0, 0)
}

// signature is all that is shown of one item of a group.
func signature(item Item, all []string, show func(Item, []string) []Cell) string {
	var out []string
	for _, c := range show(item, all) {
		out = append(out, fmt.Sprintf("%s %+v %+v", c.Part, c.Mean, c.Share))
	}
	return strings.Join(out, "; ")
}

// shownOf is what the rules show.
func shownOf(item Item, all []string) []Cell {
	answers := make([]Answers, len(all))
	for i, v := range all {
		answers[i] = Answers{item.Code: v}
	}
	return Cells([]Item{item}, Count([]Item{item}, answers))
}

// exact shows means without rounding: what the rules forbid.
func exact(item Item, all []string) []Cell {
	sum := 0
	for _, v := range all {
		n, _ := strconv.Atoi(v)
		sum += n
	}
	return []Cell{{Part: MeanOf, N: len(all), Mean: Mean{Tenths: 100 * sum / len(all)}}}
}

// counted shows how many chose each answer: what the rules forbid.
func counted(item Item, all []string) (cells []Cell) {
	for _, value := range item.Values {
		n := 0
		for _, v := range all {
			if v == value {
				n++
			}
		}
		cells = append(cells, Cell{Part: Chose(value), N: len(all), Share: Share{n, len(all)}})
	}
	return cells
}

// alone lists what is shown in which everybody must have given one and the same value: of
// n persons who cannot be told apart, each may have given any value of any group that is
// shown so.
func alone(item Item, n int, values []string, project func(string) []string, show func(Item, []string) []Cell) (found []string) {
	possible := map[string][]map[string]bool{}
	multisets(values, n, func(all []string) {
		s := signature(item, all, show)
		for _, v := range all {
			for i, part := range project(v) {
				for len(possible[s]) <= i {
					possible[s] = append(possible[s], map[string]bool{})
				}
				possible[s][i][part] = true
			}
		}
	})
	for s, parts := range possible {
		for _, p := range parts {
			if len(p) < 2 {
				found = append(found, s)
			}
		}
	}
	return found
}

func scale(top int) (values []string) {
	for i := range top {
		values = append(values, strconv.Itoa(i+1))
	}
	return values
}

func pairs(top int) (values []string) {
	for _, a := range scale(top) {
		for _, b := range scale(top) {
			values = append(values, PairOf(a, b))
		}
	}
	return values
}

// The program "equations", about one group: whatever is shown of an item, of everybody
// at least two values are possible, before and now each. It is done for every way in
// which 5 to 12 persons can answer, and of pairs 5. Without the rounding it finds the
// groups in which all answered alike.
func TestNobodyIsDetermined(t *testing.T) {
	r1, k := Item{Code: "R1", Form: Scale, Top: 4}, Item{Code: "K", Form: Pair, Top: 5, From: 3}
	one := func(v string) []string { return []string{v} }
	halves := func(v string) []string {
		b, n, _ := SplitPair(v)
		return []string{strconv.Itoa(b), strconv.Itoa(n)}
	}
	for n := AtomPersons; n <= 12; n++ {
		if found := alone(r1, n, scale(4), one, shownOf); len(found) > 0 {
			t.Errorf("%d persons are determined by %v", n, found)
		}
		if found := alone(r1, n, scale(4), one, exact); len(found) != 2 {
			t.Errorf("without rounding %d groups of %d are found, want that of the best and that of the worst: the search proves nothing", len(found), n)
		}
	}
	if found := alone(k, AtomPersons, pairs(5), halves, shownOf); len(found) > 0 {
		t.Errorf("five persons are determined by %v", found)
	}
	for options := 2; options <= 5; options++ {
		chosen := Item{Code: "P", Form: Choice, Values: scale(options)}
		for n := AtomPersons; n <= 12; n++ {
			if found := alone(chosen, n, chosen.Values, one, shownOf); len(found) > 0 {
				t.Errorf("%d persons who choose one of %d are determined by %v", n, options, found)
			}
			if found := alone(chosen, n, chosen.Values, one, counted); len(found) != options {
				t.Errorf("with counts %d groups of %d are found, want %d: the search proves nothing", len(found), n, options)
			}
		}
	}
}

// What people who tell each other their own answers find out is measured and not denied:
// of a group of n, so many ways to answer in which k of them know what all others gave.
func TestCoalitionsAreMeasured(t *testing.T) {
	item := Item{Code: "R1", Form: Scale, Top: 4}
	for _, n := range []int{5, 7, 10} {
		for _, k := range []int{1, 2, n - 1} {
			ways, told := 0, 0
			sums := map[string][]int{} // of those who are not in it, by what is known
			var keys []string
			multisets(scale(4), n, func(all []string) {
				rest := 0
				for _, v := range all[k:] {
					x, _ := strconv.Atoi(v)
					rest += x
				}
				key := strings.Join(all[:k], ",") + "|" + signature(item, all, shownOf)
				sums[key] = append(sums[key], rest)
				keys = append(keys, key+"#"+strconv.Itoa(rest))
			})
			for _, key := range keys {
				at := strings.LastIndex(key, "#")
				rest := sums[key[:at]]
				ways++
				if slices.Min(rest) == slices.Max(rest) && (k == n-1 || rest[0] == n-k || rest[0] == 4*(n-k)) {
					told++
				}
			}
			t.Logf("of %d persons %d who tell each other know what each of the others gave in %d of %d ways", n, k, told, ways)
			if k <= 2 && told*8 > ways {
				t.Errorf("of %d persons %d know all others in %d of %d ways", n, k, told, ways)
			}
		}
	}
}

// rank reduces rows of rational numbers and returns how many are independent.
func rank(rows [][]*big.Rat) (n int) {
	if len(rows) == 0 {
		return 0
	}
	for col := range rows[0] {
		at := slices.IndexFunc(rows[n:], func(r []*big.Rat) bool { return r[col].Sign() != 0 })
		if at < 0 {
			continue
		}
		rows[n], rows[n+at] = rows[n+at], rows[n]
		for i := n + 1; i < len(rows); i++ {
			f := new(big.Rat).Quo(rows[i][col], rows[n][col])
			for j := col; j < len(rows[i]); j++ {
				rows[i][j] = new(big.Rat).Sub(rows[i][j], new(big.Rat).Mul(f, rows[n][j]))
			}
		}
		if n++; n == len(rows) {
			break
		}
	}
	return n
}

// view is one sum that somebody sees: over whom.
type view []int64

// isolated returns a set of at most four persons about whom the views tell the sum: a
// class of people who are in the same views, if it is so small and adds nothing to the
// row space of what is seen.
func isolated(views []view) []int64 {
	in := map[int64]string{}
	var everybody []int64
	for i, v := range views {
		for _, p := range v {
			if in[p] == "" {
				everybody = append(everybody, p)
			}
			in[p] += strconv.Itoa(i) + " "
		}
	}
	slices.Sort(everybody)
	classes := map[string][]int64{}
	for _, p := range everybody {
		classes[in[p]] = append(classes[in[p]], p)
	}
	small := slices.SortedFunc(func(yield func([]int64) bool) {
		for _, c := range classes {
			if len(c) <= 4 && !yield(c) {
				return
			}
		}
	}, func(a, b []int64) int { return cmp.Compare(a[0], b[0]) })
	// People in the same views have the same column: one of them tells the rank.
	columns := slices.DeleteFunc(everybody, func(p int64) bool { return classes[in[p]][0] != p })
	row := func(of view) []*big.Rat {
		out := make([]*big.Rat, len(columns))
		for i, p := range columns {
			out[i] = big.NewRat(0, 1)
			if slices.Contains(of, p) {
				out[i] = big.NewRat(1, 1)
			}
		}
		return out
	}
	matrix := func(more ...view) (rows [][]*big.Rat) {
		for _, v := range append(slices.Clone(views), more...) {
			rows = append(rows, row(v))
		}
		return rows
	}
	seen := rank(matrix())
	for _, c := range small {
		if seen == rank(matrix(c)) {
			return c
		}
	}
	return nil
}

// programmeViews plays the batches of one programme through their closes and returns
// over whom each published sum is. total adds the programme as a sum over all answers,
// those that wait included: what the rules forbid.
func programmeViews(r *rand.Rand, total bool) (views []view) {
	var pool []Held
	var all view
	person := int64(0)
	for batch := range int64(2 + r.IntN(6)) {
		var own []Held
		for range r.IntN(12) {
			if person++; r.IntN(8) == 0 && person > 3 { // somebody who was there before
				own = append(own, Held{Task: 1000 + person, Batch: batch + 1, Person: 1 + r.Int64N(person-1), Answers: Answers{"R1": "3"}})
				continue
			}
			own = append(own, Held{Task: person, Batch: batch + 1, Person: person, Answers: Answers{"R1": "3"}})
		}
		for _, h := range own {
			all = append(all, h.Task)
		}
		c := Close(testItems, own, pool)
		if pool = append(pool, own...); c.Atom != nil {
			views = append(views, c.Gone)
			pool = slices.DeleteFunc(pool, func(h Held) bool { return slices.Contains(c.Gone, h.Task) })
		}
	}
	if total && len(all) >= AtomPersons {
		views = append(views, all)
	}
	return views
}

// The program "equations", about all groups together: over 300 programmes whose batches
// close one after the other, no four answers or fewer stand in an equation of what was
// published. With the sum of the programme beside its batches it finds them.
func TestGroupsCannotBeSubtracted(t *testing.T) {
	found := 0
	for seed := range uint64(300) {
		if few := isolated(programmeViews(rand.New(rand.NewPCG(3, seed)), false)); few != nil {
			t.Fatalf("programme %d: the answers %v stand alone", seed, few)
		}
		if isolated(programmeViews(rand.New(rand.NewPCG(3, seed)), true)) != nil {
			found++
		}
	}
	if found == 0 {
		t.Error("nobody is found where the programme is shown beside its batches: the search proves nothing")
	}
}
