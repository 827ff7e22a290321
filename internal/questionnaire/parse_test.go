package questionnaire

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const small = `
code: coba
version: 2
kind: interest
title: " Coba "
intro: Untuk {sapaan}.
minutes: 1
items:
  - {code: A, title: A, type: choice, prompt: "A?", choices: [{value: ya, label: Ya}, {value: tidak, label: Tidak}], optional: true}
  - {code: B, title: B, type: level, prompt: "B?", levels: [a, b, c, d, e], only_if: {item: A, in: [ya]}}
  - {code: C, title: C, type: level, prompt: "C?", levels: [a, b, c, d, e], only_if: {item: B, in: [4, 5]}}
  - {code: D, title: D, type: text, prompt: "D?", max_length: 300, optional: true, only_if: {item: A, in: [tidak, "-"]}}
`

func parse(t *testing.T, raw string) Definition {
	t.Helper()
	d, err := Parse([]byte(raw))
	if err != nil {
		t.Fatalf("Parse(%s) = %v", raw, err)
	}
	return d
}

func codes(items []Item) string {
	var s []string
	for _, i := range items {
		s = append(s, i.Code)
	}
	return strings.Join(s, " ")
}

func TestApplicable(t *testing.T) {
	d := parse(t, small)
	if d.Title != "Coba" {
		t.Errorf("title = %q, want blank space dropped", d.Title)
	}
	tests := []struct {
		name        string
		answers     Answers
		want        string
		wantMissing string
	}{
		{"nothing answered", nil, "A", "A"},
		{"condition met", Answers{"A": "ya"}, "A B", "B"},
		{"chain", Answers{"A": "ya", "B": "4"}, "A B C", "C"},
		{"chain not met", Answers{"A": "ya", "B": "3"}, "A B", ""},
		{"answer of an item that no longer applies", Answers{"A": "tidak", "B": "5", "C": "1"}, "A D", "D"},
		{"left out counts where it is named", Answers{"A": Skipped, "D": Skipped}, "A D", ""},
		{"invalid value is missing", Answers{"A": "ya", "B": "6"}, "A B", "B"},
	}
	for _, tt := range tests {
		if got := codes(d.Applicable(tt.answers)); got != tt.want {
			t.Errorf("%s: Applicable(%v) = %q, want %q", tt.name, tt.answers, got, tt.want)
		}
		if got := codes(d.Missing(tt.answers)); got != tt.wantMissing {
			t.Errorf("%s: Missing(%v) = %q, want %q", tt.name, tt.answers, got, tt.wantMissing)
		}
	}
	if i, ok := d.Item("B"); !ok || i.Title != "B" {
		t.Errorf("Item(B) = %v, %v", i, ok)
	}
	if _, ok := d.Item("b"); ok {
		t.Error("Item(b) found, want codes to be exact")
	}
}

func TestParseReportsEverythingAtOnce(t *testing.T) {
	raw := `
code: Coba Lagi
version: 0
kind: exam
title: ""
intro: "{nama}"
minutes: 9
colour: red
items:
  - {code: A, title: A, type: level, prompt: "?", levels: [a, b, "", d]}
  - {code: A, title: A, type: text, prompt: "?", only_if: {item: Z, in: [x]}}
  - {title: "", type: slider, prompt: "", choices: [{value: "2", label: Satu}]}
  - {code: P, title: P, type: choice, prompt: "?", choices: [{value: a, label: Sangat panjang sekali ini}, {value: b, label: "1"}, {value: "B b", label: b}]}
`
	d, err := Parse([]byte(raw))
	if err == nil || !cmp.Equal(d, Definition{}) {
		t.Fatalf("Parse(broken) = %v, %v, want a zero definition and an error", d, err)
	}
	got := map[string]int{}
	for _, p := range Problems(fmt.Errorf("import: %w", err)) {
		got[p.Item+"/"+string(p.Code)]++
	}
	want := map[string]int{
		"/bad_file": 1, "/bad_code": 2, "/out_of_range": 2, "/missing_text": 1, "/bad_text": 1,
		"A/out_of_range": 2, "A/missing_text": 1, "A/duplicate": 1, "A/misplaced": 2, "A/bad_condition": 1,
		"item 3/bad_code": 2, "item 3/missing_text": 2, "item 3/misplaced": 1,
		"P/too_long": 1, "P/duplicate": 2, "P/bad_code": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s\n%v", diff, err)
	}
}

