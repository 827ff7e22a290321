package command

import (
	"slices"
	"testing"

	"bangkom/internal/devdb/devdbtest"
)

// A superior who owes a task gets the summary on Monday and the note on the next
// working day, whichever job has its turn first.
func TestNoteAfterTheSummary(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	for _, order := range [][]string{{"weekly-summary", "weekly-note"}, {"weekly-note", "weekly-summary"}} {
		o := newOffice(t, nil)
		o.people(10)
		o.open("Satu", at("2027-01-11 08:00"), "2027-01-30")
		decided := func(id int) []string {
			return o.rows(`SELECT kind || ' ' || action || ' ' || at::date FROM notice WHERE employee_id = $1 AND kind IN ('note', 'summary') ORDER BY 1`, id)
		}
		o.run(at("2027-01-18 09:00"), order...)
		o.run(at("2027-01-18 09:15"), order...)
		if got := decided(1); !slices.Equal(got, []string{"note hold 2027-01-19", "summary send 2027-01-18"}) {
			t.Errorf("%v: %v", order, got)
		}
		if got := decided(2); !slices.Equal(got, []string{"note send 2027-01-18"}) {
			t.Errorf("%v: of somebody who leads nobody: %v", order, got)
		}
		o.send(at("2027-01-18 09:16"))
		o.run(at("2027-01-19 09:00"), order...)
		if got := decided(1); !slices.Equal(got, []string{"note send 2027-01-19", "summary send 2027-01-18"}) {
			t.Errorf("%v, on Tuesday: %v", order, got)
		}
	}
}

// The note does not wait for a summary that never comes: of a stand-in who has
// nobody to lead, and of a superior who wants none this week.
func TestNoteWithoutASummary(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.open("Satu", at("2027-01-11 08:00"), "2027-01-30")
	o.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at)
		VALUES (5, 3, '2027-01-11', '2027-01-30', 'a', true, '2027-01-05', '2027-01-05')`)
	o.exec(`INSERT INTO summary_wish (employee_id, muted_until, changed_at) VALUES (11, $2, $1)`, at("2027-01-15 08:00"), at("2027-02-01 00:00"))
	for _, slot := range []string{"2027-01-18 09:00", "2027-01-18 09:15"} {
		o.run(at(slot), "weekly-note", "weekly-summary")
	}
	got := o.rows(`SELECT employee_id || ' ' || action FROM notice WHERE kind = 'note' AND employee_id IN (3, 11) ORDER BY employee_id`)
	if want := []string{"3 send", "11 send"}; !slices.Equal(got, want) {
		t.Errorf("notes: %v, want %v", got, want)
	}
}
