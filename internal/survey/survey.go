// Package survey is what the personnel office asks of its own accord (survei): named,
// confidential or anonymous, to an audience, with an owner, a use and a day on which it is told what was
// done. It says when one may start, where people stop, and what may be shown of answers. It
// is pure but for the transaction that its job is given.
package survey

import (
	"math"
	"slices"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// The names of the conversation in which a survey is answered, whose ref is a task, and of the
// button that opens its card for the personnel office, whose ref is a survey.
const (
	AnswerFlow = "sv"
	CardStep   = "surveisatu"
)

// Manner is who may read the answers. It is frozen at the start.
type Manner string

// The manners.
const (
	Named        Manner = "named"        // bernama: read with names after the close
	Confidential Manner = "confidential" // rahasia: sums are shown, from FromBegan answers; single ones after the close with a reason
	Anonymous    Manner = "anonymous"    // anonim: sealed until the close, counted in groups of units, then destroyed
)

// RingSize is how many people are asked first.
const RingSize = 20

// Limits of a survey, in days and characters.
const (
	MaxDays       = 28 // for which it is open
	MaxReportDays = 60 // after its end, until it is told what was done
	MinUse        = 10
	MaxUse        = 300
	MinReport     = 20
	MaxReport     = 800
)

// Survey is one survey.
type Survey struct {
	ID            int64
	Name          string
	Questionnaire string
	Version       int // with which the next are asked
	Manner        Manner
	Owner         int64
	OwnerName     string
	Use           string
	Audience      announcement.Audience // only before it starts
	Opens, Closes time.Time
	Closed        time.Time // zero while it is open
	ReportBy      time.Time // midnight of the promised day
	Widened       time.Time // zero = only the first few are asked
	Report        string
	Reported      time.Time // zero = not yet
	Reason        string    // for an exception; "" = none is asked for
	Decided       time.Time // by the head of the agency; zero = not yet
	Signed        bool
	Figures       *Figures // nil while it is open
	Change        string   // about which readiness is asked (perubahan); "" = it is no survey of readiness
	// Readable: people were told that single answers are read after the close. False of the
	// surveys from before that was said.
	Readable bool
}

// MayPromise tells whether a day is one on which it may be told at the latest what was done: after
// the last day of the survey, and MaxReportDays after it at most. closes is the first moment after
// that last day.
func MayPromise(closes, day time.Time) bool {
	return !day.Before(closes) && !day.After(closes.AddDate(0, 0, MaxReportDays-1))
}

// Open tells whether answers are taken at now.
func (s Survey) Open(now time.Time) bool { return s.Closed.IsZero() && now.Before(s.Closes) }

// Overdue tells whether it should have been told what was done, on the civil day of now.
func (s Survey) Overdue(now time.Time) bool {
	return s.Reported.IsZero() && !now.Before(s.ReportBy.AddDate(0, 0, 1))
}

// Counts is how the people of a survey stand.
type Counts struct {
	People  int `json:"people"`   // of the audience
	LeftOut int `json:"left_out"` // who wait for what was promised after another survey
	Asked   int `json:"asked"`
	Began   int `json:"began"` // opened it, whether sent or not
	Sent    int `json:"sent"`
}

// Others is how many are asked when a survey goes to everybody: of the audience, without those
// who are left out and those who were asked.
func (c Counts) Others() int { return max(0, c.People-c.LeftOut-c.Asked) }

// Own is a survey as somebody meets who is asked.
type Own struct {
	Survey
	Task task.Task
}

// Stop is how many people have left a version while the item At was on show, or the card before
// Kirim; "" = nothing was on show yet. What is on show is a question that applies, so no answer
// has to be read to know it.
type Stop struct {
	Version int
	At      string
	N       int
}

// Skip is how often an item was answered, and left out.
type Skip struct {
	Item              string
	Answered, Skipped int
}

// Tally is how often a value was given to an item.
type Tally struct {
	Item, Value string
	N           int
}

// FromBegan is from how many people on rates of items are told: of fewer, a rate would tell of
// single people.
const FromBegan = 10

// minStops is how many people stop at least at an item that is flagged, and stopShare
// which part of those who began: about one in five, so that 40 % are found among 50 at the
// latest and chance among ten hardly is.
const (
	minStops  = 4
	stopShare = 0.2
)

// Dropped is an item at which people stop.
type Dropped struct {
	Item    string `json:"item"`
	Stopped int    `json:"stopped"`
	Flagged bool   `json:"flagged,omitempty"`
}

// DropOff adds up stops by the items on which people stood. versions are those with which people
// were asked. The order is that of the newest version; items that are only in an older one come
// last. Nothing of fewer than FromBegan.
func DropOff(stops []Stop, versions []questionnaire.Definition, began int) []Dropped {
	if began < FromBegan {
		return nil
	}
	at := map[string]int{}
	for _, s := range stops {
		if item := standsAt(s, versions); item != "" {
			at[item] += s.N
		}
	}
	var out []Dropped
	seen := map[string]bool{}
	for i := len(versions) - 1; i >= 0; i-- {
		for _, item := range versions[i].Items {
			if n := at[item.Code]; n > 0 && !seen[item.Code] {
				out = append(out, Dropped{Item: item.Code, Stopped: n, Flagged: n >= minStops && float64(n) >= stopShare*float64(began)})
			}
			seen[item.Code] = true
		}
	}
	return out
}

// standsAt is the item on which somebody stood who has left; "" = everything was answered and
// only Kirim is missing, or the version has no such item.
func standsAt(s Stop, versions []questionnaire.Definition) string {
	i := slices.IndexFunc(versions, func(d questionnaire.Definition) bool { return d.Version == s.Version })
	if i < 0 || len(versions[i].Items) == 0 {
		return ""
	}
	if s.At == "" {
		return versions[i].Items[0].Code
	}
	item, _ := versions[i].Item(s.At)
	return item.Code
}

// Tenths is a share in tenths, rounded to the nearest; ok is false of fewer than FromBegan.
func Tenths(part, whole int) (tenths int, ok bool) {
	if whole < FromBegan {
		return 0, false
	}
	return int(math.Round(10 * float64(part) / float64(whole))), true
}
