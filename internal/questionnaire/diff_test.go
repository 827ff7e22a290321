package questionnaire

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	item := func(code, prompt string) Item { return Item{Code: code, Prompt: prompt} }
	former := Definition{Code: "q", Version: 1, Title: "T", Items: []Item{item("A", "a"), item("B", "b"), item("C", "c")}}
	tests := []struct {
		name string
		next Definition
		want []Difference
	}{
		{"same", Definition{Code: "q", Version: 2, Title: "T", Items: former.Items}, nil},
		{"title", Definition{Code: "q", Title: "U", Items: former.Items}, []Difference{{What: "changed"}}},
		{"added, changed, removed", Definition{Code: "q", Title: "T", Items: []Item{item("A", "x"), item("D", "d"), item("C", "c")}},
			[]Difference{{"changed", "A", "a", "x"}, {What: "added", Item: "D"}, {What: "removed", Item: "B"}}},
		{"moved", Definition{Code: "q", Title: "T", Items: []Item{item("B", "b"), item("A", "a"), item("C", "c")}}, []Difference{{What: "moved", Item: "A"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Diff(former, tt.next)); diff != "" {
				t.Errorf("Diff (-want +got):\n%s", diff)
			}
		})
	}
}

// What was stored and comes back from a sheet unchanged is no difference: lists that are empty
// there are not stored at all.
func TestDiffOfWhatASheetGives(t *testing.T) {
	of := func(families []string) Definition {
		return Definition{Code: "q", Title: "T", Items: []Item{{Code: "A", Prompt: "a", Type: Pick, Choices: []Choice{{Value: "x", Label: "X", For: families}, {Value: "y", Label: "Y", For: families}}}}}
	}
	if got := Diff(of(nil), of([]string{})); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := Diff(of(nil), of([]string{"guru"})); len(got) != 1 {
		t.Errorf("a family of positions is no difference: %+v", got)
	}
}
