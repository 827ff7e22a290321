package followup

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/disclosure"
)

// What is shown of a group is little on purpose. Of five persons the mean ability that
// they themselves told; of OpenPersons what may be left open too: how often it is used, what
// would help, what superiors see. An item that may be left open is rounded as of half as many
// persons: how exactly it is told must not say how many have left it open.

// OpenPersons is of how many persons a group is at least of which shares, and items that
// may be left open, are shown.
const OpenPersons = 10

// Outcome is what becomes of a follow-up at the close.
type Outcome struct {
	Persons int     // of the group; 0 = nothing is shown yet
	Cells   []Cell  // of the group
	Counted []int64 // tasks whose pairs are in the group
}

// Cell is one value that is shown of a group. Nothing finer is stored of it.
type Cell struct {
	Item string
	// Value is of which answer of the item it is the share; "" = it is the mean.
	Value string
	N     int // persons of the group who were asked the item and have answered, left open or not
	Text  string
}

// Key is the name of a cell in storage.
func (c Cell) Key() string { return c.Item + "|" + c.Value }

// ParseCell reads a stored cell.
func ParseCell(key string, n int, text string) Cell {
	item, value, _ := strings.Cut(key, "|")
	return Cell{Item: item, Value: value, N: n, Text: text}
}

// low is how a mean below 2 is stored. High is the highest that is told, in tenths, and means
// that or more: else somebody who tells the own low answer says of all others that theirs was
// the best.
const (
	low  = "<2"
	High = 45
)

// Mean reads a cell that is one.
func (c Cell) Mean() (m disclosure.Mean, ok bool) {
	if c.Value != "" {
		return m, false
	}
	if c.Text == low {
		return disclosure.Mean{Low: true}, true
	}
	n, err := strconv.Atoi(c.Text)
	return disclosure.Mean{Tenths: n}, err == nil
}

// Share reads a cell that is one.
func (c Cell) Share() (s disclosure.Share, ok bool) {
	n, err := fmt.Sscanf(c.Text, "%d/%d", &s.Part, &s.Of)
	return s, c.Value != "" && n == 2 && err == nil
}

// The answers of items that are counted, in their order.
var (
	frequencies = []string{"belum_pernah", "jarang", "kadang", "sering", "selalu"}
	helps       = []string{"kesempatan", "sarana", "pendampingan", "waktu", "tidak_ada"}
	givens      = []string{"beberapa", "sekali", "belum"}
)

// Helps are the answers of what would help most, in their order; the last is none of it.
func Helps() []string { return slices.Clone(helps) }

// HelpKey is the word of the catalogue for such an answer.
func HelpKey(value string) string {
	return map[string]string{"kesempatan": "followup.help_kesempatan", "sarana": "followup.help_sarana", "pendampingan": "followup.help_pendampingan",
		"waktu": "followup.help_waktu", "tidak_ada": "followup.help_tidak_ada"}[value]
}

// NotGiven is the answer of a superior that no task was given that allows it.
const NotGiven = "belum"

// Close decides about what was answered for a follow-up and what waits of others of its
// programme and day, as disclosure.Close does: five persons are a group of their own, else
// all that waits is put together.
func Close(own, pool []disclosure.Held) Outcome {
	c := disclosure.Close(nil, own, pool)
	if c.Atom == nil {
		return Outcome{}
	}
	group := own
	if c.Atom.Batch == 0 {
		group = slices.Concat(pool, own)
	}
	cells := Cells(group)
	if len(cells) == 0 { // too few said anything about themselves: they wait for others of the programme
		return Outcome{}
	}
	return Outcome{Persons: answered(group), Cells: cells, Counted: c.Gone}
}

// answered is how many persons of a group said something about the own ability.
func answered(group []disclosure.Held) (n int) {
	for _, h := range disclosure.Latest(group) {
		if h.Answers[Ability] != "" {
			n++
		}
	}
	return n
}

// Cells are what is shown of a group, each person once.
func Cells(group []disclosure.Held) (cells []Cell) {
	all := disclosure.Latest(group)
	own, seen := answered(group), 0
	for _, h := range all {
		if h.Answers[Seen] != "" {
			seen++
		}
	}
	levels := []string{"1", "2", "3", "4", "5"}
	if own >= disclosure.AtomPersons {
		cells = append(cells, mean(all, Ability, levels, own, own)...)
	}
	if own >= OpenPersons {
		cells = append(cells, mean(all, Frequency, frequencies, own, own/2)...)
		cells = append(cells, shares(all, Frequency, []string{NoChance}, own)...)
		cells = append(cells, shares(all, Help, helps, own)...)
	}
	if seen >= OpenPersons {
		cells = append(cells, mean(all, Seen, levels, seen, seen/2)...)
		cells = append(cells, shares(all, Given, givens[len(givens)-1:], seen)...)
	}
	return cells
}

