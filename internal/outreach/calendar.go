package outreach

import (
	"slices"
	"time"
)

// Facts is what a calendar is made of. The zero Facts is UTC without a day off,
// so no year is known and no prompt goes.
type Facts struct {
	Location   *time.Location // of the agency; nil = UTC
	Holidays   []Holiday      // of two rows of one day the last counts
	Ramadans   []Ramadan
	Ceremonies []Day // days on which everybody stands in a ceremony first (upacara)
}

// ShippedFacts returns the calendar that comes with the program, with the
// agency's own rows of the database over it.
func ShippedFacts(loc *time.Location, own []Holiday) Facts {
	return Facts{
		Location: loc, Holidays: MergeHolidays(ShippedHolidays(), own),
		Ramadans: ShippedRamadans(), Ceremonies: ShippedCeremonies(),
	}
}

// Calendar knows which days are worked and at which hours a message may go. It
// never changes, so it may be shared. Make it with NewCalendar.
type Calendar struct {
	location   *time.Location
	hours      Hours
	holidays   map[Day]Holiday
	national   map[int]int // national holidays by year
	ceremonies map[Day]bool
	ramadans   []Ramadan
}

// minHolidays is how many national holidays a year needs before its calendar
// counts as known: decrees list 17 or 18; a few single rows are no calendar. A
// choice of the program.
const minHolidays = 10

// NewCalendar makes a calendar of f with the hours h.
func NewCalendar(f Facts, h Hours) *Calendar {
	c := &Calendar{
		location: f.Location, hours: h, ramadans: slices.Clone(f.Ramadans),
		holidays: make(map[Day]Holiday, len(f.Holidays)), national: map[int]int{},
		ceremonies: make(map[Day]bool, len(f.Ceremonies)),
	}
	if c.location == nil {
		c.location = time.UTC
	}
	for _, h := range MergeHolidays(nil, f.Holidays) {
		c.holidays[h.Day] = h
		if h.Kind == National {
			c.national[h.Day.Year()]++
		}
	}
	for _, d := range f.Ceremonies {
		c.ceremonies[d] = true
	}
	return c
}

// Location returns the time zone of the agency.
func (c *Calendar) Location() *time.Location { return c.location }

// Day returns the agency's civil day of t.
func (c *Calendar) Day(t time.Time) Day { return DayOf(t, c.location) }

// start is the first moment of d.
func (c *Calendar) start(d Day) time.Time { return d.Start(c.location) }

// Holiday returns the day off that falls on d; ok is false when d is none.
func (c *Calendar) Holiday(d Day) (h Holiday, ok bool) {
	h, ok = c.holidays[d]
	return h, ok
}

// Ceremony tells whether d begins with a ceremony.
func (c *Calendar) Ceremony(d Day) bool { return c.ceremonies[d] }

// Ramadan returns the month of fasting that d lies in; ok is false outside.
func (c *Calendar) Ramadan(d Day) (r Ramadan, ok bool) {
	for _, r := range c.ramadans {
		if r.Days.Has(d) {
			return r, true
		}
	}
	return Ramadan{}, false
}

// Known tells whether the days off of a year have been entered. In a year that
// is not known nothing is guessed: prompts and announcements wait.
func (c *Calendar) Known(year int) bool { return c.national[year] >= minHolidays }

// Working tells whether a unit with the week w works on d. In a year that is
// not known only the week decides.
func (c *Calendar) Working(d Day, w Week) bool {
	_, free := c.holidays[d]
	return !free && w.Has(d.Weekday())
}

// NextWorkingDay returns the first working day (hari kerja) after d.
func (c *Calendar) NextWorkingDay(d Day, w Week) Day { return c.AddWorkingDays(d, 1, w) }

// PreviousWorkingDay returns the last working day before d.
func (c *Calendar) PreviousWorkingDay(d Day, w Week) Day { return c.AddWorkingDays(d, -1, w) }

// AddWorkingDays returns the n-th working day after d, before it when n is
// negative. d itself is never counted; with n = 0 it is returned, worked or not.
func (c *Calendar) AddWorkingDays(d Day, n int, w Week) Day {
	step := Day(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if d += step; c.Working(d, w) {
			n--
		}
	}
	return d
}

// WorkingDaysBetween counts the working days after from up to and with to. It is
// negative when to lies before from, so that it undoes AddWorkingDays.
func (c *Calendar) WorkingDaysBetween(from, to Day, w Week) int {
	n := 0
	for d := from + 1; d <= to; d++ {
		if c.Working(d, w) {
			n++
		}
	}
	for d := from - 1; d >= to; d-- {
		if c.Working(d, w) {
			n--
		}
	}
	return n
}

// Deadline moves a deadline (batas waktu) whose last day is no working day to
// the same time of the next working day, never to an earlier one: nobody loses
// time because of a holiday, also not one that was announced yesterday. The last
// day of a deadline at midnight is the day before. The decision is the
// program's, after the custom of Indonesian offices.
func (c *Calendar) Deadline(due time.Time, w Week) time.Time {
	last := c.lastDay(due)
	if c.Working(last, w) {
		return due
	}
	return due.In(c.location).AddDate(0, 0, int(c.NextWorkingDay(last, w)-last))
}

// lastDay is the day T of a deadline: the last civil day on which something can
// still be done.
func (c *Calendar) lastDay(due time.Time) Day { return c.Day(due.Add(-1)) }

// Warning is something that HR must enter into the calendar.
type Warning struct {
	Code string // CalendarMissing, RamadanUnconfirmed or RamadanMissing
	Year int
}

// The codes of Warning; CalendarMissing, a Reason, is the third.
const (
	RamadanUnconfirmed = "ramadan_unconfirmed"
	RamadanMissing     = "ramadan_missing"
)

// The times of warnings (domain.md 10: "warn HR from September each year"). How
// long before the sighting HR is asked about Ramadan is a choice of the program.
const (
	warnFrom     = time.September
	ramadanAhead = 30 // days
)

// Warnings returns what the calendar lacks at now, oldest year first; empty when
// nothing is missing. The next year is missed from September on, this year
// always.
func (c *Calendar) Warnings(now time.Time) []Warning {
	today := c.Day(now)
	years := []int{today.Year()}
	if today.utc().Month() >= warnFrom {
		years = append(years, today.Year()+1)
	}
	var all []Warning
	for _, year := range years {
		fasting := slices.ContainsFunc(c.ramadans, func(r Ramadan) bool {
			return r.Days.From.Year() == year || r.Days.To.Year() == year
		})
		switch {
		case !c.Known(year):
			all = append(all, Warning{string(CalendarMissing), year})
		case !fasting:
			all = append(all, Warning{RamadanMissing, year})
		}
	}
	for _, r := range c.ramadans {
		if !r.Confirmed && r.Days.From-ramadanAhead <= today && today <= r.Days.To {
			all = append(all, Warning{RamadanUnconfirmed, r.Days.From.Year()})
		}
	}
	return all
}
