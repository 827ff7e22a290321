package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// sample is how much of a file decides about its encoding and separator.
const sample = 64 << 10

type csvTable struct{ r *csv.Reader }

// openCSV finds out encoding and separator from the beginning of the file.
func openCSV(r io.Reader) (Table, error) {
	raw := bufio.NewReaderSize(r, sample)
	head, err := raw.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	decoder, err := decoderOf(head)
	if err != nil {
		return nil, err
	}
	text := bufio.NewReaderSize(transform.NewReader(raw, decoder), sample)
	head, err = text.Peek(sample / 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	c := csv.NewReader(text)
	c.Comma, c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = separator(string(head)), true, -1, true
	return &csvTable{c}, nil
}

// decoderOf recognises UTF-16 and UTF-8 by mark or content; the rest is
// Windows-1252, which older programs write. A file with NUL bytes is no text.
func decoderOf(head []byte) (transform.Transformer, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder(), nil
	case bytes.IndexByte(head, 0) >= 0:
		return nil, ErrNoTable
	case validUTF8(head):
		return unicode.UTF8BOM.NewDecoder(), nil
	}
	return charmap.Windows1252.NewDecoder(), nil
}

// validUTF8 forgives a character that the end of a full sample cuts in two.
func validUTF8(head []byte) bool {
	if len(head) < sample {
		return utf8.Valid(head)
	}
	for cut := range utf8.UTFMax {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}

// separator is the one of ; tab and comma that stands outside quotes on most
// of the first lines; of equals the one named first, because commas also
// stand in names and titles.
func separator(head string) rune {
	const lines = 20
	counts, here := map[rune]int{}, map[rune]bool{}
	quoted, seen := false, 0
	for _, c := range head + "\n" {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			for r := range here {
				counts[r]++
			}
			clear(here)
			if seen++; seen == lines {
				return most(counts)
			}
		default:
			here[c] = true
		}
	}
	return most(counts)
}

func most(counts map[rune]int) rune {
	best := ';'
	for _, c := range "\t," {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// Rows counts blank lines, which the reader skips and a spreadsheet shows. A
// line break inside quotes makes no new row.
func (t *csvTable) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		number, next := 0, 1 // number of the last row; line on which the next one may begin
		var cells []Cell
		for {
			record, err := t.r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, fmt.Errorf("%w: %w", ErrNoTable, err))
				return
			}
			first, _ := t.r.FieldPos(0)
			number += 1 + max(0, first-next)
			last, _ := t.r.FieldPos(len(record) - 1)
			next = last + strings.Count(record[len(record)-1], "\n") + 1
			if number > MaxRows {
				yield(Row{}, ErrTooMany)
				return
			}
			cells = cells[:0]
			for _, value := range record[:min(len(record), maxColumns)] {
				cells = append(cells, Cell{Text: clean(value)})
			}
			if !blank(cells) && !yield(Row{Number: number, Cells: cells}, nil) {
				return
			}
		}
	}
}

// Close does nothing: the file belongs to the caller.
func (t *csvTable) Close() error { return nil }

// clean makes a cell comparable: composed characters, no invisible marks, no
// white space around it.
func clean(value string) string {
	value = strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\ufeff', 0:
			return -1
		case '\u00a0', '\u2007', '\u202f':
			return ' '
		}
		return r
	}, value)
	value = strings.TrimSpace(norm.NFC.String(value))
	if len(value) > maxCell {
		value = strings.ToValidUTF8(value[:maxCell], "")
	}
	return value
}

func blank(cells []Cell) bool {
	for _, c := range cells {
		if c.Text != "" {
			return false
		}
	}
	return true
}
