package storage

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/summary"
)

// unit puts people into a unit of their own, and the first of them becomes its officer.
func (o *mailroom) unit(code string, people ...int64) (officer int64) {
	o.t.Helper()
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.PutUnit(ctx, code, code)
		return err
	})
	for _, id := range people {
		o.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = $2) WHERE id = $1`, id, code)
	}
	o.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT $1, 'officer', id, now() FROM unit WHERE code = $2`, people[0], code)
	return people[0]
}

// all lets what waits for the budget of the week count as sent: the tests that have several
// announcements are not about it.
func (o *mailroom) all() {
	o.t.Helper()
	o.exec(`UPDATE announcement_recipient SET state = 'sent', reason = NULL, hold_until = NULL, sent_at = $1, version = 1 WHERE state = 'held'`, o.now)
}

// pending are the people whom an officer has on the list of the announcement: number, state,
// and ! when told.
func (o *mailroom) pending(officer int64) (out string, err error) {
	err = o.try(func(ctx context.Context, tx *Tx) error {
		list, err := tx.UnitPending(ctx, officer, o.id, o.now, 0, 50)
		out = fmt.Sprintf("%d+%d, %d told:", list.Absent, list.Unread, list.Told)
		for _, p := range list.Pending {
			out += fmt.Sprintf(" %d %s", p.Person.ID-o.people[0], p.Delivery)
			if !p.ToldAt.IsZero() {
				out += "!"
			}
		}
		return err
	})
	return out, err
}

// An officer sees the own units and those below, by name, and records who was told; it is
// counted apart, and nobody of another unit is touched.
func TestOfficerSeesTheOwnUnits(t *testing.T) {
	o := newMailroom(t, 9)
	p := o.people
	mine, other := o.unit("KEC", p[1], p[2], p[3], p[4], p[5]), o.unit("DIN", p[6], p[7])
	o.exec(`DELETE FROM chat WHERE employee_id = $1`, p[2])
	o.exec(`UPDATE chat SET reachable = false WHERE employee_id = $1`, p[3])
	o.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) VALUES ($1, $2, true, now())`, p[4], o.now.AddDate(0, 0, 2)) // is held until then
	o.approve(nil)
	o.work()
	o.deliver()
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.ReadAnnouncement(ctx, o.id, p[1], 1, o.now)
		return err
	})
	// Silent by own wish is not reached, like blocked.
	if got, err := o.pending(mine); err != nil || got != "3+1, 0 told: 2 unlinked 3 unreachable 4 unreachable 5 sent" {
		t.Errorf("the officer has %q, %v", got, err)
	}
	if got, err := o.pending(other); err != nil || got != "0+2, 0 told: 6 sent 7 sent" {
		t.Errorf("the other officer has %q, %v", got, err)
	}
	if _, err := o.pending(p[8]); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody who looks after no unit: %v", err)
	}
	tell := func(officer, who int64, told bool) {
		o.tx(func(ctx context.Context, tx *Tx) error { return tx.TellDirectly(ctx, officer, o.id, who, told, o.now) })
	}
	tell(other, p[2], true) // not in the own units
	tell(p[8], p[2], true)  // no officer
	tell(mine, p[1], true)  // has read it
	tell(mine, p[2], true)
	tell(mine, p[2], true)
	tell(mine, p[3], true)
	tell(other, p[3], false) // not in the own units
	tell(mine, p[3], false)
	if got, err := o.pending(mine); err != nil || got != "2+1, 1 told: 2 unlinked! 3 unreachable 4 unreachable 5 sent" {
		t.Errorf("the officer has %q, %v", got, err)
	}
	rest := 0
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		rest, err = tx.TellRest(ctx, mine, o.id, o.now)
		return err
	})
	if got, err := o.pending(mine); err != nil || rest != 3 || got != "0+0, 4 told: 2 unlinked! 3 unreachable! 4 unreachable! 5 sent!" {
		t.Errorf("after %d more the officer has %q, %v", rest, got, err)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM announcement_recipient WHERE told_by = $1 AND told_at IS NOT NULL`:     4,
		`SELECT count(*) FROM announcement_recipient WHERE told_by IS NOT NULL AND told_by <> $1`:    0,
		`SELECT count(*) FROM audit WHERE actor = $1 AND action = 'announcement.told'`:               5,
		`SELECT count(*) FROM audit WHERE actor = $1 AND action = 'announcement.untold'`:             1,
		`SELECT count(*) FROM announcement_recipient WHERE read_at IS NOT NULL AND employee_id = $1`: 1,
	} {
		if n := o.count(query, mine); n != want {
			t.Errorf("%s = %d, want %d", query, n, want)
		}
	}
}

