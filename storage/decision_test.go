package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
)

func TestSaveKeepsTheSession(t *testing.T) {
	f := newFixture(t)
	for id := range int64(5) {
		f.arrive(5, id)
	}
	f.load(5)
	draft := func(form string, ref int64, at string, done bool) *dialog.Record {
		return &dialog.Record{Form: form, Ref: ref, At: at, Answered: []string{"a", "b"},
			State: json.RawMessage(`{"Teks": "baris\nkedua", "n": [1, 2]}`), Message: 99, Done: done}
	}
	steps := []struct {
		name string
		d    dialog.Decision
		want []dialog.Record
	}{
		{"everything set", dialog.Decision{ActiveForm: "q", ActiveRef: 7, WrongTries: 3, TriesSince: start, Reachable: true,
			Draft: draft("q", 7, "a", false)}, []dialog.Record{*draft("q", 7, "a", false)}},
		{"a second draft", dialog.Decision{ActiveForm: "link", Draft: draft("link", 1, "x", false)},
			[]dialog.Record{*draft("link", 1, "x", false), *draft("q", 7, "a", false)}},
		{"a draft goes on, the rest is cleared", dialog.Decision{Draft: draft("q", 7, "b", false)},
			[]dialog.Record{*draft("link", 1, "x", false), *draft("q", 7, "b", false)}},
		{"a draft is done", dialog.Decision{Reachable: true, Draft: draft("q", 7, "b", true)}, []dialog.Record{*draft("link", 1, "x", false)}},
	}
	for i, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			d := tt.d
			d.BotID, d.UpdateID, d.ChatID, d.Now = bot, int64(i), 5, start
			f.save(d)
			got := f.load(5).session
			got.TriesSince = got.TriesSince.UTC()
			want := dialog.Session{ChatID: 5, Reachable: d.Reachable, ActiveForm: d.ActiveForm, ActiveRef: d.ActiveRef,
				WrongTries: d.WrongTries, TriesSince: d.TriesSince, Drafts: tt.want, More: i < 3, Update: got.Update}
			if len(got.Drafts) == 2 && got.Drafts[0].Form > got.Drafts[1].Form { // their order means nothing
				got.Drafts[0], got.Drafts[1] = got.Drafts[1], got.Drafts[0]
			}
			if diff := cmp.Diff(want, got, same); diff != "" {
				t.Errorf("session (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadKnowsThePerson(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	f.openPeriod("2027")
	owed := f.tasks(ids[1])[0]
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, ids[0], ids[1])
	f.exec(`INSERT INTO chat (id, employee_id) VALUES (5, $1)`, ids[1])
	f.arrive(5, 1)
	f.arrive(5, 2)
	first := f.load(5)
	want := personnel.Employee{ID: ids[1], NIP: nip(t, 1), Name: "Pegawai 1", Sex: personnel.Female, UnitID: first.person.UnitID,
		UnitName: "Dinas Pelayanan Terpadu", ClassCode: "PELAKSANA", PositionTitle: "Pengelola Layanan",
		SupervisorID: &ids[0], Status: personnel.Active}
	if diff := cmp.Diff(want, first.person, cmp.AllowUnexported(personnel.NIP{})); diff != "" {
		t.Errorf("person (-want +got):\n%s", diff)
	}
	if first.session.EmployeeID != ids[1] || len(first.tasks) != 0 {
		t.Errorf("employee %d with %d tasks, want %d without", first.session.EmployeeID, len(first.tasks), ids[1])
	}
	d := decision(5, 1)
	d.Draft = &dialog.Record{Form: "q", Ref: owed.ID, State: json.RawMessage("{}")}
	f.save(d)
	second := f.load(5)
	if len(second.tasks) != 1 {
		t.Fatalf("%d tasks, want the one with a draft", len(second.tasks))
	}
	if diff := cmp.Diff(owed, second.tasks[0], cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("task (-want +got):\n%s", diff)
	}
}

// outgoing is what the tests look at in the outbox.
type outgoing struct {
	Key, State string
	Term       int64
}

func (f *fixture) outbox(chat int64) []outgoing {
	f.t.Helper()
	rows, err := f.owner.Query(`SELECT key, state, term FROM outbox WHERE chat_id = $1 ORDER BY id`, chat)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	var out []outgoing
	for rows.Next() {
		var o outgoing
		if err := rows.Scan(&o.Key, &o.State, &o.Term); err != nil {
			f.t.Fatal(err)
		}
		out = append(out, o)
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	return out
}

// TestSaveClaims promises that rows are handed over in memory only when
// nothing older of the chat waits in the table.
func TestSaveClaims(t *testing.T) {
	tests := []struct {
		name, before string // the state of an older row; "" = there is none
		lane         int
		beforeTerm   int64
		term         int64
		claimed      bool
	}{
		{"nothing waits", "", 0, 0, 3, true},
		{"nobody sends", "", 0, 0, 0, false},
		{"an older one waits", "new", 0, 0, 3, false},
		{"an older one is being sent", "sending", 0, 3, 3, true},
		{"an older one of another term", "sending", 0, 2, 3, false},
		{"an older one was sent", "sent", 0, 2, 3, true},
		{"bulk waits", "new", 1, 0, 3, true},
	}
	f := newFixture(t)
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			chat := int64(i + 1)
			f.arrive(chat, chat)
			f.load(chat)
			if tt.before != "" {
				f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, term)
					VALUES ($1, $2, $3, 'reply', 't', 0, 'm', '{}', $4, $5)`, fmt.Sprint("old:", chat), chat, tt.lane, tt.before, tt.beforeTerm)
			}
			d := decision(chat, chat, reply(chat, fmt.Sprint("a:", chat)), reply(chat, fmt.Sprint("b:", chat)))
			d.Term = tt.term
			f.save(d)
			want := outgoing{State: "new"}
			if tt.claimed {
				want = outgoing{State: "sending", Term: tt.term}
			}
			got := f.outbox(chat)
			got = got[len(got)-2:]
			for n, key := range []string{"a", "b"} {
				want.Key = fmt.Sprint(key, ":", chat)
				if got[n] != want {
					t.Errorf("row %d is %+v, want %+v", n, got[n], want)
				}
				row := d.Rows[n]
				id := int64(f.count(`SELECT id FROM outbox WHERE key = $1`, row.Key))
				if (row.Term != 0) != tt.claimed || row.ID != id {
					t.Errorf("row %d comes back with id %d, claimed %t; want %d, %t", n, row.ID, row.Term != 0, id, tt.claimed)
				}
			}
		})
	}
}

func TestForget(t *testing.T) {
	f := newFixture(t)
	person := f.employees(1)[0]
	for _, chat := range []int64{5, 6, 7} {
		f.arrive(chat, chat*10)
		f.arrive(chat, chat*10+1)
		f.load(chat)
		d := decision(chat, chat*10, reply(chat, fmt.Sprint("sent:", chat)))
		d.Draft, d.Term = &dialog.Record{Form: "link", Ref: 1, State: json.RawMessage("{}")}, 1
		f.save(d)
		if _, err := f.Mark(t.Context(), 1, []dialog.Mark{{ID: d.Rows[0].ID, State: dialog.StateSent, MessageID: 4}}); err != nil {
			t.Fatal(err)
		}
	}
	f.exec(`UPDATE chat SET employee_id = $1 WHERE id = 7`, person)
	for _, chat := range []int64{5, 7} {
		farewell := reply(chat, fmt.Sprint("farewell:", chat))
		farewell.Forget = true
		d := decision(chat, chat*10+1, farewell)
		d.Forget = true
		f.save(d)
	}
	if got := f.text(`SELECT string_agg(id::text, ' ' ORDER BY id) FROM chat`); got != "6 7" {
		t.Errorf("chats %s stay, want the other one and that of a linked person", got)
	}
	if n := f.count(`SELECT count(*) FROM draft WHERE chat_id = 5`); n != 0 {
		t.Errorf("%d drafts of the stranger stay", n)
	}
	if diff := cmp.Diff([]outgoing{{Key: "farewell:5", State: "new"}}, f.outbox(5)); diff != "" {
		t.Errorf("outbox of the stranger (-want +got):\n%s", diff)
	}
	if n := len(f.outbox(6)); n != 1 {
		t.Errorf("%d rows of another chat, want 1", n)
	}
	rows, err := f.Claim(t.Context(), 1, dialog.LaneReply, 10, time.Now())
	if err != nil || len(rows) != 2 || !rows[0].Forget {
		t.Fatalf("Claim = %+v, %v; want the farewells", rows, err)
	}
	if n, err := f.Mark(t.Context(), 1, []dialog.Mark{{ID: rows[0].ID, State: dialog.StateSent, MessageID: 5}}); n != 1 || err != nil {
		t.Errorf("Mark = %d, %v", n, err)
	}
	for _, where := range []string{"chat WHERE id", "draft WHERE chat_id", "outbox WHERE chat_id", "inbox WHERE lane"} {
		if n := f.count(`SELECT count(*) FROM ` + where + ` = 5`); n != 0 {
			t.Errorf("%d rows of the stranger stay in %s", n, where)
		}
	}
}

func TestForgottenChatComesBack(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.load(5)
	d := decision(5, 1)
	d.Forget, d.WrongTries = true, 2
	f.save(d)
	f.arrive(5, 2)
	if l := f.load(5); !l.ok || l.session.Update.ID != 2 || l.session.WrongTries != 0 {
		t.Errorf("Load = %+v, %t; want update 2 of a new chat", l.session, l.ok)
	}
}

func TestEnqueue(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO chat (id) VALUES (5)`)
	put := func(rows ...dialog.Outgoing) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) error { return tx.Enqueue(ctx, rows) })
	}
	put()
	put(reply(5, "c"), reply(5, "a"), reply(6, "x"), reply(5, "b"))
	put(reply(5, "d"), reply(5, "a"))
	want := []outgoing{{"c", "new", 0}, {"a", "new", 0}, {"b", "new", 0}, {"d", "new", 0}}
	if diff := cmp.Diff(want, f.outbox(5)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]outgoing{{"x", "new", 0}}, f.outbox(6)); diff != "" {
		t.Errorf("outbox of a chat that is not known yet (-want +got):\n%s", diff)
	}
	for i, err := range atOnce(8, func(int) error {
		return f.InTx(t.Context(), func(tx *Tx) error { return tx.Enqueue(t.Context(), []dialog.Outgoing{reply(5, "once")}) })
	}) {
		if err != nil {
			t.Errorf("Enqueue %d: %v", i, err)
		}
	}
	if got := len(f.outbox(5)); got != 5 {
		t.Errorf("%d rows after the same key eight times at once, want 5", got)
	}
}
