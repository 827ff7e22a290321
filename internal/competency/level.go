// Package competency compares the levels that a person shows with the levels
// that the position requires: gap, strengths, areas to develop and the job
// person match (JPM). It also holds the seed rows of competencies, position
// classes and standards; storage owns the rows that are in force.
//
// Everything is counted in whole hundredths, so no binary rounding is ever
// shown. The package is pure.
package competency

import "fmt"

// Level is a level of competency, 0 to 5 (five levels: Permenpan RB 38/2017).
type Level int

// Belum is the level of someone who still needs guidance for statement 1.
// The rule knows no level 0; without it a standard of 1 never shows a need.
const (
	Belum    Level = 0
	MaxLevel Level = 5
)

// Valid tells whether l is 0 to 5.
func (l Level) Valid() bool { return l >= Belum && l <= MaxLevel }

// Hundredths returns the level in hundredths: 3 gives 300.
func (l Level) Hundredths() Hundredths { return Hundredths(l) * 100 }

// Name returns the name of the level on the scale of Permenpan RB 38/2017,
// "Belum" for 0, and an empty string for what is no level.
func (l Level) Name() string {
	names := [...]string{"Belum", "Paham", "Dasar", "Menengah", "Mumpuni", "Ahli"}
	if !l.Valid() {
		return ""
	}
	return names[l]
}

// Hundredths is a level, a gap or a per cent figure in hundredths: 160 is
// level 1.60, 9111 is 91.11 %.
type Hundredths int

// String writes the number the Indonesian way, with no zeros at the end, as the
// pictures do: "91,11", "2,5", "-0,4", "3".
func (h Hundredths) String() string {
	sign := ""
	if h < 0 {
		sign, h = "-", -h
	}
	switch {
	case h%100 == 0:
		return fmt.Sprintf("%s%d", sign, h/100)
	case h%10 == 0:
		return fmt.Sprintf("%s%d,%d", sign, h/100, h%100/10)
	}
	return fmt.Sprintf("%s%d,%02d", sign, h/100, h%100)
}

// Float returns the number for drawing; never calculate with it.
func (h Hundredths) Float() float64 { return float64(h) / 100 }

// Gap is LKI minus LKJ, the shown minus the required level. A negative gap is
// a need.
func Gap(shown Hundredths, required Level) Hundredths { return shown - required.Hundredths() }

// Weights say how much each view counts. Only their relation matters.
type Weights struct {
	Supervisor int
	Self       int
}

// DefaultWeights returns 75 to 25. No official weights for the analysis of
// needs (AKPK) exist; this is a choice of the program and can be configured.
func DefaultWeights() Weights { return Weights{Supervisor: 75, Self: 25} }

// Validate refuses weights that are negative, both zero, or above 10000.
func (w Weights) Validate() error {
	const most = 10000
	if w.Supervisor < 0 || w.Self < 0 || w.Supervisor+w.Self == 0 || w.Supervisor > most || w.Self > most {
		return fmt.Errorf("weights %d (supervisor) and %d (self) must be 0 to %d and not both 0", w.Supervisor, w.Self, most)
	}
	return nil
}

// Weighted is the shown level (LKI) of one competency: the weighted mean of
// both views, rounded half up to hundredths. Weights that Validate refuses
// count as DefaultWeights.
func Weighted(supervisor, self Level, w Weights) Hundredths {
	if w.Validate() != nil {
		w = DefaultWeights()
	}
	sum := int(supervisor)*w.Supervisor + int(self)*w.Self
	return Hundredths(divideHalfUp(sum*100, w.Supervisor+w.Self))
}

// Dialogue tells whether the two views differ so much (two levels or more)
// that supervisor and person should talk. It judges nobody. The limit is a
// choice of the program.
func Dialogue(supervisor, self Level) bool {
	difference := supervisor - self
	return difference >= 2 || difference <= -2
}

// divideHalfUp divides numbers that are not negative; 0.5 rounds up.
func divideHalfUp(a, b int) int { return (2*a + b) / (2 * b) }
