package outreach

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// windows writes the windows of a day as "07:45-11:30 13:15-15:45".
func windows(c *Calendar, class Class, day string, d Diary) string {
	var all []string
	for _, w := range c.Windows(class, on(day), d) {
		to := w.To.In(wib).Format("15:04")
		if c.Day(w.To) > on(day) {
			to = "24:00"
		}
		all = append(all, w.From.In(wib).Format("15:04")+"-"+to)
	}
	return strings.Join(all, " ")
}

func TestWindows(t *testing.T) {
	night := Week{Days: Shifts().Days}
	for d := range night.Hours {
		night.Hours[d] = []Span{{At(5, 0), At(6, 30)}, {At(19, 0), At(23, 0)}}
	}
	clinic := SixDays()
	clinic.Hours[time.Saturday] = []Span{{At(12, 0), At(13, 0)}}
	clinic.Ramadan[time.Tuesday] = []Span{{At(13, 0), At(14, 0)}}
	const all, service, usual = "00:00-24:00", "06:00-21:00", "07:45-11:30 13:15-15:45"
	tests := []struct {
		name  string
		class Class
		day   string
		diary Diary
		want  string
	}{
		{"reply, at any hour", Reply, "2027-03-10", Diary{}, all},
		{"service, by day", Service, "2027-01-12", Diary{}, service},
		{"service, on a holiday", Service, "2027-03-10", Diary{}, service},
		{"service, on leave", Service, "2027-01-12", Diary{Leave: days("2027-01-01/2027-01-31")}, service},
		{"Tuesday", Prompt, "2027-01-12", Diary{}, usual},
		{"broadcast as prompt", Broadcast, "2027-01-12", Diary{}, usual},
		{"Monday after apel", Prompt, "2027-01-11", Diary{}, "08:30-11:30 13:15-15:45"},
		{"Friday around prayers", Prompt, "2027-01-15", Diary{}, "07:45-11:30 13:30-15:45"},
		{"a ceremony on a Thursday", Prompt, "2027-05-20", Diary{}, ""}, // Waisak too
		{"Hari Pahlawan, a Wednesday", Prompt, "2027-11-10", Diary{}, "08:30-11:30 13:15-15:45"},
		{"Saturday, five days", Prompt, "2027-01-16", Diary{}, ""},
		{"Saturday, six days", Prompt, "2027-01-16", Diary{Week: SixDays()}, "07:45-11:30"},
		{"Sunday, six days", Prompt, "2027-01-17", Diary{Week: SixDays()}, ""},
		{"Sunday, shifts", Prompt, "2027-01-17", Diary{Week: Shifts()}, "07:45-11:30"},
		{"a holiday, shifts", Prompt, "2027-03-10", Diary{Week: Shifts()}, ""},
		{"collective leave", Prompt, "2027-03-09", Diary{}, ""},
		{"leave", Prompt, "2027-01-12", Diary{Leave: days("2027-01-11/2027-01-12")}, ""},
		{"the day after leave", Prompt, "2027-01-13", Diary{Leave: days("2027-01-11/2027-01-12")}, usual},
		{"Ramadan", Prompt, "2027-02-09", Diary{}, "08:15-14:30"},
		{"Ramadan 1447, its first day", Prompt, "2026-02-19", Diary{}, "08:15-14:30"},
		{"the day before it", Prompt, "2026-02-18", Diary{}, usual},
		{"Ramadan, Monday", Prompt, "2027-02-08", Diary{}, "08:30-14:30"},
		{"Ramadan, Friday", Prompt, "2027-02-12", Diary{}, "08:15-11:30 13:30-14:30"},
		{"Ramadan, Saturday", Prompt, "2027-02-13", Diary{Week: SixDays()}, "08:15-11:30"},
		{"own hour", Prompt, "2027-01-12", Diary{Hour: At(19, 0)}, "19:00-20:00"},
		{"own hour comes before apel", Prompt, "2027-01-11", Diary{Hour: At(6, 0)}, "06:00-07:00"},
		{"own hour at the end of the day", Prompt, "2027-01-12", Diary{Hour: At(20, 30)}, "20:30-21:00"},
		{"own hour in Ramadan", Prompt, "2027-02-09", Diary{Hour: At(16, 0)}, "16:00-17:00"},
		{"own hour, never on a holiday", Prompt, "2027-03-10", Diary{Hour: At(19, 0), Week: Shifts()}, ""},
		{"an hour that nobody may choose", Prompt, "2027-01-12", Diary{Hour: At(21, 0)}, usual},
		{"a unit's own hours are cut", Prompt, "2027-01-12", Diary{Week: night}, "06:00-06:30 19:00-21:00"},
		{"and not changed by Ramadan", Prompt, "2027-02-09", Diary{Week: night}, "06:00-06:30 19:00-21:00"},
		{"but by a ceremony", Prompt, "2027-11-10", Diary{Week: night}, "19:00-21:00"},
		{"own hours on one day only", Prompt, "2027-01-16", Diary{Week: clinic}, "12:00-13:00"},
		{"the table on the others", Prompt, "2027-01-12", Diary{Week: clinic}, usual},
		{"own hours of Ramadan", Prompt, "2027-02-09", Diary{Week: clinic}, "13:00-14:00"},
		{"own hour before the unit's", Prompt, "2027-01-16", Diary{Week: clinic, Hour: At(9, 0)}, "09:00-10:00"},
		{"a year that is not known", Prompt, "2028-01-04", Diary{}, ""},
		{"service in a year that is not known", Service, "2028-01-04", Diary{}, service},
		{"a class that nobody knows", Class("spam"), "2027-01-12", Diary{}, ""},
	}
	c := shipped().Calendar
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := windows(c, tt.class, tt.day, tt.diary); got != tt.want {
				t.Errorf("Windows(%s, %s, %+v) = %q, want %q", tt.class, tt.day, tt.diary, got, tt.want)
			}
		})
	}
}

