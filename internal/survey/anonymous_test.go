package survey

import (
	"math"
	"testing"

	"bangkom/internal/announcement"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/questionnaire"
	"bangkom/internal/readiness"
)

// Whole units are everybody, or units with all below them, and nothing else.
func TestWholeUnits(t *testing.T) {
	for _, tt := range []struct {
		name string
		who  announcement.Audience
		want bool
	}{
		{"everybody", announcement.Audience{All: true}, true},
		{"a unit", announcement.Audience{Units: []int64{3}}, true},
		{"nobody", announcement.Audience{}, false},
		{"a list of people", announcement.Audience{People: []int64{1, 2, 3, 4, 5}}, false},
		{"people of a unit", announcement.Audience{Units: []int64{3}, People: []int64{1}}, false},
		{"a status", announcement.Audience{Status: "PNS"}, false},
		{"a status in a unit", announcement.Audience{Units: []int64{3}, Status: "PNS"}, false},
		{"a class", announcement.Audience{Units: []int64{3}, Classes: []string{"PELAKSANA"}}, false},
		{"a title", announcement.Audience{Units: []int64{3}, Titles: []string{"Pengelola"}}, false},
		{"superiors", announcement.Audience{Superiors: true}, false},
		{"heads", announcement.Audience{Heads: true}, false},
		{"without who is on leave", announcement.Audience{All: true, Minus: announcement.Minus{OnLeave: true}}, false},
	} {
		if got := WholeUnits(tt.who); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}

// A question that depends on another, or that is answered in words, is not asked without names.
func TestNamelessQuestions(t *testing.T) {
	pick := questionnaire.Item{Code: "A", Type: questionnaire.Pick, Choices: []questionnaire.Choice{{Value: "pagi"}, {Value: "sore"}}}
	later := pick
	later.Code, later.OnlyIf = "B", &questionnaire.Condition{Item: "A", In: []string{"pagi"}}
	for _, tt := range []struct {
		items []questionnaire.Item
		want  bool
	}{
		{[]questionnaire.Item{pick}, true}, {[]questionnaire.Item{pick, later}, false}, {[]questionnaire.Item{pick, {Code: "S", Type: questionnaire.Text}}, false},
	} {
		if got := Nameless(questionnaire.Definition{Kind: questionnaire.Survey, Items: tt.items}); got != tt.want {
			t.Errorf("%+v: %t", tt.items, got)
		}
	}
	level := questionnaire.Item{Code: "L", Type: questionnaire.Level, Levels: []string{"a", "b", "c", "d", "e"}}
	zero := level
	zero.Code, zero.Zero = "Z", "belum"
	items := Items(questionnaire.Definition{Items: []questionnaire.Item{pick, level, zero}})
	if len(items) != 3 || items[0].Form != disclosure.Choice || items[1].Form != disclosure.Scale || items[2].Form != disclosure.Choice || len(items[2].Values) != 6 {
		t.Errorf("%+v", items)
	}
	if sent := Sheet(questionnaire.Definition{Items: []questionnaire.Item{pick, level}}, questionnaire.Answers{"A": questionnaire.Skipped, "L": "4", "X": "1"}); len(sent) != 1 || sent["L"] != "4" {
		t.Errorf("%v is sealed", sent)
	}
}

// Readiness follows from what is shown: the fixture of the scoring, rounded means, and a mean
// of which only is shown that it is low.
func TestReadinessOfShownMeans(t *testing.T) {
	means := func(texts ...string) (cells []evaluation.Cell) {
		for i, item := range readiness.Items() {
			if i < len(texts) && texts[i] != "" {
				cells = append(cells, evaluation.Cell{Item: item.Code, Part: disclosure.MeanOf, N: 5, Text: texts[i]})
			}
		}
		return cells
	}
	for _, tt := range []struct {
		name    string
		cells   []evaluation.Cell
		index   float64
		class   readiness.Class
		barrier readiness.Stage
		ok      bool
	}{
		{"the fixture", means("4,0", "4,0", "3,0", "2,0", "3,0", "4,0", "3,0", "4,0"), 53.125, readiness.FairlyReady, readiness.Desire, true},
		{"low", means("di bawah 2", "5,0", "5,0", "5,0", "5,0", "5,0", "5,0", "2,0"), (35.5/8 - 1) / 4 * 100, readiness.Ready, readiness.Awareness, true},
		{"six of eight", means("", "", "4,0", "4,0", "4,0", "4,0", "4,0", "2,0"), 75, readiness.Ready, "", true},
		{"five of eight", means("", "", "", "4,0", "4,0", "4,0", "4,0", "2,0"), 0, "", "", false},
	} {
		r, ok := Readiness(tt.cells)
		if ok != tt.ok || r.Class != tt.class || r.Barrier != tt.barrier || math.Abs(r.Index-tt.index) > 0.001 {
			t.Errorf("%s: %+v %t", tt.name, r, ok)
		}
	}
}
