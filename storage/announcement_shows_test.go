package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/register"
)

// crossing is what happens to people between the approval and the sending: 30 move to
// another unit, 5 retire, 10 link, 4 unlink, of whom the account of one links as somebody
// else, 3 block the bot, 7 ask for silence, 4 of them until after the announcement ends.
type crossing struct {
	*mailroom
	blocked map[int64]bool
}

func (c crossing) happen() {
	c.t.Helper()
	p := c.people
	unit := c.count(`INSERT INTO unit (code, name) VALUES ('LAIN', 'Dinas Lain') RETURNING id`)
	for _, who := range p[:30] {
		c.exec(`UPDATE employee SET unit_id = $2 WHERE id = $1`, who, unit)
	}
	for _, who := range p[30:35] {
		c.exec(`UPDATE employee SET active = false WHERE id = $1`, who)
	}
	for _, who := range p[35:39] {
		c.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Unlink(ctx, who, who, "", c.now)
			return err
		})
	}
	for _, who := range p[39:42] {
		c.blocked[who] = true // the bot hears of it from the call
	}
	for i, who := range p[42:49] {
		w := courier.Preferences{MutedUntil: c.now.AddDate(0, 0, 2), MuteAll: true}
		if i < 4 {
			w.MutedUntil = c.now.AddDate(1, 0, 0)
		}
		c.tx(func(ctx context.Context, tx *Tx) error { return tx.SetPreferences(ctx, who, w, c.now) })
	}
	for i, who := range p[100:110] {
		c.links(who, 7000+int64(i))
	}
	c.links(p[119], p[35]) // the account of p[35], who has just unlinked it
}

// links gives a person without an account a chat, with a code as in life.
func (c crossing) links(who, chat int64) {
	c.t.Helper()
	c.exec(`INSERT INTO chat (id) VALUES ($1) ON CONFLICT DO NOTHING`, chat)
	if _, err := c.link(c.code(fmt.Sprintf("code of %d", who), who), chat, start); err != nil {
		c.t.Fatal(err)
	}
}

// sends is what the sender does until nothing is left, with those who have blocked the bot.
func (c crossing) sends() (sent []dialog.Outgoing) {
	c.t.Helper()
	for {
		c.work()
		rows := append(c.take(dialog.LaneReply), c.take(dialog.LaneBulk)...)
		if len(rows) == 0 {
			return sent
		}
		for _, r := range rows {
			if c.blocked[r.ChatID] {
				c.end([]dialog.Outgoing{r}, dialog.StateFailed, "forbidden")
				continue
			}
			c.end([]dialog.Outgoing{r}, dialog.StateSent, "")
			sent = append(sent, r)
		}
	}
}

// Whatever happens to people between the approval and the sending, the frozen audience
// adds up, each has one message at most, and each message is in the chat of its person.
func TestLedgerWhenPeopleMove(t *testing.T) {
	devdbtest.Long(t, "120 people cross with an announcement, twice")
	for _, when := range []string{"before anything is decided", "while the messages wait"} {
		t.Run(when, func(t *testing.T) {
			o := newMailroom(t, 120)
			c := crossing{o, map[int64]bool{}}
			o.exec(`DELETE FROM chat WHERE employee_id = ANY(SELECT id FROM employee ORDER BY id OFFSET 100)`)
			if a := o.approve(nil); a.Frozen != 120 {
				t.Fatalf("%d people are frozen, want 120", a.Frozen)
			}
			if when == "while the messages wait" {
				o.work()
			}
			c.happen()
			sent := c.sends()
			if got, want := o.states(), "held 3, left 5, sent 92, unlinked 13, unreachable 7"; got != want {
				t.Errorf("the ledger is %q, want %q", got, want)
			}
			byPerson := map[int64]int{}
			for _, r := range sent {
				byPerson[r.Compose.Employee]++
				if n := o.count(`SELECT count(*) FROM chat WHERE id = $1 AND employee_id = $2`, r.ChatID, r.Compose.Employee); n != 1 {
					t.Errorf("what is for %d went to the chat %d of somebody else", r.Compose.Employee, r.ChatID)
				}
			}
			for who, n := range byPerson {
				if n != 1 {
					t.Errorf("%d got %d", who, n)
				}
			}
			for name, query := range map[string]string{
				"people of the frozen audience":    `SELECT frozen - (SELECT count(*) FROM announcement_recipient r WHERE r.announcement_id = a.id) FROM announcement a WHERE id = $1`,
				"sent, and no message of it":       `SELECT count(*) FROM announcement_recipient r WHERE announcement_id = $1 AND state = 'sent' AND NOT EXISTS (SELECT FROM outbox o WHERE o.recipient_id = r.employee_id AND o.state = 'sent' AND o.message_id = r.message_id AND o.chat_id = r.chat_id)`,
				"a message, and not sent":          `SELECT count(*) FROM outbox o JOIN announcement_recipient r ON r.announcement_id = o.announcement_id AND r.employee_id = o.recipient_id WHERE o.announcement_id = $1 AND o.state = 'sent' AND r.state <> 'sent'`,
				"retired, and not left":            `SELECT count(*) FROM announcement_recipient r JOIN employee e ON e.id = r.employee_id WHERE announcement_id = $1 AND NOT e.active AND r.state <> 'left'`,
				"without an account, and not so":   `SELECT count(*) FROM announcement_recipient r WHERE announcement_id = $1 AND (r.state = 'unlinked') <> NOT EXISTS (SELECT FROM chat c JOIN employee e ON e.id = c.employee_id WHERE c.employee_id = r.employee_id) AND r.state <> 'left'`,
				"still on their way":               `SELECT count(*) FROM outbox WHERE announcement_id = $1 AND state IN ('new', 'sending')`,
				"silent until then, and not so":    `SELECT count(*) FROM announcement_recipient r JOIN attention t ON t.employee_id = r.employee_id WHERE announcement_id = $1 AND r.state NOT IN ('held', 'unreachable')`,
				"in the outbox of somebody's past": `SELECT count(*) FROM outbox o WHERE announcement_id = $1 AND state = 'sent' AND NOT EXISTS (SELECT FROM chat c WHERE c.id = o.chat_id AND c.employee_id = o.recipient_id)`,
			} {
				if n := o.count(query, o.id); n != 0 {
					t.Errorf("%d: %s", n, name)
				}
			}
		})
	}
}

