package evaluation

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"bangkom/internal/disclosure"
	"bangkom/internal/text"
)

// shown is a group as it is published: each value is that of one person.
func shown(t *text.Catalogue, atom int64, values []int) Shown {
	item := disclosure.Item{Code: UsefulItem, Form: disclosure.Scale, Top: 4}
	answers := make([]disclosure.Answers, len(values))
	for i, v := range values {
		answers[i] = disclosure.Answers{UsefulItem: strconv.Itoa(v)}
	}
	s := Shown{Atom: atom, Programme: 1, Title: "Program", Batches: 1, Persons: len(values)}
	r := Runner{Text: t}
	for _, c := range disclosure.Cells([]disclosure.Item{item}, disclosure.Count([]disclosure.Item{item}, answers)) {
		s.Cells = append(s.Cells, Told(r.Text, c))
	}
	return s
}

// fives are all ways in which five persons can answer.
func fives() (all [][]int) {
	for a := 1; a <= 4; a++ {
		for b := a; b <= 4; b++ {
			for c := b; c <= 4; c++ {
				for d := c; d <= 4; d++ {
					for e := d; e <= 4; e++ {
						all = append(all, []int{a, b, c, d, e})
					}
				}
			}
		}
	}
	return all
}

// The program "equations", about comparisons: of three groups of five, in every way in
// which they can answer, whoever reads each group and the comparison of the programme
// knows no more than who reads the groups: of everybody at least two values are possible.
// With a comparison of the answers themselves the same search finds people.
func TestComparisonsDetermineNobody(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	ways := fives()
	told, sums := make([]string, len(ways)), make([]int, len(ways))
	example := map[string]Shown{}
	for i, w := range ways {
		s := shown(cat, 1, w)
		told[i] = s.Cells[0].Text
		example[told[i]] = s
		for _, v := range w {
			sums[i] += v
		}
	}
	joined := map[string]string{}
	compare := func(a, b, c int) string {
		key := told[a] + "|" + told[b] + "|" + told[c]
		if _, ok := joined[key]; !ok {
			all := ByProgramme(cat, []Shown{example[told[a]], example[told[b]], example[told[c]]})
			joined[key] = key + "|" + all[0].Columns[Useful].Text
		}
		return joined[key]
	}
	exact := func(a, b, c int) string { return fmt.Sprint(told[a], told[b], told[c], sums[a]+sums[b]+sums[c]) }
	determined := func(key func(a, b, c int) string) (n int) {
		possible := map[string]int{} // what the first group may have given, a bit for each value
		for a := range ways {
			values := 0
			for _, v := range ways[a] {
				values |= 1 << v
			}
			for b := range ways {
				for c := b; c < len(ways); c++ {
					possible[key(a, b, c)] |= values
				}
			}
		}
		for _, values := range possible {
			if values&(values-1) == 0 {
				n++
			}
		}
		return n
	}
	if n := determined(compare); n != 0 {
		t.Errorf("%d comparisons tell what each of five gave", n)
	}
	if determined(exact) == 0 {
		t.Error("comparisons of the answers themselves tell of nobody: the search proves nothing")
	}
}

// Fewer than three batches are not compared, programmes come by name, and a group that
// several partners held counts for none.
func TestCompared(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	all := []Shown{shown(cat, 1, []int{3, 3, 3, 3, 4}), shown(cat, 2, []int{4, 4, 4, 4, 4}), shown(cat, 3, []int{1, 1, 1, 2, 2}), shown(cat, 4, []int{2, 2, 2, 3, 3})}
	all[1].Batches, all[2].Programme, all[2].Title, all[3].Partner = 2, 2, "aneka", Mixed
	if got := fmt.Sprint(ByProgramme(cat, all)); got != "[{2 aneka [3] 1 5 [{0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}}]} "+
		"{1 Program [1 2 4] 4 15 [{15 3,2 {15 32 32}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}}]}]" {
		t.Errorf("by programme: %s", got)
	}
	if got := fmt.Sprint(ByPartner(cat, all)); got != "[{0  [1 2 3] 4 15 [{15 2,6 sampai 3,0 {15 26 30}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}} {0  {0 0 0}}]}]" {
		t.Errorf("by partner: %s", got)
	}
}

