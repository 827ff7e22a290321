package courier

import (
	"slices"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
)

// WhyStep is the step of the button that explains a message; its ref is the
// notification.
const WhyStep = "alasan"

// ListClass is the class of notifications that are not messages: steps of a
// ladder that only change in which list a task stands.
const ListClass outreach.Class = "list"

// Notification is a decision about a message as it is kept (pemberitahuan).
type Notification struct {
	ID        int64
	Key       string
	Employee  int64 // id of the recipient
	Class     outreach.Class
	Kind      outreach.Kind
	Task      int64         // id; 0 = about no single task
	Step      outreach.Step // of a task's ladder; "" = none
	Tasks     []int64       // ids of all that it is about
	Action    outreach.Action
	Reason    outreach.Reason
	DecidedAt time.Time
	At        time.Time     // of Hold: when it is decided again; else DecidedAt
	NotBefore time.Time     // zero = at once
	Until     time.Time     // of Send and Merge: when it must not go any more; zero = no limit
	Expires   time.Time     // zero = never
	With      int64         // of Merge: the notification that carries it
	Tries     int           // rows of the outbox so far
	OutboxKey string        // of its row, or of the row that carries it; "" = none
	Reply     *dialog.Reply // nil = not kept
}

// take notes what was decided.
func (n *Notification) take(d outreach.Decision, now time.Time) {
	n.Action, n.Reason, n.DecidedAt, n.At, n.Until, n.With = d.Action, d.Reason, now, now, d.Until, d.With
	if d.Action == outreach.Hold || d.Action == outreach.Drop && !d.At.IsZero() {
		n.At = d.At
	}
}

// Decision is what was decided.
func (n Notification) Decision() outreach.Decision {
	d := outreach.Decision{Action: n.Action, Reason: n.Reason, Until: n.Until, With: n.With}
	if n.Action == outreach.Hold || n.Action == outreach.Drop && n.At.After(n.DecidedAt) {
		d.At = n.At
	}
	return d
}

// Candidate is the candidate of a notification that is decided again.
func (n Notification) Candidate() outreach.Candidate {
	return outreach.Candidate{Class: n.Class, Kind: n.Kind, Task: n.Task, NotBefore: n.NotBefore, Expires: n.Expires}
}

// Recipient is a person as the gate sees them, with the chat.
type Recipient struct {
	outreach.Person
	Chat int64 // 0 = not linked
	// Keys are the outbox keys of the person's messages, by notification.
	Keys map[int64]string
}

// leave takes a notification that is decided again out of what waits for the person.
func (p *Recipient) leave(id int64) {
	p.Messages = slices.DeleteFunc(slices.Clone(p.Messages), func(m outreach.Message) bool { return m.ID == id })
}

// gone notes that a message has left the queue: nothing can join it any more.
func (p *Recipient) gone(id int64) {
	for i := range p.Messages {
		if p.Messages[i].ID == id {
			p.Messages[i].State = outreach.Sent
		}
	}
}

// remember lets what comes next for the person know what was decided.
func (p *Recipient) remember(n Notification, d outreach.Decision) {
	m := outreach.Message{ID: n.ID, Class: n.Class, Kind: n.Kind, Tasks: n.Tasks, At: n.At, Parts: 1}
	switch d.Action {
	case outreach.Send:
		m.State = outreach.Queued
		p.Messages = append(p.Messages, m)
	case outreach.Hold:
		m.State = outreach.Held
		p.Messages = append(p.Messages, m)
		return
	case outreach.Merge:
		for i := range p.Messages {
			if p.Messages[i].ID == d.With {
				p.Messages[i].Parts = max(p.Messages[i].Parts, 1) + 1
				p.Messages[i].Tasks = append(slices.Clone(p.Messages[i].Tasks), n.Tasks...)
			}
		}
	case outreach.Drop:
		return
	}
	p.Tasks = slices.Clone(p.Tasks)
	for i, t := range p.Tasks {
		if t.ID != n.Task || n.Task == 0 {
			continue
		}
		if n.Kind.Traits().Reminds {
			p.Tasks[i].Reminders++
		}
		if n.Kind == outreach.Nudge {
			p.Tasks[i].LastNudge = n.DecidedAt
		}
	}
	if n.Kind == outreach.Summary {
		p.LastSummary = n.DecidedAt
	}
}

// OwnCalendar is what the agency has entered over the shipped calendar.
type OwnCalendar struct {
	Holidays []outreach.Holiday
	Ramadans []outreach.Ramadan
}

// Facts puts the agency's rows over the shipped ones. A month of fasting of the
// agency replaces a shipped one that touches it.
func (o OwnCalendar) Facts(loc *time.Location) outreach.Facts {
	f := outreach.ShippedFacts(loc, o.Holidays)
	for _, own := range o.Ramadans {
		f.Ramadans = slices.DeleteFunc(f.Ramadans, func(r outreach.Ramadan) bool {
			return r.Name == own.Name || r.Days.From <= own.Days.To+20 && own.Days.From <= r.Days.To+20
		})
		f.Ramadans = append(f.Ramadans, own)
	}
	return f
}

// Preferences are what a person has set with /pengingat. The zero Preferences is nothing.
type Preferences struct {
	Hour       int       // minutes from midnight; 0 = the hours of the agency
	MutedUntil time.Time // reminders wait until then
	MuteAll    bool      // announcements too
}
