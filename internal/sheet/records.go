package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// quotedBytes is the limit of a cell in quotes. One that needs more is a stray
// quote that swallows the rows below it.
const quotedBytes = 32 << 10

// records splits a text into the fields of its rows. A quote at the beginning of
// a field counts only if the field ends with one too: "Budi" Santoso is a name.
// encoding/csv would either refuse the file there or, with LazyQuotes, read on
// to the next quote, over any number of rows.
type records struct {
	r      *bufio.Reader // holds at least quotedBytes; lines end with LF alone
	comma  rune
	width  int // cells of a row
	fields []string
}

// next returns the fields of the next line, valid until the next call; a blank
// line has one empty field. io.EOF = there is no more.
func (t *records) next() ([]string, error) {
	t.fields = t.fields[:0]
	if _, err := t.r.Peek(1); err != nil {
		return nil, err
	}
	for {
		field, last, err := t.field()
		if err != nil {
			return nil, err
		}
		if len(t.fields) < maxColumns {
			t.fields = append(t.fields, field)
		}
		if last {
			return t.fields, nil
		}
	}
}

// field reads one field and what ends it; last = the line ends with it.
func (t *records) field() (field string, last bool, err error) {
	if head, _ := t.r.Peek(1); len(head) == 1 && head[0] == '"' { // plain tells an error
		head, err := t.r.Peek(quotedBytes)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", false, fmt.Errorf("read CSV: %w", err)
		}
		if text, n := t.quoted(head); n > 0 {
			if _, err := t.r.Discard(n); err != nil {
				return "", false, fmt.Errorf("read CSV: %w", err)
			}
			_, last, err = t.plain() // nothing but blanks and what ends the field
			return text, last, err
		}
	}
	return t.plain()
}

// plain reads up to the next separator or line break, quotes included.
func (t *records) plain() (field string, last bool, err error) {
	var b strings.Builder
	for {
		c, err := t.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF), err == nil && c == '\n':
			return b.String(), true, nil
		case err != nil:
			return "", false, fmt.Errorf("read CSV: %w", err)
		case c == byte(t.comma):
			return b.String(), false, nil
		}
		if b.Len() < quotedBytes {
			b.WriteByte(c)
		}
	}
}

// nip is a number that begins a row of people.
var nip = regexp.MustCompile(`\d{18}`)

// quoted reads a field in quotes at the beginning of text; n is how many bytes
// it takes, 0 when it is none.
func (t *records) quoted(text []byte) (field string, n int) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' { // a quote inside
			b.WriteByte('"')
			i++
			continue
		}
		rest := bytes.TrimLeft(text[i+1:], " ")
		if len(rest) > 0 && rest[0] != byte(t.comma) && rest[0] != '\n' {
			return "", 0
		}
		if t.swallows(b.String()) {
			return "", 0
		}
		return b.String(), i + 1
	}
	return "", 0
}

// swallows tells whether a cell holds rows of the table: a line in it has as
// many separators as a row, or one together with a NIP. A long address has not.
func (t *records) swallows(cell string) bool {
	_, further, _ := strings.Cut(cell, "\n")
	for line := range strings.SplitSeq(further, "\n") {
		n := strings.Count(line, string(t.comma))
		if n > 0 && (n >= max(t.width-1, 2) || nip.MatchString(line)) {
			return true
		}
	}
	return false
}
