package proof

import (
	"strings"
	"testing"
)

// What the books of seats demand is seen when it is broken.
func TestBrokenSeatsAreFound(t *testing.T) {
	e := func(work string, person int64, state string, place int64) SeatEvent {
		return SeatEvent{Work: work, Chat: person, Enrolment: person, State: state, Place: place}
	}
	seats := func(work string, n int) SeatEvent { return SeatEvent{Work: work, Seats: n} }
	for _, tt := range []struct {
		name   string
		events []SeatEvent
		want   string
	}{
		{"as it should be", []SeatEvent{seats("1", 2), e("2", 1, "seated", 1), e("3", 2, "seated", 2), e("4", 3, "waiting", 3), e("5", 1, "withdrawn", 1), e("6", 3, "offered", 3), e("7", 3, "seated", 3)}, ""},
		{"one too many", []SeatEvent{seats("1", 1), e("2", 1, "seated", 1), e("3", 2, "seated", 2)}, "2 seats are given or offered where there are 1"},
		{"an offer counts", []SeatEvent{seats("1", 1), e("2", 1, "seated", 1), e("3", 2, "offered", 2)}, "2 seats are given"},
		{"fewer take nobody's", []SeatEvent{seats("1", 2), e("2", 1, "seated", 1), e("3", 2, "seated", 2), seats("4", 1), e("5", 2, "withdrawn", 2)}, ""},
		{"but give nobody one", []SeatEvent{seats("1", 2), e("2", 1, "seated", 1), e("3", 2, "seated", 2), seats("4", 1), e("5", 2, "withdrawn", 2), e("6", 3, "seated", 3)}, "2 seats are given"},
		{"out of order", []SeatEvent{seats("1", 1), e("2", 1, "waiting", 1), e("3", 2, "seated", 2)}, "account 1 waits at place 1"},
		{"two at once, in any order", []SeatEvent{seats("1", 2), e("2", 1, "waiting", 1), e("3", 2, "waiting", 2), e("4", 2, "offered", 2), e("4", 1, "offered", 1)}, ""},
		{"two rows", []SeatEvent{seats("1", 2), e("2", 1, "seated", 1), {Work: "3", Chat: 1, Enrolment: 9, State: "waiting", Place: 2}}, "two rows"},
	} {
		if said := strings.Join(readSeats(tt.events).broken, "\n"); (tt.want == "") != (said == "") || !strings.Contains(said, tt.want) {
			t.Errorf("%s: broken %q, want something with %q", tt.name, said, tt.want)
		}
	}
}

// A step of which the chat said nothing, or said it too early, is found.
func TestUnexplainedSteps(t *testing.T) {
	steps := []string{"waiting", "offered", "seated"}
	told := []string{"Ibu di urutan 3 daftar tunggu.", "Ada satu tempat pada Pengolahan Data", "Satu tempat disisihkan"}
	for _, tt := range []struct {
		texts []string
		want  string
	}{{told, ""}, {told[:2], "seated"}, {[]string{told[0], told[2]}, "offered"}, {[]string{told[1], told[0], told[2]}, "offered"}, {nil, "waiting"}} {
		if got := unexplained(steps, tt.texts); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.texts, got, tt.want)
		}
	}
}

// Only where latencies are not demanded may a press be without an answer, and few of all.
func TestFewMaySlowlyGoWithoutAnswer(t *testing.T) {
	for _, tt := range []struct {
		untimed     bool
		silent, all int
		want        bool
	}{{true, 2, 402, true}, {true, 100, 400, true}, {true, 101, 400, false}, {false, 1, 400, false}} {
		if got := (&run{options: Options{Untimed: tt.untimed}}).slowMay(tt.silent, tt.all); got != tt.want {
			t.Errorf("%+v: %t", tt, got)
		}
	}
}
