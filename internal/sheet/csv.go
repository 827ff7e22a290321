package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// sample is how much of a file decides about its encoding and separator.
const sample = 64 << 10

// csvTable reads a file in which a separator stands between cells.
type csvTable struct {
	file  func() io.Reader // from the beginning
	plain func() transform.Transformer
	comma rune
	width int // cells of a row
}

// Name is empty: the name of a file does not matter.
func (t *csvTable) Name() string { return "" }

// openCSV finds out the encoding from the whole file, because one accent may
// stand at its end, and the separator from the beginning.
func openCSV(r io.ReaderAt, size int64) ([]Table, error) {
	t := &csvTable{file: func() io.Reader { return io.NewSectionReader(r, 0, size) }}
	var err error
	if t.plain, err = decoderOf(t.file()); err != nil {
		return nil, err
	}
	head, err := t.open().Peek(sample / 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	t.comma, t.width = separator(string(head))
	return []Table{t}, nil
}

// open returns the text from its beginning, with line feeds as the only ends of lines.
func (t *csvTable) open() *bufio.Reader {
	return bufio.NewReaderSize(transform.NewReader(transform.NewReader(t.file(), t.plain()), &lineFeeds{}), sample)
}

// lineFeeds turns CR and CR LF into LF; old programs end lines with CR alone.
type lineFeeds struct{ transform.NopResetter }

// Transform is that of transform.Transformer.
func (*lineFeeds) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if nDst == len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		c, width := src[nSrc], 1
		if c == '\r' {
			if nSrc+1 == len(src) && !atEOF {
				return nDst, nSrc, transform.ErrShortSrc
			}
			if c = '\n'; nSrc+1 < len(src) && src[nSrc+1] == '\n' {
				width = 2
			}
		}
		dst[nDst] = c
		nDst, nSrc = nDst+1, nSrc+width
	}
	return nDst, nSrc, nil
}

// decoderOf recognises UTF-16 and UTF-8 by mark or content; the rest is
// Windows-1252, which older programs write. A file with NUL bytes is no text.
func decoderOf(r io.Reader) (func() transform.Transformer, error) {
	raw := bufio.NewReaderSize(r, sample)
	head, err := raw.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return func() transform.Transformer {
			return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		}, nil
	case wide(head, 1):
		return func() transform.Transformer {
			return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
		}, nil
	case wide(head, 0):
		return func() transform.Transformer { return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder() }, nil
	case bytes.IndexByte(head, 0) >= 0:
		return nil, ErrNoTable
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return func() transform.Transformer { return unicode.UTF8BOM.NewDecoder() }, nil
	}
	_, err = io.Copy(io.Discard, transform.NewReader(raw, encoding.UTF8Validator))
	switch {
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return func() transform.Transformer { return charmap.Windows1252.NewDecoder() }, nil
	case err != nil:
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	return func() transform.Transformer { return unicode.UTF8BOM.NewDecoder() }, nil
}

// wide tells whether a text without a mark has two bytes for each character, of which
// the one that is odd or even is zero in nearly all, and the other in none.
func wide(head []byte, zero int) bool {
	zeros := 0
	for i, b := range head {
		switch {
		case b != 0:
		case i%2 != zero:
			return false
		default:
			zeros++
		}
	}
	return len(head) >= 8 && zeros*2 >= len(head)*9/10
}

// separator is the one of ; tab, comma and | that stands outside quotes on most
// of the first lines; of equals the one named first, because commas also
// stand in names and titles. width is how many cells the longest of the lines has.
func separator(head string) (comma rune, width int) {
	const lines = 20
	on := map[rune]int{}                         // lines with this separator
	most, here := map[rune]int{}, map[rune]int{} // how often in one line
	quoted, seen := false, 0
	for _, c := range head + "\n" {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			for r, n := range here {
				on[r]++
				most[r] = max(most[r], n)
			}
			clear(here)
			seen++
		default:
			here[c]++
		}
		if seen == lines {
			break
		}
	}
	comma = ';'
	for _, c := range "\t,|" {
		if on[c] > on[comma] {
			comma = c
		}
	}
	return comma, most[comma] + 1
}

// Rows numbers blank lines too, as a spreadsheet does. A line break inside
// quotes makes no new row.
func (t *csvTable) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		lines := &records{r: t.open(), comma: t.comma, width: t.width}
		var cells []Cell
		var seen tally
		for number := 1; ; number++ {
			record, err := lines.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, fmt.Errorf("%w: %w", ErrNoTable, err))
				return
			}
			cells = cells[:0]
			for _, value := range record {
				cells = append(cells, textCell(clean(value)))
			}
			if blank(cells) {
				continue
			}
			if err := seen.take(cells); err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(Row{Number: number, Cells: cells}, nil) {
				return
			}
		}
	}
}

// textCell is a cell that holds a text, which may be the code of an error or a
// formula that was written as text. ="0812" is the text in it: programs write it so
// for the sake of the zero.
func textCell(text string) Cell {
	if inner, found := strings.CutPrefix(text, `="`); found {
		if inner, found = strings.CutSuffix(inner, `"`); found && !strings.Contains(inner, `"`) {
			return Cell{Text: clean(inner)}
		}
	}
	return Cell{Text: text, Error: errorCode.MatchString(text), Unknown: len(text) > 1 && text[0] == '='}
}

// errorCode is what spreadsheet programs show for an error (ISO/IEC 29500-1,
// 18.17.3, and LibreOffice's own).
var errorCode = regexp.MustCompile(`^#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!)$|^Err:5\d\d$`)

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
		if c.Text != "" || c.Unknown {
			return false
		}
	}
	return true
}
