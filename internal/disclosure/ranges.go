package disclosure

// Range is how many people it may be of a group: from From to To. Both ends are the same
// where the number is exact.
type Range struct{ From, To int }

// Exact tells whether it is one number.
func (r Range) Exact() bool { return r.From == r.To }

// rangeStep is how wide a range is at least: of five numbers.
const rangeStep = 5

// RangeOf is the range of so many numbers in which a count of n persons is told, for
// somebody who knows the answers of so many of them. The lowest range begins with nobody
// and the highest ends with everybody, and each has five numbers or more, and three more
// than the persons who are known, so nothing says of the others that all or none are
// counted. Wider ranges are made of whole narrower ones. A width of 1 tells the number
// itself, and only where five whom the reader does not know are counted and five are not.
func RangeOf(count, n, width, known int) Range {
	if width == 1 && count >= GroupPersons+known && count <= n-GroupPersons-known {
		return Range{count, count}
	}
	least := max(rangeStep, known+1+confederates)
	width = max(width, (least+rangeStep-1)/rangeStep*rangeStep)
	from := count / width * width
	if n-from < least-1 {
		from = max(0, from-width)
	}
	r := Range{from, min(n, from+width-1)}
	if n-r.To < least {
		r.To = n
	}
	return r
}

// Told is a group of which a range is told; the zero Range of a group that is hidden says
// nothing.
type Told struct {
	N     int
	Known int // those of the N whom the reader knows
	Range
}

// Hidden is a group of which nothing is told.
func Hidden(n int) Told { return Told{N: n, Range: Range{0, n}} }

// confederates are those who may tell each other whether they are counted: the reader and
// one more.
const confederates = 2

// Determined tells whether the ranges of groups, together with that of all of them, say of
// one that all of its persons are counted, or none, where two of them tell each other, or
// the reader knows some of them and one more tells. The groups are all of it, each person
// in one.
func Determined(whole Range, groups []Told) bool {
	from, to := 0, 0
	for _, g := range groups {
		from, to = from+g.From, to+g.To
	}
	for _, g := range groups {
		least, most := max(g.From, whole.From-(to-g.To)), min(g.To, whole.To-(from-g.From))
		told := max(confederates, g.Known+1)
		if g.N > 0 && (least > g.N-1-told || most < 1+told) {
			return true
		}
	}
	return false
}

// Within narrows the range of a whole by those of its groups.
func Within(whole Range, groups []Told) Range {
	from, to := 0, 0
	for _, g := range groups {
		from, to = from+g.From, to+g.To
	}
	return Range{max(whole.From, from), min(whole.To, to)}
}
