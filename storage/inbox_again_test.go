package storage

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
)

// A number that comes again belongs to the same update for three days, to another
// one from then on, whatever became of the first; and that one is not lost.
func TestNumberComesAgain(t *testing.T) {
	const pending, done, failed = `UPDATE inbox SET attempts = 1`,
		`UPDATE inbox SET done_at = received_at, body = NULL, lane = NULL`,
		`UPDATE inbox SET done_at = received_at, body = NULL, failed = 'panic'`
	for _, tt := range []struct {
		name, first, age string
		want             []inboxRow
	}{
		{"decided yesterday", done, "1 day", []inboxRow{{ID: 7, Done: true}}},
		{"decided two days ago, over midnight", done, "47 hours", []inboxRow{{ID: 7, Done: true}}},
		{"waits since yesterday", pending, "1 day", []inboxRow{{ID: 7, Lane: 5, Body: "first"}}},
		{"set aside yesterday", failed, "1 day", []inboxRow{{ID: 7, Lane: 5, Failed: "panic", Done: true}}},
		{"decided eight days ago", done, "8 days", []inboxRow{{ID: -1, Done: true}, {ID: 7, Lane: 6, Body: "second"}}},
		{"set aside eight days ago", failed, "8 days", []inboxRow{{ID: -1, Lane: 5, Failed: "panic", Done: true}, {ID: 7, Lane: 6, Body: "second"}}},
		{"waits for eight days", pending, "8 days", []inboxRow{{ID: -1, Lane: 5, Body: "first"}, {ID: 7, Lane: 6, Body: "second"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.exec(`ALTER SEQUENCE inbox_serial_seq RESTART`)
			if _, err := f.StoreUpdates(t.Context(), bot, []dialog.RawUpdate{{ID: 7, Lane: 5, Body: "first"}}); err != nil {
				t.Fatal(err)
			}
			f.exec(`UPDATE inbox SET received_at = now() - $1::interval`, tt.age)
			f.exec(tt.first)
			second := []dialog.RawUpdate{{ID: 7, Lane: 6, Body: "second"}, {ID: 8, Lane: 6, Body: "third"}, {ID: 7, Lane: 6, Body: "second"}}
			want := append(slices.Clone(tt.want), inboxRow{ID: 8, Lane: 6, Body: "third"})
			for _, times := range []string{"once", "twice"} {
				wake, err := f.StoreUpdates(t.Context(), bot, second)
				if err != nil || !slices.Contains(wake, 6) {
					t.Errorf("StoreUpdates, %s = %v, %v; want the lane 6", times, wake, err)
				}
				if diff := cmp.Diff(want, f.inbox()); diff != "" {
					t.Errorf("inbox after the batch came %s (-want +got):\n%s", times, diff)
				}
			}
		})
	}
}

// An update whose number was taken over while it was being decided is decided all the
// same, and so is the one that took it.
func TestNumberTakenOverMeanwhile(t *testing.T) {
	devdbtest.Long(t, "an odd event of the inbox")
	f := newFixture(t)
	f.arrive(5, 7)
	f.exec(`UPDATE inbox SET received_at = now() - interval '8 days'`)
	var bodies []string
	for range 2 {
		f.tx(func(ctx context.Context, tx *Tx) error {
			s, _, _, ok, err := tx.Load(ctx, bot, 5, start, taskForms)
			if err != nil || !ok {
				return err
			}
			if len(bodies) == 0 {
				if _, err := f.StoreUpdates(ctx, bot, []dialog.RawUpdate{{ID: 7, Lane: 5, Body: "second"}}); err != nil {
					return err
				}
			}
			bodies = append(bodies, s.Update.Body)
			d := decision(5, s.Update.ID)
			d.Serial = s.Update.Serial
			return tx.Save(ctx, d)
		})
	}
	if len(bodies) != 3 || bodies[0] != bodies[1] || bodies[2] != "second" {
		t.Errorf("decided were %q, want the first, again, and the second", bodies)
	}
	if n := f.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL`); n != 0 {
		t.Errorf("%d updates wait", n)
	}
}

// What was decided goes after three days, what was set aside after thirty.
func TestPruneInbox(t *testing.T) {
	f := newFixture(t)
	for i, age := range []string{"2 days", "4 days", "29 days", "31 days"} {
		f.exec(`INSERT INTO inbox (bot_id, update_id, received_at, done_at) VALUES (77, $1, now() - $2::interval, now() - $2::interval)`, 10+i, age)
		f.exec(`INSERT INTO inbox (bot_id, update_id, lane, received_at, done_at, failed) VALUES (77, $1, 5, now() - $2::interval, now() - $2::interval, 'panic')`, 20+i, age)
		f.exec(`INSERT INTO inbox (bot_id, update_id, lane, received_at) VALUES (77, $1, 5, now() - $2::interval)`, 30+i, age)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		n, err := tx.Prune(ctx, start, 100)
		if n != 4 {
			t.Errorf("Prune() = %d, want 4", n)
		}
		return err
	})
	if got := f.text(`SELECT string_agg(update_id::text, ' ' ORDER BY update_id) FROM inbox`); got != "10 20 21 22 30 31 32 33" {
		t.Errorf("left are %s", got)
	}
}
