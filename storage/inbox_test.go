package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
)

// inboxRow is what the tests look at.
type inboxRow struct {
	ID, Lane     int64
	Body, Failed string
	Done         bool
}

func (f *fixture) inbox() []inboxRow {
	f.t.Helper()
	rows, err := f.owner.Query(`SELECT update_id, COALESCE(lane, 0), COALESCE(body, ''), COALESCE(failed, ''), done_at IS NOT NULL
		FROM inbox ORDER BY update_id`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	var out []inboxRow
	for rows.Next() {
		var r inboxRow
		if err := rows.Scan(&r.ID, &r.Lane, &r.Body, &r.Failed, &r.Done); err != nil {
			f.t.Fatal(err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	return out
}

func TestStoreUpdates(t *testing.T) {
	const sound = `{"text":"a\\b \"c\" {d} NULL ½ \u0000"}`
	tests := []struct {
		name  string
		given []dialog.RawUpdate
		wake  []int64
		want  []inboxRow
	}{
		{name: "nothing"},
		{"sound", []dialog.RawUpdate{{ID: 1, Lane: 5, Body: sound}}, []int64{5}, []inboxRow{{ID: 1, Lane: 5, Body: sound}}},
		{"one wake for a lane", []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "a"}, {ID: 2, Lane: 6, Body: "b"}, {ID: 3, Lane: 5, Body: "c"}},
			[]int64{5, 6}, []inboxRow{{ID: 1, Lane: 5, Body: "a"}, {ID: 2, Lane: 6, Body: "b"}, {ID: 3, Lane: 5, Body: "c"}}},
		{"twice in a batch", []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "a"}, {ID: 1, Lane: 6, Body: "b"}},
			[]int64{5}, []inboxRow{{ID: 1, Lane: 5, Body: "a"}}},
		{"a group's lane", []dialog.RawUpdate{{ID: 1, Lane: -100123, Body: "a"}}, []int64{-100123}, []inboxRow{{ID: 1, Lane: -100123, Body: "a"}}},
		{"nobody's", []dialog.RawUpdate{{ID: 1, Body: "a"}}, nil, []inboxRow{{ID: 1, Done: true}}},
		{"undecodable", []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "a", Failed: "no update"}}, nil,
			[]inboxRow{{ID: 1, Lane: 5, Failed: "no update", Done: true}}},
		{"without a number", []dialog.RawUpdate{{ID: -1 << 63, Body: "a", Failed: "no update_id"}, {ID: -2, Body: "b", Failed: "no update_id"}}, nil,
			[]inboxRow{{ID: -1 << 63, Failed: "no update_id", Done: true}, {ID: -2, Failed: "no update_id", Done: true}}},
		{"a NUL byte", []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "a\x00b"}, {ID: 2, Lane: 6, Body: "c"}}, []int64{5, 6},
			[]inboxRow{{ID: 1, Lane: 5, Body: "a\uFFFDb"}, {ID: 2, Lane: 6, Body: "c"}}},
		{"broken UTF-8", []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "a\xff\xfeb"}, {ID: 2, Lane: 6, Body: "c"}}, []int64{5, 6},
			[]inboxRow{{ID: 1, Lane: 5, Body: "a\uFFFDb"}, {ID: 2, Lane: 6, Body: "c"}}},
		{"broken text of what cannot be read", []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "\x00\xff", Failed: "bad \x00\xff"}}, nil,
			[]inboxRow{{ID: 1, Lane: 5, Failed: "bad \uFFFD\uFFFD", Done: true}}},
	}
	f := newFixture(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.exec(`DELETE FROM inbox`)
			wake, err := f.StoreUpdates(t.Context(), bot, tt.given)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(wake)
			slices.Sort(tt.wake)
			if !slices.Equal(wake, tt.wake) {
				t.Errorf("lanes %v, want %v", wake, tt.wake)
			}
			if diff := cmp.Diff(tt.want, f.inbox()); diff != "" {
				t.Errorf("inbox (-want +got):\n%s", diff)
			}
			again, err := f.StoreUpdates(t.Context(), bot, tt.given)
			slices.Sort(again)
			if err != nil || !slices.Equal(again, tt.wake) { // the reply to the first time may have been lost
				t.Errorf("the batch again: lanes %v, %v; want %v", again, err, tt.wake)
			}
			if diff := cmp.Diff(tt.want, f.inbox()); diff != "" {
				t.Errorf("inbox after the batch came again (-want +got):\n%s", diff)
			}
			f.exec(`UPDATE inbox SET done_at = now(), body = NULL`)
			if again, err = f.StoreUpdates(t.Context(), bot, tt.given); err != nil || len(again) != 0 {
				t.Errorf("the batch again when it is done: lanes %v, %v; want none", again, err)
			}
		})
	}
}