func TestNext(t *testing.T) {
	tests := []struct {
		name  string
		class Class
		now   string
		diary Diary
		want  string
	}{
		{"now", Prompt, "2027-01-12 09:00", Diary{}, "2027-01-12 09:00"},
		{"the first moment", Prompt, "2027-01-12 07:45", Diary{}, "2027-01-12 07:45"},
		{"the end is outside", Prompt, "2027-01-12 11:30", Diary{}, "2027-01-12 13:15"},
		{"over night", Prompt, "2027-01-12 15:45", Diary{}, "2027-01-13 07:45"},
		{"over the weekend, to after apel", Prompt, "2027-01-15 16:00", Diary{}, "2027-01-18 08:30"},
		{"Friday prayers", Prompt, "2027-01-15 12:00", Diary{}, "2027-01-15 13:30"},
		{"over Idulfitri", Prompt, "2027-03-05 16:00", Diary{}, "2027-03-16 07:45"},
		{"over Idulfitri, six days", Prompt, "2027-03-06 12:00", Diary{Week: SixDays()}, "2027-03-13 07:45"},
		{"service in the night", Service, "2027-03-09 22:00", Diary{}, "2027-03-10 06:00"},
		{"a reply at once", Reply, "2027-03-10 03:00", Diary{}, "2027-03-10 03:00"},
		{"leave that ends on a Friday", Prompt, "2027-01-04 09:00", Diary{Leave: days("2027-01-04/2027-01-15")}, "2027-01-18 08:30"},
		{"own hour, gone for today", Prompt, "2027-01-12 20:00", Diary{Hour: At(19, 0)}, "2027-01-13 19:00"},
		{"study leave of two years", Prompt, "2026-01-05 09:00", Diary{Leave: days("2026-01-01/2027-12-31")}, "never"},
		{"the end of the known calendar", Prompt, "2027-12-31 15:45", Diary{}, "never"},
	}
	c := shipped().Calendar
	for _, tt := range tests {
		got, ok := c.Next(tt.class, at(tt.now), tt.diary)
		if !ok {
			got = time.Time{}
		}
		if show(got) != tt.want {
			t.Errorf("%s: Next(%s, %s) = %s, want %s", tt.name, tt.class, tt.now, show(got), tt.want)
		}
	}
}