// mean is that of an item whose answers count from 1 on; of fewer than five who have not
// left it open nothing is shown. step is of how many persons it is rounded.
func mean(all []disclosure.Held, item string, answers []string, n, step int) []Cell {
	sum, given := 0, 0
	for _, h := range all {
		if k := slices.Index(answers, h.Answers[item]); k >= 0 {
			sum, given = sum+k+1, given+1
		}
	}
	if given < disclosure.AtomPersons {
		return nil
	}
	text := low
	if m := disclosure.RoundMeanAs(sum, given, step); !m.Low {
		text = strconv.Itoa(min(m.Tenths, High))
	}
	return []Cell{{Item: item, N: n, Text: text}}
}

// shares are those of some answers of an item that n have answered.
func shares(all []disclosure.Held, item string, answers []string, n int) (cells []Cell) {
	for _, value := range answers {
		count := 0
		for _, h := range all {
			if h.Answers[item] == value {
				count++
			}
		}
		s := disclosure.RoundOpenShare(count, n)
		cells = append(cells, Cell{Item: item, Value: value, N: n, Text: fmt.Sprintf("%d/%d", s.Part, s.Of)})
	}
	return cells
}

// Shown is a group as it is shown to a reader, with where it stands in the tree.
type Shown struct {
	Group     int64
	Programme int64
	Title     string // of the programme
	Partner   int64  // 0 = the agency itself, MixedPartners = several
	House     string // name of the partner
	Day       int
	Batches   []string // names of the batches
	Persons   int
	// Known is how many of the persons the reader sees by name, who is one of them, or was
	// asked about them.
	Known int
	Cells []Cell
}

// MixedPartners is the partner of a group whose batches were held by several.
const MixedPartners = -1

// Visible are the groups, and the cells of them, that may be shown to a reader. All that
// stands above them is computed from these alone, so that nobody works a hidden one out.
func Visible(all []Shown) (list []Shown) {
	for _, g := range all {
		if !disclosure.Enough(g.Persons, g.Known) {
			continue
		}
		cells := g.Cells[:0:0]
		for _, c := range g.Cells {
			if disclosure.Enough(c.N, g.Known) {
				cells = append(cells, c)
			}
		}
		if g.Cells = cells; len(cells) > 0 {
			list = append(list, g)
		}
	}
	return list
}

// Joined is what several groups show together. A field without persons is not shown.
type Joined struct {
	ID      int64
	Name    string // "" = the agency itself
	Groups  int
	Persons int
	Means   map[string]disclosure.Joint      // by item
	Shares  map[string]disclosure.JointShare // by the key of the cell
}

// Join computes what groups show together, from what each shows, weighed by its persons.
func Join(groups []Shown) Joined {
	j := Joined{Groups: len(groups), Means: map[string]disclosure.Joint{}, Shares: map[string]disclosure.JointShare{}}
	means, parts := map[string][]disclosure.ShownMean{}, map[string][]disclosure.ShownShare{}
	for _, g := range groups {
		j.Persons += g.Persons
		for _, c := range g.Cells {
			if m, ok := c.Mean(); ok {
				means[c.Item] = append(means[c.Item], disclosure.ShownMean{N: c.N, Mean: m})
			}
			if s, ok := c.Share(); ok {
				parts[c.Key()] = append(parts[c.Key()], disclosure.ShownShare{N: c.N, Share: s})
			}
		}
	}
	for item, list := range means {
		j.Means[item] = joinMeans(list)
	}
	for key, list := range parts {
		j.Shares[key] = disclosure.JoinShares(list)
	}
	return j
}

// joinMeans joins means; one alone stays as it is shown.
func joinMeans(list []disclosure.ShownMean) disclosure.Joint {
	j := disclosure.JoinMeans(list)
	if one := list[0]; len(list) == 1 && !one.Low {
		j.From, j.To = one.Tenths, one.Tenths
	}
	return j
}

// Of keeps the groups of one day.
func Of(all []Shown, day int) (list []Shown) {
	for _, g := range all {
		if g.Day == day {
			list = append(list, g)
		}
	}
	return list
}

// Days are those of which there are groups, from small to large.
func Days(all []Shown) (days []int) {
	for _, g := range all {
		if !slices.Contains(days, g.Day) {
			days = append(days, g.Day)
		}
	}
	slices.Sort(days)
	return days
}

// ByProgramme joins the groups of each programme, in alphabetical order: it is no ranking.
func ByProgramme(all []Shown) []Joined {
	return by(all, func(g Shown) (int64, string, bool) { return g.Programme, g.Title, true })
}

// ByPartner does the same for partners. A group of batches of several partners counts for
// none of them.
func ByPartner(all []Shown) []Joined {
	return by(all, func(g Shown) (int64, string, bool) { return g.Partner, g.House, g.Partner != MixedPartners })
}

// ByBatch are the groups one by one.
func ByBatch(all []Shown) []Joined {
	return by(all, func(g Shown) (int64, string, bool) { return g.Group, strings.Join(g.Batches, "; "), true })
}

func by(all []Shown, of func(Shown) (id int64, name string, ok bool)) (list []Joined) {
	groups, names := map[int64][]Shown{}, map[int64]string{}
	for _, g := range all {
		if id, name, ok := of(g); ok {
			groups[id], names[id] = append(groups[id], g), name
		}
	}
	for id, some := range groups {
		j := Join(some)
		j.ID, j.Name = id, names[id]
		list = append(list, j)
	}
	slices.SortFunc(list, func(a, b Joined) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list
}
