package outreach

import "time"

// Window is a time in which a message may go: From is in it, To is not.
type Window struct{ From, To time.Time }

// Has tells whether t is in the window.
func (w Window) Has(t time.Time) bool { return !t.Before(w.From) && t.Before(w.To) }

// DayReason tells why no prompt goes to a person on d: OnLeave, OnHoliday,
// OnCollectiveLeave, OnDayOff or CalendarMissing; Free when one may.
func (c *Calendar) DayReason(d Day, diary Diary) Reason {
	holiday, off := c.holidays[d]
	switch {
	case diary.away(d):
		return OnLeave
	case off && holiday.Kind == Collective:
		return OnCollectiveLeave
	case off:
		return OnHoliday
	case !diary.Week.Has(d.Weekday()):
		return OnDayOff
	case !c.Known(d.Year()):
		return CalendarMissing
	}
	return Free
}

// Windows returns the times on d in which a message of the class may go to a
// person, in their order; none when there is none (rule 1).
func (c *Calendar) Windows(class Class, d Day, diary Diary) []Window {
	var spans []Span
	switch class {
	case Reply:
		spans = []Span{{0, EndOfDay}}
	case Service:
		spans = []Span{c.hours.Service}
	case Prompt, Broadcast:
		if c.DayReason(d, diary) == Free {
			spans = c.promptSpans(d, diary)
		}
	}
	if len(spans) == 0 {
		return nil
	}
	windows := make([]Window, 0, len(spans))
	for _, s := range spans {
		if !s.empty() {
			windows = append(windows, Window{d.At(s.From, c.location), d.At(s.To, c.location)})
		}
	}
	return windows
}

// promptSpans returns the hours of a day on which prompts go: the person's own
// hour first, then the unit's, then those of the table. A ceremony delays all
// but the own hour.
func (c *Calendar) promptSpans(d Day, diary Diary) []Span {
	if c.hours.ValidHour(diary.Hour) {
		own := Span{diary.Hour, diary.Hour + c.hours.OwnWidth}
		return []Span{own.within(c.hours.Service)}
	}
	limit := c.hours.Service
	if c.ceremonies[d] {
		limit.From = max(limit.From, c.hours.AfterCeremony)
	}
	usual := c.weekSpans(d, diary.Week)
	spans := make([]Span, len(usual))
	for i, s := range usual {
		spans[i] = s.within(limit)
	}
	return spans
}

// weekSpans returns the hours of the unit on d.
func (c *Calendar) weekSpans(d Day, w Week) []Span {
	day := d.Weekday()
	_, fasting := c.Ramadan(d)
	switch {
	case fasting && w.Ramadan[day] != nil:
		return w.Ramadan[day]
	case w.Hours[day] != nil:
		return w.Hours[day]
	case fasting:
		return c.hours.Ramadan[day]
	}
	return c.hours.Prompt[day]
}

// horizon is how many days Next looks ahead: longer than any leave but study
// leave, whose end is looked for again later.
const horizon = 400

// Next returns the earliest moment from now on at which a message of the class
// may go to the person; now itself if that is one. ok is false when there is
// none within the next 400 days, or none before a year that is not known.
func (c *Calendar) Next(class Class, now time.Time, diary Diary) (at time.Time, ok bool) {
	w, ok := c.nextWindow(class, now, diary)
	if ok && now.Before(w.From) {
		return w.From, true
	}
	return now, ok
}

// nextWindow returns the window that now lies in, or the next one.
func (c *Calendar) nextWindow(class Class, now time.Time, diary Diary) (Window, bool) {
	today := c.Day(now)
	for d := today; d <= today+horizon; d++ {
		for _, w := range c.Windows(class, d, diary) {
			if now.Before(w.To) {
				return w, true
			}
		}
	}
	return Window{}, false
}

// WeeklyAt returns when a weekly message goes in the week of day: at the given
// time of Monday or, where nothing may go from then on, at the first moment of
// that day (somebody's own hour lies earlier); on a Monday without windows on the
// next day of that week that has one. ok is false when the whole week is free.
func (c *Calendar) WeeklyAt(day Day, at Clock, diary Diary) (when time.Time, ok bool) {
	for d := day.Monday(); d < day.Monday()+7; d++ {
		windows := c.Windows(Prompt, d, diary)
		if len(windows) == 0 {
			continue
		}
		wanted := d.At(at, c.location)
		for _, w := range windows {
			if wanted.Before(w.From) {
				return w.From, true
			}
			if w.Has(wanted) {
				return wanted, true
			}
		}
		return windows[0].From, true
	}
	return time.Time{}, false
}
