package needs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Who may do what in which stage, and why not: each deed of each office in each stage.
func TestSignoffSteps(t *testing.T) {
	officer, head, office := Actor{Person: 1, Officer: true}, Actor{Person: 2, Head: true}, Actor{Person: 3, Office: true}
	for name, c := range map[string]struct {
		deed Deed
		who  Actor
		want string // by stage
	}{
		"the officer prepares":            {Prepare, officer, " late late late"},
		"the office may, too":             {Prepare, office, " late late late"},
		"the head does not prepare":       {Prepare, head, "yours yours yours yours"},
		"the head approves":               {Approve, head, "early  late late"},
		"the officer does not approve":    {Approve, officer, "yours yours yours yours"},
		"the office does not approve":     {Approve, office, "yours yours yours yours"},
		"the head corrects":               {Correct, head, "early  late late"},
		"the head gives back":             {GiveBack, head, "early  late late"},
		"the office returns":              {Return, office, "early early  "},
		"the head does not return":        {Return, head, "yours yours yours yours"},
		"the office validates":            {Validate, office, "early early  late"},
		"the officer does not validate":   {Validate, officer, "yours yours yours yours"},
		"who has approved does not":       {Validate, Actor{Person: 9, Head: true, Office: true}, "early early second late"},
		"nor for whom it was approved":    {Validate, Actor{Person: 8, Head: true, Office: true}, "early early second late"},
		"the officer attaches":            {Attach, officer, "early early  "},
		"the head does not attach":        {Attach, head, "yours yours yours yours"},
		"a head is not passed over":       {Lift, office, "head head late late"},
		"what is not there is nobody's":   {"forged", office, "yours yours yours yours"},
		"a stranger prepares nothing":     {Prepare, Actor{Person: 4}, "yours yours yours yours"},
		"a stranger approves nothing":     {Approve, Actor{Person: 4}, "yours yours yours yours"},
		"the head of two offices returns": {Return, Actor{Person: 2, Head: true, Office: true}, "early early  "},
	} {
		var got []string
		for _, stage := range Stages() {
			s := Signoff{Stage: stage, Heads: 1, Actor: c.who}
			if stage == Approved || stage == Validated {
				s.Approved, s.For = Signed{ID: 9}, 8
			}
			got = append(got, string(s.May(c.deed)))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, " "), c.want)
		}
	}
	headless := Signoff{Stage: Unprepared, Actor: office}
	if headless.May(Prepare) != NobodyLeads || headless.May(Lift) != "" {
		t.Error("a unit without a head is passed on, or its approval cannot be moved")
	}
	if Prepare.To(Unprepared) != Prepared || Correct.To(Prepared) != Prepared || Return.To(Validated) != Unprepared {
		t.Error("a deed leads elsewhere")
	}
}

// A unit under five signs with the nearest one above that has five; where there is none, it
// does not sign.
func TestSigningUnits(t *testing.T) {
	unit := func(id, parent int64, people int) Unit {
		return Unit{ID: id, Parent: parent, Name: fmt.Sprint(id), Counts: Counts{People: people}}
	}
	got := SigningUnits([]Unit{unit(1, 0, 2), unit(2, 1, 4), unit(3, 1, 5), unit(4, 3, 1), unit(5, 2, 1), unit(6, 0, 4), unit(7, 6, 0)})
	for id, with := range map[int64]int64{1: 1, 2: 2, 3: 3, 4: 3, 5: 2, 6: 0, 7: 0} {
		if got[id] != with {
			t.Errorf("unit %d signs with %d, want %d", id, got[id], with)
		}
	}
}

