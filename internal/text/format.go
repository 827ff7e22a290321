package text

import (
	"strconv"
	"strings"
	"time"
)

// Date writes a day in the location of t: "Jumat, 22 Januari 2027".
func (c *Catalogue) Date(t time.Time) string {
	return c.Plain("format.day_"+strconv.Itoa(int(t.Weekday())), nil) + ", " + c.ShortDate(t)
}

// ShortDate writes a day without its name: "22 Januari 2027".
func (c *Catalogue) ShortDate(t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + c.Plain("format.month_"+strconv.Itoa(int(t.Month())), nil) + " " + strconv.Itoa(t.Year())
}

// Clock writes an hour with the zone's Indonesian name: "pukul 08.30 WIB". A
// zone outside Indonesia has no name.
func (c *Catalogue) Clock(t time.Time) string {
	_, offset := t.Zone()
	zone := map[int]string{7: " WIB", 8: " WITA", 9: " WIT"}[offset/3600]
	return c.Plain("format.clock", Args{"jam": t.Format("15.04")}) + zone
}

// Hours writes from when to when on one day: "pukul 08.30-15.30 WIB".
func (c *Catalogue) Hours(from, to time.Time) string {
	const clock = "15.04"
	return strings.Replace(c.Clock(to), to.Format(clock), from.Format(clock)+"-"+to.Format(clock), 1)
}

// Deadline writes until when something may be done. A deadline at midnight
// means the whole day before it, so that day is written without an hour.
func (c *Catalogue) Deadline(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 {
		return c.Date(t.AddDate(0, 0, -1))
	}
	return c.Date(t) + ", " + c.Clock(t)
}

// Soon says of a deadline that it is today or tomorrow; written is how the day is
// written, and all that is said of any other. A deadline at midnight means the day
// before it. The location is that of due.
func (c *Catalogue) Soon(written string, due, now time.Time) string {
	civil := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	switch civil(due.Add(-1)).Sub(civil(now.In(due.Location()))) {
	case 0:
		return c.Plain("reminder.today", Args{"batas": written})
	case 24 * time.Hour:
		return c.Plain("reminder.tomorrow", Args{"batas": written})
	}
	return written
}

// Count writes how many of something small there are: "satu", "dua", "12".
func (c *Catalogue) Count(n int) string {
	if n < 1 || n > 9 {
		return c.Number(n)
	}
	return c.Plain("format.count_"+strconv.Itoa(n), nil)
}

// Number writes a whole number with Indonesian grouping: "1.250".
func (c *Catalogue) Number(n int) string { return c.numbers.Sprintf("%d", n) }

// Period is what a part of a year is called: a year (letter ""), a half (S), a quarter (T) or
// a month (M) of it, counted from 1.
func (c *Catalogue) Period(year int, letter string, n int) string {
	if letter == "M" {
		_, name, _ := strings.Cut(c.ShortDate(time.Date(year, time.Month(n), 1, 0, 0, 0, 0, time.UTC)), " ")
		return name
	}
	roman := []string{"", "I", "II", "III", "IV"}
	key := map[string]string{"": "skm.year", "S": "skm.half", "T": "skm.quarter"}[letter]
	if n >= len(roman) {
		n = 0
	}
	return c.Plain(key, Args{"tahun": strconv.Itoa(year), "n": roman[n]})
}
