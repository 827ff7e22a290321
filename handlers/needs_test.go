package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// surveys registers units below an office, which is there before the period is opened, and
// answers says that everybody there has sent the self-assessment and was rated.
var (
	surveys = regexp.MustCompile(`^(\d+) unit dengan pegawai sampai (\d+)$`)
	answers = regexp.MustCompile(`^mereka mengisi dan dinilai$`)
)

// needsEvent plays a line of a transcript about an agency that is large enough for the
// analysis of needs.
func (p *play) needsEvent(what string) bool {
	p.t.Helper()
	if m := surveys.FindStringSubmatch(what); m != nil {
		units, _ := strconv.Atoi(m[1])
		most, _ := strconv.Atoi(m[2])
		p.agency(units, most)
		return true
	}
	if what == "mereka memilih yang ingin dipelajari" {
		p.wishNeeds()
		return true
	}
	if answers.MatchString(what) {
		p.answerNeeds()
		return true
	}
	return false
}

// agency has units of most people, one fewer, and so on; every third stands below the one
// before it. The first of each unit leads the others.
func (w *world) agency(units, most int) {
	w.t.Helper()
	w.exec(`INSERT INTO unit (code, name) SELECT 'N' || i, 'Bagian ' || chr(96 + i::int) FROM generate_series(1, $1::int) i`, units)
	w.exec(`UPDATE unit u SET parent_id = a.id FROM unit a WHERE u.code ~ '^N[0-9]+$' AND a.code ~ '^N[0-9]+$' AND substr(u.code, 2)::int % 3 = 0 AND substr(a.code, 2)::int = substr(u.code, 2)::int - 1`)
	w.exec(`INSERT INTO employee (nip, name, sex, unit_id, class_code)
		SELECT '19850720201001' || 1 + u % 2 || to_char(100 + 20 * u + i, 'FM000'), 'Zainal ' || u || '-' || i, 1, (SELECT id FROM unit WHERE code = 'N' || u), CASE i % 3 WHEN 0 THEN 'PENGAWAS' WHEN 1 THEN 'JF_MUDA' ELSE 'PELAKSANA' END
		FROM generate_series(1, $1::int) u, generate_series(1, greatest(1, $2::int + 1 - u)) i`, units, most)
	w.exec(`UPDATE employee e SET supervisor_id = b.id FROM employee b WHERE e.name LIKE 'Zainal %' AND b.unit_id = e.unit_id AND b.name LIKE 'Zainal %-1' AND b.id <> e.id`)
}

// answerNeeds sends what is owed by the people of an agency: levels that follow from the
// competency and the unit.
func (w *world) answerNeeds() {
	w.t.Helper()
	w.answerWith(`(right(i.item->>'code', 1)::int + e.unit_id + r.id) % 4`)
}

// answerWith is answerNeeds with levels of one's own, as SQL.
func (w *world) answerWith(level string) {
	w.t.Helper()
	w.exec(`UPDATE task t SET state = 'done', done_at = opens_at + interval '1 hour' FROM employee e WHERE e.id = t.subject_id AND e.name LIKE 'Zainal %' AND t.state = 'open'`)
	w.exec(`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT t.id, 1, t.questionnaire_code, t.questionnaire_version, false, t.done_at FROM task t JOIN employee e ON e.id = t.subject_id WHERE e.name LIKE 'Zainal %' AND t.state = 'done'`)
	w.exec(`INSERT INTO answer (response_id, item_code, value)
		SELECT r.id, i.item->>'code', (` + level + `)::text
		FROM response r JOIN task t ON t.id = r.task_id JOIN employee e ON e.id = t.subject_id
		JOIN questionnaire q ON q.code = r.questionnaire_code AND q.version = r.questionnaire_version
		CROSS JOIN LATERAL jsonb_array_elements(q.body->'items') i (item)
		WHERE e.name LIKE 'Zainal %' AND i.item->>'code' IN (SELECT code FROM competency)`)
}

