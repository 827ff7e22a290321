package disclosure

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Held is one opened answer of a group that is closed.
type Held struct {
	Task    int64
	Batch   int64 // of a training; in a survey the unit
	Person  int64 // who must be counted once
	Answers Answers
}

// Atom is a group about which something is shown: disjoint from all others, and never
// changed again.
type Atom struct {
	Batch   int64 // 0 = several batches together, each too small for itself
	Persons int   // AtomPersons or more
	Tallies []Tally
	Remarks []string
	// Members are the batches, or the units, of which it is.
	Members []int64
}

// Closing is what becomes of a batch that is closed.
type Closing struct {
	Atom *Atom // nil = nothing can be shown yet: what was held stays sealed
	// Gone are the tasks whose sealed answers are deleted now.
	Gone []int64
}

// Close decides about the answers of a batch and of the programme's pool: batches that
// were closed before and were too small. A batch with AtomPersons is a group of its own,
// and the pool is left as it is. Else all that waits is put together, each person once,
// with what they sent for the latest batch, and is a group when there are AtomPersons.
func Close(items []Item, batch []Held, pool []Held) Closing {
	if persons := Persons(batch); persons >= AtomPersons {
		return Closing{Atom: atomOf(items, batch[0].Batch, batch), Gone: tasksOf(batch)}
	}
	together := slices.Concat(pool, batch)
	if Persons(together) < AtomPersons {
		return Closing{}
	}
	return Closing{Atom: atomOf(items, 0, together), Gone: tasksOf(together)}
}

// Persons counts distinct persons.
func Persons(held []Held) int { return len(Latest(held)) }

// Latest is the newest answer of each person, in the order of the tasks.
func Latest(held []Held) []Held {
	of := map[int64]Held{}
	for _, h := range held {
		if old, ok := of[h.Person]; !ok || h.Batch > old.Batch || h.Batch == old.Batch && h.Task > old.Task {
			of[h.Person] = h
		}
	}
	out := make([]Held, 0, len(of))
	for _, h := range of {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Held) int { return cmp.Compare(a.Task, b.Task) })
	return out
}

func tasksOf(held []Held) (ids []int64) {
	for _, h := range held {
		ids = append(ids, h.Task)
	}
	return ids
}

func atomOf(items []Item, batch int64, held []Held) *Atom {
	once := Latest(held)
	all := make([]Answers, len(once))
	a := Atom{Batch: batch, Persons: len(once)}
	for i, h := range once {
		all[i] = h.Answers
	}
	for _, h := range held {
		if !slices.Contains(a.Members, h.Batch) {
			a.Members = append(a.Members, h.Batch)
		}
	}
	slices.Sort(a.Members)
	a.Tallies, a.Remarks = Count(items, all), Comments(items, all)
	return &a
}

// Cell is one value that may be shown of a group. What it says is in Mean or Share,
// and in nothing finer.
type Cell struct {
	Item  string
	Part  Part
	N     int // persons who answered the item
	Mean  Mean
	Share Share
}

// Part is what of an item a cell shows.
type Part string

// The parts of an item.
const (
	MeanOf      Part = "mean"         // of a scale
	MeanBefore  Part = "before"       // of ability before
	MeanNow     Part = "now"          // of ability now
	AloneBefore Part = "alone_before" // share of those who could do it alone before
	AloneNow    Part = "alone_now"    // share of those who can do it alone now
	Risen       Part = "risen"        // share of those whose ability has risen
)

// choseMark begins the name of the part that tells how many chose an answer.
const choseMark = "chose:"

// Chose is the share of those who chose an answer.
func Chose(value string) Part { return Part(choseMark + value) }

// Chosen is the answer of which a part tells the share; ok is false of any other part.
func (p Part) Chosen() (value string, ok bool) { return strings.CutPrefix(string(p), choseMark) }

// Key is the name under which a cell is stored.
func (c Cell) Key() string { return c.Item + " " + string(c.Part) }

// Cells are what may be shown of the tallies of one group.
func Cells(items []Item, tallies []Tally) (cells []Cell) {
	for _, t := range tallies {
		i := slices.IndexFunc(items, func(i Item) bool { return i.Code == t.Item })
		if n := t.Persons(); i >= 0 && n >= AtomPersons {
			cells = append(cells, items[i].cells(t, n)...)
		}
	}
	return cells
}

func (i Item) cells(t Tally, n int) []Cell {
	if i.Form == Choice {
		return i.chosen(t, n)
	}
	if i.Form == Scale {
		sum := 0
		for _, v := range t.Values {
			k, _ := strconv.Atoi(v.Value)
			sum += k * v.N
		}
		return []Cell{{Item: i.Code, Part: MeanOf, N: n, Mean: RoundMean(sum, n)}}
	}
	var before, now, aloneBefore, aloneNow, risen int
	for _, v := range t.Values {
		b, k, _ := SplitPair(v.Value)
		before, now = before+b*v.N, now+k*v.N
		for _, one := range []struct {
			count *int
			yes   bool
		}{{&aloneBefore, b >= i.From}, {&aloneNow, k >= i.From}, {&risen, k > b}} {
			if one.yes {
				*one.count += v.N
			}
		}
	}
	return []Cell{
		{Item: i.Code, Part: MeanBefore, N: n, Mean: RoundMean(before, n)},
		{Item: i.Code, Part: MeanNow, N: n, Mean: RoundMean(now, n)},
		{Item: i.Code, Part: AloneBefore, N: n, Share: RoundShare(aloneBefore, n)},
		{Item: i.Code, Part: AloneNow, N: n, Share: RoundShare(aloneNow, n)},
		{Item: i.Code, Part: Risen, N: n, Share: RoundShare(risen, n)},
	}
}

// chosen are the shares of the answers of a choice, in the order in which it offers them.
// What lies in the lowest part is not told: whoever knows the others knows that.
func (i Item) chosen(t Tally, n int) (cells []Cell) {
	for _, value := range i.Values {
		count := 0
		for _, v := range t.Values {
			if v.Value == value {
				count += v.N
			}
		}
		if s := RoundShare(count, n); s.Part > 0 {
			cells = append(cells, Cell{Item: i.Code, Part: Chose(value), N: n, Share: s})
		}
	}
	return cells
}
