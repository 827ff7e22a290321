package outreach

import (
	"slices"
	"time"
)

// Step is one step of the ladder of a task (tangga pengingat).
type Step string

// The steps in their order. The first four are messages to the person; the other
// three change where the task is listed and need no window.
const (
	StepInvitation     Step = "invitation"      // day 0
	StepFirst          Step = "first"           // working day 2, silent
	StepSecond         Step = "second"          // T-5, to those who started, with their progress
	StepLast           Step = "last"            // T-1, to all open
	StepSupervisorList Step = "supervisor_list" // T+1: "belum mengisi" on the supervisor's list
	StepHRBoard        Step = "hr_board"        // T+8: on HR's board, by unit
	StepClose          Step = "close"           // then closed as not answered
)

// Owed is what the ladder has to know about a task.
type Owed struct {
	Opens     time.Time
	Due       time.Time // as Calendar.Deadline has moved it
	State     State
	Answered  int                // questions answered so far; more than 0 = started
	Sent      map[Step]time.Time // steps that have gone
	Reminders int                // reminders and nudges after the invitation
	Snoozes   int                // reminders that were put off
	Alone     bool               // the person opens it without being reminded: only the last reminder goes
	Anonymous bool               // answers without names: nobody is told who has not answered
}

// started tells whether the person has begun.
func (o Owed) started() bool { return o.State == TaskStarted || o.Answered > 0 }

// Rung is where one step stands.
type Rung struct {
	Step Step
	Day  Day // on which the step falls before windows are looked at
	// From and Until bound the time in which the step may go; for a step that has
	// gone From is when. Until is zero for steps without a window, and for those
	// that are dropped.
	From, Until time.Time
	Reason      Reason // StepDue = now; else why not
	Silent      bool   // without a sound on the phone (rule 4)
}

// Candidate returns the message of a rung of a task for Gate.Decide.
func (r Rung) Candidate(task int64) Candidate {
	kind := Reminder
	if r.Step == StepInvitation {
		kind = Invitation
	}
	return Candidate{Class: Prompt, Kind: kind, Task: task, NotBefore: r.From, Expires: r.Until}
}

// Ladder returns all seven steps of a task in their order, each with when it may
// go and where it stands at now (rules 4 and 6). At most one message is StepDue.
//
// A message whose day has no window for the person moves to the next window. It
// is dropped when it would then fall on the day of the next step or later
// (Overtaken), on or before the day of the invitation (Overtaken), or when the
// deadline has passed (AfterDue; OnLeave if only the leave is to blame). The
// second reminder is a next step only for those who started. T is the last day
// on which the task can be done, so that a T-1 that falls on a Sunday goes on the
// Monday of the deadline, in the morning. Days T-n are calendar days; the first
// reminder counts working days from the day on which the invitation went. An
// invitation may be late, until the last reminder takes its place; until it has
// gone the first two reminders wait.
func (g Gate) Ladder(o Owed, d Diary, now time.Time) []Rung {
	rungs := g.messages(o, d)
	g.settle(rungs, o, d)
	for i := range rungs {
		rungs[i].Reason = g.standing(rungs[i], o, now)
	}
	return append(rungs, g.escalation(o, now)...)
}

// messages returns the four messages with their days and first windows.
func (g Gate) messages(o Owed, d Diary) []Rung {
	c, l := g.Calendar, g.Rules.Ladder
	last := c.lastDay(o.Due)
	rungs := []Rung{
		{Step: StepInvitation, Day: c.Day(o.Opens)},
		{Step: StepFirst, Day: c.AddWorkingDays(g.invited(o), l.First, d.Week), Silent: true},
		{Step: StepSecond, Day: last - Day(l.Second)},
		{Step: StepLast, Day: last - Day(l.Last)},
	}
	for i := range rungs {
		rungs[i].From = g.from(rungs[i].Day, o, d)
	}
	return rungs
}

// invited is the day from which the reminders count.
func (g Gate) invited(o Owed) Day {
	if at, sent := o.Sent[StepInvitation]; sent {
		return g.Calendar.Day(at)
	}
	return g.Calendar.Day(o.Opens)
}

