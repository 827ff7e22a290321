package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// sample is how much of a file decides about its encoding and separator.
const sample = 64 << 10

type csvTable struct{ r *records }

// openCSV finds out the encoding from the whole file, because one accent may
// stand at its end, and the separator from the beginning.
func openCSV(r io.ReaderAt, size int64) (Table, error) {
	decoder, err := decoderOf(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, err
	}
	text := bufio.NewReaderSize(transform.NewReader(io.NewSectionReader(r, 0, size), decoder), sample)
	head, err := text.Peek(sample / 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	return &csvTable{&records{r: text, comma: separator(string(head))}}, nil
}

// decoderOf recognises UTF-16 and UTF-8 by mark or content; the rest is
// Windows-1252, which older programs write. A file with NUL bytes is no text.
func decoderOf(r io.Reader) (transform.Transformer, error) {
	raw := bufio.NewReaderSize(r, sample)
	head, err := raw.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder(), nil
	case bytes.IndexByte(head, 0) >= 0:
		return nil, ErrNoTable
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return unicode.UTF8BOM.NewDecoder(), nil
	}
	_, err = io.Copy(io.Discard, transform.NewReader(raw, encoding.UTF8Validator))
	switch {
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return charmap.Windows1252.NewDecoder(), nil
	case err != nil:
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	return unicode.UTF8BOM.NewDecoder(), nil
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

// Rows counts blank lines, which a spreadsheet shows. A line break inside quotes
// makes no new row.
func (t *csvTable) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var cells []Cell
		for number := 1; ; number++ {
			record, err := t.r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, fmt.Errorf("%w: %w", ErrNoTable, err))
				return
			}
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
