package needs

import (
	"bangkom/internal/competency"
	"bangkom/internal/personnel"
)

// Opening is which people's levels of a period somebody of the personnel office opens, and
// why. It is recorded for each of them.
type Opening struct {
	Period int64
	Unit   int64 // with all below it as it stood at the close; 0 = everybody
	By     int64
	Reason string
}

// PeopleFile is the template of the message with a file of the levels of people. It is taken
// away again (storage.Expire).
const PeopleFile = "needs.people_file"

// Person is somebody as the period was closed, with the levels that both views give.
type Person struct {
	NIP           personnel.NIP
	Name          string
	Unit          string // of the close, as class and status
	Class, Status string
	Title         string // of today
	Filled, Rated bool
	Levels        []Level // only when both views are there
}

// Level is one competency of a person.
type Level struct {
	Code           string
	Self, Superior competency.Level
	Required       competency.Level // of the position of today; 0 = nothing is required
	Shown          competency.Hundredths
}

// Gap is shown minus required; ok is false when nothing is required.
func (l Level) Gap() (gap competency.Hundredths, ok bool) {
	return competency.Gap(l.Shown, l.Required), l.Required > 0
}

// Match is the job person match of a person, capped at what is required and not; ok is
// false when nothing is required.
func (p Person) Match() (capped, uncapped competency.Hundredths, ok bool) {
	required := map[string]competency.Level{}
	var scores []competency.Score
	for _, l := range p.Levels {
		required[l.Code] = l.Required
		scores = append(scores, competency.Score{Code: l.Code, Level: l.Shown})
	}
	profile := competency.NewProfile(scores, required)
	capped, ok = profile.JPM()
	uncapped, _ = profile.JPMUncapped()
	return capped, uncapped, ok
}
