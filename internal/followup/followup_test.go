package followup

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/outreach"
)

var wib = time.FixedZone("WIB", 7*60*60)

func at(day string, hour int) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, day, wib)
	if err != nil {
		panic(err)
	}
	return d.Add(time.Duration(hour) * time.Hour)
}

func TestDaysOf(t *testing.T) {
	r := DefaultRules()
	for _, tt := range []struct {
		form string
		jp   int
		want []int
	}{
		{"Pelatihan teknis", 16, []int{30, 90}},
		{"Bimbingan teknis", 15, nil},
		{"Seminar", 40, nil},
		{"Seminar nasional", 40, nil},
		{"Pelatihan manajerial", 16, []int{90, 365}},
		{"Pelatihan kepemimpinan pengawas", 300, []int{90, 365}},
		{"", 16, []int{30, 90}},
	} {
		if got := r.DaysOf(tt.form, tt.jp); !slices.Equal(got, tt.want) {
			t.Errorf("DaysOf(%q, %d) = %v, want %v", tt.form, tt.jp, got, tt.want)
		}
	}
	if got := (Rules{}).DaysOf("Pelatihan teknis", 16); got != nil {
		t.Errorf("without days it is asked on %v", got)
	}
}

// A follow-up opens on its day, or on the next working day: weekend, collective leave, a new
// year. In the month of fasting it opens as ever; the gate knows its hours.
func TestDueOn(t *testing.T) {
	var own []outreach.Holiday
	for _, day := range []string{"2027-06-10", "2027-06-11"} {
		d, err := outreach.ParseDay(day)
		if err != nil {
			t.Fatal(err)
		}
		own = append(own, outreach.Holiday{Day: d, Name: "Cuti bersama", Kind: outreach.Collective})
	}
	c := outreach.NewCalendar(outreach.ShippedFacts(wib, own), outreach.DefaultRules().Hours)
	r := DefaultRules()
	for _, tt := range []struct {
		name, ends, now string
		opened          []int
		want            string // day and last day on which it can be answered; "" = none opens
	}{
		{"a day before", "2027-04-13", "2027-05-12", nil, ""},
		{"on its day", "2027-04-13", "2027-05-13", nil, "30 until 2027-05-27"},
		{"opened before", "2027-04-13", "2027-05-13", []int{30}, ""},
		{"day 90 beside it", "2027-04-13", "2027-07-12", []int{30}, "90 until 2027-07-26"},
		{"day 30 is a Saturday", "2027-06-10", "2027-07-10", nil, ""},
		{"the Monday after", "2027-06-10", "2027-07-12", nil, "30 until 2027-07-26"},
		{"collective leave", "2027-05-11", "2027-06-10", nil, ""},
		{"after collective leave", "2027-05-11", "2027-06-14", nil, "30 until 2027-06-28"},
		{"over the year", "2026-12-03", "2027-01-04", nil, "30 until 2027-01-18"},
		{"fasting", "2027-01-19", "2027-02-18", nil, "30 until 2027-03-04"},
		{"recorded late, and the last day is a day off", "2027-04-13", "2027-05-27", nil, "30 until 2027-06-14"},
		{"too late", "2027-04-13", "2027-05-28", nil, ""},
	} {
		due := r.DueOn(Ended{Form: "Pelatihan teknis", JP: 20, Ends: at(tt.ends, 16), Opened: tt.opened}, at(tt.now, 9), c)
		got := ""
		for _, d := range due {
			got += strconv.Itoa(d.Day) + " until " + d.Closes.Add(-time.Second).In(wib).Format(time.DateOnly)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPlanSaysWhyNot(t *testing.T) {
	boss := Someone{ID: 9, Name: "Ratna Dewi, S.Sos.", Active: true, Linked: true}
	worker := Someone{ID: 1, Active: true, Linked: true}
	with := func(s Someone, change func(*Someone)) Someone { change(&s); return s }
	closes := at("2027-05-28", 0)
	for _, tt := range []struct {
		name       string
		p          Attended
		own, other Reason
	}{
		{"both", Attended{Person: worker, Superior: boss}, IsAsked, IsAsked},
		{"retired", Attended{Person: with(worker, func(s *Someone) { s.Active = false }), Superior: boss}, Left, NotOwn},
		{"no account", Attended{Person: with(worker, func(s *Someone) { s.Linked = false }), Superior: boss}, Unlinked, NotOwn},
		{"away to the close", Attended{Person: with(worker, func(s *Someone) { s.Away = at("2027-05-27", 0) }), Superior: boss}, OnLeave, NotOwn},
		{"back before", Attended{Person: with(worker, func(s *Someone) { s.Away = at("2027-05-26", 0) }), Superior: boss}, IsAsked, IsAsked},
		{"superior unknown", Attended{Person: worker}, IsAsked, Nobody},
		{"superior retired", Attended{Person: worker, Superior: with(boss, func(s *Someone) { s.Active = false })}, IsAsked, Left},
		{"superior without account", Attended{Person: worker, Superior: with(boss, func(s *Someone) { s.Linked = false })}, IsAsked, Unlinked},
		{"superior away", Attended{Person: worker, Superior: with(boss, func(s *Someone) { s.Away = closes })}, IsAsked, OnLeave},
		{"superior was a trainer", Attended{Person: worker, Superior: with(boss, func(s *Someone) { s.Name = "RATNA DEWI" })}, IsAsked, Trainer},
	} {
		trainers := []string{"Dr. Hasan"}
		if tt.other == Trainer {
			trainers = append(trainers, "Dra. Ratna Dewi, M.M.")
		}
		list := DefaultRules().Plan([]Due{{Closes: closes, Ended: Ended{Trainers: trainers}}}, []Attended{tt.p}, nil)
		if got := list[0].Pairs[0]; got.Own != tt.own || got.Other != tt.other {
			t.Errorf("%s: %q and %q, want %q and %q", tt.name, got.Own, got.Other, tt.own, tt.other)
		}
	}
	if list := DefaultRules().Plan([]Due{{Ended: Ended{Batch: 7}}}, nil, nil); len(list) != 0 {
		t.Error("a follow-up opens that nobody attended")
	}
}

// About more than ten people a superior is asked of ten, whatever batches they were in, and
// of fewer who was asked this month before; who they are is drawn, and drawn alike again.
func TestPlanDraws(t *testing.T) {
	boss := Someone{ID: 900, Name: "Ratna", Active: true, Linked: true}
	var people []Attended
	for i := range 24 {
		people = append(people, Attended{Batch: int64(1 + i%2), Person: Someone{ID: int64(1 + i), Active: true, Linked: true}, Superior: boss})
	}
	due := []Due{{Opens: at("2027-05-13", 0), Ended: Ended{Batch: 1}}, {Opens: at("2027-05-13", 0), Ended: Ended{Batch: 2}}}
	plan := func(before int) (asked []int64) {
		for _, o := range DefaultRules().Plan(due, people, map[int64]int{900: before}) {
			for _, p := range o.Pairs {
				if p.Other == IsAsked {
					asked = append(asked, p.Person)
				} else if p.Other != NotDrawn || p.Own != IsAsked {
					t.Errorf("%+v", p)
				}
			}
		}
		return asked
	}
	for before, want := range map[int]int{0: 10, 4: 6, 10: 0, 12: 0} {
		got := plan(before)
		if len(got) != want || !slices.Equal(got, plan(before)) {
			t.Errorf("%d were asked before: %v, want %d of them twice", before, got, want)
		}
	}
	first := plan(0)
	if slices.Equal(first[:5], []int64{1, 3, 5, 7, 9}) {
		t.Error("the first ones are asked, nobody is drawn")
	}
	due[0].Opens, due[1].Opens = at("2027-06-14", 0), at("2027-06-14", 0)
	if slices.Equal(first, plan(0)) {
		t.Error("the same ones are drawn in another month")
	}
}

// compositions calls fn with each way to divide n persons among so many answers.
func compositions(n, k int, counts []int, fn func([]int)) {
	if k == 1 {
		fn(append(counts, n))
		return
	}
	for i := 0; i <= n; i++ {
		compositions(n-i, k-1, append(slices.Clone(counts), i), fn)
	}
}

// group makes the people of a group: counts says how many gave which answer of an item.
func group(item string, answers []string, counts []int, besides disclosure.Answers) (held []disclosure.Held) {
	for i, n := range counts {
		for range n {
			a := disclosure.Answers{item: answers[i]}
			for k, v := range besides {
				a[k] = v
			}
			held = append(held, disclosure.Held{Task: int64(len(held) + 1), Person: int64(len(held) + 1), Batch: 1, Answers: a})
		}
	}
	return held
}

// determined is how often what is shown of an item leaves somebody but one possible answer; of
// groups in which one tells the own answer too, where told. cells shows a group.
func determined(t *testing.T, item string, answers []string, besides disclosure.Answers, n int, told bool, cells func([]disclosure.Held) []Cell) (found int) {
	t.Helper()
	possible := map[string]map[int]bool{} // by what is shown, and the answer that is told
	compositions(n, len(answers), nil, func(counts []int) {
		var view strings.Builder
		for _, c := range cells(group(item, answers, counts, besides)) {
			view.WriteString(c.Key() + "=" + c.Text + ";")
		}
		for teller := range answers {
			rest, key := slices.Clone(counts), view.String()
			if told {
				if counts[teller] == 0 {
					continue
				}
				rest[teller]--
				key += answers[teller]
			}
			if possible[key] == nil {
				possible[key] = map[int]bool{}
			}
			for i, k := range rest {
				if k > 0 {
					possible[key][i] = true
				}
			}
			if !told {
				break
			}
		}
	})
	for _, values := range possible {
		if len(values) < 2 {
			found++
		}
	}
	return found
}

// Nothing that is shown of a group says of anybody what the answer was, whatever was answered
// (the equations of disclosure.md C, by enumerating the answers of groups): not by itself, and
// of what may be left open and of what would help not even where one of them tells.
func TestCellsLeaveTwoAnswers(t *testing.T) {
	levels, unseen := []string{"1", "2", "3", "4", "5"}, []string{"1", "2", "3", "4", "5", Unseen}
	often := append(slices.Clone(frequencies), NoChance)
	own := disclosure.Answers{Ability: "3", Frequency: "sering", Help: "waktu"}
	seen := disclosure.Answers{Given: "belum"}
	for n := disclosure.AtomPersons; n <= 13; n++ {
		told := n >= OpenPersons
		for _, tt := range []struct {
			item    string
			answers []string
			besides disclosure.Answers
			told    bool
		}{{Ability, levels, without(own, Ability), false}, {Frequency, often, without(own, Frequency), told}, {Help, helps, without(own, Help), told}, {Seen, unseen, seen, told},
			{Given, givens, disclosure.Answers{Seen: "3"}, told}} {
			if found := determined(t, tt.item, tt.answers, tt.besides, n, tt.told, Cells); found != 0 {
				t.Errorf("of %d persons %d views of %s leave one answer", n, found, tt.item)
			}
		}
	}
	// With the rules off it finds them: a frequency that is shown of five says that all five
	// have had the opportunity.
	off := func(held []disclosure.Held) []Cell {
		return append(mean(held, Frequency, frequencies, len(held), len(held)), shares(held, Frequency, []string{NoChance}, len(held))...)
	}
	if determinedOpen(often, 5, Cells) || !determinedOpen(often, 5, off) {
		t.Error("a frequency of five that is shown is not found, or one that is hidden is")
	}
	// And shares of five give the others away when one tells.
	if determined(t, Help, helps, nil, 5, true, func(h []disclosure.Held) []Cell {
		var cells []Cell
		for _, v := range helps {
			n := 0
			for _, one := range h {
				if one.Answers[Help] == v {
					n++
				}
			}
			s := disclosure.RoundShare(n, len(h))
			cells = append(cells, Cell{Item: Help, Value: v, Text: string(rune('0' + s.Part))})
		}
		return cells
	}) == 0 {
		t.Error("shares in thirds of five persons are not found")
	}
}

// determinedOpen tells whether some view of a frequency says that everybody has had the
// opportunity.
func determinedOpen(often []string, n int, cells func([]disclosure.Held) []Cell) bool {
	none := map[string]int{} // by view: how many may have had none, at most
	compositions(n, len(often), nil, func(counts []int) {
		view := ""
		for _, c := range cells(group(Frequency, often, counts, disclosure.Answers{Ability: "3", Help: "waktu"})) {
			view += c.Key() + "=" + c.Text + ";"
		}
		none[view] = max(none[view], counts[len(often)-1])
	})
	for _, most := range none {
		if most == 0 {
			return true
		}
	}
	return false
}

func without(a disclosure.Answers, item string) disclosure.Answers {
	out := disclosure.Answers{}
	for k, v := range a {
		if k != item {
			out[k] = v
		}
	}
	return out
}

// Whom a reader sees by name is taken out, and of all that stands above a hidden group
// nothing is computed from it.
func TestVisible(t *testing.T) {
	cells := []Cell{{Item: Ability, N: 12, Text: "34"}, {Item: Frequency, Value: NoChance, N: 12, Text: "1/3"}}
	g := func(id int64, persons, known int) Shown {
		return Shown{Group: id, Programme: id % 2, Title: "P", Day: 30, Persons: persons, Known: known, Cells: cells}
	}
	all := []Shown{g(1, 12, 0), g(2, 12, 1), g(3, 16, 1), g(4, 20, 3)}
	if got := Visible(all); len(got) != 1 || got[0].Group != 1 {
		t.Errorf("visible: %+v", got)
	}
	j := Join(Visible(all))
	if j.Persons != 12 || j.Means[Ability].To != 34 || j.Shares[cells[1].Key()].N != 12 {
		t.Errorf("joined: %+v", j)
	}
	if j := Join(nil); j.Persons != 0 || j.Means[Ability].N != 0 {
		t.Errorf("of nothing: %+v", j)
	}
}

func TestCellsAreReadAsStored(t *testing.T) {
	held := group(Ability, []string{"1", "5"}, []int{9, 1}, disclosure.Answers{Frequency: NoChance, Help: "sarana"})
	for _, c := range Cells(held) {
		back := ParseCell(c.Key(), c.N, c.Text)
		if back != c {
			t.Errorf("%+v comes back as %+v", c, back)
		}
		if _, mean := back.Mean(); mean == (c.Value != "") {
			t.Errorf("%+v is a mean: %v", c, mean)
		}
	}
	if m, ok := Cells(held)[0].Mean(); !ok || !m.Low {
		t.Errorf("a mean of 1.4 is shown as %+v", m)
	}
}
