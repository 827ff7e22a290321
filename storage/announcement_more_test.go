package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
)

// act runs one of the office's deeds and returns its number.
func (o *mailroom) act(what func(*Tx, context.Context, int64, int64, time.Time) (int, error)) (n int, err error) {
	o.t.Helper()
	err = o.try(func(ctx context.Context, tx *Tx) (err error) {
		n, err = what(tx, ctx, o.id, o.people[0], o.now)
		return err
	})
	return n, err
}

// Only what failed goes again, and what may have arrived goes again when somebody says so.
func TestOnlyWhatFailedGoesAgain(t *testing.T) {
	o := newMailroom(t, 4)
	o.approve(nil)
	o.work()
	rows := o.take(dialog.LaneBulk)
	o.end(rows[:1], dialog.StateFailed, "file")
	o.end(rows[1:2], dialog.StateUnknown, "interrupted")
	o.end(rows[2:3], dialog.StateFailed, "forbidden")
	o.end(rows[3:], dialog.StateSent, "")
	o.work()
	if n, err := o.act((*Tx).RetryFailed); n != 1 || err != nil {
		t.Errorf("RetryFailed = %d, %v; want the one that was refused", n, err)
	}
	o.work()
	if sent := o.deliver(); len(sent) != 1 || sent[0].ChatID != rows[0].ChatID || !strings.HasSuffix(sent[0].Key, ":2") {
		t.Errorf("%v went again", keys(sent))
	}
	o.exec(`UPDATE chat SET reachable = true`) // who had blocked is back
	if n, err := o.act((*Tx).RetryFailed); n != 1 || err != nil {
		t.Errorf("RetryFailed = %d, %v; want the one that came back", n, err)
	}
	if n, err := o.act((*Tx).ResendUnknown); n != 1 || err != nil {
		t.Errorf("ResendUnknown = %d, %v; want 1", n, err)
	}
	o.work()
	if sent := o.deliver(); len(sent) != 2 {
		t.Errorf("%v went", keys(sent))
	}
	if got := o.states(); got != "sent 4" {
		t.Errorf("the ledger is %q", got)
	}
}

