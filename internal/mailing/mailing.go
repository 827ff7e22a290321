// Package mailing sends announcements (pengumuman). A Mailer decides about the recipients
// of one, some hundreds at a time, through the courier, settles what became of them, and
// ends it; a Writer writes what a recipient and the office read. Everything that is said
// to a recipient is made when its row is claimed for sending, so that it is never older
// than that moment.
//
// The package is pure but for the transaction that it is given.
package mailing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// Tx is what sending announcements asks of the open transaction.
type Tx interface {
	courier.Tx
	// OpenAnnouncements lists the ids of those with something to do at now.
	OpenAnnouncements(ctx context.Context, now time.Time) ([]int64, error)
	// TakeAnnouncement locks one; ErrNotFound of dialog when somebody else works on it.
	TakeAnnouncement(ctx context.Context, id int64) (announcement.Announcement, error)
	// SettleAnnouncement takes over from the outbox what became of messages, edits and
	// deletions.
	SettleAnnouncement(ctx context.Context, id int64, now time.Time) (Settled, error)
	// BeginAnnouncement notes that its hour has come.
	BeginAnnouncement(ctx context.Context, id int64, now time.Time) error
	// DueRecipients lists at most limit people about whom is to be decided at now, in the
	// order of their ids. Who has left is not among them, and stands as left afterwards.
	DueRecipients(ctx context.Context, id int64, now time.Time, limit int) ([]int64, error)
	// ReopenNotifications lets notifications be decided again, whatever was decided.
	ReopenNotifications(ctx context.Context, keys []string, now time.Time) error
	// PutDeliveries stores decisions in the ledger.
	PutDeliveries(ctx context.Context, id int64, list []Decided) error
	// DueErrands lists at most limit people who are to get a short reply, or are to be
	// reminded.
	DueErrands(ctx context.Context, id int64, what Errand, limit int) ([]int64, error)
	// ErrandsDone notes that they were decided.
	ErrandsDone(ctx context.Context, id int64, what Errand, people []int64, now time.Time) error
	// ErrandsFailed notes that nothing could be decided about them: they were not told.
	ErrandsFailed(ctx context.Context, id int64, what Errand, people []int64) error
	PatchOutdated(ctx context.Context, id int64) (int, error)
	PatchAway(ctx context.Context, id int64) (int, error)
	StopAnnouncement(ctx context.Context, id int64, why string, now time.Time) (bool, error)
	CancelAnnouncement(ctx context.Context, id, by int64, now time.Time) (changed bool, a announcement.Announcement, err error)
	// CloseAnnouncement ends one for which nobody waits any more; false = somebody does.
	CloseAnnouncement(ctx context.Context, id int64, now time.Time) (bool, error)
	Announcement(ctx context.Context, id int64) (announcement.Announcement, error)
	AnnouncementCounts(ctx context.Context, id int64) (announcement.Counts, error)
	// Part does a part of the transaction that may fail without the rest.
	Part(ctx context.Context, fn func() error) (failed, err error)
	NoteProgress(ctx context.Context, a announcement.Announcement, told string, now time.Time) (bool, error)
	AudiencePeople(ctx context.Context, a announcement.Audience, now time.Time) ([]int64, error)
}

// Settled is what one settling has found.
type Settled struct {
	Rows int  // of the outbox that have ended
	Lost bool // a chat was not found
}

// Decided is what the gate has said about one recipient.
type Decided struct {
	Employee int64
	Delivery announcement.Delivery
	Reason   outreach.Reason
	Until    time.Time // of Held
}

// Errand is a further message about an announcement.
type Errand string

// The errands.
const (
	FactErrand     Errand = "fact"   // the short reply of a correction of facts
	ReminderErrand Errand = "remind" // Ingatkan yang belum membaca
)

// atATime is how many recipients are decided in one transaction.
const atATime = 500

// WrongBot is why the program pauses an announcement by itself: chats are not found,
// which happens when the program runs with the token of another bot.
const WrongBot = "wrong_bot"

// More than one of wrongShare chats that were tried is not found, of at least wrongAtLeast.
const (
	wrongShare   = 20
	wrongAtLeast = 20
)

// Mailer sends announcements. It is safe for concurrent use.
type Mailer struct {
	Courier *courier.Courier
	Writer  Writer
	// Broken is told of somebody about whom nothing could be decided, and why; nil = nobody
	// is.
	Broken func(announcement, employee int64, why error)
}

