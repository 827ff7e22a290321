package demo

import (
	"testing"
	"time"

	"bangkom/internal/outreach"
)

var wib = time.FixedZone("WIB", 7*60*60)

// moment reads "2027-01-12 09:00".
func moment(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, wib)
	if err != nil {
		panic(err)
	}
	return t
}

// A summary goes at the present if it may, else at the next moment that it may: in
// the hours of work from Monday at nine on.
func TestWeeklyMoment(t *testing.T) {
	c := outreach.NewCalendar(outreach.ShippedFacts(wib, nil), outreach.DefaultRules().Hours)
	for _, tt := range []struct{ now, want string }{
		{"2027-01-11 07:00", "2027-01-11 09:00"}, {"2027-01-11 10:00", "2027-01-11 10:00"}, {"2027-01-13 12:00", "2027-01-13 13:15"},
		{"2027-01-15 12:00", "2027-01-15 13:30"}, {"2027-01-15 16:00", "2027-01-18 09:00"}, {"2027-01-16 09:00", "2027-01-18 09:00"},
	} {
		if got := weeklyMoment(c, moment(tt.now)); !got.Equal(moment(tt.want)) {
			t.Errorf("at %s a summary goes at %s, want %s", tt.now, got, tt.want)
		}
	}
}

func TestDemoClock(t *testing.T) {
	c := Clock{real: func() time.Time { return moment("2027-01-11 22:00") }}
	c.moveTo(moment("2027-01-12 09:00"))
	c.moveTo(moment("2027-01-12 08:00")) // never back
	if !c.Now().Equal(moment("2027-01-12 09:00")) {
		t.Errorf("the clock says %s", c.Now())
	}
}
