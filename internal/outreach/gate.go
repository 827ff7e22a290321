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
	if pause, ok := g.pause(c, now); ok && now.Before(pause.From) && (d.Until.IsZero() || pause.From.Before(d.Until)) {
		d.Until = pause.From
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
	case Service, Broadcast:
		return Free, again
	case Prompt:
		return g.refusePrompt(p, c, now)
	}
	return UnknownClass, again
}

func (g Gate) refusePrompt(p Person, c Candidate, now time.Time) (Reason, time.Time) {
	var none time.Time
	if c.Kind.Traits().Digest && c.Empty {
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
	case c.Kind.Traits().Reminds && t.Reminders >= g.Rules.Caps.Reminders:
		return Reminded, none
	case (c.Kind == Reminder || c.Kind == Campaign) && t.Snoozes >= g.Rules.Caps.Snoozes:
		return SnoozedOut, none
	case c.Kind == Campaign && t.Alone:
		return OpensAlone, none
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
// nudge goes in the next hours of work, the days count from there, and the next one
// goes in hours of work too.
func (g Gate) NudgeAfter(now time.Time) time.Time {
	if at, ok := g.Calendar.Next(Prompt, now, Diary{}); ok {
		now = at
	}
	return g.Calendar.AtWork(g.Rules.Caps.NudgeFrom(now, g.Calendar.location))
}

// AtWork is the first moment from t on at which a prompt may go to somebody who has
// chosen nothing; t itself without a calendar, and where the calendar does not reach.
func (c *Calendar) AtWork(t time.Time) time.Time {
	if c == nil {
		return t
	}
	at, _ := c.Next(Prompt, t, Diary{})
	return at
}

func (g Gate) sameMonth(a, b time.Time) bool {
	loc := g.Calendar.location
	return !a.IsZero() && a.In(loc).Format("2006-01") == b.In(loc).Format("2006-01")
}

// maxSteps bounds the search for a free moment. What would be held for more than
// a year is not held.
const maxSteps = 1000

// free returns the first obstacle at now, Free when there is none, and the
// earliest moment without any.
func (g Gate) free(p Person, c Candidate, now time.Time) (first Reason, at time.Time) {
	at = now
	for range maxSteps {
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
	if budgeted(c.Class) {
		if reason, gone := g.preferences(p, c, t); reason != Free {
			return reason, gone
		}
	}
	if reason, gone := g.closed(p, c, t); reason != Free {
		return reason, gone
	}
	if budgeted(c.Class) {
		return g.spent(p, c, t)
	}
	if most := c.Kind.Traits().Weekly; most > 0 && g.ofKind(p, c.Kind, t) >= most {
		return CapWeek, g.tomorrow(t)
	}
	return Free, t
}

// preferences returns the obstacles that people have set: the pause of the unit,
// the person's mute, a task that was put off.
func (g Gate) preferences(p Person, c Candidate, t time.Time) (Reason, time.Time) {
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

// pause is when a candidate waits on the day of t for the breaking of the fast; ok is
// false when it does not.
func (g Gate) pause(c Candidate, t time.Time) (w Window, ok bool) {
	day, span := g.Calendar.Day(t), g.Rules.Hours.BreakOfFast
	if _, fasting := g.Calendar.Ramadan(day); !fasting || !c.Kind.Traits().Fasts || span.empty() {
		return w, false
	}
	return Window{day.At(span.From, g.Calendar.location), day.At(span.To, g.Calendar.location)}, true
}

// closed tells whether t is outside the windows, and when the next one opens.
func (g Gate) closed(p Person, c Candidate, t time.Time) (Reason, time.Time) {
	if w, ok := g.pause(c, t); ok && w.Has(t) {
		return OutsideHours, w.To
	}
	next, ok := g.Calendar.Next(c.Class, t, p.Diary)
	if ok && next.Equal(t) {
		return Free, t
	}
	reason := OutsideHours
	if budgeted(c.Class) {
		if day := g.Calendar.DayReason(g.Calendar.Day(t), p.Diary); day != Free {
			reason = day
		}
	}
	if !ok {
		next = time.Time{}
	}
	return reason, next
}
