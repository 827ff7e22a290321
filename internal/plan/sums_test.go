package plan_test

import (
	"testing"
	"time"

	"bangkom/internal/plan"
)

// Sums stand still within a month, and move on only when enough persons have changed something
// since the last time, each counted once.
func TestAsOf(t *testing.T) {
	place := time.FixedZone("WIB", 7*3600)
	day := func(s string) time.Time {
		at, err := time.ParseInLocation(time.DateOnly, s, place)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	change := func(person int64, on string) plan.Change {
		return plan.Change{Unit: person % 2, Person: person, At: day(on)}
	}
	january := []plan.Change{change(1, "2027-01-04"), change(2, "2027-01-31"), change(3, "2027-01-20")}
	for name, c := range map[string]struct {
		list []plan.Change
		now  string
		want string
	}{
		"nobody":                        {nil, "2027-05-05", ""},
		"within the month":              {january, "2027-01-31", ""},
		"on the first of the next one":  {january, "2027-02-01", "2027-02-01"},
		"two are too few":               {january[:2], "2027-03-01", ""},
		"one more leaves it as it was":  {append(january[:3:3], change(4, "2027-02-10")), "2027-03-01", "2027-02-01"},
		"the same person is one person": {append(january[:3:3], change(4, "2027-02-10"), change(4, "2027-02-11"), change(5, "2027-02-12")), "2027-03-01", "2027-02-01"},
		"three more move it on":         {append(january[:3:3], change(4, "2027-02-10"), change(5, "2027-03-11"), change(1, "2027-03-12")), "2027-06-01", "2027-04-01"},
	} {
		got := plan.AsOf(c.list, 3, day(c.now))
		if c.want == "" && !got.IsZero() || c.want != "" && !got.Equal(day(c.want)) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	var many []plan.Change
	for p := range int64(9) {
		many = append(many, change(p, "2027-01-04"))
	}
	if units := plan.AsOfUnits(many, day("2027-02-01")); len(units) != 1 || units[0].Unit != 0 { // five of unit 0, four of unit 1
		t.Errorf("units %+v", units)
	}
	for p := range int64(40) {
		many = append(many, change(2*p, "2027-03-04"))
	}
	if units := plan.AsOfUnits(many, day("2027-02-01")); len(units) != 1 || !units[0].AsOf.Equal(day("2027-02-01")) {
		t.Errorf("a unit is further on than the agency: %+v", units)
	}
}
