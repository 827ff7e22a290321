package storage

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/training"
)

var benchEnrolments = flag.Int("bench.enrolments", 1_000_000, "how many enrolments the benchmarks of trainings have")

// trainingsInBulk fills a database with 500 units, 50,000 people, 5,000 batches of 500
// programmes, of which a tenth lies ahead and is open, and enrolments. Everybody has
// assessed the own competencies below the standard of the class.
const trainingsInBulk = `
	INSERT INTO unit (code, name) SELECT 'U' || i, 'Unit ' || i FROM generate_series(1, 500) i;
	INSERT INTO employee (nip, name, sex, unit_id, class_code)
	SELECT '1985072020100' || lpad(i::text, 5, '0'), 'Pegawai ' || i, 1 + i % 2, (SELECT min(id) FROM unit) + i % 500, 'PELAKSANA' FROM generate_series(1, 50000) i;
	INSERT INTO chat (id, employee_id) SELECT id, id FROM employee;
	INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P' || i, 'Program ' || i, '', 'x', 'x', 8, 'order' FROM generate_series(1, 500) i;
	INSERT INTO programme_competency SELECT g.id, c.code, 3 FROM programme g, LATERAL (SELECT code FROM competency ORDER BY code OFFSET g.id % 9 LIMIT 2) c;
	INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, 5000);
	INSERT INTO batch (id, programme_id, number, name, seats, opens_at, closes_at, funding, journey, state, starts_at, ends_at, changed_at)
	SELECT o.id, (SELECT min(id) FROM programme) + n % 500, n / 500 + 1, 'Angkatan ' || n, 200, '2027-01-10', '2027-02-01', 'free', 'none',
	       CASE WHEN n % 10 = 0 THEN 'open' ELSE 'done' END, CASE WHEN n % 10 = 0 THEN timestamptz '2027-02-10' ELSE timestamptz '2026-02-10' END,
	       CASE WHEN n % 10 = 0 THEN timestamptz '2027-02-11' ELSE timestamptz '2026-02-11' END, now()
	FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM occasion WHERE kind = 'batch') o;
	INSERT INTO training_session (batch_id, n, starts_at, ends_at) SELECT id, 1, starts_at, ends_at FROM batch;`

const enrolmentsInBulk = `
	INSERT INTO enrolment (batch_id, employee_id, way, state, place, applied_at, changed_at)
	SELECT (SELECT min(id) FROM batch) + i % 5000, (SELECT min(id) FROM employee) + (i / 5000 + 251 * (i % 5000)) % 50000, 'nominated', 'seated', i, now(), now()
	FROM generate_series(1, $1::int) i ON CONFLICT DO NOTHING`

// newTrainings is a database with that in it.
func newTrainings(b *testing.B, connections int) (db *DB, person, batch int64) {
	b.Helper()
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: 20 * time.Minute, IOTimeout: 20 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	ctx := b.Context()
	for _, q := range []string{trainingsInBulk, enrolmentsInBulk, `VACUUM ANALYZE`} {
		var args []any
		if q == enrolmentsInBulk {
			args = append(args, *benchEnrolments)
		}
		if _, err := prepared.db.ExecContext(ctx, q, args...); err != nil {
			b.Fatal(err)
		}
	}
	if err := prepared.db.GetContext(ctx, &person, `SELECT id FROM employee ORDER BY id LIMIT 1 OFFSET 25000`); err != nil {
		b.Fatal(err)
	}
	if err := prepared.db.GetContext(ctx, &batch, `SELECT min(id) FROM batch WHERE state = 'open'`); err != nil {
		b.Fatal(err)
	}
	if db, err = Open(Options{URL: app, KeepPlans: true, MaxOpen: connections}); err != nil { // as serve does
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db, person, batch
}

// BenchmarkOffers measures the list of /pelatihan of one person; db-ms/op is the time that
// Postgres computes for it, which other work of the machine does not change.
func BenchmarkOffers(b *testing.B) {
	db, person, _ := newTrainings(b, 3) // one of them for updates
	total := 0
	var backend int
	if err := db.db.GetContext(b.Context(), &backend, `SELECT pg_backend_pid()`); err != nil {
		b.Fatal(err)
	}
	begun := computed(b, backend)
	for b.Loop() {
		err := db.InTx(b.Context(), func(tx *Tx) (err error) {
			_, total, err = tx.Offers(context.WithoutCancel(b.Context()), person, start, 0, 10)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(total), "batches")
	b.ReportMetric(float64((computed(b, backend)-begun).Microseconds())/1000/float64(b.N), "db-ms/op")
}

// computed is for how long a process has computed; 0 where the machine does not tell.
func computed(b *testing.B, process int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return 0
	}
	const tick = 10 * time.Millisecond
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// BenchmarkTaps measures 500 taps at one time: on one batch, and on 500.
func BenchmarkTaps(b *testing.B) {
	for _, tt := range []struct {
		name    string
		batches int64
	}{{"one batch", 1}, {"500 batches", 500}} {
		b.Run(tt.name, func(b *testing.B) {
			db, person, batch := newTrainings(b, 0)
			var done int64
			for round := int64(0); b.Loop(); round++ {
				done = taps(b, db, person+500*round, batch, tt.batches)
			}
			b.ReportMetric(float64(done), "stored")
		})
	}
}

// taps lets 500 people register at one time, sixteen after one another as the lanes do,
// and returns how many were accepted.
func taps(b *testing.B, db *DB, person, batch, batches int64) (done int64) {
	var mu sync.Mutex
	var all sync.WaitGroup
	next := make(chan int64)
	for range 16 {
		all.Go(func() {
			for i := range next {
				out := training.Outcome{}
				err := db.InTx(b.Context(), func(tx *Tx) (err error) {
					out, err = tx.Apply(b.Context(), batch+10*(i%batches), person+i, true, start)
					return err
				})
				mu.Lock()
				if err != nil {
					b.Error(err)
				}
				if out.Verdict == training.Accepted || out.Verdict == training.Unchanged || out.Verdict == training.Overlaps {
					done++
				}
				mu.Unlock()
			}
		})
	}
	for i := range int64(500) {
		next <- i
	}
	close(next)
	all.Wait()
	return done
}
