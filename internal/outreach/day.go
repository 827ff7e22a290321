package outreach

import (
	"fmt"
	"time"
)

// Day is a civil day of the agency (hari), counted from 1 January 1970, so that
// days compare and add like numbers. Where a day is optional, 0 means none.
type Day int

// NewDay returns the day of a date; a date that does not exist (31 April) runs
// over into the next month, as with time.Date.
func NewDay(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// DayOf returns the civil day of t in loc.
func DayOf(t time.Time, loc *time.Location) Day {
	const day = 24 * 60 * 60
	_, offset := t.In(loc).Zone()
	seconds := t.Unix() + int64(offset)
	return Day((seconds - ((seconds%day)+day)%day) / day) // rounded down, also before 1970
}

// ParseDay reads "2027-03-10" and nothing else.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("day %q: want YYYY-MM-DD", s)
	}
	return DayOf(t, time.UTC), nil
}

// utc is the first moment of the day in UTC, for the fields of the date.
func (d Day) utc() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// String writes the day as ParseDay reads it.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday {
	const thursday = 4 // 1 January 1970
	return time.Weekday(((int(d)+thursday)%7 + 7) % 7)
}

// Year returns the civil year.
func (d Day) Year() int { return d.utc().Year() }

// Monday returns the Monday of the week, which runs from Monday to Sunday.
func (d Day) Monday() Day { return d - Day((int(d.Weekday())+6)%7) }

// At returns the moment of the day at c in loc. 24:00 is the next midnight.
func (d Day) At(c Clock, loc *time.Location) time.Time {
	year, month, day := d.utc().Date()
	return time.Date(year, month, day, 0, int(c), 0, 0, loc)
}

// Start returns the first moment of the day in loc.
func (d Day) Start(loc *time.Location) time.Time { return d.At(0, loc) }

// Days is a run of days, both ends included, as in a letter of leave. The zero
// Days is 1 January 1970 and so never matters.
type Days struct{ From, To Day }

// Has tells whether d is one of the days; never when To is before From.
func (r Days) Has(d Day) bool { return r.From <= d && d <= r.To }

// Clock is a time of day in minutes from midnight, 0 to 24:00. Where a time of
// day is optional, 0 means none.
type Clock int

// EndOfDay is 24:00.
const EndOfDay Clock = 24 * 60

// At returns the clock of an hour and a minute.
func At(hour, minute int) Clock { return Clock(hour*60 + minute) }

// String writes the clock as "08:30".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// Span is a part of a day: From is in it, To is not. A span that ends before it
// begins is empty.
type Span struct{ From, To Clock }

// within returns the part of the span that lies in outer.
func (s Span) within(outer Span) Span {
	return Span{max(s.From, outer.From), min(s.To, outer.To)}
}

// empty tells whether no moment is in the span.
func (s Span) empty() bool { return s.From >= s.To }