func TestStoreUpdatesOfTwoBots(t *testing.T) {
	f := newFixture(t)
	for b := range int64(2) {
		lanes, err := f.StoreUpdates(t.Context(), b, []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "a"}})
		if err != nil || len(lanes) != 1 {
			t.Errorf("bot %d: lanes %v, %v; want one", b, lanes, err)
		}
	}
	if got := len(f.inbox()); got != 2 {
		t.Errorf("%d updates, want one of each bot", got)
	}
}

func TestStoreUpdatesAtOnce(t *testing.T) {
	f := newFixture(t)
	var batch []dialog.RawUpdate
	for i := range int64(100) {
		batch = append(batch, dialog.RawUpdate{ID: i, Lane: 1 + i%7, Body: "{}"})
	}
	woken := make([][]int64, 8)
	for i, err := range atOnce(len(woken), func(i int) (err error) {
		woken[i], err = f.StoreUpdates(t.Context(), bot, batch[i:])
		return err
	}) {
		if err != nil {
			t.Errorf("batch %d: %v", i, err)
		}
	}
	if got := len(f.inbox()); got != len(batch) {
		t.Errorf("%d updates, want %d", got, len(batch))
	}
	if got := len(slices.Concat(woken...)); got < 7 {
		t.Errorf("%d lanes were woken, want at least 7", got)
	}
}

