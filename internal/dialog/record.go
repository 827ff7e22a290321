package dialog

import (
	"encoding/json"
	"slices"
	"strings"
)

// sealedMark begins the names of conversations whose answers have no name.
const sealedMark = "s."

// Sealed tells whether a conversation takes answers without a name: nothing of it is
// stored but sealed. Its name says so, because buttons and drafts carry nothing else.
func Sealed(form string) bool { return strings.HasPrefix(form, sealedMark) }

// Record is a stored draft: one person, one form, one thing that it is about.
// What is answered is kept by step key, so a deploy or a new version may add,
// drop or reorder steps without losing anything.
type Record struct {
	Form     string          `json:"form"`     // name of the conversation
	Ref      int64           `json:"ref"`      // id of what it is about, as its form says; 0 = nothing
	At       string          `json:"at"`       // the step on show; "" = the first unanswered one
	Answered []string        `json:"answered"` // keys of steps
	State    json.RawMessage `json:"state"`
	// Message is the message on which the form lives; 0 while it is not known
	// (a new message gets its number only when it is sent).
	Message int `json:"message"`
	// Card is the key of the row of the outbox that shows the form as a new message:
	// Message is read from it once it was sent. "" = Message is known, or nothing is
	// on show.
	Card string `json:"card,omitempty"`
	Done bool   `json:"done"` // finished: the draft is to be deleted
	// Return is the card from which a single answer is being changed: the form
	// goes back to it. "" = none.
	Return string `json:"return,omitempty"`
	// Seen are marks of the lines of the review card as it was shown last; empty = it was
	// not shown, or its form does not ask for them (Form.AsShown).
	Seen []string `json:"seen,omitempty"`
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
