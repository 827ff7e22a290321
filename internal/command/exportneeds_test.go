package command

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bangkom/handlers/needs"
	"bangkom/internal/config"
	"bangkom/internal/devdb/devdbtest"
)

// ratedNeeds adds to frozenNeeds the answers of the first three people: the first shows less
// than the position requires, the second as much and something that a spreadsheet would take
// for a formula as the name, the third was not rated.
const ratedNeeds = `
	UPDATE employee SET class_code = 'PENGAWAS', position_title = 'Kepala Seksi' WHERE id IN (SELECT id FROM employee ORDER BY id LIMIT 3);
	UPDATE employee SET name = '=1+1' WHERE id = (SELECT id FROM employee ORDER BY id OFFSET 1 LIMIT 1);
	UPDATE need_person SET rated = false WHERE employee_id >= (SELECT id FROM employee ORDER BY id OFFSET 2 LIMIT 1);
	UPDATE need_person SET filled = false WHERE employee_id = (SELECT id FROM employee ORDER BY id OFFSET 3 LIMIT 1);
	INSERT INTO role_grant (employee_id, role, granted_at) SELECT id, 'hr', '2027-01-01' FROM employee ORDER BY id OFFSET 1 LIMIT 1;
	INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at)
	SELECT CASE WHEN k.kind = 'rating' THEN (SELECT max(id) FROM employee) ELSE e.id END, k.kind, e.id, p.id, q.code, q.version, p.opens_at, p.due_at, 'done', p.due_at
	FROM period p, (SELECT id FROM employee ORDER BY id LIMIT 2) e, (VALUES ('self_assessment'), ('rating')) k (kind), (SELECT code, version FROM questionnaire WHERE kind = 'self_assessment' ORDER BY version DESC LIMIT 1) q;
	INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at) SELECT id, 1, questionnaire_code, questionnaire_version, false, done_at FROM task;
	INSERT INTO answer (response_id, item_code, value)
	SELECT r.id, v.code, CASE WHEN t.subject_id = (SELECT min(id) FROM employee) AND t.kind = 'rating' THEN '1' ELSE v.level END
	FROM response r JOIN task t ON t.id = r.task_id, (VALUES ('M.01', '2'), ('M.03', '2')) v (code, level);`

// book opens a file and reads its sheets. Nothing in it may be a formula.
func (o *operator) book(path string) map[string][][]string {
	o.t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		o.t.Fatal(err)
	}
	defer book.Close()
	rows := map[string][][]string{}
	for _, page := range book.GetSheetList() {
		if rows[page], err = book.GetRows(page); err != nil {
			o.t.Fatal(err)
		}
		for r, row := range rows[page] {
			for c := range row {
				name, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, _ := book.GetCellFormula(page, name); formula != "" {
					o.t.Errorf("%s %s is the formula %q", page, name, formula)
				}
				if kind, err := book.GetCellType(page, name); err != nil || kind != excelize.CellTypeInlineString {
					o.t.Errorf("%s %s is no text: %v, %v", page, name, kind, err)
				}
			}
		}
	}
	return rows
}

