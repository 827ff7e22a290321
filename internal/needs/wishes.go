package needs

import (
	"cmp"
	"slices"
	"strings"

	"bangkom/internal/disclosure"
)

// Wish is a topic that people of a family of positions could choose when they were asked what
// they would like to learn: how many of them have answered, and how many have chosen it. Each
// of them has chosen one topic, or none of them.
type Wish struct {
	Family, Topic, Label string
	N, Chosen            int
}

// WishTold is a topic as it may be shown: of those who could choose it, a range.
type WishTold struct {
	Topic, Label string
	disclosure.Told
}

// mostTopics bounds how many topics are told.
const mostTopics = 12

// wished is a topic while it is counted.
type wished struct {
	families map[string]int // to how many of each it was offered
	WishTold
}

// Wishes are the topics that five or more have chosen, in ranges, those of most people first.
// The counts hang together, because everybody chooses once: of all to whom any of some told
// topics was offered, five or more are beyond the lower ends of these topics. So each count
// may be any of five numbers, whatever is known of the others; where that is not so, the
// topic of fewest people is left out.
func Wishes(list []Wish) (out []WishTold) {
	topics := map[string]*wished{}
	for _, w := range list {
		t := topics[w.Topic]
		if t == nil {
			t = &wished{families: map[string]int{}, WishTold: WishTold{Topic: w.Topic, Label: w.Label}}
			topics[w.Topic] = t
		}
		t.families[w.Family] = w.N
		t.N, t.From = t.N+w.N, t.From+w.Chosen
	}
	var told []*wished
	for _, t := range topics {
		t.Known = 1 // the own answer
		t.Range = disclosure.RangeOf(t.From, t.N, 0, t.Known)
		if t.From >= disclosure.GroupPersons {
			told = append(told, t)
		}
	}
	slices.SortFunc(told, func(x, y *wished) int {
		return cmp.Or(cmp.Compare(y.From, x.From), strings.Compare(x.Label, y.Label), strings.Compare(x.Topic, y.Topic))
	})
	told = told[:min(len(told), mostTopics)]
	for set := tight(told); set != nil; set = tight(told) {
		last := set[len(set)-1]
		told = slices.DeleteFunc(told, func(t *wished) bool { return t == last })
	}
	for _, t := range told {
		out = append(out, t.WishTold)
	}
	return out
}

// WishesFor are those of Wishes that people of a family of positions can choose themselves, for
// one of them to read: what a family may choose is no secret, so nothing is told beyond Wishes.
func WishesFor(list []Wish, family string) []WishTold {
	return slices.DeleteFunc(Wishes(list), func(t WishTold) bool {
		return !slices.ContainsFunc(list, func(w Wish) bool { return w.Family == family && w.Label == t.Label })
	})
}

// tight finds topics whose lower ends leave fewer than five of those to whom they were offered.
func tight(told []*wished) []*wished {
	for mask := 1; mask < 1<<len(told); mask++ {
		var set []*wished
		from, offered := 0, map[string]int{}
		for i, t := range told {
			if mask&(1<<i) == 0 {
				continue
			}
			set, from = append(set, t), from+t.From
			for f, n := range t.families {
				offered[f] = max(offered[f], n)
			}
		}
		persons := 0
		for _, n := range offered {
			persons += n
		}
		if persons-from < disclosure.GroupPersons {
			return set
		}
	}
	return nil
}
