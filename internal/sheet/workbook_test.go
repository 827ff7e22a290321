package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bangkom/internal/sheet"
)

const namespaces = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

// byHand builds a workbook from the cells of its only sheet; parts replace or
// add others, nil = none.
func byHand(t *testing.T, cells string, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook ` + namespaces + `><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst ` + namespaces + `><si><t>NIP</t></si><si><r><t>Nama </t></r><r><t>lengkap</t></r><rPh><t>aid</t></rPh></si></sst>`,
		"xl/styles.xml":              `<styleSheet ` + namespaces + `><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="000"/><numFmt numFmtId="166" formatCode="[$-421]dd\ mmmm\ yyyy;@"/><numFmt numFmtId="167" formatCode="#,##0.00&quot; hari&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="1"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml":   `<worksheet ` + namespaces + `><sheetData>` + cells + `</sheetData></worksheet>`,
	}
	for name, body := range parts {
		if all[name] = body; body == "" {
			delete(all, name)
		}
	}
	return archive(t, all)
}

func TestCells(t *testing.T) {
	tests := []struct{ name, cells, want string }{
		{"shared and rich texts", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>`, "1: NIP||Nama lengkap"},
		{"texts in place", `<row><c t="inlineStr"><is><r><t>Budi </t></r><r><t>S.</t></r></is></c><c t="str"><f>x</f><v>Ani_x000D_</v></c></row>`, "1: Budi S.|=Ani"},
		{"no such shared text", `<row><c t="s"><v>9</v></c><c t="s"><v>0</v></c></row>`, "1: |NIP"},
		{"errors", `<row><c t="e"><f>VLOOKUP()</f><v>#N/A</v></c><c t="e"><v>#REF!</v></c></row>`, "1: !=#N/A|!#REF!"},
		{"a formula without a result", `<row><c><f>A1</f></c><c t="str"><f>A1</f><v></v></c></row>`, "1: =?|="},
		{"a NIP as a number", `<row><c><v>1.98703152010012E+17</v></c><c s="6"><v>198703152010011999</v></c></row>`, "1: #1.98703152010012E+17|#198703152010012000"},
		{"numbers", `<row><c><v>0.30000000000000004</v></c><c><v>81271234567</v></c><c s="3"><v>7</v></c><c s="5"><v>2.5</v></c></row>`, "1: #0.3|#81271234567|#007|#2.5"},
		{"truth values", `<row><c t="b"><v>1</v></c></row>`, "1: TRUE"},
		{"days", `<row><c s="1"><v>46477</v></c><c s="2"><v>46477</v></c><c s="4"><v>46477.5</v></c><c t="d"><v>2027-03-31T00:00:00</v></c></row>`,
			"1: 2027-03-31|2027-03-31|2027-03-31 12:00|2027-03-31"},
		{"rows and cells out of place", `<row r="3"><c r="B3" t="s"><v>0</v></c></row><row r="1048576"/><row r="x"><c r="?" t="s"><v>0</v></c></row>`, "3: |NIP\n1048577: NIP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(t, byHand(t, tt.cells, nil))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// A day is the same in both calendars of workbooks, shown as a day or as a number.
func TestDays(t *testing.T) {
	want := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	for properties, serial := range map[string]string{"": "46477", `<workbookPr date1904="1"/>`: "45015", `<workbookPr date1904="true"/>`: "45015"} {
		body := byHand(t, `<row><c><v>`+serial+`</v></c><c s="1"><v>`+serial+`</v></c></row>`, map[string]string{
			"xl/workbook.xml": `<workbook ` + namespaces + `>` + properties + `<sheets><sheet name="A" r:id="r1"/></sheets></workbook>`})
		tables, err := sheet.Open(bytes.NewReader(body), int64(len(body)))
		must(t, err)
		for row, err := range tables[0].Rows() {
			must(t, err)
			for i, c := range row.Cells {
				if !c.Day.Equal(want) {
					t.Errorf("%s, cell %d: %s, want %s", properties, i, c.Day, want)
				}
			}
		}
	}
}

// What spreadsheet programs open is read, whichever of the valid ways it is written in.
func TestValidWorkbooks(t *testing.T) {
	const cells = `<row><c t="s"><v>0</v></c></row>`
	strict := strings.NewReplacer("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
	tests := []struct {
		name  string
		parts map[string]string
	}{
		{"strict", map[string]string{"xl/workbook.xml": strict.Replace(`<workbook ` + namespaces + `><sheets><sheet name="A" r:id="r1"/></sheets></workbook>`)}},
		{"another workbook part", map[string]string{"xl/workbook.xml": "", "xl/_rels/workbook.xml.rels": "",
			"_rels/.rels":                 `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="/xl/workbook2.xml"/></Relationships>`,
			"xl/workbook2.xml":            `<workbook ` + namespaces + `><sheets><sheet name="A" r:id="r1"/></sheets></workbook>`,
			"xl/_rels/workbook2.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`}},
		{"backslashes and other case", map[string]string{"xl/sharedStrings.xml": "", `XL\SharedStrings.xml`: `<sst><si><t>NIP</t></si></sst>`}},
		{"encoding UTF8", map[string]string{"xl/sharedStrings.xml": `<?xml version="1.0" encoding="UTF8"?><sst><si><t>NIP</t></si></sst>`}},
		{"encoding ISO-8859-1", map[string]string{"xl/sharedStrings.xml": "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><sst><si><t>NIP</t></si><si><t>Ren\xe9</t></si></sst>"}},
		{"UTF-16", map[string]string{"xl/sharedStrings.xml": utf16With(`<?xml version="1.0" encoding="UTF-16"?><sst><si><t>NIP</t></si></sst>`)}},
		{"without styles", map[string]string{"xl/styles.xml": ""}},
		{"prefixed elements", map[string]string{"xl/sharedStrings.xml": `<x:sst xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:si><x:t>NIP</x:t></x:si></x:sst>`}},
		{"a chart sheet before it", map[string]string{"xl/workbook.xml": `<workbook ` + namespaces + `><sheets><sheet name="C" r:id="r9"/><sheet name="A" r:id="r1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r9" Type="http://x/chartsheet" Target="worksheets/sheet1.xml"/><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`}},
	}
	for _, tt := range tests {
		if got, err := read(t, byHand(t, cells, tt.parts)); err != nil || !cmp.Equal(got, []string{"1: NIP"}) {
			t.Errorf("%s: rows %q, %v", tt.name, got, err)
		}
	}
}

func utf16With(text string) string {
	out := []byte{0xff, 0xfe}
	for _, c := range []byte(text) {
		out = append(out, c, 0)
	}
	return string(out)
}

// Blank rows do not count, wherever somebody has touched the last one.
func TestTouchedLastRow(t *testing.T) {
	body := byHand(t, `<row r="1"><c t="s"><v>0</v></c></row><row r="1048576"><c s="1"/></row>`, nil)
	if got, err := read(t, body); err != nil || !cmp.Equal(got, []string{"1: NIP"}) {
		t.Errorf("rows %q, %v", got, err)
	}
	csv := "NIP\n" + strings.Repeat("\n", 1<<20) + "1\n"
	if got, err := read(t, []byte(csv)); err != nil || !cmp.Equal(got, []string{"1: NIP", "1048578: 1"}) {
		t.Errorf("rows %q, %v", got, err)
	}
}

// Old programs end lines with CR alone.
func TestCarriageReturns(t *testing.T) {
	want := []string{"1: NIP|NAMA", "2: 1|Budi\nSantoso", "4: 2|Ani"}
	for _, end := range []string{"\r", "\n", "\r\n"} {
		body := strings.ReplaceAll("NIP;NAMA\n1;\"Budi\nSantoso\"\n\n2;Ani", "\n", end)
		if got, err := read(t, []byte(body)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: rows %q, %v", end, got, err)
		}
	}
}

// What excelize writes is read as it was given, also by its own number formats.
func TestAsExcelizeWrites(t *testing.T) {
	day := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	body := workbook(t, func(f *excelize.File) {
		for i, value := range []any{"teks", 12, 2.5, true, day} {
			must(t, f.SetCellValue("Sheet1", fmt.Sprintf("%c1", 'A'+i), value))
		}
	})
	if got, err := read(t, body); err != nil || !cmp.Equal(got, []string{"1: teks|#12|#2.5|TRUE|2027-03-31"}) {
		t.Errorf("rows %q, %v", got, err)
	}
}

// A text that no spreadsheet program could have written is refused, in every
// place where one may stand.
func TestLongText(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	for name, body := range map[string][]byte{
		"shared":       byHand(t, ``, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>` + long + `</t></si></sst>`}),
		"in place":     byHand(t, `<row><c t="inlineStr"><is><t>`+long+`</t></is></c></row>`, nil),
		"of a formula": byHand(t, `<row><c t="str"><f>`+long+`</f><v>x</v></c></row>`, nil),
		"a tag":        byHand(t, `<row><c t="`+long+`"/></row>`, nil),
	} {
		if _, err := read(t, body); !errors.Is(err, sheet.ErrLongText) {
			t.Errorf("%s: %v, want %v", name, err, sheet.ErrLongText)
		}
	}
}
