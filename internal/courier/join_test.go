package courier

import (
	"slices"
	"testing"

	"bangkom/internal/dialog"
)

// One message of two keeps every button of the first one and the main button of
// the other, and leaves both as they were.
func TestJoinedKeepsTheFirstRow(t *testing.T) {
	button := func(labels ...string) (row []dialog.Button) {
		for _, l := range labels {
			row = append(row, dialog.Button{Label: l})
		}
		return row
	}
	a := dialog.Reply{Text: "a", Rows: [][]dialog.Button{button("Nilai", "Alihkan"), button("Nanti")}}
	b := dialog.Reply{Text: "b", Rows: [][]dialog.Button{button("Lanjutkan", "Lewati"), button("Nanti")}}
	both, ok := joined(a, b)
	if !ok || both.Text != "1. a\n\n2. b" {
		t.Fatalf("joined = %q, %t", both.Text, ok)
	}
	var labels []string
	for _, row := range both.Rows {
		for _, one := range row {
			labels = append(labels, one.Label)
		}
		labels = append(labels, "|")
	}
	if want := []string{"1 Nilai", "Alihkan", "|", "2 Lanjutkan", "|", "Nanti", "|"}; !slices.Equal(labels, want) {
		t.Errorf("buttons %q, want %q", labels, want)
	}
	if a.Rows[0][0].Label != "Nilai" || b.Rows[0][0].Label != "Lanjutkan" {
		t.Error("the two messages were changed")
	}
}
