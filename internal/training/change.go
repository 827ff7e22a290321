package training

import (
	"slices"
	"time"
)

// Moved compares the sessions of a batch before and after a change: moved = a session
// has other hours or days, came in addition or was left out; room = a place or a link is
// another one.
func Moved(before, after []Session) (moved, room bool) {
	moved = len(before) != len(after)
	for i, s := range before[:min(len(before), len(after))] {
		moved = moved || !s.Starts.Equal(after[i].Starts) || !s.Ends.Equal(after[i].Ends)
		room = room || s.Place != after[i].Place || s.Link != after[i].Link
	}
	return moved, room
}

// Match finds for each session of a new plan which one of before it is, by its index, -1 =
// none. Attendance belongs to a day: a session in which somebody was is the one of the same
// day, whatever its hours and its number are now. The others follow in their order. lost
// are those in which somebody was and whose day the new plan has not got.
func Match(before, after []Session) (was []int, lost []Session) {
	was = make([]int, len(after))
	for i := range was {
		was[i] = -1
	}
	var rest []int
	for i, s := range before {
		if !s.Held {
			rest = append(rest, i)
			continue
		}
		j := slices.IndexFunc(after, func(a Session) bool { return s.Starts.Equal(a.Starts) })
		if j < 0 || was[j] >= 0 {
			j = nextOf(after, was, s.Starts)
		}
		if j < 0 {
			lost = append(lost, s)
			continue
		}
		was[j] = i
	}
	for j := range after {
		if was[j] < 0 && len(rest) > 0 {
			was[j], rest = rest[0], rest[1:]
		}
	}
	return was, lost
}

// nextOf is the first session of a day that is none of before yet; -1 = there is none.
func nextOf(after []Session, was []int, day time.Time) int {
	for j, a := range after {
		if was[j] < 0 && daysBetween(day.In(a.Starts.Location()), a.Starts) == 0 {
			return j
		}
	}
	return -1
}

// Timetable makes sessions of the same hours, in minutes from midnight, on each day from
// the first to the last that works accepts; the first and the last are always among them.
func Timetable(first, last time.Time, from, to int, like Session, works func(day time.Time) bool) (all []Session) {
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		if !day.Equal(first) && !day.Equal(last) && !works(day) {
			continue
		}
		one := like
		one.N = len(all) + 1
		one.Starts = time.Date(day.Year(), day.Month(), day.Day(), 0, from, 0, 0, day.Location())
		one.Ends = time.Date(day.Year(), day.Month(), day.Day(), 0, to, 0, 0, day.Location())
		all = append(all, one)
	}
	return all
}

// Copy is the batch as it would be with its first session on the civil day starts: the
// hours stay, and so do the distances in days between all its times. The copy is
// planned, has no letter, no number and nobody in it.
func (b Batch) Copy(starts time.Time) Batch {
	days := daysBetween(b.Starts().In(starts.Location()), starts)
	later := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(starts.Location()).AddDate(0, 0, days)
	}
	c := b
	c.ID, c.Offer, c.Number, c.Name, c.Letter, c.State, c.Counts, c.Revision = 0, 0, 0, "", "", Planned, Counts{}, 0
	c.Opens, c.Closes, c.PermissionUntil = later(b.Opens), later(b.Closes), later(b.PermissionUntil)
	c.Sessions, c.Quotas = slices.Clone(b.Sessions), slices.Clone(b.Quotas)
	for i, s := range c.Sessions {
		c.Sessions[i] = Session{N: s.N, Starts: later(s.Starts), Ends: later(s.Ends), Place: s.Place, Link: s.Link, Trainers: slices.Clone(s.Trainers)}
	}
	return c
}

// daysBetween counts the civil days from one moment to another, by the dates of each.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}
