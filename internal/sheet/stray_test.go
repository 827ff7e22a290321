package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"bangkom/internal/sheet"
)

// cellsOf reads a table as texts, with the number of each row before them.
func cellsOf(t testing.TB, body string) (out []string) {
	tables, err := sheet.Open(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range tables[0].Rows() {
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
		{"an address of five lines", "A;B\n\"1\n2\n3\n4\n5\";x\n", []string{"1|A|B", "2|1\n2\n3\n4\n5|x"}},
		{"a NIP in the second line of a cell", "A;B;C\n1;\"Budi\n199503142019031902\";x\n", []string{"1|A|B|C", "2|1|Budi\n199503142019031902|x"}},
		{"in the middle", "NIP;NAMA\r\n1;Budi \"B\" Santoso\r\n", []string{"1|NIP|NAMA", `2|1|Budi "B" Santoso`}},
		{"rightly quoted", "NIP;NAMA\r\n1;\"BUDI; S.Sos.\"\r\n2;\"Jl. \"\"A\"\"\r\nKalianda\" \r\n", []string{"1|NIP|NAMA", "2|1|BUDI; S.Sos.", "3|2|Jl. \"A\"\nKalianda"}},
		{"against Excel", "NIP;NAMA\n=\"199503142019031901\";Budi", []string{"1|NIP|NAMA", "2|199503142019031901|Budi"}},
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
		// A line of a cell with as many separators as a row is taken for a row.
		field := rapid.StringMatching(`[a-z][a-z",;]{0,6}(\n[a-z" ]{1,2};?[a-z"]?)?[a-z]`)
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

// What no table needs is not unpacked, whatever its size; what is decoded as a
// whole is bounded, and all of it together.
func TestLargeParts(t *testing.T) {
	plain := workbook(t, func(f *excelize.File) { must(t, f.SetCellStr("Sheet1", "A1", "NIP")) })
	for _, tt := range []struct {
		name      string
		parts, mb int
		want      error
	}{
		{"xl/media/image%d.png", 10, 2, nil},
		{"xl/worksheets/sheet9%d.xml", 1, 100, nil},
		{"xl/worksheets/sheet9%d.xml", 3, 100, sheet.ErrUnpacked},
		{"xl/styles.xml", 1, 9, sheet.ErrUnpacked},
	} {
		more := map[string]int{}
		for i := range tt.parts {
			more[strings.ReplaceAll(tt.name, "%d", fmt.Sprint(i))] = tt.mb
		}
		if _, err := read(t, inflated(t, plain, more)); !errors.Is(err, tt.want) {
			t.Errorf("%d × %d MB of %s: %v, want %v", tt.parts, tt.mb, tt.name, err, tt.want)
		}
	}
}

// inflated is a workbook with further parts, or other ones in the place of its own, of so
// many MiB each.
func inflated(t *testing.T, body []byte, parts map[string]int) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range in.File {
		if parts[p.Name] == 0 {
			must(t, z.Copy(p))
		}
	}
	for name, mb := range parts {
		addBlank(t, z, name, mb)
	}
	must(t, z.Close())
	return out.Bytes()
}

// blank is a MiB of zeros, packed: the first one, each after it, which looks back at the
// one before, and the end. Under the race detector a bomb takes long to pack as a whole.
type blank struct{ first, next, end []byte }

var packed = sync.OnceValues(func() (blank, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return blank{}, err
	}
	var ends [2]int
	for i := range ends {
		_, err := w.Write(make([]byte, 1<<20))
		if err = errors.Join(err, w.Flush()); err != nil {
			return blank{}, err
		}
		ends[i] = out.Len()
	}
	err = w.Close()
	return blank{out.Bytes()[:ends[0]], out.Bytes()[ends[0]:ends[1]], out.Bytes()[ends[1]:]}, err
})

// addBlank adds a part of so many MiB of zeros.
func addBlank(t *testing.T, z *zip.Writer, name string, mb int) {
	t.Helper()
	one, err := packed()
	must(t, err)
	sum, mega := crc32.NewIEEE(), make([]byte, 1<<20)
	for range mb {
		_, _ = sum.Write(mega)
	}
	all := slices.Concat(one.first, bytes.Repeat(one.next, mb-1), one.end)
	part, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: sum.Sum32(),
		CompressedSize64: uint64(len(all)), UncompressedSize64: uint64(mb) << 20})
	must(t, err)
	_, err = part.Write(all)
	must(t, err)
}

// A bomb is one that unpacks, or the tests with it would show nothing.
func TestBlankPartsUnpack(t *testing.T) {
	body := inflated(t, archive(t, map[string]string{"a": "x"}), map[string]int{"b": 3})
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	part, err := z.Open("b")
	must(t, err)
	got, err := io.ReadAll(part)
	if err != nil || !bytes.Equal(got, make([]byte, 3<<20)) {
		t.Errorf("%d bytes, %v, want 3 MiB of zeros", len(got), err)
	}
}
