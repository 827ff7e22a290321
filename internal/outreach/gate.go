package outreach

import "time"

// Gate decides about everything that the bot starts by itself. Calendar must not
// be nil; DefaultRules are usual.
type Gate struct {
	Calendar *Calendar
	Rules    Rules
}

// Decide tells what happens to a candidate at now. It decides from its arguments
// alone, so a job that runs twice decides the same twice. A message that waits
// (Hold) waits for the first moment at which, as things stand, nothing is against
// it; if that is not before its expiry it is dropped with the reason that made it
// wait.
func (g Gate) Decide(p Person, c Candidate, now time.Time) Decision {
	if reason, again := g.refuse(p, c, now); reason != Free {
		return Decision{Action: Drop, Reason: reason, At: again}
	}
	switch c.Class {
	case Reply:
		return Decision{Action: Send, Reason: IsReply, Until: c.Expires}
	case Emergency:
		return Decision{Action: Send, Reason: Urgent, Until: c.Expires}
	}
	first, at := g.free(p, c, now)
	switch {
	case first == Free:
		return g.send(p, c, now)
	case !c.Expires.IsZero() && !at.Before(c.Expires):
		return Decision{Action: Drop, Reason: first}
	}
	return Decision{Action: Hold, Reason: first, At: at}
}

// send lets a candidate go, alone or with another message of the day.
func (g Gate) send(p Person, c Candidate, now time.Time) Decision {
	d := Decision{Action: Send, Reason: Allowed, Until: c.Expires}
	if c.Class == Service {
		d.Reason = Asked
	}
	if w, ok := g.Calendar.nextWindow(c.Class, now, p.Diary); ok && (d.Until.IsZero() || w.To.Before(d.Until)) {
		d.Until = w.To
	}
	if m, ok := g.partner(p, c, now); ok {
		d.Action, d.Reason, d.With = Merge, SameDay, m.ID
	}
	return d
}

// refuse returns why a candidate will never go; Free when it may one day. again
// is when something of the same sort is possible.
func (g Gate) refuse(p Person, c Candidate, now time.Time) (reason Reason, again time.Time) {
	switch {
	case !c.Expires.IsZero() && !now.Before(c.Expires):
		return Expired, again
	case c.Class == Reply:
		return Free, again
	case !p.Linked:
		return NotLinked, again
	case !p.Reachable:
		return Unreachable, again
	}
	switch c.Class {
	case Emergency:
		return g.refuseEmergency(p, c, now)
	case Service, Broadcast:
		return Free, again
	case Prompt:
		return g.refusePrompt(p, c, now)
	}
	return UnknownClass, again
}

func (g Gate) refuseEmergency(p Person, c Candidate, now time.Time) (Reason, time.Time) {
	if c.Approvers < g.Rules.Caps.Approvers {
		return NotApproved, time.Time{}
	}
	next := g.Calendar.start(g.Calendar.Day(p.LastEmergency) + Day(g.Rules.Caps.EmergencyEvery))
	if !p.LastEmergency.IsZero() && now.Before(next) {
		return EmergencyCap, next
	}
	return Free, time.Time{}
}

func (g Gate) refusePrompt(p Person, c Candidate, now time.Time) (Reason, time.Time) {
	var none time.Time
	if c.Kind.digest() && c.Empty {
		return EmptyDigest, none
	}
	if c.Kind == Summary && p.UnreadDigests >= g.Rules.Caps.Unread && g.sameMonth(p.LastSummary, now) {
		return DigestMonthly, none
	}
	t := p.task(c.Task)
	if reason := t.State.over(); reason != Free {
		return reason, none
	}
	switch {
	case c.Kind.reminds() && t.Reminders >= g.Rules.Caps.Reminders:
		return Reminded, none
	case c.Kind == Reminder && t.Snoozes >= g.Rules.Caps.Snoozes:
		return SnoozedOut, none
	case c.Kind == Nudge && now.Before(g.NudgeFrom(t)):
		return NudgeCoolDown, g.NudgeFrom(t)
	}
	return Free, none
}

// NudgeFrom returns from when on a supervisor may nudge about the task again;
// zero when nobody has nudged yet. It holds for all supervisors of the person.
func (g Gate) NudgeFrom(t TaskState) time.Time {
	if t.LastNudge.IsZero() {
		return time.Time{}
	}
	return g.Rules.Caps.NudgeFrom(t.LastNudge, g.Calendar.location)
}

// NudgeAfter returns from when on a supervisor who nudges at now may do so again: the
// nudge goes in the next hours of work, and the days count from there.
func (g Gate) NudgeAfter(now time.Time) time.Time {
	if at, ok := g.Calendar.Next(Prompt, now, Diary{}); ok {
		now = at
	}
	return g.Rules.Caps.NudgeFrom(now, g.Calendar.location)
}

func (g Gate) sameMonth(a, b time.Time) bool {
	loc := g.Calendar.location
	return !a.IsZero() && a.In(loc).Format("2006-01") == b.In(loc).Format("2006-01")
}

// mostSteps bounds the search for a free moment: a hold of more than a year is
// none.
const mostSteps = 1000

// free returns the first obstacle at now, Free when there is none, and the
// earliest moment without any.
func (g Gate) free(p Person, c Candidate, now time.Time) (first Reason, at time.Time) {
	at = now
	for range mostSteps {
		reason, gone := g.obstacle(p, c, at)
		if first == Free {
			first = reason
		}
		switch {
		case reason == Free:
			return first, at
		case gone.IsZero(): // nobody knows how long: look again tomorrow
			return first, g.tomorrow(at)
		}
		at = gone
	}
	return first, at
}

// tomorrow is the first moment of the day after t.
func (g Gate) tomorrow(t time.Time) time.Time { return g.Calendar.start(g.Calendar.Day(t) + 1) }

// obstacle returns what is against a candidate at t, and when that will be gone:
// later than t, or zero when nobody knows.
func (g Gate) obstacle(p Person, c Candidate, t time.Time) (Reason, time.Time) {
	if t.Before(c.NotBefore) {
		return TooEarly, c.NotBefore
	}
	if c.Class.budgeted() {
		if reason, gone := g.wishes(p, c, t); reason != Free {
			return reason, gone
		}
	}
	if reason, gone := g.closed(p, c, t); reason != Free {
		return reason, gone
	}
	if c.Class.budgeted() {
		return g.spent(p, c, t)
	}
	return Free, t
}

// wishes are the obstacles that people have set: the unit's pause, the person's
// mute, a task put off.
func (g Gate) wishes(p Person, c Candidate, t time.Time) (Reason, time.Time) {
	task := p.task(c.Task)
	switch {
	case p.UnitPaused:
		return UnitPaused, time.Time{}
	case t.Before(p.Mute.Until) && (c.Class == Prompt || p.Mute.All):
		return Muted, p.Mute.Until
	case c.Class == Prompt && t.Before(task.SnoozedUntil):
		return SnoozedUntil, task.SnoozedUntil
	}
	return Free, t
}

// closed tells whether t is outside the windows, and when the next one opens.
func (g Gate) closed(p Person, c Candidate, t time.Time) (Reason, time.Time) {
	next, ok := g.Calendar.Next(c.Class, t, p.Diary)
	if ok && next.Equal(t) {
		return Free, t
	}
	reason := OutsideHours
	if c.Class.budgeted() {
		if day := g.Calendar.DayReason(g.Calendar.Day(t), p.Diary); day != Free {
			reason = day
		}
	}
	if !ok {
		next = time.Time{}
	}
	return reason, next
}
