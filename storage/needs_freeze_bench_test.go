package storage

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/storage/sample"
)

// errBack gives back what a benchmark has done.
var errBack = errors.New("once more")

// BenchmarkClosePeriod measures the close of the second of two periods, with all that is
// frozen of it. Each is given back, so that the next one does the same.
func BenchmarkClosePeriod(b *testing.B) { closePeriods(b, sample.Answered) }

// BenchmarkClosePeriodScattered is the same where the people of a unit stand all over the
// register, and their answers all over the table.
func BenchmarkClosePeriodScattered(b *testing.B) {
	const by = "(i - 1) / 25"
	closePeriods(b, func(people int) (all []string) {
		for _, q := range sample.Answered(people) {
			all = append(all, strings.Replace(q, by, fmt.Sprintf("(i * 7919) %% %d", people/25), 1))
		}
		if slices.Equal(all, sample.Answered(people)) {
			b.Fatalf("the sample has no %q", by)
		}
		return all
	})
}

// closePeriods closes periods of agencies of two sizes.
func closePeriods(b *testing.B, fill func(people int) []string) {
	b.Helper()
	took, computes := map[int]float64{}, map[int]float64{}
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			db := filledForBench(b, fill, people, Options{KeepPlans: true})
			cells := 0
			var spent time.Duration
			for b.Loop() {
				err := db.InTx(b.Context(), func(tx *Tx) error {
					defer computing(b, tx, &spent)()
					p, _, err := tx.ClosePeriod(b.Context(), time.Now())
					if err != nil {
						return err
					}
					if err := tx.tx.GetContext(b.Context(), &cells, `SELECT count(*) FROM need_cell WHERE period_id = $1`, p.ID); err != nil {
						return err
					}
					return errBack
				})
				if !errors.Is(err, errBack) {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cells), "cells")
			reportExponent(b, took, people)
			computes[people] = float64(spent.Microseconds()) / 1000 / float64(b.N)
			b.ReportMetric(computes[people], "db-ms/op")
			if less := computes[10_000]; people > 10_000 && less > 0 {
				b.ReportMetric(exponent(computes[people]/less, people), "db-exponent")
			}
		})
	}
}

// computing begins to count for how long Postgres computes for a transaction, which other work
// of the machine hardly changes; what it returns adds that up.
func computing(b *testing.B, tx *Tx, spent *time.Duration) (end func()) {
	b.Helper()
	var backend int
	if err := tx.tx.GetContext(b.Context(), &backend, `SELECT pg_backend_pid()`); err != nil {
		b.Fatal(err)
	}
	begun := computed(b, backend)
	return func() { *spent += computed(b, backend) - begun }
}

// filledForBench is a database with an agency in it, opened as the program does.
func filledForBench(b *testing.B, fill func(people int) []string, people int, o Options) *DB {
	b.Helper()
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: 10 * time.Minute, IOTimeout: 10 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	for _, q := range fill(people) {
		if _, err := prepared.db.ExecContext(b.Context(), q); err != nil {
			b.Fatalf("%s: %v", q, err)
		}
	}
	if _, err := prepared.db.ExecContext(b.Context(), `VACUUM ANALYZE`); err != nil {
		b.Fatal(err)
	}
	o.URL = app
	db, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// reportExponent says how the time of an operation grows with the people.
func reportExponent(b *testing.B, took map[int]float64, people int) {
	b.Helper()
	took[people] = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	if less := took[10_000]; people > 10_000 && less > 0 {
		b.ReportMetric(took[people]/less, "times-10000")
		b.ReportMetric(exponent(took[people]/less, people), "exponent")
	}
}

// exponent is how steeply something grows that is so many times as much as with 10,000 people.
func exponent(times float64, people int) float64 {
	return math.Log(times) / math.Log(float64(people)/10_000)
}
