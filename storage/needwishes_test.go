package storage

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"bangkom/internal/needs"
)

// wish lets everybody of an open period who has sent the self-assessment choose a topic, or
// Lainnya, or nothing; some choose twice, and some what their position is not offered.
func (f *fixture) wish() {
	f.t.Helper()
	f.exec(`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
		SELECT t.employee_id, 'interest', t.subject_id, t.occasion_id, q.code, q.version, t.opens_at, t.due_at, 'done', t.done_at
		FROM task t, LATERAL (SELECT code, version FROM questionnaire WHERE kind = 'interest' ORDER BY version DESC LIMIT 1) q
		WHERE t.kind = 'self_assessment' AND t.state = 'done' AND t.occasion_id = (SELECT id FROM period WHERE closed_at IS NULL)`)
	f.exec(fmt.Sprintf(`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT t.id, r, t.questionnaire_code, t.questionnaire_version, true, t.done_at FROM task t, generate_series(1, 2) r
		WHERE t.kind = 'interest' AND NOT EXISTS (SELECT FROM response x WHERE x.task_id = t.id) AND (r = 1 OR (%s) < 20)`, dice("t.id", "w", 100)))
	f.exec(fmt.Sprintf(`INSERT INTO answer (response_id, item_code, value)
		SELECT r.id, 'MINAT', (ARRAY['aplikasi_perkantoran', 'pelayanan_publik', 'kearsipan_digital', 'lainnya', 'memimpin_tim', '-'])[1 + (%s)]
		FROM response r JOIN task t ON t.id = r.task_id WHERE t.kind = 'interest' AND NOT EXISTS (SELECT FROM answer a WHERE a.response_id = r.id)`, dice("r.id", "m", 6)))
}

// recountWishes is, in plain SQL, how many of a family have answered, and of those how many
// with which topic. Families follow from the class alone: nobody here has a title.
const recountWishes = `
	WITH family AS (SELECT e.id, CASE WHEN class_code IN ('PENGAWAS', 'ADMINISTRATOR') THEN 'pimpinan' WHEN class_code LIKE 'JF%' THEN 'fungsional' ELSE 'pelaksana' END AS family FROM employee e),
	offered (family, topic) AS (VALUES ('pimpinan', 'memimpin_tim'), ('pimpinan', 'rencana_anggaran'), ('pimpinan', 'pelayanan_publik'), ('pelaksana', 'aplikasi_perkantoran'),
		('pelaksana', 'kearsipan_digital'), ('pelaksana', 'pelayanan_publik'), ('fungsional', 'aplikasi_perkantoran'), ('fungsional', 'pengolahan_data'), ('fungsional', 'pelayanan_publik')),
	said AS (SELECT f.family, a.value FROM task t JOIN family f ON f.id = t.employee_id
		JOIN response r ON r.task_id = t.id AND r.revision = (SELECT max(revision) FROM response WHERE task_id = t.id) JOIN answer a ON a.response_id = r.id
		WHERE t.kind = 'interest' AND t.occasion_id = $1 AND (a.value = 'lainnya' OR EXISTS (SELECT FROM offered o WHERE o.family = f.family AND o.topic = a.value)))
	SELECT o.family, o.topic, count(*) AS n, count(*) FILTER (WHERE s.value = o.topic) AS chosen FROM offered o JOIN said s ON s.family = o.family GROUP BY 1, 2 ORDER BY 2, 1`

// recountUnitWishes tells, from plain SQL over the answers, how many rows of units and topics differ
// from what is frozen.
const recountUnitWishes = `
	WITH family AS (SELECT e.id, CASE WHEN class_code IN ('PENGAWAS', 'ADMINISTRATOR') THEN 'pimpinan' WHEN class_code LIKE 'JF%' THEN 'fungsional' ELSE 'pelaksana' END AS family, unit_id FROM employee e),
	offered (family, topic) AS (VALUES ('pimpinan', 'memimpin_tim'), ('pimpinan', 'rencana_anggaran'), ('pimpinan', 'pelayanan_publik'), ('pelaksana', 'aplikasi_perkantoran'),
		('pelaksana', 'kearsipan_digital'), ('pelaksana', 'pelayanan_publik'), ('fungsional', 'aplikasi_perkantoran'), ('fungsional', 'pengolahan_data'), ('fungsional', 'pelayanan_publik')),
	said AS (SELECT f.family, f.unit_id, a.value FROM task t JOIN family f ON f.id = t.employee_id
		JOIN response r ON r.task_id = t.id AND r.revision = (SELECT max(revision) FROM response WHERE task_id = t.id) JOIN answer a ON a.response_id = r.id
		WHERE t.kind = 'interest' AND t.occasion_id = $1 AND (a.value = 'lainnya' OR EXISTS (SELECT FROM offered o WHERE o.family = f.family AND o.topic = a.value))),
	counted AS (SELECT s.unit_id, o.topic, count(*)::int AS n, (count(*) FILTER (WHERE s.value = o.topic))::int AS chosen FROM said s JOIN offered o ON o.family = s.family GROUP BY 1, 2),
	frozen AS (SELECT unit_id, topic, n, chosen FROM need_unit_wish WHERE period_id = $1)
	SELECT (SELECT count(*) FROM (SELECT * FROM counted EXCEPT SELECT * FROM frozen) a) + (SELECT count(*) FROM (SELECT * FROM frozen EXCEPT SELECT * FROM counted) b)`

// TestWishesAreRecounted counts anew what people would like to learn, and finds the same after
// answers were erased and positions changed.
func TestWishesAreRecounted(t *testing.T) {
	f := newFixture(t)
	f.fillNeeds(300, "Januari")
	f.wish()
	period := f.closePeriod()
	var want []needs.Wish
	rows, err := f.owner.Query(recountWishes, period)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var w needs.Wish
		if err := rows.Scan(&w.Family, &w.Topic, &w.N, &w.Chosen); err != nil {
			t.Fatal(err)
		}
		want = append(want, w)
	}
	read := func() (list []needs.Wish) {
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			list, err = tx.NeedWishes(ctx, period)
			return err
		})
		return list
	}
	got := read()
	told := needs.Wishes(got)
	for i := range got {
		if got[i].Label == "" {
			t.Errorf("%s has no name", got[i].Topic)
		}
		got[i].Label = ""
	}
	if !reflect.DeepEqual(got, want) || len(want) != 9 {
		t.Errorf("frozen are %+v, SQL counts %+v", got, want)
	}
	if len(told) < 2 {
		t.Errorf("told are %+v: nothing is proved", told)
	}
	if n := f.count(recountUnitWishes, period); n > 0 || f.count(`SELECT count(*) FROM need_unit_wish WHERE chosen > 0`) < 20 {
		t.Errorf("%d rows of units are not what SQL counts", n)
	}
	f.exec(`DELETE FROM answer WHERE item_code = 'MINAT'`)
	f.exec(`UPDATE employee SET class_code = 'PENGAWAS'`)
	if after := needs.Wishes(read()); !reflect.DeepEqual(after, told) {
		t.Errorf("what was frozen has changed: %+v", after)
	}
}
