package storage

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/dialog"
)

// standing reads whether sending is allowed, as the restricted login.
func (f *fixture) standing() (s Standing) {
	f.t.Helper()
	if err := f.InTx(f.t.Context(), func(tx *Tx) (err error) {
		s, err = tx.Standing(f.t.Context())
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return s
}

// take takes the lease as a process that has seen the database before.
func (f *fixture) take(holder string, seen dialog.Sighting) dialog.Holding {
	f.t.Helper()
	got, err := f.TakeSince(f.t.Context(), "x", holder, time.Hour, false, seen)
	if err != nil {
		f.t.Fatal(err)
	}
	return got
}

func (f *fixture) resume() {
	f.t.Helper()
	if err := f.InTx(f.t.Context(), func(tx *Tx) error { return tx.Resume(f.t.Context(), dialog.HoldMoved, time.Now()) }); err != nil {
		f.t.Fatal(err)
	}
}

// Whichever part of the place differs, the lease is refused, also to whoever holds it,
// nothing is claimed, and a new leave ends it.
func TestAnotherPlaceHoldsSending(t *testing.T) {
	for part, name := range []string{"cluster", "database", "outbox", "timeline"} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if s := f.standing(); s.Hold != "" || s.Seen.Place != "" {
				t.Errorf("before the first term: %+v", s)
			}
			first := f.take("a", dialog.Sighting{})
			if first.Term != 1 || first.Hold != "" || first.Seen.Place == "" || first.Seen.Term != 1 || first.Seen.Log == 0 {
				t.Fatalf("the first term: %+v", first)
			}
			f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state)
				VALUES ('k', 5, 0, 'reply', 't', 1, 'sendMessage', '{}', 'new')`)
			place := strings.Split(f.text(`SELECT text FROM bot_state WHERE name = 'sending_place'`), "/")
			if len(place) != 4 {
				t.Fatalf("the place is %q", place)
			}
			place[part] = "9" + place[part]
			f.exec(`UPDATE bot_state SET text = $1 WHERE name = 'sending_place'`, strings.Join(place, "/"))
			if rows, err := f.Claim(t.Context(), 1, dialog.LaneReply, 10, time.Now()); len(rows) != 0 || err != nil {
				t.Errorf("claimed %d rows before anybody noticed, %v", len(rows), err)
			}
			for _, holder := range []string{"a", "b", "a"} {
				if got := f.take(holder, dialog.Sighting{}); got.Term != 0 || got.Hold != dialog.HoldMoved || got.Since.IsZero() {
					t.Errorf("%s: %+v", holder, got)
				}
			}
			if s := f.standing(); s.Hold != dialog.HoldMoved || s.Since.IsZero() {
				t.Errorf("%+v", s)
			}
			f.resume()
			f.exec(elapse)
			got := f.take("b", dialog.Sighting{})
			if got.Term != 2 || got.Hold != "" || !got.Seen.Allowed.After(first.Seen.Allowed) {
				t.Errorf("after resume: %+v, allowed first at %s", got, first.Seen.Allowed)
			}
			if rows, err := f.Claim(t.Context(), 2, dialog.LaneReply, 10, time.Now()); len(rows) != 1 || err != nil {
				t.Errorf("claimed %d rows after resume, %v", len(rows), err)
			}
			if n := f.count(`SELECT count(*) FROM audit WHERE action = 'sending.resumed' AND detail = 'moved'`); n != 1 {
				t.Errorf("%d entries of the audit log", n)
			}
		})
	}
}

// Who remembers a later state of the same database holds sending for everybody.
func TestADatabaseThatWasSetBack(t *testing.T) {
	f := newFixture(t)
	now := f.take("a", dialog.Sighting{}).Seen
	for _, tt := range []struct {
		name string
		seen func(s *dialog.Sighting)
		want dialog.Hold
	}{
		{"as it is", func(*dialog.Sighting) {}, ""},
		{"never seen", func(s *dialog.Sighting) { *s = dialog.Sighting{} }, ""},
		{"a later term", func(s *dialog.Sighting) { s.Term++ }, dialog.HoldSetBack},
		{"a later log", func(s *dialog.Sighting) { s.Log += 1 << 40 }, dialog.HoldSetBack},
		{"a later leave", func(s *dialog.Sighting) { s.Allowed, s.Term = s.Allowed.Add(time.Hour), 0 }, dialog.HoldSetBack},
		{"an earlier leave", func(s *dialog.Sighting) { s.Allowed, s.Term = s.Allowed.Add(-time.Hour), 99 }, ""},
		{"another database", func(s *dialog.Sighting) { s.Place, s.Term = "1/2/3/4", 99 }, ""},
	} {
		seen := now
		tt.seen(&seen)
		got := f.take("a", seen)
		if got.Hold != tt.want || (got.Term == 0) != (tt.want != "") {
			t.Errorf("%s: %+v, want %q", tt.name, got, tt.want)
		}
		if behind := now.Behind(seen); behind != (tt.want != "") {
			t.Errorf("%s: Behind = %t", tt.name, behind)
		}
		if tt.want == "" {
			continue
		}
		if other := f.take("b", dialog.Sighting{}); other.Hold != dialog.HoldSetBack {
			t.Errorf("%s: a process that has seen nothing is told %+v", tt.name, other)
		}
		f.resume()
		if again := f.take("a", seen); tt.name != "a later leave" && again.Hold != "" {
			t.Errorf("%s: after resume %+v", tt.name, again)
		}
		f.exec(`UPDATE bot_state SET text = NULL WHERE name = 'sending_hold'`)
		f.exec(`UPDATE bot_state SET at = $1 WHERE name = 'sending_place'`, now.Allowed)
	}
}

// What waits is counted by kind, and given up without leaving a text.
func TestWhatWaitsIsListedAndGivenUp(t *testing.T) {
	f := newFixture(t)
	const put = `INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, expires_at, forget)
		VALUES ($1, 5, 1, $2, $3, 1, 'sendMessage', '{}', $4, $5, $6)`
	for _, row := range [][]any{
		{"1", "prompt", "reminder.x", "new", "infinity", false}, {"2", "prompt", "reminder.x", "sending", "infinity", false},
		{"3", "reply", "menu.x", "new", "infinity", true}, {"4", "broadcast", "b", "sending", "infinity", false},
		{"5", "prompt", "reminder.x", "new", "2020-01-01", false}, {"6", "prompt", "reminder.x", "sent", "infinity", false},
	} {
		f.exec(put, row...)
	}
	var queued []Queued
	var dropped int
	if err := f.InTx(t.Context(), func(tx *Tx) (err error) {
		if queued, err = tx.Queued(t.Context(), time.Now()); err != nil {
			return err
		}
		dropped, err = tx.DropQueued(t.Context())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(queued) != 2 || queued[0].Kind != "reminder.x" || queued[0].Count != 2 || queued[1].Kind != "menu.x" || queued[1].Count != 1 {
		t.Errorf("%+v", queued)
	}
	if left := f.count(`SELECT count(*) FROM outbox WHERE state IN ('new', 'sending') OR payload IS NOT NULL AND state = 'cancelled' OR forget`); dropped != 5 || left != 0 {
		t.Errorf("%d given up, %d left", dropped, left)
	}
}

// A restore that was cut off after its backup came, which is of a version that did not
// store the place of sending: whoever migrates then has sending held.
func TestCutOffRestoreIsHeld(t *testing.T) {
	f := newFixture(t)
	owner, err := Open(Options{URL: f.ownerURL})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if err := owner.MarkRestoring(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := prepare(t.Context(), f.ownerURL); err != nil {
		t.Fatal(err)
	}
	if got := f.take("a", dialog.Sighting{}); got.Term != 0 || got.Hold != dialog.HoldRestored {
		t.Errorf("%+v, want a hold", got)
	}
	f.resume()
	if err := prepare(t.Context(), f.ownerURL); err != nil {
		t.Fatal(err)
	}
	if got := f.take("a", dialog.Sighting{}); got.Term == 0 || got.Hold != "" {
		t.Errorf("after resume and another migration: %+v", got)
	}
}
