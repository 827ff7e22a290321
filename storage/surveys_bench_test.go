package storage

import (
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/effect"
	"bangkom/internal/satisfaction"
)

// surveyedAgency has units of about 25, of which each tenth has the nine behind it below it, and surveys of all units in two periods, five kinds of service, and a
// training that everybody of every other unit has attended between them.
var surveyedAgency = []string{
	`INSERT INTO unit (code, name, parent_id) SELECT 'U' || i, 'Unit ' || i, NULL FROM generate_series(1, $1::int / 25) i`,
	`UPDATE unit u SET parent_id = a.id FROM unit a WHERE a.code = 'U' || 1 + (substr(u.code, 2)::int - 1) / 10 * 10 AND a.id <> u.id AND $1::int > 0`,
	`INSERT INTO employee (nip, name, sex, unit_id) SELECT '19850720201' || to_char(i, 'FM0000000'), 'Pegawai ' || i, 1, (SELECT id FROM unit WHERE code = 'U' || 1 + i % ($1::int / 25)) FROM generate_series(1, $1::int) i`,
	`INSERT INTO survey (unit_id, period, ends_on, service, respondents, first_at, changed_at)
	 SELECT u.id, p.key, p.day::date, 'Layanan ' || u.id % 5, 50, now(), now() FROM unit u, (VALUES ('2026-S1', '2026-06-30'), ('2026-S2', '2026-12-31')) p (key, day) WHERE $1::int > 0`,
	`INSERT INTO survey_element SELECT s.id, e, 50 * (30000 + s.id * 7919 % 2000), 50
	 FROM survey s, unnest('{requirements,procedure,duration,cost,product,competence,conduct,facilities,complaints}'::text[]) e WHERE $1::int > 0`,
	`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P', 'P', '-', '-', '-', 8, 'order' WHERE $1::int > 0`,
	`WITH o AS (INSERT INTO occasion (kind) SELECT 'batch' WHERE $1::int > 0 RETURNING id)
	 INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
	 SELECT o.id, g.id, 1, 'x', 10000, 'free', 'none', 'done', '2026-09-01 08:00+07', '2026-09-01 15:00+07', now() FROM o, programme g`,
	`INSERT INTO training_session (batch_id, n, starts_at, ends_at) SELECT id, 1, starts_at, ends_at FROM batch WHERE $1::int > 0`,
	`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at)
	 SELECT b.id, e.id, 'nominated', 'seated', b.starts_at, b.starts_at FROM batch b, employee e WHERE e.unit_id / 2 % 2 = 0 AND $1::int > 0`,
	`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT s.id, n.employee_id, true, 'committee', s.starts_at FROM training_session s, enrolment n WHERE $1::int > 0`,
}

// BenchmarkEffect measures a comparison in an agency of 10,000 people in 400 units: what is
// read of it, and the test with its draws.
func BenchmarkEffect(b *testing.B) {
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	for _, q := range surveyedAgency {
		if _, err := prepared.db.ExecContext(b.Context(), q, 10_000); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := prepared.db.ExecContext(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	db, err := Open(Options{URL: app, KeepPlans: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	n := effect.Named{ID: 1, Programme: 1, Share: 50, InTime: true}
	n.Before, _ = satisfaction.PeriodOf("2026-S1")
	n.After, _ = satisfaction.PeriodOf("2026-S2")
	var p effect.Picture
	for b.Loop() {
		if err := db.InTx(b.Context(), func(tx *Tx) error {
			before, err := tx.SurveysIn(b.Context(), n.Before.Key)
			if err != nil {
				return err
			}
			after, err := tx.SurveysIn(b.Context(), n.After.Key)
			if err != nil {
				return err
			}
			shares, err := tx.TrainedShares(b.Context(), n, jakarta)
			p = effect.Compare(n.Units(before, after, shares), n.InTime, uint64(n.ID))
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	if p.Trained.Units < 100 || p.Untrained.Units < 100 {
		b.Errorf("%d and %d units are compared: %+v", p.Trained.Units, p.Untrained.Units, p)
	}
	b.ReportMetric(float64(p.Trained.Units+p.Untrained.Units), "units")
}
