package outreach_test

import (
	"testing"
	"time"

	"bangkom/internal/outreach"
)

// At the breaking of the fast nothing goes of the kinds that keep it: an invitation after
// a session that ends then waits until half past seven, and one that was let go before
// must be sent before. On other evenings, and for other kinds, that hour is like any.
func TestNothingGoesAtTheBreakingOfTheFast(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	facts := outreach.ShippedFacts(wib, nil)
	fast, err := outreach.ParseDay("2027-02-08")
	if err != nil {
		t.Fatal(err)
	}
	facts.Ramadans = []outreach.Ramadan{{Name: "1448", Days: outreach.Days{From: fast, To: fast + 29}}}
	gate := outreach.Gate{Calendar: outreach.NewCalendar(facts, outreach.DefaultRules().Hours), Rules: outreach.DefaultRules()}
	person := outreach.Person{Linked: true, Reachable: true}
	at := func(day int, month time.Month, hour, minute int) time.Time {
		return time.Date(2027, month, day, hour, minute, 0, 0, wib)
	}
	tests := []struct {
		name  string
		kind  outreach.Kind
		now   time.Time
		wait  time.Time // zero = it goes now
		until time.Time
	}{
		{"before", outreach.Evaluation, at(17, time.February, 16, 0), time.Time{}, at(17, time.February, 17, 30)},
		{"at the beginning", outreach.Evaluation, at(17, time.February, 17, 30), at(17, time.February, 19, 30), time.Time{}},
		{"in it", outreach.Evaluation, at(17, time.February, 18, 5), at(17, time.February, 19, 30), time.Time{}},
		{"after it", outreach.Evaluation, at(17, time.February, 19, 30), time.Time{}, at(17, time.February, 21, 0)},
		{"at night", outreach.Evaluation, at(17, time.February, 21, 0), at(18, time.February, 6, 0), time.Time{}},
		{"another kind", outreach.Answered, at(17, time.February, 18, 5), time.Time{}, at(17, time.February, 21, 0)},
		{"another month", outreach.Evaluation, at(17, time.March, 18, 5), time.Time{}, at(17, time.March, 21, 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := gate.Decide(person, outreach.Candidate{Class: outreach.Service, Kind: tt.kind}, tt.now)
			switch {
			case tt.wait.IsZero() && (d.Action != outreach.Send || !d.Until.Equal(tt.until)):
				t.Errorf("%+v, want it to go until %s", d, tt.until)
			case !tt.wait.IsZero() && (d.Action != outreach.Hold || !d.At.Equal(tt.wait)):
				t.Errorf("%+v, want it to wait until %s", d, tt.wait)
			}
		})
	}
}
