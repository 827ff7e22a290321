package outreach

import "time"

// Week is the working week of a unit (hari kerja unit). The zero Week is the
// agency's: Monday to Friday at the hours of the table.
type Week struct {
	// Days are the days that are worked; none = Monday to Friday.
	Days Weekdays
	// Hours are the unit's own sending hours by weekday, for shifts and direct
	// service; nil = those of the table. They are cut to Hours.Service.
	Hours [7][]Span
	// Ramadan is Hours for the month of fasting; nil = Hours if the unit has its
	// own on that weekday, else those of the table.
	Ramadan [7][]Span
}

// Weekdays is a set of days of the week.
type Weekdays uint8

// On returns the set of the given days.
func On(days ...time.Weekday) Weekdays {
	var set Weekdays
	for _, d := range days {
		set |= 1 << d
	}
	return set
}

// Has tells whether the unit works on that weekday.
func (w Week) Has(d time.Weekday) bool {
	days := w.Days
	if days == 0 {
		days = FiveDays().Days
	}
	return days&(1<<d) != 0
}

// FiveDays returns the week of Perpres 21/2023: Monday to Friday.
func FiveDays() Week {
	return Week{Days: On(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)}
}

// SixDays returns the week of units that also work on Saturday, such as schools
// and puskesmas.
func SixDays() Week {
	return Week{Days: FiveDays().Days | On(time.Saturday)}
}

// Shifts returns the week of units that never close, such as a hospital: every
// day is worked, days off by decree excepted (rule 1: prompts never on
// holidays).
func Shifts() Week {
	return Week{Days: SixDays().Days | On(time.Sunday)}
}

// Diary is what the calendar knows about one person. The zero Diary is somebody
// with the agency's week, no chosen hour and no leave.
type Diary struct {
	Week Week // of the unit
	// Hour is the hour at which the person wants to hear from the bot; 0 = none.
	// One that Hours.ValidHour refuses counts as none.
	Hour  Clock
	Leave []Days // recorded leave and duty elsewhere (cuti, tugas belajar, dinas luar)
}

// away tells whether the person is on recorded leave.
func (d Diary) away(day Day) bool {
	for _, l := range d.Leave {
		if l.Has(day) {
			return true
		}
	}
	return false
}
