package survey

import (
	"fmt"
	"slices"
	"testing"
)

// Of all ways in which ten to twenty people can choose among two or three options, each line
// that is shown stands for at least two in which no option has all or none, and so does a line
// that is not shown.
func TestSharesTellOfNobody(t *testing.T) {
	for n := FromBegan; n <= 2*FromBegan; n++ {
		for options := 2; options <= 3; options++ {
			alike, shown := map[string]int{}, 0
			for _, split := range splits(n, options) {
				tenths, ok := Shares(split)
				line := "nothing"
				if ok {
					line, shown = fmt.Sprint(tenths), shown+1
				}
				alike[line] += map[bool]int{true: 1}[!slices.Contains(split, 0) && !slices.Contains(split, n)]
			}
			if shown == 0 {
				t.Errorf("%d people, %d options: nothing is ever shown", n, options)
			}
			for line, k := range alike {
				if k < 2 {
					t.Errorf("%d people, %d options: %s stands for %d", n, options, line, k)
				}
			}
		}
	}
}

// splits are all ways to put n into so many parts.
func splits(n, parts int) (out [][]int) {
	if parts == 1 {
		return [][]int{{n}}
	}
	for k := 0; k <= n; k++ {
		for _, rest := range splits(n-k, parts-1) {
			out = append(out, append([]int{k}, rest...))
		}
	}
	return out
}

func TestShares(t *testing.T) {
	for _, tt := range []struct {
		counts []int
		want   string
	}{{[]int{5, 4}, ""}, {[]int{10, 0}, ""}, {[]int{9, 1}, "[8 2]"}, {[]int{8, 2}, "[8 2]"}, {[]int{5, 5}, ""}, {[]int{100, 0}, ""}, {[]int{99, 1}, ""}, {[]int{70, 30}, ""}, {[]int{68, 32}, "[6 4]"},
		{[]int{71, 29}, "[8 2]"}, {[]int{6, 4, 0}, ""}, {[]int{60, 40, 0}, "[6 4 0]"}} {
		tenths, ok := Shares(tt.counts)
		got := ""
		if ok {
			got = fmt.Sprint(tenths)
		}
		if got != tt.want {
			t.Errorf("%v: %s, want %s", tt.counts, got, tt.want)
		}
	}
}

func TestSteps(t *testing.T) {
	for n, want := range map[int]int{10: 10, 19: 10, 20: 20, 345: 340} {
		if got, ok := Steps(n); !ok || got != want {
			t.Errorf("%d reads %d, %t", n, got, ok)
		}
	}
	if _, ok := Steps(9); ok {
		t.Error("nine are told")
	}
}
