package disclosure

// knownPart is for how many persons of a group the reader may see one by name: shares are
// told in fifths, and the lowest and the highest fifth must hold more persons than the
// reader knows and one more who tells, or they would say of all others that they lack
// something, or that none does.
const knownPart = 5

// GroupPersons is of how many persons a group is at least about which something is shown
// that is confidential and has names in the database: needs, ratings.
const GroupPersons = AtomPersons

// Group is a place in a tree of groups. Its persons are those of its children together;
// what is shown of it is a sum over all of them.
type Group struct {
	Parent  int // the place of the group above, before this one; -1 = there is none
	Persons int
	// Unknown are those of the persons whom the reader does not see by name: neither the
	// reader, nor the reader's team.
	Unknown int
}

// Seen tells which groups of a tree may be shown to a reader, so that no difference of
// what is shown is about fewer than GroupPersons: a group that is too small is hidden, and
// where the rest of the group above would be too small, the smallest further ones are
// hidden too, until it is not. Everybody counts first and then those unknown to the reader,
// so that no two readers see more together than the first count allows.
func Seen(groups []Group) []bool {
	all := make([]Group, len(groups))
	for i, g := range groups {
		all[i] = Group{Parent: g.Parent, Persons: g.Persons, Unknown: g.Persons}
	}
	shown := make([]bool, len(groups))
	for i := range shown {
		shown[i] = true
	}
	hide(all, shown)
	hide(groups, shown)
	return shown
}

// hide takes groups out of those that are shown. Groups lie within each other or apart, so
// all that can be worked out from them are their rests: a group without the largest shown
// ones in it. Each rest is nobody, or enough.
func hide(groups []Group, shown []bool) {
	within := make([][]int, len(groups)) // the largest shown groups in each
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		shown[i] = shown[i] && g.Persons > 0 && g.enough()
		for shown[i] && !restEnough(groups, g, within[i]) {
			at := smallest(groups, within[i])
			hidden := within[i][at]
			shown[hidden] = false
			within[i] = append(append(within[i][:at:at], within[i][at+1:]...), within[hidden]...)
		}
		if g.Parent < 0 {
			continue
		}
		if shown[i] {
			within[g.Parent] = append(within[g.Parent], i)
		} else {
			within[g.Parent] = append(within[g.Parent], within[i]...)
		}
	}
}

// enough tells whether a group is large enough for the reader.
func (g Group) enough() bool { return Enough(g.Persons, g.Persons-g.Unknown) }

// Enough tells whether something may be shown of a group of so many persons to a reader who
// sees so many of them by name.
func Enough(persons, known int) bool {
	return persons-known >= GroupPersons && (known == 0 || persons >= knownPart*(known+2))
}

// restEnough tells whether a group without those in it is nobody, or large enough.
func restEnough(groups []Group, g Group, within []int) bool {
	for _, i := range within {
		g.Persons, g.Unknown = g.Persons-groups[i].Persons, g.Unknown-groups[i].Unknown
	}
	return g.Persons == 0 || g.enough()
}

// smallest is the place of the smallest group in a list, of equals the first.
func smallest(groups []Group, list []int) (at int) {
	for i, g := range list {
		least := groups[list[at]]
		if groups[g].Persons < least.Persons || groups[g].Persons == least.Persons && g < list[at] {
			at = i
		}
	}
	return at
}

// RoundHundredths rounds the mean of n persons whose values add up to sum, in hundredths of
// a level, to tenths: to 0.5 of 5 to 10 persons, to 0.2 of 11 to 20, to 0.1 of more. So one
// level more or less of one person may always be behind what is shown: the mean of ten who
// all lack nothing is that of ten of whom one does. Halves go away from nought. n must be
// GroupPersons or more.
func RoundHundredths(sum, n int) (tenths int) {
	if sum < 0 {
		return -RoundHundredths(-sum, n)
	}
	s := 1
	switch {
	case n <= 10:
		s = 5
	case n <= 20:
		s = 2
	}
	return s * ((2*sum + 10*s*n) / (20 * s * n))
}
