package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"bangkom/internal/sheet"
)

// read returns every row as "number: a|b|c"; # marks a number, = a formula,
// ! an error, ? a formula without a result.
func read(t *testing.T, body []byte) ([]string, error) {
	t.Helper()
	tables, err := sheet.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	var out []string
	for row, err := range tables[0].Rows() {
		if err != nil {
			return out, err
		}
		var cells []string
		for _, c := range row.Cells {
			text := c.Text
			if c.Numeric && text != "" {
				text = "#" + text
			}
			if c.Formula {
				text = "=" + text
			}
			if c.Error {
				text = "!" + text
			}
			if c.Unknown {
				text += "?"
			}
			cells = append(cells, text)
		}
		out = append(out, fmt.Sprintf("%d: %s", row.Number, strings.Join(cells, "|")))
	}
	return out, nil
}

func TestCSV(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("NIP;NAMA\r\n1;José\r\n")
	if err != nil {
		t.Fatal(err)
	}
	windows, err := charmap.Windows1252.NewEncoder().String("NIP,NAMA\n1,José\n")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, body string
		want       []string
	}{
		{"comma", "NIP,NAMA\n1,Budi\n", []string{"1: NIP|NAMA", "2: 1|Budi"}},
		{"semicolon with commas inside", "NIP;NAMA;JABATAN\n1;Budi, S.Sos., M.M.;Kasi A, B, C\n", []string{"1: NIP|NAMA|JABATAN", "2: 1|Budi, S.Sos., M.M.|Kasi A, B, C"}},
		{"tab", "NIP\tNAMA\n1\tBudi, S.Sos.\n", []string{"1: NIP|NAMA", "2: 1|Budi, S.Sos."}},
		{"byte order mark and CRLF", "\ufeffNIP;NAMA\r\n1;Budi\r\n", []string{"1: NIP|NAMA", "2: 1|Budi"}},
		{"UTF-16", utf16, []string{"1: NIP|NAMA", "2: 1|José"}},
		{"Windows-1252", windows, []string{"1: NIP|NAMA", "2: 1|José"}},
		{"blank lines count", "\n\nNIP;NAMA\n\n1;Budi\n;;\n2;Ani\n", []string{"3: NIP|NAMA", "5: 1|Budi", "7: 2|Ani"}},
		{"a line break in quotes is one row", "NIP;NAMA\n1;\"Budi\nSantoso\"\n\n2;\"Ani\"\n3;\"x\n\ny\"\n4;z\n",
			[]string{"1: NIP|NAMA", "2: 1|Budi\nSantoso", "4: 2|Ani", "5: 3|x\n\ny", "6: 4|z"}},
		{"spaces that are none", "NIP;NAMA\n\u00a01\u200b;\u202fBudi \n", []string{"1: NIP|NAMA", "2: 1|Budi"}},
		{"stray quotes", "NIP;NAMA\n1;Budi \"Ucok\" S\n", []string{"1: NIP|NAMA", "2: 1|Budi \"Ucok\" S"}},
		{"rows of other lengths", "JUDUL\nNIP;NAMA\n1\n2;Ani;x\n", []string{"1: JUDUL", "2: NIP|NAMA", "3: 1", "4: 2|Ani|x"}},
		{"composed characters", "NIP;NAMA\n1;Jose\u0301\n", []string{"1: NIP|NAMA", "2: 1|José"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(t, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// workbook builds an XLSX file and returns its bytes.
func workbook(t *testing.T, fill func(f *excelize.File), options ...excelize.Options) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var out bytes.Buffer
	if err := f.Write(&out, options...); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestXLSX(t *testing.T) {
	body := workbook(t, func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 1}) // "0": shows every digit
		must(t, err,
			f.SetCellStr("Sheet1", "A1", "DAFTAR PEGAWAI"), f.MergeCell("Sheet1", "A1", "C1"),
			f.SetCellStr("Sheet1", "A3", "NIP"), f.SetCellStr("Sheet1", "B3", "NAMA"), f.SetCellStr("Sheet1", "D3", "UNIT"),
			f.SetCellStr("Sheet1", "A4", "198703152010011999"), f.SetCellStr("Sheet1", "B4", " Budi "),
			f.SetCellValue("Sheet1", "A5", 198703152010011999), f.SetCellStr("Sheet1", "B5", "Angka"),
			f.SetCellValue("Sheet1", "A6", 198703152010011999), f.SetCellStyle("Sheet1", "A6", "A6", style),
			f.SetCellStr("Sheet1", "B6", "Angka berformat"),
			f.SetCellFormula("Sheet1", "A9", `"198703152010011999"`), f.SetCellStr("Sheet1", "B9", "Rumus"))
	})
	got, err := read(t, body)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1: DAFTAR PEGAWAI", "3: NIP|NAMA||UNIT", "4: 198703152010011999|Budi"}
	if diff := cmp.Diff(want, got[:3]); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	for i, prefix := range []string{"5: #1.98", "6: #1987031520100"} {
		if !strings.HasPrefix(got[3+i], prefix) {
			t.Errorf("row %q, want one that begins with %q", got[3+i], prefix)
		}
	}
	if !strings.HasPrefix(got[5], "9: =") || !strings.HasSuffix(got[5], "|Rumus") {
		t.Errorf("row %q, want row 9 with a formula", got[5])
	}
}

// The first sheet that can be seen is read, whatever its name and place.
func TestHiddenSheet(t *testing.T) {
	body := workbook(t, func(f *excelize.File) {
		_, err := f.NewSheet("Data & Pegawai")
		must(t, err, f.SetCellStr("Sheet1", "A1", "tersembunyi"), f.SetCellStr("Data & Pegawai", "A1", "terlihat"))
		f.SetActiveSheet(1)
		must(t, f.SetSheetVisible("Sheet1", false))
	})
	if got, err := read(t, body); err != nil || !cmp.Equal(got, []string{"1: terlihat"}) {
		t.Errorf("rows = %q, %v, want those of the visible sheet", got, err)
	}
}

func TestRefused(t *testing.T) {
	many := strings.Repeat("1;x\n", sheet.MaxRows+1)
	tests := []struct {
		name string
		body []byte
		want error
	}{
		{"nothing", nil, sheet.ErrNoTable},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), sheet.ErrNoTable},
		{"a PDF", []byte("%PDF-1.7\n..."), sheet.ErrNoTable},
		{"an archive of something else", archive(t, map[string]string{"a.txt": "x"}), sheet.ErrNoTable},
		{"a broken workbook", archive(t, map[string]string{"xl/workbook.xml": "<workbook"}), sheet.ErrNoTable},
		{"a cut workbook", workbook(t, func(*excelize.File) {})[:500], sheet.ErrNoTable},
		{"a password", workbook(t, func(*excelize.File) {}, excelize.Options{Password: "x"}), sheet.ErrProtected},
		{"an old XLS", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...), sheet.ErrOldExcel},
		{"a password behind a large body", lockedWorkbook(), sheet.ErrProtected},
		{"a web page", []byte("\ufeff\n<HTML><body><table><tr><td>NIP</td></tr></table>"), sheet.ErrHTML},
		{"too many rows", []byte(many), sheet.ErrTooMany},
		{"a bomb", inflated(t, archive(t, map[string]string{"xl/workbook.xml": "<workbook/>"}), map[string]int{"xl/a.xml": 257}), sheet.ErrUnpacked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := read(t, tt.body); !errors.Is(err, tt.want) {
				t.Errorf("rows %q, error %v, want %v", got, err, tt.want)
			}
		})
	}
	if _, err := sheet.Open(bytes.NewReader(nil), 200<<20); !errors.Is(err, sheet.ErrTooLarge) {
		t.Errorf("200 MB: %v, want that it is too large", err)
	}
}

