package outreach

import (
	"errors"
	"fmt"
	"time"
)

// Rules are the numbers of everything that Bangkom starts by itself, with the
// rule of product.md 2.3 that each comes from. DefaultRules has the values.
type Rules struct {
	Hours  Hours
	Caps   Caps
	Ladder Ladder
	Stop   Stop
	Snooze SnoozeTimes
}

// Hours is the table of times of rule 1. The seven parts of a table are the
// weekdays from Sunday on, as in time.Weekday.
type Hours struct {
	Service       Span      // of services, of own hours, and the limit of a unit's own hours
	Prompt        [7][]Span // of prompts and broadcasts
	Ramadan       [7][]Span // the same in the month of fasting
	BreakOfFast   Span      // in the month of fasting: nothing of the kinds that keep it (Traits.Fasts)
	AfterCeremony Clock     // nothing before it on the day of a ceremony
	OwnWidth      Clock     // how long the window of a person's own hour is
	Weekly        Clock     // when the weekly summary goes (rule 2)
}

// ValidHour tells whether a person may choose the hour: within the hours of
// services (rule 1). 0 is none.
func (h Hours) ValidHour(hour Clock) bool {
	return hour != 0 && h.Service.From <= hour && hour < h.Service.To
}

// Caps are the attention budget and what ends a sequence of messages.
type Caps struct {
	Day          int // prompts and broadcasts in a day (rule 1)
	Week         int // in seven days running (rule 1)
	DeadlineWeek int // in seven days running, in the week of a deadline (rule 1)
	Reminders    int // to one task after the invitation (rule 2)
	Snoozes      int // of one task, then the robot is silent (rule 5)
	NudgeDays    int // from a nudge to the next to one person about one task; the 72 hours of rule 7
	Parts        int // matters in one merged message (rule 8)
	Unread       int // digests without a tap before they come monthly (rule 9)
}

// NudgeFrom returns from when on somebody may be nudged again about a task whose
// last nudge was at last. Calendar days count, not hours: after a nudge on a
// Friday afternoon the whole of Monday is free.
func (c Caps) NudgeFrom(last time.Time, loc *time.Location) time.Time {
	return (DayOf(last, loc) + Day(c.NudgeDays)).Start(loc)
}

// Ladder are the days of the reminder ladder (rules 4 and 6). T is the last day
// of the deadline.
type Ladder struct {
	First          int // working days after the invitation
	Second         int // calendar days before T
	Last           int // calendar days before T
	SupervisorList int // calendar days after T
	HRBoard        int // calendar days after T
	Close          int // calendar days after T; no rule names it, one week on HR's board
}

// Stop says when sending to a unit pauses (rule 12).
type Stop struct {
	PerMille int // more than this share of the unit mutes or blocks
	AtLeast  int // and at least so many people: a guess, for small units
	Days     int // within so many days
}

// SnoozeTimes are the times of Nanti (rule 5). The hour and the lead are a choice
// of the program, inside the hours of rule 1.
type SnoozeTimes struct {
	Afternoon        Clock         // Nanti sore
	RamadanAfternoon Clock         // the same in the month of fasting
	Lead             time.Duration // a time that is nearer than this is not offered
}

// DefaultRules returns the numbers of product.md 2.3. Where two cells of its
// table meet, the narrower time counts: a Friday or a Monday in Ramadan keeps the
// pause for prayer and the morning assembly (apel). The table names no hours for
// Saturday and Sunday, which six-day and shift units work: they get the morning.
func DefaultRules() Rules {
	return Rules{
		Hours: defaultHours(),
		Caps: Caps{Day: 1, Week: 2, DeadlineWeek: 3, Reminders: 3, Snoozes: 2, NudgeDays: 3,
			Parts: 2, Unread: 4},
		Ladder: Ladder{First: 2, Second: 5, Last: 1, SupervisorList: 1, HRBoard: 8, Close: 15},
		Stop:   Stop{PerMille: 20, AtLeast: 3, Days: 7},
		Snooze: SnoozeTimes{Afternoon: At(15, 0), RamadanAfternoon: At(14, 0), Lead: 30 * time.Minute},
	}
}

func defaultHours() Hours {
	morning := Span{At(7, 45), At(11, 30)}
	monday := Span{At(8, 30), morning.To} // after apel
	afternoon := Span{At(13, 15), At(15, 45)}
	friday := Span{At(13, 30), afternoon.To} // after Friday prayers (salat Jumat)
	fasting := Span{At(8, 15), At(14, 30)}
	h := Hours{
		Service:       Span{At(6, 0), At(21, 0)},
		BreakOfFast:   Span{At(17, 30), At(19, 30)},
		AfterCeremony: monday.From, OwnWidth: At(1, 0), Weekly: At(9, 0),
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		switch d {
		case time.Saturday, time.Sunday:
			h.Prompt[d] = []Span{morning}
			h.Ramadan[d] = []Span{morning.within(fasting)}
		case time.Friday:
			h.Prompt[d] = []Span{morning, friday}
			h.Ramadan[d] = []Span{morning.within(fasting), friday.within(fasting)}
		case time.Monday:
			h.Prompt[d] = []Span{monday, afternoon}
			h.Ramadan[d] = []Span{{monday.From, fasting.To}}
		default:
			h.Prompt[d] = []Span{morning, afternoon}
			h.Ramadan[d] = []Span{fasting}
		}
	}
	return h
}

// Validate tells everything that is wrong with the rules at once: caps that are
// not positive or in no order, a ladder whose steps are in no order, times that
// no window holds.
func (r Rules) Validate() error {
	var all []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			all = append(all, fmt.Errorf(format, args...))
		}
	}
	h, c, l, s := r.Hours, r.Caps, r.Ladder, r.Stop
	check(0 < h.Service.From && !h.Service.empty() && h.Service.To <= EndOfDay, "service hours %v are no time of day", h.Service)
	check(h.OwnWidth > 0, "the window of an own hour is empty")
	for d := range 7 {
		for _, span := range append(append([]Span(nil), h.Prompt[d]...), h.Ramadan[d]...) {
			check(span.within(h.Service) == span, "hours %v of %s are outside the service hours", span, time.Weekday(d))
		}
	}
	check(1 <= c.Day && c.Day <= c.Week && c.Week <= c.DeadlineWeek, "caps %d a day, %d a week, %d in a deadline week are in no order", c.Day, c.Week, c.DeadlineWeek)
	check(c.Reminders >= 0 && c.Snoozes >= 0 && c.NudgeDays >= 0, "caps of reminders, snoozes and nudges must not be negative")
	check(c.Parts >= 1 && c.Unread >= 1, "parts and unread digests must be 1 or more")
	check(l.First >= 1 && l.Second > l.Last && l.Last >= 1, "reminders at working day %d, T-%d, T-%d are in no order", l.First, l.Second, l.Last)
	check(1 <= l.SupervisorList && l.SupervisorList <= l.HRBoard && l.HRBoard <= l.Close, "T+%d, T+%d, T+%d are in no order", l.SupervisorList, l.HRBoard, l.Close)
	check(s.PerMille >= 0 && s.AtLeast >= 1 && s.Days >= 1, "the stop rule %+v can never hold", s)
	check(r.Snooze.Lead >= 0, "the lead of a snooze is negative")
	return errors.Join(all...)
}
