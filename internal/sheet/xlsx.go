package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// xlsxTable reads one sheet of a workbook, row by row.
type xlsxTable struct {
	book *book
	name string
	part string
}

// Name is how the sheet is called.
func (t *xlsxTable) Name() string { return t.name }

// Rows hands out the rows of the sheet that hold something.
func (t *xlsxTable) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		d, done, err := t.book.archive.tokens(t.part)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer done.Close()
		w := &rowReader{book: t.book, d: d}
		var seen tally
		for {
			err := w.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, unreadable(t.part, err))
				return
			}
			if blank(w.cells) {
				continue
			}
			if err := seen.take(w.cells); err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(Row{Number: w.row, Cells: w.cells, Hidden: w.hidden}, nil) {
				return
			}
		}
	}
}

// rowReader walks over the rows of a sheet. Rows and cells without an address
// follow the ones before.
type rowReader struct {
	book   *book
	d      *xml.Decoder
	row    int    // number of the row that was read last
	cells  []Cell // of that row
	hidden bool   // whether it is shown
}

// next reads the next row, or io.EOF.
func (w *rowReader) next() error {
	for {
		token, err := w.d.RawToken()
		if err != nil {
			return err
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		w.row++
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n > w.row {
			w.row = n
		}
		w.cells, w.hidden = w.cells[:0], isTrue(attribute(e, "hidden"))
		return endsEarly(w.fill())
	}
}

// endsEarly makes the end of a file an error where something must still follow.
func endsEarly(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// fill reads the cells up to the end of the row.
func (w *rowReader) fill() error {
	column := -1
	for {
		token, err := w.d.RawToken()
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			column = columnOf(attribute(e, "r"), column+1)
			cell, err := w.cell(attribute(e, "t"), attribute(e, "s"))
			if err != nil {
				return err
			}
			w.put(column, cell)
		case xml.EndElement:
			if e.Name.Local == "row" {
				return nil
			}
		}
	}
}

func (w *rowReader) put(column int, c Cell) {
	if column >= maxColumns {
		return
	}
	for len(w.cells) <= column {
		w.cells = append(w.cells, Cell{})
	}
	w.cells[column] = c
}

// cell reads what a cell holds, up to its end. kind is its type: a shared text,
// a text in place, the result of a formula, an error, a day, a truth value, or
// a number when nothing is told.
func (w *rowReader) cell(kind, style string) (c Cell, err error) {
	var value cut
	stored, inValue := false, false
	for {
		token, err := w.d.RawToken()
		if err != nil {
			return c, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				stored, inValue = true, true
			case "f":
				c.Formula = true
			case "is":
				text, err := richText(w.d, "is")
				if err != nil {
					return c, err
				}
				value.add([]byte(text))
				stored = true
			}
		case xml.CharData:
			if inValue {
				value.add(e)
			}
		case xml.EndElement:
			if e.Name.Local == "v" {
				inValue = false
			}
			if e.Name.Local == "c" {
				shown := w.shown(value.String(), kind, style)
				shown.Formula = c.Formula
				shown.Unknown = shown.Unknown || c.Formula && !stored
				return shown, nil
			}
		}
	}
}

// shown is a cell as a spreadsheet program shows it.
func (w *rowReader) shown(value, kind, style string) Cell {
	switch kind {
	case "s":
		if at, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && at >= 0 && at < len(w.book.texts) {
			return textCell(w.book.texts[at])
		}
		return Cell{}
	case "inlineStr", "str":
		return textCell(clean(unescaped(value)))
	case "e":
		return Cell{Text: clean(value), Error: value != ""}
	case "b":
		return Cell{Text: map[bool]string{true: "TRUE", false: "FALSE"}[isTrue(value)]}
	case "d":
		day, clock, _ := strings.Cut(strings.TrimSpace(value), "T")
		if clock = clock[:min(len("15:04"), len(clock))]; clock != "" && clock != "00:00" {
			day += " " + clock
		}
		return Cell{Text: day, Date: true}
	}
	if value = strings.TrimSpace(value); value == "" {
		return Cell{}
	}
	n, err := strconv.Atoi(style)
	if err != nil {
		n = -1
	}
	return w.book.number(value, n)
}

var escape = regexp.MustCompile(`(?:_x[0-9A-Fa-f]{4}_)+`)

// unescaped turns _x000D_ and the like into the characters that they stand for
// (ISO/IEC 29500-1, 22.9.2.19).
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(run string) string {
		var units []uint16
		for ; run != ""; run = run[len("_x0000_"):] {
			n, _ := strconv.ParseUint(run[2:6], 16, 16) // four digits fit
			units = append(units, uint16(n))
		}
		return string(utf16.Decode(units))
	})
}

// attribute is the value of an attribute without a namespace; "" = it has none.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf is the column of an address such as AB12, from 0; next without one.
func columnOf(address string, next int) int {
	n := 0
	for _, c := range address {
		switch {
		case c >= 'A' && c <= 'Z':
			n = n*26 + int(c-'A') + 1
		case c >= 'a' && c <= 'z':
			n = n*26 + int(c-'a') + 1
		default:
			if n == 0 {
				return next
			}
			return n - 1
		}
		if n > 1<<20 {
			return n
		}
	}
	return next
}
