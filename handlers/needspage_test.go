package handlers_test

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/personnel"
	"bangkom/internal/report/pdftext"
	"bangkom/storage"
)

// largeUnit registers a unit of so many people, ten to a superior.
func (w *world) largeUnit(name, nip string, people int) {
	w.t.Helper()
	w.exec(`INSERT INTO unit (code, name) VALUES ($1, $1)`, name)
	w.exec(`INSERT INTO employee (nip, name, sex, unit_id, class_code)
		SELECT $2 || to_char(i, 'FM000'), 'Zainal ' || $1 || '-' || i, 1, (SELECT id FROM unit WHERE code = $1), CASE i % 3 WHEN 0 THEN 'PENGAWAS' ELSE 'PELAKSANA' END
		FROM generate_series(1, $3::int) i`, name, nip, people)
	w.exec(`UPDATE employee e SET supervisor_id = b.id FROM employee b WHERE e.name LIKE 'Zainal ' || $1 || '-%'
		AND b.name = 'Zainal ' || $1 || '-' || (1 + (split_part(e.name, '-', 2)::int - 1) / 10 * 10) AND b.id <> e.id`, name)
}

// programmes plans trainings: of the first two a batch in this year and one without a day, of
// the third one that was cancelled.
func (w *world) programmes() {
	w.t.Helper()
	w.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'Q' || i, 'Program ' || i, '-', 'menulis', 'bimtek', 8, 'order' FROM generate_series(1, 3) i`)
	w.exec(`INSERT INTO programme_competency (programme_id, competency_code, level) SELECT g.id, v.code, 2 FROM programme g
		JOIN (VALUES ('Q1', 'M.03'), ('Q1', 'M.07'), ('Q2', 'M.07'), ('Q3', 'M.01')) v (p, code) ON v.p = g.code`)
	for i, b := range []struct {
		state string
		seats int
	}{{"open", 40}, {"planned", 25}, {"cancelled", 30}} {
		w.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('training') RETURNING id)
			INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
			SELECT o.id, g.id, 1, g.title, $2, 'free', 'none', $3, CASE WHEN $3 <> 'planned' THEN $4::timestamptz + interval '60 days' END,
			       CASE WHEN $3 <> 'planned' THEN $4::timestamptz + interval '60 days 6 hours' END, $4::timestamptz
			FROM o, programme g WHERE g.code = 'Q' || $1::int`, i+1, b.seats, b.state, w.clock.Now())
	}
}

// wishNeeds says of the people of an agency what they would like to learn.
func (w *world) wishNeeds() {
	w.t.Helper()
	w.exec(`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
		SELECT t.employee_id, 'interest', t.subject_id, t.occasion_id, q.code, q.version, t.opens_at, t.due_at, 'done', t.done_at
		FROM task t, LATERAL (SELECT code, version FROM questionnaire WHERE kind = 'interest' ORDER BY version DESC LIMIT 1) q
		WHERE t.kind = 'self_assessment' AND t.state = 'done'`)
	w.exec(`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT t.id, 1, t.questionnaire_code, t.questionnaire_version, true, t.done_at FROM task t WHERE t.kind = 'interest'`)
	w.exec(`INSERT INTO answer (response_id, item_code, value)
		SELECT r.id, 'MINAT', CASE WHEN t.id % 3 = 0 THEN 'lainnya' WHEN e.class_code = 'PENGAWAS' THEN 'memimpin_tim' ELSE 'aplikasi_perkantoran' END
		FROM response r JOIN task t ON t.id = r.task_id JOIN employee e ON e.id = t.employee_id WHERE t.kind = 'interest'`)
}

// recountPage finds for a unit, or everybody, what the page says of a competency, in plain
// SQL over the answers: how many are counted, the mean of what is lacking to tenths, and how
// many lack something.
const recountPage = `
	WITH level AS (
		SELECT e.id, s.item_code AS code, GREATEST(0, 100 * d.level - 75 * g.value::int - 25 * s.value::int) AS lack
		FROM employee e JOIN task k ON k.employee_id = e.id AND k.subject_id = e.id AND k.kind = 'self_assessment'
		JOIN response ks ON ks.task_id = k.id JOIN answer s ON s.response_id = ks.id
		JOIN task m ON m.subject_id = e.id AND m.employee_id = e.supervisor_id AND m.kind = 'rating'
		JOIN response ms ON ms.task_id = m.id JOIN answer g ON g.response_id = ms.id AND g.item_code = s.item_code
		JOIN standard d ON d.class_code = e.class_code AND d.competency_code = s.item_code
		JOIN unit u ON u.id = e.unit_id
		WHERE s.item_code = $1 AND (u.name = $2 OR $2 = '')
	)
	SELECT count(*), COALESCE(sum(lack), 0), count(*) FILTER (WHERE lack > 0) FROM level`

