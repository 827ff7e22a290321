package storage

import (
	"context"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
)

// What a period and the jobs ask about many people costs a few index entries for
// each of them, also when the tables were counted while nothing was open.
func TestLookupsWithOldStatistics(t *testing.T) {
	devdbtest.Long(t, "a period and its jobs for 1,200 people")
	const people, most = 1200, 25 // entries for each person
	f := newFixture(t)
	if err := f.sample().FillAgency(t.Context(), people, start); err != nil {
		t.Fatal(err)
	}
	f.openPeriod("Lalu")
	f.exec(`UPDATE task SET state = 'done', done_at = opens_at, ladder_at = NULL`)
	f.exec(`UPDATE period SET closed_at = due_at`)
	f.exec(`VACUUM ANALYZE`)
	now := start.Add(30 * 24 * time.Hour)
	const read = `SELECT COALESCE(sum(pg_stat_get_xact_tuples_returned(indexrelid)), 0) FROM pg_index
		WHERE indrelid IN ('task'::regclass, 'outbox'::regclass, 'notice'::regclass)`
	f.tx(func(ctx context.Context, tx *Tx) error {
		before := 0
		check := func(what string, n int, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			after := 0
			if err := tx.tx.GetContext(ctx, &after, read); err != nil {
				t.Fatal(err)
			}
			if got := after - before; got > n*most {
				t.Errorf("%s: %d index entries for %d people, want at most %d each", what, got, n, most)
			}
			before = after
		}
		p := period("Ini")
		p.OpensAt, p.DueAt, p.RatingDueAt = now, now.AddDate(0, 0, 14), now.AddDate(0, 0, 21)
		_, err := tx.OpenPeriod(ctx, p, now)
		check("opening", people, err)
		due, err := tx.DueLadders(ctx, now.Add(time.Hour), 500)
		check("due ladders", people, err)
		var ids, tasks []int64
		for _, d := range due {
			ids, tasks = append(ids, d.Employee), append(tasks, d.Task)
		}
		check("locking", len(ids), tx.LockPeople(ctx, ids))
		_, err = tx.Recipients(ctx, ids, nil, now.Add(time.Hour))
		check("recipients", len(ids), err)
		_, err = tx.Climbs(ctx, tasks, taskForms)
		check("climbs", len(ids), err)
		_, err = tx.OpenTasks(ctx, ids, now.Add(time.Hour))
		check("open tasks", len(ids), err)
		_, err = tx.OwingSince(ctx, reminder.OwingFilter{OpenedBefore: now.Add(time.Hour), Now: now.Add(time.Hour), KeyPrefix: "note:", KeySuffix: ":x", Limit: 500})
		check("who owes", 500, err)
		_, err = tx.Teams(ctx, ids, now.Add(time.Hour), outreach.DefaultRules().Caps)
		check("teams", people, err)
		rows := make([]dialog.Outgoing, len(ids))
		for i, id := range ids {
			rows[i] = reply(900000+id, "s")
			rows[i].Key, rows[i].Lane = rows[i].Key+time.Duration(i).String(), dialog.LaneBulk
		}
		check("queueing", len(ids), tx.Enqueue(ctx, rows))
		for _, r := range rows[:50] {
			_, err := tx.ReplaceQueued(ctx, r)
			check("replacing", 1, err)
		}
		_, _, err = tx.ClosePeriod(ctx, now.AddDate(0, 0, 15))
		check("closing", people, err)
		return nil
	})
}
