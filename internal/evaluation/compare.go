package evaluation

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"bangkom/internal/disclosure"
	"bangkom/internal/text"
)

// ComparedFrom is from how many batches on a programme or a partner is compared. A choice
// of the program: one batch says more about its day than about the programme.
const ComparedFrom = 3

// Shown is one group as it was shown, with what it is compared by.
type Shown struct {
	Atom      int64
	Programme int64
	Title     string // of the programme
	Partner   int64  // who held its batches; 0 = the agency itself, Mixed = several
	House     string // name of the partner
	Batches   int
	Persons   int
	Cells     []Cell
}

// Mixed is the partner of a group whose batches were held by several.
const Mixed = -1

// Compared is a programme or a partner beside others, from what its batches show.
type Compared struct {
	ID      int64
	Name    string // "" = the agency itself
	Groups  []int64
	Batches int
	Persons int
	Columns [6]Joined // as Columns names them
}

// Joined is one value of several groups; Text "" = none of them shows it.
type Joined struct {
	N    int // persons who answered
	Text string
	Mean disclosure.Joint // what Text says, where it is a mean
}

// Column is what is compared.
type Column int

// The columns of a comparison. Usefulness stands apart: how people liked a training says
// little about what it was good for.
const (
	Useful   Column = iota // Kesesuaian materi dengan tugas
	Trainers               // all trainers together
	Practice
	Service // of the committee
	Before  // share of those who could do it alone before
	Now     // share of those who can do it alone now
)

// itemOf is the item whose means a column joins.
func (c Column) itemOf() string { return [...]string{UsefulItem, "R2", "R3", "R4"}[c] }

// MeanColumns are those of means, in the order in which they are read.
func MeanColumns() []Column { return []Column{Useful, Trainers, Practice, Service} }

// Enough tells whether there are enough batches to compare it with others.
func (c Compared) Enough() bool { return c.Batches >= ComparedFrom }

// ByProgramme compares programmes, in alphabetical order: it is no ranking.
func ByProgramme(t *text.Catalogue, all []Shown) []Compared {
	return compared(t, all, func(p Shown) (int64, string, bool) { return p.Programme, p.Title, true })
}

// ByPartner compares partners in the same way. A group of batches of several partners
// counts for none.
func ByPartner(t *text.Catalogue, all []Shown) []Compared {
	return compared(t, all, func(p Shown) (int64, string, bool) { return p.Partner, p.House, p.Partner != Mixed })
}