// Two corrections of facts in one night are one short reply in the morning.
func TestTwoCorrectionsAreOneShortReply(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.deliver()
	o.now = time.Date(2027, 1, 12, 22, 0, 0, 0, zone)
	for version, body := range []string{"Rapat di Aula B", "Rapat di Aula C"} {
		if _, err := o.correct(announcement.Fact, version+1, body); err != nil {
			t.Fatal(err)
		}
		o.deliver()
	}
	o.now = o.now.Add(9 * time.Hour)
	o.exec(`UPDATE notice SET action = 'send', outbox_key = 'n:' || key || ':1' WHERE kind = 'announcement_fact'`)
	o.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, announcement_id, recipient_id)
		SELECT outbox_key, employee_id, 1, 'service', 'announcement.fact', 0, '', '{"params":null}', 'new', $1, employee_id FROM notice WHERE kind = 'announcement_fact'`, o.id)
	sent := texts(o.deliver())
	if len(sent) != 2 || sent[0] != "sendMessage: <b>Ralat.</b> Rapat di Aula C" || sent[1] != sent[0] {
		t.Errorf("%q went in the morning, want the newest fact to each of two", sent)
	}
}

// Each is reminded once, through the gate, and nobody who has read it.
func TestUnreadAreRemindedOnce(t *testing.T) {
	o := newMailroom(t, 3)
	o.approve(nil)
	o.work()
	o.deliver()
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.ReadAnnouncement(ctx, o.id, o.people[1], 1, o.now)
		return err
	})
	o.deliver()
	if n, err := o.act((*Tx).RemindUnread); n != 2 || err != nil {
		t.Errorf("RemindUnread = %d, %v; want 2", n, err)
	}
	o.work()
	if sent := o.deliver(); len(sent) != 0 {
		t.Errorf("%v went on the day on which they had the announcement", keys(sent))
	}
	if got := o.count(`SELECT count(*) FROM notice WHERE kind = 'announcement_reminder' AND action = 'hold' AND reason = 'cap_day'`); got != 2 {
		t.Errorf("%d reminders are held by the budget, want 2", got)
	}
	if n, err := o.act((*Tx).RemindUnread); n != 0 || err != nil {
		t.Errorf("a second RemindUnread = %d, %v; want nobody", n, err)
	}
}

// A chat that is not found now and then is nothing; of more than one in twenty the
// program must be at the wrong bot, and stops.
func TestWrongBotStops(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	for lost, want := range map[int]string{1: "sending ", 2: "paused wrong_bot"} {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			o := newMailroom(t, 40)
			o.approve(nil)
			o.work()
			rows, err := o.Claim(t.Context(), 1, dialog.LaneBulk, 30, o.now)
			if err != nil {
				t.Fatal(err)
			}
			o.end(rows[:lost], dialog.StateFailed, "chat_not_found")
			o.end(rows[lost:], dialog.StateSent, "")
			o.work()
			if got := o.text(`SELECT state || ' ' || COALESCE(stopped, '') FROM announcement WHERE id = $1`, o.id); got != want {
				t.Errorf("after %d of 30 the announcement is %q, want %q", lost, got, want)
			}
			if told := o.count(`SELECT count(*) FROM notice WHERE employee_id = $1 AND kind = 'request_answered'`, o.people[0]); told != lost-1 {
				t.Errorf("the author is told %d times", told)
			}
		})
	}
}

// A near event goes outside the budget from early to late, at most twice a week.
func TestNearEvents(t *testing.T) {
	o := newMailroom(t, 1)
	near := func(d *announcement.Announcement) {
		d.Kind, d.EventAt, d.Expires = announcement.Near, o.now.Add(20*time.Hour), time.Time{}
	}
	o.now = time.Date(2027, 1, 12, 19, 30, 0, 0, zone) // after the hours of announcements
	for i, want := range []string{"queued 1", "queued 1", "expired 1"} {
		o.approve(near)
		o.work()
		if got := o.states(); got != want {
			t.Errorf("number %d is %q, want %q", i+1, got, want)
		}
		o.deliver()
	}
	o.now = o.now.Add(2 * time.Hour) // 21.30
	o.exec(`DELETE FROM notice`)
	o.approve(near)
	o.work()
	if got := o.text(`SELECT state || ' ' || to_char(hold_until AT TIME ZONE 'Asia/Jakarta', 'HH24:MI') FROM announcement_recipient WHERE announcement_id = $1`, o.id); got != "held 06:00" {
		t.Errorf("at night it is %q", got)
	}
}

// The window of a row may close while its announcement is paused; then it is decided
// again, and nothing is lost.
func TestPausedOverTheEndOfTheWindow(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, _, err := tx.PauseAnnouncement(ctx, o.id, o.people[0], o.now)
		return err
	})
	o.now = o.now.Add(12 * time.Hour)
	if rows := o.take(dialog.LaneBulk); len(rows) != 0 {
		t.Errorf("%v are claimed", keys(rows))
	}
	o.tx(func(ctx context.Context, tx *Tx) error { // the job expiries
		_, err := tx.Expire(ctx, o.now)
		return err
	})
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, _, err := tx.ResumeAnnouncement(ctx, o.id, o.people[0], o.now)
		return err
	})
	o.work()
	if got := o.states(); got != "held 2" {
		t.Errorf("at night the ledger is %q", got)
	}
	o.now = o.now.Add(12 * time.Hour)
	o.tx(func(ctx context.Context, tx *Tx) error { // the job of reminders
		list, err := tx.HeldNotifications(ctx, o.now, 10)
		if len(list) != 0 {
			t.Errorf("%d announcements are decided behind the back of the ledger", len(list))
		}
		return err
	})
	o.work()
	if sent := o.deliver(); len(sent) != 2 || o.states() != "sent 2" {
		t.Errorf("in the morning %v went; the ledger is %q", keys(sent), o.states())
	}
}

// Who leaves the account while the message waits gets it with the next one.
func TestUnlinkedWhileQueued(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Unlink(ctx, o.people[1], o.people[1], "", o.now)
		return err
	})
	o.work()
	if got := o.states(); got != "queued 1, unlinked 1" {
		t.Errorf("the ledger is %q", got)
	}
}

// The end of an announcement ends the waiting, and a request that nobody answers goes
// back to its author, who is told.
func TestAnnouncementsExpire(t *testing.T) {
	o := newMailroom(t, 3)
	o.exec(`DELETE FROM chat WHERE employee_id = $1`, o.people[2])
	o.now = time.Date(2027, 1, 12, 16, 0, 0, 0, zone) // after hours
	o.approve(func(d *announcement.Announcement) { d.Expires = o.now.AddDate(0, 0, 1) })
	o.work()
	if got := o.states(); got != "held 2, unlinked 1" {
		t.Errorf("the ledger is %q", got)
	}
	var asked int64
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		if asked, err = tx.AddAnnouncement(ctx, announcement.Announcement{Author: o.people[0], Body: "Konsep"}, o.now); err != nil {
			return err
		}
		return tx.AskAnnouncement(ctx, asked, o.people[0], 1, o.now.Add(time.Hour), o.now)
	})
	o.now = o.now.AddDate(0, 0, 1)
	o.tx(func(ctx context.Context, tx *Tx) error {
		n, err := o.mailer.Expire(ctx, tx, o.now)
		if n != 4 {
			t.Errorf("Expire = %d, want three people and one request", n)
		}
		return err
	})
	o.work()
	if got := o.states() + ", " + o.text(`SELECT state FROM announcement WHERE id = $1`, o.id); got != "expired 3, done" {
		t.Errorf("the ledger is %q", got)
	}
	if got := o.text(`SELECT state FROM announcement WHERE id = $1`, asked); got != "draft" {
		t.Errorf("the request is %q, want a draft again", got)
	}
	if n := o.count(`SELECT count(*) FROM notice WHERE employee_id = $1 AND kind = 'request_answered'`, o.people[0]); n != 1 {
		t.Errorf("the author is told %d times", n)
	}
}

// The author approves nothing, two cannot approve, and a draft that has changed since is
// not what was seen.
func TestApprovals(t *testing.T) {
	o := newMailroom(t, 3)
	var id int64
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		id, err = tx.AddAnnouncement(ctx, announcement.Announcement{Author: o.people[0], Body: "Konsep"}, o.now)
		return err
	})
	approve := func(by int64, revision int) error {
		return o.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.ApproveAnnouncement(ctx, id, by, revision, o.now)
			return err
		})
	}
	if err := approve(o.people[1], 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("approving what nobody has asked for = %v", err)
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		return tx.AskAnnouncement(ctx, id, o.people[0], 1, o.now.Add(time.Hour), o.now)
	})
	if err := approve(o.people[0], 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("approving one's own = %v", err)
	}
	if err := approve(0, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("sending what waits for a second person = %v", err)
	}
	if err := approve(o.people[1], 2); !errors.Is(err, ErrNotFound) {
		t.Errorf("approving another revision = %v", err)
	}
	good := 0
	for _, err := range atOnce(2, func(i int) error { return approve(o.people[1+i], 1) }) {
		if err == nil {
			good++
		} else if !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
	if n := o.count(`SELECT count(*) FROM announcement_recipient WHERE announcement_id = $1`, id); good != 1 || n != 3 {
		t.Errorf("%d of two approve at once, and %d rows are there; want 1 and 3", good, n)
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.PutAnnouncement(ctx, announcement.Announcement{ID: id, Author: o.people[0], Revision: 1, Body: "Lain"}, o.now); !errors.Is(err, ErrNotFound) {
			t.Errorf("changing what was approved = %v", err)
		}
		return nil
	})
}

// Whatever the office, the sender and people do, in whatever order: the ledger has a row
// for each of the frozen audience, its states add up, it says of each message what
// Telegram was told, and nobody has two.
func TestLedgerWhateverHappens(t *testing.T) {
	devdbtest.Long(t, "hundreds of orders of events are played")
	o := newMailroom(t, 6)
	rapid.Check(t, func(r *rapid.T) {
		o.reset()
		play := &ledgerPlay{mailroom: o, T: r, got: map[int64]map[string]bool{}, version: 1}
		r.Repeat(map[string]func(*rapid.T){
			"work":    func(*rapid.T) { o.work() },
			"claim":   func(*rapid.T) { play.claim() },
			"end":     func(*rapid.T) { play.endOne() },
			"pause":   func(*rapid.T) { play.control((*Tx).PauseAnnouncement) },
			"resume":  func(*rapid.T) { play.control((*Tx).ResumeAnnouncement) },
			"correct": func(*rapid.T) { play.change() },
			"read":    func(*rapid.T) { play.read() },
			"unlink":  func(*rapid.T) { play.unlink() },
			"time":    func(*rapid.T) { o.now = o.now.Add(7 * time.Hour) },
			"":        func(*rapid.T) { play.check() },
		})
	})
}

// reset begins anew with everybody linked.
func (o *mailroom) reset() {
	o.t.Helper()
	for _, table := range []string{"announcement_recipient", "announcement_version", "announcement", "outbox", "notice", "chat"} {
		o.exec(`DELETE FROM ` + table)
	}
	o.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT id, id, now() FROM employee`)
	o.now = time.Date(2027, 1, 12, 9, 0, 0, 0, zone)
	o.approve(nil)
}

