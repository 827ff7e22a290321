package effect

import (
	"time"

	"bangkom/internal/satisfaction"
)

// Named is a comparison that the personnel office has named: it never changes.
type Named struct {
	ID            int64
	Programme     int64
	Title         string               // of the programme
	Element       satisfaction.Element // "" = the index
	Before, After satisfaction.Period
	Share         int // per cent of a unit's people that make it trained
	At            time.Time
	InTime        bool // no figure of the later period had come in by then
}

// Share is how many of the people of a unit attended between the surveys.
type Share struct {
	Unit     int64 `db:"unit_id"`
	People   int   `db:"people"`
	Attended int   `db:"attended"`
}

// side tells where so many of so many people put a unit.
func (s Share) side(percent int) Side {
	switch {
	case s.Attended == 0:
		return Untrained
	case s.Attended*100 >= percent*s.People:
		return Trained
	}
	return Partly
}

// Units are the units of a comparison: those with a survey in both periods, of the same
// kind of service.
func (n Named) Units(before, after []satisfaction.Survey, shares []Share) (units []Unit) {
	later := map[int64]satisfaction.Survey{}
	for _, s := range after {
		later[s.Unit] = s
	}
	of := map[int64]Share{}
	for _, s := range shares {
		of[s.Unit] = s
	}
	for _, s := range before {
		if l, ok := later[s.Unit]; ok && l.Kind() == s.Kind() {
			units = append(units, Unit{ID: s.Unit, Name: s.UnitName, Service: s.Kind(), Before: int64(s.Figure(n.Element)), After: int64(l.Figure(n.Element)),
				Side: of[s.Unit].side(n.Share)})
		}
	}
	return units
}

// Outcome is a comparison with what it shows.
type Outcome struct {
	Named
	Picture
}
