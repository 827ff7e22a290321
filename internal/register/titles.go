package register

import (
	"errors"
	"iter"

	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
)

// The codes of a refused row of the list of titles.
const (
	TitleEmpty   = "TITLE_EMPTY"
	ClassUnknown = "CLASS_UNKNOWN"
)

// Title is a position title with its class.
type Title struct {
	Key   string // personnel.TitleKey
	Title string
	Class string // code
}

func titleColumns() []column {
	return []column{{heading: "JABATAN", names: "jabatan namajabatan"}, {heading: "KELAS", names: "kelas kelasjabatan kelasstandar"}}
}

// TitlesTemplate is the heading of a list of titles.
func TitlesTemplate() []string { return headings(titleColumns()) }

// ReadTitles reads a list with the columns JABATAN and KELAS. A class is given
// by its code or its name; classes maps codes to names.
func ReadTitles(rows iter.Seq2[sheet.Row, error], classes map[string]string) (List[Title], error) {
	byName := map[string]string{}
	for code, name := range classes {
		byName[heading(code)], byName[heading(name)] = code, code
	}
	list, err := readList(rows, titleColumns(), func(c []sheet.Cell) (t Title, key, code string) {
		t = Title{Key: personnel.TitleKey(c[0].Text), Title: c[0].Text, Class: byName[heading(c[1].Text)]}
		switch {
		case t.Key == "":
			return t, "", TitleEmpty
		case tooLong(t.Title):
			return t, "", TextLong
		case t.Class == "":
			return t, "", ClassUnknown
		}
		return t, t.Key, ""
	})
	if errors.Is(err, ErrNoHeading) {
		err = ErrNoTitles
	}
	return list, err
}
