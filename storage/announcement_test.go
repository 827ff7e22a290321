package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/mailing"
	"bangkom/internal/text"
)

// mailroom is a fixture with people who have accounts, and an announcement of the first of
// them. Chats have the number of their person.
type mailroom struct {
	*fixture
	mailer *mailing.Mailer
	people []int64
	now    time.Time
	id     int64
	posts  int
}

// zone is where the agency is; the tests begin on a Tuesday in hours of work.
var zone = time.FixedZone("WIB", 7*60*60)

func newMailroom(t *testing.T, n int) *mailroom {
	t.Helper()
	o := &mailroom{fixture: newFixture(t), now: time.Date(2027, 1, 12, 9, 0, 0, 0, zone), posts: 100}
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	render := func(chat int64, r dialog.Reply) (dialog.Outgoing, error) {
		method := "sendMessage"
		switch {
		case r.Delete:
			method = "deleteMessage"
		case r.Edit != 0:
			method = "editMessageText"
		}
		return dialog.Outgoing{ChatID: chat, Class: r.Class, Template: r.Template, Compose: r.Compose, Method: method, EditOf: r.Edit,
			Params: map[string]string{"text": r.Text, "buttons": fmt.Sprint(r.Rows)}}, nil
	}
	writer := mailing.Writer{Text: cat, Location: zone, Agency: "BKD"}
	o.ComposeWith(writer.Compose(render))
	o.mailer = &mailing.Mailer{Writer: writer, Courier: courier.New(courier.Config{Text: cat, Render: render, Location: zone})}
	o.people = o.employees(n)
	for _, id := range o.people {
		o.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES ($1, $1, now())`, id)
	}
	return o
}

// approve makes an announcement to everybody and approves it; change may change the draft.
func (o *mailroom) approve(change func(*announcement.Announcement)) announcement.Announcement {
	o.t.Helper()
	var a announcement.Announcement
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		draft := announcement.Announcement{Author: o.people[0], Body: "Rapat di Aula A", Ack: true, Expires: o.now.AddDate(0, 0, 10)}
		if change != nil {
			change(&draft)
		}
		if o.id, err = tx.AddAnnouncement(ctx, draft, o.now); err != nil {
			return err
		}
		a, err = tx.ApproveAnnouncement(ctx, o.id, 0, 1, o.now)
		return err
	})
	return a
}

// work does what the worker does until it has nothing to do.
func (o *mailroom) work() {
	o.t.Helper()
	for more := true; more; {
		more = false
		o.tx(func(ctx context.Context, tx *Tx) error {
			more = false
			open, err := tx.OpenAnnouncements(ctx, o.now)
			for _, id := range open {
				busy := false
				if busy, err = o.mailer.Step(ctx, tx, id, o.now); err != nil {
					return err
				}
				more = more || busy
			}
			return err
		})
	}
}

// take claims everything of a lane that may go.
func (o *mailroom) take(lane dialog.Lane) []dialog.Outgoing {
	o.t.Helper()
	rows, err := o.Claim(o.t.Context(), 1, lane, 1000, o.now)
	if err != nil {
		o.t.Fatal(err)
	}
	return rows
}

// end tells what became of claimed rows; sent ones get numbers of their own.
func (o *mailroom) end(rows []dialog.Outgoing, state dialog.State, cause string) {
	o.t.Helper()
	marks := make([]dialog.Mark, len(rows))
	for i, r := range rows {
		marks[i] = dialog.Mark{ID: r.ID, State: state, Cause: cause, Unreachable: cause == "forbidden"}
		if state == dialog.StateSent {
			o.posts++
			if marks[i].MessageID = o.posts; r.EditOf != 0 {
				marks[i].MessageID = r.EditOf
			}
		}
	}
	if n, err := o.Mark(o.t.Context(), 1, marks); err != nil || n != len(rows) {
		o.t.Fatalf("Mark = %d, %v; want %d", n, err, len(rows))
	}
}

// deliver sends all of both lanes and settles.
func (o *mailroom) deliver() (sent []dialog.Outgoing) {
	o.t.Helper()
	for {
		rows := append(o.take(dialog.LaneReply), o.take(dialog.LaneBulk)...)
		if len(rows) == 0 {
			o.work()
			return sent
		}
		o.end(rows, dialog.StateSent, "")
		sent = append(sent, rows...)
		o.work()
	}
}

// states is the ledger in one line: each state with its number, in order.
func (o *mailroom) states() string {
	o.t.Helper()
	return o.text(`SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (
		SELECT state, count(*) AS n FROM announcement_recipient WHERE announcement_id = $1 GROUP BY state) s`, o.id)
}

func (o *mailroom) correct(kind announcement.Correction, version int, body string) (announcement.Reach, error) {
	var out announcement.Reach
	err := o.try(func(ctx context.Context, tx *Tx) (err error) {
		out, err = tx.CorrectAnnouncement(ctx, announcement.Announcement{ID: o.id, Version: version, Body: body, Correction: kind, Fact: body}, o.people[0], o.now)
		return err
	})
	return out, err
}

func texts(rows []dialog.Outgoing) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Method + ": " + r.Params["text"]
	}
	return out
}

// The ledger has a row for each person of the frozen audience from the approval on, and
// whatever happens to people afterwards, its parts add up.
func TestLedgerAddsUp(t *testing.T) {
	o := newMailroom(t, 30)
	p := o.people
	o.exec(`UPDATE chat SET reachable = false WHERE employee_id = ANY(ARRAY[$1, $2]::bigint[])`, p[1], p[2])
	o.exec(`DELETE FROM chat WHERE employee_id IN ($1, $2, $3)`, p[3], p[4], p[5])
	if a := o.approve(nil); a.Frozen != 30 {
		t.Fatalf("%d people are frozen, want 30", a.Frozen)
	}
	// Between approval and sending people leave, mute and come.
	o.exec(`UPDATE employee SET active = false WHERE id = $1`, p[6])
	o.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) VALUES ($1, $2, true, now()), ($3, $2, true, now())`, p[7], o.now.AddDate(1, 0, 0), p[8])
	o.exec(`UPDATE attention SET muted_until = $2 WHERE employee_id = $1`, p[8], o.now.AddDate(0, 0, 2))
	o.employees(31) // one more, who is not in the audience
	o.work()
	if got, want := o.states(), "held 1, left 1, queued 22, unlinked 3, unreachable 3"; got != want {
		t.Errorf("the ledger is %q, want %q", got, want)
	}
	rows := o.take(dialog.LaneBulk)
	o.end(rows[:1], dialog.StateUnknown, "interrupted")
	o.end(rows[1:2], dialog.StateFailed, "too_long")
	o.end(rows[2:3], dialog.StateFailed, "forbidden")
	o.end(rows[3:], dialog.StateSent, "")
	o.work()
	if got, want := o.states(), "failed 1, held 1, left 1, sent 19, unknown 1, unlinked 3, unreachable 4"; got != want {
		t.Errorf("the ledger is %q, want %q", got, want)
	}
	var c announcement.Counts
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		c, err = tx.AnnouncementCounts(ctx, o.id)
		return err
	})
	sum := 0
	for _, n := range c.By {
		sum += n
	}
	if c.Total != 30 || sum != 30 || c.By[announcement.Unreachable] != 5 || c.By[announcement.Held] != 0 || c.Silent != 0 {
		t.Errorf("counts are %+v: want 30 in all, the two silent ones among the unreachable and not told alone", c)
	}
	if got := o.text(`SELECT state FROM announcement WHERE id = $1`, o.id); got != "sending" {
		t.Errorf("the announcement is %s while somebody is held", got)
	}
	// The silence of one ends before the announcement does.
	o.now = o.now.AddDate(0, 0, 2).Add(time.Hour)
	o.work()
	if sent := o.deliver(); len(sent) != 1 || sent[0].ChatID != p[8] {
		t.Errorf("after the silence %d messages went", len(sent))
	}
	if got := o.text(`SELECT state FROM announcement WHERE id = $1`, o.id); got != "done" {
		t.Errorf("the announcement is %s when nobody waits", got)
	}
}

