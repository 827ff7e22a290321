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
		{"title", Definition{Code: "q", Title: "U", Items: former.Items}, []Difference{{"changed", ""}}},
		{"added, changed, removed", Definition{Code: "q", Title: "T", Items: []Item{item("A", "x"), item("D", "d"), item("C", "c")}},
			[]Difference{{"changed", "A"}, {"added", "D"}, {"removed", "B"}}},
		{"moved", Definition{Code: "q", Title: "T", Items: []Item{item("B", "b"), item("A", "a"), item("C", "c")}}, []Difference{{"moved", "A"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Diff(former, tt.next)); diff != "" {
				t.Errorf("Diff (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTemplateCanBeRead(t *testing.T) {
	raw, err := Template()
	if err != nil {
		t.Fatal(err)
	}
	if d, err := Parse(raw); err != nil || d.Kind != SelfAssessment {
		t.Errorf("Parse = %s, %v", d.Kind, err)
	}
}