// lockedWorkbook has its list of names behind the first 64 KiB, as large files do.
func lockedWorkbook() []byte {
	body := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 65_510)...)
	for _, c := range []byte("EncryptedPackage") {
		body = append(body, c, 0)
	}
	return append(body, make([]byte, 300_000)...)
}

func archive(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, body := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	must(t, z.Close())
	return out.Bytes()
}

// Whatever a file holds, it is read or refused, without a panic.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("NIP;NAMA\n1;x\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xff\xfeN\x00"))
	f.Add([]byte("\"\n\"\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, err := read(t, body)
		if err == nil && len(rows) > len(body) {
			t.Errorf("%d rows of %d bytes", len(rows), len(body))
		}
	})
}

// What is written is read again as texts, whatever it looks like; one that looks like
// a formula (?) is asked about, as in the files of others.
func TestWrite(t *testing.T) {
	rows := [][]string{{"NIP", "NAMA"}, {"198703152010011999", "=1+1"}, {"", "x"}, {"007", "+62 812"}, {"1.9E+17", "@a\nb"}}
	var out bytes.Buffer
	must(t, sheet.Write(&out, "Pegawai", rows))
	got, err := read(t, out.Bytes())
	want := []string{"1: NIP|NAMA", "2: 198703152010011999|=1+1?", "3: |x", "4: 007|+62 812", "5: 1.9E+17|@a\nb"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
