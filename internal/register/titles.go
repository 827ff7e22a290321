package register

import (
	"iter"
	"slices"

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

// Titles is what a list of position titles says. Every row with anything in
// one of its two columns is accepted, refused or repeated.
type Titles struct {
	List     []Title
	Refused  []Refusal
	Repeated int // further rows of one title; the last wins
}

// TitlesTemplate is the heading of a list of titles.
func TitlesTemplate() []string { return []string{"JABATAN", "KELAS"} }

// ReadTitles reads a list with the columns JABATAN and KELAS. A class is given
// by its code or its name; classes maps codes to names.
func ReadTitles(rows iter.Seq2[sheet.Row, error], classes map[string]string) (Titles, error) {
	byName := map[string]string{}
	for code, name := range classes {
		byName[heading(code)], byName[heading(name)] = code, code
	}
	var out Titles
	title, class, seen := -1, -1, map[string]int{}
	for row, err := range rows {
		if err != nil {
			return Titles{}, err
		}
		cells := texts(row)
		if title < 0 || class < 0 {
			title, class = headed(cells, "jabatan", "namajabatan"), headed(cells, "kelas", "kelasjabatan", "kelasstandar")
			continue
		}
		out.row(row.Number, at(cells, title), byName[heading(at(cells, class))], at(cells, class), seen)
	}
	if title < 0 || class < 0 {
		return Titles{}, ErrNoTitles
	}
	return out, nil
}

func (t *Titles) row(number int, title, class, given string, seen map[string]int) {
	key := personnel.TitleKey(title)
	code := ""
	switch {
	case title == "" && given == "":
		return
	case key == "":
		code = TitleEmpty
	case tooLong(title):
		code = TextLong
	case class == "":
		code = ClassUnknown
	}
	if code != "" {
		t.Refused = append(t.Refused, Refusal{Row: number, Code: code, Cells: []string{title, given}})
		return
	}
	one := Title{Key: key, Title: title, Class: class}
	if i, again := seen[key]; again {
		t.Repeated++
		t.List[i] = one
		return
	}
	seen[key] = len(t.List)
	t.List = append(t.List, one)
}

// headed finds the column of one of the names; -1 = there is none.
func headed(cells []string, names ...string) int {
	return slices.IndexFunc(cells, func(c string) bool { return slices.Contains(names, heading(c)) })
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}
