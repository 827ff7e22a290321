// Package advice has the sentences that tell an operator what is not in order and what
// to do about it. A sentence stands in English where it arises, with the key under
// which the catalogue has it in Indonesian.
package advice

import (
	"errors"
	"fmt"
)

// Sentence is one thing that an operator is told. It is an error where something is not
// in order.
type Sentence struct {
	key  string
	err  error
	args []any
}

// New makes a sentence. format and args are those of fmt.Errorf; the catalogue has the
// first of args as {{.a}}, the second as {{.b}} and so on. "" says nothing.
func New(key, format string, args ...any) *Sentence {
	return &Sentence{key, fmt.Errorf(format, args...), args}
}

// Error is the sentence in English.
func (s *Sentence) Error() string { return s.err.Error() }

// Unwrap gives what the sentence was made of to errors.Is and errors.As.
func (s *Sentence) Unwrap() error { return s.err }

// In is the sentence in another language. plain renders a key of its catalogue.
func (s *Sentence) In(plain func(key string, values map[string]any) string) string {
	if s.key == "" { // nothing is said
		return ""
	}
	values := map[string]any{}
	for i, arg := range s.args {
		if err, ok := arg.(error); ok {
			arg = Translate(err, plain)
		}
		values[string(rune('a'+i))] = arg
	}
	return plain(s.key, values)
}

// Translate is an error in another language, as far as a sentence is in it.
func Translate(err error, plain func(key string, values map[string]any) string) string {
	if s := (*Sentence)(nil); errors.As(err, &s) {
		return s.In(plain)
	}
	return err.Error()
}

// Each takes apart what errors.Join has put together.
func Each(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, Each(one)...)
	}
	return all
}
