package outreach

import "time"

// Choice is a time that Nanti offers (rule 5).
type Choice string

// The choices in the order of the buttons.
const (
	ThisAfternoon   Choice = "afternoon" // Nanti sore
	TomorrowMorning Choice = "tomorrow"  // Besok pagi
	OnMonday        Choice = "monday"    // Hari Senin
)

// SnoozeOption is one offered time. The item comes back as a Service, because the
// person asked for it.
type SnoozeOption struct {
	Choice Choice
	At     time.Time
	// Moved tells that the day of the name is no working day of the person, so
	// that At lies later: the bot must say the date.
	Moved bool
}

// SnoozeOptions returns the times that may be offered at now for a matter that is
// due (zero = no deadline): the afternoon while it is at least SnoozeTimes.Lead
// away; the first window of tomorrow, or of the next day that has one; the first
// window of next Monday, or of the next day after it that has one. What is not
// before the deadline is left out, and of two options with one time the one whose
// name is true is kept. It may be empty.
func (g Gate) SnoozeOptions(now, due time.Time, d Diary) []SnoozeOption {
	c, times := g.Calendar, g.Rules.Snooze
	today := c.Day(now)
	afternoon := times.Afternoon
	if _, fasting := c.Ramadan(today); fasting {
		afternoon = times.RamadanAfternoon
	}
	var all []SnoozeOption
	if at := today.At(afternoon, c.location); !at.Before(now.Add(times.Lead)) {
		all = append(all, SnoozeOption{Choice: ThisAfternoon, At: at})
	}
	tomorrow, ok1 := g.morning(TomorrowMorning, today+1, d)
	monday, ok2 := g.morning(OnMonday, today.Monday()+7, d)
	same := ok1 && ok2 && tomorrow.At.Equal(monday.At)
	if ok1 && !(same && tomorrow.Moved && !monday.Moved) {
		all = append(all, tomorrow)
		ok2 = ok2 && !same
	}
	if ok2 {
		all = append(all, monday)
	}
	offered := all[:0]
	for _, o := range all {
		if due.IsZero() || o.At.Before(due) {
			offered = append(offered, o)
		}
	}
	return offered
}

// morning returns the first window on or after a day.
func (g Gate) morning(choice Choice, day Day, d Diary) (SnoozeOption, bool) {
	at, ok := g.Calendar.Next(Prompt, g.Calendar.start(day), d)
	return SnoozeOption{Choice: choice, At: at, Moved: g.Calendar.Day(at) != day}, ok
}
