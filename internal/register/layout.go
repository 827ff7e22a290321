package register

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bangkom/internal/sheet"
)

// column is one column of a table, under any of its names.
type column struct {
	heading string // how it is called in files that Bangkom writes
	// names are the headings that mean it, compared as lower-case letters and
	// digits, separated by blanks; those before a stroke are surer than those
	// behind it. Names of one group are equally good.
	names string
	// optional columns may be missing; their cells are empty then.
	optional bool
	// fits tells whether a cell can be meant; nil = whatever is no code.
	fits func(sheet.Cell) bool
}

// rank is the group of names that a name belongs to, from 0; -1 = none.
func (c column) rank(name string) int {
	return slices.IndexFunc(strings.Split(c.names, "|"), func(group string) bool {
		return slices.Contains(strings.Fields(group), name)
	})
}

func headings(cols []column) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.heading
	}
	return out
}

// heading makes a heading comparable.
func heading(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// headingRows is how many rows a heading has at most.
const headingRows = 3

// headingWithin is how many rows with anything in them may stand above a heading.
const headingWithin = 200

// layout is the heading of a table: one row, or up to three of which the upper
// ones group columns.
type layout struct {
	last  int      // number of its last row
	names []string // of each column, as a person reads them
	keys  [][]key  // of each column: what it may be called, the surest first
}

// key is a comparable name of a column. One is loose when the column stands in a
// group that may be about anything: NAMA below SEKOLAH.
type key struct {
	name  string
	loose bool
}

// findLayout looks for the heading, the first one to three rows that enough
// accepts. known tells whether a name is that of a column.
func findLayout(rows iter.Seq2[sheet.Row, error], known func(name string) bool, enough func(layout) bool) (l layout, found bool, err error) {
	var above [][]string // rows that may be the heading, at most two
	number, looked := 0, 0
	for row, err := range rows {
		if err != nil {
			return layout{}, false, err
		}
		here := texts(row)
		if len(above) > 0 && grouping(above[0], known) && below(here, known) {
			if l := layered(append(above, here), row.Number); enough(l) {
				if above, number = append(above, here), row.Number; len(above) == headingRows {
					return l, true, nil
				}
				continue
			}
		}
		if len(above) > 0 {
			if l := layered(above, number); enough(l) {
				return l, true, nil
			}
		}
		if looked++; looked > headingWithin {
			return layout{}, false, nil
		}
		above, number = [][]string{here}, row.Number
	}
	l = layered(above, number)
	return l, enough(l), nil
}

// layered lays headings below the groups in which they stand, whose merged cells
// hold their text in the first column only: PEJABAT PENILAI over NIP and NAMA.
// number is that of the last row.
func layered(rows [][]string, number int) layout {
	l := layout{last: number}
	groups := make([]string, len(rows)) // of each row, the group that reaches the present column
	for i := range widest(rows) {
		own := len(rows) - 1 // the row in which the column has its name
		for own > 0 && at(rows[own], i) == "" {
			own--
		}
		for r := range rows {
			switch text := at(rows[r], i); {
			case r >= own:
				groups[r] = ""
			case text != "":
				groups[r] = text
				clear(groups[r+1:])
			}
		}
		l.names = append(l.names, shown(squeeze(strings.Join(groups, " ")+" "+at(rows[own], i))))
		l.keys = append(l.keys, keysOf(rows, groups, own, i))
	}
	return l
}

// keysOf is what the column i may be called that has its name in the row own,
// below groups: with the nearest group, by itself, and as a group of one column.
func keysOf(rows [][]string, groups []string, own, i int) (keys []key) {
	name, in, others := at(rows[own], i), false, false
	for r := own - 1; r >= 0 && !others; r-- { // a group of groups says less than one that names people
		if groups[r] != "" {
			keys = append(keys, key{name: heading(groups[r] + name)}, key{name: heading(name + groups[r])})
			in, others = true, aboutOthers(groups[r])
		}
	}
	if !others {
		for n, form := range forms(name) {
			keys = append(keys, key{form, in || n > 0})
		}
	}
	if own > 0 {
		group := at(rows[own-1], i)
		alone := at(rows[own], i+1) == "" || at(rows[own-1], i+1) != ""
		if alone && group != "" {
			keys = append(keys, key{name: heading(group)})
		}
	}
	return keys
}

var inBrackets = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]`)

// forms are the comparable names of a heading: as it stands, and without what stands
// in brackets, as in JABATAN (SESUAI SK), unless that says that it is about somebody
// else. A stroke makes no second form: below NAMA / TEMPAT LAHIR stand both.
func forms(text string) []string {
	out := []string{heading(text)}
	if short := inBrackets.ReplaceAllString(text, ""); short != text && heading(short) != "" && aboutOthers(text) == aboutOthers(short) {
		out = append(out, heading(short))
	}
	return out
}

// longestShown is how many characters of a heading are shown to people.
const longestShown = 80

// shown cuts a heading to what a message has room for: a cell may hold a page.
func shown(name string) string {
	if r := []rune(name); len(r) > longestShown {
		return string(r[:longestShown-1]) + "…"
	}
	return name
}

func widest(rows [][]string) (n int) {
	for _, row := range rows {
		n = max(n, len(row))
	}
	return n
}

// aboutOthers tells whether a group of columns is about somebody or something
// else than the person of the row.
func aboutOthers(group string) bool {
	return containsAny(heading(group), "atasan", "penilai", "pejabat", "pimpinan", "pendidikan", "diklat", "pelatihan", "sekolah",
		"suami", "istri", "pasangan", "anak", "orangtua")
}

// grouping tells whether a row may stand above a row of headings: it holds more
// than a title, and something that is known.
func grouping(cells []string, known func(string) bool) bool {
	n, sure := 0, false
	for _, c := range cells {
		if c == "" {
			continue
		}
		n++
		sure = sure || known(heading(c)) || aboutOthers(c) || containsAny(heading(c), "pegawai", "pelaksana")
	}
	return sure && n > 1
}

// below tells whether a row holds headings: something that is known, and no
// digits, as people have.
func below(cells []string, known func(string) bool) bool {
	any := false
	for _, c := range cells {
		if strings.ContainsAny(c, "0123456789") {
			return false
		}
		any = any || known(heading(c))
	}
	return any
}

func containsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

func texts(row sheet.Row) []string {
	out := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		out[i] = c.Text
	}
	return out
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}
