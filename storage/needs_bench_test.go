package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/needs"
	"bangkom/storage/sample"
)

// BenchmarkHeatMap measures what is read and worked out for a map: all units and all
// competencies of a period. The exponent tells how the time grows with the people.
func BenchmarkHeatMap(b *testing.B) {
	took := map[int]float64{}
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			db := filledForBench(b, sample.Frozen, people, Options{KeepPlans: true})
			shown := 0
			var spent time.Duration
			for b.Loop() {
				if err := db.InTx(b.Context(), func(tx *Tx) error {
					defer computing(b, tx, &spent)()
					list, err := tx.NeedPeriods(b.Context())
					if err != nil {
						return err
					}
					f, err := tx.Needs(context.WithoutCancel(b.Context()), list[0].ID, 1)
					shown = len(needs.Analyse(f).Nodes)
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(shown), "nodes")
			b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "db-ms/op")
			reportExponent(b, took, people)
		})
	}
}