// Each share that is stored is read back as what it says.
func TestSharesAreReadBack(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	r, known := Runner{Text: cat}, sharesOf(cat)
	for n := 5; n <= 30; n++ {
		for count := range n + 1 {
			s := disclosure.RoundShare(count, n)
			if got := known[Told(r.Text, disclosure.Cell{Part: disclosure.Risen, Share: s}).Text]; got != s {
				t.Errorf("%+v is read back as %+v", s, got)
			}
		}
	}
	if len(known) != 8 {
		t.Errorf("%d sentences of shares, want 8 different ones", len(known))
	}
}

// A world of a partner's page: three persons of its fourth batch were counted together with four
// of another partner's batch. The page is of three groups of five that the partner held alone, so
// whoever reads these groups and the page learns nothing of the three. With the rule off, when the
// page is of all answers that were given for the partner, it tells what the three have given
// wherever they gave alike.
func TestPartnersDetermineNobody(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	var threes [][]int
	for a := 1; a <= 4; a++ {
		for b := a; b <= 4; b++ {
			for c := b; c <= 4; c++ {
				threes = append(threes, []int{a, b, c})
			}
		}
	}
	page := func(own [][]int, three, others []int, all bool) string {
		var groups []Shown
		said, sum, n := "", 0, 0
		for i, values := range own {
			s := shown(cat, int64(i+1), values)
			s.Partner, s.House = 1, "Universitas"
			groups, said = append(groups, s), said+s.Cells[0].Text+"|"
			for _, v := range values {
				sum, n = sum+v, n+1
			}
		}
		mixed := shown(cat, 9, append(slices.Clone(three), others...))
		mixed.Partner, mixed.Batches = Mixed, 2
		said += mixed.Cells[0].Text + "|"
		if all {
			for _, v := range three {
				sum, n = sum+v, n+1
			}
			return said + fmt.Sprint(float64(sum)/float64(n))
		}
		list := ByPartner(cat, append(groups, mixed))
		if len(list) != 1 || list[0].Persons != n {
			t.Fatalf("the page is of %+v", list)
		}
		return said + list[0].Columns[Useful].Text
	}
	determined := func(all bool) (n int) {
		for _, own := range [][][]int{{{3, 3, 3, 3, 4}, {4, 4, 4, 4, 4}, {2, 2, 3, 3, 3}}, {{1, 1, 2, 2, 2}, {3, 3, 3, 4, 4}, {2, 3, 3, 3, 4}}} {
			possible := map[string]int{}
			for _, three := range threes {
				for _, four := range fives() {
					key := page(own, three, four[1:], all)
					for _, v := range three {
						possible[key] |= 1 << v
					}
				}
			}
			for _, values := range possible {
				if values&(values-1) == 0 {
					n++
				}
			}
		}
		return n
	}
	if n := determined(false); n != 0 {
		t.Errorf("%d pages tell what each of three gave", n)
	}
	if determined(true) == 0 {
		t.Error("a page of all answers tells of nobody: the search proves nothing")
	}
}

// Whatever people have answered, the page of a partner is made of what its groups show: where these
// say the same, it says the same, so it adds nothing to them. Two batches are no page.
func TestPartnersPageTellsNoMoreThanItsGroups(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	ways := fives()
	for i := range ways {
		for j := range ways {
			var groups []Shown
			said := ""
			for k, values := range [][]int{ways[i], ways[j], {3, 3, 3, 4, 4}} {
				s := shown(cat, int64(k+1), values)
				s.Partner, s.House = 1, "Universitas"
				groups, said = append(groups, s), said+s.Cells[0].Text+"|"
			}
			before, after := ByPartner(cat, groups[:2])[0], ByPartner(cat, groups)[0]
			if before.Columns[Useful].Text != "" || before.Enough() {
				t.Fatal("two batches are compared")
			}
			if was, ok := pages[said]; ok && was != after.Columns[Useful].Text {
				t.Fatalf("of groups that show %s the page says %s and %s", said, was, after.Columns[Useful].Text)
			}
			pages[said] = after.Columns[Useful].Text
		}
	}
	if len(pages) < 15 {
		t.Errorf("%d different pages: nothing is proved", len(pages))
	}
}