// ledgerPlay is one course of events.
type ledgerPlay struct {
	*mailroom
	*rapid.T
	flying  []dialog.Outgoing
	got     map[int64]map[string]bool // first messages that Telegram has accepted, by chat and row
	version int
}

func (p *ledgerPlay) claim() {
	for _, lane := range []dialog.Lane{dialog.LaneReply, dialog.LaneBulk} {
		rows, err := p.Claim(p.mailroom.t.Context(), 1, lane, 2, p.now)
		if err != nil {
			p.Fatal(err)
		}
		p.flying = append(p.flying, rows...)
	}
}

func (p *ledgerPlay) endOne() {
	if len(p.flying) == 0 {
		return
	}
	row := p.flying[0]
	p.flying = p.flying[1:]
	state := rapid.SampledFrom([]dialog.State{dialog.StateSent, dialog.StateSent, dialog.StateNew, dialog.StateFailed}).Draw(p.T, "state")
	p.mailroom.end([]dialog.Outgoing{row}, state, "refused")
	if state == dialog.StateSent && row.EditOf == 0 && row.Template == announcement.MessageTemplate {
		if p.got[row.ChatID] == nil {
			p.got[row.ChatID] = map[string]bool{}
		}
		p.got[row.ChatID][row.Key] = true
	}
}

