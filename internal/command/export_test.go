package command

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb/devdbtest"
)

// frozenNeeds is a closed period of three units in Komunikasi: of 60 people who need level 1
// 17 lack it, of 12 who need level 2 there are 3, and 4 need level 3.
const frozenNeeds = `
	INSERT INTO unit (code, name) SELECT 'X' || i, 'Unit ' || i FROM generate_series(1, 3) i;
	INSERT INTO employee (nip, name, sex, unit_id) SELECT '19850720201001' || to_char(1000 + i, 'FM0000'), 'Pegawai ' || i, 1, (SELECT id FROM unit WHERE code = 'X' || 1 + i % 3) FROM generate_series(1, 76) i;
	WITH o AS (INSERT INTO occasion (kind) VALUES ('period') RETURNING id)
	INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'Januari', '2027-01-01', '2027-01-22', '2027-01-29', '2027-02-01' FROM o;
	INSERT INTO need_unit (period_id, unit_id, name) SELECT p.id, u.id, u.name FROM period p, unit u;
	INSERT INTO need_person (period_id, employee_id, unit_id, status, filled, rated) SELECT p.id, e.id, e.unit_id, 'PNS', true, true FROM period p, employee e;
	INSERT INTO need_level (period_id, unit_id, competency_code, level, n, affected)
	SELECT p.id, u.id, 'M.03', l.level, l.n, l.affected FROM period p, (VALUES ('X1', 1, 20, 6), ('X2', 1, 20, 6), ('X3', 1, 20, 5), ('X1', 2, 4, 1), ('X2', 2, 4, 1), ('X3', 2, 4, 1), ('X1', 3, 2, 1), ('X2', 3, 2, 1)) l (unit, level, n, affected)
	JOIN unit u ON u.code = l.unit;
	INSERT INTO need_cell (period_id, unit_id, competency_code, n, gap, lack, affected)
	SELECT period_id, unit_id, competency_code, sum(n), -100 * sum(affected), 100 * sum(affected), sum(affected) FROM need_level GROUP BY 1, 2, 3;
	INSERT INTO unit_proposal (year, unit_id, title, people, reason, ruled, by_id, at)
	SELECT 2027, u.id, v.title, v.people, 'BTCLS', true, (SELECT min(id) FROM employee), '2027-01-11' FROM (VALUES ('X1', 'BTCLS', 3), ('X2', 'btcls', 4), ('X3', '=HYPERLINK("x")', 9), ('X3', 'Untuk dua orang', 2)) v (unit, title, people)
	JOIN unit u ON u.code = v.unit`

// TestExportDemand is the file for a partner: it names no unit, holds no number of fewer
// than five people, nothing that a spreadsheet reads as a formula, and is recorded with who
// gets it.
func TestExportDemand(t *testing.T) {
	owner, out := devdbtest.Empty(t), filepath.Join(t.TempDir(), "mitra.xlsx")
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + owner, "BANGKOM_IDENTITY_CODE_KEY_PATH=" + filepath.Join(t.TempDir(), "key")}}
	o.run(0, "migrate")
	asOwner(t, owner, frozenNeeds)
	o.run(2, "export", "bangkom export demand --for NAME --out FILE.xlsx")
	o.run(2, "export people --for Universitas --out "+out, "want `bangkom export demand")
	o.run(2, "export demand --out "+out, "NAME has 3 to 200 characters")
	o.run(2, "export demand --for Universitas~Tirta --year 40000 --out "+out, "--year: want 2020 to 2200")
	o.run(2, "export demand --for Universitas~Tirta --year 27 --out "+out, "--year: want 2020 to 2200")
	o.run(0, "export demand --for Universitas~Tirta --year 2027 --out "+out, "is written for Universitas Tirta and recorded")
	o.run(1, "export demand --for Universitas~Tirta --year 2027 --out "+out, "exists")
	book, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows := map[string][][]string{}
	number := regexp.MustCompile(`^\d+$`)
	for _, page := range []string{"Keterangan", "Kebutuhan", "Usulan"} {
		if rows[page], err = book.GetRows(page); err != nil {
			t.Fatal(err)
		}
		for r, row := range rows[page] {
			for c, cell := range row {
				name, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, _ := book.GetCellFormula(page, name); formula != "" || strings.Contains(cell, "Unit 1") {
					t.Errorf("%s %s is %q, a formula %q", page, name, cell, formula)
				}
				if n, _ := strconv.Atoi(cell); number.MatchString(cell) && n > 0 && n < 5 && !(page == "Kebutuhan" && c == 1) { // but the level
					t.Errorf("%s %s is %d", page, name, n)
				}
			}
		}
	}
	for page, want := range map[string]string{"Keterangan": "Disusun untuk Universitas Tirta", "Kebutuhan": "Komunikasi semua 76 20-24  0", "Usulan": "BTCLS 7"} {
		if !slices.ContainsFunc(rows[page], func(row []string) bool { return strings.Join(row, " ") == want }) {
			t.Errorf("%s does not say %q: %q", page, want, rows[page])
		}
	}
	if len(rows["Usulan"]) != 3 || len(rows["Kebutuhan"]) > 5 {
		t.Errorf("what fewer than five need stands in it: %q, %q", rows["Usulan"], rows["Kebutuhan"])
	}
	t.Log(rows["Kebutuhan"])
	asOwner(t, owner, `DO $$ BEGIN IF (SELECT count(*) FROM audit WHERE action = 'export.demand' AND detail = 'for Universitas Tirta') <> 1 THEN RAISE EXCEPTION 'not recorded once'; END IF; END $$`)
}
