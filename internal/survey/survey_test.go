package survey

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// What was done goes to everybody who was asked; how many have answered only from ten answers.
func TestTold(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	for sent, want := range map[int]string{9: "", 10: "10 dari 1.250 pegawai menjawab."} {
		_, body := told(cat, Asked{Survey: Survey{Name: "Jam Belajar", Report: "Setiap Jumat pagi."}, Sent: sent, Of: 1250})
		if !strings.Contains(body, "Setiap Jumat pagi.") || strings.Contains(body, "menjawab") != (want != "") || !strings.Contains(body, want) {
			t.Errorf("%d answers: %s", sent, body)
		}
	}
}

func version(n int, codes ...string) questionnaire.Definition {
	d := questionnaire.Definition{Version: n}
	for _, c := range codes {
		d.Items = append(d.Items, questionnaire.Item{Code: c})
	}
	return d
}

// Somebody who left stands on the item that was on show, in the version of the own task; an item at which 40 % stop is flagged within fifty people, and a few are not.
func TestDropOff(t *testing.T) {
	versions := []questionnaire.Definition{version(1, "A", "B", "C"), version(2, "C", "A", "D")}
	for _, tt := range []struct {
		name  string
		stops []Stop
		began int
		want  []Dropped
	}{
		{"too few began", []Stop{{1, "B", 9}}, 9, nil},
		{"before the first", []Stop{{2, "", 4}}, 10, []Dropped{{"C", 4, true}}},
		{"the item on show", []Stop{{1, "B", 2}}, 10, []Dropped{{"B", 2, false}}},
		{"everything answered, not sent", []Stop{{1, "review", 8}}, 20, nil},
		{"an unknown version", []Stop{{7, "A", 8}}, 20, nil},
		{"40 % of fifty", []Stop{{2, "D", 20}}, 50, []Dropped{{"D", 20, true}}},
		{"three of fifty", []Stop{{2, "D", 3}}, 50, []Dropped{{"D", 3, false}}},
		{"one in eight", []Stop{{2, "D", 10}}, 80, []Dropped{{"D", 10, false}}},
		{"two versions meet at one item", []Stop{{1, "C", 5}, {2, "", 6}}, 40, []Dropped{{"C", 11, true}}},
		{"an item of the older version comes last", []Stop{{1, "B", 6}, {2, "D", 7}}, 30, []Dropped{{"D", 7, true}, {"B", 6, true}}},
	} {
		if got := DropOff(tt.stops, versions, tt.began); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestTenths(t *testing.T) {
	for _, tt := range []struct {
		part, whole, want int
		ok                bool
	}{{9, 9, 0, false}, {0, 10, 0, true}, {3, 10, 3, true}, {4, 11, 4, true}, {1, 21, 0, true}, {50, 50, 10, true}} {
		if got, ok := Tenths(tt.part, tt.whole); got != tt.want || ok != tt.ok {
			t.Errorf("%d of %d: %d, %v", tt.part, tt.whole, got, ok)
		}
	}
}

func TestOverdue(t *testing.T) {
	day := time.Date(2027, 2, 5, 0, 0, 0, 0, time.UTC)
	s := Survey{ReportBy: day}
	if s.Overdue(day.Add(23*time.Hour)) || !s.Overdue(day.AddDate(0, 0, 1)) {
		t.Error("the promised day itself is in time, the next one is not")
	}
	if s.Reported = day; s.Overdue(day.AddDate(1, 0, 0)) {
		t.Error("what was told is overdue")
	}
}

// What was done is told after the last day, and sixty days after it at the latest.
func TestMayPromise(t *testing.T) {
	last := time.Date(2027, 1, 22, 0, 0, 0, 0, time.UTC)
	closes := last.AddDate(0, 0, 1)
	for days, want := range map[int]bool{0: false, 1: true, 60: true, 61: false} {
		if got := MayPromise(closes, last.AddDate(0, 0, days)); got != want {
			t.Errorf("%d days after the last one: %v", days, got)
		}
	}
}
