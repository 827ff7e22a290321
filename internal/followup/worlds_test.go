package followup

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"bangkom/internal/disclosure"
)

// The program "worlds" of disclosure.md C over what is shown of groups of follow-ups: in
// seeded worlds somebody who knows the rules, the shown values and some answers works out what
// others must have said. With the rules nobody is determined; with any one of them off, the
// same search finds somebody.

// seededWorlds is how many worlds each rule is tried in.
const seededWorlds = 200

// people are the levels that persons of a batch have given; of some worlds most are low, of
// some high, so that means lie near the ends of what is told.
func people(r *rand.Rand, n int) (levels []int) {
	from, to := 1, 5
	switch r.IntN(4) {
	case 0:
		to = 3
	case 1:
		from = 4
	case 2: // all alike
		from = 1 + r.IntN(5)
		to = from
	}
	for range n {
		levels = append(levels, from+r.IntN(to-from+1))
	}
	return levels
}

// asHeld are such answers as they wait for the close.
func asHeld(levels []int) (held []disclosure.Held) {
	for i, l := range levels {
		held = append(held, disclosure.Held{Task: int64(i + 1), Person: int64(i + 1), Answers: disclosure.Answers{Ability: strconv.Itoa(l)}})
	}
	return held
}

// cellsOf are what is shown of the ability of a group. They are the same whoever gave which
// level, so they are worked out once for each way in which a group can answer.
func cellsOf(levels []int) []Cell {
	var counts [6]int
	for _, l := range levels {
		counts[l]++
	}
	cells, ok := shownOf[counts]
	if !ok {
		cells = Cells(asHeld(levels))
		shownOf[counts] = cells
	}
	return cells
}

var shownOf = map[[6]int][]Cell{}

// told is what somebody reads of them.
func told(levels []int) string { return written(cellsOf(levels)) }

func written(cells []Cell) (out string) {
	for _, c := range cells {
		out += c.Key() + "=" + c.Text + " of " + fmt.Sprint(c.N) + ";"
	}
	return out
}

// forced tells whether what is read of a group leaves those who are not known one level only:
// it tries every way in which they can have answered.
func forced(unknown int, known []int, read func(levels []int) string, seen string) bool {
	if seen == "" || unknown == 0 {
		return false
	}
	possible := map[int]bool{}
	compositions(unknown, 5, nil, func(counts []int) {
		levels := slices.Clone(known)
		for i, k := range counts {
			for range k {
				levels = append(levels, i+1)
			}
		}
		if read(levels) == seen {
			for i, k := range counts {
				if k > 0 {
					possible[i+1] = true
				}
			}
		}
	})
	return len(possible) == 1
}

// found counts the worlds in which somebody is determined.
func found(t *testing.T, seed uint64, world func(r *rand.Rand) bool) (n int) {
	t.Helper()
	for i := range uint64(seededWorlds) {
		if world(rand.New(rand.NewPCG(seed, i))) {
			n++
		}
	}
	return n
}

// Fewer than five are no group.
func TestWorldsOfSmallGroups(t *testing.T) {
	world := func(read func([]int) string) func(*rand.Rand) bool {
		return func(r *rand.Rand) bool {
			levels := people(r, 1+r.IntN(7))
			return forced(len(levels), nil, read, read(levels))
		}
	}
	off := func(levels []int) string { // the same rounding, of any number
		sum := 0
		for _, l := range levels {
			sum += l
		}
		return fmt.Sprintf("%+v", disclosure.RoundMean(sum, len(levels)))
	}
	if n := found(t, 1, world(told)); n != 0 {
		t.Errorf("somebody is determined in %d worlds", n)
	}
	if n := found(t, 1, world(off)); n == 0 {
		t.Error("groups of any size are shown and nobody is found: the search proves nothing")
	}
}

// Means are rounded, and their ends are not told.
func TestWorldsOfRounding(t *testing.T) {
	exact := func(levels []int) string {
		sum := 0
		for _, l := range levels {
			sum += l
		}
		return fmt.Sprint(100 * sum / len(levels))
	}
	uncapped := func(levels []int) string { // rounded, but the highest mean is told
		sum := 0
		for _, l := range levels {
			sum += l
		}
		return fmt.Sprintf("%+v", disclosure.RoundMean(sum, len(levels)))
	}
	// One of ten or more tells, as the rules allow for.
	world := func(read func([]int) string) func(*rand.Rand) bool {
		return func(r *rand.Rand) bool {
			levels := people(r, OpenPersons+r.IntN(4))
			levels[0] = 1 + r.IntN(5)
			return forced(len(levels)-1, levels[:1], read, read(levels))
		}
	}
	if n := found(t, 2, world(told)); n != 0 {
		t.Errorf("somebody is determined in %d worlds", n)
	}
	for name, read := range map[string]func([]int) string{"exact": exact, "the highest mean": uncapped} {
		if n := found(t, 2, world(read)); n == 0 {
			t.Errorf("%s is shown and nobody is found: the search proves nothing", name)
		}
	}
}

