// Package rating puts the two views of one person side by side: the
// self-assessment and the rating by the superior. It knows nothing of who may
// see them and when; storage hands a Pair out only once both were sent. The
// package is pure.
package rating

import (
	"fmt"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/standard"
	"bangkom/internal/task"
)

// Unknown is the stored value of "Belum tahu": the rater has not seen enough of
// the person. It is no level and is counted apart.
const Unknown = questionnaire.Skipped

// DaysAfter is how many days superiors may still rate after people have answered,
// unless whoever opens the period says otherwise.
const DaysAfter = 7

// Ratable is a rating that somebody may give: the task and whom it is about.
type Ratable struct {
	task.Task
	Subject personnel.Employee
}

// Pair is both views of one person in one period.
type Pair struct {
	Task     task.Task // the rating
	Subject  personnel.Employee
	Superior personnel.Employee // of whom the rating was asked
	Former   bool               // who is not the direct superior any more, and does not see it
	Self     questionnaire.Answers
	Rated    questionnaire.Answers
	// SelfChanged and RatedChanged say that this side was sent again after both
	// were open.
	SelfChanged, RatedChanged bool
	Talks                     []Talk
	Reply                     Reply // what the person says about it; the zero Reply = nothing, or not for the reader
	Weights                   competency.Weights
}

// Row is one competency of a Pair.
type Row struct {
	Item        questionnaire.Item
	Self, Rated competency.Level
	SelfKnown   bool // Self is a level
	RatedKnown  bool // Rated is a level, not Unknown
	Dialog      bool // the views differ so much that both should talk (perlu dialog)
	Band        string
	competency.Row
}

// Result is what both views give together.
type Result struct {
	Rows    []Row
	Profile competency.Profile
	Dialogs int // rows with Dialog
	JPM     competency.Hundredths
	JPMBand string // "" = nothing could be compared with a standard
	// Standard is where the levels with which it was compared come from.
	Standard standard.Standard
}

// Combine works the final level of each competency out, and what follows from
// it. A competency without one of the two levels has no final level.
func (p Pair) Combine(d questionnaire.Definition, required standard.Standard) Result {
	var out Result
	var scores []competency.Score
	var codes []string
	for _, item := range d.Items {
		if item.Type != questionnaire.Level {
			continue
		}
		codes = append(codes, item.Code)
		row := Row{Item: item}
		self, known := item.LevelOf(p.Self[item.Code])
		row.Self, row.SelfKnown = competency.Level(self), known
		rated, known := item.LevelOf(p.Rated[item.Code])
		row.Rated, row.RatedKnown = competency.Level(rated), known
		score := competency.Score{Code: item.Code, Skipped: true}
		if row.SelfKnown && row.RatedKnown {
			row.Dialog = competency.Dialogue(row.Rated, row.Self)
			score.Skipped, score.Level = false, competency.Weighted(row.Rated, row.Self, p.Weights)
		}
		if row.Dialog {
			out.Dialogs++
		}
		scores, out.Rows = append(scores, score), append(out.Rows, row)
	}
	out.Profile, out.Standard = competency.NewProfile(scores, required.Levels()), required.Of(codes)
	for i, r := range out.Profile.Rows {
		out.Rows[i].Row = r
		if r.Compared {
			out.Rows[i].Band = competency.BandGap(r.Gap, competency.GapBands())
		}
	}
	if jpm, ok := out.Profile.JPM(); ok {
		out.JPM, out.JPMBand = jpm, competency.BandJPM(jpm, competency.JPMBands())
	}
	return out
}

// NotAgreed is the Agreed of a talk that ended without a common level.
const NotAgreed = -1

// Talk is the record of a talk about one competency in which the views differed.
type Talk struct {
	Item   string    `json:"item"`
	Agreed int       `json:"agreed"` // level, or NotAgreed
	Reason string    `json:"reason"`
	Action string    `json:"action"`
	At     time.Time `json:"at"`
}

// The reasons and actions of a Talk, in the order in which they are offered.
func Reasons() []string { return []string{"example", "understanding", "changed"} }

// Actions lists what may follow from a talk.
func Actions() []string { return []string{"assignment", "coaching", "training", "talk"} }

// ReplyLength is how many characters a Reply has at most.
const ReplyLength = 500

// Reply is what somebody who was rated says about it (tanggapan). It changes no level.
type Reply struct {
	Body  string    `json:"body"` // "" = nothing
	At    time.Time `json:"at"`
	Asked bool      `json:"asked"` // the personnel office was asked to read these words
}

// Open lists the items whose views differ and about which no talk is recorded.
func (p Pair) Open(r Result) []questionnaire.Item {
	var items []questionnaire.Item
	for _, row := range r.Rows {
		recorded := false
		for _, t := range p.Talks {
			recorded = recorded || t.Item == row.Item.Code
		}
		if row.Dialog && !recorded {
			items = append(items, row.Item)
		}
	}
	return items
}

// CoRater is somebody whom a superior asked to rate one person.
type CoRater struct {
	ID      int64 // of this handing over
	Subject personnel.Employee
	Rater   personnel.Employee
	Done    bool
}

// SharedKey begins the keys of notifications that ask somebody to rate people of a
// superior. The number of the handing over follows with which they had the first.
func SharedKey(period, official, rater int64) string {
	return fmt.Sprintf("share:%d:%d:%d:", period, official, rater)
}