func compared(t *text.Catalogue, all []Shown, by func(Shown) (id int64, name string, ok bool)) (out []Compared) {
	known, of := sharesOf(t), map[int64][]Shown{}
	for _, p := range all {
		if id, _, ok := by(p); ok {
			of[id] = append(of[id], p)
		}
	}
	for id, groups := range of {
		_, name, _ := by(groups[0])
		c := Compared{ID: id, Name: name}
		for _, g := range groups {
			c.Groups, c.Batches, c.Persons = append(c.Groups, g.Atom), c.Batches+g.Batches, c.Persons+g.Persons
		}
		if c.Enough() {
			for _, column := range MeanColumns() {
				c.Columns[column] = joinMeans(t, groups, column.itemOf())
			}
			c.Columns[Before], c.Columns[Now] = joinShares(t, known, groups, disclosure.AloneBefore), joinShares(t, known, groups, disclosure.AloneNow)
		}
		slices.Sort(c.Groups)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Compared) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// joinMeans joins the means of an item; those of trainers stand one by one in a group.
func joinMeans(t *text.Catalogue, groups []Shown, item string) Joined {
	var shown []disclosure.ShownMean
	for _, g := range groups {
		for _, c := range g.Cells {
			head, _, _ := strings.Cut(c.Item, " ")
			if v, low, ok := c.Value(); ok && head == item && c.Part == disclosure.MeanOf {
				shown = append(shown, disclosure.ShownMean{N: c.N, Mean: disclosure.Mean{Low: low, Tenths: int(math.Round(10 * v))}})
			}
		}
	}
	j := disclosure.JoinMeans(shown)
	return Joined{N: j.N, Text: WriteJoint(t, j), Mean: j}
}

// telling is whether the lower end of a joint mean is told: below 2 it is not.
func telling(j disclosure.Joint) bool { return j.From >= 20 }

// Ends are the ends of a mean as far as its words tell them: low = only that it is below 2.
// Where the lower one is not told it is 1.
func (v Joined) Ends() (from, to float64, low bool) {
	from, to = float64(v.Mean.From)/10, float64(v.Mean.To)/10
	if !telling(v.Mean) {
		from = 1
	}
	return from, to, v.Mean.Low()
}

// WriteJoint writes a mean of several groups: "3,4", "2,1 sampai 2,5", "di bawah 2".
func WriteJoint(t *text.Catalogue, j disclosure.Joint) string {
	number := func(tenths int) string { return disclosure.Mean{Tenths: tenths}.Write("") }
	switch {
	case j.N == 0:
		return ""
	case j.Low():
		return t.Plain("evaluation.low", nil)
	case j.From == j.To:
		return number(j.To)
	case !telling(j):
		return t.Plain("evaluation.joint_most", text.Args{"nilai": number(j.To)})
	}
	return t.Plain("evaluation.joint_between", text.Args{"dari": number(j.From), "sampai": number(j.To)})
}

// AbilityNow is the mean of the ability at the end of the training, of some groups together.
func AbilityNow(t *text.Catalogue, groups []Shown) Joined {
	var shown []disclosure.ShownMean
	for _, g := range groups {
		if c, ok := Find(g.Cells, Ability, disclosure.MeanNow); ok {
			if v, low, ok := c.Value(); ok {
				shown = append(shown, disclosure.ShownMean{N: c.N, Mean: disclosure.Mean{Low: low, Tenths: int(math.Round(10 * v))}})
			}
		}
	}
	j := disclosure.JoinMeans(shown)
	return Joined{N: j.N, Text: WriteJoint(t, j), Mean: j}
}

// Alone is which share of the people of some groups could do it alone before, and can
// do it now.
func Alone(t *text.Catalogue, groups []Shown) (before, now Joined) {
	known := sharesOf(t)
	return joinShares(t, known, groups, disclosure.AloneBefore), joinShares(t, known, groups, disclosure.AloneNow)
}

// joinShares joins the shares of a part; known are those that sharesOf reads.
func joinShares(t *text.Catalogue, known map[string]disclosure.Share, groups []Shown, part disclosure.Part) Joined {
	var shown []disclosure.ShownShare
	for _, g := range groups {
		if c, ok := Find(g.Cells, Ability, part); ok {
			if share, ok := known[c.Text]; ok {
				shown = append(shown, disclosure.ShownShare{N: c.N, Share: share})
			}
		}
	}
	j := disclosure.JoinShares(shown)
	return Joined{N: j.N, Text: WriteShare(t, j)}
}

// sharesOf reads shares as they are stored: what people see is all that is kept of them.
func sharesOf(t *text.Catalogue) map[string]disclosure.Share {
	known := map[string]disclosure.Share{}
	for _, of := range []int{3, 5} {
		for part := range of {
			s := disclosure.Share{Part: part, Of: of}
			known[t.Plain(shareKey(s), nil)] = s
		}
	}
	return known
}

// WriteShare writes a share of several groups: "antara dua perlima dan empat perlima".
func WriteShare(t *text.Catalogue, j disclosure.JointShare) string {
	fifths := []string{"", "evaluation.fifths_1", "evaluation.fifths_2", "evaluation.fifths_3", "evaluation.fifths_4", ""}
	args := text.Args{"dari": t.Plain(cmp.Or(fifths[j.From], fifths[1]), nil), "sampai": t.Plain(cmp.Or(fifths[j.To], fifths[4]), nil)}
	switch {
	case j.N == 0:
		return ""
	case j.From == 0 && j.To == disclosure.Fifths:
		return t.Plain("evaluation.share_unknown", nil)
	case j.From == 0:
		return t.Plain("evaluation.share_below", args)
	case j.To == disclosure.Fifths:
		return t.Plain("evaluation.share_from", args)
	}
	return t.Plain("evaluation.share_between", args)
}