func anyDiary(t *rapid.T) Diary {
	d := Diary{Week: rapid.SampledFrom(weeks()).Draw(t, "week")}
	if rapid.Bool().Draw(t, "own hour") {
		d.Hour = Clock(rapid.IntRange(0, 1440).Draw(t, "hour"))
	}
	if rapid.Bool().Draw(t, "leave") {
		from := on("2026-01-01") + Day(rapid.IntRange(0, 720).Draw(t, "from"))
		d.Leave = []Days{{from, from + Day(rapid.IntRange(-1, 40).Draw(t, "days"))}}
	}
	return d
}

func anyTime(t *rapid.T) time.Time {
	return at("2026-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 700*24*60*60).Draw(t, "now")) * time.Second)
}

// TestNextProperties: in a window, not before now, idempotent, and nothing
// earlier would do.
func TestNextProperties(t *testing.T) {
	c := shipped().Calendar
	rapid.Check(t, func(t *rapid.T) {
		class := rapid.SampledFrom([]Class{Reply, Service, Prompt, Broadcast}).Draw(t, "class")
		now, diary := anyTime(t), anyDiary(t)
		next, ok := c.Next(class, now, diary)
		if !ok {
			t.Skip("the end of the calendar")
		}
		inside := false
		for _, w := range c.Windows(class, c.Day(next), diary) {
			inside = inside || w.Has(next)
		}
		if !inside || next.Before(now) {
			t.Fatalf("Next(%s, %s) = %s, in a window: %t", class, show(now), show(next), inside)
		}
		if again, ok := c.Next(class, next, diary); !ok || !again.Equal(next) {
			t.Fatalf("Next of %s = %s", show(next), show(again))
		}
		if budgeted(class) {
			d := c.Day(next)
			if _, off := c.Holiday(d); off || diary.away(d) || !diary.Week.Has(d.Weekday()) {
				t.Fatalf("%s is no day for prompts", d)
			}
		}
		between := now.Add(time.Duration(rapid.Float64Range(0, 0.999).Draw(t, "between") * float64(next.Sub(now))))
		if earlier, _ := c.Next(class, between, diary); !earlier.Equal(next) && between.Before(next) {
			t.Fatalf("from %s Next is %s, from %s %s", show(now), show(next), show(between), show(earlier))
		}
	})
}

func TestWeeklyAt(t *testing.T) {
	tests := []struct {
		name  string
		day   string
		diary Diary
		want  string
	}{
		{"Monday at nine", "2027-01-14", Diary{}, "2027-01-11 09:00"},
		{"Monday is free", "2027-03-08", Diary{}, "never"}, // the whole week of Idulfitri
		{"the week of Idulfitri, six days", "2027-03-08", Diary{Week: SixDays()}, "2027-03-13 09:00"},
		{"the Monday after it is free too", "2027-03-15", Diary{}, "2027-03-16 09:00"},
		{"own hour in the evening", "2027-01-11", Diary{Hour: At(19, 0)}, "2027-01-11 19:00"},
		{"own hour before nine", "2027-01-11", Diary{Hour: At(6, 30)}, "2027-01-11 06:30"},
		{"leave on Monday", "2027-01-11", Diary{Leave: days("2027-01-08/2027-01-11")}, "2027-01-12 09:00"},
	}
	c := shipped().Calendar
	for _, tt := range tests {
		got, ok := c.WeeklyAt(on(tt.day), At(9, 0), tt.diary)
		if show(got) != tt.want || ok == got.IsZero() {
			t.Errorf("%s: WeeklyAt(%s) = %s, %t, want %s", tt.name, tt.day, show(got), ok, tt.want)
		}
	}
}
