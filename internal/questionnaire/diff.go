package questionnaire

import (
	"fmt"
	"reflect"
)

// Difference is one thing in which a version differs from an earlier one.
type Difference struct {
	What string // "added", "removed", "changed" or "moved"
	Item string // its code; "" = title, introduction or another property of the whole
}

// String is one line for a person.
func (d Difference) String() string {
	if d.Item == "" {
		return d.What + " title, introduction or properties"
	}
	return d.What + " item " + d.Item
}

// Diff lists in what next differs from former, in the order of next; removed
// items come last. The number of the version does not count. No difference
// gives nil.
func Diff(former, next Definition) []Difference {
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
			out = append(out, Difference{"added", item.Code})
			continue
		case !reflect.DeepEqual(former.Items[i], item):
			out = append(out, Difference{"changed", item.Code})
		case i < kept:
			out = append(out, Difference{"moved", item.Code})
		}
		kept = max(kept, i)
		delete(place, item.Code)
	}
	for _, item := range former.Items {
		if _, gone := place[item.Code]; gone {
			out = append(out, Difference{"removed", item.Code})
		}
	}
	return out
}

// Template returns the shipped self-assessment as YAML, to begin a new version
// with. It can be imported as it is.
func Template() ([]byte, error) {
	raw, err := shipped.ReadFile("shipped/penilaian-mandiri.yaml")
	if err != nil {
		return nil, fmt.Errorf("read shipped questionnaire: %w", err)
	}
	return raw, nil
}
