package intake_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/intake"
)

// maxMemory is what reading one file may cost, with the file itself.
const maxMemory = 200 << 20

// workbook writes an XLSX file whose parts are written piece by piece.
func workbook(t *testing.T, texts, cells func(io.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	part := func(name string, fill func(io.Writer)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fill(w)
	}
	text := func(body string) func(io.Writer) { return func(w io.Writer) { _, _ = io.WriteString(w, body) } }
	part("xl/workbook.xml", text(`<workbook xmlns:r="r"><sheets><sheet name="A" r:id="r1"/></sheets></workbook>`))
	part("xl/_rels/workbook.xml.rels", text(`<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	part("xl/sharedStrings.xml", func(w io.Writer) { text(`<sst>`)(w); texts(w); text(`</sst>`)(w) })
	part("xl/worksheets/sheet1.xml", func(w io.Writer) { text(`<worksheet><sheetData>`)(w); cells(w); text(`</sheetData></worksheet>`)(w) })
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// register is a table of people whose cells refer to the shared texts 0 to 3
// (the headings) and to the ones that cell tells.
func register(rows int, cell func(row, column int) int) func(io.Writer) {
	return func(w io.Writer) {
		_, _ = io.WriteString(w, `<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>`)
		for row := range rows {
			_, _ = io.WriteString(w, `<row>`)
			for column := range 4 {
				fmt.Fprintf(w, `<c t="s"><v>%d</v></c>`, cell(row, column))
			}
			_, _ = io.WriteString(w, `</row>`)
		}
	}
}

// headings and after them the given texts.
func shared(more ...string) func(io.Writer) {
	return func(w io.Writer) {
		for _, text := range append([]string{"NIP", "NAMA", "JABATAN", "UNIT KERJA"}, more...) {
			fmt.Fprintf(w, `<si><t>%s</t></si>`, text)
		}
	}
}

// Whatever is sent, reading it leaves room for everybody else: a reader that
// keeps what it is asked to keep would end the process that serves them.
func TestMemoryOfTheWorst(t *testing.T) {
	devdbtest.Heavy(t, "files of the greatest size are read, and what is counted is memory")
	nip, long := "198703152010011999", strings.Repeat("Nama yang panjang ", 1800) // 32,400 characters
	bomb, err := os.ReadFile("testdata/one-text-400-times.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	second := func(n int) func(int, int) int {
		return func(_, column int) int {
			if column == 0 {
				return 4
			}
			return n
		}
	}
	for name, body := range map[string][]byte{
		"one text of 7 MiB in 400 cells": bomb,
		"one cell of 240 MiB": workbook(t, shared(), func(w io.Writer) {
			_, _ = io.WriteString(w, `<row><c t="inlineStr"><is><t>`)
			mega := strings.Repeat("x", 1<<20)
			for range 240 {
				_, _ = io.WriteString(w, mega)
			}
			_, _ = io.WriteString(w, `</t></is></c></row>`)
		}),
		"the longest text in every cell": workbook(t, shared(nip, long), register(59_000, second(5))),
		"names as long as they may be":   workbook(t, shared(nip, strings.Repeat("界 ", 150)), register(59_000, second(5))),
		"many different texts": workbook(t, func(w io.Writer) {
			shared(nip)(w)
			for i := range 2_000_000 {
				fmt.Fprintf(w, `<si><t>%d</t></si>`, i)
			}
		}, register(59_000, func(row, column int) int { return 4 + (row*4+column)%2_000_000 })),
		"a full register": workbook(t, func(w io.Writer) {
			shared()(w)
			for i := range 4 * 59_000 {
				fmt.Fprintf(w, `<si><t>%s %d dari satuan kerja</t></si>`, nip, i)
			}
		}, register(59_000, func(row, column int) int { return 4 + row*4 + column })),
		"one CSV cell of 20 MB": []byte("NIP;NAMA;JABATAN;UNIT KERJA\n" + nip + ";\"" + strings.Repeat("x", 20_000_000) + "\";x;y\n"),
		"a CSV of separators":   []byte("NIP;NAMA;JABATAN;UNIT KERJA\n" + strings.Repeat(";", 20_000_000) + "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			peak := peakOf(func() {
				_, err := intake.Recognise(body, intake.Lists{}, today)
				t.Logf("%v", err)
			})
			t.Logf("%d KiB, at most %d MiB", len(body)>>10, peak>>20)
			if peak+uint64(len(body)) > maxMemory {
				t.Errorf("reading it took %d MiB, want at most %d", peak>>20, maxMemory>>20)
			}
		})
	}
}

// peakOf is the most memory in use while fn runs, beyond what was in use before.
// The collector runs as in a process with a limit.
func peakOf(fn func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, peak := m.HeapInuse, uint64(0)
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	for {
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse-min(before, m.HeapInuse))
		select {
		case <-done:
			return peak
		case <-time.After(5 * time.Millisecond):
		}
	}
}
