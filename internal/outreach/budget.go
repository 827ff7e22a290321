package outreach

import (
	"slices"
	"time"
)

// spent tells whether the budget is against a prompt or a broadcast at t, which
// lies in a window: another message about the task today, the week's digest, an
// announcement that waits, or the caps.
func (g Gate) spent(p Person, c Candidate, t time.Time) (Reason, time.Time) {
	today := g.Calendar.Day(t)
	if c.Class == Prompt {
		if c.Task != 0 && g.taskOn(p, c.Task, today) {
			return TaskToday, g.tomorrow(t)
		}
		if g.inDigest(p, c, today) {
			return ReplacedByNote, g.Calendar.start(today.Monday() + 7)
		}
	}
	if _, ok := g.partner(p, c, t); ok {
		return Free, t
	}
	return g.capped(p, c, t)
}

// capped counts what the person had on the day and in the seven days that end
// with it. Seven days running are stricter than a week from Monday and hold for
// it too.
func (g Gate) capped(p Person, c Candidate, t time.Time) (Reason, time.Time) {
	today := g.Calendar.Day(t)
	caps := g.Rules.Caps
	week, reason := caps.Week, CapWeek
	if g.deadlineWeek(p, today) {
		week, reason = caps.DeadlineWeek, CapDeadlineWeek
	}
	onDay, inWeek, waitingDay, waitingWeek := 0, 0, 0, 0
	for _, m := range p.Messages {
		day := g.Calendar.Day(m.At)
		switch {
		case !budgeted(m.Class):
		case m.State == Held:
			if m.Class == Broadcast && c.Class == Prompt && today <= day && day < today.Monday()+7 {
				waitingWeek++
				if day == today {
					waitingDay++
				}
			}
		case today-7 < day && day <= today:
			inWeek++
			if day == today {
				onDay++
			}
		}
	}
	switch {
	case onDay >= caps.Day:
		return CapDay, g.tomorrow(t)
	case inWeek >= week:
		return reason, g.tomorrow(t)
	case onDay+waitingDay >= caps.Day, inWeek+waitingWeek >= week:
		return Yields, g.tomorrow(t)
	}
	return Free, t
}

// ofKind counts what the person had of a kind in the seven days that end with the day of t.
func (g Gate) ofKind(p Person, k Kind, t time.Time) (n int) {
	today := g.Calendar.Day(t)
	for _, m := range p.Messages {
		if day := g.Calendar.Day(m.At); m.Kind == k && m.State != Held && today-7 < day && day <= today {
			n++
		}
	}
	return n
}

// deadlineWeek tells whether the deadline of an open task falls into the week of
// day, Monday to Sunday.
func (g Gate) deadlineWeek(p Person, day Day) bool {
	for _, t := range p.Tasks {
		if t.State.over() == Free && !t.Due.IsZero() && g.Calendar.lastDay(t.Due).Monday() == day.Monday() {
			return true
		}
	}
	return false
}

// taskOn tells whether a message about the task has gone on day, the snoozed item
// that the person asked for included. What is held does not count.
func (g Gate) taskOn(p Person, task int64, day Day) bool {
	for _, m := range p.Messages {
		if slices.Contains(m.Tasks, task) && m.State != Held && m.Class != Reply && g.Calendar.Day(m.At) == day {
			return true
		}
	}
	return false
}

// inDigest tells whether the digest of that week holds the candidate's matter
// (rules 2 and 8). A matter that is over before the next digest goes alone, and
// so does one that opened after the digest had gone.
func (g Gate) inDigest(p Person, c Candidate, day Day) bool {
	t := p.task(c.Task)
	over := t.Due
	if c.Task == 0 {
		over = c.Expires
	}
	for _, m := range p.Messages {
		if c.Kind.coveredBy(m.Kind) && !t.Opens.After(m.At) && m.State != Held && g.Calendar.Day(m.At).Monday() == day.Monday() {
			next, ok := g.nextDigest(day, p.Diary)
			return ok && (over.IsZero() || !over.Before(next))
		}
	}
	return false
}

// digestHorizon is how many weeks without a working day may follow each other; a
// digest further away is none.
const digestHorizon = 4

// nextDigest returns when the first digest after the week of day goes.
func (g Gate) nextDigest(day Day, d Diary) (time.Time, bool) {
	for week := day.Monday() + 7; week <= day.Monday()+7*digestHorizon; week += 7 {
		if at, ok := g.Calendar.WeeklyAt(week, g.Rules.Hours.Weekly, d); ok {
			return at, true
		}
	}
	return time.Time{}, false
}

// partner returns the message that a prompt joins: a prompt of the same day that
// has not gone and has room (rule 8). Announcements and what is Alone stand alone. A summary joins
// nothing, and a note joins no summary: each tap on a summary writes its message
// again, without what had joined it.
func (g Gate) partner(p Person, c Candidate, t time.Time) (Message, bool) {
	if c.Class != Prompt || c.Kind == Summary || c.Kind.Traits().Alone {
		return Message{}, false
	}
	today := g.Calendar.Day(t)
	for _, m := range p.Messages {
		if c.Kind == Note && m.Kind == Summary || m.Kind.Traits().Alone {
			continue
		}
		if m.Class == Prompt && m.State == Queued && g.Calendar.Day(m.At) == today && max(m.Parts, 1) < g.Rules.Caps.Parts {
			return m, true
		}
	}
	return Message{}, false
}
