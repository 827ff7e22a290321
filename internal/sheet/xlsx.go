package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsxTable reads values through excelize, row by row. What excelize's rows do
// not tell, which cells are numbers and formulas, comes from a second pass over
// the same sheet that runs beside the first.
type xlsxTable struct {
	file  *excelize.File
	name  string
	kinds io.ReadCloser
}

func openXLSX(r io.ReaderAt, size int64) (Table, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTable, err)
	}
	if err := checkArchive(archive); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(io.NewSectionReader(r, 0, size),
		excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxInPlace})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTable, err)
	}
	t := &xlsxTable{file: f}
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err == nil && visible && t.name == "" {
			t.name = name
		}
	}
	if t.name == "" {
		return nil, errors.Join(ErrNoTable, f.Close())
	}
	if t.kinds, err = openSheet(archive, t.name); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

// checkArchive refuses what is no workbook and what unpacks to too much, by
// what the archive says of itself; the readers enforce the same limit again.
func checkArchive(a *zip.Reader) error {
	var total, sheets, others uint64
	workbook := false
	for _, part := range a.File {
		total += part.UncompressedSize64
		switch { // as excelize decides: only these two kinds go to a file
		case !streamed(part.Name):
			others += part.UncompressedSize64
		case part.UncompressedSize64 <= maxInPlace:
			sheets += part.UncompressedSize64
		}
		workbook = workbook || part.Name == "xl/workbook.xml"
	}
	switch {
	case total > maxUnzip || sheets > maxSheets || others > maxOthers || len(a.File) > 10_000:
		return ErrUnpacked
	case !workbook:
		return ErrNoTable
	}
	return nil
}

// streamed tells whether a part of a workbook is a sheet or the table of its
// texts, which may be large.
func streamed(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "\\", "/"))
	return strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml"
}

// openSheet finds the part of a sheet: workbook.xml names its relation, and
// the relations name the part.
func openSheet(a *zip.Reader, name string) (io.ReadCloser, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := errors.Join(readPart(a, "xl/workbook.xml", &book), readPart(a, "xl/_rels/workbook.xml.rels", &relations)); err != nil {
		return nil, err
	}
	for _, s := range book.Sheets {
		for _, r := range relations.List {
			if s.Name != name || r.ID != s.ID {
				continue
			}
			target := path.Join("xl", r.Target)
			if strings.HasPrefix(r.Target, "/") {
				target = strings.TrimPrefix(r.Target, "/")
			}
			part, err := a.Open(target)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrNoTable, err)
			}
			return part, nil
		}
	}
	return nil, ErrNoTable
}

func readPart(a *zip.Reader, name string, into any) error {
	part, err := a.Open(name)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoTable, err)
	}
	defer part.Close()
	if err := xml.NewDecoder(io.LimitReader(part, maxInPlace)).Decode(into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNoTable, name, err)
	}
	return nil
}

// Rows hands out the rows of the sheet.
func (t *xlsxTable) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := t.file.Rows(t.name)
		if err != nil {
			yield(Row{}, fmt.Errorf("%w: %w", ErrNoTable, err))
			return
		}
		defer rows.Close()
		kinds := newKindReader(io.LimitReader(t.kinds, maxUnzip))
		var cells []Cell
		for number := 1; rows.Next(); number++ {
			if number > MaxRows {
				yield(Row{}, ErrTooMany)
				return
			}
			values, err := rows.Columns()
			if err != nil {
				yield(Row{}, fmt.Errorf("%w: row %d: %w", ErrNoTable, number, err))
				return
			}
			cells = cells[:0]
			for _, value := range values[:min(len(values), maxColumns)] {
				cells = append(cells, Cell{Text: clean(value)})
			}
			if blank(cells) {
				continue
			}
			if err := kinds.mark(number, cells); err != nil {
				yield(Row{}, fmt.Errorf("%w: %w", ErrNoTable, err))
				return
			}
			if !yield(Row{Number: number, Cells: cells}, nil) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(Row{}, fmt.Errorf("%w: %w", ErrNoTable, err))
		}
	}
}

// Close removes temporary files.
func (t *xlsxTable) Close() error {
	return errors.Join(t.kinds.Close(), t.file.Close())
}

// kindReader walks over the cells of a sheet and remembers one row of kinds.
type kindReader struct {
	d   *xml.Decoder
	row int // of the kinds; the walk stands behind it
	at  map[int]Cell
	end bool
}

func newKindReader(r io.Reader) *kindReader {
	return &kindReader{d: xml.NewDecoder(r), at: map[int]Cell{}}
}

// mark tells of each cell of a row whether it is a number or a formula.
func (k *kindReader) mark(number int, cells []Cell) error {
	for k.row < number && !k.end {
		if err := k.next(); err != nil {
			return err
		}
	}
	if k.row != number {
		return nil
	}
	for column, kind := range k.at {
		if column < len(cells) {
			cells[column].Numeric, cells[column].Formula = kind.Numeric, kind.Formula
		}
	}
	return nil
}

// next reads the next row element.
func (k *kindReader) next() error {
	clear(k.at)
	column, inRow := -1, false
	for {
		token, err := k.d.RawToken()
		if errors.Is(err, io.EOF) {
			k.end = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("read cells: %w", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				k.row, column, inRow = rowNumber(e, k.row+1), -1, true
			case "c":
				if inRow {
					column = k.cell(e, column)
				}
			case "f":
				if inRow {
					c := k.at[column]
					c.Formula = true
					k.at[column] = c
				}
			}
		case xml.EndElement:
			if e.Name.Local == "row" {
				return nil
			}
		}
	}
}

// cell notes one cell and returns its column, from 0. Without an address it is
// the one behind the last.
func (k *kindReader) cell(e xml.StartElement, last int) int {
	column, numeric := last+1, true
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "r":
			if c, _, err := excelize.CellNameToCoordinates(a.Value); err == nil {
				column = c - 1
			}
		case "t":
			numeric = a.Value == "n"
		}
	}
	k.at[column] = Cell{Numeric: numeric}
	return column
}

func rowNumber(e xml.StartElement, next int) int {
	for _, a := range e.Attr {
		if n := 0; a.Name.Local == "r" {
			if _, err := fmt.Sscan(a.Value, &n); err == nil && n > 0 {
				return n
			}
		}
	}
	return next
}
