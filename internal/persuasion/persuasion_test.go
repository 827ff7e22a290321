package persuasion

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/readiness"
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
)

// family is the table of domain.md 8: for which stage each pattern is.
var family = map[Pattern]readiness.Stage{Reason: "A", Choice: "D", UnitNorm: "D", Leader: "D", Planning: "K", IfThen: "Ab", SmallStep: "Ab", Help: "Ab", Progress: "R", Service: "R"}

// everything are words with all patterns, each written where it can be.
func everything() Words {
	w := Words{Written: map[Pattern]string{Reason: "Alasan yang ditulis.", Leader: "Kepala Dinas ikut belajar.", IfThen: "Jika A, maka saya akan B"}}
	for _, t := range traits {
		w.Patterns = append(w.Patterns, t.Pattern)
	}
	return w
}

func year(key string) satisfaction.Period {
	p, _ := satisfaction.PeriodOf(key)
	return p
}

// facts are such that every pattern is true.
func facts(stage readiness.Stage) Facts {
	return Facts{Stage: stage, Unit: "Kecamatan Natar", Asked: 20, Answered: 12, Helper: true, Why: true, Barrier: true, Later: true, Items: 9, Done: 4, Minutes: 3,
		Salutation: "Ibu", Surveys: []Survey{{8210, year("2025")}, {8325, year("2026")}}}
}

// Whatever is known, a stage gets the patterns of its own family and no other; with all facts
// it gets each of them.
func TestNoStageGetsTheTextOfAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	chance := func() bool { return r.IntN(2) == 0 }
	for range 20_000 {
		stages := append(Stages(), "")
		f := facts(stages[r.IntN(len(stages))])
		f.Plain, f.Helper, f.Why, f.Barrier, f.Later = r.IntN(4) == 0, chance(), chance(), chance(), chance()
		f.Asked, f.Answered, f.Done = r.IntN(25), r.IntN(25), r.IntN(10)
		if chance() {
			f.Surveys = f.Surveys[:r.IntN(3)]
		}
		w := everything()
		if chance() {
			w = Automatic()
		}
		for _, p := range Fitting(f, w) {
			if f.Plain || f.Stage == "" || family[p] != f.Stage || !slices.Contains(w.Patterns, p) {
				t.Fatalf("%+v gets %s", f, p)
			}
		}
	}
	for _, stage := range Stages() {
		for _, p := range Fitting(facts(stage), everything()) {
			family := family[p]
			if family != stage {
				t.Errorf("stage %s gets %s of stage %s", stage, p, family)
			}
		}
	}
	for p, stage := range family {
		if !slices.Contains(Fitting(facts(stage), everything()), p) {
			t.Errorf("%s is never used", p)
		}
	}
}

// Each pattern needs its facts.
func TestPatternsNeedTheirFacts(t *testing.T) {
	for _, tt := range []struct {
		pattern Pattern
		change  func(*Facts)
	}{
		{UnitNorm, func(f *Facts) { f.Answered = 9 }}, // 45 %
		{UnitNorm, func(f *Facts) { f.Asked, f.Answered = 9, 8 }},
		{UnitNorm, func(f *Facts) { f.Answered = 20 }}, // all: then the person has, too
		{Planning, func(f *Facts) { f.Later = false }},
		{SmallStep, func(f *Facts) { f.Later = false }},
		{SmallStep, func(f *Facts) { f.Done = 6 }}, // three are left
		{Help, func(f *Facts) { f.Helper = false }},
		{Help, func(f *Facts) { f.Barrier = false }},
		{Progress, func(f *Facts) { f.Done = 0 }},
		{Service, func(f *Facts) { f.Surveys = f.Surveys[:1] }},
		{Service, func(f *Facts) { f.Surveys = []Survey{f.Surveys[1], f.Surveys[0]} }}, // it fell: no thanks for that
	} {
		f := facts(family[tt.pattern])
		if tt.change(&f); slices.Contains(Fitting(f, everything()), tt.pattern) {
			t.Errorf("%s is used without its facts: %+v", tt.pattern, f)
		}
	}
	w := everything()
	w.Written = nil
	for _, p := range []Pattern{Leader, IfThen} {
		if slices.Contains(Fitting(facts(family[p]), w), p) {
			t.Errorf("%s is used and nobody has written it", p)
		}
	}
	f := facts(readiness.Awareness)
	if f.Why = false; slices.Contains(Fitting(f, w), Reason) {
		t.Error("a reason is given where there is none")
	}
}

func TestNormAtItsEdge(t *testing.T) {
	for _, tt := range []struct{ asked, answered, want int }{{10, 5, 5}, {10, 4, 4}, {9, 8, 0}, {20, 19, 9}, {11, 6, 5}, {20, 20, 0}, {0, 0, 0}} {
		if got := (Facts{Asked: tt.asked, Answered: tt.answered}).normTenths(); got != tt.want {
			t.Errorf("%d of %d: %d tenths, want %d", tt.answered, tt.asked, got, tt.want)
		}
	}
}

