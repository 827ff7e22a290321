package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/report/pdftext"
)

// TestOffersComeBack hands the sheet of needs to a partner, fills one row of it in as the
// partner would, imports what comes back, and writes the agency's plan of it.
func TestOffersComeBack(t *testing.T) {
	owner, dir := devdbtest.Empty(t), t.TempDir()
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + owner, "BANGKOM_IDENTITY_CODE_KEY_PATH=" + filepath.Join(dir, "key"),
		"BANGKOM_AGENCY_LETTERHEAD=Pemerintah Kabupaten Uji; Jalan Uji 1", "BANGKOM_AGENCY_PLACE=Kota Uji"}}
	o.run(0, "migrate")
	asOwner(t, owner, frozenNeeds)
	asOwner(t, owner, `INSERT INTO partner (code, name, kind, agreed_from, agreed_until) VALUES ('UNI', 'Universitas Tirta', 'university', '2026-01-01', '2099-12-31')`)
	out := filepath.Join(dir, "mitra.xlsx")
	o.run(0, "export demand --for universitas~tirta --year 2027 --out "+out)
	book, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Penawaran")
	if err != nil || len(rows) < 2 || rows[1][0] != "UNI" || rows[1][2] != "M.03" {
		t.Fatalf("%q, %v", rows, err)
	}
	for cell, value := range map[string]string{"B2": "Komunikasi publik", "E2": "2", "F2": "16", "G2": "30", "H2": "Rp 1.250.000,-", "I2": "per orang", "J2": "20/04/2098"} {
		if err := book.SetCellStr("Penawaran", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	back := filepath.Join(dir, "kembali.xlsx")
	if err := book.SaveAs(back); err != nil {
		t.Fatal(err)
	}
	o.run(0, "import offers "+back+" --apply", "1 new")
	o.run(0, "import offers "+back+" --apply", "1 unchanged")
	o.run(2, "export plan --out plan.txt", "FILE.pdf")
	// 40 of 76 people plan it, 30 of them as a training. The sheet for partners says the same.
	asOwner(t, owner, `INSERT INTO plan (employee_id, year, submitted_at) SELECT id, 2098, '2026-01-10' FROM employee;
		INSERT INTO plan_line (employee_id, year, item, source, competency_code, title, form, state, chosen_at, submitted_at, unit_id)
		SELECT e.id, 2098, 'c:' || c.code, 'gap', c.code, c.code, c.form, 'submitted', '2026-01-09', '2026-01-10', e.unit_id
		FROM (SELECT id, unit_id, row_number() OVER (ORDER BY id) AS k FROM employee) e
		     CROSS JOIN LATERAL (SELECT CASE WHEN k <= 40 THEN 'M.03' ELSE 'M.01' END AS code, CASE WHEN k <= 30 THEN 'training' ELSE 'self' END AS form) c`)
	again := filepath.Join(dir, "mitra-2098.xlsx")
	o.run(0, "export demand --for universitas~tirta --year 2098 --out "+again)
	second, err := excelize.OpenFile(again)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if rows, err := second.GetRows("Kebutuhan"); err != nil || len(rows) < 2 || strings.Join(rows[1], "|") != "Komunikasi|semua|76|20-24|40|0" {
		t.Errorf("the sheet for the partner: %q, %v", rows, err)
	}
	paper, table := filepath.Join(dir, "plan.pdf"), filepath.Join(dir, "plan.xlsx")
	o.run(0, "export plan --year 2098 --out "+paper, "is written and recorded")
	o.run(1, "export plan --year 2098 --out "+paper, "exists")
	o.run(0, "export plan --year 2098 --out "+table)
	body, err := os.ReadFile(paper)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(pdftext.Text(body), " ")
	for _, want := range []string{"Rencana Pengembangan Kompetensi ASN", "Tahun 2098", "20-24", "Rp1.250.000", "Rp42.500.000", "Jalan Uji 1", "Kota Uji, ", "30-34"} { // 34 people
		if !strings.Contains(said, want) {
			t.Errorf("the plan does not say %q: %s", want, said)
		}
	}
	f, err := excelize.OpenFile(table)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all bytes.Buffer
	for _, page := range []string{"Rencana", "Unit kerja", "Usulan", "Angkatan"} {
		rows, err := f.GetRows(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			all.WriteString(strings.Join(row, "|") + "\n")
		}
	}
	if !strings.Contains(all.String(), "M.03|Komunikasi|20|24|0|40|40|10-14|0-4|0-4|30-34|0-4|0|0|1250000|42500000") {
		t.Errorf("the plan as a spreadsheet: %s", all.String())
	}
}