func TestParseRefusesFile(t *testing.T) {
	tests := []struct{ name, raw string }{
		{"empty", ""},
		{"not YAML", "\t- x: ["},
		{"a list", "- 1\n- 2"},
		{"doubled key", strings.Replace(small, "version: 2", "version: 2\nversion: 3", 1)},
		{"second document", small + "\n---\ncode: lain\n"},
		{"unknown key in an item", strings.Replace(small, "optional: true", "optinal: true", 1)},
		{"too large", small + strings.Repeat("#", maxFile)},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.raw))
		ps := Problems(err)
		if len(ps) == 0 || ps[0].Code != BadFile {
			t.Errorf("%s: Parse = %v, want a %s problem", tt.name, err, BadFile)
		}
	}
}

// levelOf and goodOf build what Validate accepts.
func levelOf(code string) Item {
	return Item{
		Code: code, Title: code, Type: Level, Prompt: "?", Zero: "z", SupervisorZero: "z",
		Levels: []string{"a", "b", "c", "d", "e"}, SupervisorLevels: []string{"a", "b", "c", "d", "e"},
	}
}

func goodOf(n int) Definition {
	d := Definition{Code: "x", Version: 1, Kind: SelfAssessment, Title: "X", Intro: "X", Minutes: 3, Review: true}
	for k := range n {
		d.Items = append(d.Items, levelOf(fmt.Sprintf("M.%02d", k+1)))
	}
	return d
}

type validateCase struct {
	name   string
	change func(*Definition)
	want   ProblemCode // empty = nothing is wrong
}

func validateCases() []validateCase {
	return []validateCase{
		{"nine items", func(d *Definition) {}, ""},
		{"nine items and a comment", func(d *Definition) {
			d.Items = append(d.Items, Item{Code: "S", Title: "S", Type: Text, Prompt: "?", Optional: true, MaxLength: 300})
		}, ""},
		{"ten items", func(d *Definition) { d.Items = append(d.Items, levelOf("M.10")) }, OutOfRange},
		{"no items", func(d *Definition) { d.Items = nil }, OutOfRange},
		{"comment first", func(d *Definition) {
			d.Items[0] = Item{Code: "S", Title: "S", Type: Text, Prompt: "?", Optional: true, MaxLength: 300}
		}, Misplaced},
		{"comment that must be given", func(d *Definition) {
			d.Items[8] = Item{Code: "S", Title: "S", Type: Text, Prompt: "?", MaxLength: 300}
		}, Misplaced},
		{"comment without a limit", func(d *Definition) {
			d.Items[8] = Item{Code: "S", Title: "S", Type: Text, Prompt: "?", Optional: true}
		}, OutOfRange},
		{"four statements", func(d *Definition) { d.Items[0].Levels = d.Items[0].Levels[:4] }, OutOfRange},
		{"no supervisor statements", func(d *Definition) { d.Items[0].SupervisorLevels = nil }, OutOfRange},
		{"no Belum", func(d *Definition) { d.Items[0].Zero, d.Items[0].SupervisorZero = "", "" }, MissingText},
		{"question does not fit", func(d *Definition) { d.Items[0].Levels[4] = strings.Repeat("a", MaxBody) }, TooLong},
		{"astral characters count twice", func(d *Definition) {
			d.Items[0].SupervisorLevels[4] = strings.Repeat("\U0001F600", MaxBody/2)
		}, TooLong},
		{"long but fitting", func(d *Definition) { d.Items[0].Levels[4] = strings.Repeat("a", MaxBody-200) }, ""},
		{"condition on itself", func(d *Definition) { d.Items[0].OnlyIf = &Condition{Item: "M.01", In: []string{"1"}} }, BadCondition},
		{"condition on a later item", func(d *Definition) { d.Items[0].OnlyIf = &Condition{Item: "M.02", In: []string{"1"}} }, BadCondition},
		{"condition on no value", func(d *Definition) { d.Items[1].OnlyIf = &Condition{Item: "M.01"} }, BadCondition},
		{"condition on an impossible value", func(d *Definition) { d.Items[1].OnlyIf = &Condition{Item: "M.01", In: []string{"-"}} }, BadCondition},
		{"condition on an earlier item", func(d *Definition) { d.Items[1].OnlyIf = &Condition{Item: "M.01", In: []string{"0"}} }, ""},
		{"NUL breaks jsonb", func(d *Definition) { d.Title = "a\x00" }, BadText},
		{"broken UTF-8", func(d *Definition) { d.Items[0].Levels[0] = "\xff" }, BadText},
	}
}

