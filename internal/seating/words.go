package seating

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// When writes when a batch is: the day and the hour of its beginning, or its first and
// last day.
func (c *Clerk) When(b training.Batch) string {
	from, to := b.Starts().In(c.cfg.Location), b.Ends().In(c.cfg.Location)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return c.cfg.Text.Date(from) + ", " + c.cfg.Text.Clock(from)
	}
	return c.cfg.Text.Plain("seat.days", text.Args{"dari": c.cfg.Text.Date(from), "sampai": c.cfg.Text.Date(to)})
}

// deadline writes until when something may be done.
func (c *Clerk) deadline(t time.Time) string { return c.cfg.Text.Deadline(t.In(c.cfg.Location)) }

// reply is a message about a batch to somebody.
func (c *Clerk) reply(key string, b training.Batch, to personnel.Employee, more text.Args, rows ...[]dialog.Button) dialog.Reply {
	args := text.Args{"judul": b.Name, "kapan": c.When(b), "sapaan": to.Salutation()}
	for k, v := range more {
		args[k] = v
	}
	return dialog.Reply{Template: key, Text: c.cfg.Text.T(key, args), Rows: rows}
}

// button is a row with one button of handlers/training.
func (c *Clerk) button(label, step string, ref int64) []dialog.Button {
	return []dialog.Button{{Label: c.cfg.Text.Plain("label."+label, nil), Action: dialog.Action{Flow: "m", Step: step, Ref: ref, Verb: dialog.Resume}}}
}

// offerReply offers a seat. The end that it names is that of a message which goes with
// the next window: one that goes later lives longer.
func (r *round) offerReply(b training.Batch, q Queued) dialog.Reply {
	at, ok := r.calendar.Next(outreach.Service, r.now, q.Diary)
	if !ok {
		at = r.now
	}
	return r.reply("seat.offer", b, q.Person, text.Args{"batas": r.deadline(b.OfferEnd(r.endOfNext(at, q.Diary)))},
		r.button("join_take", training.TakeStep, b.ID), r.button("join_not", training.LeaveStep, b.ID))
}

// lapsedReply tells that an offer has ended without an answer.
func (r *round) lapsedReply(b training.Batch, q Queued) dialog.Reply {
	if !b.Closes.After(r.now) {
		return r.reply("seat.lapsed_closed", b, q.Person, nil)
	}
	return r.reply("seat.lapsed", b, q.Person, text.Args{"batas": r.deadline(q.Until)}, r.button("join_yes", training.JoinStep, b.ID))
}

// rankedReply tells what came of a registration whose seats are given at the close.
func (r *round) rankedReply(b training.Batch, q Queued, seated bool) dialog.Reply {
	if !seated {
		return r.reply("seat.ranked", b, q.Person, nil, r.button("join_open", training.CardStep, b.ID))
	}
	asked := ""
	if !b.PermissionUntil.IsZero() {
		asked = " " + r.cfg.Text.Plain("seat.asked", text.Args{"batas": r.deadline(b.PermissionUntil)})
	}
	return r.reply("seat.seated", b, q.Person, text.Args{"izin": asked}, r.button("join_open", training.CardStep, b.ID))
}

// say tells somebody in the queue what became of the seat, once for each offer.
func (r *round) say(b training.Batch, q Queued, what string, reply dialog.Reply) {
	r.messages = append(r.messages, news(b, q.Employee, fmt.Sprintf("%s:%s", OfferKey(q.Enrolment, q.Offer), what), reply))
}

// news is a message about a seat, which is of no use once the batch is over.
func news(b training.Batch, to int64, key string, reply dialog.Reply) courier.Message {
	return courier.Message{Employee: to, Key: key, Reply: reply,
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Training, Expires: b.Ends()}}
}

// sayAwaited tells somebody that the superior is silent, or what came of that.
func (r *round) sayAwaited(b training.Batch, a Awaited, officer bool) {
	key, args := "seat.silent", text.Args{"batas": r.deadline(a.Until)}
	switch {
	case a.Stage == training.Frees:
		key = "seat.freed"
	case !officer:
		key = "seat.silent_alone"
	}
	r.messages = append(r.messages, news(b, a.Employee, awaitedKey(a, 0), r.reply(key, b, a.Person, args)))
}

// sayOfficer tells an officer the same.
func (r *round) sayOfficer(b training.Batch, a Awaited, officer int64) {
	key, rows := "seat.silent_officer", [][]dialog.Button{r.button("nominate_written", training.LettersStep, b.ID)}
	if a.Stage == training.Frees {
		key, rows = "seat.freed_officer", nil
	}
	args := text.Args{"batas": r.deadline(a.Until), "alamat": a.Person.Address()}
	r.messages = append(r.messages, news(b, officer, awaitedKey(a, officer), r.reply(key, b, a.Person, args, rows...)))
}

