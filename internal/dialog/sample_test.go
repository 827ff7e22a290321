package dialog_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"bangkom/internal/dialog"
)

// order is the state of a sample form: what somebody wants to drink.
type order struct {
	Values map[string]string
}

// world is what the sample form may use.
type world struct {
	closed bool
	broken bool
	sent   []map[string]string
}

var errBroken = errors.New("the store is away")

// steps makes the form of the given steps; "sugar" is optional, "name" bare.
func steps(keys ...string) func(order) []dialog.Step[order] {
	return func(order) []dialog.Step[order] {
		all := make([]dialog.Step[order], len(keys))
		for i, key := range keys {
			all[i] = dialog.Step[order]{
				Key: key, Optional: key == "sugar",
				Ask: func(_ order, at dialog.Place) dialog.Prompt {
					return dialog.Prompt{Template: "ask", Text: "ask " + key, Bare: key == "bare",
						Rows: [][]dialog.Choice{{{Label: "1", Value: "1"}, {Label: "2", Value: "2"}}, {{Label: "3", Value: "3"}}}}
				},
				Accept: func(s *order, value string, typed bool) error {
					if value == "milk" {
						return dialog.Invalid("<b>Milk</b> &amp; tea is none")
					}
					if !slices.Contains([]string{"1", "2", "3"}, value) {
						return dialog.Invalid("one of three, please")
					}
					s.Values[key] = value
					return nil
				},
				Skip: func(s *order) { s.Values[key] = "-" },
			}
		}
		return all
	}
}

// form is the sample; the returned Form may be changed by a test.
func form(keys ...string) dialog.Form[order, *world] {
	return dialog.Form[order, *world]{
		FormName: "o", Steps: steps(keys...),
		Load: func(_ context.Context, _ *world, r *dialog.Record) (order, error) {
			s := order{Values: map[string]string{}}
			if len(r.State) == 0 {
				return s, nil
			}
			return s, json.Unmarshal(r.State, &s)
		},
		Guard: func(w *world, _ order) (dialog.Prompt, bool) {
			return dialog.Prompt{Template: "closed", Text: "too late"}, w.closed
		},
		Intro: func(order) dialog.Prompt {
			return dialog.Prompt{Template: "intro", Text: "hello", Rows: [][]dialog.Choice{{{Label: "go", Verb: dialog.Resume}}}}
		},
		Review: func(s order) dialog.Prompt {
			p := dialog.Prompt{Template: "review", Text: "check"}
			for _, key := range keys {
				p.Rows = append(p.Rows, []dialog.Choice{{Label: key, Verb: dialog.Change, Step: key}})
			}
			return p
		},
		Left: func(order, dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: "left", Text: "kept", Rows: [][]dialog.Choice{{{Label: "on", Verb: dialog.Resume}}}}
		},
		Finish: func(_ context.Context, w *world, s order) (dialog.Ending, error) {
			if w.broken {
				return dialog.Ending{}, errBroken
			}
			w.sent = append(w.sent, s.Values)
			return dialog.Ending{Replies: []dialog.Reply{{Template: "done", Text: "done"}}, Toast: "sent"}, nil
		},
		Say: dialog.Wording{
			Back: "back", Skip: "skip", Later: "later", Submit: "submit", Saved: "saved", Stale: "stale",
			Required: "required", Unfinished: "unfinished", Changed: "changed", ChangedLines: "new:", ReviewHint: "press one",
			Words: map[string]dialog.Verb{"kirim": dialog.Submit, "kembali": dialog.Back, "nanti": dialog.Later, "lewati": dialog.Skip},
		},
	}
}

// shown sums a reply up: its text with line breaks as slashes, then its labels.
func shown(turn dialog.Turn) string {
	var out []string
	for _, r := range turn.Replies {
		line := strings.ReplaceAll(r.Text, "\n\n", "/")
		for _, row := range r.Rows {
			var labels []string
			for _, b := range row {
				labels = append(labels, b.Label)
			}
			line += " [" + strings.Join(labels, " ") + "]"
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}
