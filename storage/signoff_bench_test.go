package storage

import (
	"context"
	"testing"
	"time"

	"bangkom/internal/needs"
	"bangkom/storage/sample"
)

// BenchmarkSignoffLine is the line of /tugas about the sign-off at 10,000 people while a round of
// all units is open: for a superior of whom nothing waits, and for one of whom something does.
func BenchmarkSignoffLine(b *testing.B) {
	db := filledForBench(b, sample.Answered, 10_000, Options{KeepPlans: true})
	ctx, today := b.Context(), time.Now()
	heads := [2]int64{} // nothing waits, something does
	err := db.InTx(ctx, func(tx *Tx) error {
		p, _, err := tx.ClosePeriod(ctx, today)
		if err != nil {
			return err
		}
		var all []struct {
			ID   int64 `db:"id"`
			Unit int64 `db:"unit_id"`
		}
		if err := tx.tx.SelectContext(ctx, &all, `SELECT min(id) AS id, unit_id FROM employee GROUP BY unit_id ORDER BY unit_id`); err != nil {
			return err
		}
		var units []int64
		for _, one := range all {
			units = append(units, one.Unit)
		}
		heads = [2]int64{all[0].ID, all[1].ID}
		if _, err := tx.OpenSignoff(ctx, needs.Round{Year: 2028, Period: needs.Period{ID: p.ID}, Due: today.AddDate(0, 1, 0), By: all[0].ID}, units, today); err != nil {
			return err
		}
		_, err = tx.tx.ExecContext(ctx, `UPDATE signoff SET state = 'prepared', prepared_by = $1, prepared_at = now() WHERE unit_id <> $2`, all[0].ID, all[0].Unit)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for i, name := range []string{"nothing_waits", "something_waits"} {
		b.Run(name, func(b *testing.B) {
			var spent time.Duration
			for b.Loop() {
				err := db.InTx(ctx, func(tx *Tx) error {
					defer computing(b, tx, &spent)()
					return signoffLine(ctx, tx, heads[i], i == 1, today)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "db-ms/op")
		})
	}
}

// signoffLine asks what the line of /tugas asks.
func signoffLine(ctx context.Context, tx *Tx, person int64, waits bool, today time.Time) error {
	list, err := tx.OwnSignoffs(ctx, person, today)
	if err == nil && len(list) > 0 != waits {
		err = errBack
	}
	if err != nil || !waits {
		return err
	}
	_, err = tx.SignoffRounds(ctx)
	return err
}