// TestNeedsArePicturedAsShown is of the picture and the spreadsheet: what is hidden is in
// neither, and both say the same.
func TestNeedsArePicturedAsShown(t *testing.T) {
	devdbtest.Long(t, "pictures are drawn and read")
	t.Parallel()
	w := newWorld(t)
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.agency(8, 11)
	w.openPeriod("Januari", w.clock.Now().AddDate(0, 0, 14))
	w.answerNeeds()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	w.say(account("Sari"), "/laporan")
	w.press(account("Sari"), "Berkas XLSX")
	var file []byte
	for _, m := range w.fake.Messages(account("Sari")) {
		if m.Document != nil {
			file = m.Document.Body
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Kebutuhan")
	if err != nil {
		t.Fatal(err)
	}
	columns := rows[0]
	at := func(row []string, name string) string {
		if i := slices.Index(columns, name); i < len(row) {
			return row[i]
		}
		return ""
	}
	hidden, last := 0, ""
	for _, row := range rows[1:] {
		is := at(row, "keterangan") == "tidak ditampilkan"
		if n, _ := strconv.Atoi(at(row, "n")); !is && n < 5 || is && at(row, "n")+at(row, "kesenjangan")+at(row, "kekurangan")+at(row, "bagian_pegawai")+at(row, "prioritas") != "" {
			t.Errorf("a row says what it must not, or nothing: %q", row)
		}
		if is {
			if hidden++; at(row, "unit_kerja") < last {
				t.Errorf("%s stands behind %s: rows that are hidden stand by name", at(row, "unit_kerja"), last)
			}
			last = at(row, "unit_kerja")
		} else if hidden > 0 {
			t.Errorf("a row that is shown stands behind one that is not: %q", row)
		}
	}
	codebook, err := book.GetRows("Kamus")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range columns {
		if codebook[i+1][0] != name || codebook[i+1][1] == "" {
			t.Errorf("the codebook has %q for the column %s", codebook[i+1], name)
		}
	}
	if hidden == 0 || hidden == len(rows)-1 {
		t.Errorf("%d of %d rows are hidden: nothing is proved", hidden, len(rows)-1)
	}
}

// TestFileOfPeople is of the file of a unit's people: it holds exactly them, it cannot be
// passed on, each of them but the reader reads that it was opened, and nobody gets it any
// more who has lost the role.
func TestFileOfPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sari := account("Sari")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.agency(8, 11)
	w.openPeriod("Januari", w.clock.Now().AddDate(0, 0, 14))
	w.answerNeeds()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	w.say(sari, "/laporan")
	w.press(sari, "D")
	w.press(sari, "Tingkat per pegawai")
	w.say(sari, "Rencana suksesi pengawas")
	book, err := excelize.OpenReader(bytes.NewReader(w.file(sari, "kompetensi-pegawai.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Pegawai")
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]int{}
	for _, row := range rows[1:] {
		people[row[2]]++
	}
	if len(people) != 8 || people["Zainal 4-2"] != 9 || people["Zainal 4-1"] != 1 { // the head is not rated
		t.Errorf("the file holds %v", people)
	}
	last := w.fake.Messages(sari)[len(w.fake.Messages(sari))-1]
	if last.Document == nil || !last.Protected {
		t.Errorf("the file may be passed on: %+v", last)
	}
	const why = "Rencana suksesi pengawas (dalam satu berkas bersama pegawai lain di unit)"
	if n := w.count(`SELECT count(DISTINCT e.id) FROM audit a JOIN employee e ON e.id = a.employee_id WHERE a.action = 'answers.opened' AND a.detail = $1 AND e.name LIKE 'Zainal 4-%'`, why); n != 7 {
		t.Errorf("%d people can read that they were opened, want 7", n)
	}
	_, p := w.connect(t.Context())
	asked := dialog.Picture{Kind: "needs-people-xlsx", File: true, Data: json.RawMessage(fmt.Sprintf(`{"period": %d, "unit": %d, "reader": %d, "chat": %d}`,
		w.count(`SELECT max(id) FROM period`), w.count(`SELECT id FROM unit WHERE code = 'N4'`), w.ids["Sari"], sari))}
	if _, body, err := p.Draw(t.Context(), asked); err != nil || len(body) == 0 {
		t.Errorf("the office gets no file: %v", err)
	}
	w.grant("Sari", personnel.RoleHR, true)
	if _, body, err := p.Draw(t.Context(), asked); err == nil || len(body) > 0 {
		t.Errorf("somebody without the role gets the file: %d bytes, %v", len(body), err)
	}
}
