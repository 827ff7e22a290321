package survey

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// AnswersFile is the template of the message with a file of single answers. It is taken out of
// the chat again a day after it has come.
const AnswersFile = "survey.answers_file"

// HasNames tells whether the answers of the manner are kept with names.
func (m Manner) HasNames() bool { return m == Named || m == Confidential }

// Stopped tells whether a survey was ended before its last day.
func (s Survey) Stopped() bool { return !s.Closed.IsZero() && s.Closed.Before(s.Closes) }

// Refused is why single answers of a survey are not handed out.
type Refused string

// The reasons. They are the keys of the sentences that say so.
const (
	NoNames    Refused = "survey.export_anonymous" // there are none: the survey is anonymous
	NotPromise Refused = "survey.export_promise"   // people were told something else when they were asked
	StillOpen  Refused = "survey.export_open"
)

// Export tells whether single answers may be handed out; "" = they may. While a survey is open
// nobody gets them, named ones neither: two files a day apart would say who has answered in
// between, and who has not, of something that nobody has to answer.
func (s Survey) Export() Refused {
	switch {
	case !s.Manner.HasNames():
		return NoNames
	case !s.Readable:
		return NotPromise
	case s.Closed.IsZero():
		return StillOpen
	}
	return ""
}

// Says is what people were told of who reads their answers.
func (s Survey) Says(t *text.Catalogue) string {
	switch {
	case s.Readable || !s.Manner.HasNames():
		return MannerText(t, s.Manner)
	case s.Manner == Named:
		return t.T("survey.named_before", nil)
	}
	return t.T("survey.confidential_before", nil)
}

// Opening is a file of single answers on its way to somebody.
type Opening struct {
	Survey int64
	By     int64
	Reason string // as everybody reads it whose answers are opened
}

// Answered is what somebody has sent.
type Answered struct {
	NIP     personnel.NIP
	Name    string
	Unit    string // today
	Version int
	Answers questionnaire.Answers
}

// Columns are the codes of a file over several versions (oldest first): those of the newest one
// in its order, then those of older ones alone, the later versions first.
func Columns(versions []questionnaire.Definition) (codes []string) {
	for _, d := range slices.Backward(versions) {
		for _, item := range d.Items {
			if !slices.Contains(codes, item.Code) {
				codes = append(codes, item.Code)
			}
		}
	}
	return codes
}

// Marks are the words for what is no answer; what was left out on purpose is an empty cell.
type Marks struct {
	NotAsked string // the question did not apply to the other answers
	NoSuch   string // the version has no such question
}

// Cells are the answers of somebody under the columns, by the version of that person.
func (a Answered) Cells(columns []string, versions []questionnaire.Definition, m Marks) []string {
	var own questionnaire.Definition
	if at := slices.IndexFunc(versions, func(d questionnaire.Definition) bool { return d.Version == a.Version }); at >= 0 {
		own = versions[at]
	}
	out := make([]string, len(columns))
	for i, code := range columns {
		value, answered := a.Answers[code]
		_, has := own.Item(code)
		switch {
		case value == questionnaire.Skipped:
		case answered: // also what a version said that is not among these
			out[i] = value
		case has:
			out[i] = m.NotAsked
		default:
			out[i] = m.NoSuch
		}
	}
	return out
}

// Entry is a row of the codebook: one wording of one question, with the versions that have it.
type Entry struct {
	Code     string
	Versions string // "1, 2"
	Item     questionnaire.Item
}

// Codebook is the wordings of all columns, in their order and then from the newest version on.
func Codebook(columns []string, versions []questionnaire.Definition) (out []Entry) {
	for _, code := range columns {
		first := len(out)
		for _, d := range slices.Backward(versions) {
			item, ok := d.Item(code)
			if !ok {
				continue
			}
			at := slices.IndexFunc(out[first:], func(e Entry) bool { return sameWords(e.Item, item) })
			if at < 0 {
				out = append(out, Entry{Code: code, Item: item, Versions: strconv.Itoa(d.Version)})
				continue
			}
			out[first+at].Versions = strconv.Itoa(d.Version) + ", " + out[first+at].Versions
		}
	}
	return out
}

// sameWords tells whether two versions of a question ask the same and offer the same.
func sameWords(a, b questionnaire.Item) bool {
	return a.Prompt == b.Prompt && a.Optional == b.Optional && a.Zero == b.Zero && slices.Equal(a.Levels, b.Levels) &&
		slices.EqualFunc(a.Choices, b.Choices, func(x, y questionnaire.Choice) bool { return x.Value == y.Value && x.Label == y.Label })
}

// OptionsText are the values that a question offers with their labels, one a line.
func (e Entry) OptionsText() string {
	var lines []string
	if e.Item.Zero != "" {
		lines = append(lines, "0 = "+e.Item.Zero)
	}
	for n, s := range e.Item.Levels {
		lines = append(lines, strconv.Itoa(n+1)+" = "+s)
	}
	for _, c := range e.Item.Choices {
		lines = append(lines, c.Value+" = "+c.Label)
	}
	return strings.Join(lines, "\n")
}

// Mine is a survey that somebody may answer now.
type Mine struct {
	Task   int64
	Name   string
	Manner Manner
	Closes time.Time
}