func TestPendingLanes(t *testing.T) {
	f := newFixture(t)
	rows := []dialog.RawUpdate{{ID: 1, Lane: 9, Body: "a"}, {ID: 2, Lane: 5, Body: "a"}, {ID: 3, Lane: 9, Body: "a"},
		{ID: 4, Lane: -7, Body: "a"}, {ID: 5, Body: "a"}, {ID: 6, Lane: 8, Body: "a", Failed: "x"}, {ID: 7, Lane: 4, Body: "a"}}
	if _, err := f.StoreUpdates(t.Context(), bot, rows); err != nil {
		t.Fatal(err)
	}
	if _, err := f.StoreUpdates(t.Context(), bot+1, []dialog.RawUpdate{{ID: 1, Lane: 1, Body: "a"}}); err != nil {
		t.Fatal(err)
	}
	f.exec(`UPDATE inbox SET done_at = now() WHERE update_id = 7`)
	f.exec(`UPDATE inbox SET received_at = now() - interval '1 min' WHERE update_id IN (3, 4)`)
	for _, tt := range []struct {
		name  string
		bot   int64
		age   time.Duration
		limit int
		want  []int64
	}{
		{"all, oldest first", bot, 0, 10, []int64{9, 5, -7}},
		{"limited", bot, 0, 2, []int64{9, 5}},
		{"old ones", bot, 30 * time.Second, 10, []int64{9, -7}},
		{"older than any", bot, time.Hour, 10, nil},
		{"another bot", bot + 1, 0, 10, []int64{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := f.PendingLanes(t.Context(), tt.bot, tt.age, tt.limit)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("PendingLanes = %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestThirdFailureSetsAside(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.arrive(5, 2)
	for n, want := range []bool{false, false, true, false} {
		aside, err := f.CountFailure(t.Context(), bot, dialog.RawUpdate{ID: 1}, fmt.Sprint("cause ", n+1))
		if err != nil || aside != want {
			t.Errorf("failure %d: aside %t, %v; want %t", n+1, aside, err, want)
		}
		first := f.inbox()[0]
		if done := n >= 2; first.Done != done || (first.Body == "") != done || (first.Failed != "") != done {
			t.Errorf("after failure %d: %+v", n+1, first)
		}
	}
	if got := f.inbox()[0].Failed; got != "cause 3" {
		t.Errorf("cause %q, want that of the last failure", got)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		s, _, _, ok, err := tx.Load(ctx, bot, 5, start, taskForms)
		if err == nil && (!ok || s.Update.ID != 2 || s.More) {
			t.Errorf("Load = update %d, %t, more %t; want update 2 alone", s.Update.ID, ok, s.More)
		}
		return err
	})
}

func TestCountFailureLeavesAlone(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.arrive(5, 2)
	f.exec(`UPDATE inbox SET done_at = now(), body = NULL, lane = NULL WHERE update_id = 1`)
	for _, tt := range []struct {
		name    string
		bot, id int64
	}{{"decided", bot, 1}, {"unknown", bot, 3}, {"another bot's", bot + 1, 2}} {
		t.Run(tt.name, func(t *testing.T) {
			before := f.contents()
			for range maxAttempts {
				aside, err := f.CountFailure(t.Context(), tt.bot, dialog.RawUpdate{ID: tt.id}, "x")
				if aside || err != nil {
					t.Errorf("CountFailure = %t, %v; want false, nil", aside, err)
				}
			}
			if diff := cmp.Diff(before, f.contents()); diff != "" {
				t.Errorf("changed (-before +after):\n%s", diff)
			}
		})
	}
}

// What a process cannot do because it is older than the schema has not failed: the
// version that ran the migration does it.
func TestNothingFailsOnANewerSchema(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.exec(`INSERT INTO upload (chat_id, employee_id, kind, file_id, size, state, created_at, changed_at)
		VALUES (5, $1, 'register', 'x', 1, 'received', $2, $2)`, f.employees(1)[0], start)
	f.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
	for range maxAttempts + 1 {
		if aside, err := f.CountFailure(t.Context(), bot, dialog.RawUpdate{ID: 1}, "x"); aside || err != nil {
			t.Errorf("CountFailure = %t, %v; want false, nil", aside, err)
		}
		f.tx(func(ctx context.Context, tx *Tx) error { return tx.PutOffUpload(ctx, 1, 1, start) })
	}
	if got := f.inbox()[0]; got.Done || got.Failed != "" || got.Body == "" {
		t.Errorf("the update is %+v, want it as it came", got)
	}
	if n := f.count(`SELECT sum(attempts) FROM (SELECT attempts FROM inbox UNION ALL SELECT attempts FROM upload) a`); n != 0 {
		t.Errorf("%d attempts were counted, want none", n)
	}
	f.exec(`DELETE FROM goose_db_version WHERE version_id = 9999`)
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.PutOffUpload(ctx, 1, 1, start) })
	if n := f.count(`SELECT attempts FROM upload`); n != 1 {
		t.Errorf("%d attempts of the upload on the own schema, want 1", n)
	}
}

func TestStoreUpdatesLargeBody(t *testing.T) {
	devdbtest.Long(t, "a body of one megabyte")
	f := newFixture(t)
	body := strings.Repeat("é\"\\", 1<<18)
	if _, err := f.StoreUpdates(t.Context(), bot, []dialog.RawUpdate{{ID: 1, Lane: 5, Body: body}}); err != nil {
		t.Fatal(err)
	}
	if f.inbox()[0].Body != body {
		t.Error("a body of 1 MB comes back changed")
	}
}
