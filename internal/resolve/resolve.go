// Package resolve is what somebody resolves to do with a training (niat): one line of the
// form "Jika …, maka saya akan …", which nobody else reads and which comes back as a
// question thirty days later. A plan that names its situation is carried out more often
// than an intention alone (Gollwitzer 1999, implementation intentions).
package resolve

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Flow is the name of the conversation that takes a resolve down. Its ref is the batch. It
// begins as those of sealed conversations do: what waits to be sent is stored sealed, and
// the rows of its messages go once they were sent, so that no time of it stays.
const Flow = "s.niat"

// CardStep is the button that shows the own resolve about the batch that is its ref.
const CardStep = "niatlihat"

const (
	// askAfter is how many days after the last day of the batch the question comes.
	askAfter = 30
	// askFor is for how many days it may still be sent, to somebody who had no account or
	// on days off.
	askFor = 14
	// KeepAfter is for how many days after the question the line is kept.
	KeepAfter = 60
	// offerFor is for how many days after the last day it is offered: attendance may be
	// taken late.
	offerFor = 14
	// shortest and Longest are the characters of a line.
	shortest = 15
	Longest  = 200
)

// Outcome is what became of a resolve; "" = not said yet.
type Outcome string

// The outcomes.
const (
	Done   Outcome = "done"   // sudah
	Partly Outcome = "partly" // sebagian
	NotYet Outcome = "notyet"
)

// Outcomes are all of them, as they are offered.
func Outcomes() []Outcome { return []Outcome{Done, Partly, NotYet} }

// Resolve is one training that somebody attended, with what the person resolved. All days
// are civil days of the agency at midnight UTC: of the hours nothing is known.
type Resolve struct {
	Batch    int64
	Name     string // of the batch
	Ends     time.Time
	Line     string    // "" = nothing was written
	Written  time.Time // zero without a line
	AskOn    time.Time // the day on which it comes back
	Outcome  Outcome
	Answered time.Time // zero without an outcome
}

// Offered is somebody to whom the offer goes.
type Offered struct {
	Employee, Batch int64
	Name            string // of the batch
	Ends            time.Time
}

// DayOf is the civil day of a moment in loc, at midnight UTC.
func DayOf(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// AskOn is the day on which a resolve about a batch that ended then comes back.
func AskOn(ends time.Time, loc *time.Location) time.Time {
	return DayOf(ends, loc).AddDate(0, 0, askAfter)
}

// Writable tells whether the line may be written or changed on a day: until the question.
func (r Resolve) Writable(day time.Time) bool { return day.Before(r.AskOn) }

// Answerable tells whether the question may be answered on a day: from its day on, as long
// as the line is kept.
func (r Resolve) Answerable(day time.Time) bool { return r.Line != "" && !day.Before(r.AskOn) }

// AskedSince is the first day of the question for which it may still be sent on a day.
func AskedSince(day time.Time) time.Time { return day.AddDate(0, 0, 1-askFor) }

// GoneOn is the day on which the line is deleted at night.
func (r Resolve) GoneOn() time.Time { return r.AskOn.AddDate(0, 0, KeepAfter+1) }

// situations begin a line: each names when something is to be done.
var situations = []string{"jika", "bila", "apabila", "kalau", "ketika", "saat", "setiap", "begitu"}

// ParseLine reads a line as somebody types it, in which white space counts once. ok is
// false when it is too short or too long, or is not of the form: a situation first, and
// what the person will do then.
func ParseLine(typed string) (line string, ok bool) {
	words := strings.Fields(typed)
	line = strings.Join(words, " ")
	if n := utf8.RuneCountInString(line); n < shortest || n > Longest {
		return "", false
	}
	first := strings.ToLower(strings.Trim(words[0], `"“”'«»(.,:`))
	does := slices.ContainsFunc(words[1:], func(w string) bool {
		w = strings.ToLower(strings.Trim(w, `"“”'«».,:`))
		return w == "maka" || w == "saya"
	})
	return line, slices.Contains(situations, first) && does
}
