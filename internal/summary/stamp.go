package summary

import (
	"fmt"
	"strings"

	"bangkom/internal/outreach"
)

// The steps of the buttons of a summary. The value of each begins with a Stamp.
const (
	RemindStep   = "rkingat"  // asks whether to remind
	SendStep     = "rkkirim"  // reminds
	ShowStep     = "rklihat"  // shows the summary again
	CodesStep    = "rkkode"   // asks for codes; after the stamp "ya" does it
	ExcuseStep   = "rktidak"  // ref: the person; after the stamp the reason, if chosen, and "-ya" if confirmed
	UnexcuseStep = "rktetap"  // ref: the person, 0 = asks who
	TalkStep     = "rkdialog" // ref: the rating
	RateStep     = "rknilai"  // ref: the rating
	TeamStep     = "rktim"    // rates all
	ShareStep    = "rkalih"   // ref: the rating
	PermitStep   = "rkizin"   // permissions for trainings; after the stamp the mark of those that were shown does it
	SignStep     = "rksah"    // what the unit needs, to approve
	FollowUpStep = "rkterap"  // what is used of a training, of people of the team
	SettingStep  = "rkatur"   // after the stamp what is set, if anything
)

// Stamp tells of which day a summary is and whether it is the caption of a
// picture: the beginning of the values of its buttons.
type Stamp struct {
	Day     outreach.Day
	Picture bool
	Rest    string
}

// String writes the stamp in letters, digits and hyphens.
func (s Stamp) String() string {
	form := "t"
	if s.Picture {
		form = "g"
	}
	out := fmt.Sprintf("%d-%s", int(s.Day), form)
	if s.Rest != "" {
		out += "-" + s.Rest
	}
	return out
}

// ParseStamp reads what String wrote.
func ParseStamp(value string) (s Stamp, ok bool) {
	parts := strings.SplitN(value, "-", 3)
	if len(parts) < 2 || parts[1] != "g" && parts[1] != "t" {
		return s, false
	}
	var day int
	if _, err := fmt.Sscanf(parts[0], "%d", &day); err != nil {
		return s, false
	}
	s = Stamp{Day: outreach.Day(day), Picture: parts[1] == "g"}
	if len(parts) == 3 {
		s.Rest = parts[2]
	}
	return s, true
}
