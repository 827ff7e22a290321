package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/text"
)

// BenchmarkInvitations measures the run of the job that asks people, who have attended
// batches of forty that ended at the same time, with one message each. The time for 8,000 by
// that for 2,000 tells how it grows.
func BenchmarkInvitations(b *testing.B) {
	for _, people := range []int{2000, 8000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) { invitations(b, people) })
	}
}

func invitations(b *testing.B, people int) {
	batches := fmt.Sprint(people / 40)
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	cat, err := text.Indonesian()
	if err != nil {
		b.Fatal(err)
	}
	ctx, now := b.Context(), start.Add(8*time.Hour)
	run := func(queries ...string) {
		for _, q := range queries {
			if _, err := prepared.db.ExecContext(ctx, q); err != nil {
				b.Fatal(err)
			}
		}
	}
	at := `'` + now.Add(-time.Minute).Format(time.RFC3339) + `'::timestamptz`
	run(`INSERT INTO unit (code, name) VALUES ('U', 'Unit')`,
		`INSERT INTO employee (nip, name, sex, unit_id) SELECT '1985072020100' || to_char(10000 + i, 'FM00000'), 'Pegawai ' || i, 1 + i % 2, (SELECT id FROM unit) FROM generate_series(1, `+fmt.Sprint(people)+`) i`,
		`INSERT INTO chat (id, employee_id, linked_at) SELECT 1000000 + id, id, now() FROM employee`,
		`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('P', 'Program', '-', 'mengolah data', 'bimtek', 8, 'order')`,
		`WITH o AS (INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, `+batches+`) RETURNING id)
		 INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		 SELECT o.id, (SELECT id FROM programme), row_number() OVER (), 'Angkatan ' || o.id, 40, 'free', 'none', 'running', `+at+` - interval '6 hours', `+at+`, `+at+` FROM o`,
		`INSERT INTO training_session (batch_id, n, starts_at, ends_at) SELECT id, 1, starts_at, ends_at FROM batch`,
		`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at)
		 SELECT b.id, e.id, 'nominated', 'seated', `+at+`, `+at+` FROM (SELECT id, row_number() OVER () AS k FROM batch) b
		 JOIN (SELECT id, row_number() OVER () AS k FROM employee) e ON e.k % `+batches+` = b.k % `+batches,
		`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT s.id, n.employee_id, true, 'committee', `+at+` FROM enrolment n JOIN training_session s USING (batch_id)`,
		`ANALYZE`)
	db, err := Open(Options{URL: app, KeepPlans: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	render := func(chat int64, r dialog.Reply) (dialog.Outgoing, error) {
		return dialog.Outgoing{ChatID: chat, Class: r.Class, Template: r.Template, Method: "sendMessage", Params: map[string]string{"text": r.Text}}, nil
	}
	ask := &evaluation.Runner{Courier: courier.New(courier.Config{Text: cat, Render: render, Location: time.UTC}), Text: cat, Location: time.UTC}
	sent := 0
	for b.Loop() {
		b.StopTimer()
		run(`DELETE FROM outbox`, `DELETE FROM notice`, `DELETE FROM task`, `DELETE FROM evaluation`)
		b.StartTimer()
		if err := db.InLongTx(ctx, func(tx *Tx) error {
			t, err := ask.Ask(context.WithoutCancel(ctx), tx, now)
			sent = t.Sent
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(sent), "invited")
}

// BenchmarkComparison measures what the personnel office reads to compare 500 programmes
// by the results of 5,000 batches.
func BenchmarkComparison(b *testing.B) {
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	for _, q := range []string{
		`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P' || i, 'Program ' || i, '-', 'mengolah data', 'bimtek', 8, 'order' FROM generate_series(1, 500) i`,
		`INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, 5000)`,
		`INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		 SELECT id, 1 + id % 500, id, 'Angkatan ' || id, 40, 'free', 'none', 'done', now() - interval '9 days', now() - interval '8 days', now() FROM occasion`,
		`INSERT INTO evaluation (batch_id, programme_id, ability, trainers, opened_at, closes_at, state, closed_at, asked, answered)
		 SELECT id, programme_id, '-', '{}', ends_at, now(), 'published', now(), 30, 20 FROM batch`,
		`INSERT INTO atom (programme_id, batch_id, persons, at) SELECT programme_id, id, 20, now() FROM batch`,
		`UPDATE evaluation v SET atom_id = a.id FROM atom a WHERE a.batch_id = v.batch_id`,
		`INSERT INTO shown (atom_id, cell, n, text) SELECT a.id, c.cell, 20, c.text FROM atom a CROSS JOIN (VALUES ('R1|mean', '3,2'), ('R2 Dr. Hasan|mean', '3,1'), ('R3|mean', '3,0'),
		 ('R4|mean', 'di bawah 2'), ('K|before', '2,1'), ('K|now', '3,4'), ('K|alone_before', 'kurang dari seperlima'), ('K|alone_now', 'antara tiga perlima dan empat perlima'), ('K|risen', 'empat perlima atau lebih')) AS c (cell, text)`,
		`ANALYZE`} {
		if _, err := prepared.db.ExecContext(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
	db, err := Open(Options{URL: app})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	cat, err := text.Indonesian()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := db.InTx(b.Context(), func(tx *Tx) error {
			all, err := tx.PublishedResults(b.Context(), time.Unix(0, 0), time.Now().Add(time.Hour))
			if n := len(evaluation.ByProgramme(cat, all)); err == nil && n != 500 {
				b.Errorf("%d programmes", n)
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}
