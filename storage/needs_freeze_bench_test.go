package storage

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/storage/sample"
)

// errBack gives back what a benchmark has done.
var errBack = errors.New("once more")

// BenchmarkClosePeriod measures the close of the second of two periods, with all that is
// frozen of it. Each is given back, so that the next one does the same.
func BenchmarkClosePeriod(b *testing.B) {
	took := map[int]float64{}
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			db := filledForBench(b, sample.Answered, people, Options{})
			cells := 0
			for b.Loop() {
				err := db.InTx(b.Context(), func(tx *Tx) error {
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
		})
	}
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
		b.ReportMetric(math.Log(took[people]/less)/math.Log(float64(people)/10_000), "exponent")
	}
}
