package feature

import (
	"testing"

	"bangkom/internal/personnel"
)

// Two whole words name people of the agency; pieces of names name nobody.
func TestWholeNames(t *testing.T) {
	people := []personnel.Member{{Employee: personnel.Employee{Name: "SITI AMINAH, S.E."}}, {Employee: personnel.Employee{Name: "Siti Aminah Putri"}}, {Employee: personnel.Employee{Name: "Siti Maryam"}}}
	for typed, want := range map[string]int{"siti": 0, "sit ami": 0, "siti ami": 0, "siti aminah": 2, "Aminah, Siti": 2, "Siti  Maryam": 1, "": 0} {
		if got := WholeNames(people, typed); len(got) != want {
			t.Errorf("%q names %d people, want %d", typed, len(got), want)
		}
	}
}
