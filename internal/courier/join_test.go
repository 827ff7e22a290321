package courier

import (
	"slices"
	"testing"

	"bangkom/internal/dialog"
)

// One message of two keeps every button of the first one and the main button of
// the other, and leaves both as they were. Numbers that a message gave its own
// buttons are never those of the two messages.
func TestJoinedKeepsTheFirstRow(t *testing.T) {
	row := func(labels ...string) (row []dialog.Button) {
		for _, l := range labels {
			row = append(row, dialog.Button{Label: l})
		}
		return row
	}
	other := [][]dialog.Button{row("Lanjutkan", "Lewati"), row("Nanti")}
	tests := []struct {
		name         string
		first, other [][]dialog.Button
		text         string
		want         []string
	}{
		{"plain", [][]dialog.Button{row("Nilai", "Alihkan"), row("Nanti")}, other,
			"1. a\n\n2. b", []string{"1 Nilai", "Alihkan", "|", "2 Lanjutkan", "|", "Nanti", "|"}},
		{"people are numbered", [][]dialog.Button{row("Beri izin 2"), row("1 Nilai", "2 Nilai")}, other,
			"A. a\n\nB. b", []string{"A Beri izin 2", "|", "B Lanjutkan", "|", "1 Nilai", "2 Nilai", "|"}},
		{"people are numbered at once", [][]dialog.Button{row("1 Nilai", "2 Nilai")}, other,
			"A. a\n\nB. b", []string{"1 Nilai", "2 Nilai", "|", "B Lanjutkan", "|"}},
		{"the other one has numbers", [][]dialog.Button{row("Mulai")}, [][]dialog.Button{row("1 Jawab", "2 Jawab")},
			"A. a\n\nB. b", []string{"A Mulai", "|", "1 Jawab", "|"}},
		{"too long for a mark", [][]dialog.Button{row("Buka perbandingan ini")}, other,
			"1. a\n\n2. b", []string{"Buka perbandingan ini", "|", "2 Lanjutkan", "|"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := dialog.Reply{Text: "a", Rows: tt.first}, dialog.Reply{Text: "b", Rows: tt.other}
			before := []string{a.Rows[0][0].Label, b.Rows[0][0].Label}
			both, ok := joined(a, b)
			if !ok || both.Text != tt.text {
				t.Fatalf("joined = %q, %t, want %q", both.Text, ok, tt.text)
			}
			var labels []string
			for _, row := range both.Rows {
				for _, one := range row {
					labels = append(labels, one.Label)
				}
				labels = append(labels, "|")
			}
			if !slices.Equal(labels, tt.want) {
				t.Errorf("buttons %q, want %q", labels, tt.want)
			}
			if after := []string{a.Rows[0][0].Label, b.Rows[0][0].Label}; !slices.Equal(after, before) {
				t.Errorf("the two messages were changed: %q", after)
			}
		})
	}
}

// A button that answers is never the one that is left of its message.
func TestJoinedLeavesQuestionsAlone(t *testing.T) {
	asks := dialog.Reply{Text: "a", Rows: [][]dialog.Button{{{Label: "1", Action: dialog.Action{Verb: dialog.Answer}}, {Label: "2", Action: dialog.Action{Verb: dialog.Answer}}}}}
	other := dialog.Reply{Text: "b", Rows: [][]dialog.Button{{{Label: "Mulai", Action: dialog.Action{Verb: dialog.Resume}}}}}
	for _, two := range [][2]dialog.Reply{{asks, other}, {other, asks}, {asks, asks}} {
		if both, ok := joined(two[0], two[1]); ok {
			t.Errorf("joined %q", both.Text)
		}
	}
	if _, ok := joined(other, other); !ok {
		t.Error("two messages without a question are not joined")
	}
}
