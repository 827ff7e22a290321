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
	"time"
)

// Limits of a file. A table that needs more is split, or it is no table. What
// is held in memory stays under 200 MiB for whatever is accepted: the file, the
// texts that cells share, and what the rows hand out.
const (
	MaxBytes     = 20 << 20  // of the file
	maxUnzip     = 256 << 20 // of everything inside an XLSX file, which is read piece by piece
	maxParts     = 10_000    // of an XLSX file
	maxWhole     = 8 << 20   // of a part that is decoded as a whole: lists of sheets, relations and styles
	maxSheets    = 1_000
	maxRun       = 1 << 20  // bytes of XML between two tags: a cell has at most 32,767 characters
	maxText      = 64 << 20 // bytes of all cells that rows hand out, and of all texts that cells share
	textOverhead = 16       // bytes that a text costs beside its characters
	MaxRows      = 60_000   // rows of one sheet that hold something
	maxColumns   = 300
	maxCell      = 4_000 // bytes of a cell that are kept
)

// The refusals of a file. Each names what to do.
var (
	ErrTooLarge  = errors.New("the file is too large: at most 20 MB")
	ErrTooMany   = fmt.Errorf("the table has more than %d rows: split it", MaxRows)
	ErrProtected = errors.New("the file is protected by a password: save it without one")
	ErrOldExcel  = errors.New("the file is of the old kind .xls: save it as .xlsx")
	ErrUnpacked  = errors.New("the file is small, but unpacks to far too much: copy the table alone into a new file and save that")
	ErrLongText  = errors.New("a cell holds far more text than a spreadsheet program can write: copy the table alone into a new file and save that")
	ErrHTML      = errors.New("the file is a web page, whatever its name says: open it in a spreadsheet program and save it as .xlsx")
	ErrNoTable   = errors.New("the file is no table: save it as .xlsx or .csv")
)

// Cell is one cell of a row.
type Cell struct {
	// Text is what is shown, without spaces around it: a day as 2027-03-31 (with
	// 15:04 behind it when it has a time), an error as its code.
	Text    string
	Numeric bool // the cell holds a number, not a text: long digits in it are damaged
	Formula bool // the text is the result of a formula
	Date    bool // the number is shown as a day
	Error   bool // the text is the code of an error, such as #N/A
	Unknown bool // the cell has a formula whose result was not stored
	// Day is the civil date, in UTC, that a number means by the calendar of its
	// workbook, shown as a day or not; zero for anything else.
	Day time.Time
}

// Row is one physical row that holds something.
type Row struct {
	Number int // as the spreadsheet shows it, from 1
	Cells  []Cell
	Hidden bool // it is not shown, as after a filter
}

// Table is one table of a file, which must stay open as long as it is read.
type Table interface {
	// Name is how the sheet is called; "" for CSV.
	Name() string
	// Rows hands out every row that holds something, each time from the first.
	// The cells are valid until the next one. After an error nothing more comes.
	Rows() iter.Seq2[Row, error]
}

// Open recognises a file by its content, never by its name, and returns its
// visible tables in their order, at least one. CSV has one.
func Open(r io.ReaderAt, size int64) ([]Table, error) {
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

// tally holds a table to its limits while its rows go by.
type tally struct{ rows, text int }

func (t *tally) take(cells []Cell) error {
	if t.rows++; t.rows > MaxRows {
		return ErrTooMany
	}
	for _, c := range cells {
		t.text += len(c.Text)
	}
	if t.text > maxText {
		return ErrUnpacked
	}
	return nil
}

// cut collects a text and keeps its beginning, a little more than a cell does.
type cut struct{ b []byte }

func (c *cut) add(text []byte) {
	if room := 2*maxCell - len(c.b); room > 0 {
		c.b = append(c.b, text[:min(room, len(text))]...)
	}
}

func (c *cut) String() string { return string(c.b) }

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
