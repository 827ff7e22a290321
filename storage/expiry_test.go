package storage

import (
	"context"
	"testing"
	"time"

	"bangkom/internal/dialog"
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
