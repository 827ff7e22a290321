package needs

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bangkom/internal/disclosure"
)

// choosing is a small agency: two families, a topic for both and one for each, and what each
// family has chosen. The rest has chosen none of them.
type choosing struct{ n, both, own [2]int }

func (c choosing) wishes() (list []Wish) {
	for f := range 2 {
		if c.n[f] > 0 {
			list = append(list, Wish{fmt.Sprint(f), "both", "Keduanya", c.n[f], c.both[f]}, Wish{fmt.Sprint(f), fmt.Sprint("own", f), fmt.Sprint("Milik ", f), c.n[f], c.own[f]})
		}
	}
	return list
}

// counts are how many have chosen each topic, by its label.
func (c choosing) counts() map[string]int {
	return map[string]int{"Keduanya": c.both[0] + c.both[1], "Milik 0": c.own[0], "Milik 1": c.own[1]}
}

// every calls fn with all that people of the same families may have chosen.
func (c choosing) every(fn func(choosing)) {
	for a := range c.n[0] + 1 {
		for b := range c.n[0] - a + 1 {
			for x := range c.n[1] + 1 {
				for y := range c.n[1] - x + 1 {
					fn(choosing{c.n, [2]int{a, x}, [2]int{b, y}})
				}
			}
		}
	}
}

// possible are the counts of each told topic that agree with the ranges of all of them.
func possible(c choosing, told []WishTold) map[string]map[int]bool {
	out := map[string]map[int]bool{}
	for _, t := range told {
		out[t.Label] = map[int]bool{}
	}
	c.every(func(other choosing) {
		counts := other.counts()
		for _, t := range told {
			if n := counts[t.Label]; n < t.From || n > t.To {
				return
			}
		}
		for _, t := range told {
			out[t.Label][counts[t.Label]] = true
		}
	})
	return out
}

// single are the topics without the rule about topics together: what the ranges would be.
func single(c choosing) (told []WishTold) {
	offered := map[string]int{"Keduanya": c.n[0] + c.n[1], "Milik 0": c.n[0], "Milik 1": c.n[1]}
	for label, n := range c.counts() {
		if r := disclosure.RangeOf(n, offered[label], 0, 1); r.From >= disclosure.GroupPersons {
			told = append(told, WishTold{label, label, disclosure.Told{N: offered[label], Range: r}})
		}
	}
	return told
}

// The program "worlds": of everything that people may have chosen, what is told leaves five
// numbers for each topic, among them fewer than all to whom it was offered. With the rule about
// topics together off, some counts are forced.
func TestWishesForceNoCount(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 19))
	shown, off := 0, 0
	for range 300 {
		c := choosing{n: [2]int{r.IntN(14), r.IntN(14)}}
		for f := range 2 {
			c.both[f] = r.IntN(c.n[f] + 1)
			c.own[f] = r.IntN(c.n[f] - c.both[f] + 1)
			if r.IntN(3) == 0 {
				c.own[f] = c.n[f] - c.both[f]
			}
		}
		told := Wishes(c.wishes())
		counts, may := c.counts(), possible(c, told)
		for _, one := range told {
			shown++
			if n := counts[one.Label]; n < one.From || n > one.To {
				t.Fatalf("%+v: %s is told as %+v", c, one.Label, one.Told)
			}
			if len(may[one.Label]) < 5 || one.From > one.N-5 {
				t.Fatalf("%+v: of %s there are only %v left", c, one.Label, may[one.Label])
			}
		}
		loose := single(c)
		for _, left := range possible(c, loose) {
			if len(left) < 5 {
				off++
			}
		}
	}
	if shown < 100 || off < 10 {
		t.Errorf("%d topics are told, and %d are forced with the rule off: nothing is proved", shown, off)
	}
}

// What five or more have chosen is told, those of most people first; of equal ranges by name.
func TestWishesByHand(t *testing.T) {
	list := []Wish{{"pelaksana", "a", "Aplikasi perkantoran", 40, 21}, {"kesehatan", "a", "Aplikasi perkantoran", 12, 4}, {"pelaksana", "k", "Kearsipan digital", 40, 12},
		{"kesehatan", "l", "Layanan kesehatan", 12, 6}, {"pimpinan", "m", "Memimpin tim", 6, 6}, {"pelaksana", "p", "Pelayanan publik", 40, 4}}
	want := "[{a Aplikasi perkantoran {52 1 {25 29}}} {k Kearsipan digital {40 1 {10 14}}} {l Layanan kesehatan {12 1 {5 12}}}]"
	if got := fmt.Sprint(Wishes(list)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := Wishes(nil); got != nil {
		t.Error(got)
	}
}

// A family reads of its own topics what may be told of all, with the count of all families.
func TestWishesFor(t *testing.T) {
	list := []Wish{{"a", "both", "Keduanya", 30, 7}, {"b", "both", "Keduanya", 20, 3}, {"a", "own", "Milik a", 30, 4}, {"b", "lead", "Memimpin", 20, 9}}
	for family, want := range map[string]string{"a": "[Keduanya 10-14]", "b": "[Keduanya 10-14 Memimpin 5-9]", "c": "[]"} {
		said := []string{}
		for _, w := range WishesFor(list, family) {
			said = append(said, fmt.Sprintf("%s %d-%d", w.Label, w.From, w.To))
		}
		if got := fmt.Sprint(said); got != want {
			t.Errorf("%s reads %s, want %s", family, got, want)
		}
	}
}
