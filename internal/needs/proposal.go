package needs

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The limits of a proposal; the database has the same numbers.
const (
	ShortestLine  = 3
	LongestTitle  = 150
	LongestReason = 200
	MostProposed  = 10_000
)

// Proposal is what a unit proposes for a plan year (usulan unit): which training, for how
// many people, why.
type Proposal struct {
	ID        int64
	Year      int
	Unit      int64
	UnitName  string
	Programme int64 // of the catalogue; 0 = the title was typed
	Title     string
	People    int
	Reason    string
	Ruled     bool // the officer says that a rule demands it
	Unsaid    bool // a spreadsheet says nothing about Ruled: what is stored stays
	By        int64
	At        time.Time
	Revision  int // rises with each change
}

// ProposalUnit is a unit for which an officer may propose, with how many people work in it
// and below.
type ProposalUnit struct {
	ID     int64
	Name   string
	People int
}

// Stored is what became of a proposal that was to be stored.
type Stored int

// The outcomes.
const (
	Kept     Stored = iota // stored
	Again                  // the unit proposes the same training for that year already
	Outdated               // somebody else has changed or withdrawn it meanwhile
)

// Wanted is one training, or one unit, with all that is proposed.
type Wanted struct {
	Name      string
	Programme int64 // of a training of the catalogue; of a unit it means nothing
	Unit      int64 // of a unit
	Proposals int
	People    int
	Ruled     int // of the people: those of proposals that a rule demands
}

func (w *Wanted) add(p Proposal) {
	w.Proposals, w.People, w.Programme = w.Proposals+1, w.People+p.People, max(w.Programme, p.Programme)
	if p.Ruled {
		w.Ruled += p.People
	}
}

// ByTraining adds up what units propose, the training for most people first. Titles that
// differ in upper case and white space alone are one training.
func ByTraining(all []Proposal) []Wanted {
	return gather(all, func(p Proposal) any { return TitleKey(p.Title) }, func(p Proposal) Wanted { return Wanted{Name: p.Title} })
}

// ByUnit adds up what each unit proposes, the unit with most people first.
func ByUnit(all []Proposal) []Wanted {
	return gather(all, func(p Proposal) any { return p.Unit }, func(p Proposal) Wanted { return Wanted{Name: p.UnitName, Unit: p.Unit} })
}

// TitleKey is a title as it is compared with others.
func TitleKey(title string) string { return strings.ToLower(strings.Join(strings.Fields(title), " ")) }

func gather(all []Proposal, key func(Proposal) any, begin func(Proposal) Wanted) (list []Wanted) {
	at := map[any]int{}
	for _, p := range all {
		k := key(p)
		if _, ok := at[k]; !ok {
			at[k] = len(list)
			list = append(list, begin(p))
		}
		list[at[k]].add(p)
	}
	slices.SortStableFunc(list, func(a, b Wanted) int {
		return cmp.Or(cmp.Compare(b.People, a.People), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Unit, b.Unit))
	})
	return list
}

// Supply is a programme of trainings with what is planned of it in a year and proposed for
// it.
type Supply struct {
	Programme int64
	Title     string
	Codes     []string // of the competencies that it develops
	Levels    []int    // up to which, in the same order
	Batches   int      // of the year, without cancelled ones
	Seats     int
	Held      int // of these seats: those of batches that are over
	Proposed  int // people
}

// Develops tells whether a programme develops a competency, and up to which level.
func (s Supply) Develops(code string) (level int, ok bool) {
	i := slices.Index(s.Codes, code)
	if i < 0 {
		return 0, false
	}
	return s.Levels[i], true
}

// Propose adds to programmes how many people units propose for them. A title that was
// typed as a programme of the catalogue is called counts for that.
func Propose(list []Supply, all []Proposal) []Supply {
	out, at := slices.Clone(list), map[string]int{}
	for i, s := range out {
		at[TitleKey(s.Title)] = i
	}
	for _, p := range all {
		i := slices.IndexFunc(out, func(s Supply) bool { return s.Programme == p.Programme })
		if p.Programme == 0 {
			var ok bool
			if i, ok = at[TitleKey(p.Title)]; !ok {
				i = -1
			}
		}
		if i >= 0 {
			out[i].Proposed += p.People
		}
	}
	return out
}
