package storage

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

// marked is what the tests look at in a row after Mark.
type marked struct {
	State, Cause        string
	Message             int
	Payload, Sent, Wait bool // has a payload; has a time of sending; is due only later
}

func (f *fixture) marked(key string) (m marked) {
	f.t.Helper()
	if err := f.owner.QueryRow(`SELECT state, COALESCE(cause, ''), COALESCE(message_id, 0), payload IS NOT NULL,
		sent_at IS NOT NULL, retry_at > now() + interval '50 min' FROM outbox WHERE key = $1`, key).
		Scan(&m.State, &m.Cause, &m.Message, &m.Payload, &m.Sent, &m.Wait); err != nil {
		f.t.Fatal(err)
	}
	return m
}

func TestMark(t *testing.T) {
	tests := []struct {
		name   string
		mark   dialog.Mark
		forget bool
		gone   bool
		want   marked
	}{
		{"sent", dialog.Mark{State: dialog.StateSent, MessageID: 31}, false, false, marked{State: "sent", Message: 31, Sent: true}},
		{"failed", dialog.Mark{State: dialog.StateFailed, Cause: "http_400"}, false, false, marked{State: "failed", Cause: "http_400"}},
		{"unknown", dialog.Mark{State: dialog.StateUnknown, Cause: "cut"}, false, false, marked{State: "unknown", Cause: "cut"}},
		{"superseded", dialog.Mark{State: dialog.StateSuperseded}, false, false, marked{State: "superseded"}},
		{"held", dialog.Mark{State: dialog.StateHeld}, false, false, marked{State: "held"}},
		{"expired", dialog.Mark{State: dialog.StateExpired, Cause: "undeliverable"}, false, false, marked{State: "expired", Cause: "undeliverable"}},
		{"cancelled", dialog.Mark{State: dialog.StateCancelled}, false, false, marked{State: "cancelled"}},
		{"again at once", dialog.Mark{State: dialog.StateNew}, false, false, marked{State: "new", Payload: true}},
		{"again later", dialog.Mark{State: dialog.StateNew, RetryIn: time.Hour, Cause: "http_500"}, false, false,
			marked{State: "new", Cause: "http_500", Payload: true, Wait: true}},
		{"unreachable", dialog.Mark{State: dialog.StateFailed, Cause: "blocked", Unreachable: true}, false, false, marked{State: "failed", Cause: "blocked"}},
		{"forgotten once sent", dialog.Mark{State: dialog.StateSent, MessageID: 31}, true, true, marked{}},
		{"forgotten once failed", dialog.Mark{State: dialog.StateFailed, Cause: "blocked", Unreachable: true}, true, true, marked{}},
		{"not forgotten before", dialog.Mark{State: dialog.StateNew, RetryIn: time.Hour}, true, false, marked{State: "new", Payload: true, Wait: true}},
	}
	f := newFixture(t)
	f.exec(`INSERT INTO chat (id) VALUES (1), (2)`)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.exec(`DELETE FROM outbox`)
			f.exec(`UPDATE chat SET reachable = true`)
			f.insert(waiting{key: "a", chat: 1}, waiting{key: "b", chat: 2})
			f.exec(`UPDATE outbox SET forget = $1`, tt.forget)
			rows, err := f.Claim(t.Context(), 4, 0, 10, time.Now())
			if err != nil || len(rows) != 2 {
				t.Fatalf("Claim = %v, %v", rows, err)
			}
			tt.mark.ID = rows[0].ID
			if n, err := f.Mark(t.Context(), 4, []dialog.Mark{tt.mark}); n != 1 || err != nil {
				t.Fatalf("Mark = %d, %v; want 1", n, err)
			}
			if n := f.count(`SELECT count(*) FROM outbox WHERE key = 'a'`); (n == 0) != tt.gone {
				t.Fatalf("%d rows stay, want it gone %t", n, tt.gone)
			}
			if !tt.gone {
				if diff := cmp.Diff(tt.want, f.marked("a")); diff != "" {
					t.Errorf("row (-want +got):\n%s", diff)
				}
			}
			if got := f.text(`SELECT state FROM outbox WHERE key = 'b'`); got != "sending" {
				t.Errorf("another row is %s, want it left alone", got)
			}
			if n := f.count(`SELECT count(*) FROM chat WHERE NOT reachable AND id = 1`); (n == 1) != tt.mark.Unreachable {
				t.Errorf("%d chats are unreachable", n)
			}
			if n := f.count(`SELECT count(*) FROM chat WHERE NOT reachable AND id = 2`); n != 0 {
				t.Error("another chat is unreachable")
			}
		})
	}
}

func TestMarkLeavesAlone(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO chat (id) VALUES (1)`)
	f.insert(waiting{key: "new", chat: 1}, waiting{key: "sent", chat: 1, state: "sent", term: 4},
		waiting{key: "another term", chat: 1, state: "sending", term: 5}, waiting{key: "forget", chat: 1, state: "sending", term: 5})
	f.exec(`UPDATE outbox SET forget = true WHERE key = 'forget'`)
	before := f.contents()
	marks := []dialog.Mark{{ID: 1 << 40, State: dialog.StateSent}}
	for _, key := range []string{"new", "sent", "another term", "forget"} {
		marks = append(marks, dialog.Mark{ID: int64(f.count(`SELECT id FROM outbox WHERE key = $1`, key)),
			State: dialog.StateFailed, Unreachable: key != "sent"})
	}
	for _, list := range [][]dialog.Mark{nil, marks} {
		if n, err := f.Mark(t.Context(), 4, list); n != 0 || err != nil {
			t.Errorf("Mark of %d = %d, %v; want 0, nil", len(list), n, err)
		}
	}
	if diff := cmp.Diff(before, f.contents()); diff != "" {
		t.Errorf("changed (-before +after):\n%s", diff)
	}
}

// TestRetryKeepsTheOrder lets the older of two rows wait: the newer one waits
// with it and both come back in order.
func TestRetryKeepsTheOrder(t *testing.T) {
	f := newFixture(t)
	f.insert(waiting{key: "a", chat: 1}, waiting{key: "b", chat: 1}, waiting{key: "c", chat: 2})
	rows, err := f.Claim(t.Context(), 1, 0, 10, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	marks := []dialog.Mark{{ID: rows[0].ID, State: dialog.StateNew, RetryIn: time.Hour}, {ID: rows[1].ID, State: dialog.StateNew}}
	if n, err := f.Mark(t.Context(), 1, marks); n != 2 || err != nil {
		t.Fatalf("Mark = %d, %v", n, err)
	}
	if got := f.claim(1, 0, 10); got != "" {
		t.Errorf("Claim = %q while the older row waits, want nothing", got)
	}
	f.exec(`UPDATE outbox SET retry_at = now() - interval '1 s' WHERE key = 'a'`)
	if got := f.claim(1, 0, 10); got != "a b" {
		t.Errorf("Claim = %q once the older row is due, want a b", got)
	}
}
