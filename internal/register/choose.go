package register

import (
	"cmp"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bangkom/internal/sheet"
)

// Choice tells which of several columns of one meaning was read.
type Choice struct {
	Taken string   // heading, as the file has it
	Left  []string // headings of those that were not
}

// TwoColumnsError refuses a table with two equally good columns of one meaning
// that say different things.
type TwoColumnsError struct {
	A, B string // headings, as the file has them
	Row  int    // the first row in which they differ
}

// Error names both columns and the first row in which they differ.
func (e *TwoColumnsError) Error() string {
	return fmt.Sprintf("the columns %s and %s mean the same and differ in row %d: remove one of them", e.A, e.B, e.Row)
}

// candidate is a column of a table that may be meant.
type candidate struct {
	at, rank     int
	filled, fits int         // cells with anything in them, and those that can be meant
	differs      map[int]int // at of another candidate: the first row in which both are filled and differ
}

// looseRank puts columns of groups behind those that stand alone.
const looseRank = 100

// candidates are the columns of a table for each of cols, from left to right.
func candidates(l layout, cols []column, ignored func(name string) bool) [][]*candidate {
	out := make([][]*candidate, len(cols))
	for i, keys := range l.keys {
		for _, key := range keys {
			c := slices.IndexFunc(cols, func(c column) bool { return c.rank(key.name) >= 0 })
			if c >= 0 {
				rank := cols[c].rank(key.name)
				if key.loose {
					rank += looseRank
				}
				out[c] = append(out[c], &candidate{at: i, rank: rank, differs: map[int]int{}})
			}
			if c >= 0 || ignored(key.name) {
				break
			}
		}
	}
	return out
}

// located finds the column of each of cols, -1 = there is none. Of several
// columns of one meaning the surer name wins among those whose cells can be
// meant, wherever they stand.
func located(rows iter.Seq2[sheet.Row, error], l layout, cols []column, all [][]*candidate) (where []int, choices []Choice, err error) {
	if slices.ContainsFunc(all, func(of []*candidate) bool { return len(of) > 1 }) {
		if err := weigh(rows, l, cols, all); err != nil {
			return nil, nil, err
		}
	}
	where = make([]int, len(cols))
	for i, of := range all {
		if len(of) == 0 {
			where[i] = -1
			continue
		}
		best, err := best(l, of)
		if err != nil {
			return nil, nil, err
		}
		where[i] = best.at
		if len(of) > 1 {
			choice := Choice{Taken: l.names[best.at]}
			for _, c := range of {
				if c != best && c.filled > 0 {
					choice.Left = append(choice.Left, l.names[c.at])
				}
			}
			if len(choice.Left) > 0 {
				choices = append(choices, choice)
			}
		}
	}
	return where, choices, nil
}

// weigh looks at what the columns in question hold.
func weigh(rows iter.Seq2[sheet.Row, error], l layout, cols []column, all [][]*candidate) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		if row.Number <= l.last {
			continue
		}
		for i, of := range all {
			if len(of) < 2 {
				continue
			}
			for _, c := range of {
				c.weigh(row, cols[i].fits, of)
			}
		}
	}
	return nil
}

func (c *candidate) weigh(row sheet.Row, fits func(sheet.Cell) bool, of []*candidate) {
	cell := cellAt(row, c.at)
	if cell.Text == "" {
		return
	}
	if fits == nil {
		fits = noCode
	}
	c.filled++
	if fits(cell) {
		c.fits++
	}
	for _, other := range of {
		text := cellAt(row, other.at).Text
		if _, known := c.differs[other.at]; !known && text != "" && heading(text) != heading(cell.Text) {
			c.differs[other.at] = row.Number
		}
	}
}

// best is the candidate that is read. When none of them can be meant, one that
// holds anything is, so that its cells are refused and not taken for blank.
func best(l layout, of []*candidate) (*candidate, error) {
	filled := slices.DeleteFunc(slices.Clone(of), func(c *candidate) bool { return c.filled == 0 })
	usable := slices.DeleteFunc(slices.Clone(filled), func(c *candidate) bool { return c.fits*2 < c.filled })
	switch {
	case len(filled) == 0:
		usable = of
	case len(usable) == 0:
		usable = filled
	}
	first := slices.MinFunc(usable, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.filled, a.filled), cmp.Compare(a.at, b.at))
	})
	for _, c := range usable {
		if row, differ := first.differs[c.at]; differ && c.rank == first.rank && c.fits > 0 {
			return nil, &TwoColumnsError{A: l.names[first.at], B: l.names[c.at], Row: row}
		}
	}
	return first, nil
}

func cellAt(row sheet.Row, i int) sheet.Cell {
	if i >= 0 && i < len(row.Cells) {
		return row.Cells[i]
	}
	return sheet.Cell{}
}

// code is what systems write in the place of a name: a short number, or a long
// one of hexadecimal digits.
var code = regexp.MustCompile(`^([0-9.]{1,6}|[0-9A-Fa-f-]{16,})$`)

func isCode(text string) bool { return code.MatchString(text) }

// noCode tells whether a cell holds words.
func noCode(c sheet.Cell) bool {
	return !isCode(c.Text) && strings.ContainsFunc(c.Text, unicode.IsLetter)
}

// likeNIP tells whether a cell may hold a NIP, damaged ones included.
func likeNIP(c sheet.Cell) bool {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(` .-'="`, r) {
			return -1
		}
		return r
	}, c.Text)
	return c.Numeric || len(digits) >= 15 && strings.Trim(digits, "0123456789") == ""
}

func likePhone(c sheet.Cell) bool {
	n := 0
	for _, r := range c.Text {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 8
}
