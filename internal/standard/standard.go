// Package standard says which level of each competency a position requires, and
// where that comes from. A level may be required by the class of the position, by a
// kind of unit, by a unit, by the title, or by the own standard of a functional
// position (jabatan fungsional); the most specific one counts. storage reads the same
// from the database (storage/standards.go), for one person and for all of them; a test
// compares both with Resolve.
//
// The package is pure.
package standard

import (
	"cmp"
	"slices"
	"strings"

	"bangkom/internal/competency"
)

// Scope says by what a level is required.
type Scope string

// The scopes, from the most general to the most specific.
const (
	ByClass      Scope = "class"      // the class of positions (kelas jabatan)
	ByUnitKind   Scope = "unit_kind"  // every unit whose name begins with the words, and those below it
	ByUnit       Scope = "unit"       // one unit and those below it
	ByTitle      Scope = "title"      // the title of the position
	ByFunctional Scope = "functional" // the functional position, whatever the grade: its own standard
)

// Scopes lists all scopes, from the most general to the most specific.
func Scopes() []Scope { return []Scope{ByClass, ByUnitKind, ByUnit, ByTitle, ByFunctional} }

func (s Scope) rank() int { return slices.Index(Scopes(), s) }

// breadth is rank with units and kinds of units as one: which of them counts is first a
// question of how near the unit is.
func (s Scope) breadth() int {
	if s == ByUnitKind {
		return ByUnit.rank()
	}
	return s.rank()
}

// Source is where a required level comes from, in what people read.
type Source struct {
	Scope Scope
	// Name is the class, the kind of unit, the unit, the title or the functional
	// position as whoever required it wrote it.
	Name string
	// Class is the name of the class to which the level is limited; "" = every class,
	// and for ByClass.
	Class string
	Basis string // regulation or letter
}

// Requirement is the level that one competency needs.
type Requirement struct {
	Code      string
	Name      string
	Technical bool
	Level     competency.Level // 1 to 5
	Source    Source
}

// Shipped tells whether nobody of the agency has required the level: it is a default
// of the program, which is good for a comparison and makes no duty.
func (r Requirement) Shipped() bool {
	return r.Source.Scope == ByClass && r.Source.Basis == competency.DesignSource
}

// Standard is all that one position requires, by code.
type Standard []Requirement

// Levels are the required levels by code, for competency.NewProfile.
func (s Standard) Levels() map[string]competency.Level {
	out := make(map[string]competency.Level, len(s))
	for _, r := range s {
		out[r.Code] = r.Level
	}
	return out
}

// Duties are the technical competencies that the duties need: those that somebody of
// the agency has required.
func (s Standard) Duties() Standard {
	return s.where(func(r Requirement) bool { return r.Technical && !r.Shipped() })
}

// Special is what does not follow from the class of the position alone.
func (s Standard) Special() Standard {
	return s.where(func(r Requirement) bool { return r.Source.Scope != ByClass || r.Technical && !r.Shipped() })
}

// ByClass is what follows from the class of the position alone, without the defaults that
// are nobody's duty.
func (s Standard) ByClass() Standard {
	return s.where(func(r Requirement) bool { return r.Source.Scope == ByClass && !r.Technical })
}

// Of is the requirement of some competencies, in the order of the standard.
func (s Standard) Of(codes []string) Standard {
	return s.where(func(r Requirement) bool { return slices.Contains(codes, r.Code) })
}

func (s Standard) where(keep func(Requirement) bool) (out Standard) {
	for _, r := range s {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}

// Unit is a unit on the way up from that of a position.
type Unit struct {
	ID  int64
	Key string // the name in comparable form (register.UnitKey)
}

// Position is what decides which rules hold for somebody.
type Position struct {
	Class string // code; "" = not known
	Title string // personnel.TitleKey
	// Functional is personnel.FunctionalKey of the title; only of functional positions.
	Functional string
	Units      []Unit // the own unit first, then those above it
}

// Rule is one required level.
type Rule struct {
	Requirement
	// Key is what a kind of unit, a title or a functional position is compared by.
	Key       string
	UnitID    int64  // of ByUnit
	ClassCode string // "" = every class
}

// reach tells how far up the tree a rule takes hold of a position, 0 = of itself;
// false = not at all.
func (r Rule) reach(p Position) (steps int, ok bool) {
	if r.ClassCode != "" && r.ClassCode != p.Class {
		return 0, false
	}
	switch r.Source.Scope {
	case ByClass:
		return 0, r.ClassCode != ""
	case ByUnitKind:
		steps = slices.IndexFunc(p.Units, func(u Unit) bool { return IsKind(u.Key, r.Key) })
		return steps, steps >= 0
	case ByUnit:
		steps = slices.IndexFunc(p.Units, func(u Unit) bool { return u.ID == r.UnitID })
		return steps, steps >= 0
	case ByTitle:
		return 0, r.Key != "" && r.Key == p.Title
	case ByFunctional:
		return 0, r.Key != "" && r.Key == p.Functional
	}
	return 0, false
}

// IsKind tells whether a unit is of a kind: its name begins with the words of the
// kind, with or without UPT or UPTD before them.
func IsKind(unit, kind string) bool {
	if kind == "" {
		return false
	}
	for _, before := range []string{"", "upt ", "uptd "} {
		if rest, ok := strings.CutPrefix(unit, before); ok && strings.HasPrefix(rest+" ", kind+" ") {
			return true
		}
	}
	return false
}

// Resolve is the standard of a position. For each competency the most specific scope
// counts; of units and kinds of units the nearest, and a unit before its kind; then the rule
// for the own class alone, and the longer name of a kind.
func Resolve(p Position, rules []Rule) Standard {
	type taken struct {
		Rule
		steps int
	}
	best := map[string]taken{}
	for _, r := range rules {
		steps, ok := r.reach(p)
		if !ok {
			continue
		}
		now, there := best[r.Code]
		if !there || cmp.Or(
			cmp.Compare(r.Source.Scope.breadth(), now.Source.Scope.breadth()), cmp.Compare(now.steps, steps),
			cmp.Compare(r.Source.Scope.rank(), now.Source.Scope.rank()),
			cmp.Compare(len(r.ClassCode), len(now.ClassCode)), cmp.Compare(len(r.Key), len(now.Key))) > 0 {
			best[r.Code] = taken{r, steps}
		}
	}
	out := make(Standard, 0, len(best))
	for _, b := range best {
		out = append(out, b.Requirement)
	}
	slices.SortFunc(out, func(a, b Requirement) int { return strings.Compare(a.Code, b.Code) })
	return out
}
