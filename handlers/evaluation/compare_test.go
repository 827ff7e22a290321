package evaluation

import (
	"strings"
	"testing"

	"bangkom/handlers/feature"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// The picture of a comparison shows who is compared, in the order of the list, and as far
// as the words beside the bar tell: of a value below 2, and of one between two ends, no more.
func TestComparedRows(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	p := at(&feature.Desk{Cfg: feature.Config{Text: cat}})
	compared := func(name string, batches int, mean disclosure.Joint, words string) evaluation.Compared {
		c := evaluation.Compared{Name: name, Batches: batches, Persons: 30}
		c.Columns[evaluation.Useful] = evaluation.Joined{N: mean.N, Text: words, Mean: mean}
		return c
	}
	rows := p.comparedRows([]evaluation.Compared{
		compared("", evaluation.ComparedFrom, disclosure.Joint{N: 30, From: 34, To: 34}, "3,4"),
		compared("Terlalu sedikit", evaluation.ComparedFrom-1, disclosure.Joint{N: 30, From: 34, To: 34}, "3,4"),
		compared("Tidak ditampilkan", evaluation.ComparedFrom, disclosure.Joint{}, ""),
		compared("Antara", evaluation.ComparedFrom, disclosure.Joint{N: 30, From: 21, To: 25}, "2,1 sampai 2,5"),
		compared("Paling banyak", evaluation.ComparedFrom, disclosure.Joint{N: 30, From: 15, To: 24}, "paling banyak 2,4"),
		compared("Rendah", evaluation.ComparedFrom, disclosure.Joint{N: 30, From: 10, To: 20}, "di bawah 2"),
	})
	want := []report.ScaleRow{
		{Name: cat.Plain("evaluation.own_house", nil), Text: "3,4 dari 4", Value: 3.4, Top: 4},
		{Name: "Antara", Text: "2,1 sampai 2,5 dari 4", Value: 2.5, From: 2.1, Top: 4},
		{Name: "Paling banyak", Text: "paling banyak 2,4 dari 4", Value: 2.4, From: 1, Top: 4},
		{Name: "Rendah", Text: "di bawah 2 dari 4", Value: 2, Low: true, Top: 4},
	}
	if len(rows) != len(want) {
		t.Fatalf("%+v, want %+v", rows, want)
	}
	for i := range want {
		if rows[i] != want[i] {
			t.Errorf("row %d is %+v, want %+v", i, rows[i], want[i])
		}
	}
	if _, err := (report.ScaleChart{Title: "x", Rows: rows, Footer: strings.Repeat("kata ", 30)}).PNG(); err != nil {
		t.Error(err)
	}
}
