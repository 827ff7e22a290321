package storage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/followup"
)

// BenchmarkFollowUps measures what decides about follow-ups: which batches owe one, who is
// asked, who is drawn, with the tasks of both sides, for people who have attended batches of
// forty that ended on the same day. The time for 10,000 by that for 2,500 tells how it grows.
func BenchmarkFollowUps(b *testing.B) {
	for _, people := range []int{2500, 10000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) { decideFollowUps(b, people) })
	}
}

func decideFollowUps(b *testing.B, people int) {
	batches := fmt.Sprint(people / 40)
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	ctx, ends := b.Context(), start.Add(8*time.Hour)
	now := ends.AddDate(0, 0, 30)
	run := func(queries ...string) {
		for _, q := range queries {
			if _, err := prepared.db.ExecContext(ctx, q); err != nil {
				b.Fatal(err)
			}
		}
	}
	at := `'` + ends.Format(time.RFC3339) + `'::timestamptz`
	run(`INSERT INTO unit (code, name) VALUES ('U', 'Unit')`,
		`INSERT INTO employee (nip, name, sex, unit_id) SELECT '1985072020100' || to_char(10000 + i, 'FM00000'), 'Pegawai ' || i, 1 + i % 2, (SELECT id FROM unit) FROM generate_series(1, `+fmt.Sprint(people)+`) i`,
		`UPDATE employee SET supervisor_id = 1 + id / 12 WHERE id > 12`,
		`INSERT INTO chat (id, employee_id, linked_at) SELECT 1000000 + id, id, now() FROM employee`,
		`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('P', 'Program', '-', 'mengolah data', 'bimtek', 16, 'order')`,
		`WITH o AS (INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, `+batches+`) RETURNING id)
		 INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		 SELECT o.id, (SELECT id FROM programme), row_number() OVER (), 'Angkatan ' || o.id, 40, 'free', 'none', 'done', `+at+` - interval '6 hours', `+at+`, `+at+` FROM o`,
		`INSERT INTO training_session (batch_id, n, starts_at, ends_at) SELECT id, 1, starts_at, ends_at FROM batch`,
		`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at)
		 SELECT b.id, e.id, 'nominated', 'seated', `+at+`, `+at+` FROM (SELECT id, row_number() OVER () AS k FROM batch) b
		 JOIN (SELECT id, row_number() OVER () AS k FROM employee) e ON e.k % `+batches+` = b.k % `+batches,
		`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT s.id, n.employee_id, true, 'committee', `+at+` FROM enrolment n JOIN training_session s USING (batch_id)`,
		`ANALYZE`)
	db, err := Open(Options{URL: app, KeepPlans: true, StatementTimeout: time.Minute, IOTimeout: time.Minute}) // the machine may be busy
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	rules, pairs := followup.DefaultRules(), 0
	var busy time.Duration
	for b.Loop() {
		b.StopTimer()
		run(`DELETE FROM task`, `DELETE FROM follow_up_pair`, `DELETE FROM follow_up`)
		b.StartTimer()
		if err := db.InLongTx(ctx, func(tx *Tx) error {
			defer func(before time.Duration) { busy += serverTime(ctx, b, tx) - before }(serverTime(ctx, b, tx))
			from, until := rules.Span()
			ended, err := tx.BatchesEnded(ctx, now.AddDate(0, 0, -from), now.AddDate(0, 0, 1-until))
			if err != nil {
				return err
			}
			pairs, err = decideAll(ctx, tx, rules, ended, now)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(pairs), "participants")
	b.ReportMetric(float64(busy.Milliseconds())/float64(b.N), "db-cpu-ms/op")
}

// serverTime is how long the server's process of a transaction has run on a processor: what
// else runs on the machine does not lengthen it. 0 where the server is not on this machine.
func serverTime(ctx context.Context, b *testing.B, tx *Tx) time.Duration {
	var pid int
	if err := tx.tx.GetContext(ctx, &pid, `SELECT pg_backend_pid()`); err != nil {
		b.Fatal(err)
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	const tick = 10 * time.Millisecond // USER_HZ of Linux
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// decideAll opens all follow-ups of day 30, whatever the day of the week.
func decideAll(ctx context.Context, tx *Tx, rules followup.Rules, ended []followup.Ended, now time.Time) (pairs int, err error) {
	var due []followup.Due
	var batches []int64
	for _, e := range ended {
		due, batches = append(due, followup.Due{Ended: e, Day: 30, Opens: now, Closes: now.AddDate(0, 0, 14)}), append(batches, e.Batch)
	}
	people, err := tx.AttendedOf(ctx, batches, now)
	if err != nil {
		return 0, err
	}
	asked, err := tx.AskedAbout(ctx, now.AddDate(0, -1, 0), now)
	if err != nil {
		return 0, err
	}
	return len(people), tx.OpenFollowUps(ctx, rules.Plan(due, people, asked))
}

// BenchmarkFollowUpGroups measures what the pages, the picture and the spreadsheet of groups
// read: all groups of 10,000 people who have answered, for a reader who knows some of them, and
// what stands above them.
func BenchmarkFollowUpGroups(b *testing.B) {
	app, owner := devdbtest.Database(b, prepare)
	db, err := Open(Options{URL: app, KeepPlans: true, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	prepared, err := Open(Options{URL: owner, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	ctx := b.Context()
	for _, q := range []string{`INSERT INTO unit (code, name) VALUES ('U', 'Unit')`,
		`INSERT INTO employee (nip, name, sex, unit_id) SELECT '1985072020100' || to_char(10000 + i, 'FM00000'), 'Pegawai ' || i, 1 + i % 2, (SELECT id FROM unit) FROM generate_series(1, 10000) i`,
		`UPDATE employee SET supervisor_id = 1 + id / 12 WHERE id > 12`,
		`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P' || i, 'Program ' || i, '-', 'mengolah data', 'bimtek', 16, 'order' FROM generate_series(1, 25) i`,
		`WITH o AS (INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, 250) RETURNING id)
		 INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		 SELECT o.id, (SELECT min(id) FROM programme) + o.id % 25, o.id, 'Angkatan ' || o.id, 40, 'free', 'none', 'done', now() - interval '36 days', now() - interval '35 days', now() FROM o`,
		`WITH o AS (INSERT INTO occasion (kind) SELECT 'follow_up' FROM generate_series(1, 250) RETURNING id)
		 INSERT INTO follow_up (id, batch_id, day, programme_id, name, ability, opens_at, closes_at, closed_at)
		 SELECT o.id, b.id, 30, b.programme_id, b.name, '-', now() - interval '15 days', now() - interval '1 day', now() FROM (SELECT id, row_number() OVER (ORDER BY id) AS k FROM o) o JOIN (SELECT *, row_number() OVER (ORDER BY id) AS k FROM batch) b USING (k)`,
		`INSERT INTO follow_up_group (programme_id, day, persons, at) SELECT programme_id, 30, 40, now() FROM follow_up ORDER BY id`,
		`INSERT INTO follow_up_pair (follow_up_id, subject_id, superior_id, ended, group_id)
		 SELECT f.id, e.id, e.supervisor_id, 'complete', (SELECT min(id) FROM follow_up_group) + f.k - 1 FROM employee e JOIN (SELECT id, row_number() OVER (ORDER BY id) AS k FROM follow_up) f ON f.k = 1 + e.id % 250`,
		`INSERT INTO follow_up_cell (group_id, cell, n, text) SELECT g.id, c.cell, 40, c.text FROM follow_up_group g CROSS JOIN
		 (VALUES ('K|', '34'), ('A|', '30'), ('F|', '25'), ('F|tanpa_kesempatan', '1/5'), ('T|belum', '2/5'), ('H|kesempatan', '0/5'), ('H|sarana', '2/5'), ('H|waktu', '1/5')) c (cell, text)`,
		`ANALYZE`} {
		if _, err := prepared.db.ExecContext(ctx, q); err != nil {
			b.Fatal(err)
		}
	}
	var busy time.Duration
	groups := 0
	for b.Loop() {
		if err := db.InTx(ctx, func(tx *Tx) error {
			defer func(before time.Duration) { busy += serverTime(ctx, b, tx) - before }(serverTime(ctx, b, tx))
			all, err := tx.FollowUpGroups(ctx, time.Unix(0, 0), time.Now().Add(time.Hour), []int64{5})
			groups = len(all)
			followup.ByProgramme(all)
			followup.ByPartner(all)
			followup.ByBatch(all)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(groups), "groups")
	b.ReportMetric(float64(busy.Milliseconds())/float64(b.N), "db-cpu-ms/op")
}
