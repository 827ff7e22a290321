package storage

import (
	"fmt"
	"testing"
	"time"

	"bangkom/internal/reminder"
	"bangkom/storage/sample"
)

// planned is the agency of sample.Frozen with three lines in everybody's plan.
func planned(people int) []string {
	return append(sample.Frozen(people),
		`INSERT INTO plan (employee_id, year, submitted_at) SELECT id, 2027, now() FROM employee`,
		`INSERT INTO plan_line (employee_id, year, item, source, competency_code, title, form, state, chosen_at, submitted_at, agreed_at, unit_id)
		 SELECT e.id, 2027, 'c:' || c.code, 'gap', c.code, c.name, (ARRAY['self', 'coaching', 'training'])[1 + (e.id + c.n) % 3], 'agreed', '2027-01-15', '2027-01-15', now(), e.unit_id
		 FROM employee e JOIN (SELECT code, name, row_number() OVER (ORDER BY code) AS n FROM competency WHERE kind <> 'technical') c ON (c.n + e.id) % 9 < 3`)
}

// BenchmarkPlanSums measures what is added up of the plans of a year.
func BenchmarkPlanSums(b *testing.B) {
	took := map[int]float64{}
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			db := filledForBench(b, planned, people, Options{KeepPlans: true})
			cells := 0
			for b.Loop() {
				if err := db.InTx(b.Context(), func(tx *Tx) error {
					sums, err := tx.PlanSums(b.Context(), 2027, start.AddDate(0, 2, 0))
					cells = len(sums.Cells)
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cells), "cells")
			reportExponent(b, took, people)
		})
	}
}

// wanting is the agency of sample.Answered, in which everybody was rated: 60 trainings develop what
// people lack, with 200 batches that have seats and in which some take part, and units propose.
func wanting(people int) []string {
	return append(sample.Answered(people),
		`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P' || i, 'Program ' || i, '', '', '', 8, 'order' FROM generate_series(1, 60) i`,
		`INSERT INTO programme_competency SELECT g.id, c.code, 1 + g.id % 4 FROM programme g JOIN (SELECT code, row_number() OVER (ORDER BY code) AS n FROM competency) c ON (g.id + c.n) % 9 = 0`,
		`INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, 200)`,
		fmt.Sprintf(`INSERT INTO batch (id, programme_id, number, name, seats, opens_at, closes_at, funding, journey, state, starts_at, ends_at, changed_at)
		 SELECT o.id, g.id, o.n, 'Angkatan ' || o.n, 30, '%[1]s'::timestamptz - interval '1 day', '%[1]s'::timestamptz + interval '30 days', 'free', 'none', 'open',
		        '%[1]s'::timestamptz + o.n * interval '1 day' + interval '40 days', '%[1]s'::timestamptz + o.n * interval '1 day' + interval '41 days', now()
		 FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM occasion WHERE kind = 'batch') o JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM programme) g ON g.n = 1 + o.n %% 60`, start.Format(time.RFC3339)),
		`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) SELECT b.id, e.id, 'nominated', 'seated', now(), now() FROM batch b JOIN employee e ON (e.id + b.id) % 500 = 0`,
		`INSERT INTO unit_proposal (unit_id, year, title, people, reason, ruled, by_id, at) SELECT id, 2027, 'Usulan ' || name, 5, 'uji', false, (SELECT min(id) FROM employee), now() FROM unit`)
}

// BenchmarkPlanWants measures the proposals for one person, in an agency of 10,000: by the clock,
// and for how long Postgres computes (wanted: under 20 ms), which the load of the machine hardly changes.
func BenchmarkPlanWants(b *testing.B) {
	db := filledForBench(b, wanting, 10_000, Options{KeepPlans: true})
	ids := numbers(b, db, `SELECT id FROM employee ORDER BY id`)
	i, wants, courses := 0, 0, 0
	var spent time.Duration
	for b.Loop() {
		if err := db.InTx(b.Context(), func(tx *Tx) error {
			defer computing(b, tx, &spent)()
			list, err := tx.PlanWants(b.Context(), ids[i%len(ids)], 2027, start)
			for _, w := range list {
				wants, courses = wants+1, courses+len(w.Courses)
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
		i += 37
	}
	if wants < 2*b.N || courses < b.N {
		b.Fatalf("%d wants and %d trainings in %d proposals: nothing is measured", wants, courses, b.N)
	}
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "db-ms/op")
	b.ReportMetric(float64(wants)/float64(b.N), "wants")
	b.ReportMetric(float64(courses)/float64(b.N), "trainings")
}

// numbers runs a query that returns one column of numbers.
func numbers(b *testing.B, db *DB, query string) (out []int64) {
	b.Helper()
	if err := db.InTx(b.Context(), func(tx *Tx) error { return tx.tx.SelectContext(b.Context(), &out, query) }); err != nil {
		b.Fatal(err)
	}
	return out
}

// hourly is planned with 1,000 superiors of ten: half of the plans wait for them, the others are agreed to.
func hourly(people int) []string {
	return append(planned(people),
		`UPDATE employee e SET supervisor_id = b.id FROM (SELECT min(id) AS first FROM employee) f, employee b WHERE b.id = f.first + (e.id - f.first) / 10 * 10 AND b.id <> e.id`,
		`UPDATE plan_line SET state = 'submitted', agreed_at = NULL WHERE employee_id % 2 = 0`,
		`UPDATE plan SET agreed_at = now(), agreed_by = (SELECT min(id) FROM employee) WHERE employee_id % 2 = 1`,
		`UPDATE plan_line SET agreed_at = '2027-01-20' WHERE agreed_at IS NOT NULL`)
}

// BenchmarkPlansHourly measures what the job of plans looks at each hour among 10,000 people and
// 1,000 superiors: when nobody was told yet, and when everybody was.
func BenchmarkPlansHourly(b *testing.B) {
	db := filledForBench(b, hourly, 10_000, Options{KeepPlans: true})
	month := reminder.MonthFilter{Year: 2027, Turn: 2, Since: start.AddDate(0, 1, 0), KeyPrefix: "plan-month:", KeyMonth: ":2027-02:", NotePrefix: "note:", NoteSuffix: ":2027-02-01", Limit: 1000}
	look := func(name string, do func(tx *Tx) (int, error)) {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				if err := db.InTx(b.Context(), func(tx *Tx) (err error) {
					n, err = do(tx)
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n), "people")
		})
	}
	looks := func(when string) {
		look("superiors, "+when, func(tx *Tx) (int, error) {
			list, err := tx.WaitingForBosses(b.Context(), start, "plans:", ":2027-01-04")
			return len(list), err
		})
		look("a line of the month, "+when, func(tx *Tx) (int, error) {
			list, err := tx.MonthLines(b.Context(), month)
			return len(list), err
		})
	}
	looks("nobody told")
	if err := db.InTx(b.Context(), func(tx *Tx) error {
		_, err := tx.tx.ExecContext(b.Context(), `INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at)
			SELECT k.prefix || e.id || k.suffix, e.id, 'prompt', 'plans', 'send', 'allowed', now(), now() FROM employee e,
			(VALUES ('plans:', ':2027-01-04'), ('plan-month:', ':2027-02:17'), ('x:', ':1'), ('x:', ':2'), ('x:', ':3'), ('x:', ':4'), ('x:', ':5'), ('x:', ':6')) k (prefix, suffix)`)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	looks("everybody told")
}