func TestPausedAndCancelledAtTheClaim(t *testing.T) {
	o := newMailroom(t, 3)
	o.approve(nil)
	o.work()
	control := func(what func(*Tx, context.Context, int64, int64, time.Time) (bool, announcement.Announcement, error)) (changed bool, state announcement.State) {
		o.tx(func(ctx context.Context, tx *Tx) error {
			c, a, err := what(tx, ctx, o.id, o.people[1], o.now)
			changed, state = c, a.State
			return err
		})
		return changed, state
	}
	if yes, state := control((*Tx).PauseAnnouncement); !yes || state != announcement.Paused {
		t.Errorf("Pause = %t, %s", yes, state)
	}
	if yes, state := control((*Tx).PauseAnnouncement); yes || state != announcement.Paused {
		t.Errorf("a second Pause = %t, %s", yes, state)
	}
	o.insert(waiting{key: "other", chat: o.people[0], lane: 1, class: dialog.ClassService})
	if got := keys(o.take(dialog.LaneBulk)); got != "other" {
		t.Errorf("while it is paused %q is claimed, want what else waits for the same person", got)
	}
	if yes, state := control((*Tx).ResumeAnnouncement); !yes || state != announcement.Sending {
		t.Errorf("Resume = %t, %s", yes, state)
	}
	rows, err := o.Claim(t.Context(), 1, dialog.LaneBulk, 1, o.now)
	if err != nil || len(rows) != 1 {
		t.Fatalf("Claim = %d rows, %v", len(rows), err)
	}
	if yes, state := control((*Tx).CancelAnnouncement); !yes || state != announcement.Cancelled {
		t.Errorf("Cancel = %t, %s", yes, state)
	}
	// A row that was claimed and given back is looked at again.
	o.end(rows, dialog.StateNew, "")
	if got := o.take(dialog.LaneBulk); len(got) != 0 {
		t.Errorf("after the cancellation %d rows are claimed", len(got))
	}
	o.work()
	if got := o.states(); got != "cancelled 3" {
		t.Errorf("the ledger is %q", got)
	}
	if yes, state := control((*Tx).ResumeAnnouncement); yes || state != announcement.Cancelled {
		t.Errorf("Resume after a cancellation = %t, %s", yes, state)
	}
}

