package questionnaire

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"bangkom/internal/measure"
)

// Limits of one sitting. Nine items is where published chat surveys draw the
// comfort line; eight minutes is where phone users break off.
const (
	MaxRated   = 9    // items that are not text
	MaxMinutes = 8    // minutes that a questionnaire may announce
	MaxLabel   = 20   // characters of a button that has a row of its own
	MaxLine    = 200  // characters of a choice of a survey, which may stand in the body
	MaxBody    = 3500 // UTF-16 units of a question; a Telegram message holds 4096
	MaxText    = 1000 // characters that a text item may allow
	maxChoices = 9
	maxCode    = 20 // the code travels in 64 bytes of callback data
)

// headerRoom is what the position line takes at most, in UTF-16 units.
const headerRoom = len("Pertanyaan 10 dari 10 - pegawai 100 dari 100 - ")

var (
	codeFormat  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	itemFormat  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._]*$`)
	valueFormat = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)
)

// ProblemCode names what is wrong, so that an importer can say it in the
// language of its reader.
type ProblemCode string

// The problems that Parse and Validate report.
const (
	BadFile      ProblemCode = "bad_file"      // not YAML, unknown or doubled key, wrong type
	BadCode      ProblemCode = "bad_code"      // code, kind or type is missing, malformed or unknown
	Duplicate    ProblemCode = "duplicate"     // a code, value or label is there twice
	OutOfRange   ProblemCode = "out_of_range"  // a number or a count is outside its limits
	MissingText  ProblemCode = "missing_text"  // a text that is needed is empty
	TooLong      ProblemCode = "too_long"      // a text does not fit its place
	BadText      ProblemCode = "bad_text"      // control characters or an unknown placeholder
	Misplaced    ProblemCode = "misplaced"     // a field or item that does not belong there
	BadCondition ProblemCode = "bad_condition" // a skip rule refers to nothing that can happen
)

// Problem is one thing that is wrong with a definition.
type Problem struct {
	Code   ProblemCode
	Item   string // item code, or "item 3" when it has none; empty = the whole questionnaire
	Detail string
}

// Error says where and what, in English.
func (p Problem) Error() string {
	if p.Item == "" {
		return p.Detail
	}
	return p.Item + ": " + p.Detail
}

// Problems returns every Problem inside an error of Parse or Validate, nil if
// there is none.
func Problems(err error) []Problem {
	switch e := err.(type) {
	case Problem:
		return []Problem{e}
	case interface{ Unwrap() []error }:
		var all []Problem
		for _, part := range e.Unwrap() {
			all = append(all, Problems(part)...)
		}
		return all
	case interface{ Unwrap() error }:
		return Problems(e.Unwrap())
	}
	return nil
}

// Validate returns nil, or every Problem joined in one error.
func (d Definition) Validate() error {
	var errs []error
	for _, p := range d.problems() {
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}

// checker collects the problems of one item.
type checker struct {
	item  string
	may   []string // placeholders of prompts
	found []Problem
}

func (c *checker) require(ok bool, code ProblemCode, format string, args ...any) {
	if !ok {
		c.found = append(c.found, Problem{Code: code, Item: c.item, Detail: fmt.Sprintf(format, args...)})
	}
}

func (d Definition) problems() []Problem {
	c := &checker{may: d.Kind.placeholders()}
	c.require(codeFormat.MatchString(d.Code), BadCode, "code %q must be lower-case letters, digits and dashes, at most 40", d.Code)
	c.require(d.Version >= 1, OutOfRange, "version %d must be at least 1", d.Version)
	c.require(d.Kind.known(), BadCode, "kind %q is unknown", d.Kind)
	c.require(d.Title != "", MissingText, "title is empty")
	c.require(d.Intro != "" || d.Kind == Survey, MissingText, "intro is empty")
	c.require(measure.Units(d.Title)+measure.Units(d.Intro) <= MaxBody, TooLong, "title and intro are longer than %d", MaxBody)
	c.texts("title", false, d.Title)
	c.texts("intro", true, d.Intro)
	c.require(d.Minutes >= 1 && d.Minutes <= MaxMinutes, OutOfRange, "minutes %d must be 1 to %d", d.Minutes, MaxMinutes)
	c.require(len(d.Items) > 0, OutOfRange, "there are no items")

	rated := 0
	seen := map[string]bool{}
	for n, i := range d.Items {
		c.item = i.Code
		if i.Code == "" {
			c.item = "item " + strconv.Itoa(n+1)
		}
		if i.Type != Text {
			rated++
		}
		c.require(!seen[i.Code], Duplicate, "code is used twice")
		seen[i.Code] = true
		c.checkItem(d, i, n)
	}
	c.item = ""
	c.require(rated <= MaxRated, OutOfRange, "%d rated items, at most %d", rated, MaxRated)
	return c.found
}

func (c *checker) checkItem(d Definition, i Item, n int) {
	c.require(itemFormat.MatchString(i.Code) && len(i.Code) <= maxCode, BadCode,
		"code %q must be letters, digits, dots and underscores, at most %d", i.Code, maxCode)
	c.require(i.Title != "", MissingText, "title is empty")
	c.require(i.Prompt != "", MissingText, "prompt is empty")
	c.texts("title", false, i.Title)
	c.texts("prompt", true, i.Prompt)
	c.require(bodyUnits(d, i) <= MaxBody, TooLong, "header, prompt and statements are longer than %d", MaxBody)
	c.require(i.Type == Level || len(i.Levels)+len(i.SupervisorLevels)+len(i.Zero)+len(i.SupervisorZero) == 0,
		Misplaced, "only a level item has statements")
	c.require(i.Type == Pick || len(i.Choices) == 0, Misplaced, "only a choice item has choices")
	c.require(i.Type == Text || i.MaxLength == 0, Misplaced, "only a text item has max_length")
	switch i.Type {
	case Level:
		c.checkLevels(d, i)
	case Pick:
		c.checkChoices(d.Kind, i)
	case Text:
		c.require(n == len(d.Items)-1, Misplaced, "a text item must be the last one")
		c.require(i.Optional, Misplaced, "a text item must be optional")
		c.require(i.MaxLength >= 1 && i.MaxLength <= MaxText, OutOfRange, "max_length %d must be 1 to %d", i.MaxLength, MaxText)
	default:
		c.require(false, BadCode, "type %q is unknown", i.Type)
	}
	c.checkCondition(d.Items[:n], i.OnlyIf)
}

func (c *checker) checkLevels(d Definition, i Item) {
	c.require(len(i.Levels) == LevelCount, OutOfRange, "%d levels, want %d", len(i.Levels), LevelCount)
	assessed := d.Kind == SelfAssessment || d.Kind == SelfAssessmentTechnical
	if n := len(i.SupervisorLevels); n > 0 || assessed {
		c.require(n == LevelCount, OutOfRange, "%d supervisor_levels, want %d", n, LevelCount)
	}
	// Without "Belum" a standard of 1 can never show a need.
	c.require(i.Zero != "" || !assessed, MissingText, "zero is empty")
	c.require((i.Zero == "") == (i.SupervisorZero == "") || len(i.SupervisorLevels) == 0,
		MissingText, "zero and supervisor_zero go together")
	c.texts("zero", false, i.Zero, i.SupervisorZero)
	c.texts("levels", false, i.Levels...)
	c.texts("supervisor_levels", false, i.SupervisorLevels...)
	c.require(!slices.Contains(i.Levels, ""), MissingText, "a level is empty")
	c.require(!slices.Contains(i.SupervisorLevels, ""), MissingText, "a supervisor level is empty")
}

// longest is how long a label may be, in characters: only the conversation of surveys moves
// longer ones into the body.
func (k Kind) longest() int {
	if k == Survey {
		return MaxLine
	}
	return MaxLabel
}

func (c *checker) checkChoices(k Kind, i Item) {
	c.require(len(i.Choices) >= 2 && len(i.Choices) <= maxChoices, OutOfRange,
		"%d choices, want 2 to %d", len(i.Choices), maxChoices)
	owner := map[string]int{} // what a person may type -> the choice that it means
	for n := range i.Choices {
		owner[strconv.Itoa(n+1)] = n
	}
	for n, ch := range i.Choices {
		c.require(valueFormat.MatchString(ch.Value), BadCode, "choice value %q must be letters, digits, dots, dashes and underscores, at most 40", ch.Value)
		c.require(ch.Label != "", MissingText, "choice %q has no label", ch.Value)
		c.require(runes(ch.Label) <= k.longest(), TooLong, "label %q is longer than %d", ch.Label, k.longest())
		c.texts("label", false, ch.Label)
		for _, typed := range []string{fold(ch.Value), fold(ch.Label)} {
			other, taken := owner[typed]
			c.require(!taken || other == n, Duplicate, "%q means choice %d as well as %d", typed, other+1, n+1)
			owner[typed] = n
		}
	}
}

func (c *checker) checkCondition(earlier []Item, rule *Condition) {
	if rule == nil {
		return
	}
	if parts := slices.Concat(rule.All, rule.Any); len(parts) > 0 {
		c.require(rule.Item == "" && len(rule.In) == 0 && (len(rule.All) == 0 || len(rule.Any) == 0), BadCondition,
			"only_if: all, any and item exclude each other")
		for n := range parts {
			c.checkCondition(earlier, &parts[n])
		}
		return
	}
	at := slices.IndexFunc(earlier, func(i Item) bool { return i.Code == rule.Item })
	c.require(at >= 0, BadCondition, "only_if refers to %q, which is no earlier item", rule.Item)
	c.require(len(rule.In) > 0, BadCondition, "only_if names no value")
	if at < 0 {
		return
	}
	for _, v := range rule.In {
		c.require(earlier[at].Type != Text && earlier[at].Valid(v), BadCondition, "only_if: %q is no answer of %s", v, rule.Item)
	}
}

// texts refuses what would break a message or a jsonb column.
func (c *checker) texts(field string, placeholder bool, texts ...string) {
	for _, t := range texts {
		for _, name := range c.may {
			if placeholder {
				t = strings.ReplaceAll(t, name, "")
			}
		}
		c.require(!strings.ContainsAny(t, "{}"), BadText, "%s: unknown or misplaced placeholder in %q", field, t)
		c.require(!strings.ContainsFunc(t, func(r rune) bool {
			return r == unicode.ReplacementChar || unicode.IsControl(r) && r != '\n'
		}), BadText, "%s: unreadable characters in %q", field, t)
	}
}

// bodyUnits is the size of the longer form of the question, each line with
// its number, in UTF-16 units as Telegram counts them.
func bodyUnits(d Definition, i Item) int {
	const number = len("1 \n")
	sum := func(texts []string) (n int) {
		for _, t := range texts {
			n += measure.Units(t) + number
		}
		return n
	}
	self := sum(i.Levels) + measure.Units(i.Zero)
	if i.Numbered() {
		for _, ch := range i.Choices {
			self += measure.Units(ch.Label) + number
		}
	}
	supervisor := sum(i.SupervisorLevels) + measure.Units(i.SupervisorZero)
	return measure.Units(d.Title) + headerRoom + measure.Units(i.Title) + measure.Units(i.Prompt) + len("Belum \n\n\n") + max(self, supervisor)
}

func runes(s string) int { return len([]rune(s)) }
