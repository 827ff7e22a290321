package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// textFormat is Excel's built-in number format "Text": digits that are typed
// or pasted into such cells stay as they are.
const textFormat = 49

// Write writes an XLSX file with one sheet. Every cell is a text, so nothing
// can become a formula or lose digits, and whole columns are formatted as text
// for what people add. The first row is the heading.
func Write(w io.Writer, name string, rows [][]string) error {
	return WriteBook(w, Page{Name: name, Rows: rows})
}

// Page is one sheet of a workbook to write.
type Page struct {
	Name string // at most 31 characters
	Rows [][]string
	// Each hands out further rows one by one, no wider than Rows, so that all of them are
	// never in memory; nil = there are none.
	Each func(add func(row []string) error) error
}

// WriteBook does the same with several sheets, in their order.
func WriteBook(w io.Writer, pages ...Page) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := fillBook(f, pages); err != nil {
		return fmt.Errorf("write spreadsheet: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write spreadsheet: %w", err)
	}
	return nil
}

// fillBook fills the sheets; the first one is there already, with excelize's name.
func fillBook(f *excelize.File, pages []Page) error {
	for i, p := range pages {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", p.Name); err != nil {
				return err
			}
		} else if _, err := f.NewSheet(p.Name); err != nil {
			return err
		}
		if err := fill(f, p); err != nil {
			return err
		}
	}
	return nil
}

func fill(f *excelize.File, p Page) error {
	text, err := f.NewStyle(&excelize.Style{NumFmt: textFormat})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(p.Name)
	if err != nil {
		return err
	}
	if err := s.SetColStyle(1, max(1, width(p.Rows)), text); err != nil {
		return err
	}
	if err := s.SetColWidth(1, max(1, width(p.Rows)), 24); err != nil {
		return err
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	n, style := 0, bold
	add := func(row []string) error {
		cells := make([]any, len(row))
		for j, value := range row {
			cells[j] = excelize.Cell{StyleID: style, Value: value}
		}
		n, style = n+1, text
		return s.SetRow(fmt.Sprintf("A%d", n), cells)
	}
	for _, row := range p.Rows {
		if err := add(row); err != nil {
			return err
		}
	}
	if p.Each != nil {
		if err := p.Each(add); err != nil {
			return err
		}
	}
	return s.Flush()
}

func width(rows [][]string) (n int) {
	for _, row := range rows {
		n = max(n, len(row))
	}
	return n
}
