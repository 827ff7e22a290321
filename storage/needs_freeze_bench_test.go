package storage

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
)

// answeredAgency is an agency of units of about 25, of which each tenth has the nine behind
// it below it. The first of a unit leads the others. Of two periods the first is closed and
// the second open; everybody has answered 17 competencies in both and was rated in them, a
// tenth in neither of the two.
var answeredAgency = []string{
	frozenAgency[0], frozenAgency[1],
	`INSERT INTO employee (nip, name, sex, unit_id, class_code, position_title) SELECT '19850720201' || to_char(i, 'FM0000000'), 'Pegawai ' || i, 1, (SELECT id FROM unit WHERE code = 'U' || 1 + i % ($1::int / 25)),
	 (ARRAY['PELAKSANA', 'PENGAWAS', 'JF_MUDA', 'ADMINISTRATOR'])[1 + i % 4], 'Jabatan ' || i % 300 FROM generate_series(1, $1::int) i`,
	`UPDATE employee e SET supervisor_id = b.id FROM (SELECT unit_id, min(id) AS id FROM employee GROUP BY unit_id) b WHERE b.unit_id = e.unit_id AND b.id <> e.id AND $1::int > 0`,
	`INSERT INTO required_level (scope, name, key, competency_code, level, source, changed_at) SELECT 'title', 'Jabatan ' || i, 'jabatan ' || i, c.code, 1 + i % 4, 'uji', now()
	 FROM generate_series(0, 299) i, competency c WHERE c.kind = 'technical' AND $1::int > 0`,
	`INSERT INTO occasion (kind) SELECT 'period' FROM generate_series(1, least(2, $1::int))`,
	`INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'P' || id, now(), now() + interval '1 day', now() + interval '2 days',
	 CASE WHEN id = (SELECT min(id) FROM occasion) THEN now() + interval '3 days' END FROM occasion WHERE $1::int > 0`,
	`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
	 SELECT e.id, q.kind, e.id, p.id, q.code, q.version, p.opens_at, p.due_at, 'done', now() FROM period p, employee e,
	 (SELECT code, version, kind FROM questionnaire WHERE kind = 'self_assessment' ORDER BY version DESC LIMIT 1) q WHERE $1::int > 0`,
	`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
	 SELECT e.supervisor_id, 'rating', e.id, t.occasion_id, t.questionnaire_code, t.questionnaire_version, t.opens_at, t.due_at, 'done', now()
	 FROM task t JOIN employee e ON e.id = t.employee_id WHERE e.supervisor_id IS NOT NULL AND $1::int > 0`,
	`UPDATE task SET state = 'open', done_at = NULL WHERE subject_id % 10 = 0 AND occasion_id = (SELECT max(id) FROM period) AND $1::int > 0`,
	`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
	 SELECT id, 1, questionnaire_code, questionnaire_version, false, done_at FROM task WHERE state = 'done' AND $1::int > 0`,
	`INSERT INTO answer (response_id, item_code, value) SELECT r.id, c.code, ((r.id + c.n) % 5)::text
	 FROM response r, (SELECT code, row_number() OVER (ORDER BY code) AS n FROM competency) c WHERE $1::int > 0`,
}

// errBack gives back what a benchmark has done.
var errBack = errors.New("once more")

// BenchmarkClosePeriod measures the close of the second of two periods, with all that is
// frozen of it. Each is given back, so that the next one does the same.
func BenchmarkClosePeriod(b *testing.B) {
	took := map[int]float64{}
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			db := filledForBench(b, answeredAgency, people, Options{})
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

// filledForBench is a database with an agency in it, of which the statements are given the
// number of people, opened as the program does.
func filledForBench(b *testing.B, fill []string, people int, o Options) *DB {
	b.Helper()
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: 10 * time.Minute, IOTimeout: 10 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	for _, q := range fill {
		if _, err := prepared.db.ExecContext(b.Context(), q, people); err != nil {
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