func (p *ledgerPlay) control(what func(*Tx, context.Context, int64, int64, time.Time) (bool, announcement.Announcement, error)) {
	p.tx(func(ctx context.Context, tx *Tx) error {
		_, _, err := what(tx, ctx, p.id, p.people[1], p.now)
		return err
	})
}

func (p *ledgerPlay) change() {
	kind := rapid.SampledFrom([]announcement.Correction{announcement.Small, announcement.Fact}).Draw(p.T, "kind")
	reach, err := p.correct(kind, p.version, fmt.Sprintf("Naskah %d", p.version+1))
	if err != nil {
		p.Fatal(err)
	}
	p.version = reach.Version
}

func (p *ledgerPlay) read() {
	who := rapid.SampledFrom(p.people).Draw(p.T, "who")
	shown := rapid.IntRange(1, p.version).Draw(p.T, "shown")
	err := p.try(func(ctx context.Context, tx *Tx) error {
		_, err := tx.ReadAnnouncement(ctx, p.id, who, shown, p.now)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) { // it is not in the archive of who never got it
		p.Fatal(err)
	}
}

func (p *ledgerPlay) unlink() {
	who := rapid.SampledFrom(p.people).Draw(p.T, "who")
	p.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Unlink(ctx, who, who, "", p.now)
		return err
	})
}

// check recounts in plain SQL.
func (p *ledgerPlay) check() {
	if n := p.count(`SELECT count(*) FROM announcement_recipient WHERE announcement_id = $1`, p.id); n != len(p.people) {
		p.Fatalf("%d rows for %d people", n, len(p.people))
	}
	for chat, messages := range p.got {
		if len(messages) > 1 {
			p.Fatalf("chat %d has %d messages", chat, len(messages))
		}
	}
	for name, query := range map[string]string{
		"sent without a number":          `SELECT count(*) FROM announcement_recipient WHERE state = 'sent' AND (message_id IS NULL OR chat_id IS NULL OR version IS NULL)`,
		"queued without a row":           `SELECT count(*) FROM announcement_recipient r WHERE state = 'queued' AND NOT EXISTS (SELECT FROM outbox o WHERE o.key = r.outbox_key)`,
		"two rows that may go":           `SELECT count(*) FROM (SELECT recipient_id FROM outbox WHERE template = 'announcement.message' AND edit_of = 0 AND state IN ('new', 'sending', 'sent') GROUP BY 1 HAVING count(*) > 1) s`,
		"a number that Telegram denies":  `SELECT count(*) FROM announcement_recipient r JOIN outbox o ON o.key = r.outbox_key WHERE r.state = 'sent' AND (o.state <> 'sent' OR o.message_id <> r.message_id)`,
		"a version that nobody has made": `SELECT count(*) FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id WHERE r.version > a.version OR r.sent_version > r.version`,
	} {
		if n := p.count(query); n != 0 {
			p.Fatalf("%d rows: %s", n, name)
		}
	}
}

// Who has had an announcement today waits for the next day of work with another one, and
// only those are told of.
func TestHeldToday(t *testing.T) {
	o := newMailroom(t, 2)
	held := func() string {
		at, err := o.HeldToday(t.Context(), o.now)
		if err != nil {
			t.Fatal(err)
		}
		if at.IsZero() {
			return "nobody"
		}
		return at.In(zone).Format("2006-01-02 15:04")
	}
	o.approve(nil)
	o.work()
	o.deliver()
	if got := held(); got != "nobody" {
		t.Errorf("after the first announcement %s is held", got)
	}
	o.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) VALUES ($1, $2, true, now())`, o.people[0], o.now.Add(time.Hour))
	o.approve(nil)
	o.work()
	want := o.text(`SELECT to_char(min(hold_until) AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM-DD HH24:MI') FROM announcement_recipient WHERE announcement_id = $1 AND reason = 'cap_day'`, o.id)
	if got := held(); got != want || got <= o.now.Add(time.Hour).Format("2006-01-02 15:04") {
		t.Errorf("held until %s, want %s", got, want)
	}
}
