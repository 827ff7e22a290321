package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bangkom/internal/intake"
	"bangkom/internal/personnel"
	people "bangkom/internal/register"
)

const (
	siti = "199004272023212997"
	tono = "197102031996031007"
)

// shelf writes down what an import would store.
type shelf struct {
	intake.Store
	lines []string
}

func (s *shelf) add(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// boss is how a superior is written here.
func boss(n personnel.NIP, given bool) string {
	switch {
	case n != personnel.NIP{}:
		return " < " + n.Last4()
	case given:
		return " < nobody"
	}
	return ""
}

// ImportEmployees is that of intake.Store.
func (s *shelf) ImportEmployees(_ context.Context, r people.Register, _ time.Time) (people.Imported, error) {
	for _, p := range r.People {
		s.add("%s %s|%s|%s|%s|%s%s", p.NIP.Last4(), p.Name, p.Position.Title, p.Unit, p.Parent, p.Phone, boss(p.Supervisor, p.SupervisorGiven))
	}
	return people.Imported{}, nil
}

// ImportSuperiors is that of intake.Store.
func (s *shelf) ImportSuperiors(_ context.Context, list []people.Superior, _ time.Time) (people.Imported, error) {
	for _, l := range list {
		s.add("%s%s", l.NIP.Last4(), boss(l.Boss, true))
	}
	return people.Imported{}, nil
}

// ImportLeave is that of intake.Store.
func (s *shelf) ImportLeave(_ context.Context, list []people.Leave, _ time.Time) (people.Imported, error) {
	for _, l := range list {
		s.add("%s %s to %s %s", l.NIP.Last4(), l.From.Format(time.DateOnly), l.To.Format(time.DateOnly), l.Kind)
	}
	return people.Imported{}, nil
}

// stored is what is told of a file, and below it what would be stored.
func stored(t *testing.T, body []byte) string {
	t.Helper()
	l := lists()
	l.Country, l.Known[tono] = personnel.Indonesia, true
	b, err := intake.Recognise(body, l, today)
	if err != nil {
		return err.Error()
	}
	var s shelf
	if _, err := b.Store(t.Context(), &s, today); err != nil {
		t.Fatal(err)
	}
	out := told(body)
	if n := b.Report().Hidden; n > 0 {
		out += fmt.Sprintf("; %d hidden", n)
	}
	return strings.Join(append([]string{out}, s.lines...), "\n")
}

// lines joins what is wanted of a file.
func lines(l ...string) string { return strings.Join(l, "\n") }

// Files as LibreOffice 7.4 saves them, with invented people: an export of SIMPEG,
// formulas, leave with dates of four kinds, NIPs as numbers, several sheets with
// filtered rows, a list by rank with a heading of three rows, and so on. The same
// table as .ods, as old .xls and as .xls under the name .xlsx is refused.
func TestLibreOfficeFiles(t *testing.T) {
	threeRows := lines("employees: accepted 2, repeated 0", "1999 BUDI SANTOSO, S.Sos.|Camat Natar|Kecamatan Natar|| < 2998", "2998 ANI LESTARI|Sekretaris Daerah|Sekretariat Daerah||")
	for name, want := range map[string]string{
		"banyak-lembar.xlsx":  lines("employees: accepted 3, repeated 0; 2 hidden", "1999 Budi|Camat|Kec. Natar||", "2998 Ani|Camat|Kec. Natar||", "2997 Siti|Camat|Kec. Sidomulyo||"),
		"biasa.ods":           "the file is no table: save it as .xlsx or .csv",
		"biasa.xls":           "the file is of the old kind .xls: save it as .xlsx",
		"cuti.xlsx":           lines("leave: accepted 3, repeated 0; row 5 DATE_BAD", "1999 2027-02-01 to 2027-02-03 leave", "2998 2027-03-31 to 2027-03-31 leave", "2997 2027-02-01 to 2027-02-03 duty"),
		"duk-tiga-baris.csv":  threeRows,
		"duk-tiga-baris.xlsx": threeRows,
		"nama.xlsx":           lines("employees: accepted 3, repeated 0; row 5 NAME_EMPTY", "1999 Dr. H. Budi McArthur, S.Sos., M.Si.|Camat|A||", "2998 ANI LESTARI|Camat|A||", "2997 Siti Nur'aini binti Ali|Camat|A||"),
		"nip-angka.xlsx":      lines("employees: accepted 1, repeated 0; row 2 NIP_SCI; row 3 NIP_SCI", "2997 Siti|Camat|A||"),
		"rumus.xlsx":          lines("employees: accepted 1, repeated 0; row 2 CELL_ERROR; row 4 CELL_ERROR", "2998 Ani Lestari|Camat|Kec. Sidomulyo||"),
		"simpeg.xlsx": lines("employees: accepted 2, repeated 0; inactive rows [7]; KEDUDUKAN PEGAWAI, not STATUS PEGAWAI",
			"1999 BUDI SANTOSO, S.Sos., M.M.|Kepala Seksi Pelayanan|Kec. Natar|Kab. Tirta Raya|+6281200000001", "2998 dr. ANI LESTARI|Dokter Ahli Muda|Puskesmas Natar|Dinas Kesehatan|+6281200000002"),
		"status.xlsx": lines("employees: accepted 3, repeated 0; inactive rows [3]; remarks in rows [2 4]", "1999 Budi|Camat|A||", "2997 Siti|Camat|A||", "1007 Tono|Camat|A||"),
	} {
		body, err := os.ReadFile("testdata/libreoffice/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, stored(t, body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// book is a workbook with one sheet, written by excelize; after may change it.
func book(t *testing.T, rows [][]any, after func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if after != nil {
		if err := after(f); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// shownAs gives cells the format of a number.
func shownAs(code string, cells ...string) func(f *excelize.File) error {
	return func(f *excelize.File) error {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		for _, c := range cells {
			if err == nil {
				err = f.SetCellStyle("Sheet1", c, c, style)
			}
		}
		return err
	}
}

// Workbooks as programs of agencies write them with libraries.
func TestLibraryFiles(t *testing.T) {
	head := []any{"NIP", "NAMA", "JABATAN", "UNIT KERJA"}
	for _, tt := range []struct {
		name  string
		rows  [][]any
		after func(f *excelize.File) error
		want  string
	}{
		{"A1: e-Kinerja with the superior's superior", [][]any{
			{"NO", "NIP", "NAMA", "JABATAN", "UNIT KERJA", "ATASAN LANGSUNG", "NIP PENILAI", "NIP ATASAN DARI ATASAN"},
			{1, budi, "Budi", "Camat", "A", "Ani", ani, tono}}, nil,
			lines("employees: accepted 1, repeated 0; NIP PENILAI, not ATASAN LANGSUNG", "1999 Budi|Camat|A|| < 2998")},
		{"A1: three kinds of status", [][]any{
			{"NIP", "NAMA", "JABATAN", "UNIT KERJA", "STATUS", "STATUS PEGAWAI", "STATUS KEAKTIFAN"},
			{budi, "Budi", "Camat", "A", "Kawin", "PNS", "Aktif"}, {ani, "Ani", "Camat", "A", "Kawin", "PNS", "Pensiun"}}, nil,
			lines("employees: accepted 1, repeated 0; inactive rows [3]; STATUS KEAKTIFAN, not STATUS, STATUS PEGAWAI", "1999 Budi|Camat|A||")},
		{"A1: two columns of phones", [][]any{{"NIP", "NAMA", "JABATAN", "UNIT KERJA", "TELEPON", "NO. HP / WA"},
			{budi, "Budi", "Camat", "A", "0721-123456", "0812 0000 0001"}}, nil,
			lines("employees: accepted 1, repeated 0; NO. HP / WA, not TELEPON", "1999 Budi|Camat|A||+6281200000001")},
		{"A2: a truth value, an error, a formula without its result and one as text", [][]any{head,
			{budi, true, "Camat", "A"}, {ani, "Ani", "#REF!", "A"}, {siti, "Siti", "Camat", nil}, {tono, "=VLOOKUP(A2,Induk!A:B,2,0)", "Camat", "A"}},
			func(f *excelize.File) error { return f.SetCellFormula("Sheet1", "D4", "A1&B1") },
			lines("employees: accepted 1, repeated 0; row 3 CELL_ERROR; row 4 NO_RESULT; row 5 NO_RESULT", "1999 TRUE|Camat|A||")},
		{"A2: leave by days in three formats", [][]any{{"NIP", "MULAI", "SELESAI", "JENIS"},
			{budi, 46478, 46480, "Cuti"}, {ani, "01 Pebruari 2027", "31-Mar-27", "Cuti"}, {siti, 46478, 46480, "Dinas"}},
			shownAs(`[$-421]dd mmmm yyyy`, "B2", "C2"),
			lines("leave: accepted 3, repeated 0", "1999 2027-04-01 to 2027-04-03 leave", "2998 2027-02-01 to 2027-03-31 leave", "2997 2027-04-01 to 2027-04-03 duty")},
		{"A3: numbers of 15 digits", [][]any{head, {198703152010011999, "Budi", "Camat", "A"}, {1.99211082019033e17, "Ani", "Camat", "A"}}, nil,
			"employees: accepted 0, repeated 0; row 2 NIP_SCI; row 3 NIP_SCI"},
		{"A4: filtered rows", [][]any{head, {budi, "Budi", "Camat", "A"}, {ani, "Ani", "Camat", "A"}},
			func(f *excelize.File) error {
				if err := f.AutoFilter("Sheet1", "A1:D3", nil); err != nil {
					return err
				}
				return f.SetRowVisible("Sheet1", 3, false)
			},
			lines("employees: accepted 2, repeated 0; 1 hidden", "1999 Budi|Camat|A||", "2998 Ani|Camat|A||")},
		{"A5: heading of three rows, merged", [][]any{{"DAFTAR PEGAWAI"}, {"NO", "IDENTITAS", nil, nil, "TEMPAT TUGAS", nil, "PENILAI", nil},
			{nil, "NIP", "NAMA", "JABATAN", "UNIT KERJA", "PERANGKAT DAERAH", "LANGSUNG", nil}, {nil, nil, nil, nil, nil, nil, "NIP", "NAMA"},
			{1, budi, "Budi", "Camat", "A", "B", ani, "Ani"}, {"JUMLAH", nil, "1 orang"}},
			func(f *excelize.File) error {
				for _, area := range [][2]string{{"A1", "H1"}, {"A2", "A4"}, {"B2", "D2"}, {"E2", "F2"}, {"G2", "H2"}, {"G3", "H3"}, {"B3", "B4"}} {
					if err := f.MergeCell("Sheet1", area[0], area[1]); err != nil {
						return err
					}
				}
				return nil
			},
			lines("employees: accepted 1, repeated 0", "1999 Budi|Camat|A|B| < 2998")},
		{"A6: remarks and a status that begins later", [][]any{{"NIP", "NAMA", "JABATAN", "UNIT KERJA", "KEDUDUKAN", "KET."},
			{budi, "Budi", "Camat", "A", "Aktif", "BPJS nonaktif"}, {ani, "Ani", "Camat", "A", "Pensiun TMT 1 Januari 2027", ""},
			{siti, "Siti", "Camat", "A", "Non-aktif", ""}}, nil,
			lines("employees: accepted 2, repeated 0; inactive rows [4]; remarks in rows [2]", "1999 Budi|Camat|A||", "2998 Ani|Camat|A||")},
		{"A7: names as they are written", [][]any{head, {budi, "Drs. H. Budi McArthur, M.Si.", "Camat", "A"}, {ani, "...", "Camat", "A"}}, nil,
			lines("employees: accepted 1, repeated 0; row 3 NAME_EMPTY", "1999 Drs. H. Budi McArthur, M.Si.|Camat|A||")},
	} {
		if diff := cmp.Diff(tt.want, stored(t, book(t, tt.rows, tt.after))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// wide is a text in UTF-16, little end first, without a mark.
func wide(text string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// Text files as exports of SIASN, e-Kinerja and SIMPEG, and people, write them.
func TestTextFiles(t *testing.T) {
	const head = "NIP;NAMA;JABATAN;UNIT KERJA\n"
	same := lines("employees: accepted 2, repeated 0", "1999 Budi|Camat|A||", "2998 Ani|Camat|A||")
	two := head + budi + ";Budi;Camat;A\n" + ani + ";Ani;Camat;A\n"
	short := func(n int) (out string) { // as a script of a web page writes long numbers
		out = head
		for i := range n {
			n, err := strconv.ParseFloat(fmt.Sprintf("19870%d15201001%d%03d", 1+i%9, 1+i%2, 101+7*i), 64)
			if err != nil {
				t.Fatal(err)
			}
			out += strconv.FormatFloat(n, 'f', -1, 64) + ";Budi;Camat;A\n"
		}
		return out
	}
	for _, tt := range []struct{ name, body, want string }{
		{"A1: SIASN, tabs, code before name", strings.ReplaceAll("NIP BARU;NIP LAMA;NAMA;JENIS JABATAN ID;JENIS JABATAN NAMA;JABATAN ID;JABATAN NAMA;UNOR ID;UNOR NAMA;KEDUDUKAN HUKUM ID;KEDUDUKAN HUKUM NAMA\n"+
			budi+";460012345;BUDI;4;Pelaksana;8ae482862a4d4f92012a4e2b8d5a0f3b;Operator;A8ACA7397AEB3912E040640A040269BB;Kec. Natar;01;Aktif\n"+
			ani+";460012346;ANI;4;Pelaksana;8ae482862a4d4f92012a4e2b8d5a0f3b;Operator;A8ACA7397AEB3912E040640A040269BB;Kec. Natar;77;Meninggal\n", ";", "\t"),
			lines("employees: accepted 1, repeated 0; inactive rows [3]; JENIS JABATAN NAMA, not JENIS JABATAN ID; KEDUDUKAN HUKUM NAMA, not KEDUDUKAN HUKUM ID", "1999 BUDI|Operator|Kec. Natar||")},
		{"A1: two columns with NIPs of different people", "NIP;NIP BARU;NAMA;JABATAN;UNIT KERJA\n" + budi + ";" + ani + ";Budi;Camat;A\n",
			"the columns NIP and NIP BARU mean the same and differ in row 2: remove one of them"},
		{"A1: rating officials by NIP and name", "NIP PEGAWAI,NAMA PEGAWAI,PEJABAT PENILAI KINERJA,NIP PEJABAT PENILAI KINERJA\n" + budi + ",Budi,\"Ani, S.Sos.\"," + ani + "\n",
			lines("superiors: accepted 1, repeated 0; NIP PEJABAT PENILAI KINERJA, not PEJABAT PENILAI KINERJA", "1999 < 2998")},
		{"A2: marks for the cell above", head + budi + ";Budi;Camat;A\n" + ani + ";Ani;s.d.a.;A\n" + siti + ";Siti;Camat;\"\"\"\"\n" + tono + ";Tono;sda;idem\n",
			lines("employees: accepted 1, repeated 0; row 3 CELL_DITTO; row 4 CELL_DITTO; row 5 CELL_DITTO", "1999 Budi|Camat|A||")},
		{"A2: formulas that keep a zero, and others", "NIP;NAMA;JABATAN;UNIT KERJA;NO HP\n=\"" + budi + "\";=\"Budi\";Camat;A;=\"081200000001\"\n" + ani + ";=B2;Camat;A;\n" + siti + ";Siti;Err:502;A;\n",
			lines("employees: accepted 1, repeated 0; row 3 NO_RESULT; row 4 CELL_ERROR", "1999 Budi|Camat|A||+6281200000001")},
		{"A2: dates in words", "NIP;MULAI;SELESAI;JENIS\n" + budi + ";01 Pebruari 2027;3 Nopember 2027;Cuti\n" + ani + ";Jum'at, 1 Januari 2027;02/01/2027;Cuti\n" + siti + ";1 s.d. 3 Maret 2027;3 Maret 2027;Cuti\n",
			lines("leave: accepted 2, repeated 0; row 4 DATE_BAD", "1999 2027-02-01 to 2027-11-03 leave", "2998 2027-01-01 to 2027-01-02 leave")},
		{"A3: as short as a rounded number can be written", short(6),
			"the NIPs of this file went through a program that rounds long numbers, so that they are other people's now: export them anew as text"},
		{"A3: with a decimal point and in powers of ten", head + budi + ".0;Budi;Camat;A\n1,99211E+17;Ani;Camat;A\n1.9900427202321299e+17;Siti;Camat;A\n",
			"employees: accepted 0, repeated 0; row 2 NIP_LEN; row 3 NIP_SCI; row 4 NIP_SCI"},
		{"A3: spaces, no-break spaces, dots, an apostrophe, and two people in one cell", head + "19870315 201001 1 999;Budi;Camat;A\n1992\u00a01108 201903 2\u00a0998;Ani;Camat;A\n'" + siti + ";Siti;Camat;A\n\"" + tono + "\n" + budi + "\";Tono dan Budi;Camat;A\n",
			lines("employees: accepted 3, repeated 0; row 5 NIP_LEN", "1999 Budi|Camat|A||", "2998 Ani|Camat|A||", "2997 Siti|Camat|A||")},
		{"A4: a line that names the separator", "sep=;\n" + two, same},
		{"A4: UTF-16 without a mark", string(wide(two)), same},
		{"A4: UTF-16 with a mark, tabs", "\xff\xfe" + string(wide(strings.ReplaceAll(two, ";", "\t"))), same},
		{"A4: UTF-8 with a mark, strokes", "\ufeff" + strings.ReplaceAll(two, ";", "|"), same},
		{"A4: half of the rows are blank", strings.ReplaceAll(two, "\n", "\n;;;\n\n"), same},
		{"A4: the XML of old spreadsheets", `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>`,
			"the file is a web page, whatever its name says: open it in a spreadsheet program and save it as .xlsx"},
		{"A5: groups of groups", "NO;PEGAWAI;;;;PENILAI;;;\n;NIP;NAMA;JABATAN;UNIT KERJA;PEJABAT PENILAI;;ATASAN PEJABAT PENILAI;\n;;;;;NIP;NAMA;NIP;NAMA\n1;" + budi + ";Budi;Camat;A;" + ani + ";Ani;" + tono + ";Tono\n",
			lines("employees: accepted 1, repeated 0", "1999 Budi|Camat|A|| < 2998")},
		{"A5: a total, a date and a signature below", two + "JUMLAH;2;;\n;;;\nKalianda, 30 November 2026;;;\nKepala Badan,;;;\nNIP. " + tono + ";;;\n", same},
		{"A5: brackets and lines in headings", "NO;NIP (18 ANGKA);\"NAMA\nLENGKAP\";JABATAN (SESUAI SK);SKPD / UNIT KERJA;NAMA (ATASAN)\n1;" + budi + ";Budi;Camat;A;Ani\n",
			lines("employees: accepted 1, repeated 0", "1999 Budi|Camat|A||")},
		{"A5: a page in a heading", "NIP;NAMA;NAMA (" + strings.Repeat("x", 3000) + ");JABATAN;UNIT KERJA\n" + budi + ";Budi;Budi;Camat;A\n",
			lines("employees: accepted 1, repeated 0; NAMA, not NAMA ("+strings.Repeat("x", 73)+"…", "1999 Budi|Camat|A||")},
		{"A5: the only name is that of the superior", "NIP;NAMA (PIMPINAN);JABATAN;UNIT KERJA\n" + budi + ";Ani;Camat;A\n",
			"a column is missing: NIP, NAMA, JABATAN and UNIT KERJA are needed; NAMA was not found"},
		{"A5: name and NIP in one column", "NO;NAMA/NIP;JABATAN;UNIT KERJA\n1;\"Budi\n" + budi + "\";Camat;A\n",
			"there is no column NIP: give the column with the numbers that heading"},
		{"A6: the status of a family and of a telephone", "NIP;NAMA;JABATAN;UNIT KERJA;STATUS;CATATAN\n" + budi + ";Budi;Camat;A;Kawin;suami pensiun\n" + ani + ";Ani;Camat;A;Aktif;nomor HP tidak aktif\n",
			lines("employees: accepted 2, repeated 0; remarks in rows [3]", "1999 Budi|Camat|A||", "2998 Ani|Camat|A||")},
		{"A7: capitals, small letters and both", head + budi + ";BUDI SANTOSO, S.Sos.;Camat;A\n" + ani + ";ani lestari;Camat;A\n" + siti + ";Siti Nur'aini;Camat;A\n",
			lines("employees: accepted 3, repeated 0", "1999 BUDI SANTOSO, S.Sos.|Camat|A||", "2998 ani lestari|Camat|A||", "2997 Siti Nur'aini|Camat|A||")},
	} {
		if diff := cmp.Diff(tt.want, stored(t, []byte(tt.body))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// packed is a workbook of these parts, in their order.
func packed(t *testing.T, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Workbooks whose parts are valid and unusual, and archives that are none.
func TestUnusualWorkbooks(t *testing.T) {
	const (
		relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>`
		workbook  = `<x:workbook xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><x:sheets><x:sheet name="Data" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>`
	)
	row := func(cells ...string) string {
		out := "<x:row>"
		for _, c := range cells {
			out += `<x:c t="inlineStr"><x:is><x:r><x:t>` + c[:1] + `</x:t></x:r><x:r><x:t xml:space="preserve">` + c[1:] + `</x:t></x:r></x:is></x:c>`
		}
		return out + "</x:row>"
	}
	sheet := `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>` +
		row("NIP", "NAMA", "JABATAN", "UNIT KERJA") + row(budi, "Budi", "Camat", "A ") + `</x:sheetData></x:worksheet>`
	want := lines("employees: accepted 1, repeated 0", "1999 Budi|Camat|A||")
	touched := strings.Replace(sheet, "</x:sheetData>", `<x:row r="1048576"><x:c r="F1048576" t="inlineStr"><x:is><x:t> </x:t></x:is></x:c></x:row></x:sheetData>`, 1)
	top := fmt.Sprintf(relations, "officeDocument", "/buku/data.xml")
	below := fmt.Sprintf(relations, "worksheet", "../lembar/satu.xml")
	const none = "the file is no table: save it as .xlsx or .csv"
	for _, tt := range []struct {
		name string
		body []byte
		want string
	}{
		{"A4: prefixes, texts in place, no addresses, parts elsewhere", packed(t, "_rels/.rels", top, "buku/data.xml", workbook, "buku/_rels/data.xml.rels", below, "lembar/satu.xml", sheet), want},
		{"A4: names in other letters, the sheet first", packed(t, "Lembar/SATU.xml", sheet, "_RELS/.rels", top, "Buku/Data.XML", workbook, "buku/_rels/DATA.xml.RELS", below), want},
		{"A4: a touched last row", packed(t, "_rels/.rels", top, "buku/data.xml", workbook, "buku/_rels/data.xml.rels", below, "lembar/satu.xml", touched), want},
		{"A4: parts in UTF-16", packed(t, "_rels/.rels", top, "buku/data.xml", workbook, "buku/_rels/data.xml.rels", below,
			"lembar/satu.xml", "\xff\xfe"+string(wide(`<?xml version="1.0" encoding="UTF-16"?>`+sheet))), want},
		{"A4: a binary workbook", packed(t, "_rels/.rels", fmt.Sprintf(relations, "officeDocument", "xl/workbook.bin"), "xl/workbook.bin", "\x83\x01\x00\x80\x01"), none},
		{"A4: a spreadsheet inside an archive", packed(t, "pegawai.xlsx", string(book(t, [][]any{{"NIP"}}, nil))), none},
		{"A4: a document", packed(t, "_rels/.rels", fmt.Sprintf(relations, "officeDocument", "word/document.xml"), "word/document.xml", "<w:document/>"), none},
	} {
		got := stored(t, tt.body)
		if tt.want == none && strings.HasPrefix(got, none) { // and why
			got = none
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