// A small step is only said while there is another day for the rest.
func TestSmallStepHasTime(t *testing.T) {
	f := facts(readiness.Ability)
	f.Barrier = false
	if got := Choose(f, Automatic(), 0); got != SmallStep {
		t.Errorf("with days left: %q", got)
	}
	if f.Later = false; Choose(f, Automatic(), 0) != "" {
		t.Error("on the last day somebody is told to leave the rest for later")
	}
}

// Further messages take the next pattern.
func TestChooseTakesTurns(t *testing.T) {
	f, w := facts(readiness.Desire), Automatic()
	var got []Pattern
	for turn := range 3 {
		got = append(got, Choose(f, w, turn))
	}
	if want := []Pattern{UnitNorm, Choice, UnitNorm}; !slices.Equal(got, want) {
		t.Errorf("turns %v, want %v", got, want)
	}
	if f.Plain = true; Choose(f, w, 0) != "" {
		t.Error("who was drawn gets a text")
	}
}

// The sentence about citizens claims nothing.
func TestServiceClaimsNothing(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	f := facts(readiness.Reinforcement)
	f.Surveys = []Survey{{8210, year("2026-S1")}, {8325, year("2026-S2")}}
	if got, want := Sentence(cat, Service, f, Words{}), "Nilai SKM Kecamatan Natar 82,10 (Semester I 2026), 83,25 (Semester II 2026). Terima kasih atas pelayanan Ibu."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Every sentence renders, is short, and neither presses nor ranks.
func TestSentencesDoNotPress(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range traits {
		for _, w := range []Words{everything(), {}} {
			if row.Written && w.Written == nil && row.Pattern != Reason {
				continue
			}
			said := Sentence(cat, row.Pattern, facts(row.Stage), w)
			if said == "" || strings.HasPrefix(said, "persuade.") || len(said) > 300 {
				t.Errorf("%s says %q", row.Pattern, said)
			}
			if word := Pressing(said); word != "" {
				t.Errorf("%s presses with %q: %s", row.Pattern, word, said)
			}
		}
	}
	for typed, want := range map[string]string{"Pegawai WAJIB mengisi.": "wajib", "Ada sanksi bagi yang lalai": "sanksi", "Unit kita terendah": "terendah",
		"Silakan mengisi bila sempat.": "", "Kewajiban kita bersama": ""} {
		if got := Pressing(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// A quarter of a unit is drawn: exactly where it divides, the same one in whatever order it is
// asked, another one for another drawing, and over many small units about a quarter of all.
func TestQuarter(t *testing.T) {
	rank := func(of uint64) func(int64) uint64 {
		return func(id int64) uint64 { return rand.New(rand.NewPCG(of, uint64(id))).Uint64() }
	}
	for n := range 41 {
		people := make([]int64, n)
		for i := range people {
			people[i] = int64(100 + i)
		}
		for unit := range uint64(4) {
			drawn := Quarter(people, rank(7), unit)
			if k := len(drawn); k < n/4 || k > (n+3)/4 {
				t.Errorf("%d of %d are drawn", k, n)
			}
			mixed := slices.Clone(people)
			slices.Reverse(mixed)
			if again := Quarter(mixed, rank(7), unit); fmt.Sprint(again) != fmt.Sprint(drawn) {
				t.Errorf("asked again: %v, before %v", again, drawn)
			}
		}
	}
	people := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	if fmt.Sprint(Quarter(people, rank(1), 0)) == fmt.Sprint(Quarter(people, rank(2), 0)) {
		t.Error("two drawings draw the same people")
	}
	small := 0
	for unit := range uint64(4000) {
		small += len(Quarter([]int64{1, 2}, rank(unit), rank(9)(int64(unit))))
	}
	if small < 1800 || small > 2200 { // a quarter of 8000 is 2000
		t.Errorf("%d of 8000 in units of two are drawn", small)
	}
}

// No number of fewer than five is told, and none follows: neither how many did not do it, nor
// that all or nobody did.
func TestTellHidesSmallNumbers(t *testing.T) {
	possible := map[Told]map[int]bool{} // what is told, and how many may have done it
	for reached := range 60 {
		for done := range reached + 1 {
			told := Tell(Group{reached, done})
			if told.Reached.N > 0 && told.Reached.N < fewest || told.Done.N > 0 && (told.Done.N < fewest || reached-told.Done.N < fewest) {
				t.Errorf("%d of %d is told as %+v", done, reached, told)
			}
			if possible[told] == nil {
				possible[told] = map[int]bool{}
			}
			possible[told][done] = true
		}
	}
	for told, all := range possible {
		if told.Done.How != Exactly && len(all) < fewest {
			t.Errorf("%+v leaves only %v", told, all)
		}
	}
}
