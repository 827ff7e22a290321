package handlers

import (
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

const (
	hourSpan = time.Hour
	// busyFactor is how many times as much whoever works for others may send: a
	// rating of forty people, or a stack of paper sheets, is hundreds of taps.
	busyFactor = 4
)

// withinHour counts an update of a person and tells whether it is read. The count
// stands in the row of the chat, which every update locks and writes anyway, so
// it holds for all replicas and after a restart, and costs nothing. The first
// update beyond the limit is answered with the time at which the next hour
// begins, the others not at all, except that a pressed button stops turning; all
// of them count as decided. What Telegram or the bot itself says about a chat is
// not counted.
func (e *env) withinHour(u dialog.Update) bool {
	switch u.Kind {
	case dialog.KindText, dialog.KindPress, dialog.KindContact, dialog.KindMedia, dialog.KindEdited:
	default:
		return true
	}
	limit := e.Cfg.PersonHour
	if limit <= 0 {
		return true
	}
	if r := e.Employee.Rights; e.Linked() && (r.Supervises || r.Rates || r.Officer || r.HR) {
		limit *= busyFactor
	}
	s := &e.Session
	if !e.Now.Before(s.HourSince.Add(hourSpan)) {
		s.HourUpdates, s.HourSince = 0, e.Now
	}
	if s.HourUpdates <= limit { // it need not grow beyond
		s.HourUpdates++
		if s.HourUpdates <= limit {
			return true
		}
		e.Cfg.Log.Warn("a person sends too much in an hour", "update_id", s.Update.ID)
		e.Say("odd.flood_hour", e.hourArgs())
	}
	e.Out.Ignored = true
	e.Out.Toast = e.Cfg.Text.Plain("odd.flood_hour", e.hourArgs())
	return false
}

func (e *env) hourArgs() text.Args {
	return text.Args{"jam": e.Cfg.Text.Clock(e.Session.HourSince.Add(hourSpan).In(e.Cfg.Location))}
}

// Ignored is how many updates of this process were not read because one person
// had sent too many in an hour.
func (p *Processor) Ignored() int64 { return p.ignored.Load() }

// hasty answers a press that belongs to a double tap with a sentence and nothing
// else. Any other press is kept in the row of the chat, which every update locks and writes
// anyway: so all processes agree, also after a restart and when the transaction runs
// again. A hasty one is not kept, or somebody who goes on tapping would wait for ever.
func (e *env) hasty(u dialog.Update) bool {
	if u.Kind != dialog.KindPress || !u.Press.OK {
		return false
	}
	s := &e.Session
	now := dialog.Pressed{Message: u.MessageID, Card: u.Press.Card, Button: u.Press.Button, At: s.Update.Came}
	if s.Pressed.Hasty(now, e.Cfg.DoublePress) {
		e.Out.Toast = e.Cfg.Text.Plain("toast.again", nil)
		return true
	}
	s.Pressed = now
	return false
}
