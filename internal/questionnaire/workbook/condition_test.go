package workbook

import (
	"reflect"
	"testing"

	"bangkom/internal/questionnaire"

	"pgregory.net/rapid"
)

// What is written reads back, however conditions are nested.
func TestConditionsReadBack(t *testing.T) {
	name := rapid.StringMatching(`[A-Z][A-Z0-9._]{0,5}[A-Z0-9]`)
	value := rapid.OneOf(rapid.StringMatching(`[a-z0-9_]{1,8}`), rapid.Just(questionnaire.Skipped))
	rapid.Check(t, func(t *rapid.T) {
		leaf := func() questionnaire.Condition {
			return questionnaire.Condition{Item: name.Draw(t, "item"), In: rapid.SliceOfN(value, 1, 3).Draw(t, "in")}
		}
		var c questionnaire.Condition
		switch rapid.IntRange(0, 2).Draw(t, "shape") {
		case 0:
			c = leaf()
		case 1:
			c.All = []questionnaire.Condition{leaf(), leaf(), {Any: distinct(leaf(), leaf())}}
		default:
			c.Any = distinct(leaf(), leaf())
			c.Any[1] = questionnaire.Condition{All: []questionnaire.Condition{c.Any[1], leaf()}}
		}
		for _, form := range []Form{Plain, XLSForm} {
			written := writeCondition(&c, form)
			back, err := parseCondition(written, form)
			if err != nil {
				t.Fatalf("%s: %v", written, err)
			}
			if !reflect.DeepEqual(*back, c) {
				t.Fatalf("%s gives %+v, want %+v", written, *back, c)
			}
		}
	})
}

// distinct are two conditions about different items: those about one are joined.
func distinct(a, b questionnaire.Condition) []questionnaire.Condition {
	b.Item += "_2"
	return []questionnaire.Condition{a, b}
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"", "${A}='b'", "${A}='b' and (${C}='' or ${D}=\"e\")", "A = b atau C = kosong", "((((", "selected(${A},'b')"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, form := range []Form{Plain, XLSForm} {
			c, err := parseCondition(s, form)
			if err != nil || c == nil {
				continue
			}
			if again, err := parseCondition(writeCondition(c, form), form); form == XLSForm && (err != nil || !reflect.DeepEqual(again, c)) {
				t.Errorf("%q gives %+v and then %+v, %v", s, c, again, err)
			}
		}
	})
}
