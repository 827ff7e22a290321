package sample

import (
	"strconv"
	"strings"

	"bangkom/internal/task"
)

// PEOPLE stands in these statements for how many people there are.
const (
	unitsOf    = `INSERT INTO unit (code, name, parent_id) SELECT 'U' || i, 'Unit ' || i, NULL FROM generate_series(1, PEOPLE / 25) i`
	unitsAbove = `UPDATE unit u SET parent_id = a.id FROM unit a WHERE u.code LIKE 'U%' AND a.code = 'U' || 1 + (substr(u.code, 2)::int - 1) / 10 * 10 AND a.id <> u.id`
)

func of(people int, statements []string) []string {
	for i, s := range statements {
		statements[i] = strings.ReplaceAll(s, "PEOPLE", strconv.Itoa(people))
	}
	return statements
}

// Frozen fills an agency of units of about 25, of which each tenth has the nine behind it
// below it, with two closed periods and what is frozen of them in all 17 competencies, at four
// levels that positions require.
func Frozen(people int) []string {
	return of(people, []string{
		unitsOf, unitsAbove,
		`INSERT INTO employee (nip, name, sex, unit_id) SELECT '19850720201' || to_char(i, 'FM0000000'), 'Pegawai ' || i, 1, (SELECT id FROM unit WHERE code = 'U' || 1 + i % (PEOPLE / 25)) FROM generate_series(1, PEOPLE) i`,
		`INSERT INTO occasion (kind) SELECT 'period' FROM generate_series(1, 2)`,
		`INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'P' || id, now(), now() + interval '1 day', now() + interval '2 days', now() + id * interval '3 days' FROM occasion`,
		`INSERT INTO need_unit SELECT p.id, u.id, u.parent_id, u.name FROM period p, unit u`,
		`INSERT INTO need_person SELECT p.id, e.id, e.unit_id, 'PELAKSANA', 'PNS', NULL, e.id % 10 > 0, e.id % 7 > 0 FROM period p, employee e`,
		`INSERT INTO need_cell SELECT n.period_id, n.unit_id, c.code, count(*), -30 * count(*), 50 * count(*), count(*) / 2
	 FROM need_person n, competency c WHERE n.filled AND n.rated GROUP BY 1, 2, 3`,
		`INSERT INTO need_level SELECT n.period_id, n.unit_id, c.code, 1 + n.employee_id % 4, count(*), count(*) / 2
	 FROM need_person n, competency c WHERE n.filled AND n.rated GROUP BY 1, 2, 3, 4`,
	})
}

// Answered fills an agency of units of about 25, of which each tenth has the nine behind
// it below it. The first of a unit leads the others. Of two periods the first is closed and
// the second open; everybody has answered 17 competencies in both and was rated in them, a
// tenth in neither of the two.
func Answered(people int) []string {
	return of(people, []string{
		unitsOf, unitsAbove,
		`INSERT INTO employee (nip, name, sex, unit_id, class_code, position_title) SELECT '19850720201' || to_char(i, 'FM0000000'), 'Pegawai ' || i, 1, (SELECT id FROM unit WHERE code = 'U' || 1 + (i - 1) / 25),
	 (ARRAY['PELAKSANA', 'PENGAWAS', 'JF_MUDA', 'ADMINISTRATOR'])[1 + i % 4], 'Jabatan ' || i % 300 FROM generate_series(1, PEOPLE) i`,
		`UPDATE employee e SET supervisor_id = b.id FROM (SELECT unit_id, min(id) AS id FROM employee GROUP BY unit_id) b WHERE b.unit_id = e.unit_id AND b.id <> e.id`,
		`INSERT INTO required_level (scope, name, key, competency_code, level, source, changed_at) SELECT 'title', 'Jabatan ' || i, 'jabatan ' || i, c.code, 1 + i % 4, 'uji', now()
	 FROM generate_series(0, 299) i, competency c WHERE c.kind = 'technical'`,
		`INSERT INTO occasion (kind) SELECT 'period' FROM generate_series(1, 2)`,
		`INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'P' || id, now(), now() + interval '1 day', now() + interval '2 days',
	 CASE WHEN id = (SELECT min(id) FROM occasion) THEN now() + interval '3 days' END FROM occasion`,
		`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
	 SELECT e.id, q.kind, e.id, p.id, q.code, q.version, p.opens_at, p.due_at, 'done', now() FROM period p, employee e,
	 (SELECT code, version, kind FROM questionnaire WHERE kind = '` + string(task.SelfAssessment) + `' ORDER BY version DESC LIMIT 1) q`,
		`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
	 SELECT e.supervisor_id, '` + string(task.Rating) + `', e.id, t.occasion_id, t.questionnaire_code, t.questionnaire_version, t.opens_at, t.due_at, 'done', now()
	 FROM task t JOIN employee e ON e.id = t.employee_id WHERE e.supervisor_id IS NOT NULL`,
		`UPDATE task SET state = 'open', done_at = NULL WHERE subject_id % 10 = 0 AND occasion_id = (SELECT max(id) FROM period)`,
		`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
	 SELECT id, 1, questionnaire_code, questionnaire_version, false, done_at FROM task WHERE state = 'done'`,
		`INSERT INTO answer (response_id, item_code, value) SELECT r.id, c.code, ((r.id + c.n) % 5)::text
	 FROM response r, (SELECT code, row_number() OVER (ORDER BY code) AS n FROM competency) c`,
	})
}
