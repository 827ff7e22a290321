package disclosure

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Answers are what one person has sent of one evaluation: the value of each item. The
// values of a scale are "1" up to its end, those of a pair "before>now", that of the
// comment is its text. What was left out is not there.
type Answers map[string]string

// Encode writes answers so that they can be sealed.
func (a Answers) Encode() ([]byte, error) {
	raw, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode answers: %w", err)
	}
	return raw, nil
}

// DecodeAnswers reads what Encode wrote.
func DecodeAnswers(raw []byte) (a Answers, err error) {
	if err = json.Unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("decode answers: %w", ErrSealed) // its own text would quote a value
	}
	return a, nil
}

// Form is how an item is answered.
type Form int

// The forms of items.
const (
	Scale   Form = iota // one statement of several, from the worst to the best
	Pair                // ability before and now, kept together as one value
	Comment             // a text
	Choice              // one of several answers without an order
)

// Item is one question of an instrument as it is counted and shown.
type Item struct {
	Code string
	Form Form
	Top  int // the best value of a scale or of each half of a pair
	// From is the value from which on somebody counts in the share that is shown of a
	// pair: of ability, "can do it alone". 0 = no share is shown.
	From int
	// Values are the answers that a choice offers.
	Values []string
}

// PairOf is ability before and now as one value: "2>4".
func PairOf(before, now string) string { return before + ">" + now }

// SplitPair reads a value of a pair.
func SplitPair(value string) (before, now int, ok bool) {
	a, b, is := strings.Cut(value, ">")
	before, errA := strconv.Atoi(a)
	now, errB := strconv.Atoi(b)
	return before, now, is && errA == nil && errB == nil
}

// valid tells whether a value can be counted.
func (i Item) valid(value string) bool {
	if i.Form == Choice {
		return slices.Contains(i.Values, value)
	}
	in := func(n int) bool { return n >= 1 && n <= i.Top }
	if i.Form == Pair {
		before, now, ok := SplitPair(value)
		return ok && in(before) && in(now)
	}
	n, err := strconv.Atoi(value)
	return err == nil && in(n)
}

// Tally is how many persons gave each value of one item. Nothing tells which values
// of two items came from the same person.
type Tally struct {
	Item   string
	Values []Counted // in the order of their values
}

// Counted is one value and how many persons gave it.
type Counted struct {
	Value string
	N     int
}

// Persons is how many have answered the item.
func (t Tally) Persons() (n int) {
	for _, v := range t.Values {
		n += v.N
	}
	return n
}

// Count makes the tallies of a group, each person once, in the order of the items. An
// item that fewer than AtomPersons have answered is left out: nothing of it is kept.
func Count(items []Item, all []Answers) (tallies []Tally) {
	for _, item := range items {
		if item.Form == Comment {
			continue
		}
		counts := map[string]int{}
		for _, a := range all {
			if v, ok := a[item.Code]; ok && item.valid(v) {
				counts[v]++
			}
		}
		t := Tally{Item: item.Code}
		for v, n := range counts {
			t.Values = append(t.Values, Counted{v, n})
		}
		slices.SortFunc(t.Values, func(a, b Counted) int { return strings.Compare(a.Value, b.Value) })
		if t.Persons() >= AtomPersons {
			tallies = append(tallies, t)
		}
	}
	return tallies
}

// Comments are the texts of a group in alphabetical order, which says nothing about
// when or by whom; none of a group that is too small for them, or that wrote too few.
func Comments(items []Item, all []Answers) (texts []string) {
	for _, item := range items {
		for _, a := range all {
			if text := strings.TrimSpace(a[item.Code]); item.Form == Comment && text != "" {
				texts = append(texts, text)
			}
		}
	}
	if len(all) < RemarkPersons || len(texts) < RemarkComments {
		return nil
	}
	slices.SortFunc(texts, func(a, b string) int {
		if c := strings.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return texts
}
