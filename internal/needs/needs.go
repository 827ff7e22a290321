// Package needs is the analysis of needs (analisis kebutuhan pengembangan kompetensi,
// AKPK): what groups of people lack of what their positions require, what comes first,
// and what of it may be shown. It reads what was frozen when a period was closed, and
// nothing finer than whole groups. Its rules stand in docs/rules.md. The package is pure.
package needs

import (
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
)

// The importances of a competency (kepentingan). 0 takes it out of the order.
const (
	NotAsked          = 0
	Needed            = 1 // perlu
	Important         = 2 // penting
	Absolute          = 3 // mutlak
	DefaultImportance = Important
)

// Period is a period that was closed and frozen.
type Period struct {
	ID       int64
	Name     string
	ClosedAt time.Time
}

// Competency is a competency with the importance that the personnel office gives it.
type Competency struct {
	Code       string
	Name       string
	Importance int
}

// Unit is a unit as it stood at the close, with the people of its own: those of the units
// below it are not among them.
type Unit struct {
	ID, Parent int64 // Parent 0 = no unit above
	Name       string
	Counts
	// Known are those of the Both whom the reader sees by name.
	Known int
}

// Counts are how many people there were, had sent the self-assessment, were rated, and
// both.
type Counts struct{ People, Filled, Rated, Both int }

func (c Counts) plus(o Counts) Counts {
	return Counts{c.People + o.People, c.Filled + o.Filled, c.Rated + o.Rated, c.Both + o.Both}
}

// Few tells that fewer than half are rated and have sent it themselves, so that the
// figures may not stand for all (pengisi belum cukup).
func (c Counts) Few() bool { return 2*c.Both < c.People }

// Tally is the sum of a group in one competency: only of people of whom both views are
// there and whose position requires a level.
type Tally struct {
	N        int                   // persons
	Gap      competency.Hundredths // of all, shown minus required
	Lack     competency.Hundredths // the same with a surplus counted as nothing, and without its sign
	Affected int                   // persons who lack something
}

// Add counts one person.
func (t *Tally) Add(shown competency.Hundredths, required competency.Level) {
	gap := competency.Gap(shown, required)
	t.N, t.Gap = t.N+1, t.Gap+gap
	if gap < 0 {
		t.Lack, t.Affected = t.Lack-gap, t.Affected+1
	}
}

// Plus is both groups together.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.N + o.N, t.Gap + o.Gap, t.Lack + o.Lack, t.Affected + o.Affected}
}

// Own is the tally of a unit's own people in one competency.
type Own struct {
	Unit int64
	Code string
	Tally
}

// Group is how many people of a class of positions, or of a status, there were. It carries
// no mean.
type Group struct {
	Name string // as it is called; "" = of several small ones together, or not known
	Counts
}

// Frozen is what was stored when a period was closed, as one reader gets it.
type Frozen struct {
	Period       Period
	Competencies []Competency
	Units        []Unit
	Tallies      []Own
	Classes      []Group
	Statuses     []Group
}

// The ends of what is shown, in tenths of a level: whatever is beyond them is told as "so
// much or more". Where all are at the end of the scale, everybody would be known to lack
// something, or not to.
const (
	MostLack    = 15
	MostSurplus = 5
)

// Value is what is shown of a group in one competency; the zero Value is hidden.
type Value struct {
	N     int // persons; 0 = hidden
	Gap   int // mean of shown minus required, in tenths, from -MostLack to MostSurplus
	Lack  int // mean of what is lacking, in tenths, up to MostLack
	Share disclosure.Share
}

// Shown tells whether there is anything to see.
func (v Value) Shown() bool { return v.N > 0 }

// Strong tells that it is a strength: on the whole nothing is lacking.
func (v Value) Strong() bool { return v.Shown() && v.Gap >= 0 && v.Lack == 0 && v.Share.Part == 0 }

// valueOf rounds a tally.
func valueOf(t Tally) Value {
	return Value{N: t.N, Gap: max(-MostLack, min(MostSurplus, disclosure.RoundHundredths(int(t.Gap), t.N))),
		Lack: min(MostLack, disclosure.RoundHundredths(int(t.Lack), t.N)), Share: disclosure.RoundShare(t.Affected, t.N)}
}

// Priority is what is lacking × importance × share of the unit affected, in hundredths. It
// is worked out of what is shown: the share is the middle of its part. Half a hundredth
// rounds up.
func (v Value) Priority(importance int) competency.Hundredths {
	if !v.Shown() {
		return 0
	}
	above, below := 10*v.Lack*importance*(2*v.Share.Part+1), 2*v.Share.Of
	return competency.Hundredths((2*above + below) / (2 * below))
}