// spend lets people have announcements on days, one on each.
func (o *mailroom) spend(people []int64, days ...int) {
	o.t.Helper()
	for _, day := range days {
		o.now = time.Date(2027, 1, day, 10, 0, 0, 0, zone)
		o.approve(func(d *announcement.Announcement) { d.Audience.People = people })
		o.work()
		if sent := o.deliver(); len(sent) != len(people) {
			o.t.Fatalf("on day %d %d of %d went", day, len(sent), len(people))
		}
	}
}

func (o *mailroom) forecast(d announcement.Announcement) (f announcement.Forecast) {
	o.t.Helper()
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		f, err = o.mailer.Forecast(ctx, tx, d, o.now)
		return err
	})
	return f
}

// What waits from Friday to Monday, one half for hours and one for its budget, waits on
// when Monday becomes a day off afterwards, and goes once on the day after.
func TestHolidayImportedAfterTheApproval(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 10)
	o.spend(o.people[:5], 11, 12)
	o.now = time.Date(2027, 1, 15, 16, 0, 0, 0, zone) // Friday, after hours
	monday := time.Date(2027, 1, 18, 8, 30, 0, 0, zone)
	if f := o.forecast(announcement.Announcement{Expires: o.now.AddDate(0, 0, 10)}); f.Total != 10 || f.Held != 10 || f.Until.Before(monday) {
		t.Errorf("the forecast is %+v, want all ten to wait until Monday", f)
	}
	o.approve(nil)
	o.work()
	if got, want := o.states(), "held 10"; got != want {
		t.Fatalf("on Friday the ledger is %q, want %q", got, want)
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.ImportHolidays(ctx, []register.Holiday{{Date: time.Date(2027, 1, 18, 0, 0, 0, 0, time.UTC), Name: "Cuti bersama", Kind: string(outreach.Collective)}}, o.now)
		return err
	})
	for _, hour := range []int{8, 9, 14} {
		o.now = time.Date(2027, 1, 18, hour, 45, 0, 0, zone)
		o.work()
		if sent := o.deliver(); len(sent) != 0 || o.states() != "held 10" {
			t.Errorf("on the day off at %d.45 %d went; the ledger is %q", hour, len(sent), o.states())
		}
	}
	o.now = time.Date(2027, 1, 19, 10, 30, 0, 0, zone) // the budget of the first five is free: a week has passed
	o.work()
	if sent := o.deliver(); len(sent) != 10 || o.states() != "sent 10" {
		t.Errorf("on the day after %d went; the ledger is %q", len(sent), o.states())
	}
}

// A near event at seven in the morning goes out at ten to four the day before, after the
// hours of announcements and beyond the budget; who has had two of them this week would
// hear of it too late, and is told beforehand.
func TestNearEventForTomorrowMorning(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 10)
	near := func(at time.Time, people ...int64) func(*announcement.Announcement) {
		return func(d *announcement.Announcement) {
			d.Kind, d.EventAt, d.Expires, d.Audience.People = announcement.Near, at, time.Time{}, people
		}
	}
	o.spend(o.people[:5], 11, 12)
	o.now = time.Date(2027, 1, 12, 11, 0, 0, 0, zone)
	for range 2 {
		o.approve(near(o.now.Add(6*time.Hour), o.people[9]))
		o.work()
		o.deliver()
	}
	o.now = time.Date(2027, 1, 12, 15, 50, 0, 0, zone)
	event := time.Date(2027, 1, 13, 7, 0, 0, 0, zone)
	if f := o.forecast(announcement.Announcement{Kind: announcement.Near, EventAt: event}); f.Total != 10 || f.Now != 9 || f.Late != 1 {
		t.Errorf("the forecast is %+v, want nine now and one too late", f)
	}
	o.approve(near(event))
	o.work()
	if got, want := o.states(), "expired 1, queued 9"; got != want {
		t.Errorf("the ledger is %q, want %q", got, want)
	}
	if sent := o.deliver(); len(sent) != 9 {
		t.Errorf("%d went, want 9", len(sent))
	}
	o.now = event.Add(time.Hour)
	o.work()
	if sent := o.deliver(); len(sent) != 0 {
		t.Errorf("%d went after the event", len(sent))
	}
}