// TestExportNeeds writes the analysis: of groups in the form of the program, of people in
// that of the agency, for a member of the office and a reason, which everybody can read
// whose levels are in it, and nobody else.
func TestExportNeeds(t *testing.T) {
	owner, dir := devdbtest.Empty(t), t.TempDir()
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + owner, "BANGKOM_IDENTITY_CODE_KEY_PATH=" + filepath.Join(dir, "key")}}
	o.run(0, "migrate")
	groups, people := filepath.Join(dir, "unit.xlsx"), filepath.Join(dir, "orang.xlsx")
	o.run(1, "export needs --out "+groups, "no period with answers was closed")
	asOwner(t, owner, frozenNeeds)
	asOwner(t, owner, ratedNeeds)
	for line, want := range map[string]string{
		"export needs": "want `bangkom export needs --out FILE.xlsx`",
		"export needs --out " + groups + " --reason Pemetaan~talenta":                                             "--reason and --by belong to --people",
		"export needs --people --out " + people:                                                                   "--people needs --by NIP",
		"export needs --people --by 198507202010011002 --reason singkat --out " + people:                          "--people needs --reason of 10 to 200 characters",
		"export needs --people --by 198507202010011002 --reason " + strings.Repeat("x", 201) + " --out " + people: "--people needs --reason of 10 to 200 characters",
		"export needs --out unit.csv":                                                                             "want `bangkom export needs --out FILE.xlsx`",
	} {
		o.run(2, line, want)
	}
	const why = " --reason Pemetaan~talenta~2027 "
	o.run(1, "export needs --people --by 198507202010011001"+why+"--out "+people, "nobody of the personnel office has the NIP")
	o.run(1, "export needs --people --by 12345"+why+"--out "+people, "")
	o.run(0, "export needs --out "+groups, "is written and recorded")
	o.run(1, "export needs --out "+groups, "exists")
	rows := o.book(groups)
	if got := strings.Join(rows["Kebutuhan"][0], " "); got != strings.Join(config.NeedsColumns(), " ") {
		t.Errorf("the columns are %q", got)
	}
	if want := []string{"Januari", "", "Seluruh instansi", "M.03", "Komunikasi", "76"}; !slices.ContainsFunc(rows["Kebutuhan"], func(row []string) bool { return slices.Equal(row[:min(6, len(row))], want) }) {
		t.Errorf("the agency is missing: %q", rows["Kebutuhan"])
	}
	o.env = append(o.env, "BANGKOM_EXPORTS_NEEDS_PEOPLE=nama = Nama Pegawai; kode_kompetensi; tingkat_standar=LKJ; tingkat = LKI; selisih; jpm = JPM; keterangan")
	o.run(0, "export needs --people --by 198507202010011002"+why+"--out "+people, "it holds the levels of 1 people by name")
	rows = o.book(people)
	for _, want := range []string{"Nama Pegawai|kode_kompetensi|LKJ|LKI|selisih|JPM|keterangan", "Pegawai 1|M.01|2|1,25|-0,75|62,5", "Pegawai 1|M.03|2|1,25|-0,75|62,5",
		"=1+1|M.01|2|2|0|100", "Pegawai 3||||||belum dinilai atasan", "Pegawai 4||||||belum mengisi"} {
		if !slices.ContainsFunc(rows["Pegawai"], func(row []string) bool { return strings.Join(row, "|") == want }) {
			t.Errorf("there is no row %q in %q", want, rows["Pegawai"][:8])
		}
	}
	if len(rows["Pegawai"]) != 1+2*2+74 {
		t.Errorf("%d rows of people", len(rows["Pegawai"]))
	}
	if got := rows["Kamus"][3]; len(rows["Kamus"]) != 1+7+1 || got[0] != "LKJ" || !strings.HasPrefix(got[1], "Tingkat yang diperlukan jabatan") {
		t.Errorf("the book of columns says %q", rows["Kamus"])
	}
	asOwner(t, owner, `DO $$ BEGIN
		IF (SELECT array_agg(action ORDER BY id) FROM audit WHERE action LIKE 'export.%') <> '{export.needs,export.needs_people}' THEN RAISE EXCEPTION 'the files are not recorded'; END IF;
		IF (SELECT string_agg(e.name || ': ' || a.detail, '; ') FROM audit a JOIN employee e ON e.id = a.employee_id WHERE a.action = 'answers.opened')
		   <> 'Pegawai 1: Pemetaan talenta 2027 (dalam satu berkas bersama semua pegawai)' THEN RAISE EXCEPTION 'not those are recorded who were opened'; END IF; END $$`)
	o.env[len(o.env)-1] = "BANGKOM_EXPORTS_NEEDS_PEOPLE=namaa; nip; nip; tingkat="
	for _, want := range []string{`names the column "namaa", which there is not: did you mean nama?`, `names the column "nip" twice`, `gives the column "tingkat" no title`} {
		o.run(1, "check", want)
	}
}

// What the configuration takes for a column is one, in the same order.
func TestFormsNameTheColumns(t *testing.T) {
	groups, people := needs.Columns()
	if !slices.Equal(groups, config.NeedsColumns()) || !slices.Equal(people, config.NeedsPeopleColumns()) {
		t.Errorf("the files have %q and %q", groups, people)
	}
}
