// Package sheet reads tables as agencies really export them: XLSX and CSV with
// whatever encoding, separator and blank lines. It hands out one row at a time
// with the number that a spreadsheet program shows beside it, and knows which
// cells hold a number or a formula instead of a text. It understands nothing
// of what the cells mean.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Limits of a file. A table that needs more is split, or it is no table.
const (
	MaxBytes   = 20 << 20  // of the file
	maxUnzip   = 256 << 20 // of everything inside an XLSX file
	maxInPlace = 8 << 20   // of one sheet of it in memory; larger ones go to a temporary file
	maxSheets  = 64 << 20  // of all sheets in memory together
	maxOthers  = 16 << 20  // of pictures, styles and whatever else is held in memory
	MaxRows    = 60_000    // physical rows of one sheet, blank ones included
	maxColumns = 300
	maxCell    = 4_000 // characters of a cell that are kept
)

// The refusals of a file. Each names what to do.
var (
	ErrTooLarge  = errors.New("the file is too large: at most 20 MB")
	ErrTooMany   = fmt.Errorf("the table has more than %d rows: split it", MaxRows)
	ErrProtected = errors.New("the file is protected by a password: save it without one")
	ErrOldExcel  = errors.New("the file is of the old kind .xls: save it as .xlsx")
	ErrUnpacked  = errors.New("the file is small, but unpacks to far too much: copy the table alone into a new file and save that")
	ErrHTML      = errors.New("the file is a web page, whatever its name says: open it in a spreadsheet program and save it as .xlsx")
	ErrNoTable   = errors.New("the file is no table: save it as .xlsx or .csv")
)

// Cell is one cell of a row.
type Cell struct {
	Text    string // as it is shown, without spaces around it
	Numeric bool   // the cell holds a number, not a text: long digits in it are damaged
	Formula bool   // the text is the result of a formula
}

// Row is one physical row that holds something.
type Row struct {
	Number int // as the spreadsheet shows it, from 1
	Cells  []Cell
}

// Table is one table of a file. Rows may be read once.
type Table interface {
	// Rows hands out every row that holds something. The cells are valid until
	// the next one. After an error nothing more comes.
	Rows() iter.Seq2[Row, error]
	// Close gives temporary files back.
	Close() error
}

// Open recognises a file by its content, never by its name, and returns its
// first visible table.
func Open(r io.ReaderAt, size int64) (Table, error) {
	if size > MaxBytes {
		return nil, ErrTooLarge
	}
	head := make([]byte, 1<<10)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read table: %w", err)
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return openXLSX(r, size)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, oldFile(r, size)
	case webPage(head):
		return nil, ErrHTML
	case n == 0 || bytes.HasPrefix(head, []byte("%PDF")):
		return nil, ErrNoTable
	}
	return openCSV(r, size)
}

// oldFile tells an encrypted XLSX file from an old XLS file: both are OLE
// containers, and the names in them are UTF-16.
func oldFile(r io.ReaderAt, size int64) error {
	const window = 1 << 16
	var name []byte
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	body := make([]byte, window)
	for at := int64(0); at < size; at += window - int64(len(name)) { // the list of names may stand anywhere
		n, err := r.ReadAt(body, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read table: %w", err)
		}
		if bytes.Contains(body[:n], name) {
			return ErrProtected
		}
	}
	return ErrOldExcel
}

// webPage recognises HTML, and the XML of old spreadsheets, which programs of
// agencies save under the name .xls.
func webPage(head []byte) bool {
	head = bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
	for _, begin := range []string{"<!doctype", "<html", "<?xml", "<table", "<head", "<meta", "<style"} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true
		}
	}
	return false
}
