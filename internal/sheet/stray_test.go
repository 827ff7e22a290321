package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"bangkom/internal/sheet"
)

// cellsOf reads a table as texts, with the number of each row before them.
func cellsOf(t testing.TB, body string) (out []string) {
	table, err := sheet.Open(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprint(row.Number)
		for _, c := range row.Cells {
			line += "|" + c.Text
		}
		out = append(out, line)
	}
	return out
}

// A quote that no quote closes is a character: no row is swallowed by another.
func TestStrayQuotes(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"a name in quotes, one never closed", "NIP;NAMA\n1;\"Budi\" Santoso\n2;\"Ani\n3;Cici\n",
			[]string{"1|NIP|NAMA", `2|1|"Budi" Santoso`, `3|2|"Ani`, "4|3|Cici"}},
		{"closed rows later", "NIP;NAMA\n199503142019031901;\"Ani\n199503142019031902;Budi\n199503142019031903;Cici\"\n",
			[]string{"1|NIP|NAMA", `2|199503142019031901|"Ani`, "3|199503142019031902|Budi", `4|199503142019031903|Cici"`}},
		{"more lines than a cell has", "A;B\n\"1\n2\n3\n4\n5\";x\n", []string{"1|A|B", `2|"1`, "3|2", "4|3", "5|4", `6|5"|x`}},
		{"in the middle", "NIP;NAMA\r\n1;Budi \"B\" Santoso\r\n", []string{"1|NIP|NAMA", `2|1|Budi "B" Santoso`}},
		{"rightly quoted", "NIP;NAMA\r\n1;\"BUDI; S.Sos.\"\r\n2;\"Jl. \"\"A\"\"\r\nKalianda\" \r\n", []string{"1|NIP|NAMA", "2|1|BUDI; S.Sos.", "3|2|Jl. \"A\"\nKalianda"}},
		{"against Excel", "NIP;NAMA\n=\"199503142019031901\";Budi", []string{"1|NIP|NAMA", `2|="199503142019031901"|Budi`}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, cellsOf(t, tt.body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// What a sound program writes is read as it was written.
func TestCSVIsReadAsWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		field := rapid.StringMatching(`[a-z][a-z",;]{0,6}(\n[a-z"; ]{1,3})?[a-z]`)
		rows := rapid.SliceOfN(rapid.SliceOfN(field, 2, 4), 1, 6).Draw(r, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = ';'
		if err := errors.Join(w.Write([]string{"NIP", "NAMA", "UNIT"}), w.WriteAll(rows)); err != nil {
			r.Fatal(err)
		}
		want := []string{"1|NIP|NAMA|UNIT"}
		for i, row := range rows {
			want = append(want, fmt.Sprint(i+2)+"|"+strings.Join(row, "|"))
		}
		if diff := cmp.Diff(want, cellsOf(t, b.String())); diff != "" {
			r.Errorf("%q (-want +got):\n%s", b.String(), diff)
		}
	})
}

// An accent of Windows-1252 far behind the beginning decides too.
func TestLateAccent(t *testing.T) {
	var b strings.Builder
	b.WriteString("NIP;NAMA\n")
	for i := 0; b.Len() < 200<<10; i++ {
		fmt.Fprintf(&b, "%d;Budi\n", i)
	}
	for tail, want := range map[string]string{"x;Ren\xe9\n": "|x|René", "x;René\n": "|x|René"} {
		all := cellsOf(t, b.String()+tail)
		if last := all[len(all)-1]; !strings.HasSuffix(last, want) {
			t.Errorf("%q is read as %q", tail, last)
		}
	}
}

// Parts of a workbook that are held in memory are bounded, whatever is streamed.
func TestLargeParts(t *testing.T) {
	f := excelize.NewFile()
	var plain bytes.Buffer
	if err := errors.Join(f.SetCellValue("Sheet1", "A1", "NIP"), f.Write(&plain)); err != nil {
		t.Fatal(err)
	}
	in, err := zip.NewReader(bytes.NewReader(plain.Bytes()), int64(plain.Len()))
	if err != nil {
		t.Fatal(err)
	}
	with := func(parts, mb int, name string) error {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, p := range in.File {
			w, _ := z.Create(p.Name)
			r, _ := p.Open()
			if _, err := io.Copy(w, r); err != nil {
				t.Fatal(err)
			}
		}
		zero := make([]byte, 1<<20)
		for i := range parts {
			w, _ := z.Create(fmt.Sprintf(name, i))
			for range mb {
				_, _ = w.Write(zero)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		table, err := sheet.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err == nil {
			err = table.Close()
		}
		return err
	}
	for _, tt := range []struct {
		name      string
		parts, mb int
		want      error
	}{
		{"xl/media/image%d.png", 1, 10, nil},
		{"xl/media/image%d.png", 10, 2, sheet.ErrUnpacked},
		{"xl/worksheets/other%d.xml", 1, 20, sheet.ErrUnpacked},
		{"xl/worksheets/sheet9%d.xml", 1, 100, nil},
		{"xl/worksheets/sheet9%d.xml", 12, 7, sheet.ErrUnpacked},
	} {
		if err := with(tt.parts, tt.mb, tt.name); !errors.Is(err, tt.want) {
			t.Errorf("%d × %d MB of %s: %v, want %v", tt.parts, tt.mb, tt.name, err, tt.want)
		}
	}
}
