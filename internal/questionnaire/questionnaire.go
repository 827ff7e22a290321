// Package questionnaire holds questionnaires as data: numbered versions with
// items, level statements, choices and skip rules. It parses and checks them,
// says which items apply, and understands what people type as an answer. It is
// pure: no storage, no clock, no markup. All texts are plain text; escaping
// for HTML is the work of whoever sends them.
//
// A version that was used is locked: the same code and version with another
// Hash is a different questionnaire and must be refused by the caller.
package questionnaire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Placeholder stands for "Bapak" or "Ibu" ("Bapak/Ibu" before the person is
// known) in intros and prompts.
const Placeholder = "{sapaan}"

// Skipped is the stored value of an item that was left out on purpose. It is
// no level and is counted apart; an item that was not reached yet has no value.
const Skipped = "-"

// Kind says what a questionnaire is for.
type Kind string

// The kinds in use.
const (
	SelfAssessment          Kind = "self_assessment"           // managerial and sociocultural competencies
	SelfAssessmentTechnical Kind = "self_assessment_technical" // technical competencies
	Interest                Kind = "interest"                  // what a person wants to learn
	TrainingEvaluation      Kind = "training_evaluation"       // what participants say of a training
	FollowUp                Kind = "follow_up"                 // what participants use of it at work, weeks later
	FollowUpSuperior        Kind = "follow_up_superior"        // what their superiors see of that
	Survey                  Kind = "survey"                    // what the personnel office asks of its own accord (survei)
	Readiness               Kind = "readiness"                 // how ready people are for one named change (kesiapan perubahan)
)

func (k Kind) known() bool {
	return slices.Contains([]Kind{SelfAssessment, SelfAssessmentTechnical, Interest, TrainingEvaluation, FollowUp, FollowUpSuperior, Survey, Readiness}, k)
}

// The placeholders that only questions about a training may hold: a trainer, what the
// participants shall be able to do, and the participant whom a superior is asked about.
const (
	TrainerPlaceholder = "{pengajar}"
	AbilityPlaceholder = "{kemampuan}"
	SubjectPlaceholder = "{alamat}"
)

// placeholders are what a prompt may hold.
func (k Kind) placeholders() []string {
	switch k {
	case TrainingEvaluation:
		return []string{Placeholder, TrainerPlaceholder, AbilityPlaceholder}
	case FollowUp:
		return []string{Placeholder, AbilityPlaceholder}
	case FollowUpSuperior:
		return []string{Placeholder, AbilityPlaceholder, SubjectPlaceholder}
	}
	return []string{Placeholder}
}

// ItemType says how an item is answered.
type ItemType string

// The types of items. The stored values are "1" to "5" (and "0" for "Belum"
// where Item.Zero is set), the Value of a Choice, and the text itself.
const (
	Level ItemType = "level"
	Pick  ItemType = "choice"
	Text  ItemType = "text"
)

// LevelCount is the number of statements of a level item (Permenpan RB
// 38/2017: five levels).
const LevelCount = 5

// Definition is one version of a questionnaire. New fields must be omitted
// from the JSON while they are empty, or the Hash of stored versions changes.
type Definition struct {
	Code    string `json:"code" yaml:"code"`
	Version int    `json:"version" yaml:"version"` // counted from 1
	Kind    Kind   `json:"kind" yaml:"kind"`
	Title   string `json:"title" yaml:"title"`
	Intro   string `json:"intro" yaml:"intro"`     // may hold Placeholder; of a survey it may be empty
	Minutes int    `json:"minutes" yaml:"minutes"` // told before the first question
	Review  bool   `json:"review" yaml:"review"`   // a review card comes before sending
	Items   []Item `json:"items" yaml:"items"`
}

// Item is one question. Code is a column of exports: it keeps its meaning
// across versions.
type Item struct {
	Code     string   `json:"code" yaml:"code"`
	Title    string   `json:"title" yaml:"title"`
	Type     ItemType `json:"type" yaml:"type"`
	Optional bool     `json:"optional,omitempty" yaml:"optional"` // may be left out with Skipped
	Prompt   string   `json:"prompt" yaml:"prompt"`               // may hold Placeholder

	// Levels are the five statements of a level item in the first person;
	// SupervisorLevels say the same without a subject, verb first.
	Levels           []string `json:"levels,omitempty" yaml:"levels"`
	SupervisorLevels []string `json:"supervisor_levels,omitempty" yaml:"supervisor_levels"`
	// Zero is the text of "Belum" (level 0); empty = level 0 is not offered.
	Zero           string `json:"zero,omitempty" yaml:"zero"`
	SupervisorZero string `json:"supervisor_zero,omitempty" yaml:"supervisor_zero"`

	Choices   []Choice   `json:"choices,omitempty" yaml:"choices"`       // of a choice item
	MaxLength int        `json:"max_length,omitempty" yaml:"max_length"` // of a text item, in characters
	OnlyIf    *Condition `json:"only_if,omitempty" yaml:"only_if"`       // nil = always asked
}

// Choice is one button of a choice item.
type Choice struct {
	Value string `json:"value" yaml:"value"` // stored, never reused for another meaning
	Label string `json:"label" yaml:"label"`
	// For are the families of positions (package competency) to which it is offered; none
	// = to everybody.
	For []string `json:"for,omitempty" yaml:"for"`
}

// Numbered tells whether the choices of the item stand in the body of the question, with
// their numbers as buttons, because a label is longer than a button is wide.
func (i Item) Numbered() bool {
	return slices.ContainsFunc(i.Choices, func(c Choice) bool { return runes(c.Label) > MaxLabel })
}

// Fits tells whether the choice is offered to a family of positions.
func (c Choice) Fits(family string) bool { return len(c.For) == 0 || slices.Contains(c.For, family) }

// Fitting is the item with the choices that a family of positions is offered.
func (i Item) Fitting(family string) Item {
	i.Choices = slices.DeleteFunc(slices.Clone(i.Choices), func(c Choice) bool { return !c.Fits(family) })
	return i
}

// Condition asks an item only if an earlier one was answered with one of In,
// which may name Skipped; or, with Item "", if All of several conditions are met, or Any.
type Condition struct {
	Item string      `json:"item" yaml:"item"`
	In   []string    `json:"in" yaml:"in"`
	All  []Condition `json:"all,omitempty" yaml:"all"`
	Any  []Condition `json:"any,omitempty" yaml:"any"`
}

// Answers holds the raw value of each answered item by its code.
type Answers map[string]string

// Item returns the item with the code; ok is false when there is none.
func (d Definition) Item(code string) (item Item, ok bool) {
	for _, i := range d.Items {
		if i.Code == code {
			return i, true
		}
	}
	return Item{}, false
}

// Only is the questionnaire with some of its items, and as many minutes as these take;
// no codes = all of it.
func (d Definition) Only(codes []string) Definition {
	all := len(d.Items)
	if len(codes) == 0 {
		return d
	}
	d.Items = slices.DeleteFunc(slices.Clone(d.Items), func(i Item) bool { return !slices.Contains(codes, i.Code) })
	d.Minutes = max(1, (d.Minutes*len(d.Items)+all-1)/max(1, all))
	return d
}

// Applicable returns the items to ask, in order, given what was answered so
// far. A condition is met only by an item that applies itself, so an answer
// that was given before its item stopped applying counts for nothing.
func (d Definition) Applicable(a Answers) []Item {
	items := make([]Item, 0, len(d.Items))
	asked := make(map[string]bool, len(d.Items))
	for _, i := range d.Items {
		if c := i.OnlyIf; c != nil && !c.met(a, asked) {
			continue
		}
		asked[i.Code] = true
		items = append(items, i)
	}
	return items
}

// met tells whether the answers so far meet the condition; asked are the items that apply.
func (c Condition) met(a Answers, asked map[string]bool) bool {
	met := func(one Condition) bool { return one.met(a, asked) }
	switch {
	case len(c.All) > 0:
		return !slices.ContainsFunc(c.All, func(one Condition) bool { return !met(one) })
	case len(c.Any) > 0:
		return slices.ContainsFunc(c.Any, met)
	}
	value, answered := a[c.Item]
	return answered && asked[c.Item] && slices.Contains(c.In, value)
}

// Missing returns the applicable items that have no valid value yet; an
// optional item counts as missing until it is answered or Skipped. Nothing
// missing means that the answers can be sent.
func (d Definition) Missing(a Answers) []Item {
	var missing []Item
	for _, i := range d.Applicable(a) {
		if !i.Valid(a[i.Code]) {
			missing = append(missing, i)
		}
	}
	return missing
}

// Hash returns the SHA-256 of the content in hexadecimal. Equal definitions
// have equal hashes, also after a round trip through JSON.
func (d Definition) Hash() (string, error) {
	raw, err := json.Marshal(d.clean())
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// Address puts the salutation in place of Placeholder.
func Address(text, salutation string) string {
	return strings.ReplaceAll(text, Placeholder, salutation)
}
