package dialog

import (
	"encoding/json"
	"slices"
)

// Record is a stored draft: one person, one form, one thing that it is about.
// What is answered is kept by step key, so a deploy or a new version may add,
// drop or reorder steps without losing anything.
type Record struct {
	Form     string          `json:"form"`
	Ref      int64           `json:"ref"`
	At       string          `json:"at"` // the step on show; "" = the first unanswered one
	Answered []string        `json:"answered"`
	State    json.RawMessage `json:"state"`
	// Message is the message on which the form lives; 0 while it is not known
	// (a new message gets its number only when it is sent).
	Message int  `json:"message"`
	Done    bool `json:"done"` // finished: the draft is to be deleted
	// Return is the card from which a single answer is being changed: the form
	// goes back to it. "" = none.
	Return string `json:"return,omitempty"`
}

// ReviewStep is the key of the review card; no step of a form may use it.
const ReviewStep = "review"

// IntroStep is the key of the opening card; no step of a form may use it.
const IntroStep = "intro"

func (r Record) answered(key string) bool { return slices.Contains(r.Answered, key) }

func (r *Record) unmark(key string) {
	r.Answered = slices.DeleteFunc(slices.Clone(r.Answered), func(a string) bool { return a == key })
}

func (r *Record) mark(key string) {
	if !r.answered(key) {
		r.Answered = append(slices.Clone(r.Answered), key)
	}
}