// survey is a unit of so many people with a small one below it, who all lack something.
func survey(people, below int) Frozen {
	f := Frozen{Competencies: []Competency{{Code: "M.01", Name: "Integritas", Importance: Important}, {Code: "M.02", Name: "Kerja Sama", Importance: Important}}}
	for id, n := range map[int64]int{1: people, 2: below} {
		c := Counts{People: n, Filled: n, Rated: n, Both: n}
		f.Units = append(f.Units, Unit{ID: id, Parent: id - 1, Name: fmt.Sprint(id), Counts: c})
		f.Tallies = append(f.Tallies, Own{id, "M.01", Tally{N: n, Gap: -10 * 3, Lack: 30, Affected: 1}}, Own{id, "M.02", Tally{N: n, Gap: -100 * 3, Lack: 300, Affected: n / 2}})
	}
	slices.SortFunc(f.Units, func(x, y Unit) int { return int(x.ID - y.ID) })
	return f
}

func codes(list []SignedNeed) string {
	var out []string
	for _, n := range list {
		code := n.Code
		if !n.Shown() {
			code = "(" + code + ")"
		}
		out = append(out, code)
	}
	return strings.Join(out, " ")
}

// What is frozen may be shown to each of its readers, and to the strictest of them.
func TestContentOfIsForTheStrictestReader(t *testing.T) {
	for name, c := range map[string]struct {
		people, below int
		knows         []map[int64]int
		want          string
	}{
		"nobody is known":                       {20, 4, nil, "M.02 M.01"},
		"a head who knows three of 24":          {20, 4, []map[int64]int{{1: 3}}, "(M.01) (M.02)"},
		"two readers who know one each":         {20, 4, []map[int64]int{{1: 1}, {1: 1}}, "M.02 M.01"},
		"an officer and a head of another team": {40, 4, []map[int64]int{{1: 1}, {1: 9}}, "(M.01) (M.02)"},
		"fewer than five":                       {4, 0, nil, "(M.01) (M.02)"},
	} {
		got, ok := ContentOf(survey(c.people, c.below), 1, c.knows, nil)
		if !ok || codes(got.Needs) != c.want || got.People != c.people+c.below {
			t.Errorf("%s: %s of %d, want %s", name, codes(got.Needs), got.People, c.want)
		}
	}
	proposals := []Proposal{{Unit: 1, Title: "Arsip"}, {Unit: 2, Title: "Perbendaharaan"}, {Unit: 3, Title: "Lain"}}
	if got, _ := ContentOf(survey(20, 4), 1, nil, proposals); len(got.Proposals) != 2 {
		t.Errorf("%+v are the proposals of the unit and the small one below it", got.Proposals)
	}
	if got, _ := ContentOf(survey(20, 6), 1, nil, proposals); len(got.Proposals) != 1 {
		t.Errorf("%+v are the proposals of a unit whose child signs for itself", got.Proposals)
	}
	if _, ok := ContentOf(survey(20, 4), 9, nil, nil); ok {
		t.Error("a unit that was not frozen has something to sign")
	}
}

// Preparing twice freezes the same values, and keeps what the head has corrected.
func TestCorrectionsStay(t *testing.T) {
	by := Signed{ID: 7, At: time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC)}
	first, _ := ContentOf(survey(20, 4), 1, nil, nil)
	for name, c := range map[string]struct {
		code  string
		place int
		ok    bool
		want  string
	}{
		"to the top":      {"M.01", 1, true, "M.01 M.02"},
		"to the end":      {"M.02", 2, true, "M.01 M.02"},
		"where it is":     {"M.02", 1, false, "M.02 M.01"},
		"beyond the end":  {"M.02", 3, false, "M.02 M.01"},
		"what is unknown": {"M.09", 1, false, "M.02 M.01"},
	} {
		got, ok := Move(first.Needs, c.code, c.place, by, "alasan")
		if ok != c.ok || codes(got) != c.want {
			t.Errorf("%s: %s, %v", name, codes(got), ok)
		}
	}
	moved, _ := Move(first.Needs, "M.01", 1, by, "alasan")
	again, _ := ContentOf(survey(20, 4), 1, nil, nil)
	if fmt.Sprint(again) != fmt.Sprint(first) {
		t.Error("the second preparation freezes something else")
	}
	if kept := Anew(again.Needs, moved); codes(kept) != "M.01 M.02" || kept[0].Reason != "alasan" || kept[1].Reason != "" {
		t.Errorf("%+v has lost the correction", kept)
	}
	if plain := Anew(again.Needs, first.Needs); codes(plain) != "M.02 M.01" {
		t.Errorf("%s without a correction", codes(plain))
	}
	hidden, _ := ContentOf(survey(20, 4), 1, []map[int64]int{{1: 9}}, nil)
	if kept := Anew(hidden.Needs, moved); codes(kept) != "(M.01) (M.02)" {
		t.Errorf("%s of what is hidden by now", codes(kept))
	}
}

