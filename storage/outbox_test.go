package storage

import (
	stdcmp "cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

// waiting describes one row of the outbox before a test.
type waiting struct {
	key   string
	chat  int64
	lane  dialog.Lane
	class dialog.Class // "" = reply
	state string       // "" = new
	term  int64
	in    string // not before, as an interval from now; "" = at once
	ends  string // expiry likewise; "" = never
	age   string // since when it is stored; "" = now
}

// insert stores rows as one transaction does.
func (f *fixture) insert(rows ...waiting) {
	f.t.Helper()
	at := time.Now()
	for _, r := range rows {
		f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, term, not_before, expires_at, created_at)
			VALUES ($1, $2, $3, $4, 't', 0, 'm', '{"params":{}}', $5, $6,
			        CASE WHEN $7 = '' THEN '-infinity' ELSE now() + nullif($7, '')::interval END,
			        CASE WHEN $8 = '' THEN 'infinity' ELSE now() + nullif($8, '')::interval END, $10::timestamptz - COALESCE(nullif($9, '')::interval, '0'))`,
			r.key, r.chat, r.lane, stdcmp.Or(r.class, dialog.ClassReply), stdcmp.Or(r.state, "new"), r.term, r.in, r.ends, r.age, at)
	}
}

// claim claims and returns the keys in the order in which they came.
func (f *fixture) claim(term int64, lane dialog.Lane, limit int) string {
	f.t.Helper()
	rows, err := f.Claim(f.t.Context(), term, lane, limit, time.Now())
	if err != nil {
		f.t.Fatal(err)
	}
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	return strings.Join(keys, " ")
}

func TestClaim(t *testing.T) {
	const broadcast = dialog.ClassBroadcast
	tests := []struct {
		name  string
		rows  []waiting
		lane  dialog.Lane
		limit int
		want  string
	}{
		{"nothing", nil, 0, 10, ""},
		{"in row order", []waiting{{key: "c", chat: 2}, {key: "a", chat: 1}, {key: "b", chat: 2}}, 0, 10, "c a b"},
		{"limited to the oldest", []waiting{{key: "c", chat: 2}, {key: "a", chat: 1}, {key: "b", chat: 2}}, 0, 2, "c a"},
		{"replies only", []waiting{{key: "bulk", chat: 1, lane: 1}, {key: "reply", chat: 1}}, 0, 10, "reply"},
		{"bulk only", []waiting{{key: "bulk", chat: 1, lane: 1}, {key: "reply", chat: 2}}, 1, 10, "bulk"},
		{"bulk after the reply of the same transaction", []waiting{{key: "told", chat: 1, lane: 1}, {key: "reply", chat: 1}, {key: "other", chat: 2, lane: 1}}, 1, 10, "other"},
		{"bulk after its reply that is on its way", []waiting{{key: "told", chat: 1, lane: 1}, {key: "reply", chat: 1, state: "sending", term: 5}}, 1, 10, ""},
		{"later bulk behind one that waits for its reply", []waiting{{key: "told", chat: 1, lane: 1, age: "1 second"}, {key: "reply", chat: 1, age: "1 second"}, {key: "later", chat: 1, lane: 1}}, 1, 10, ""},
		{"bulk waits for no reply of another transaction", []waiting{{key: "told", chat: 1, lane: 1}, {key: "reply", chat: 1, age: "1 second"}}, 1, 10, "told"},
		{"bulk waits for its reply no longer than a moment", []waiting{{key: "told", chat: 1, lane: 1, age: "2 minutes"}, {key: "reply", chat: 1, age: "2 minutes"}}, 1, 10, "told"},
		{"bulk before a reply of later", []waiting{{key: "told", chat: 1, lane: 1}, {key: "reply", chat: 1, in: "1 hour"}}, 1, 10, "told"},
		{"not due", []waiting{{key: "later", chat: 1, in: "1 hour"}, {key: "due", chat: 2, in: "-1 hour"}}, 0, 10, "due"},
		{"an older row that is not due holds up its chat",
			[]waiting{{key: "a", chat: 1, in: "1 hour"}, {key: "b", chat: 1}, {key: "c", chat: 2}}, 0, 10, "c"},
		{"a newer row that is not due holds up nothing", []waiting{{key: "a", chat: 1}, {key: "b", chat: 1, in: "1 hour"}}, 0, 10, "a"},
		{"a row of the other lane holds up nothing", []waiting{{key: "a", chat: 1, lane: 1, in: "1 hour"}, {key: "b", chat: 1}}, 0, 10, "b"},
		{"expired", []waiting{{key: "a", chat: 1, ends: "-1 s"}, {key: "b", chat: 1}, {key: "c", chat: 2, ends: "1 hour"}}, 0, 10, "b c"},
		{"being sent by this holder", []waiting{{key: "a", chat: 1, state: "sending", term: 5}, {key: "b", chat: 1}}, 0, 10, "b"},
		{"taken over", []waiting{{key: "a", chat: 1, state: "sending", term: 4}, {key: "b", chat: 1}}, 0, 10, "a b"},
		{"not taken from a newer holder", []waiting{{key: "a", chat: 1, state: "sending", term: 6}}, 0, 10, ""},
		{"broadcasts", []waiting{{key: "a", chat: 1, class: broadcast, lane: 1}}, 1, 10, "a"},
		{"a broadcast is not taken over", []waiting{{key: "a", chat: 1, class: broadcast, lane: 1, state: "sending", term: 4},
			{key: "c", chat: 1, class: dialog.ClassPrompt, lane: 1, state: "sending", term: 4},
			{key: "d", chat: 1, class: dialog.ClassService, lane: 1, state: "sending", term: 4}}, 1, 10, "c d"},
		{"final states", []waiting{{key: "a", chat: 1, state: "sent", term: 4}, {key: "b", chat: 1, state: "failed"},
			{key: "c", chat: 1, state: "unknown"}, {key: "d", chat: 1, state: "superseded"}, {key: "e", chat: 1, state: "held"},
			{key: "f", chat: 1, state: "expired"}, {key: "g", chat: 1, state: "cancelled"}}, 0, 10, ""},
	}
	f := newFixture(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.exec(`DELETE FROM outbox`)
			f.insert(tt.rows...)
			if got := f.claim(5, tt.lane, tt.limit); got != tt.want {
				t.Errorf("Claim = %q, want %q", got, tt.want)
			}
			want := len(strings.Fields(tt.want))
			if got := f.count(`SELECT count(*) FROM outbox WHERE state = 'sending' AND term = 5 AND attempts = 1`); got != want {
				t.Errorf("%d rows are marked as being sent, want %d", got, want)
			}
			if tt.limit >= 10 {
				if got := f.claim(5, tt.lane, tt.limit); got != "" {
					t.Errorf("Claim again = %q, want nothing", got)
				}
			}
		})
	}
}

func TestClaimGivesTheWholeRow(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.load(5)
	plain := reply(5, "plain")
	plain.Template, plain.Params["reply_markup"] = "menu.main", `{"a":["\\"]}`
	edit := dialog.Outgoing{ChatID: 5, Class: dialog.ClassService, Template: "q.ask", Method: "editMessageText",
		EditOf: 31, Key: "edit", Forget: true, Params: map[string]string{}}
	picture := dialog.Outgoing{ChatID: 5, Class: dialog.ClassReply, Template: "result", Method: "sendPhoto", Key: "picture",
		Params: map[string]string{"caption": "Hasil"}, Picture: &dialog.Picture{Kind: "profile", Data: json.RawMessage(`{"rows":[1,2]}`)}}
	want := []dialog.Outgoing{plain, edit, picture}
	f.save(decision(5, 1, want...))
	got, err := f.Claim(t.Context(), 3, dialog.LaneReply, 10, time.Now())
	if err != nil || len(got) != len(want) {
		t.Fatalf("Claim = %d rows, %v; want %d", len(got), err, len(want))
	}
	for i := range got {
		if since := time.Since(got[i].NotBefore); since > time.Hour || since < -time.Hour {
			t.Errorf("row %d began %v ago", i, since)
		}
		want[i].ID, want[i].NotBefore = int64(f.count(`SELECT id FROM outbox WHERE key = $1`, want[i].Key)), got[i].NotBefore
		want[i].Attempts, want[i].Term, want[i].Way = 1, 3, "" // the way is asked at the door and not kept
	}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("claimed rows (-want +got):\n%s", diff)
	}
}

func TestTakeOver(t *testing.T) {
	f := newFixture(t)
	f.insert(waiting{key: "a", chat: 1}, waiting{key: "b", chat: 1}, waiting{key: "c", chat: 2, lane: 1, class: dialog.ClassBroadcast})
	first, err := f.Claim(t.Context(), 1, 0, 10, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	f.claim(1, 1, 10)
	if got := f.claim(2, 0, 10); got != "a b" {
		t.Errorf("the new holder claims %q, want a b", got)
	}
	if got := f.claim(2, 1, 10); got != "" {
		t.Errorf("the new holder claims %q of bulk, want nothing", got)
	}
	if got := f.text(`SELECT state || ' ' || cause FROM outbox WHERE key = 'c'`); got != "unknown interrupted" {
		t.Errorf("the broadcast is %q, want unknown interrupted", got)
	}
	for _, lane := range []dialog.Lane{0, 1} {
		if got := f.claim(1, lane, 10); got != "" {
			t.Errorf("the former holder claims %q from the new one", got)
		}
	}
	for term, want := range map[int64]int{1: 0, 2: 1} {
		n, err := f.Mark(t.Context(), term, []dialog.Mark{{ID: first[0].ID, State: dialog.StateSent, MessageID: int(term)}})
		if err != nil || n != want {
			t.Errorf("Mark under term %d = %d, %v; want %d", term, n, err, want)
		}
	}
	if got := f.count(`SELECT attempts FROM outbox WHERE key = 'a'`); got != 2 {
		t.Errorf("%d attempts, want 2", got)
	}
}

func TestClaimAtOnce(t *testing.T) {
	f := newFixture(t)
	for i := range 60 {
		f.insert(waiting{key: fmt.Sprint(i), chat: int64(i % 7)})
	}
	got := make([]string, 6)
	for i, err := range atOnce(len(got), func(i int) error {
		for {
			rows, err := f.Claim(t.Context(), 1, 0, 5, time.Now())
			if err != nil || len(rows) == 0 {
				return err
			}
			for _, r := range rows {
				got[i] += r.Key + " "
			}
		}
	}) {
		if err != nil {
			t.Errorf("Claim %d: %v", i, err)
		}
	}
	seen := map[string]bool{}
	for _, key := range strings.Fields(strings.Join(got, "")) {
		if seen[key] {
			t.Errorf("row %s was claimed twice", key)
		}
		seen[key] = true
	}
	// Claims at the same time pass over what another one is looking at.
	for _, key := range strings.Fields(f.claim(1, 0, 100)) {
		seen[key] = true
	}
	if len(seen) != 60 {
		t.Errorf("%d rows were claimed, want 60", len(seen))
	}
}

// TestEnqueueAfterClaim promises the order within a chat over both ways in.
func TestEnqueueAfterClaim(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.load(5)
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.Enqueue(ctx, []dialog.Outgoing{reply(5, "first")}) })
	d := decision(5, 1, reply(5, "second"))
	d.Term = 1
	f.save(d)
	if d.Rows[0].Term != 0 {
		t.Error("a row is handed over while an older one waits")
	}
	if got := f.claim(1, 0, 10); got != "first second" {
		t.Errorf("Claim = %q, want first second", got)
	}
}