// Step does one piece of work on an announcement: it settles what has become of messages,
// and decides about the next recipients. more tells whether there is more to do at once.
func (m *Mailer) Step(ctx context.Context, tx Tx, id int64, now time.Time) (more bool, err error) {
	a, err := tx.TakeAnnouncement(ctx, id)
	if errors.Is(err, dialog.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if a.Batch.Over {
		if a, err = m.overtaken(ctx, tx, a, now); err != nil {
			return false, err
		}
	}
	settled, err := tx.SettleAnnouncement(ctx, id, now)
	if err != nil {
		return false, err
	}
	if settled.Rows > 0 {
		if a, err = m.afterSettling(ctx, tx, a, settled.Lost, now); err != nil {
			return false, err
		}
	}
	n, err := m.next(ctx, tx, a, now)
	if err != nil || n == atATime {
		return n == atATime, err
	}
	if a.State != announcement.Sending && a.State != announcement.Approved || !goes(a, now) {
		return false, nil
	}
	_, err = tx.CloseAnnouncement(ctx, id, now)
	return false, err
}

// next decides about the next people, and returns how many they were at most of one sort.
// The short reply of a correction goes to whoever has the message, also while the rest of
// the audience waits.
func (m *Mailer) next(ctx context.Context, tx Tx, a announcement.Announcement, now time.Time) (n int, err error) {
	if !a.WithdrawnAt.IsZero() || a.State == announcement.Approved && now.Before(a.SendAt) {
		return 0, nil
	}
	if n, err = m.run(ctx, tx, a, FactErrand, now); err != nil || !goes(a, now) {
		return n, err
	}
	if a.State == announcement.Approved {
		if err := tx.BeginAnnouncement(ctx, a.ID, now); err != nil {
			return n, err
		}
	}
	k, err := m.decide(ctx, tx, a, now)
	if err != nil {
		return n, err
	}
	l, err := m.run(ctx, tx, a, ReminderErrand, now)
	return max(n, k, l), err
}

// goes tells whether recipients are decided at now.
func goes(a announcement.Announcement, now time.Time) bool {
	if !a.WithdrawnAt.IsZero() {
		return false
	}
	switch a.State {
	case announcement.Approved:
		return !now.Before(a.SendAt)
	case announcement.Sending, announcement.Done, announcement.Cancelled:
		return true
	}
	return false
}

// afterSettling corrects or deletes what has arrived meanwhile, and stops what goes to
// the wrong bot's chats.
func (m *Mailer) afterSettling(ctx context.Context, tx Tx, a announcement.Announcement, lost bool, now time.Time) (announcement.Announcement, error) {
	var err error
	switch {
	case !a.WithdrawnAt.IsZero():
		_, err = tx.PatchAway(ctx, a.ID)
	case a.Version > 1:
		_, err = tx.PatchOutdated(ctx, a.ID)
	}
	if err != nil || !lost || a.State != announcement.Sending {
		return a, err
	}
	c, err := tx.AnnouncementCounts(ctx, a.ID)
	if err != nil {
		return a, err
	}
	if n := c.Failed["chat_not_found"]; n*wrongShare > tried(c) && tried(c) >= wrongAtLeast {
		a.State, a.StoppedFor = announcement.Paused, WrongBot
		return a, m.stop(ctx, tx, a, now)
	}
	return a, nil
}

// stop pauses an announcement because of what the program has found out, and tells its
// author.
func (m *Mailer) stop(ctx context.Context, tx Tx, a announcement.Announcement, now time.Time) error {
	changed, err := tx.StopAnnouncement(ctx, a.ID, a.StoppedFor, now)
	if err != nil || !changed {
		return err
	}
	_, err = m.Courier.Send(ctx, tx, now, courier.Message{Employee: a.Author, Key: fmt.Sprintf("announcement-stopped:%d:%d", a.ID, now.Unix()),
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Answered},
		Reply: dialog.Reply{Template: "announcement.stopped_wrong_bot",
			Text: m.Writer.Text.T("announcement.stopped_wrong_bot", text.Args{"awal": announcement.Opening(a.Body)})}})
	return err
}

// overtaken ends an announcement whose training was cancelled, or has been held: who has
// not got it is not invited any more. Its author is told.
func (m *Mailer) overtaken(ctx context.Context, tx Tx, a announcement.Announcement, now time.Time) (announcement.Announcement, error) {
	changed, after, err := tx.CancelAnnouncement(ctx, a.ID, 0, now)
	if err != nil || !changed {
		return after, err
	}
	_, err = m.Courier.Send(ctx, tx, now, courier.Message{Employee: a.Author, Key: fmt.Sprintf("announcement-overtaken:%d", a.ID),
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Answered},
		Reply: dialog.Reply{Template: "announcement.overtaken",
			Text: m.Writer.Text.T("announcement.overtaken", text.Args{"awal": announcement.Opening(a.Body), "judul": a.Batch.Name})}})
	return after, err
}

// tried is how many messages have been given to Telegram.
func tried(c announcement.Counts) int {
	return c.By[announcement.Sent] + c.By[announcement.Unknown] + c.By[announcement.Failed]
}

