package seating

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// RemindTx is what reminding of trainings asks of the open transaction.
type RemindTx interface {
	courier.Tx
	courier.PartTx
	// SessionsToTell returns the sessions of batches that take place, beginning after now
	// and before until, of which people were not told yet: the first of each batch the
	// day before, each of them an hour before.
	SessionsToTell(ctx context.Context, day bool, now, until time.Time) ([]Meeting, error)
	// ToldSessions notes that people were told.
	ToldSessions(ctx context.Context, day bool, sessions []int64) error
	// Batch reads a batch with its sessions.
	Batch(ctx context.Context, id int64) (training.Batch, error)
	// Attendees returns who has a seat in a batch and may come, by id.
	Attendees(ctx context.Context, batch int64) ([]personnel.Employee, error)
	// Unlisted returns the permissions that stand in no list yet, each with whoever
	// answers today: the superior, or those who stand in.
	Unlisted(ctx context.Context, now time.Time) ([]Unlisted, error)
	// Requests lists all permissions that wait for somebody.
	Requests(ctx context.Context, superior int64, now time.Time) ([]training.Request, error)
	// ListPermits notes that permissions stand in a list.
	ListPermits(ctx context.Context, enrolments []int64, now time.Time) error
	OfficersOf(ctx context.Context, people []int64) (map[int64][]int64, error)
}

// Meeting names a session of a batch.
type Meeting struct{ Batch, Session int64 }

// Unlisted is a permission that stands in no list yet.
type Unlisted struct {
	Enrolment int64
	Batch     int64
	Person    personnel.Employee   // name and sex
	Answers   []personnel.Employee // nobody = no superior can be asked
	Known     bool                 // the register has one, who cannot be reached here
}

// hourBefore is how long before a session people are reminded for the last time.
const hourBefore = time.Hour

// Soon reminds of sessions that begin within the hour.
func (c *Clerk) Soon(ctx context.Context, tx RemindTx, now time.Time) (courier.Tally, error) {
	return c.remind(ctx, tx, now, false, now.Add(hourBefore))
}

// Day does what comes once on a working day: it reminds of what begins until the end of
// the next working day, and gives superiors the list of permissions. On a day off it does
// nothing.
func (c *Clerk) Day(ctx context.Context, tx RemindTx, now time.Time) (t courier.Tally, err error) {
	gate, err := c.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return t, err
	}
	today := gate.Calendar.Day(now)
	if !gate.Calendar.Working(today, outreach.Week{}) {
		return t, nil
	}
	next := gate.Calendar.NextWorkingDay(today, outreach.Week{})
	if t, err = c.remind(ctx, tx, now, true, (next + 1).Start(c.cfg.Location)); err != nil {
		return t, err
	}
	lists, err := courier.Alone(ctx, tx, now, "lists of permissions", func() (courier.Tally, error) { return c.permits(ctx, tx, now) })
	t.Add(lists)
	return t, err
}

// remind tells those who have a seat of sessions that begin before until. A session that
// fails stops no other one; it is told with the next run, if that is not too late.
func (c *Clerk) remind(ctx context.Context, tx RemindTx, now time.Time, day bool, until time.Time) (courier.Tally, error) {
	list, err := tx.SessionsToTell(ctx, day, now, until)
	if err != nil || len(list) == 0 {
		return courier.Tally{}, err
	}
	batch, ids := map[int64]int64{}, make([]int64, len(list))
	for i, m := range list {
		batch[m.Session], ids[i] = m.Batch, m.Session
	}
	return courier.Each(ctx, tx, now, "reminders of session", ids, func(ids []int64) (t courier.Tally, err error) {
		var messages []courier.Message
		for _, id := range ids {
			more, err := c.session(ctx, tx, batch[id], id, day)
			if err != nil {
				return t, err
			}
			messages = append(messages, more...)
		}
		decisions, err := c.cfg.Courier.SendAll(ctx, tx, now, messages)
		if err != nil {
			return t, err
		}
		t.Count(decisions)
		return t, tx.ToldSessions(ctx, day, ids)
	}, func(int64) error { return nil })
}

// session makes the messages about one session of a batch.
func (c *Clerk) session(ctx context.Context, tx RemindTx, batch, session int64, day bool) ([]courier.Message, error) {
	b, err := tx.Batch(ctx, batch)
	if err != nil {
		return nil, err
	}
	people, err := tx.Attendees(ctx, batch)
	if err != nil {
		return nil, err
	}
	for _, s := range b.Sessions {
		if s.ID == session {
			return c.reminders(b, s, people, day), nil
		}
	}
	return nil, nil
}

// reminders are the messages about one session.
func (c *Clerk) reminders(b training.Batch, s training.Session, people []personnel.Employee, day bool) (all []courier.Message) {
	key, row := "session.hour", []dialog.Button{{Label: c.cfg.Text.Plain("label.attend_type", nil), Action: dialog.Action{Flow: training.CodeFlow, Verb: dialog.Resume}}}
	if day {
		key, row = "session.day", c.button("join_open", training.CardStep, b.ID)
	}
	bring := ""
	if day {
		bring = c.also("session.dress", b.Dress) + c.also("session.bring", b.Bring)
	}
	at := s.Starts.In(c.cfg.Location)
	for _, p := range people {
		reply := c.reply(key, b, p, text.Args{"nama": p.DisplayName(), "jam": c.cfg.Text.Clock(at), "tanggal": c.cfg.Text.Date(at), "tempat": s.Place + s.Link, "bawa": bring}, row)
		all = append(all, courier.Message{Employee: p.ID, Key: fmt.Sprintf("%s:%d:%s:%d", key, s.ID, s.Starts.UTC().Format("20060102T1504"), p.ID), Reply: reply,
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Session, Expires: s.Starts}})
	}
	return all
}

// also is a further sentence about something, "" when there is nothing to say.
func (c *Clerk) also(key, what string) string {
	if what == "" {
		return ""
	}
	return " " + c.cfg.Text.Plain(key, text.Args{"isi": what})
}
