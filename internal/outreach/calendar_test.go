package outreach

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestShippedHolidays compares every date with the weekday that the decree
// prints beside it, so that no digit is wrong.
func TestShippedHolidays(t *testing.T) {
	want := strings.Fields(`
		2026-01-01KamL 2026-01-16JumL 2026-02-16SenC 2026-02-17SelL 2026-03-18RabC 2026-03-19KamL 2026-03-20JumC
		2026-03-21SabL 2026-03-22MinL 2026-03-23SenC 2026-03-24SelC 2026-04-03JumL 2026-04-05MinL 2026-05-01JumL
		2026-05-14KamL 2026-05-15JumC 2026-05-27RabL 2026-05-28KamC 2026-05-31MinL 2026-06-01SenL 2026-06-16SelL
		2026-08-17SenL 2026-08-25SelL 2026-12-24KamC 2026-12-25JumL
		2027-01-01JumL 2027-01-05SelL 2027-02-05JumC 2027-02-06SabL 2027-03-08SenL 2027-03-09SelC 2027-03-10RabL
		2027-03-11KamL 2027-03-12JumC 2027-03-15SenC 2027-03-25KamC 2027-03-26JumL 2027-03-28MinL 2027-05-01SabL
		2027-05-06KamL 2027-05-17SenL 2027-05-18SelC 2027-05-19RabC 2027-05-20KamL 2027-06-01SelL 2027-06-06MinL
		2027-08-15MinL 2027-08-17SelL 2027-12-24JumC 2027-12-25SabL 2027-12-26MinL`)
	names := [...]string{"Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"}
	var got []string
	count := map[string]int{}
	for _, h := range ShippedHolidays() {
		kind := map[HolidayKind]string{National: "L", Collective: "C"}[h.Kind]
		got = append(got, h.Day.String()+names[h.Day.Weekday()]+kind)
		count[h.Day.String()[:4]+kind]++
		if h.Name == "" || !strings.HasPrefix(h.Source, "SKB") {
			t.Errorf("%s has no name or decree: %+v", h.Day, h)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("holidays (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"2026L": 17, "2026C": 8, "2027L": 18, "2027C": 8}, count); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestMergeHolidays(t *testing.T) {
	own := []Holiday{
		{Day: on("2026-08-18"), Name: "Cuti bersama Proklamasi", Kind: Collective}, // announced later
		{Day: on("2027-03-15"), Kind: Workday},                                     // taken back
		{Day: on("2027-03-12"), Name: "Idulfitri", Kind: National},                 // changed
	}
	c := NewCalendar(ShippedFacts(wib, own), DefaultRules().Hours)
	tests := map[string]string{"2026-08-18": "Cuti bersama Proklamasi", "2027-03-15": "", "2027-03-12": "Idulfitri", "2027-03-10": "Idulfitri"}
	for day, want := range tests {
		if h, ok := c.Holiday(on(day)); h.Name != want || ok != (want != "") {
			t.Errorf("Holiday(%s) = %+v, %t, want %q", day, h, ok, want)
		}
	}
	if got := MergeHolidays(nil, nil); len(got) != 0 {
		t.Errorf("MergeHolidays() of nothing = %v", got)
	}
}

func TestWorkingDays(t *testing.T) {
	c := shipped().Calendar
	tests := []struct {
		name string
		from string
		n    int
		week Week
		want string
	}{
		{"Monday and two", "2027-01-11", 2, FiveDays(), "2027-01-13"},
		{"over the weekend", "2027-01-15", 1, FiveDays(), "2027-01-18"},
		{"over the weekend, six days", "2027-01-15", 1, SixDays(), "2027-01-16"},
		{"over the weekend, shifts", "2027-01-16", 1, Shifts(), "2027-01-17"},
		{"over Idulfitri 2027", "2027-03-05", 1, FiveDays(), "2027-03-16"},
		{"over Idulfitri 2027, six days", "2027-03-05", 2, SixDays(), "2027-03-13"},
		{"over Idulfitri 2027, shifts", "2027-03-07", 1, Shifts(), "2027-03-13"},
		{"back over Idulfitri", "2027-03-16", -1, FiveDays(), "2027-03-05"},
		{"over Iduladha and Waisak 2027", "2027-05-14", 1, FiveDays(), "2027-05-21"},
		{"into the new year", "2026-12-23", 2, FiveDays(), "2026-12-29"},
		{"none stays", "2027-03-10", 0, FiveDays(), "2027-03-10"},
		{"the zero week is the agency's", "2027-01-15", 1, Week{}, "2027-01-18"},
		{"a year without calendar counts weekdays", "2028-01-03", 5, FiveDays(), "2028-01-10"},
	}
	for _, tt := range tests {
		if got := c.AddWorkingDays(on(tt.from), tt.n, tt.week); got != on(tt.want) {
			t.Errorf("%s: AddWorkingDays(%s, %d) = %s, want %s", tt.name, tt.from, tt.n, got, tt.want)
		}
	}
	if got := c.NextWorkingDay(on("2027-03-24"), Week{}); got != on("2027-03-29") {
		t.Errorf("NextWorkingDay() = %s, want 2027-03-29", got)
	}
	if got := c.PreviousWorkingDay(on("2027-03-29"), Week{}); got != on("2027-03-24") {
		t.Errorf("PreviousWorkingDay() = %s, want 2027-03-24", got)
	}
}

func weeks() []Week { return []Week{{}, SixDays(), Shifts(), {Days: On(time.Wednesday)}} }

func TestWorkingDayProperties(t *testing.T) {
	c := shipped().Calendar
	rapid.Check(t, func(t *rapid.T) {
		d := on("2026-01-01") + Day(rapid.IntRange(0, 800).Draw(t, "day"))
		n := rapid.IntRange(-60, 60).Draw(t, "n")
		w := rapid.SampledFrom(weeks()).Draw(t, "week")
		to := c.AddWorkingDays(d, n, w)
		if n != 0 && !c.Working(to, w) {
			t.Fatalf("%s and %d working days is %s, which is none", d, n, to)
		}
		if got := c.WorkingDaysBetween(d, to, w); got != n {
			t.Fatalf("%s to %s are %d working days, want %d", d, to, got, n)
		}
		due := d.At(Clock(rapid.IntRange(0, 1440).Draw(t, "clock")), wib)
		moved := c.Deadline(due, w)
		if moved.Before(due) || !c.Working(c.lastDay(moved), w) || !c.Deadline(moved, w).Equal(moved) {
			t.Fatalf("Deadline(%s) = %s", show(due), show(moved))
		}
	})
}

func TestDeadline(t *testing.T) {
	c := shipped().Calendar
	tests := []struct {
		name string
		due  string
		week Week
		want string
	}{
		{"the end of a Friday", "2027-01-23 00:00", Week{}, "2027-01-23 00:00"},
		{"the end of a Saturday", "2027-01-24 00:00", Week{}, "2027-01-26 00:00"},
		{"the end of a Saturday that is worked", "2027-01-24 00:00", SixDays(), "2027-01-24 00:00"},
		{"in the middle of Idulfitri", "2027-03-10 15:30", Week{}, "2027-03-16 15:30"},
		{"the first moment of a holiday is the day before", "2027-08-17 00:00", Week{}, "2027-08-17 00:00"},
		{"Proklamasi", "2027-08-18 00:00", Week{}, "2027-08-19 00:00"},
	}
	for _, tt := range tests {
		if got := c.Deadline(at(tt.due), tt.week); !got.Equal(at(tt.want)) {
			t.Errorf("%s: Deadline(%s) = %s, want %s", tt.name, tt.due, show(got), tt.want)
		}
	}
}

func TestWarnings(t *testing.T) {
	c := shipped().Calendar
	next := ShippedFacts(wib, nil)
	for i := range minHolidays {
		next.Holidays = append(next.Holidays, Holiday{Day: NewDay(2028, 1, 1+i), Kind: National})
	}
	tests := []struct {
		name string
		cal  *Calendar
		now  string
		want []Warning
	}{
		{"nothing yet", c, "2026-11-26 10:00", nil},
		{"August", c, "2027-08-31 23:59", nil},
		{"September", c, "2027-09-01 00:00", []Warning{{"calendar_missing", 2028}}},
		{"too late", c, "2028-01-03 08:00", []Warning{{"calendar_missing", 2028}}},
		{"entered, without Ramadan", NewCalendar(next, DefaultRules().Hours), "2027-10-01 08:00", []Warning{{"ramadan_missing", 2028}}},
		{"before the sighting", c, "2027-01-09 08:00", []Warning{{"ramadan_unconfirmed", 2027}}},
		{"the sighting is far", c, "2027-01-08 08:00", nil},
		{"confirmed", c, "2026-02-01 08:00", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.cal.Warnings(at(tt.now))); diff != "" {
			t.Errorf("%s: Warnings(%s) (-want +got):\n%s", tt.name, tt.now, diff)
		}
	}
	// A few rows are no calendar.
	some := []Holiday{{Day: on("2028-01-01"), Kind: National}, {Day: on("2028-08-17"), Kind: National}}
	if NewCalendar(ShippedFacts(nil, some), DefaultRules().Hours).Known(2028) {
		t.Error("two rows make 2028 known")
	}
}