// TestOnePageIsRecounted compares every figure of the page for those who decide with plain
// SQL over the answers, the register and the batches.
func TestOnePageIsRecounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.agency(15, 19)
	w.largeUnit("Dinas Pertanian", "198607202010011", 200)
	w.largeUnit("Dinas Kesehatan", "198707202010011", 120)
	w.programmes()
	w.openPeriod("Januari", w.clock.Now().AddDate(0, 0, 14))
	w.answerWith(`CASE i.item->>'code' WHEN 'M.05' THEN 5 WHEN 'M.07' THEN 0 WHEN 'M.02' THEN LEAST(1, r.id % 4) WHEN 'M.08' THEN 1 + r.id % 4
		WHEN 'SK.01' THEN CASE WHEN e.name LIKE '%Dinas Kesehatan%' THEN 0 ELSE r.id % 4 END ELSE (right(i.item->>'code', 1)::int + e.unit_id + r.id) % 4 END`)
	w.wishNeeds()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	w.say(account("Sari"), "/laporan")
	w.press(account("Sari"), "Satu halaman")
	var file []byte
	for _, m := range w.fake.Messages(account("Sari")) {
		if m.Document != nil {
			file = m.Document.Body
		}
	}
	pages := pdftext.Text(file)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	page := strings.ReplaceAll(pages[0], "\n", " ")
	var want []string
	people, filled, rated := w.count(`SELECT count(DISTINCT subject_id) FROM task`), w.count(`SELECT count(*) FROM task k JOIN response r ON r.task_id = k.id WHERE k.kind = 'self_assessment'`),
		w.count(`SELECT count(DISTINCT m.subject_id) FROM task m JOIN response r ON r.task_id = m.id WHERE m.employee_id <> m.subject_id`)
	want = append(want, fmt.Sprintf("%d pegawai %d mengirim penilaian mandiri %d dinilai atasan langsung", people, filled, rated))
	want = append(want, fmt.Sprintf("%d tempat direncanakan %d, %d angkatan", 65, w.clock.Now().Year(), 2))
	codes, names := w.pageOrder(page)
	for i, code := range codes {
		n, lack, affected := w.recount(code, "")
		if n < 100 {
			t.Fatalf("only %d are counted in %s: nothing is proved", n, code)
		}
		of := w.count(`SELECT count(*) FROM programme_competency WHERE competency_code = $1`, code)
		const these = ` FROM batch b JOIN programme_competency c ON c.programme_id = b.programme_id WHERE c.competency_code = $1 AND b.state <> 'cancelled'`
		plan := fmt.Sprintf("%d tempat, %d angkatan", w.count(`SELECT COALESCE(sum(b.seats), 0)`+these, code), w.count(`SELECT count(*)`+these, code))
		if of == 0 {
			plan = "belum ada program"
		} else if strings.HasPrefix(plan, "0 ") {
			plan = "belum ada angkatan"
		}
		want = append(want, fmt.Sprintf("%d. %s %s %s %s", i+1, names[i], lack, fifths(affected, n), plan))
	}
	for _, unit := range []string{"Dinas Pertanian", "Dinas Kesehatan"} {
		row := unit
		for _, code := range codes {
			_, lack, _ := w.recount(code, unit)
			row += " " + lack
		}
		want = append(want, row)
	}
	for _, topic := range [][2]string{{"aplikasi_perkantoran", "Aplikasi perkantoran"}, {"memimpin_tim", "Memimpin tim"}} {
		n := w.count(`SELECT count(*) FROM answer WHERE value = $1`, topic[0])
		if n < 15 {
			t.Fatalf("only %d have chosen %s", n, topic[1])
		}
		want = append(want, fmt.Sprintf("%s (%d-%d orang)", topic[1], n/5*5, n/5*5+4))
	}
	for _, words := range want {
		if !strings.Contains(page, words) {
			t.Errorf("%q is not on the page:\n%s", words, page)
		}
	}
	if !strings.Contains(page, "1,5+") || !strings.Contains(page, "Kekuatan instansi Pelayanan Publik.") {
		t.Errorf("no end of the scale is on the page, or no strength:\n%s", page)
	}
	if strings.Contains(page, "Bagian ") {
		t.Error("a unit stands on the page in which one superior knows nearly all")
	}
	if len(codes) != 9 || w.count(`SELECT count(*) FROM audit WHERE action = 'export.needs-page'`) != 1 {
		t.Errorf("%d competencies are on the page, or it is not recorded", len(codes))
	}
}