// from is the first window on or after a day, once the task is open; the
// deadline if there is none before it.
func (g Gate) from(day Day, o Owed, d Diary) time.Time {
	start := g.Calendar.start(day)
	if start.Before(o.Opens) {
		start = o.Opens
	}
	at, ok := g.Calendar.Next(Prompt, start, d)
	if !ok || at.After(o.Due) {
		return o.Due
	}
	return at
}

// settle drops messages that come too late and gives the others their end: from
// the last to the first, each ends where the next one begins.
func (g Gate) settle(rungs []Rung, o Owed, d Diary) {
	day, invited := g.Calendar.Day, g.invited(o)
	_, isInvited := o.Sent[StepInvitation]
	end, endsAtStep := o.Due, false
	lastEnd, lastStep := end, false
	for i, r := range slices.Backward(rungs) {
		if r.Step == StepInvitation && !isInvited {
			end, endsAtStep = lastEnd, lastStep // the reminders between wait for it
		}
		if at, sent := o.Sent[r.Step]; sent {
			rungs[i].From, end, endsAtStep = at, at, true
		} else {
			rungs[i].Reason = g.dropped(r, o, d)
			reminder := r.Step != StepInvitation
			if rungs[i].Reason == Free && (reminder && day(r.From) <= invited || endsAtStep && day(r.From) >= day(end)) {
				rungs[i].Reason = Overtaken
			}
			if rungs[i].Reason == Free {
				rungs[i].Until, end, endsAtStep = end, r.From, true
			}
		}
		if r.Step == StepLast {
			lastEnd, lastStep = end, endsAtStep
		}
	}
}

// dropped tells why a message has no place before the deadline, or none for this
// person; Free when it has one.
func (g Gate) dropped(r Rung, o Owed, d Diary) Reason {
	switch {
	case o.Alone && (r.Step == StepFirst || r.Step == StepSecond):
		return OpensAlone
	case r.Step == StepSecond && !o.started():
		return NotStarted
	case r.From.Before(o.Due):
		return Free
	case g.from(r.Day, o, Diary{Week: d.Week, Hour: d.Hour}).Before(o.Due):
		return OnLeave
	}
	return AfterDue
}

// standing tells where a message stands at now. Its reason of settle, if any,
// yields to what ends all messages of the task.
func (g Gate) standing(r Rung, o Owed, now time.Time) Reason {
	_, sent := o.Sent[r.Step]
	_, invited := o.Sent[StepInvitation]
	reminder := r.Step != StepInvitation
	switch {
	case sent:
		return StepSent
	case o.State.over() != Free:
		return o.State.over()
	case reminder && o.Snoozes >= g.Rules.Caps.Snoozes:
		return SnoozedOut
	case reminder && o.Reminders >= g.Rules.Caps.Reminders:
		return Reminded
	case r.Reason != Free:
		return r.Reason
	case now.Before(r.From):
		return StepEarly
	case !now.Before(r.Until):
		return Missed
	case reminder && r.Step != StepLast && !invited:
		return NotInvited
	}
	return StepDue
}

// escalation returns the three steps after the deadline. A task that was put off
// twice takes no shorter way: the person was told that the supervisor sees it
// only once the deadline has passed (voice.md, Nanti).
func (g Gate) escalation(o Owed, now time.Time) []Rung {
	c, l := g.Calendar, g.Rules.Ladder
	last := c.lastDay(o.Due)
	rungs := []Rung{
		{Step: StepSupervisorList, Day: last + Day(l.SupervisorList)},
		{Step: StepHRBoard, Day: last + Day(l.HRBoard)},
		{Step: StepClose, Day: last + Day(l.Close)},
	}
	for i, r := range rungs {
		from := c.start(r.Day)
		at, sent := o.Sent[r.Step]
		switch {
		case sent:
			from, r.Reason = at, StepSent
		case o.State.over() != Free:
			r.Reason = o.State.over()
		case o.Anonymous && r.Step != StepClose:
			r.Reason = Anonymous
		case now.Before(from):
			r.Reason = StepEarly
		default:
			r.Reason = StepDue
		}
		r.From = from
		rungs[i] = r
	}
	return rungs
}

// Message tells whether a step is a message to the person.
func (s Step) Message() bool {
	switch s {
	case StepInvitation, StepFirst, StepSecond, StepLast:
		return true
	}
	return false
}
