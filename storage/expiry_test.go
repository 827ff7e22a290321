package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/survey"
)

// A message that has expired is marked by the next claim, is never given, and does
// not keep later replies of the chat from being sent at once.
func TestClaimMarksWhatHasExpired(t *testing.T) {
	f := newFixture(t)
	now := start
	f.tx(func(ctx context.Context, tx *Tx) error {
		rows := []dialog.Outgoing{
			{Way: dialog.WayGate, Key: "old", ChatID: 5, Class: dialog.ClassPrompt, Method: "sendMessage", ExpiresAt: now},
			{Way: dialog.WayGate, Key: "later", ChatID: 6, Class: dialog.ClassPrompt, Method: "sendMessage", NotBefore: now.Add(time.Hour)},
			{Way: dialog.WayGate, Key: "good", ChatID: 7, Class: dialog.ClassPrompt, Method: "sendMessage", ExpiresAt: now.Add(time.Second)},
		}
		return tx.Enqueue(ctx, rows)
	})
	f.arrive(5, 1)
	f.tx(func(ctx context.Context, tx *Tx) error {
		if _, _, _, ok, err := tx.Load(ctx, bot, 5, now, taskForms); err != nil || !ok {
			t.Fatalf("Load: %t, %v", ok, err)
		}
		d := dialog.Decision{BotID: bot, UpdateID: 1, ChatID: 5, Now: now, Reachable: true, Term: 9,
			Rows: []dialog.Outgoing{{Key: "reply", ChatID: 5, Class: dialog.ClassReply, Method: "sendMessage"}}}
		if err := tx.Save(ctx, d); err != nil {
			return err
		}
		if d.Rows[0].Term == 0 {
			t.Error("a reply waits behind a message that has expired")
		}
		return nil
	})
	rows, err := f.Claim(t.Context(), 9, dialog.LaneReply, 10, now)
	if err != nil || len(rows) != 1 || rows[0].Key != "good" {
		t.Errorf("Claim = %+v, %v, want the one that is due", rows, err)
	}
	for key, want := range map[string]string{"old": "expired", "later": "new", "good": "sending"} {
		if got := f.text(`SELECT state FROM outbox WHERE key = $1`, key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE key = 'old' AND payload IS NULL`); n != 1 {
		t.Error("the text of an expired message is kept")
	}
	if rows, err := f.Claim(t.Context(), 9, dialog.LaneReply, 10, now.Add(time.Hour)); err != nil || len(rows) != 1 || rows[0].Key != "later" {
		t.Errorf("an hour later: %+v, %v", rows, err)
	}
}

// A file of people's levels, or of single answers, is taken away once, a day after it has come, and no other message
// is; what is too old for Telegram is left.
func TestFilesOfPeopleAreTakenAway(t *testing.T) {
	for _, file := range []string{needs.PeopleFile, survey.AnswersFile} {
		t.Run(file, func(t *testing.T) { takenAway(t, file) })
	}
}

func takenAway(t *testing.T, file string) {
	f := newFixture(t)
	for key, of := range map[string]struct {
		template string
		age      time.Duration
	}{"due": {file, 24 * time.Hour}, "young": {file, 23 * time.Hour}, "old": {file, 48 * time.Hour}, "other": {"needs.file", 24 * time.Hour}} {
		f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, state, message_id, sent_at, delivered_at) VALUES ($1, 7, 0, 'reply', $2, 1, 'sendDocument', 'sent', 41, $3, $3)`,
			key, of.template, start.Add(-of.age))
	}
	for range 2 {
		f.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Expire(ctx, start)
			return err
		})
	}
	rows, err := f.Claim(t.Context(), 9, dialog.LaneBulk, 10, start)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d messages are taken away, %v", len(rows), err)
	}
	r := rows[0]
	if due := f.count(`SELECT id FROM outbox WHERE key = 'due'`); r.Key != fmt.Sprint("file-away:", due) || r.Method != "deleteMessage" || r.EditOf != 41 || r.ChatID != 7 || r.Params["chat_id"] != "7" || r.Params["message_id"] != "41" {
		t.Errorf("taken away is %+v", r)
	}
}
