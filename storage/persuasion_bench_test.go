package storage

import (
	"fmt"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/disclosure"
	"bangkom/internal/persuasion"
	"bangkom/internal/task"
)

// heldUpAgency has units of 25 that are held up at one stage after the other, a helper in each,
// surveys of citizens of all of them, and a period in which a third has done what was asked.
var heldUpAgency = []string{
	`INSERT INTO unit (code, name) SELECT 'U' || i, 'Unit ' || i FROM generate_series(1, $1::int / 25) i`,
	`INSERT INTO employee (nip, name, sex, unit_id) SELECT '19850720201' || to_char(i, 'FM0000000'), 'Pegawai ' || i, 1, u.id FROM generate_series(1, $1::int) i JOIN unit u ON u.code = 'U' || 1 + i % ($1::int / 25)`,
	`UPDATE employee e SET supervisor_id = b.id FROM (SELECT unit_id, min(id) AS id FROM employee GROUP BY 1) b WHERE b.unit_id = e.unit_id AND b.id <> e.id AND $1::int > 0`,
	`INSERT INTO chat (id, employee_id, linked_at) SELECT 1000000 + id, id, now() FROM employee WHERE $1::int > 0`,
	`INSERT INTO unit_helper (unit_id, employee_id, named_at, named_by) SELECT unit_id, max(id), now(), max(id) FROM employee WHERE $1::int > 0 GROUP BY 1`,
	`INSERT INTO questionnaire (code, version, kind, body, hash) SELECT 'q', 1, 'self_assessment', '{"title": "Penilaian", "minutes": 3, "items": [{"code": "A"}, {"code": "B"}]}', 'q' WHERE $1::int > 0`,
	`WITH o AS (INSERT INTO occasion (kind) SELECT 'survey' WHERE $1::int > 0 RETURNING id), s AS (
	 INSERT INTO staff_survey (id, name, questionnaire_code, questionnaire_version, manner, owner_id, purpose, opens_at, closes_at, closed_at, report_by)
	 SELECT o.id, 'Kesiapan', 'q', 1, 'anonymous', (SELECT min(id) FROM employee), 'uji', now() - interval '9 days', now() - interval '2 days', now() - interval '2 days', now()::date FROM o RETURNING id)
	 INSERT INTO unit_readiness (survey_id, unit_id, class, barrier, at) SELECT s.id, u.id, 'help', (ARRAY['A', 'D', 'K', 'Ab', 'R'])[1 + u.id % 5], now() FROM s, unit u`,
	`INSERT INTO survey (unit_id, period, ends_on, service, respondents, first_at, changed_at)
	 SELECT u.id, p.key, p.day::date, 'Layanan', 50, now(), now() FROM unit u, (VALUES ('2026-S1', '2026-06-30'), ('2026-S2', '2026-12-31')) p (key, day) WHERE $1::int > 0`,
	`INSERT INTO survey_element SELECT s.id, e, 50 * 30000, 50 FROM survey s, unnest('{requirements,procedure,duration,cost,product,competence,conduct,facilities,complaints}'::text[]) e WHERE $1::int > 0`,
	`WITH o AS (INSERT INTO occasion (kind) SELECT 'period' WHERE $1::int > 0 RETURNING id)
	 INSERT INTO period (id, name, opens_at, due_at, rating_due_at) SELECT id, 'Tahun 2027', now() - interval '3 days', now() + interval '20 days', now() + interval '27 days' FROM o`,
	`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
	 SELECT e.id, 'self_assessment', e.id, p.id, 'q', 1, p.opens_at, p.due_at, CASE WHEN e.id % 3 = 0 THEN 'done' ELSE 'open' END, CASE WHEN e.id % 3 = 0 THEN p.opens_at END
	 FROM employee e, period p WHERE $1::int > 0 ORDER BY e.id`,
}

// BenchmarkPersuasion measures what campaigns and reminders read and write about an agency:
// what can be chosen, the start with its draw, the people of a campaign, what fits each owner of
// an open task (the ladder), and the count. The time of 50,000 by that of 10,000 tells how it
// grows: the exponent is its logarithm divided by that of 5.
func BenchmarkPersuasion(b *testing.B) {
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) { persuadeAll(b, people) })
	}
}

func persuadeAll(b *testing.B, people int) {
	app, owner := devdbtest.Database(b, prepare)
	prepared, err := Open(Options{URL: owner, StatementTimeout: 5 * time.Minute, IOTimeout: 5 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer prepared.Close()
	for _, q := range heldUpAgency {
		if _, err := prepared.db.ExecContext(b.Context(), q, people); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := prepared.db.ExecContext(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	db, err := Open(Options{URL: app, KeepPlans: true, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SealWith(disclosure.NewSealer([]byte("sealer of the benchmarks")))
	now := time.Now()
	busy, took := map[string]time.Duration{}, map[string]time.Duration{}
	var id int64
	var list []persuasion.Choosable
	var invited []persuasion.Invited
	facts := map[int64]persuasion.Facts{}
	part := func(name string, fn func(tx *Tx) error) {
		if err := db.InLongTx(b.Context(), func(tx *Tx) error {
			before, begin := serverTime(b.Context(), b, tx), time.Now()
			defer func() {
				busy[name] += serverTime(b.Context(), b, tx) - before
				took[name] += time.Since(begin)
			}()
			return fn(tx)
		}); err != nil {
			b.Fatal(name, err)
		}
	}
	for b.Loop() {
		part("choice", func(tx *Tx) (err error) { list, err = tx.Choosable(b.Context(), now); return err })
		part("start", func(tx *Tx) (err error) {
			c := persuasion.Campaign{Occasion: list[0].Occasion, Kind: task.SelfAssessment, Author: 1, Words: persuasion.Automatic(), Starts: now, Ends: now.AddDate(0, 0, 7), CountsAt: now.AddDate(0, 0, 14)}
			if err := tx.tx.GetContext(b.Context(), &c.Author, `SELECT min(id) FROM employee`); err != nil {
				return err
			}
			id, err = tx.StartCampaign(b.Context(), c)
			return err
		})
		part("people", func(tx *Tx) (err error) {
			invited, err = tx.CampaignPeople(b.Context(), "campaign:", now, people)
			return err
		})
		part("ladder", func(tx *Tx) (err error) {
			tasks := make([]int64, len(invited))
			for i, p := range invited {
				tasks[i] = p.Task
			}
			facts, err = tx.PersuasionFacts(b.Context(), tasks, now)
			return err
		})
		b.StopTimer()
		if _, err := prepared.db.ExecContext(b.Context(), `INSERT INTO notice (key, employee_id, class, kind, task_id, tasks, action, reason, decided_at, at)
			SELECT 'campaign:' || p.campaign_id || ':' || p.employee_id, p.employee_id, 'prompt', 'campaign', p.task_id, ARRAY[p.task_id], 'send', 'allowed', $2, $2 FROM campaign_person p WHERE p.campaign_id = $1`, id, now); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		part("count", func(tx *Tx) error { return tx.CountCampaigns(b.Context(), "campaign:", now.AddDate(0, 0, 15)) })
	}
	if len(list) != 1 || len(invited) != len(facts) || len(facts) < people*6/10 {
		b.Errorf("%d can be chosen, %d are invited, of %d is known what fits", len(list), len(invited), len(facts))
	}
	for name, d := range took {
		b.ReportMetric(float64(d.Milliseconds())/float64(b.N), name+"-ms/op")
		b.ReportMetric(float64(busy[name].Milliseconds())/float64(b.N), name+"-db-cpu-ms/op")
	}
}