func TestValidateRules(t *testing.T) {
	for _, tt := range validateCases() {
		d := goodOf(9)
		tt.change(&d)
		ps := Problems(d.Validate())
		switch {
		case tt.want == "" && len(ps) != 0:
			t.Errorf("%s: Validate = %v, want nil", tt.name, ps)
		case tt.want != "" && (len(ps) != 1 || ps[0].Code != tt.want):
			t.Errorf("%s: Validate = %v, want one %s", tt.name, ps, tt.want)
		}
	}
}

func TestHashSeesEveryChange(t *testing.T) {
	hash := func(d Definition) string {
		h, err := d.Hash()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	d := parse(t, small)
	base := hash(d)
	if again := hash(parse(t, small+"\n# a comment\n")); again != base {
		t.Error("a comment changes the hash")
	}
	for _, change := range []struct{ from, to string }{
		{"B?", "B ?"}, {"version: 2", "version: 3"}, {"optional: true", "optional: false"},
		{"max_length: 300", "max_length: 301"}, {"in: [4, 5]", "in: [5]"}, {"label: Ya", "label: Iya"},
	} {
		raw := strings.Replace(small, change.from, change.to, 1)
		if change.from == "optional: true" { // A must stay skippable for D's rule
			raw = strings.Replace(raw, `, "-"`, "", 1)
		}
		if hash(parse(t, raw)) == base {
			t.Errorf("%q for %q keeps the hash", change.to, change.from)
		}
	}
}

// TestDefinitionProperties promises for any shape: JSON gives back an equal
// definition with an equal hash, and Applicable is an ordered part of Items
// in which every condition holds.
func TestDefinitionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z&<>é ]{1,12}`)
		value := rapid.SampledFrom([]string{"0", "1", "2", "5", Skipped})
		d := Definition{Code: "x", Version: rapid.IntRange(1, 9).Draw(t, "version"), Title: text.Draw(t, "title")}
		a := Answers{}
		for k := range rapid.IntRange(0, 9).Draw(t, "items") {
			i := Item{
				Code: fmt.Sprintf("I%d", k), Type: Level, Optional: rapid.Bool().Draw(t, "optional"),
				Levels: rapid.SliceOfN(text, 0, 5).Draw(t, "levels"), Zero: "z",
			}
			if k > 0 && rapid.Bool().Draw(t, "conditional") {
				i.OnlyIf = &Condition{
					Item: fmt.Sprintf("I%d", rapid.IntRange(0, k-1).Draw(t, "on")),
					In:   rapid.SliceOfN(value, 1, 3).Draw(t, "in"),
				}
			}
			d.Items = append(d.Items, i)
			if rapid.Bool().Draw(t, "answered") {
				a[i.Code] = value.Draw(t, "value")
			}
		}
		d = d.clean()
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Definition
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Fatalf("after JSON (-want +got):\n%s", diff)
		}
		checkApplicable(t, d, a)
	})
}

func checkApplicable(t *rapid.T, d Definition, a Answers) {
	asked := map[string]bool{}
	for _, i := range d.Applicable(a) {
		asked[i.Code] = true
	}
	for _, i := range d.Items {
		want := i.OnlyIf == nil
		if c := i.OnlyIf; c != nil {
			v, ok := a[c.Item]
			want = ok && asked[c.Item] && strings.Contains("|"+strings.Join(c.In, "|")+"|", "|"+v+"|")
		}
		if asked[i.Code] != want {
			t.Fatalf("%s is asked: %v, want %v (answers %v)", i.Code, asked[i.Code], want, a)
		}
	}
}