// awaitedKey names what is said about a silence: once for each deadline.
func awaitedKey(a Awaited, officer int64) string {
	return strings.Join([]string{"permit", fmt.Sprint(a.Enrolment), string(a.Stage), a.Until.UTC().Format("20060102T1504"), fmt.Sprint(officer)}, ":")
}

// tellNominees tells those who were nominated in a file, and their superiors, who are not
// asked: the unit head's letter is the permission.
func (r *round) tellNominees(ctx context.Context, b training.Batch) error {
	list, err := r.tx.NewNominees(ctx, b.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, n := range list {
		args := text.Args{"nama": n.Person.DisplayName(), "alamat": n.Person.Address()}
		key := fmt.Sprintf("nominee:%d", n.Enrolment)
		r.messages = append(r.messages, news(b, n.Person.ID, key, r.reply("nominate.told", b, n.Person, args,
			r.button("join_open", training.CardStep, b.ID), r.button("join_not", training.LeaveStep, b.ID))))
		if n.Superior.ID != 0 {
			r.messages = append(r.messages, news(b, n.Superior.ID, key+":boss", r.reply("nominate.told_superior", b, n.Superior, args)))
		}
	}
	return r.tx.ToldNominees(ctx, b.ID)
}

// Cancelled are the messages to those who were in a batch that takes place no more.
func (c *Clerk) Cancelled(b training.Batch, reason string, were []training.Participant) (all []courier.Message) {
	for _, p := range were {
		reply := c.reply("seat.cancelled", b, p.Person, text.Args{"alasan": reason})
		m := news(b, p.Person.ID, fmt.Sprintf("batch:%d:cancelled:%d", b.ID, p.Person.ID), reply)
		m.Candidate.Expires = time.Time{} // whoever would go there must know, whenever the batch was to end
		all = append(all, m)
	}
	return all
}

// Moved are the messages after a change of a batch, which is b now: to those in it, and to
// the superiors who had given a permission, by enrolment. moved: its hours are other ones;
// room: its place is. Of the place alone nothing is asked.
func (c *Clerk) Moved(b training.Batch, in []training.Participant, superiors map[int64]personnel.Employee, moved, room bool) (all []courier.Message) {
	for _, p := range in {
		key := fmt.Sprintf("batch:%d:%d:%d", b.ID, b.Revision, p.Person.ID)
		if !moved {
			all = append(all, news(b, p.Person.ID, key, c.reply("seat.room", b, p.Person, text.Args{"tempat": places(b)})))
			continue
		}
		all = append(all, news(b, p.Person.ID, key, c.reply("seat.moved", b, p.Person, c.anew(b, room),
			c.button("join_keep", training.KeepStep, b.ID), c.button("join_not", training.LeaveStep, b.ID))))
		if boss, ok := superiors[p.ID]; ok && p.Permission == training.Given {
			args := c.anew(b, room)
			args["alamat"] = p.Person.Address()
			all = append(all, news(b, boss.ID, key+":boss", c.reply("seat.moved_superior", b, boss, args, c.button("permit_revoke", training.RevokeStep, p.ID))))
		}
	}
	return all
}

// anew is what a batch that has moved says now: its days with their hours, and its place
// where that is another one too.
func (c *Clerk) anew(b training.Batch, room bool) text.Args {
	args := text.Args{"kapan": c.hours(b), "tempat": ""}
	if room {
		args["tempat"] = places(b)
	}
	return args
}

// hours writes when a batch is, with from when to when on each day.
func (c *Clerk) hours(b training.Batch) string {
	if len(b.Sessions) == 0 {
		return c.When(b)
	}
	of := func(s training.Session) string {
		return c.cfg.Text.Hours(s.Starts.In(c.cfg.Location), s.Ends.In(c.cfg.Location))
	}
	from, to := b.Starts().In(c.cfg.Location), b.Ends().In(c.cfg.Location)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return c.cfg.Text.Date(from) + ", " + c.cfg.Text.Hours(from, to)
	}
	args := text.Args{"dari": c.cfg.Text.Date(from), "sampai": c.cfg.Text.Date(to), "jam": of(b.Sessions[0])}
	if slices.ContainsFunc(b.Sessions, func(s training.Session) bool { return of(s) != args["jam"] }) {
		return c.cfg.Text.Plain("seat.days_differ", args)
	}
	return c.cfg.Text.Plain("seat.days_hours", args)
}

// places are where the sessions of a batch are, each once.
func places(b training.Batch) string {
	var all []string
	for _, s := range b.Sessions {
		if at := s.Place + s.Link; !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return strings.Join(all, "; ")
}
