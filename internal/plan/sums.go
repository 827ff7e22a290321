package plan

import (
	"cmp"
	"slices"
	"time"
)

// Sums are what people plan for a year, added up: exact numbers, of which nothing may be shown
// before ranges were made of them (package coverage). A person counts in the unit of which they
// were when they first submitted something for the year. What was dropped is left out; what was
// moved to the next year counts in both.
type Sums struct {
	AsOf   time.Time // what was submitted before counts; the zero time = nothing is told yet
	People int       // who have submitted something
	Knows  int       // of how many of them one person reads the plans, at most
	Cells  []Cell
	Units  []UnitSum
}

// Cell is how many people's plans hold one thing.
type Cell struct {
	Code   string // of the competency; "" = about none (wishes, and what units propose)
	Name   string
	Form   Form // "" = in whatever form, each person once
	People int
}

// UnitSum is what people of one unit plan.
type UnitSum struct {
	Unit          int64
	Name          string
	AsOf          time.Time
	People, Knows int            // as in Sums
	Cells         map[string]int // people by competency, in whatever form
}

// In is how many people's plans hold a competency in a form.
func (s Sums) In(code string, f Form) int {
	for _, c := range s.Cells {
		if c.Code == code && c.Form == f {
			return c.People
		}
	}
	return 0
}

// Change is that somebody of a unit has submitted something for the year, or taken out what was
// submitted.
type Change struct {
	Unit, Person int64
	At           time.Time
}

// So many persons must have changed something before sums move on: or who reads two files
// would read from their difference what those few plan. Of units only ranges are told, of the
// agency numbers too, so it takes more.
const (
	FewestChanges       = 25
	FewestChangesInUnit = 5
)

// AsOf is up to when plans are added up: the first day of a month, in the zone of now, before
// which enough persons have changed something since the last such day. The zero time is that
// there is none yet.
func AsOf(list []Change, least int, now time.Time) (asOf time.Time) {
	month := func(t time.Time) time.Time {
		t = t.In(now.Location())
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, now.Location())
	}
	list = slices.SortedFunc(slices.Values(list), func(a, b Change) int { return a.At.Compare(b.At) })
	changed := map[int64]bool{}
	for i, c := range list {
		if !c.At.Before(month(now)) {
			break
		}
		changed[c.Person] = true
		last := i+1 == len(list) || month(list[i+1].At).After(month(c.At))
		if last && len(changed) >= least {
			asOf, changed = month(c.At).AddDate(0, 1, 0), map[int64]bool{}
		}
	}
	return asOf
}

// AsOfUnits is AsOf of each unit, in the order of their numbers; those of which nothing is told
// yet are left out. whole is that of the agency: no unit is further on, since what is told of
// the agency is compared with what is told of its units.
func AsOfUnits(list []Change, whole time.Time) (out []UnitSum) {
	of := map[int64][]Change{}
	for _, c := range list {
		of[c.Unit] = append(of[c.Unit], c)
	}
	for unit, changes := range of {
		if at := AsOf(changes, FewestChangesInUnit, whole); !at.IsZero() {
			out = append(out, UnitSum{Unit: unit, AsOf: at, Cells: map[string]int{}})
		}
	}
	slices.SortFunc(out, func(a, b UnitSum) int { return cmp.Compare(a.Unit, b.Unit) })
	return out
}