// Whoever reads it later and may see less gets less, and no place of it either.
func TestBeforeHidesForOneReader(t *testing.T) {
	first, _ := ContentOf(survey(20, 4), 1, nil, nil)
	sees := func(codes ...string) func(string) bool {
		return func(c string) bool { return slices.Contains(codes, c) }
	}
	for name, c := range map[string]struct {
		list []SignedNeed
		sees func(string) bool
		want string
	}{
		"all":    {first.Needs, sees("M.01", "M.02"), "M.02 M.01"},
		"one":    {first.Needs, sees("M.01"), "M.01 (M.02)"},
		"none":   {first.Needs, sees(), "(M.01) (M.02)"},
		"by two": {Before(first.Needs, sees("M.02")), sees("M.01"), "(M.01) (M.02)"},
	} {
		if got := codes(Before(c.list, c.sees)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	moved, _ := Move(first.Needs, "M.01", 1, Signed{ID: 7}, "alasan")
	if got := Before(moved, sees("M.02")); codes(got) != "(M.01) M.02" {
		t.Errorf("%s: what the head has moved says nothing by its place", codes(got))
	}
	if first.Needs[0].Code != "M.02" || !first.Needs[0].Shown() {
		t.Error("reading has changed what is frozen")
	}
}

// Whoever sees a list in another order moves past what stands there on their own screen.
func TestMoveAsItIsSeen(t *testing.T) {
	list := func(order string) (out []SignedNeed) {
		for _, code := range strings.Fields(order) {
			out = append(out, SignedNeed{Competency: Competency{Code: code, Name: code}, Value: Value{N: 9}})
		}
		return out
	}
	plain := func(list []SignedNeed) string {
		var out []string
		for _, n := range list {
			out = append(out, n.Code)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		stored, seen, code string
		place              int
		want               string
	}{
		{"a b c d", "a b c d", "c", 1, "c a b d"},
		{"a b c d", "a b c d", "a", 3, "b c a d"},
		{"a b c d", "b d a c", "d", 1, "a d b c"}, // before b, not first of all
		{"a b c d", "b d a c", "b", 2, "a c d b"}, // behind d
		{"a b c d", "b c d a", "a", 1, ""},        // stands before b already
		{"a b c d", "a b c d", "a", 1, ""},        // stays
		{"a b c d", "a b c d", "x", 1, ""},
		{"a b c d", "a b c d", "a", 5, ""},
	} {
		got, ok := MoveAs(list(c.stored), list(c.seen), c.code, c.place, Signed{ID: 7}, "alasan")
		if ok != (c.want != "") || ok && plain(got) != c.want {
			t.Errorf("%s to %d of %q: %q, %v; want %q", c.code, c.place, c.seen, plain(got), ok, c.want)
		}
	}
}

func TestOverdue(t *testing.T) {
	r := Round{Due: time.Date(2027, 3, 26, 0, 0, 0, 0, time.UTC)}
	wib := time.FixedZone("WIB", 7*3600)
	for day, want := range map[int]bool{25: false, 26: false, 27: true} {
		today := time.Date(2027, 3, day, 0, 0, 0, 0, wib)
		if r.Overdue(Prepared, today) != want || r.Overdue(Validated, today) {
			t.Errorf("day %d", day)
		}
	}
}
