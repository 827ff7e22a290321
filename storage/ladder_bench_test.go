package storage

import (
	"context"
	"flag"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
)

var benchTasks = flag.Int("bench.tasks", 5_000_000, "how many tasks BenchmarkDueLadders has")

// BenchmarkDueLadders measures the due query of the job reminders among millions of
// tasks, of which some thousand are open and 500 due.
func BenchmarkDueLadders(b *testing.B) {
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: 20 * time.Minute, IOTimeout: 20 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	ctx := b.Context()
	now := start
	const tasks = `
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, ladder_at)
		SELECT i % 50000, 'self_assessment', i % 50000, i / 50000, 'x', 1, now(), now(), CASE WHEN i % 250 = 0 THEN 'open' ELSE 'done' END,
		       CASE WHEN i % 250 = 0 THEN $1::timestamptz + (i % 40 - 1) * interval '1 hour' END FROM generate_series(1, $2::bigint) i`
	err = once(ctx, prepared.db, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, `SET LOCAL session_replication_role = replica`); err != nil { // a task needs no person here
			return err
		}
		_, err := tx.tx.ExecContext(ctx, tasks, now, *benchTasks)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := prepared.db.ExecContext(ctx, `ANALYZE task`); err != nil {
		b.Fatal(err)
	}
	db, err := Open(Options{URL: app})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	found := 0
	for b.Loop() {
		if err := db.InTx(ctx, func(tx *Tx) error {
			due, err := tx.DueLadders(context.WithoutCancel(ctx), now, 500)
			found = len(due)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(found), "due")
}
