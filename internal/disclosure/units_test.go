package disclosure

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// answered are answers of so many persons of each unit.
func answered(persons map[int64]int) (held []Held) {
	task := int64(0)
	for unit := range int64(100) {
		for range persons[unit] {
			task++
			held = append(held, Held{Task: task, Batch: unit, Person: task, Answers: Answers{"R1": "3"}})
		}
	}
	return held
}

// A unit with fewer than five answers goes together with what is left at the nearest unit
// above where five are together, its own people as one part of it; what stays under five goes.
func TestUnitsFormGroups(t *testing.T) {
	// 1 is above 2 and 3; 2 above 4, 5 and 6; 3 above 7.
	parents := map[int64]int64{2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3}
	all := []int64{1, 2, 3, 4, 5, 6, 7}
	tests := []struct {
		name    string
		persons map[int64]int
		asked   []int64
		want    string // units of the groups, with their persons
		lost    int
	}{
		{"each enough", map[int64]int{4: 5, 5: 6, 6: 7}, []int64{4, 5, 6}, "[4]=5 [5]=6 [6]=7", 0},
		{"two small ones", map[int64]int{4: 3, 5: 2, 6: 9}, []int64{4, 5, 6}, "[4 5]=5 [6]=9", 0},
		{"nobody has answered in one", map[int64]int{4: 5, 6: 5}, []int64{4, 5, 6}, "[4]=5 [6]=5", 0},
		{"the unit above has people of its own", map[int64]int{2: 2, 4: 3, 5: 8}, []int64{2, 4, 5}, "[2 4]=5 [5]=8", 0},
		{"only at the top", map[int64]int{4: 3, 7: 2}, all, "[1 2 3 4 5 6 7]=5", 0},
		{"too few at the top", map[int64]int{4: 3, 7: 1}, all, "", 4},
		{"what is left beside a group", map[int64]int{4: 5, 5: 4, 7: 5}, []int64{4, 5, 7}, "[4]=5 [7]=5", 4},
		{"nearest first", map[int64]int{4: 3, 5: 3, 7: 4, 3: 1}, []int64{3, 4, 5, 7}, "[3 7]=5 [4 5]=6", 0},
		{"two trees", map[int64]int{4: 3, 50: 2}, []int64{4, 50}, "[4 50]=5", 0},
		{"nobody", nil, all, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			atoms, lost := ByUnits(testItems, parents, tt.asked, answered(tt.persons))
			got := ""
			for i, a := range atoms {
				if i > 0 {
					got += " "
				}
				got += fmt.Sprintf("%v=%d", a.Members, a.Persons)
			}
			if got != tt.want || lost != tt.lost {
				t.Errorf("groups %s, lost %d; want %s, %d", got, lost, tt.want, tt.lost)
			}
		})
	}
	if atoms, _ := ByUnits(testItems, map[int64]int64{1: 2, 2: 1}, []int64{1, 2}, answered(map[int64]int{1: 3, 2: 3})); len(atoms) > 1 {
		t.Error("a ring of units is counted twice")
	}
}

// wood is a tree of units by chance, with answers.
func wood(r *rand.Rand) (parents map[int64]int64, asked []int64, held []Held) {
	parents, persons := map[int64]int64{}, map[int64]int{}
	for u := int64(1); u <= int64(3+r.IntN(20)); u++ {
		if u > 1 {
			parents[u] = r.Int64N(u)
		}
		asked = append(asked, u)
		persons[u] = r.IntN(9)
	}
	return parents, asked, answered(persons)
}

// The program "equations" over the units of surveys: in 300 trees no four answers or fewer
// stand in an equation of what is shown, whatever the order in which they were sent. With
// the sum of what stands below a unit beside its groups it finds them.
func TestUnitsCannotBeSubtracted(t *testing.T) {
	found := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(11, seed))
		parents, asked, held := wood(r)
		atoms, lost := ByUnits(testItems, parents, asked, held)
		var views []view
		in, units := 0, map[int64]bool{}
		for _, a := range atoms {
			var v view
			for _, h := range held {
				if slices.Contains(a.Members, h.Batch) {
					v = append(v, h.Task)
				}
			}
			if len(v) != a.Persons || len(v) < AtomPersons {
				t.Fatalf("tree %d: a group of %d of the units %v, which have %d", seed, a.Persons, a.Members, len(v))
			}
			for _, u := range a.Members {
				if units[u] {
					t.Fatalf("tree %d: unit %d stands in two groups", seed, u)
				}
				units[u] = true
			}
			in, views = in+len(v), append(views, v)
		}
		if in+lost != len(held) || lost >= AtomPersons {
			t.Fatalf("tree %d: %d answers are %d in groups and %d lost", seed, len(held), in, lost)
		}
		if few := isolated(views); few != nil {
			t.Fatalf("tree %d: the answers %v stand alone", seed, few)
		}
		var whole view
		for _, h := range held {
			whole = append(whole, h.Task)
		}
		if isolated(append(views, whole)) != nil {
			found++
		}
		r.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		if again, _ := ByUnits(testItems, parents, asked, held); !reflect.DeepEqual(atoms, again) {
			t.Fatalf("tree %d: another order of sending is counted otherwise", seed)
		}
	}
	if found == 0 {
		t.Error("nobody is found where the whole is shown beside its groups: the search proves nothing")
	}
}