// The button counts each person once, and the list says what plain SQL says.
func TestOfficerFigures(t *testing.T) {
	o := newMailroom(t, 7)
	officer := o.unit("KEC", o.people...)
	o.exec(`DELETE FROM chat WHERE employee_id = ANY(ARRAY[$1, $2]::bigint[])`, o.people[1], o.people[2])
	for i := range 3 {
		o.approve(func(a *announcement.Announcement) { a.Ack = i > 0 })
		o.work()
		o.deliver()
		o.all()
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.ReadAnnouncement(ctx, o.id, o.people[0], 1, o.now)
		return err
	})
	var list []announcement.UnitEntry
	left := 0
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		if left, err = tx.UnitPeopleLeft(ctx, officer, o.now); err != nil {
			return err
		}
		list, err = tx.UnitAnnouncements(ctx, officer, o.now, 0, 10)
		return err
	})
	if n := o.count(`SELECT count(DISTINCT employee_id) FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
		WHERE r.state = 'unlinked' OR r.state = 'sent' AND a.ack AND r.read_at IS NULL`); left != n || n != 7 {
		t.Errorf("the button says %d, want %d", left, n)
	}
	for _, e := range list {
		absent := o.count(`SELECT count(*) FROM announcement_recipient WHERE announcement_id = $1 AND state = 'unlinked'`, e.ID)
		unread := o.count(`SELECT count(*) FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
			WHERE a.id = $1 AND a.ack AND r.state = 'sent' AND r.read_at IS NULL`, e.ID)
		if e.Absent != absent || e.Unread != unread {
			t.Errorf("announcement %d: %d absent and %d unread, want %d and %d", e.ID, e.Absent, e.Unread, absent, unread)
		}
	}
	if len(list) != 3 || list[0].ID != o.id {
		t.Errorf("the list is %+v", list)
	}
	// What has ended is told no more, but for some days.
	o.now = o.now.AddDate(0, 0, 10+announcement.TellDays-1)
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		left, err = tx.UnitPeopleLeft(ctx, officer, o.now)
		return err
	})
	if left != 7 {
		t.Errorf("in the days after the end the button says %d", left)
	}
	o.now = o.now.Add(24 * time.Hour)
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		left, err = tx.UnitPeopleLeft(ctx, officer, o.now)
		return err
	})
	if left != 0 {
		t.Errorf("long after the end the button says %d", left)
	}
}

// The ledger of the office has a row for each person, and who wants silence stands among
// those who are not reached; they are counted, not named.
func TestLedgerOfTheOffice(t *testing.T) {
	o := newMailroom(t, 12)
	p := o.people
	for _, id := range p[1:7] {
		o.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) VALUES ($1, $2, true, now())`, id, o.now.AddDate(1, 0, 0))
	}
	o.exec(`UPDATE chat SET reachable = false WHERE employee_id = $1`, p[7])
	o.approve(nil)
	o.work()
	o.deliver()
	ledger := func(chat int64) (l announcement.Ledger, err error) {
		err = o.try(func(ctx context.Context, tx *Tx) (err error) {
			l, err = tx.Ledger(ctx, o.id, chat)
			return err
		})
		return l, err
	}
	o.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'head', now())`, p[0])
	if _, err := ledger(p[0]); !errors.Is(err, ErrNotFound) {
		t.Errorf("the author, who is not of the office any more, gets the ledger: %v", err)
	}
	o.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', now())`, p[8])
	l, err := ledger(p[8])
	if err != nil {
		t.Fatal(err)
	}
	by := map[announcement.Delivery]int{}
	for _, r := range l.Rows {
		by[r.Delivery]++
	}
	if len(l.Rows) != 12 || by[announcement.Unreachable] != 7 || by[announcement.Sent] != 5 || l.Silent != 6 {
		t.Errorf("%d rows, %v, %d of them silent", len(l.Rows), by, l.Silent)
	}
	if n := o.count(`SELECT count(*) FROM announcement_recipient WHERE state = 'sent'`); n != by[announcement.Sent] {
		t.Errorf("%d were sent, the ledger says %d", n, by[announcement.Sent])
	}
	o.exec(`UPDATE role_grant SET revoked_at = now() WHERE employee_id = $1`, p[8])
	if _, err := ledger(p[8]); !errors.Is(err, ErrNotFound) {
		t.Errorf("who has lost the role gets the ledger: %v", err)
	}
}