// pageOrder reads the competencies in the order of the page.
func (w *world) pageOrder(page string) (codes, names []string) {
	w.t.Helper()
	for i := 1; ; i++ {
		n := len(names)
		for _, code := range []string{"M.01", "M.02", "M.03", "M.04", "M.05", "M.06", "M.07", "M.08", "SK.01"} {
			name := w.text(`SELECT name FROM competency WHERE code = $1`, code)
			if strings.Contains(page, fmt.Sprintf(" %d. %s ", i, name)) && !slices.Contains(codes, code) {
				codes, names = append(codes, code), append(names, name)
			}
		}
		if len(names) == n {
			return codes, names
		}
	}
}

// recount is recountPage, with the mean as it is written: of more than 20 people to tenths.
func (w *world) recount(code, unit string) (n int, lack string, affected int) {
	w.t.Helper()
	n = w.count(`SELECT count FROM (`+recountPage+`) x (count, lack, affected)`, code, unit)
	sum := w.count(`SELECT lack FROM (`+recountPage+`) x (count, lack, affected)`, code, unit)
	affected = w.count(`SELECT affected FROM (`+recountPage+`) x (count, lack, affected)`, code, unit)
	mean := math.Floor(float64(sum)/float64(10*n)+0.5) / 10
	lack = strings.TrimSuffix(strings.Replace(fmt.Sprintf("%.1f", mean), ".", ",", 1), ",0")
	if mean >= 1.5 {
		lack = "1,5+"
	}
	return n, lack, affected
}

func fifths(affected, n int) string {
	return []string{"kurang dari 20%", "20-40%", "40-60%", "60-80%", "sedikitnya 80%"}[min(4, affected*5/n)]
}

// Beside the gaps of a unit and of a competency stands what people would like to learn, as a range
// that holds the count of the answers.
func TestWishesOnCards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.agency(2, 40)
	w.openPeriod("Januari", w.clock.Now().AddDate(0, 0, 14))
	w.answerNeeds()
	w.wishNeeds()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	counted := func(topic, unit string) int {
		return w.count(`SELECT count(*) FROM answer a JOIN response r ON r.id = a.response_id JOIN task t ON t.id = r.task_id JOIN employee e ON e.id = t.employee_id
			JOIN unit u ON u.id = e.unit_id WHERE t.kind = 'interest' AND a.value = $1 AND u.name LIKE $2`, topic, unit)
	}
	holds := func(name string, n int) {
		t.Helper()
		last, _ := w.fake.Last(account("Sari"))
		m := regexp.MustCompile(`• ` + name + `: (\d+)-(\d+) orang, dari \d+ yang menjawab`).FindStringSubmatch(last.Text)
		if m == nil {
			t.Fatalf("%s is not told: %q", name, last.Text)
		}
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		if n < from || n > to || from < 5 || to-from < 4 {
			t.Errorf("%s: %s-%s do not hold %d", name, m[1], m[2], n)
		}
	}
	w.say(account("Sari"), "/laporan")
	w.press(account("Sari"), "A")
	last, _ := w.fake.Last(account("Sari"))
	unit := last.Text[:len("Bagian a")]
	holds("Aplikasi perkantoran", counted("aplikasi_perkantoran", unit))
	w.say(account("Sari"), "/laporan")
	for k := 1; ; k++ { // the topic develops Pelayanan Publik here
		if k > 9 {
			t.Fatal("there is no card of Pelayanan Publik")
		}
		w.press(account("Sari"), strconv.Itoa(k))
		if last, _ = w.fake.Last(account("Sari")); strings.HasPrefix(last.Text, "Pelayanan Publik, ") {
			break
		}
		w.press(account("Sari"), "‹ Kembali")
	}
	holds("Aplikasi perkantoran", counted("aplikasi_perkantoran", "%"))
	holds(unit, counted("aplikasi_perkantoran", unit))
}