func TestWhatWaitsIsMadeAfterTheCorrection(t *testing.T) {
	o := newMailroom(t, 3)
	o.approve(nil)
	o.work()
	first, err := o.Claim(t.Context(), 1, dialog.LaneBulk, 2, o.now)
	if err != nil || len(first) != 2 {
		t.Fatalf("Claim = %d rows, %v", len(first), err)
	}
	o.end(first[:1], dialog.StateSent, "")
	o.work()
	// One has it, one is on its way, one waits.
	reach, err := o.correct(announcement.Fact, 1, "Rapat di Aula B")
	if err != nil || reach != (announcement.Reach{Version: 2, Edits: 1, Waiting: 2}) {
		t.Errorf("Correct = %+v, %v", reach, err)
	}
	if _, err := o.correct(announcement.Small, 1, "Rapat di Aula C"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a second correction of the first version = %v, want ErrNotFound", err)
	}
	o.end(first[1:], dialog.StateSent, "")
	o.work()
	sent := texts(o.deliver())
	edits, fresh, facts := 0, 0, 0
	for _, s := range sent {
		switch {
		case strings.HasPrefix(s, "editMessageText: <i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n<b>Ralat, 12 Januari 2027, pukul 09.00 WIB</b>\n\nRapat di Aula B"):
			edits++
		case strings.HasPrefix(s, "sendMessage: <i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat di Aula B"):
			fresh++
		case s == "sendMessage: <b>Ralat.</b> Rapat di Aula B":
			facts++
		}
	}
	if len(sent) != 5 || edits != 2 || fresh != 1 || facts != 2 {
		t.Errorf("%d edits, %d new ones and %d short replies; want 2, 1, 2 in %q", edits, fresh, facts, sent)
	}
	if n := o.count(`SELECT count(*) FROM announcement_recipient WHERE announcement_id = $1 AND version = 2 AND NOT fact_due AND patch_state IS DISTINCT FROM 'queued'`, o.id); n != 3 {
		t.Errorf("%d people show the new text, want 3", n)
	}
	if more := o.deliver(); len(more) != 0 {
		t.Errorf("nobody is told twice, but %q went", texts(more))
	}
}

