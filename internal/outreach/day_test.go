package outreach

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDay(t *testing.T) {
	if d := NewDay(1970, 1, 1); d != 0 || d.Weekday() != time.Thursday {
		t.Errorf("1 January 1970 = %d, %s", d, d.Weekday())
	}
	if d := NewDay(1969, 12, 31); d != -1 || d.Weekday() != time.Wednesday || d.String() != "1969-12-31" {
		t.Errorf("31 December 1969 = %d, %s, %s", d, d.Weekday(), d)
	}
	// The day begins at midnight of the agency, which is 17:00 UTC.
	if d := DayOf(time.Date(2027, 3, 9, 17, 0, 0, 0, time.UTC), wib); d != on("2027-03-10") {
		t.Errorf("DayOf() = %s, want 2027-03-10", d)
	}
	if got := on("2027-03-10").At(EndOfDay, wib); !got.Equal(at("2027-03-11 00:00")) {
		t.Errorf("24:00 = %s", show(got))
	}
	for s, monday := range map[string]string{"2027-01-11": "2027-01-11", "2027-01-17": "2027-01-11", "2027-01-10": "2027-01-04", "1969-12-31": "1969-12-29"} {
		if got := on(s).Monday(); got != on(monday) {
			t.Errorf("Monday of %s = %s, want %s", s, got, monday)
		}
	}
}

func TestDayProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.IntRange(-10_000, 60_000).Draw(t, "day"))
		back, err := ParseDay(d.String())
		if err != nil || back != d || DayOf(d.Start(wib), wib) != d || DayOf(d.At(EndOfDay-1, wib), wib) != d {
			t.Fatalf("%d is %s, and back %d, %v", d, d, back, err)
		}
		if m := d.Monday(); m.Weekday() != time.Monday || m > d || d-m > 6 {
			t.Fatalf("Monday of %s is %s", d, m)
		}
		if d.Weekday() != d.utc().Weekday() {
			t.Fatalf("%s is a %s", d, d.Weekday())
		}
	})
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2027-03-10", "2027-02-29", "9999-12-31", "", "-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDay(s); err == nil && d.String() != s {
			t.Errorf("ParseDay(%q) = %s", s, d)
		}
	})
}
