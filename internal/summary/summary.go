// Package summary is a superior's Monday minute (ringkasan): what the team has
// done, who needs something, what is at risk, in the order of product.md 2.1 and
// with the buttons from which the superior acts; and the roll-ups (rekap) for
// heads of units, the personnel office and the agency's head. Its numbers come
// from storage at the moment when it is written; nothing of it is kept.
//
// A summary names people with the state of a task or "perlu dialog", never with
// a level or an answer. Groups appear as counts of five people or more. The
// package is pure but for the transaction that it is given.
package summary

import (
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

const (
	// MaxNeeds is how many people a summary names who need something.
	MaxNeeds = 5
	// MaxNames is how many people the good news names.
	MaxNames = 2
	// MinGroup is the smallest group of people that a roll-up counts, and the
	// smallest number of teams that have a median.
	MinGroup = 5
	// Lives is how long the buttons of a summary work.
	Lives = 14 * 24 * time.Hour
	// Week is how far back and ahead a summary looks.
	Week = 7 * 24 * time.Hour
)

// Why is what somebody needs.
type Why string

// The reasons of a Need, most urgent first. A rating that ends today or tomorrow
// comes before all.
const (
	LastDay  Why = "last"     // the self-assessment ends today or tomorrow
	Talk     Why = "dialog"   // both views are open and differ: perlu dialog
	Rate     Why = "rate"     // the self-assessment is sent, or the time to rate ends within a Week, before the next summary
	Unlinked Why = "unlinked" // has no account, or cannot be reached on it, and has not finished
)

// Need is one person who needs something of the superior.
type Need struct {
	Person  personnel.Employee // id, name and sex
	Why     Why
	Task    int64     // the self-assessment, or the rating
	Started bool      // of a self-assessment: it is being filled in
	Due     time.Time // of that task
	Own     bool      // of Rate: the superior may ask somebody else to rate
	Linked  bool      // of a self-assessment: the person has an account
}

// Progress counts one kind of task of a team that has opened. The zero Progress is
// none.
type Progress struct {
	Done        int
	Running     int // begun, and the person can be reached
	Fresh       int // not begun, and the person can be reached
	Unreachable int // not done, and Telegram does not reach the account
	Unlinked    int // not done, and the person has no account
	Late        int // of self-assessments: past the deadline, and not closed yet
	Shared      int // of ratings: somebody else was asked, and has not sent it
	Excused     int
	Expired     int
	Before      int       // done a week ago already
	Opened      time.Time // zero = there is none
	Due         time.Time // the next deadline ahead of what is left; zero = there is none
	DueThen     int       // how many of those have exactly that deadline
}

// Owed is how many of the tasks are not excused.
func (p Progress) Owed() int { return p.Left() + p.Late + p.Shared + p.Done + p.Expired }

// Left is how many can still be done, of ratings by the superior alone.
func (p Progress) Left() int { return p.Running + p.Fresh + p.Unreachable + p.Unlinked }

// Group counts people who are not named. Who is excused stands beside the others.
type Group struct{ People, Done, Excused int }

// Nudge is a task of which the superior may remind its person.
type Nudge struct {
	Task int64
	Due  time.Time // of the task
	From time.Time // when that is possible again; zero = now
	Left int       // how many reminders the rules still allow about this task
}

// Reading counts who of a team was asked to say that an announcement was read (Sudah saya
// baca), has had it for a day, and has not said so. The zero Reading is nobody.
type Reading struct {
	People        int // each once
	Announcements int
}

// The announcements that a summary counts: they have been with a person for a day, and
// have not been going out for longer than four weeks.
const (
	ReadAfter = 24 * time.Hour
	ReadLooks = 4 * Week
)

// Codeless is somebody who owes a self-assessment and has no account: a code from
// the officer helps.
type Codeless struct {
	Person personnel.Employee // id, name and sex
	From   time.Time          // when it can be asked for again; zero = it was not asked for yet
}

// Facts are the numbers and names of one superior's summary.
type Facts struct {
	People  int      // in the team
	Self    Progress // self-assessments
	Ratings Progress // who is to be rated; Fresh and Running alone are left
	// Median is the share in percent of those who have finished in the middle one
	// of the teams of the superior's unit; -1 = fewer than MinGroup teams.
	Median   int
	Needs    []Need // the most urgent, at most MaxNeeds
	Waiting  int    // all who need something
	Finished []personnel.Employee
	Below    Group // who is led by people of the team, at any depth
	Nudges   []Nudge
	Codeless []Codeless
	Unread   Reading
	Permits  Permits
	Signoffs Signoffs
	Follow   FollowUps
	Plans    int                  // development plans that wait for agreement and do not stand yet
	Away     []personnel.Employee // in a training within the week ahead, at most MaxNames
	Gone     int                  // all of those
	Spent    int                  // who would be in Nudges, but was reminded as often as the rules allow
}

// Permits are the permissions for trainings (izin pelatihan) that wait for the superior.
// The zero Permits is none.
type Permits struct {
	N     int
	Until time.Time // the first of their deadlines; zero = there is none
}

// Signoffs are the units of which the superior is the head, or stands in for the head, and
// of which what they need waits to be approved. The zero Signoffs is none.
type Signoffs struct {
	N     int
	Until time.Time // the first of their last days; zero = there is none
}

// FollowUps are the people about whom the superior is asked what they use of a training
// (penerapan pelatihan). The zero FollowUps is none.
type FollowUps struct {
	N     int
	Until time.Time // the first of their closes; zero = there is none
}

// Deeds counts what waits for the superior: people, permissions, units, and trainings used.
func (f Facts) Deeds() int { return f.Waiting + f.Permits.N + f.Signoffs.N + f.Follow.N }

// Owing tells whether anything is left to do for superior or team. Who is late can
// be excused.
func (f Facts) Owing() bool {
	return f.Deeds() > 0 || f.Self.Left()+f.Self.Late > 0 || f.Ratings.Left()+f.Ratings.Shared > 0
}

// Tells tells whether there is anything to say: something is left to do, or an
// announcement is not read that has to be. Only the people can change the latter, so it
// waits for nobody and has no button.
func (f Facts) Tells() bool { return f.Owing() || f.Unread.People > 0 }

// Remindable lists the tasks of which people may be reminded at now.
func (f Facts) Remindable(now time.Time) (tasks []int64) {
	for _, n := range f.Nudges {
		if !n.From.After(now) {
			tasks = append(tasks, n.Task)
		}
	}
	return tasks
}

// Askable lists the people for whom a code can be asked for at now.
func (f Facts) Askable(now time.Time) (people []int64) {
	for _, c := range f.Codeless {
		if !c.From.After(now) {
			people = append(people, c.Person.ID)
		}
	}
	return people
}

// Asked counts for how many a code was asked for lately, and from when on that can
// be done again for the first of them; zero = for nobody.
func (f Facts) Asked(now time.Time) (n int, from time.Time) {
	for _, c := range f.Codeless {
		if !c.From.After(now) {
			continue
		}
		if n++; from.IsZero() || c.From.Before(from) {
			from = c.From
		}
	}
	return n, from
}

// FirstDue is the first deadline of those tasks; zero = there is none.
func (f Facts) FirstDue(now time.Time) (first time.Time) {
	for _, n := range f.Nudges {
		if !n.From.After(now) && (first.IsZero() || n.Due.Before(first)) {
			first = n.Due
		}
	}
	return first
}

// NextNudge is when a reminder goes to the first of those who cannot be reminded now, in
// hours of work; zero = there is nobody.
func (f Facts) NextNudge(now time.Time, work *outreach.Calendar) (next time.Time) {
	for _, n := range f.Nudges {
		if !n.From.After(now) {
			continue
		}
		if goes := work.AtWork(n.From); goes.Before(n.Due) && (next.IsZero() || goes.Before(next)) {
			next = goes
		}
	}
	return next
}

// Again tells whether somebody who is reminded now can be reminded once more from
// the given moment on.
func (f Facts) Again(now, from time.Time) bool {
	for _, n := range f.Nudges {
		if !n.From.After(now) && n.Left > 1 && from.Before(n.Due) {
			return true
		}
	}
	return false
}

// Preference is when a superior wants the summary. The zero Preference is Monday
// at the usual hour.
type Preference struct {
	Weekday    time.Weekday   // Sunday, the zero value, means Monday here
	Hour       outreach.Clock // 0 = the usual one
	MutedUntil time.Time      // what would go before is skipped: the beginning of the week after
}

// Day is the day of the week that was chosen.
func (w Preference) Day() time.Weekday {
	if w.Weekday == time.Sunday {
		return time.Monday
	}
	return w.Weekday
}

// At returns when the summary goes in the week of day: on the chosen day or the
// next one of that week on which anything may go, at the chosen hour or, where
// that lies in no window, at the next moment that does. ok is false when nothing
// may go from the chosen day to the end of that week.
func (w Preference) At(c *outreach.Calendar, day outreach.Day, usual outreach.Clock, diary outreach.Diary) (when time.Time, ok bool) {
	hour := w.Hour
	if hour == 0 {
		hour = usual
	}
	if w.Day() == time.Monday {
		return c.WeeklyAt(day, hour, diary)
	}
	first := day.Monday() + outreach.Day(w.Day()-time.Monday)
	for d := first; d < day.Monday()+7; d++ {
		windows := c.Windows(outreach.Prompt, d, diary)
		wanted := d.At(hour, c.Location())
		for _, one := range windows {
			if wanted.Before(one.From) {
				return one.From, true
			}
			if one.Has(wanted) {
				return wanted, true
			}
		}
		if len(windows) > 0 {
			return windows[0].From, true
		}
	}
	return time.Time{}, false
}

// Next returns when the summary after now goes, as things stand; zero when there
// is none within four weeks. A summary is a prompt (product.md 2.3): it waits
// until the end of the silence that the person has asked for, and one whose week
// is over by then is left out.
func (w Preference) Next(c *outreach.Calendar, now time.Time, usual outreach.Clock, diary outreach.Diary, silence time.Time) time.Time {
	for day, n := c.Day(now), 0; n < 5; day, n = day+7, n+1 {
		at, ok := w.At(c, day, usual, diary)
		if !ok || !at.After(now) || at.Before(w.MutedUntil) {
			continue
		}
		if at, ok = AfterSilence(c, at, diary, silence); ok {
			return at
		}
	}
	return time.Time{}
}

// AfterSilence is when a summary that is planned for at goes if nothing may go
// before the end of silence; false when that is not in the same week.
func AfterSilence(c *outreach.Calendar, at time.Time, diary outreach.Diary, silence time.Time) (when time.Time, ok bool) {
	if !at.Before(silence) {
		return at, true
	}
	when, ok = c.Next(outreach.Prompt, silence, diary)
	return when, ok && c.Day(when).Monday() == c.Day(at).Monday()
}

// Skip leaves out the summary that would go at the given time.
func (w Preference) Skip(c *outreach.Calendar, at time.Time) Preference {
	w.MutedUntil = (c.Day(at).Monday() + 7).Start(c.Location())
	return w
}

// Skipped is the week whose summary is left out last; false when there is none.
func (w Preference) Skipped(c *outreach.Calendar) (monday outreach.Day, ok bool) {
	return c.Day(w.MutedUntil).Monday() - 7, !w.MutedUntil.IsZero()
}