// Whom a reader sees by name is taken out of the group before it is asked whether it is large
// enough.
func TestWorldsOfReaders(t *testing.T) {
	world := func(rule bool) func(*rand.Rand) bool {
		return func(r *rand.Rand) bool {
			levels := people(r, 5+r.IntN(9))
			known := r.IntN(len(levels))
			seen := told(levels)
			if rule {
				seen = ""
				for _, g := range Visible([]Shown{{Persons: len(levels), Known: known, Cells: cellsOf(levels)}}) {
					seen += written(g.Cells)
				}
			}
			return forced(len(levels)-known, levels[:known], told, seen)
		}
	}
	if n := found(t, 3, world(true)); n != 0 {
		t.Errorf("a reader works somebody out in %d worlds", n)
	}
	if n := found(t, 3, world(false)); n == 0 {
		t.Error("whom the reader knows is not taken out and nobody is found: the search proves nothing")
	}
}

// What stands above groups is computed of those that are shown, and never of the answers
// themselves: a programme minus its batch would be the batch that is hidden.
func TestWorldsOfProgrammeMinusBatch(t *testing.T) {
	joint := func(parts ...[]int) string {
		var groups []Shown
		for i, levels := range parts {
			groups = append(groups, Shown{Group: int64(i), Persons: len(levels), Cells: cellsOf(levels)})
		}
		return fmt.Sprintf("%+v", Join(Visible(groups)).Means)
	}
	over := func(parts ...[]int) string { return told(slices.Concat(parts...)) }
	world := func(read func(parts ...[]int) string) func(*rand.Rand) bool {
		return func(r *rand.Rand) bool {
			batch := people(r, 5+r.IntN(5))
			alone := []int{1 + r.IntN(5)} // one further participant, of a batch that is not shown
			of, all := told(batch), read(batch, alone)
			possible := map[int]bool{}
			for v := 1; v <= 5; v++ {
				compositions(len(batch), 5, nil, func(counts []int) {
					var levels []int
					for i, k := range counts {
						for range k {
							levels = append(levels, i+1)
						}
					}
					if told(levels) == of && read(levels, []int{v}) == all {
						possible[v] = true
					}
				})
			}
			return len(possible) == 1
		}
	}
	if n := found(t, 4, world(joint)); n != 0 {
		t.Errorf("the one of a hidden batch is determined in %d worlds", n)
	}
	if n := found(t, 4, world(over)); n == 0 {
		t.Error("a programme is counted over all answers and nobody is found: the search proves nothing")
	}
}

// What was published of a group does not move when somebody leaves it: the group before minus
// the group after would be that person.
func TestWorldsOfYesterdayMinusToday(t *testing.T) {
	world := func(frozen bool) func(*rand.Rand) bool {
		return func(r *rand.Rand) bool {
			levels := people(r, 6+r.IntN(4))
			read := func(levels []int) string {
				if after := levels[1:]; !frozen {
					return told(levels) + told(after)
				}
				return told(levels) + told(levels)
			}
			seen := read(levels)
			possible := map[int]bool{}
			for v := 1; v <= 5; v++ { // the one who leaves
				compositions(len(levels)-1, 5, nil, func(counts []int) {
					all := []int{v}
					for i, k := range counts {
						for range k {
							all = append(all, i+1)
						}
					}
					if read(all) == seen {
						possible[v] = true
					}
				})
			}
			return len(possible) == 1
		}
	}
	if n := found(t, 5, world(true)); n != 0 {
		t.Errorf("who leaves is determined in %d worlds", n)
	}
	if n := found(t, 5, world(false)); n == 0 {
		t.Error("a group is counted anew and nobody is found: the search proves nothing")
	}
}

// What superiors see, and what they have given, is shown of ten persons: of five, one who tells
// gives the others away.
func TestWorldsOfSuperiors(t *testing.T) {
	for item, tt := range map[string]struct {
		answers []string
		besides disclosure.Answers
		off     func(n int, held []disclosure.Held) []Cell
	}{
		Seen: {[]string{"1", "2", "3", "4", "5", Unseen}, disclosure.Answers{Given: "belum"}, func(n int, held []disclosure.Held) []Cell {
			return mean(held, Seen, []string{"1", "2", "3", "4", "5"}, n, n)
		}},
		Given: {givens, disclosure.Answers{Seen: "3"}, func(n int, held []disclosure.Held) []Cell {
			count := 0
			for _, h := range held {
				if h.Answers[Given] == NotGiven {
					count++
				}
			}
			s := disclosure.RoundShare(count, n)
			return []Cell{{Item: Given, Value: NotGiven, N: n, Text: fmt.Sprintf("%d/%d", s.Part, s.Of)}}
		}},
	} {
		on, off := 0, 0
		for n := disclosure.AtomPersons; n < OpenPersons; n++ {
			on += determined(t, item, tt.answers, tt.besides, n, true, Cells)
			off += determined(t, item, tt.answers, tt.besides, n, true, func(h []disclosure.Held) []Cell { return tt.off(n, h) })
		}
		if on != 0 {
			t.Errorf("%s: somebody is determined %d times", item, on)
		}
		if off == 0 {
			t.Errorf("%s is shown of five and nobody is found: the search proves nothing", item)
		}
	}
}