func TestChatOfSomebodyElseGetsNothing(t *testing.T) {
	o := newMailroom(t, 3)
	o.exec(`DELETE FROM chat WHERE employee_id = $1`, o.people[2])
	o.approve(nil)
	o.work()
	// The account of the first becomes that of the third, who was not linked.
	o.exec(`UPDATE chat SET employee_id = $2 WHERE id = $1`, o.people[0], o.people[2])
	rows := o.take(dialog.LaneBulk)
	if len(rows) != 1 || rows[0].ChatID != o.people[1] {
		t.Errorf("%d rows are claimed, want the one of the second", len(rows))
	}
	o.end(rows, dialog.StateSent, "")
	o.work()
	if got := o.states(); got != "sent 1, unlinked 2" {
		t.Errorf("the ledger is %q", got)
	}
}

func TestLinkingDecidesAgain(t *testing.T) {
	o := newMailroom(t, 3)
	o.exec(`DELETE FROM chat WHERE employee_id = $1`, o.people[2])
	o.approve(nil)
	o.work()
	o.deliver()
	if got := o.states() + " " + o.text(`SELECT state FROM announcement WHERE id = $1`, o.id); got != "sent 2, unlinked 1 done" {
		t.Fatalf("the ledger is %q", got)
	}
	o.exec(`INSERT INTO chat (id) VALUES (777)`)
	if _, err := o.link(o.code("code", o.people[2]), 777, start); err != nil {
		t.Fatal(err)
	}
	o.work()
	if sent := o.deliver(); len(sent) != 1 || sent[0].ChatID != 777 {
		t.Errorf("after linking %q went", texts(sent))
	}
	if got := o.states(); got != "sent 3" {
		t.Errorf("the ledger is %q", got)
	}
}

func keys(rows []dialog.Outgoing) string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Key
	}
	return strings.Join(out, " ")
}

