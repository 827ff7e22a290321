package feature

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

func TestGrid(t *testing.T) {
	buttons := func(labels ...string) (all []dialog.Button) {
		for _, l := range labels {
			all = append(all, dialog.Button{Label: l})
		}
		return all
	}
	tests := []struct {
		inRow int
		all   []dialog.Button
		want  [][]dialog.Button
	}{
		{5, nil, nil},
		{5, buttons("1", "2"), [][]dialog.Button{buttons("1", "2")}},
		{2, buttons("1", "2", "3", "4"), [][]dialog.Button{buttons("1", "2"), buttons("3", "4")}},
		{2, buttons("1", "2", "3"), [][]dialog.Button{buttons("1", "2"), buttons("3")}},
		{1, buttons("1", "2"), [][]dialog.Button{buttons("1"), buttons("2")}},
	}
	for _, tt := range tests {
		got := Grid(tt.inRow, tt.all)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Grid(%d, %v) (-want +got):\n%s", tt.inRow, tt.all, diff)
		}
	}
	rows := Grid(2, buttons("1", "2", "3"))
	if rows[0] = append(rows[0], dialog.Button{Label: "x"}); rows[1][0].Label != "3" {
		t.Errorf("a button that is added to a row takes the place of %q in the next one", rows[1][0].Label)
	}
}

// The page of a button is a small number; what nobody has made is no page.
func TestPageOf(t *testing.T) {
	for value, want := range map[string]int{"": 0, "0": 0, "7": 7, "10000": 10000, "10001": -1, "-1": -1, "x": -1, "1 ": -1, "99999999999999999999": -1} {
		if got, err := PageOf(value); got != max(want, 0) && want >= 0 || (err == nil) != (want >= 0) {
			t.Errorf("%q is page %d, %v", value, got, err)
		}
	}
}

// The first page leads only on, the last one only back, and a single one nowhere.
func TestTurns(t *testing.T) {
	to := func(label string, page int) dialog.Button {
		return dialog.Button{Label: label, Action: dialog.Action{Ref: int64(page)}}
	}
	for _, tt := range []struct {
		page int
		more bool
		want [][]dialog.Button
	}{
		{0, false, nil},
		{0, true, [][]dialog.Button{{to("page_next", 1)}}},
		{2, false, [][]dialog.Button{{to("page_before", 1)}}},
		{2, true, [][]dialog.Button{{to("page_before", 1), to("page_next", 3)}}},
	} {
		if diff := cmp.Diff(tt.want, Turns(tt.page, tt.more, to)); diff != "" {
			t.Errorf("page %d, more %t (-want +got):\n%s", tt.page, tt.more, diff)
		}
	}
}
