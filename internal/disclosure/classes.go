package disclosure

import "slices"

// Mixed is how many persons of each class are in one group of a partition: of those in a
// unit how many need which level. Known are those of the group whom the reader sees by name.
type Mixed struct {
	Classes []int
	Known   int
}

// Apart tells which classes of a population may be shown by themselves beside its groups,
// so that no sum or difference of classes and groups is about fewer than GroupPersons whom
// the reader does not know. The others are one class together, of which nothing is shown;
// where that does not help either, no class is shown.
//
// Classes and groups are two partitions of the same people. What can be worked out from sums
// over both are sums over cuts: some of the groups without some of the classes, and the
// reverse. The smallest cut between two sets of classes takes from each group the smaller
// part; so it is enough to look at that, for each way of dividing the classes.
func Apart(groups []Mixed, classes int) (shown []bool) {
	shown = make([]bool, classes)
	size := make([]int, classes)
	var rest []int // classes of which nothing is shown
	for c := range classes {
		for _, g := range groups {
			size[c] += g.Classes[c]
		}
		shown[c] = size[c] > 0
	}
	for slices.Contains(shown, true) {
		parts := [][]int{}
		if len(rest) > 0 {
			parts = append(parts, rest)
		}
		for c, is := range shown {
			if is {
				parts = append(parts, []int{c})
			}
		}
		if cutsEnough(groups, parts) {
			return shown
		}
		smallest := -1
		for c, is := range shown {
			if is && (smallest < 0 || size[c] < size[smallest]) {
				smallest = c
			}
		}
		shown[smallest], rest = false, append(rest, smallest)
	}
	return shown
}

// cutsEnough tells whether each way of dividing the parts in two leaves between them nobody
// or GroupPersons, and each part is large enough by itself.
func cutsEnough(groups []Mixed, parts [][]int) bool {
	for mask := 1; mask < 1<<len(parts); mask++ {
		all, unknown, inside, insideUnknown := 0, 0, 0, 0
		for _, g := range groups {
			a, b := 0, 0
			for i, part := range parts {
				for _, c := range part {
					if mask>>i&1 == 1 {
						a += g.Classes[c]
					} else {
						b += g.Classes[c]
					}
				}
			}
			all, unknown = all+min(a, b), unknown+max(0, min(a, b)-g.Known)
			inside, insideUnknown = inside+a, insideUnknown+max(0, a-g.Known)
		}
		if all > 0 && unknown < GroupPersons || insideUnknown < GroupPersons {
			return false
		}
	}
	return true
}
