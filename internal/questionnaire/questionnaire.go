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
)

func (k Kind) known() bool {
	return k == SelfAssessment || k == SelfAssessmentTechnical || k == Interest || k == TrainingEvaluation
}

// The placeholders that only a TrainingEvaluation may hold: a trainer, and what the
// participants shall be able to do.
const (
	TrainerPlaceholder = "{pengajar}"
	AbilityPlaceholder = "{kemampuan}"
)

// placeholders are what a prompt may hold.
func (k Kind) placeholders() []string {
	if k == TrainingEvaluation {
		return []string{Placeholder, TrainerPlaceholder, AbilityPlaceholder}
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
	Intro   string `json:"intro" yaml:"intro"`     // may hold Placeholder
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

// Fits tells whether the choice is offered to a family of positions.
func (c Choice) Fits(family string) bool { return len(c.For) == 0 || slices.Contains(c.For, family) }

// Fitting is the item with the choices that a family of positions is offered.
func (i Item) Fitting(family string) Item {
	i.Choices = slices.DeleteFunc(slices.Clone(i.Choices), func(c Choice) bool { return !c.Fits(family) })
	return i
}

// Condition asks an item only if an earlier one was answered with one of In,
// which may name Skipped.
type Condition struct {
	Item string   `json:"item" yaml:"item"`
	In   []string `json:"in" yaml:"in"`
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
		if c := i.OnlyIf; c != nil && (!asked[c.Item] || !c.met(a)) {
			continue
		}
		asked[i.Code] = true
		items = append(items, i)
	}
	return items
}

func (c Condition) met(a Answers) bool {
	value, answered := a[c.Item]
	if !answered {
		return false
	}
	for _, v := range c.In {
		if v == value {
			return true
		}
	}
	return false
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
