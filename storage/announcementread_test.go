package storage

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
)

// to limits a draft to some people.
func to(people ...int64) func(*announcement.Announcement) {
	return func(a *announcement.Announcement) { a.Audience.People = people }
}

// inArchive are the announcements that somebody may open, as numbers with their state of
// reading, newest first.
func (o *mailroom) inArchive(who int64, typed string) (out string) {
	o.t.Helper()
	o.tx(func(ctx context.Context, tx *Tx) error {
		all, err := tx.Archive(ctx, who, typed, 0, 10)
		out = fmt.Sprintf("%d/%d:", all.Unread, all.Total)
		for _, e := range all.Entries {
			out += fmt.Sprintf(" %d", e.ID)
		}
		return err
	})
	return out
}

// Nobody sees an announcement that was not for them, that has not begun, that waits while
// it is paused, or that was taken back; and none of the ways to it is open then.
func TestArchiveIsForTheAudience(t *testing.T) {
	o := newMailroom(t, 4)
	in, held, out := o.people[1], o.people[2], o.people[3]
	closed := func(who int64, why string) {
		t.Helper()
		for name, try := range map[string]func(context.Context, *Tx) error{
			"opens": func(ctx context.Context, tx *Tx) error { _, err := tx.Received(ctx, o.id, who); return err },
			"reads": func(ctx context.Context, tx *Tx) error {
				_, err := tx.ReadAnnouncement(ctx, o.id, who, 1, o.now)
				return err
			},
			"asks": func(ctx context.Context, tx *Tx) error {
				_, _, err := tx.AskQuestion(ctx, o.id, who, "Mengapa?", o.now)
				return err
			},
			"replies": func(ctx context.Context, tx *Tx) error { return mustBeNone(tx.RepliedTo(ctx, who, who, 101)) },
		} {
			if err := o.try(try); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: somebody %s it: %v", why, name, err)
			}
		}
		if got := o.inArchive(who, ""); got != "0/0:" {
			t.Errorf("%s: the archive has %s", why, got)
		}
	}
	o.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) VALUES ($1, $2, true, now())`, held, o.now.AddDate(0, 0, 2))
	o.approve(to(in, held))
	closed(in, "before it begins")
	o.work()
	o.deliver()
	closed(out, "not in the audience")
	want := fmt.Sprintf("1/1: %d", o.id)
	for _, who := range []int64{in, held} {
		if got := o.inArchive(who, "aula a"); got != want {
			t.Errorf("the archive of %d has %s, want %s", who, got, want)
		}
	}
	if got := o.inArchive(in, "aula%"); got != "0/0:" {
		t.Errorf("a wildcard finds %s", got)
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, _, err := tx.PauseAnnouncement(ctx, o.id, o.people[0], o.now)
		return err
	})
	closed(held, "paused before it came")
	if got := o.inArchive(in, ""); got != want {
		t.Errorf("who has it sees %s while it is paused, want %s", got, want)
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.TakeBackAnnouncement(ctx, o.id, o.people[0], o.now)
		return err
	})
	closed(in, "taken back")
}

// mustBeNone turns an answer that is nothing into ErrNotFound.
func mustBeNone(id int64, err error) error {
	if err == nil && id == 0 {
		return ErrNotFound
	}
	return err
}

// The version that was on show is what was read: a press on an older message counts as
// that, takes nothing back, and no version is read before it exists.
func TestVersionThatWasOnShowIsRead(t *testing.T) {
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.deliver()
	who := o.people[1]
	read := func(version int) (out announcement.Read, err error) {
		err = o.try(func(ctx context.Context, tx *Tx) (err error) {
			out, err = tx.ReadAnnouncement(ctx, o.id, who, version, o.now)
			return err
		})
		out.Message = 0
		return out, err
	}
	if _, err := o.correct(announcement.Fact, 1, "Rapat di Aula B"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		version, stands int
		want            announcement.Read
	}{
		{1, 1, announcement.Read{Version: 2, Old: true}},
		{1, 1, announcement.Read{Version: 2, Old: true, Again: true}},
		{2, 2, announcement.Read{Version: 2}},
		{1, 2, announcement.Read{Version: 2, Again: true}},
		{2, 2, announcement.Read{Version: 2, Again: true}},
	} {
		got, err := read(tt.version)
		if stands := o.count(`SELECT read_version FROM announcement_recipient WHERE employee_id = $1`, who); err != nil || got != tt.want || stands != tt.stands {
			t.Errorf("ReadAnnouncement(%d) = %+v, %v, and %d is read; want %+v, %d", tt.version, got, err, stands, tt.want, tt.stands)
		}
	}
	for _, version := range []int{-1, 0, 3} {
		if _, err := read(version); !errors.Is(err, ErrNotFound) {
			t.Errorf("version %d, which does not exist, is read: %v", version, err)
		}
	}
}

// A button that is pressed proves that the message has come, in that chat alone.
func TestPressProvesArrival(t *testing.T) {
	o := newMailroom(t, 3)
	o.approve(nil)
	o.work()
	o.end(o.take(dialog.LaneBulk), dialog.StateUnknown, "interrupted")
	o.work()
	arrive := func(who, chat int64) {
		o.tx(func(ctx context.Context, tx *Tx) error {
			return tx.AnnouncementArrived(ctx, o.id, who, chat, 900+int(who), o.now)
		})
	}
	arrive(o.people[0], o.people[0])
	arrive(o.people[1], o.people[2])
	if got := o.states(); got != "sent 1, unknown 2" {
		t.Errorf("the ledger is %q", got)
	}
	if n := o.count(`SELECT message_id FROM announcement_recipient WHERE employee_id = $1`, o.people[0]); n != 900+int(o.people[0]) {
		t.Errorf("the message is %d", n)
	}
}

// A person has so many questions about one announcement waiting, and no more.
func TestQuestionsWait(t *testing.T) {
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.deliver()
	ask := func() (id int64, full bool) {
		o.tx(func(ctx context.Context, tx *Tx) (err error) {
			id, full, err = tx.AskQuestion(ctx, o.id, o.people[1], "Di mana?", o.now)
			return err
		})
		return id, full
	}
	var first int64
	for i := range announcement.QuestionsWaiting {
		id, full := ask()
		if full {
			t.Fatalf("question %d is one too many", i+1)
		}
		if i == 0 {
			first = id
		}
	}
	if _, full := ask(); !full || o.count(`SELECT count(*) FROM announcement_question`) != announcement.QuestionsWaiting {
		t.Error("one more than may wait was stored")
	}
	o.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.AnswerQuestion(ctx, first, o.people[0], "Di aula", o.now)
		return err
	})
	if _, full := ask(); full {
		t.Error("after an answer there is no room")
	}
}

// Erasing cuts the ledger loose from the account and takes what the person wrote; the
// proof of the agency and what others have read stay.
func TestEraseLeavesTheLedger(t *testing.T) {
	o := newMailroom(t, 2)
	o.approve(nil)
	o.work()
	o.deliver()
	person := o.people[1]
	chat := int64(o.count(`SELECT id FROM chat WHERE employee_id = $1`, person))
	o.exec(`INSERT INTO consent (employee_id, chat_id, notice_version, accepted_at) VALUES ($1, $2, 'x', now())`, person, chat)
	o.tx(func(ctx context.Context, tx *Tx) error {
		for i, body := range []string{"Rahasia satu", "Rahasia dua"} {
			id, _, err := tx.AskQuestion(ctx, o.id, person, body, o.now)
			if err != nil {
				return err
			}
			if _, err := tx.AnswerQuestion(ctx, id, o.people[0], "Jawaban", o.now); err != nil {
				return err
			}
			if i == 0 {
				if err := tx.PublishAnswer(ctx, id, o.people[0], o.now); err != nil {
					return err
				}
			}
		}
		if err := tx.AwaitNIPs(ctx, announcement.NIPFile{Announcement: o.id, ChatID: chat, FileID: "f"}, o.now); err != nil {
			return err
		}
		ticket, err := tx.AddTicket(ctx, person, person, personnel.ErasureTicket, "", o.now)
		if err != nil {
			return err
		}
		r, err := tx.Erasure(ctx, ticket)
		if err != nil {
			return err
		}
		return tx.Erase(ctx, r, o.people[0], o.now)
	})
	for query, want := range map[string]int{
		`SELECT count(*) FROM announcement_recipient WHERE state = 'sent'`:                                2,
		`SELECT count(*) FROM announcement_recipient WHERE chat_id IS NOT NULL OR message_id IS NOT NULL`: 1,
		`SELECT count(*) FROM announcement_question WHERE body LIKE 'Rahasia%'`:                           0,
		`SELECT count(*) FROM announcement_question WHERE published AND body = '' AND answer = 'Jawaban'`: 1,
		`SELECT count(*) FROM announcement_question`:                                                      1,
		`SELECT count(*) FROM announcement_nips`:                                                          0,
	} {
		if n := o.count(query); n != want {
			t.Errorf("%s = %d, want %d", query, n, want)
		}
	}
}

// An announcement goes with its ledger two years after its end, a draft after one, and
// nothing else does.
func TestAnnouncementsArePruned(t *testing.T) {
	o := newMailroom(t, 2)
	var ids []int64
	for range 5 {
		o.approve(nil)
		o.work()
		o.deliver()
		ids = append(ids, o.id)
	}
	age := func(id int64, state string, d time.Duration) {
		o.exec(`UPDATE announcement SET state = $2, changed_at = now() - $3::interval, ended_at = CASE WHEN $2 = 'draft' THEN NULL ELSE now() - $3::interval END WHERE id = $1`,
			id, state, fmt.Sprintf("%d seconds", int(d.Seconds())))
	}
	const day = 24 * time.Hour
	age(ids[0], "done", 732*day)
	age(ids[1], "done", 729*day)
	age(ids[2], "draft", 367*day)
	age(ids[3], "draft", 364*day)
	age(ids[4], "paused", 900*day)
	o.exec(`INSERT INTO announcement_question (announcement_id, employee_id, body, asked_at) VALUES ($1, $2, 'x', now())`, ids[0], o.people[0])
	o.exec(`INSERT INTO announcement_nips (announcement_id, chat_id, file_id, asked_at, next_at) VALUES ($1, 5, 'f', now(), now())`, ids[2])
	gone := 0
	o.tx(func(ctx context.Context, tx *Tx) error {
		for {
			n, err := tx.Prune(ctx, time.Now(), 1000)
			if n == 0 || err != nil {
				return err
			}
			gone += n
		}
	})
	if got, want := o.text(`SELECT string_agg(id::text, ',' ORDER BY id) FROM announcement`), fmt.Sprintf("%d,%d,%d", ids[1], ids[3], ids[4]); got != want {
		t.Errorf("announcements %s stay, want %s", got, want)
	}
	if n := o.count(`SELECT count(*) FROM announcement_recipient`); n != 3*2 || gone < 2+4+1 {
		t.Errorf("%d rows of ledgers stay, and %d rows went", n, gone)
	}
}