// A superior's summary counts whom of the team has had for a day what asks for Sudah saya
// baca, and has neither said so nor been told.
func TestTeamUnread(t *testing.T) {
	o := newMailroom(t, 7)
	p := o.people
	boss := p[0]
	for _, id := range p[1:6] {
		o.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, id, boss)
	}
	o.exec(`DELETE FROM chat WHERE employee_id = $1`, p[5])
	for _, ack := range []bool{true, true, false} {
		o.approve(func(a *announcement.Announcement) { a.Ack = ack })
		o.work()
		o.deliver()
		o.all()
	}
	facts := func() (r summary.Reading) {
		o.tx(func(ctx context.Context, tx *Tx) error {
			teams, err := tx.Teams(ctx, []int64{boss}, o.now, outreach.DefaultRules().Caps)
			if err == nil {
				r = teams[boss].Unread
			}
			return err
		})
		return r
	}
	if got := facts(); got != (summary.Reading{}) {
		t.Errorf("at once it says %+v", got)
	}
	o.now = o.now.Add(summary.ReadAfter)
	if got := facts(); got != (summary.Reading{People: 4, Announcements: 2}) {
		t.Errorf("after a day it says %+v", got)
	}
	first := int64(o.count(`SELECT min(id) FROM announcement`))
	o.exec(`UPDATE announcement_recipient SET read_at = $2, read_version = 1 WHERE employee_id = $1`, p[1], o.now)
	o.exec(`UPDATE announcement_recipient SET read_at = $2, read_version = 1 WHERE announcement_id = $1`, first, o.now)
	o.exec(`UPDATE announcement_recipient SET told_at = $2, told_by = $3 WHERE employee_id = $1`, p[2], o.now, boss)
	got := facts()
	if n := o.count(`SELECT count(DISTINCT r.employee_id) FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
		JOIN employee e ON e.id = r.employee_id WHERE a.ack AND e.supervisor_id = $1 AND r.state = 'sent' AND r.read_at IS NULL AND r.told_at IS NULL`, boss); got.People != n || got != (summary.Reading{People: 2, Announcements: 1}) {
		t.Errorf("it says %+v, want %d people of one announcement", got, n)
	}
	o.now = o.now.AddDate(0, 0, 11)
	if got := facts(); got != (summary.Reading{}) {
		t.Errorf("after its end it says %+v", got)
	}
}

// The office is told what has failed and what stands still.
func TestAnnouncementBoard(t *testing.T) {
	o := newMailroom(t, 4)
	board := func() (b announcement.Board) {
		o.tx(func(ctx context.Context, tx *Tx) (err error) { b, err = tx.AnnouncementBoard(ctx, o.now); return err })
		return b
	}
	o.approve(nil)
	o.work()
	rows := o.take(dialog.LaneBulk)
	o.end(rows[:1], dialog.StateFailed, "too_long")
	o.end(rows[1:2], dialog.StateUnknown, "interrupted")
	o.end(rows[2:], dialog.StateSent, "")
	o.work()
	if got := board(); got != (announcement.Board{Failed: 1, Unknown: 1}) {
		t.Errorf("the board is %+v", got)
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, _, err := tx.AskQuestion(ctx, o.id, o.people[3], "Di mana?", o.now)
		return err
	})
	o.approve(nil)
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, _, err := tx.PauseAnnouncement(ctx, o.id, o.people[0], o.now)
		return err
	})
	if got := board(); got.Overdue != 0 || got.Questions != 0 {
		t.Errorf("at once the board is %+v", got)
	}
	o.now = o.now.Add(announcement.OverdueQuestion)
	if got := board(); got != (announcement.Board{Failed: 1, Unknown: 1, Overdue: 1, Questions: 1}) {
		t.Errorf("after three days the board is %+v", got)
	}
}
