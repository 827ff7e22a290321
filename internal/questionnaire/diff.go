package questionnaire

import (
	"reflect"
	"slices"
)

// Difference is one thing in which a version differs from an earlier one.
type Difference struct {
	What string // "added", "removed", "changed" or "moved"
	Item string // its code; "" = title, introduction or another property of the whole
	// Was and Is are the first text of a changed item that differs; empty when what differs
	// is no text, or there are more or fewer of them.
	Was, Is string
}

// String is one line for a person.
func (d Difference) String() string {
	if d.Item == "" {
		return d.What + " title, introduction or properties"
	}
	return d.What + " item " + d.Item
}

// Diff lists in what next differs from former, in the order of next; removed
// items come last. The number of the version does not count, nor whether an empty list was
// stored or read from a sheet. No difference gives nil.
func Diff(former, next Definition) []Difference {
	former, next = former.clean(), next.clean()
	var out []Difference
	a, b := former, next
	a.Items, b.Items, a.Version, b.Version = nil, nil, 0, 0
	if !reflect.DeepEqual(a, b) {
		out = append(out, Difference{What: "changed"})
	}
	place := map[string]int{}
	for i, item := range former.Items {
		place[item.Code] = i
	}
	kept := -1
	for _, item := range next.Items {
		i, known := place[item.Code]
		switch {
		case !known:
			out = append(out, Difference{What: "added", Item: item.Code})
			continue
		case !reflect.DeepEqual(former.Items[i], item):
			was, is := reworded(former.Items[i], item)
			out = append(out, Difference{"changed", item.Code, was, is})
		case i < kept:
			out = append(out, Difference{What: "moved", Item: item.Code})
		}
		kept = max(kept, i)
		delete(place, item.Code)
	}
	for _, item := range former.Items {
		if _, gone := place[item.Code]; gone {
			out = append(out, Difference{What: "removed", Item: item.Code})
		}
	}
	return out
}

// reworded is the first text in which two versions of an item differ.
func reworded(former, next Item) (was, is string) {
	a, b := former.texts(), next.texts()
	if len(a) != len(b) {
		return "", ""
	}
	for n := range a {
		if a[n] != b[n] {
			return a[n], b[n]
		}
	}
	return "", ""
}

// texts are all that a person reads of an item, in a fixed order.
func (i Item) texts() []string {
	out := slices.Concat([]string{i.Title, i.Prompt, i.Zero, i.SupervisorZero}, i.Levels, i.SupervisorLevels)
	for _, c := range i.Choices {
		out = append(out, c.Label)
	}
	return out
}
