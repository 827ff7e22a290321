package storage

import (
	"context"
	"fmt"
	"testing"

	"bangkom/internal/needs"
)

// frozenAgency is an agency of units of about 25, of which each tenth has the nine behind it
// below it, with two closed periods and what is frozen of them in all 17 competencies.
var frozenAgency = []string{
	`INSERT INTO unit (code, name, parent_id) SELECT 'U' || i, 'Unit ' || i, NULL FROM generate_series(1, $1::int / 25) i`,
	`UPDATE unit u SET parent_id = a.id FROM unit a WHERE a.code = 'U' || 1 + (substr(u.code, 2)::int - 1) / 10 * 10 AND a.id <> u.id AND $1::int > 0`,
	`INSERT INTO employee (nip, name, sex, unit_id) SELECT '19850720201' || to_char(i, 'FM0000000'), 'Pegawai ' || i, 1, (SELECT id FROM unit WHERE code = 'U' || 1 + i % ($1::int / 25)) FROM generate_series(1, $1::int) i`,
	`INSERT INTO occasion (kind) SELECT 'period' FROM generate_series(1, least(2, $1::int))`,
	`INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'P' || id, now(), now() + interval '1 day', now() + interval '2 days', now() + id * interval '3 days' FROM occasion WHERE $1::int > 0`,
	`INSERT INTO need_unit SELECT p.id, u.id, u.parent_id, u.name FROM period p, unit u WHERE $1::int > 0`,
	`INSERT INTO need_person SELECT p.id, e.id, e.unit_id, 'PELAKSANA', 'PNS', NULL, e.id % 10 > 0, e.id % 7 > 0 FROM period p, employee e WHERE $1::int > 0`,
	`INSERT INTO need_cell SELECT n.period_id, n.unit_id, c.code, count(*), -30 * count(*), 50 * count(*), count(*) / 2
	 FROM need_person n, competency c WHERE n.filled AND n.rated AND $1::int > 0 GROUP BY 1, 2, 3`,
}

// BenchmarkHeatMap measures what is read and worked out for a map: all units and all
// competencies of a period. The exponent tells how the time grows with the people.
func BenchmarkHeatMap(b *testing.B) {
	took := map[int]float64{}
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			db := filledForBench(b, frozenAgency, people, Options{KeepPlans: true})
			shown := 0
			for b.Loop() {
				if err := db.InTx(b.Context(), func(tx *Tx) error {
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
			reportExponent(b, took, people)
		})
	}
}