// decide lets the gate decide about the next recipients, and returns how many they were.
func (m *Mailer) decide(ctx context.Context, tx Tx, a announcement.Announcement, now time.Time) (int, error) {
	people, err := tx.DueRecipients(ctx, a.ID, now, atATime)
	if err != nil || len(people) == 0 {
		return 0, err
	}
	broken, err := m.apart(ctx, tx, a.ID, people, func(part []int64) error { return m.decidePart(ctx, tx, a, part, now) })
	if err != nil || len(broken) == 0 {
		return len(people), err
	}
	list := make([]Decided, len(broken))
	for i, who := range broken {
		list[i] = Decided{Employee: who, Delivery: announcement.Failed, Reason: InternalFault}
	}
	return len(people), tx.PutDeliveries(ctx, a.ID, list)
}

// InternalFault is why a message failed that was never given to Telegram.
const InternalFault = "internal"

// decidePart decides about some people.
func (m *Mailer) decidePart(ctx context.Context, tx Tx, a announcement.Announcement, people []int64, now time.Time) error {
	messages, keys := make([]courier.Message, len(people)), make([]string, len(people))
	for i, who := range people {
		keys[i] = announcement.Key(a.ID, who)
		messages[i] = courier.Message{Employee: who, Key: keys[i], Candidate: candidate(a),
			Reply: dialog.Reply{Template: announcement.MessageTemplate, Compose: &dialog.Reference{Announcement: a.ID, Employee: who}}}
	}
	if err := tx.ReopenNotifications(ctx, keys, now); err != nil {
		return err
	}
	decisions, err := m.Courier.SendAll(ctx, tx, now, messages)
	if err != nil {
		return err
	}
	list := make([]Decided, len(people))
	for i, d := range decisions {
		list[i] = Decided{Employee: people[i], Delivery: delivery(d), Reason: d.Reason}
		if d.Action == outreach.Hold {
			list[i].Until = d.At
		}
	}
	return tx.PutDeliveries(ctx, a.ID, list)
}

// candidate is what the gate decides about. A near event is no use after it has begun, and
// a training none when its registration is over.
func candidate(a announcement.Announcement) outreach.Candidate {
	c := outreach.Candidate{Class: outreach.Broadcast, Kind: outreach.Announcement, Expires: a.Useful()}
	if a.Kind == announcement.Near {
		c.Class, c.Kind = outreach.Service, outreach.AnnouncementNear
		if c.Expires.IsZero() || a.EventAt.Before(c.Expires) {
			c.Expires = a.EventAt
		}
	}
	return c
}

// delivery is the state of the ledger after a decision.
func delivery(d outreach.Decision) announcement.Delivery {
	switch {
	case d.Action == outreach.Hold:
		return announcement.Held
	case d.Goes():
		return announcement.Queued
	case d.Reason == outreach.NotLinked:
		return announcement.Unlinked
	case d.Reason == outreach.Unreachable, d.Reason == outreach.Muted:
		return announcement.Unreachable
	}
	return announcement.Expired
}

// run sends the short replies of a correction, or the reminders, to the next people.
func (m *Mailer) run(ctx context.Context, tx Tx, a announcement.Announcement, what Errand, now time.Time) (int, error) {
	people, err := tx.DueErrands(ctx, a.ID, what, atATime)
	if err != nil || len(people) == 0 {
		return 0, err
	}
	c := outreach.Candidate{Class: outreach.Service, Kind: outreach.AnnouncementFact}
	template, key := announcement.FactTemplate, announcement.FactKey(a.ID, a.Version)
	if what == ReminderErrand {
		c = outreach.Candidate{Class: outreach.Broadcast, Kind: outreach.AnnouncementReminder, Expires: a.Useful()}
		template, key = announcement.ReminderTemplate, fmt.Sprintf("announcement-reminder:%d:", a.ID)
	}
	broken, err := m.apart(ctx, tx, a.ID, people, func(part []int64) error {
		messages := make([]courier.Message, len(part))
		for i, who := range part {
			messages[i] = courier.Message{Employee: who, Key: fmt.Sprintf("%s%d", key, who), Candidate: c,
				Reply: dialog.Reply{Template: template, Compose: &dialog.Reference{Announcement: a.ID, Employee: who}}}
		}
		_, err := m.Courier.SendAll(ctx, tx, now, messages)
		return err
	})
	if err != nil {
		return 0, err
	}
	done := slices.DeleteFunc(slices.Clone(people), func(who int64) bool { return slices.Contains(broken, who) })
	if err := tx.ErrandsFailed(ctx, a.ID, what, broken); err != nil {
		return 0, err
	}
	return len(people), tx.ErrandsDone(ctx, a.ID, what, done, now)
}