func TestEverythingStops(t *testing.T) {
	o := newMailroom(t, 3)
	o.approve(nil)
	o.work()
	o.insert(waiting{key: "prompt", chat: 1, lane: 1, class: dialog.ClassPrompt})
	o.insert(waiting{key: "answer", chat: 1})
	o.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state) VALUES ('menu', 1, 1, 'service', 'menu', 0, 'm', '{"params":{}}', 'new')`)
	stop := func(by int64, what func(*Tx, context.Context, int64, time.Time) (bool, error)) (yes bool) {
		o.tx(func(ctx context.Context, tx *Tx) (err error) {
			yes, err = what(tx, ctx, by, o.now)
			return err
		})
		return yes
	}
	if !stop(o.people[0], (*Tx).Stop) || stop(o.people[1], (*Tx).Stop) {
		t.Error("one stops, and a second one finds it stopped")
	}
	if got := keys(o.take(dialog.LaneBulk)); got != "menu" {
		t.Errorf("%q of bulk is claimed, want the menu only", got)
	}
	if got := keys(o.take(dialog.LaneReply)); got != "answer" {
		t.Errorf("%q is claimed, want the answer", got)
	}
	if stop(o.people[0], (*Tx).Restart) {
		t.Error("who has stopped it must not go on alone")
	}
	if !stop(o.people[1], (*Tx).Restart) {
		t.Error("a second one goes on")
	}
	if got := len(o.take(dialog.LaneBulk)); got != 4 {
		t.Errorf("%d rows go afterwards, want the prompt and the three announcements", got)
	}
	if !stop(-1, (*Tx).Stop) || stop(o.people[1], (*Tx).Restart) || !stop(-1, (*Tx).Restart) {
		t.Error("what the command has stopped, only the command lets go on")
	}
}

func TestTakenBack(t *testing.T) {
	o := newMailroom(t, 5)
	o.approve(nil)
	o.work()
	early := o.take(dialog.LaneBulk)
	o.end(early[:2], dialog.StateSent, "")
	o.work()
	o.now = o.now.Add(47 * time.Hour)
	o.end(early[2:4], dialog.StateSent, "")
	o.work()
	o.now = o.now.Add(2 * time.Hour)
	var was announcement.TakeBack
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		was, err = tx.TakeBackAnnouncement(ctx, o.id, o.people[0], o.now)
		return err
	})
	if was != (announcement.TakeBack{Messages: 2, TooOld: 2, Waiting: 1}) {
		t.Errorf("TakeBack = %+v", was)
	}
	// What was on its way arrives, and is deleted too.
	o.end(early[4:], dialog.StateSent, "")
	o.work()
	rows := o.take(dialog.LaneBulk)
	if len(rows) != 3 || slices.ContainsFunc(rows, func(r dialog.Outgoing) bool { return r.Method != "deleteMessage" || r.EditOf == 0 }) {
		t.Fatalf("%q are claimed, want three deletions", texts(rows))
	}
	o.end(rows[:1], dialog.StateFailed, "kept")
	o.end(rows[1:], dialog.StateSent, "")
	o.work()
	if got := o.states(); got != "sent 3, withdrawn 2" {
		t.Errorf("the ledger is %q", got)
	}
	if got := o.text(`SELECT string_agg(patch_state || ' ' || COALESCE(patch_cause, ''), ',' ORDER BY patch_state) FROM announcement_recipient WHERE patch_state = 'refused'`); got != "refused kept" {
		t.Errorf("the refusal stands as %q", got)
	}
}

func TestReadLeavesTheButton(t *testing.T) {
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.deliver()
	read := func(who int64) (changed bool, err error) {
		err = o.try(func(ctx context.Context, tx *Tx) error {
			done, err := tx.ReadAnnouncement(ctx, o.id, who, 1, o.now)
			changed = !done.Again
			return err
		})
		return changed && err == nil, err
	}
	if yes, err := read(o.people[1]); !yes || err != nil {
		t.Errorf("Read = %t, %v", yes, err)
	}
	if yes, err := read(o.people[1]); yes || err != nil {
		t.Errorf("a second Read = %t, %v", yes, err)
	}
	if _, err := read(o.people[1] + 100); !errors.Is(err, ErrNotFound) {
		t.Errorf("Read of a stranger = %v", err)
	}
	rows := o.take(dialog.LaneReply)
	if len(rows) != 1 || rows[0].Method != "editMessageText" || strings.Contains(rows[0].Params["buttons"], mailing.ReadStep) {
		t.Errorf("%q are claimed, want an edit without the button: %s", texts(rows), rows[0].Params["buttons"])
	}
	o.end(rows, dialog.StateSent, "")
	// The correction asks to read again.
	if _, err := o.correct(announcement.Small, 1, "Rapat di Aula B"); err != nil {
		t.Fatal(err)
	}
	for _, r := range o.take(dialog.LaneBulk) {
		if !strings.Contains(r.Params["buttons"], mailing.ReadStep) {
			t.Errorf("the new text cannot be acknowledged: %s", r.Params["buttons"])
		}
	}
	var c announcement.Counts
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		c, err = tx.AnnouncementCounts(ctx, o.id)
		return err
	})
	if c.Read != 0 || c.ReadOld != 1 {
		t.Errorf("read %d, old text %d; want 0, 1", c.Read, c.ReadOld)
	}
}
